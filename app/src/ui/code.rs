//! A one-time code: one field, filled by the mail program, by paste with or without spaces, or by hand; sends itself when whole.

use super::field::Control;
use leptos::{ev::Targeted, prelude::*};
use web_sys::{Event, HtmlInputElement};

/// `whole` says whether what was typed is a whole code.
pub fn code(control: Control, whole: impl Fn(&str) -> bool + Send + Sync + 'static) -> AnyView {
    let class = control.class();
    let input = view! {
        <input
            class=move || format!("{} digits", class())
            type="text"
            id=control.name.clone()
            name=control.name.clone()
            inputmode="numeric"
            autocomplete="one-time-code"
            autocapitalize="none"
            spellcheck="false"
            dir="ltr"
            required
            autofocus
            aria-invalid=control.invalid()
            aria-describedby=control.described_by()
            on:input:target=move |event| send_when_whole(&event, &whole)
        />
    };
    control.around(input.into_any())
}

fn send_when_whole(event: &Targeted<Event, HtmlInputElement>, whole: &impl Fn(&str) -> bool) {
    let input = event.target();
    if whole(&input.value())
        && let Some(form) = input.form()
    {
        // Fails only for a form that is not in the document any more.
        let _ = form.request_submit();
    }
}
