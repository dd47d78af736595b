//! What is told of a panic, after which the portal may be half dead: the console has the place of it, the administrator a way
//! to go on.

use std::{
    panic,
    sync::atomic::{AtomicBool, Ordering},
};
use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

const SENTENCE: &str = "Something went wrong in the portal. What you saved is safe; reload the page to go on.";

static IS_TOLD: AtomicBool = AtomicBool::new(false);

pub fn tell_of_panics() {
    panic::set_hook(Box::new(|panic| {
        // The browser alone would say "unreachable"; whoever reports a fault reads the place of it here.
        web_sys::console::error_1(&panic.to_string().into());
        // Said before it is done: nothing that breaks in between comes here again.
        if !IS_TOLD.swap(true, Ordering::Relaxed) {
            // Fails where the document is broken as well; the console has been told.
            let _ = show();
        }
    }));
}

/// By the document alone: whatever draws and listens otherwise may be what broke. So the link needs nobody who listens: an
/// empty address is the one of this page.
fn show() -> Result<(), JsValue> {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return Ok(()) };
    let sentence = element(&document, "p", &[])?;
    sentence.set_text_content(Some(SENTENCE));
    let reload = element(&document, "a", &[("class", "button"), ("href", "")])?;
    reload.set_text_content(Some("Reload the page"));
    let notice = element(&document, "div", &[("class", "notice bad"), ("role", "alert")])?;
    notice.append_child(&sentence)?;
    notice.append_child(&reload)?;
    let corner = element(&document, "div", &[("class", "toasts")])?;
    corner.append_child(&notice)?;
    // Outside of an open window nothing can be pressed.
    let window = document.query_selector("dialog[open]")?;
    if let Some(place) = window.or_else(|| document.body().map(Element::from)) {
        place.append_child(&corner)?;
    }
    Ok(())
}

fn element(document: &Document, tag: &str, attributes: &[(&str, &str)]) -> Result<Element, JsValue> {
    let element = document.create_element(tag)?;
    for (name, value) in attributes {
        element.set_attribute(name, value)?;
    }
    Ok(element)
}
