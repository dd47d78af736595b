//! The little that is asked of the browser itself.

use std::time::Duration;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Document, Window};

/// Only handlers and effects come here, and they run in a page.
pub fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Once, when `delay` is over.
pub fn after(delay: Duration, act: impl FnOnce() + 'static) {
    later(delay, Box::new(act));
}

/// One function for whatever is to be done: each kind of its own would be a kilobyte.
fn later(delay: Duration, act: Box<dyn FnOnce()>) {
    let act = Closure::once_into_js(act);
    // Fails only for what is no function.
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), millis(delay));
}

/// Again and again, until it is dropped.
pub struct Every {
    number: i32,
    _act: Closure<dyn FnMut()>,
}

impl Every {
    pub fn new(span: Duration, act: impl FnMut() + 'static) -> Self {
        let act = Closure::<dyn FnMut()>::new(act);
        let set =
            window().set_interval_with_callback_and_timeout_and_arguments_0(act.as_ref().unchecked_ref(), millis(span));
        // Fails only for what is no function; 0 is no timer's number.
        Self { number: set.unwrap_or(0), _act: act }
    }
}

impl Drop for Every {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.number);
    }
}

fn millis(span: Duration) -> i32 {
    i32::try_from(span.as_millis()).unwrap_or(i32::MAX)
}
