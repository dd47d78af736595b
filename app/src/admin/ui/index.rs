//! The index of a long screen: its sections by name, which of them is being read, and the way to each.

use crate::{
    admin::ui::listen::on_click,
    ui::browser::{after, document, window},
};
use leptos::{ev, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A part of a screen: the fragment of the address that leads to it, and its name.
#[derive(Clone, Copy)]
pub struct Section {
    pub id: &'static str,
    pub name: &'static str,
}

/// A section is read once its heading is above this line: pixels from the top of the window. Links put a heading above it.
const LINE: f64 = 110.0;

/// Browsers give it the focus where a link leads to it.
pub fn heading(Section { id, name }: Section) -> AnyView {
    view! { <h2 id=id tabindex="-1">{name}</h2> }.into_any()
}

/// It stands there before what it is about. Who comes with a fragment in the address is led on once that `is_drawn`.
pub fn index(sections: Vec<Section>, is_drawn: Memo<bool>) -> AnyView {
    let ids = StoredValue::new(sections.iter().map(|section| section.id).collect::<Vec<_>>());
    let here = RwSignal::new(sections.first().map_or("", |first| first.id));
    Effect::new(move |was_drawn: Option<bool>| {
        let was_drawn = was_drawn.unwrap_or_default();
        let is_drawn = was_drawn || is_drawn.get();
        if is_drawn && !was_drawn {
            after(Duration::ZERO, move || lead(ids.try_with_value(|ids| named(ids)).flatten()));
        }
        is_drawn
    });
    let scrolled = window_event_listener(ev::scroll, move |_| {
        let read = ids.with_value(|ids| read(ids));
        if let Some(read) = read.filter(|read| *read != here.get_untracked()) {
            here.set(read);
        }
    });
    on_cleanup(move || scrolled.remove());
    let links: Vec<_> = sections
        .into_iter()
        .map(|Section { id, name }| {
            let current = move || (here.get() == id).then_some("location");
            // Where the page is too short to move, nothing scrolls.
            let choose = on_click(move |_| here.set(id));
            view! { <li><a href=format!("#{id}") aria-current=current on:click=choose>{name}</a></li> }
        })
        .collect();
    view! { <nav class="index" aria-label="On this page"><ul>{links}</ul></nav> }.into_any()
}

/// What browsers do themselves where the heading is there as early as the document.
fn lead(id: Option<&str>) {
    let heading = id.and_then(|id| document().get_element_by_id(id));
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        heading.scroll_into_view();
        // Fails only for an element that is gone.
        let _ = heading.focus();
    }
}

/// The section that the address names.
fn named(ids: &[&'static str]) -> Option<&'static str> {
    let fragment = window().location().hash().ok()?;
    let wanted = fragment.strip_prefix('#')?;
    ids.iter().copied().find(|id| *id == wanted)
}

/// The last one above the line. At the end of the page, where no more headings get there, it is the one that was asked for,
/// while it is in sight, or else the last.
fn read(ids: &[&'static str]) -> Option<&'static str> {
    let page = document().document_element()?;
    let is_at_end = page.scroll_top() > 0 && page.scroll_top() + page.client_height() >= page.scroll_height() - 1;
    if is_at_end {
        let is_in_sight = |id: &&'static str| top(id).is_some_and(|top| top >= 0.0);
        return named(ids).filter(is_in_sight).or(ids.last().copied());
    }
    let is_above = |id: &&'static str| top(id).is_some_and(|top| top <= LINE);
    ids.iter().copied().take_while(is_above).last().or(ids.first().copied())
}

/// Of a heading, in the window.
fn top(id: &str) -> Option<f64> {
    Some(document().get_element_by_id(id)?.get_bounding_client_rect().top())
}
