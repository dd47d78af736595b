//! Tabs are links: each has an address, opens in another window, and is there when somebody comes back.

use leptos::{html::Nav, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Tabs that belong together, under a word that says to what; it may be empty.
pub struct Group {
    pub caption: &'static str,
    pub tabs: Vec<Tab>,
}

pub struct Tab {
    pub path: String,
    pub name: &'static str,
    pub here: bool,
}

/// So much of the tab before the open one stays in sight, in pixels.
const BEFORE: i32 = 48;

pub fn tabs(name: &'static str, groups: Vec<Group>) -> AnyView {
    let groups: Vec<_> = groups.into_iter().map(group).collect();
    let node = NodeRef::<Nav>::new();
    Effect::new(move |_| {
        let Some(nav) = node.get() else { return };
        let here = nav.query_selector("[aria-current]").ok().flatten();
        // On a phone the one that is open may lie beside the window.
        if let Some(here) = here.and_then(|here| here.dyn_into::<HtmlElement>().ok()) {
            nav.set_scroll_left(here.offset_left() - BEFORE);
        }
    });
    view! { <nav class="tabs" aria-label=name node_ref=node><div class="groups">{groups}</div></nav> }.into_any()
}

fn group(Group { caption, tabs }: Group) -> AnyView {
    let links: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            view! { <li><a href=tab.path aria-current=tab.here.then_some("page")>{tab.name}</a></li> }
        })
        .collect();
    let id = (!caption.is_empty()).then(|| format!("tabs-{}", caption.to_lowercase()));
    let word = id.clone().map(|id| view! { <p class="caption" id=id>{caption}</p> });
    view! { <div class="group">{word}<ul aria-labelledby=id>{links}</ul></div> }.into_any()
}
