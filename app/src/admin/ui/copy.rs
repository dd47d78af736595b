//! A value that somebody needs elsewhere, with the button that copies it.

use super::{
    super::browser::copy,
    icon::{Icon, icon},
};
use crate::admin::ui::listen::on_click;
use crate::ui::browser::after;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

pub fn value(name: impl Into<String>, value: impl Into<String>) -> AnyView {
    let (name, value) = (name.into(), value.into());
    view! {
        <div class="value">
            <span class="name">{name.clone()}</span>
            <code>{breaking(&value)}</code>
            {button(name, value)}
        </div>
    }
    .into_any()
}

/// In a row, whose first column has said what it is.
pub fn in_row(name: impl Into<String>, value: impl Into<String>) -> AnyView {
    let value = value.into();
    view! { <span class="copied"><code>{breaking(&value)}</code>{button(name.into(), value)}</span> }.into_any()
}

/// What goes over several lines, as it is written.
pub fn lines(name: impl Into<String>, text: impl Into<String>) -> AnyView {
    let text = text.into();
    view! { <div class="lines"><pre>{text.clone()}</pre>{button(name.into(), text)}</div> }.into_any()
}

/// A line of it ends behind a slash or a dot rather than inside a word.
fn breaking(text: &str) -> Vec<AnyView> {
    text.split_inclusive(['/', '.']).map(|part| view! { {part.to_owned()}<wbr/> }.into_any()).collect()
}

fn button(name: String, text: String) -> AnyView {
    let copied = RwSignal::new(false);
    let press = move |_| {
        let text = text.clone();
        spawn_local(async move {
            if copy(&text).await {
                copied.try_set(true);
                after(Duration::from_secs(2), move || {
                    copied.try_set(false);
                });
            }
        });
    };
    view! {
        <button class="bare" type="button" aria-label=format!("Copy {name}") title="Copy" on:click=on_click(press)>
            {move || icon(if copied.get() { Icon::Check } else { Icon::Copy })}
            <span class="unseen" role="status">{move || copied.get().then_some("Copied")}</span>
        </button>
    }
    .into_any()
}
