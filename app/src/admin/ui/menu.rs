//! A button with what it opens below it; it closes by Escape, by choosing, and when the focus leaves it.

use super::icon::{Icon, icon};
use crate::admin::ui::listen::on_click;
use leptos::{html::Div, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Node;

pub fn menu(
    class: &'static str,
    name: impl Into<String>,
    face: AnyView,
    entries: impl Fn(RwSignal<bool>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let open = RwSignal::new(false);
    let node = NodeRef::<Div>::new();
    let left = move |event: web_sys::FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        let inside = node.get_untracked().is_some_and(|menu| menu.contains(next.as_ref()));
        if !inside {
            open.set(false);
        }
    };
    view! {
        <div
            class=format!("menu {class}")
            node_ref=node
            on:focusout=left
            on:keydown=move |event| { if event.key() == "Escape" { open.set(false) } }
        >
            <button
                type="button"
                aria-label=name.into()
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=on_click(move |_| open.update(|open| *open = !*open))
            >{face}</button>
            {move || open.get().then(|| view! { <div class="entries" tabindex="-1">{entries(open)}</div> })}
        </div>
    }
    .into_any()
}

/// The three dots at the end of a row.
pub fn more(name: impl Into<String>, entries: impl Fn(RwSignal<bool>) -> AnyView + Send + Sync + 'static) -> AnyView {
    menu("more", name, icon(Icon::More), entries)
}

pub fn entry(label: impl Into<String>, open: RwSignal<bool>, press: impl Fn() + Send + Sync + 'static) -> AnyView {
    let press = move |_| {
        open.set(false);
        press();
    };
    view! { <button type="button" class="entry" on:click=on_click(press)>{label.into()}</button> }.into_any()
}
