//! Controls that offer answers: one of several, any of several, yes or no.

use super::{
    element::{El, Node, el},
    field::{Control, below, described_by, optional_word},
};

pub struct Choice {
    pub value: String,
    pub label: Vec<Node>,
    pub chosen: bool,
}

/// A list that opens. `none` is what it says while nothing is chosen.
pub fn dropdown(
    control: Control,
    choices: Vec<Choice>,
    none: String,
    autocomplete: Option<&'static str>,
    required: bool,
) -> El {
    let options = choices.into_iter().map(|Choice { value, label, chosen }| {
        el("option").attr("value", value).flag("selected", chosen).with_all(label)
    });
    let select = control
        .judged(el("select").attr("id", control.name.clone()), "input ext-input ext-text-box")
        .attr("name", control.name.clone())
        .attr_some("autocomplete", autocomplete)
        .flag("required", required)
        .with(el("option").attr("value", "").with(none))
        .with_all(options);
    control.around(el("span").class("dropdown").with(select))
}

/// One of several, all of them in sight.
pub fn radio(control: Control, choices: Vec<Choice>, required: bool) -> El {
    let rows = choices.into_iter().map(|choice| row("radio", &control.name, choice, required)).collect();
    control.around_several(rows)
}

/// Any of several. None of them is required by itself.
pub fn several(control: Control, choices: Vec<Choice>) -> El {
    let rows = choices.into_iter().map(|choice| row("checkbox", &control.name, choice, false)).collect();
    control.around_several(rows)
}

fn row(kind: &'static str, name: &str, choice: Choice, required: bool) -> El {
    let input = el("input")
        .attr("type", kind)
        .attr("name", name.to_owned())
        .attr("value", choice.value)
        .flag("checked", choice.chosen)
        .flag("required", required);
    el("label").class("choice").with(input).with(el("span").with_all(choice.label))
}

/// Yes or no: the label stands beside it and may hold links. `control.label` is not used.
pub fn tick(control: Control, label: Vec<Node>, ticked: bool, required: bool) -> El {
    let Control { name, optional, hint, fault, .. } = control;
    let told = fault.clone();
    let input = el("input")
        .attr("type", "checkbox")
        .attr("id", name.clone())
        .attr("name", name.clone())
        .attr("value", "true")
        .flag("checked", ticked)
        .flag("required", required)
        .attr_live("aria-invalid", move || told().map(|_| "true".into()))
        .attr("aria-describedby", described_by(&name, hint.is_some()));
    let words = el("span").with_all(label).with_all(optional_word(optional));
    el("div").class("field").with(el("label").class("tick").with(input).with(words)).with_all(below(&name, hint, fault))
}
