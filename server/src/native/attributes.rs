//! Attributes as these applications write and read them: a JSON object in, names with their rules out.

use super::trouble::Trouble;
use app::contract::{
    attribute::{CUSTOM_PREFIX, DataType},
    user_flow::{Field, InputKind, Layout, Visibility},
    validate,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub type Values = BTreeMap<String, Vec<String>>;

/// What the layout asks of a person; everything else is not looked at.
pub fn read(text: &str, layout: &Layout) -> Result<Values, Trouble> {
    let unreadable = || Trouble::new("invalid_request", 90100, "The attributes parameter is not a JSON object.");
    let sent: Map<String, Value> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let mut values = Values::new();
    for (name, value) in sent {
        let plain = plain(&name);
        let mut asked = layout.asked().filter(|input| input.visibility == Visibility::Editable);
        let Some(input) = asked.find(|input| input.attribute.eq_ignore_ascii_case(&plain)) else { continue };
        let texts = texts(value, input.kind).ok_or_else(|| invalid(std::slice::from_ref(&input.attribute)))?;
        values.insert(input.attribute.clone(), texts);
    }
    Ok(values)
}

/// Entra has the id of an application in the names of a tenant's own: `extension_0f0f…_loyaltyNumber`.
fn plain(name: &str) -> String {
    match name.strip_prefix(CUSTOM_PREFIX).and_then(|rest| rest.split_once('_')) {
        Some((id, own)) if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{CUSTOM_PREFIX}{own}")
        }
        _ => name.to_owned(),
    }
}

/// Of several choices one text with commas is written, or a list.
fn texts(value: Value, kind: InputKind) -> Option<Vec<String>> {
    let one = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(all) => all.into_iter().map(one).collect(),
        Value::String(text) if kind == InputKind::MultiSelect => {
            Some(text.split(',').map(|choice| choice.trim().to_owned()).collect())
        }
        value => one(value).map(|text| vec![text]),
    }
}

/// Of what was told, what breaks its rules.
pub fn refuse_invalid(fields: &[Field], values: &Values) -> Result<(), Trouble> {
    let is_bad = |field: &&Field| values.get(&field.attribute).is_some_and(|raw| validate::value(field, raw).is_err());
    let bad: Vec<String> = editable(fields).filter(is_bad).map(|field| field.attribute.clone()).collect();
    if bad.is_empty() { Ok(()) } else { Err(invalid(&bad)) }
}

fn invalid(names: &[String]) -> Trouble {
    let names: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    Trouble::new("invalid_grant", 55105, "An attribute has a value that its rules do not allow.")
        .suberror("attribute_validation_failed")
        .with("invalid_attributes", names)
}

/// What a page would still ask.
pub fn required(fields: &[Field], values: &Values) -> Trouble {
    let missing = editable(fields).filter(|field| !is_told(field, values));
    let told: Vec<Value> = missing
        .map(|field| {
            json!({
                "name": field.attribute,
                "type": match field.data_type {
                    DataType::String => "string",
                    DataType::Boolean => "boolean",
                    DataType::Int => "integer",
                },
                "required": field.required,
                "options": { "regex": regex(field) },
            })
        })
        .collect();
    Trouble::new("attributes_required", 55106, "The user flow asks for attributes.").with("required_attributes", told)
}

/// Whether nothing is left to ask.
pub fn suffice(fields: &[Field], values: &Values) -> bool {
    editable(fields).all(|field| !field.required || is_told(field, values))
}

fn is_told(field: &Field, values: &Values) -> bool {
    values.get(&field.attribute).is_some_and(|raw| matches!(validate::value(field, raw), Ok(Some(_))))
}

fn editable(fields: &[Field]) -> impl Iterator<Item = &Field> {
    fields.iter().filter(|field| !field.read_only)
}

/// The field's rule as a regular expression, as far as one can say it.
fn regex(field: &Field) -> String {
    let choices = || field.options.iter().map(|option| escaped(&option.value)).collect::<Vec<_>>().join("|");
    match (&field.pattern, field.kind, field.data_type) {
        (Some(pattern), ..) => format!("^(?:{pattern})$"),
        (None, InputKind::Radio | InputKind::Dropdown, _) => format!("^(?:{})$", choices()),
        (None, InputKind::MultiSelect, _) => format!("^(?:{0})(?:,(?:{0}))*$", choices()),
        (None, InputKind::Checkbox, _) if field.required => "^true$".into(),
        (None, InputKind::Checkbox, _) | (None, _, DataType::Boolean) => "^(?:true|false)$".into(),
        (None, InputKind::Date, _) => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$".into(),
        (None, InputKind::Number, _) | (None, _, DataType::Int) => "^[+-]?[0-9]+$".into(),
        (None, InputKind::Text, DataType::String) => format!("^.{{1,{}}}$", field.max_length),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\.+*?()|[]{}^$/-".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::contract::user_flow::FieldOption;

    fn field(kind: InputKind, data_type: DataType) -> Field {
        let option = |value: &str| FieldOption { value: value.into(), text: value.into() };
        Field {
            attribute: "x".into(),
            data_type,
            kind,
            label: "X".into(),
            hint: None,
            required: true,
            read_only: false,
            default: None,
            options: vec![option("a"), option("b.c")],
            pattern: None,
            max_length: 40,
        }
    }

    #[test]
    fn a_rule_is_told_as_a_regular_expression() {
        for (kind, data_type, told) in [
            (InputKind::Text, DataType::String, "^.{1,40}$"),
            (InputKind::Text, DataType::Int, "^[+-]?[0-9]+$"),
            (InputKind::Dropdown, DataType::String, r"^(?:a|b\.c)$"),
            (InputKind::MultiSelect, DataType::String, r"^(?:a|b\.c)(?:,(?:a|b\.c))*$"),
            (InputKind::Checkbox, DataType::Boolean, "^true$"),
            (InputKind::Radio, DataType::Boolean, r"^(?:a|b\.c)$"),
            (InputKind::Date, DataType::String, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        ] {
            assert_eq!(regex(&field(kind, data_type)), told, "{kind:?} {data_type:?}");
        }
        let own = Field { pattern: Some("[A-Z]{2}|x".into()), ..field(InputKind::Text, DataType::String) };
        assert_eq!(regex(&own), "^(?:[A-Z]{2}|x)$");
    }

    #[test]
    fn entras_long_names_are_ours() {
        assert_eq!(plain("extension_0f0fe0e0e0e0e0e0e0e0e0e0e0e0e0e0_loyaltyNumber"), "extension_loyaltyNumber");
        assert_eq!(plain("extension_loyalty_number"), "extension_loyalty_number");
        assert_eq!(plain("city"), "city");
    }
}
