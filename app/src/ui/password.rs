//! A password: Show and Hide, any paste and any manager, and for a new one how well it would stand.

use super::{
    element::{El, el},
    field::{Control, below},
};
use reactive_graph::{prelude::*, signal::RwSignal};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

pub struct Password {
    pub control: Control,
    /// `current-password` or `new-password`.
    pub autocomplete: &'static str,
    pub words: ShowWords,
    pub judge: Option<Judge>,
}

/// What the button says, and what it is called by a screen reader.
pub struct ShowWords {
    pub show: String,
    pub show_name: String,
    pub hide: String,
    pub hide_name: String,
}

/// How well a password would stand, from 0 to 4, and the word for it.
pub type Judge = Box<dyn Fn(&str) -> Standing>;
type Standing = (u8, String);

pub fn password(password: Password) -> El {
    let Password { control, autocomplete, words, judge } = password;
    let ShowWords { show, show_name, hide, hide_name } = words;
    let shown = RwSignal::new(false);
    let standing = RwSignal::new(None::<Standing>);
    let meter = judge.is_some().then(|| meter(standing));
    let mut input = control
        .input()
        .attr("name", control.name.clone())
        .attr_live("type", move || Some(if shown.get() { "text" } else { "password" }.into()))
        .attr("autocomplete", autocomplete)
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .flag("required", true)
        .flag("autofocus", true);
    if let Some(judge) = judge {
        input = input.on("input", move |event: &Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let typed = input.map(|input| input.value()).unwrap_or_default();
            standing.set((!typed.is_empty()).then(|| judge(&typed)));
        });
    }
    let button = el("button")
        .class("show")
        .attr("type", "button")
        .attr_live("aria-label", move || Some(if shown.get() { hide_name.clone() } else { show_name.clone() }.into()))
        .on("click", move |_: &Event| shown.update(|shown| *shown = !*shown))
        .live(move || Some(if shown.get() { hide.clone() } else { show.clone() }));
    el("div")
        .class("field")
        .with(el("label").attr("for", control.name.clone()).with(control.label))
        .with(el("div").class("secret").with(input).with(button))
        .with_all(meter)
        .with_all(below(&control.name, control.hint, control.fault))
}

/// Four bars and a word; the place of the word is kept, so that nothing moves when it comes.
fn meter(standing: RwSignal<Option<Standing>>) -> El {
    let level = move || standing.with(|standing| standing.as_ref().map_or(0, |(level, _)| *level));
    el("div")
        .attr_live("class", move || Some(format!("meter m{}", level()).into()))
        .with_all((0..4).map(|_| el("i")))
        .with(el("output").live(move || standing.get().map(|(_, word)| word)))
}
