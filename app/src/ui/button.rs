//! Buttons that send a form, say what they do while they do it, and cannot be pressed twice.

use leptos::prelude::*;

/// What a button sends.
#[derive(Clone, Copy)]
pub struct Sends {
    pub name: &'static str,
    pub value: &'static str,
}

/// The one thing to do on a page.
pub fn primary(sends: Sends, label: String, working: String, sending: RwSignal<Option<String>>) -> AnyView {
    let works = move || sending.with(|sending| sending.as_deref() == Some(sends.value));
    view! {
        <button
            class="primary ext-button ext-primary"
            type="submit"
            name=sends.name
            value=sends.value
            aria-disabled=move || works().then_some("true")
        >
            {move || if works() { working.clone() } else { label.clone() }}
        </button>
    }
    .into_any()
}

/// Another thing to do, of equal right.
pub fn secondary(sends: Sends, label: String) -> AnyView {
    view! {
        <button class="secondary ext-button ext-secondary" type="submit" name=sends.name value=sends.value formnovalidate>
            {label}
        </button>
    }
    .into_any()
}

/// A way out, quiet as a link; what is filled in is not judged.
pub fn way(sends: Sends, label: String) -> AnyView {
    view! { <button class="way" type="submit" name=sends.name value=sends.value formnovalidate>{label}</button> }
        .into_any()
}
