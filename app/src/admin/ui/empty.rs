//! A list with nothing in it says what it is for, and has the button that makes the first.

use leptos::prelude::*;

pub fn empty(title: &'static str, text: &'static str, first: Option<AnyView>) -> AnyView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{text}</p>
            {first}
        </div>
    }
    .into_any()
}

pub fn nothing_found() -> AnyView {
    view! { <p class="nothing">"Nothing here fits what you typed."</p> }.into_any()
}
