//! The box above a list that narrows it while somebody types.

use super::{
    empty::nothing_found,
    icon::{Icon, icon},
};
use crate::admin::ui::listen::on_change;
use leptos::prelude::*;

/// What is searched for may stand further back than the list goes yet.
pub const AMONG_SHOWN: &str = "Search among those shown";

pub fn none_fits(goes_on: bool) -> AnyView {
    match goes_on {
        true => {
            view! { <p class="nothing">"None of those shown fits what you typed. Show more to search among more."</p> }
                .into_any()
        }
        false => nothing_found(),
    }
}

pub fn search(name: &'static str, typed: RwSignal<String>) -> AnyView {
    view! {
        <label class="search">
            {icon(Icon::Search)}
            <input
                type="search"
                aria-label=name
                placeholder=name
                autocomplete="off"
                prop:value=typed
                on:input=on_change(move |event| typed.set(event_target_value(&event)))
            />
        </label>
    }
    .into_any()
}

/// Whether what was typed stands in one of the texts, whatever its case.
pub fn fits(typed: &str, texts: &[&str]) -> bool {
    let typed = typed.trim().to_lowercase();
    typed.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&typed))
}
