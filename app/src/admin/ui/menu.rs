//! A button with what it opens below it; it closes by Escape, by choosing, and when the focus leaves it.

use super::icon::{Icon, icon};
use crate::admin::ui::listen::on_click;
use leptos::{
    html::{Button, Div},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::Node;

/// Whether a menu is open, and the button that opened it.
#[derive(Clone, Copy)]
pub struct Opened {
    open: RwSignal<bool>,
    button: NodeRef<Button>,
}

impl Opened {
    /// What had the focus goes with it; the button has it then.
    pub fn close(self) {
        self.open.set(false);
        if let Some(button) = self.button.get_untracked() {
            // Fails only for an element that is gone.
            let _ = button.focus();
        }
    }
}

pub fn menu(
    class: &'static str,
    name: impl Into<String>,
    face: AnyView,
    entries: impl Fn(Opened) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let (open, button) = (RwSignal::new(false), NodeRef::<Button>::new());
    let opened = Opened { open, button };
    let node = NodeRef::<Div>::new();
    let left = move |event: web_sys::FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        // What has the focus loses it when it is taken out of the document, and its signals are gone by then.
        let inside = node.try_get_untracked().flatten().is_some_and(|menu| menu.contains(next.as_ref()));
        if !inside {
            open.try_set(false);
        }
    };
    view! {
        <div
            class=format!("menu {class}")
            node_ref=node
            on:focusout=left
            on:keydown=move |event| { if event.key() == "Escape" && open.get_untracked() { opened.close() } }
        >
            <button
                type="button"
                node_ref=button
                aria-label=name.into()
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=on_click(move |_| open.update(|open| *open = !*open))
            >{face}</button>
            {move || open.get().then(|| view! { <div class="entries" tabindex="-1">{entries(opened)}</div> })}
        </div>
    }
    .into_any()
}

/// The three dots at the end of a row.
pub fn more(name: impl Into<String>, entries: impl Fn(Opened) -> AnyView + Send + Sync + 'static) -> AnyView {
    menu("more", name, icon(Icon::More), entries)
}

pub fn entry(label: impl Into<String>, menu: Opened, press: impl Fn() + Send + Sync + 'static) -> AnyView {
    let press = move |_| {
        menu.close();
        press();
    };
    view! { <button type="button" class="entry" on:click=on_click(press)>{label.into()}</button> }.into_any()
}
