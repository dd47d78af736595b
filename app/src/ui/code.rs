//! A one-time code: one field, filled by the mail program, by paste with or without spaces, or by hand; sends itself when whole.

use super::{
    element::{El, el},
    field::Control,
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

/// `whole` says whether what was typed is a whole code.
pub fn code(control: Control, whole: impl Fn(&str) -> bool + 'static) -> El {
    let input = control
        .judged(el("input").attr("id", control.name.clone()), "input digits ext-input ext-text-box")
        .attr("type", "text")
        .attr("name", control.name.clone())
        .attr("inputmode", "numeric")
        .attr("autocomplete", "one-time-code")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("dir", "ltr")
        .flag("required", true)
        .flag("autofocus", true)
        .on("input", move |event: &Event| send_when_whole(event, &whole));
    control.around(input)
}

fn send_when_whole(event: &Event, whole: &impl Fn(&str) -> bool) {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    if let Some(input) = input.filter(|input| whole(&input.value()))
        && let Some(form) = input.form()
    {
        // Fails only for a form that is not in the document any more.
        let _ = form.request_submit();
    }
}
