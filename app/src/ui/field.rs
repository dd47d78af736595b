//! A control with its label above it, and its hint and what is wrong with it below.

use leptos::prelude::*;

/// What every control is told.
#[derive(Clone)]
pub struct Control {
    /// The name in the form, and the element's id.
    pub name: String,
    pub label: String,
    /// The word beside the label where the field may stay empty.
    pub optional: Option<String>,
    pub hint: Option<String>,
    pub fault: Signal<Option<String>>,
}

/// One line of text.
#[derive(Default)]
pub struct Line {
    /// `email`, `text`, `date`.
    pub kind: &'static str,
    pub value: String,
    pub autocomplete: Option<&'static str>,
    pub inputmode: Option<&'static str>,
    pub required: bool,
    /// Shown, but neither changed nor sent.
    pub read_only: bool,
    pub focus: bool,
}

pub fn line(control: Control, line: Line) -> AnyView {
    let Line { kind, value, autocomplete, inputmode, required, read_only, focus } = line;
    // Names and codes are not prose: no capitals, no red underline.
    let verbatim = matches!(kind, "email" | "date");
    let input = view! {
        <input
            class=control.class()
            type=kind
            id=control.name.clone()
            name=(!read_only).then(|| control.name.clone())
            value=value
            autocomplete=autocomplete
            inputmode=inputmode
            autocapitalize=verbatim.then_some("none")
            spellcheck=verbatim.then_some("false")
            required=required
            readonly=read_only
            autofocus=focus
            aria-invalid=control.invalid()
            aria-describedby=control.described_by()
        />
    };
    control.around(input.into_any())
}

impl Control {
    /// Label, control, hint and fault, one below the other.
    pub fn around(self, control: AnyView) -> AnyView {
        let Control { name, label, optional, hint, fault } = self;
        view! {
            <div class="field">
                <label for=name.clone()>{label}{optional_word(optional)}</label>
                {control}
                {below(&name, hint, fault)}
            </div>
        }
        .into_any()
    }

    /// Several controls that answer one question.
    pub fn around_several(self, controls: Vec<AnyView>) -> AnyView {
        let described_by = self.described_by();
        let Control { name, label, optional, hint, fault } = self;
        view! {
            <fieldset class="field" id=name.clone() tabindex="-1" aria-describedby=described_by>
                <legend>{label}{optional_word(optional)}</legend>
                {controls}
                {below(&name, hint, fault)}
            </fieldset>
        }
        .into_any()
    }

    pub fn class(&self) -> impl Fn() -> &'static str + Send + Copy + use<> {
        let fault = self.fault;
        move || {
            if fault.with(Option::is_some) {
                "input ext-input ext-text-box ext-has-error"
            } else {
                "input ext-input ext-text-box"
            }
        }
    }

    pub fn invalid(&self) -> impl Fn() -> Option<&'static str> + Send + Copy + use<> {
        let fault = self.fault;
        move || fault.with(Option::is_some).then_some("true")
    }

    pub fn described_by(&self) -> String {
        let name = &self.name;
        if self.hint.is_some() { format!("{name}-hint {name}-fault") } else { format!("{name}-fault") }
    }
}

fn optional_word(word: Option<String>) -> Option<AnyView> {
    word.map(|word| view! { <span class="optional">{word}</span> }.into_any())
}

/// The fault's place is there before there is a fault, so that a screen reader hears it arrive.
pub fn below(name: &str, hint: Option<String>, fault: Signal<Option<String>>) -> AnyView {
    let hint = hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> }.into_any());
    view! {
        {hint}
        <div class="ext-error" id=format!("{name}-fault") aria-live="polite">
            {move || fault.get().map(|fault| view! { <p class="fault">{fault}</p> })}
        </div>
    }
    .into_any()
}
