//! What a page stands on, and what it asks of it: a document of ours (public/start.js), or an element in somebody else's
//! page (public/widget.js). Both are written in JavaScript, where asking, looking and leaving weigh least.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{Element, FormData};

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    pub type Ground;

    /// The first element of the page that it names.
    #[wasm_bindgen(method)]
    pub fn find(this: &Ground, selector: &str) -> Option<Element>;

    /// The element that has the focus.
    #[wasm_bindgen(method)]
    pub fn focused(this: &Ground) -> Option<Element>;

    /// Sends fields to a path, or asks what is there; `then` is told what came back, or nothing where nothing did.
    #[wasm_bindgen(method)]
    pub fn ask(this: &Ground, path: &str, fields: Option<FormData>, then: JsValue);

    /// Away from this page.
    #[wasm_bindgen(method)]
    pub fn go(this: &Ground, location: &str);

    /// Another page is shown, with this title.
    #[wasm_bindgen(method)]
    pub fn turned(this: &Ground, title: &str);

    /// Calls whenever the server has news for a page that shows this revision.
    #[wasm_bindgen(method)]
    pub fn listen(this: &Ground, path: &str, revision: &str, heard: &JsValue) -> Line;

    /// A line to the server that stays open.
    pub type Line;

    #[wasm_bindgen(method)]
    pub fn close(this: &Line);
}

impl Ground {
    /// Of a page that is drawn by the server, or for show: it asks nothing.
    pub fn none() -> Self {
        JsValue::UNDEFINED.into()
    }
}
