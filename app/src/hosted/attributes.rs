//! What the flow asks of a new person: the layout's fields, each as the control it was given.

use super::visit::Visit;
use crate::{
    contract::{
        user_flow::{Field, FieldOption, InputKind},
        validate::field_name,
    },
    text::Key,
    ui::{
        choice::{self, Choice},
        field::{self, Control, Line},
        linked::linked,
    },
};
use leptos::prelude::*;

pub fn screen(visit: &Visit, revision: i64, fields: &[Field]) -> AnyView {
    let fields: Vec<_> = fields.iter().map(|field| control(visit, field)).collect();
    let content = view! {
        <input type="hidden" name="revision" value=revision.to_string()/>
        {fields}
        {visit.primary("attributes", visit.say(Key::CreateAccount), Key::CreatingAccount)}
    };
    view! {
        {visit.lead(visit.say(Key::AttributesLead))}
        {visit.form("answer", content.into_any())}
    }
    .into_any()
}

fn control(visit: &Visit, field: &Field) -> AnyView {
    let name = field_name(&field.attribute);
    let optional = (!field.required && !field.read_only).then(|| visit.say(Key::Optional));
    let fault = visit.fault(&name);
    let given = given(visit, &name, field);
    if field.kind == InputKind::Checkbox {
        let label = linked(&field.label, visit.texts.say(Key::OpensInNewTab));
        let ticked = given.iter().any(|value| value == "true");
        return choice::tick(name, label, optional, field.hint.clone(), ticked, field.required, fault);
    }
    let control = Control { name, label: field.label.clone(), optional, hint: field.hint.clone(), fault };
    let first = || given.first().cloned().unwrap_or_default();
    if field.read_only {
        return field::line(
            control,
            Line { kind: "text", value: in_words(field, &given), read_only: true, ..Line::default() },
        );
    }
    let autocomplete = autocomplete(&field.attribute);
    match field.kind {
        InputKind::Text | InputKind::Number | InputKind::Date | InputKind::Checkbox => {
            let kind = if field.kind == InputKind::Date { "date" } else { "text" };
            let inputmode = (field.kind == InputKind::Number).then_some("numeric");
            let line =
                Line { kind, value: first(), autocomplete, inputmode, required: field.required, ..Line::default() };
            field::line(control, line)
        }
        InputKind::Dropdown => choice::dropdown(
            control,
            choices(visit, field, &given),
            visit.say(Key::Choose),
            autocomplete,
            field.required,
        ),
        InputKind::Radio => choice::radio(control, choices(visit, field, &given), field.required),
        InputKind::MultiSelect => {
            let hint = control.hint.or_else(|| Some(visit.say(Key::ChooseAny)));
            choice::several(Control { hint, ..control }, choices(visit, field, &given))
        }
    }
}

/// What was typed last, or else the default.
fn given(visit: &Visit, name: &str, field: &Field) -> Vec<String> {
    match (visit.typed(name), &field.default) {
        (Some(typed), _) => typed.to_vec(),
        (None, Some(default)) if field.kind == InputKind::MultiSelect => default.split(',').map(Into::into).collect(),
        (None, Some(default)) => vec![default.clone()],
        (None, None) => Vec::new(),
    }
}

fn choices(visit: &Visit, field: &Field, given: &[String]) -> Vec<Choice> {
    // A list that opens holds plain words only.
    let links = field.kind != InputKind::Dropdown;
    let choice = |FieldOption { value, text }: &FieldOption| Choice {
        value: value.clone(),
        label: if links { linked(text, visit.texts.say(Key::OpensInNewTab)) } else { text.clone().into_any() },
        chosen: given.contains(value),
    };
    field.options.iter().map(choice).collect()
}

/// The words for the values that stand fast.
fn in_words(field: &Field, given: &[String]) -> String {
    let words = |value: &String| {
        field.options.iter().find(|option| option.value == *value).map_or(value, |option| &option.text).clone()
    };
    given.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// What browsers fill in by themselves (HTML, autofill field names).
fn autocomplete(attribute: &str) -> Option<&'static str> {
    Some(match attribute {
        "displayName" => "name",
        "givenName" => "given-name",
        "surname" => "family-name",
        "jobTitle" => "organization-title",
        "streetAddress" => "street-address",
        "city" => "address-level2",
        "state" => "address-level1",
        "postalCode" => "postal-code",
        "country" => "country-name",
        _ => return None,
    })
}
