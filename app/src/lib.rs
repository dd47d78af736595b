//! What both sides share: the words, and every page.

#[cfg(feature = "admin")]
pub mod admin;
pub mod contract;
pub mod hosted;
pub mod json;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod text;
pub mod ui;

/// Takes a hosted page over from the server, drawn into `#hosted`: its Page and its language's sentences, both as JSON.
/// Called by public/start.js.
#[cfg(feature = "hosted")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate_hosted(page: &str, sentences: &str) -> Result<(), wasm_bindgen::JsError> {
    use any_spawner::Executor;
    use reactive_graph::owner::Owner;
    use std::mem::forget;
    use tachys::view::RenderHtml;
    use wasm_bindgen::JsError;

    let page = hosted::read::page(page).ok_or(JsError::new("no page"))?;
    let texts = text::Texts::from_array_json(sentences).ok_or(JsError::new("no sentences"))?;
    let place = ui::browser::document().get_element_by_id("hosted").ok_or(JsError::new("no #hosted"))?;
    // Fails only where it has been done before.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    // Both live as long as the document.
    forget(owner.with(|| hosted::hosted(page.into(), texts.into()).hydrate_from::<true>(&place)));
    forget(owner);
    Ok(())
}

/// Opens the portal in a document that is empty. Called by public/admin.js.
#[cfg(feature = "admin")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn open_portal() {
    admin::open();
}
