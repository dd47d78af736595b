//! A switch: what it says is so at once.

use crate::admin::ui::listen::on_click;
use leptos::prelude::*;

pub fn toggle(
    name: impl Into<String>,
    on: impl Fn() -> bool + Copy + Send + Sync + 'static,
    change: impl Fn(bool) + Send + Sync + 'static,
) -> AnyView {
    view! {
        <button
            class="toggle"
            type="button"
            role="switch"
            aria-label=name.into()
            aria-checked=move || if on() { "true" } else { "false" }
            on:click=on_click(move |event| { event.stop_propagation(); change(!on()) })
        ></button>
    }
    .into_any()
}
