//! A window with what cannot be shown again: a secret, a password, a link. A press beside it is not enough to close it.

use super::{ask::window, copy, toast::toasts};
use crate::admin::ui::listen::on_click;
use leptos::prelude::*;

/// Has the window opened that `place` stands for. Where that has gone with its screen, what was made is seen by nobody and kept
/// nowhere: `lost` says so, and how to come by another.
pub fn show_once<T: Send + Sync + 'static>(place: RwSignal<Option<T>>, made: T, lost: &'static str) {
    if place.try_set(Some(made)).is_some() {
        toasts().bad(lost);
    }
}

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
