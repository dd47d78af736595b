//! A window with what cannot be shown again: a secret, a password, a link. A press beside it is not enough to close it.

use super::{ask::window, copy};
use crate::admin::ui::listen::on_click;
use leptos::prelude::*;

/// `why` says what to do with it; the value is called `name`.
pub fn shown_once(
    title: &'static str,
    why: &'static str,
    name: &'static str,
    value: String,
    close: impl Fn() + Clone + Send + Sync + 'static,
) -> AnyView {
    let copied = close.clone();
    let content = view! {
        <p class="second">{why}</p>
        {copy::value(name, value)}
        <div class="buttons end">
            <button class="button primary" type="button" on:click=on_click(move |_| copied())>"I have copied it"</button>
        </div>
    };
    window("dialog", title.into(), close, true, content.into_any())
}
