//! A control with its label above it, and its hint and what is wrong with it below.

use super::element::{El, Told, el};

/// What every control is told.
#[derive(Clone)]
pub struct Control {
    /// The name in the form, and the element's id.
    pub name: String,
    pub label: String,
    /// The word beside the label where the field may stay empty.
    pub optional: Option<String>,
    pub hint: Option<String>,
    pub fault: Told,
}

/// One line of text.
#[derive(Default)]
pub struct Line {
    /// `email`, `text`, `date`.
    pub kind: &'static str,
    pub value: String,
    pub autocomplete: Option<&'static str>,
    pub inputmode: Option<&'static str>,
    pub placeholder: Option<String>,
    pub required: bool,
    /// Shown, but neither changed nor sent.
    pub read_only: bool,
    pub focus: bool,
}

pub fn line(control: Control, line: Line) -> El {
    let Line { kind, value, autocomplete, inputmode, placeholder, required, read_only, focus } = line;
    let mut input = control.input().attr("type", kind).attr("value", value);
    if !read_only {
        input = input.attr("name", control.name.clone());
    }
    // A name to sign in with is not prose: no capitals, no red underline.
    if kind == "email" || autocomplete == Some("username") {
        input = input.attr("autocapitalize", "none").attr("spellcheck", "false");
    }
    let input = input
        .attr_some("autocomplete", autocomplete)
        .attr_some("inputmode", inputmode)
        .attr_some("placeholder", placeholder)
        .flag("required", required)
        .flag("readonly", read_only)
        .flag("autofocus", focus);
    control.around(input)
}

impl Control {
    /// An input that knows what is wrong with it; its name and kind are still to be said.
    pub fn input(&self) -> El {
        self.judged(el("input").attr("id", self.name.clone()), "input ext-input ext-text-box")
    }

    /// Tells eye and ear whether something is wrong. `class` gains `ext-has-error`, the name by which brands style it.
    pub fn judged(&self, control: El, class: &'static str) -> El {
        let (told, shown) = (self.fault.clone(), self.fault.clone());
        control
            .attr_live("class", move || {
                Some(if shown().is_some() { format!("{class} ext-has-error").into() } else { class.into() })
            })
            .attr_live("aria-invalid", move || told().map(|_| "true".into()))
            .attr("aria-describedby", described_by(&self.name, self.hint.is_some()))
    }

    /// Label, control, hint and fault, one below the other.
    pub fn around(self, control: El) -> El {
        let label = el("label").attr("for", self.name.clone()).with(self.label).with_all(optional_word(self.optional));
        el("div").class("field").with(label).with(control).with_all(below(&self.name, self.hint, self.fault))
    }

    /// Several controls that answer one question.
    pub fn around_several(self, controls: Vec<El>) -> El {
        el("fieldset")
            .class("field")
            .attr("id", self.name.clone())
            .attr("tabindex", "-1")
            .attr("aria-describedby", described_by(&self.name, self.hint.is_some()))
            .with(el("legend").with(self.label).with_all(optional_word(self.optional)))
            .with_all(controls)
            .with_all(below(&self.name, self.hint, self.fault))
    }
}

pub fn described_by(name: &str, hinted: bool) -> String {
    if hinted { format!("{name}-hint {name}-fault") } else { format!("{name}-fault") }
}

pub fn optional_word(word: Option<String>) -> Option<El> {
    word.map(|word| el("span").class("optional").with(word))
}

/// The fault's place is there before there is a fault, so that a screen reader hears it arrive.
pub fn below(name: &str, hint: Option<String>, fault: Told) -> Vec<El> {
    let hint = hint.map(|hint| el("p").class("hint").attr("id", format!("{name}-hint")).with(hint));
    let fault = el("div")
        .class("ext-error")
        .attr("id", format!("{name}-fault"))
        .attr("aria-live", "polite")
        .live(move || fault().map(|fault| el("p").class("fault").with(fault)));
    hint.into_iter().chain([fault]).collect()
}
