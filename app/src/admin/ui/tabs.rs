//! Tabs are links: each has an address, opens in another window, and is there when somebody comes back.

use leptos::prelude::*;

pub struct Tab {
    pub path: String,
    pub name: &'static str,
    pub here: bool,
}

pub fn tabs(name: &'static str, tabs: Vec<Tab>) -> AnyView {
    let links: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            view! { <li><a href=tab.path aria-current=tab.here.then_some("page")>{tab.name}</a></li> }
        })
        .collect();
    view! { <nav class="tabs" aria-label=name><ul>{links}</ul></nav> }.into_any()
}
