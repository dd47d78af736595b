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

/// Takes a hosted page over from the server, drawn into `place`: its Page and its language's sentences, both as JSON. Gives
/// what ends it. Called by public/start.js and public/widget.js, of which every released version stays in use.
#[cfg(feature = "hosted")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate_hosted(
    page: &str,
    sentences: &str,
    place: &web_sys::Element,
    ground: ui::ground::Ground,
) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsError> {
    use any_spawner::Executor;
    use reactive_graph::owner::Owner;
    use tachys::view::RenderHtml;
    use wasm_bindgen::{JsError, prelude::Closure};

    let page = hosted::read::page(page).ok_or(JsError::new("no page"))?;
    let texts = text::Texts::from_array_json(sentences).ok_or(JsError::new("no sentences"))?;
    // Fails only where it has been done before.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let drawn = owner.with(|| hosted::hosted(page.into(), texts.into(), ground).hydrate_from::<true>(place));
    Ok(Closure::once_into_js(move || {
        drop(drawn);
        owner.cleanup();
    }))
}

/// Opens the portal in a document that is empty. Called by public/admin.js.
#[cfg(feature = "admin")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn open_portal() {
    admin::open();
}
