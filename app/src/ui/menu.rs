//! A small menu that opens upwards from the foot of a page; each entry is a button of the form around it.

use leptos::prelude::*;

pub struct Entry {
    pub value: String,
    pub label: String,
    pub current: bool,
}

/// `form` is wrapped around the entries by whoever knows where they go.
pub fn menu(name: &'static str, label: String, entries: Vec<Entry>, form: impl FnOnce(AnyView) -> AnyView) -> AnyView {
    let current = entries.iter().find(|entry| entry.current).map(|entry| entry.label.clone());
    let buttons: Vec<_> = entries
        .into_iter()
        .map(|Entry { value, label, current }| {
            view! {
                <button type="submit" name=name value=value.clone() lang=value dir="auto" aria-current=current.then_some("true")>
                    {label}
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="menu">
            <summary class="ext-footer-item"><span class="unseen">{label}</span>{current}</summary>
            {form(buttons.into_any())}
        </details>
    }
    .into_any()
}
