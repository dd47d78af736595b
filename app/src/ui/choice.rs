//! Controls that offer answers: one of several, any of several, yes or no.

use super::field::{Control, below};
use leptos::prelude::*;

pub struct Choice {
    pub value: String,
    pub label: AnyView,
    pub chosen: bool,
}

/// A list that opens. `none` is what it says while nothing is chosen.
pub fn dropdown(
    control: Control,
    choices: Vec<Choice>,
    none: String,
    autocomplete: Option<&'static str>,
    required: bool,
) -> AnyView {
    let options: Vec<_> = choices
        .into_iter()
        .map(|Choice { value, label, chosen }| {
            view! { <option value=value selected=chosen>{label}</option> }.into_any()
        })
        .collect();
    let select = view! {
        <span class="dropdown">
            <select
                class=control.class()
                id=control.name.clone()
                name=control.name.clone()
                autocomplete=autocomplete
                required=required
                aria-invalid=control.invalid()
                aria-describedby=control.described_by()
            >
                <option value="">{none}</option>
                {options}
            </select>
        </span>
    };
    control.around(select.into_any())
}

/// One of several, all of them in sight.
pub fn radio(control: Control, choices: Vec<Choice>, required: bool) -> AnyView {
    let rows = choices.into_iter().map(|choice| row("radio", control.name.clone(), choice, required)).collect();
    control.around_several(rows)
}

/// Any of several. None of them is required by itself.
pub fn several(control: Control, choices: Vec<Choice>) -> AnyView {
    let rows = choices.into_iter().map(|choice| row("checkbox", control.name.clone(), choice, false)).collect();
    control.around_several(rows)
}

fn row(kind: &'static str, name: String, choice: Choice, required: bool) -> AnyView {
    let Choice { value, label, chosen } = choice;
    view! {
        <label class="choice">
            <input type=kind name=name value=value checked=chosen required=required/>
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// Yes or no: its label stands beside it and may hold links.
pub fn tick(
    name: String,
    label: AnyView,
    optional: Option<String>,
    hint: Option<String>,
    ticked: bool,
    required: bool,
    fault: Signal<Option<String>>,
) -> AnyView {
    let described_by = if hint.is_some() { format!("{name}-hint {name}-fault") } else { format!("{name}-fault") };
    let optional = optional.map(|word| view! { <span class="optional">{word}</span> }.into_any());
    view! {
        <div class="field">
            <label class="tick">
                <input
                    type="checkbox"
                    id=name.clone()
                    name=name.clone()
                    value="true"
                    checked=ticked
                    required=required
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    aria-describedby=described_by
                />
                <span>{label}{optional}</span>
            </label>
            {below(&name, hint, fault)}
        </div>
    }
    .into_any()
}
