//! What both sides share: the words, and every page.

pub mod contract;
pub mod hosted;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod text;
pub mod ui;

/// Takes a hosted page over from the server: its Page and its language's sentences, both as JSON. Called by public/start.js.
#[cfg(feature = "hosted")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate_hosted(page: &str, sentences: &str) -> Result<(), wasm_bindgen::JsError> {
    let page = serde_json::from_str(page)?;
    let texts = text::Texts::from_array_json(sentences)?;
    hosted::take_over(page, texts.into());
    Ok(())
}
