//! What both sides share: the words, and every page.

pub mod contract;
pub mod hosted;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod text;
pub mod ui;

/// Takes a hosted page over from the server, drawn into `#hosted`: its Page and its language's sentences, both as JSON.
/// Called by public/start.js.
#[cfg(feature = "hosted")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate_hosted(page: &str, sentences: &str) -> Result<(), wasm_bindgen::JsError> {
    use wasm_bindgen::JsError;

    let page = hosted::read::page(page).ok_or(JsError::new("no page"))?;
    let texts = text::Texts::from_array_json(sentences).ok_or(JsError::new("no sentences"))?;
    let place = ui::browser::document().get_element_by_id("hosted").ok_or(JsError::new("no #hosted"))?;
    // Both live as long as the document.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = reactive_graph::owner::Owner::new();
    std::mem::forget(owner.with(|| hosted::take_over(place, page, texts.into())));
    std::mem::forget(owner);
    Ok(())
}
