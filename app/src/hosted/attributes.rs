//! What the flow asks of a new person, or lets somebody correct: the layout's fields, each as the control it was given.

use super::{Screen, frame::hidden, live, visit::Visit};
use crate::{
    contract::{
        journey::Path,
        user_flow::{Field, FieldOption, InputKind},
        validate::field_name,
    },
    text::Key,
    ui::{
        choice::{self, Choice},
        element::El,
        field::{self, Control, Line},
        linked::linked,
    },
};

pub fn heading(path: Path) -> Key {
    if path == Path::EditProfile { Key::ProfileHeading } else { Key::AttributesHeading }
}

pub fn screen(visit: &Visit, path: Path, revision: i64, fields: &[Field]) -> Screen {
    let (lead, label, working) = match path {
        Path::EditProfile => (Key::ProfileLead, Key::Save, Key::Saving),
        _ => (Key::AttributesLead, Key::CreateAccount, Key::CreatingAccount),
    };
    let shown = hidden("revision", &revision.to_string());
    let form = visit
        .form("answer")
        .with(shown.keep(live::listen(visit, revision)))
        .with_all(fields.iter().map(|field| control(visit, field)))
        .with(visit.primary("attributes", visit.say(label), working));
    Screen { lead: visit.lead(visit.say(lead)), form }
}

fn control(visit: &Visit, field: &Field) -> El {
    let name = field_name(&field.attribute);
    let given = given(visit, &name, field);
    let control = Control {
        label: field.label.clone(),
        optional: (!field.required && !field.read_only).then(|| visit.say(Key::Optional)),
        hint: field.hint.clone(),
        fault: visit.fault(&name),
        name,
    };
    if field.read_only {
        return field::line(
            control,
            Line { kind: "text", value: in_words(field, &given), read_only: true, ..Line::default() },
        );
    }
    let (required, autocomplete) = (field.required, autocomplete(&field.attribute));
    let line = |kind, inputmode| {
        let value = given.first().cloned().unwrap_or_default();
        Line { kind, value, autocomplete, inputmode, required, ..Line::default() }
    };
    match field.kind {
        InputKind::Text => field::line(control, line("text", None)),
        InputKind::Number => field::line(control, line("text", Some("numeric"))),
        InputKind::Date => field::line(control, line("date", None)),
        InputKind::Checkbox => {
            let label = linked(&field.label, visit.texts.say(Key::OpensInNewTab));
            choice::tick(control, label, given.iter().any(|value| value == "true"), required)
        }
        InputKind::Radio => choice::radio(control, choices(visit, field, &given), required),
        InputKind::Dropdown => {
            choice::dropdown(control, choices(visit, field, &given), visit.say(Key::Choose), autocomplete, required)
        }
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
        label: if links { linked(text, visit.texts.say(Key::OpensInNewTab)) } else { vec![text.clone().into()] },
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
