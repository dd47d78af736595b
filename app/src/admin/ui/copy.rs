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
    let copied = RwSignal::new(false);
    let text = value.clone();
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
        <div class="value">
            <span class="name">{name.clone()}</span>
            <code>{value}</code>
            <button class="bare" type="button" aria-label=format!("Copy {name}") title="Copy" on:click=on_click(press)>
                {move || icon(if copied.get() { Icon::Check } else { Icon::Copy })}
                <span class="unseen" role="status">{move || copied.get().then_some("Copied")}</span>
            </button>
        </div>
    }
    .into_any()
}
