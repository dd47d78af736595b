//! Buttons that send a form, say what they do while they do it, and cannot be pressed twice.

use super::element::{El, el};
use reactive_graph::{prelude::*, signal::RwSignal};

/// What a button sends.
#[derive(Clone, Copy)]
pub struct Sends {
    pub name: &'static str,
    pub value: &'static str,
}

fn button(sends: Sends, class: &'static str) -> El {
    el("button").class(class).attr("type", "submit").attr("name", sends.name).attr("value", sends.value)
}

/// The one thing to do on a page.
pub fn primary(sends: Sends, label: String, working: String, sending: RwSignal<Option<String>>) -> El {
    let works = move || sending.with(|sending| sending.as_deref() == Some(sends.value));
    button(sends, "primary ext-button ext-primary")
        .attr_live("aria-disabled", move || works().then(|| "true".into()))
        .live(move || Some(if works() { working.clone() } else { label.clone() }))
}

/// Another thing to do, of equal right.
pub fn secondary(sends: Sends, label: String) -> El {
    button(sends, "secondary ext-button ext-secondary").flag("formnovalidate", true).with(label)
}

/// A way out, quiet as a link; what is filled in is not judged.
pub fn way(sends: Sends, label: String) -> El {
    button(sends, "way").flag("formnovalidate", true).with(label)
}
