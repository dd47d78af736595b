//! What a request brings: JSON, bounded, typed, and nothing in it that we do not know.

use crate::error::{Error, Flaw, Result};
use app::json::read::read;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// Security R44.
const DEEPEST: usize = 32;

/// A new entity. What is left out has its default.
pub fn created<T: Serialize + DeserializeOwned>(body: &[u8]) -> Result<T> {
    typed(Value::Object(Map::new()), json(body)?)
}

/// An entity with the properties changed that the request brings (RFC 7396): objects grow together, lists are replaced,
/// null takes back to the default.
pub fn patched<T: Serialize + DeserializeOwned>(entity: &T, body: &[u8]) -> Result<T> {
    typed(serde_json::to_value(entity)?, json(body)?)
}

/// The object that was sent, without its annotations.
pub fn json(body: &[u8]) -> Result<Value> {
    bounded(body)?;
    let value = serde_json::from_slice(body)
        .map_err(|fault| Error::BadRequest(format!("The body cannot be read as JSON: {fault}.")))?;
    match value {
        Value::Object(_) => Ok(without_annotations(value)),
        _ => Err(Error::BadRequest("The body must be a JSON object.".into())),
    }
}

/// Told before anything is built of it.
pub fn bounded(body: &[u8]) -> Result<()> {
    match body.iter().scan(0usize, |depth, byte| deeper(depth, *byte)).any(|depth| depth > DEEPEST) {
        true => Err(Error::BadRequest(format!("The body is nested more than {DEEPEST} deep."))),
        false => Ok(()),
    }
}

/// Brackets inside texts count too: the bound is far above what any resource needs.
fn deeper(depth: &mut usize, byte: u8) -> Option<usize> {
    match byte {
        b'{' | b'[' => *depth += 1,
        b'}' | b']' => *depth = depth.saturating_sub(1),
        _ => {}
    }
    Some(*depth)
}

/// `@odata.context`, `identityProviders@odata.navigationLink` and the like are remarks of the protocol. `x@odata.bind` is none:
/// it refers to something, and whoever sent it is not to believe that it was taken.
fn without_annotations(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let says_something =
                |name: &str| !name.contains('@') || name == "@odata.type" || name.ends_with("@odata.bind");
            let kept = members.into_iter().filter(|(name, _)| says_something(name));
            Value::Object(kept.map(|(name, value)| (name, without_annotations(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_annotations).collect()),
        other => other,
    }
}

fn typed<T: Serialize + DeserializeOwned>(base: Value, sent: Value) -> Result<T> {
    let merged = merge(base, sent.clone());
    let read: T = read(merged).map_err(|fault| {
        let target = fault.path();
        Flaw::new(&target, format!("The property '{target}' cannot be read: {fault}."))
    })?;
    let flaws = strangers(&sent, &serde_json::to_value(&read)?, "");
    if flaws.is_empty() { Ok(read) } else { Err(Error::Invalid(flaws)) }
}

fn merge(base: Value, patch: Value) -> Value {
    match (base, patch) {
        (Value::Object(mut base), Value::Object(patch)) => {
            for (name, value) in patch {
                if value.is_null() {
                    base.remove(&name);
                } else {
                    let before = base.remove(&name).unwrap_or(Value::Null);
                    base.insert(name, merge(before, value));
                }
            }
            Value::Object(base)
        }
        (_, Value::Object(patch)) => merge(Value::Object(Map::new()), Value::Object(patch)),
        (_, Value::Array(items)) => {
            // A null inside a new item says nothing either.
            Value::Array(items.into_iter().map(|item| merge(Value::Null, item)).collect())
        }
        (_, patch) => patch,
    }
}

/// Properties that were sent and are not ours, and types that are other ones. What was understood is written again and
/// compared (security R14).
fn strangers(sent: &Value, understood: &Value, path: &str) -> Vec<Flaw> {
    match (sent, understood) {
        (Value::Object(sent), Value::Object(understood)) => sent
            .iter()
            .flat_map(|(name, value)| {
                let target = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                match understood.get(name) {
                    _ if value.is_null() => Vec::new(),
                    Some(known) if name == "@odata.type" && is_named(known) => other_type(value, known, &target),
                    Some(known) => strangers(value, known, &target),
                    None if name == "@odata.type" => Vec::new(),
                    None if is_nothing(value) => Vec::new(),
                    None => vec![Flaw::new(&target, format!("There is no property '{target}'."))],
                }
            })
            .collect(),
        (Value::Array(sent), Value::Array(understood)) => {
            let pairs = sent.iter().zip(understood).enumerate();
            pairs.flat_map(|(at, (sent, understood))| strangers(sent, understood, &format!("{path}/{at}"))).collect()
        }
        _ => Vec::new(),
    }
}

/// What is left out when it is written, and so cannot be told from a stranger, says nothing.
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_named(known: &Value) -> bool {
    known.as_str().is_some_and(|name| !name.is_empty())
}

/// A leading `#` may be left out.
fn other_type(sent: &Value, known: &Value, target: &str) -> Vec<Flaw> {
    let bare = |value: &Value| value.as_str().map(|name| name.trim_start_matches('#').to_owned());
    if bare(sent) == bare(known) {
        return Vec::new();
    }
    vec![Flaw::new(target, format!("The type here is {known}, not {sent}."))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::contract::resource::user_flow::UserFlow;
    use serde_json::json;

    fn taken(body: &Value) -> Result<UserFlow> {
        created(body.to_string().as_bytes())
    }

    #[test]
    fn r14_an_unknown_property_is_refused_wherever_it_stands() {
        for (body, target) in [
            (json!({"roles": ["Global Administrator"]}), "roles"),
            (json!({"conditions": {"applications": {"secret": 1}}}), "conditions/applications/secret"),
            (
                json!({"onAttributeCollection": {"attributeCollectionPage": {"views": [{"inputs": [{"x": 1}]}]}}}),
                "onAttributeCollection/attributeCollectionPage/views/0/inputs/0/x",
            ),
        ] {
            let Err(Error::Invalid(flaws)) = taken(&body) else { panic!("{body} was taken") };
            assert_eq!(flaws[0].target, target);
        }
    }

    #[test]
    fn annotations_and_absent_things_say_nothing() {
        let flow = taken(&json!({
            "@odata.context": "x", "@odata.type": "microsoft.graph.externalUsersSelfServiceSignUpEventsFlow",
            "displayName": "Shop", "description": null, "onAttributeCollectionStart": null,
            "includeApplications@odata.context": "y"
        }));
        assert_eq!(flow.unwrap().display_name, "Shop");
    }

    #[test]
    fn a_reference_is_refused_and_not_dropped() {
        let Err(Error::Invalid(flaws)) = taken(&json!({"displayName": "Shop", "approval@odata.bind": "approvals/7"}))
        else {
            panic!("a reference was taken")
        };
        assert_eq!(flaws[0].target, "approval@odata.bind");
    }

    #[test]
    fn another_type_is_refused() {
        assert!(taken(&json!({"@odata.type": "#microsoft.graph.user"})).is_err());
    }

    #[test]
    fn a_patch_changes_what_it_names_and_replaces_lists() {
        let flow = taken(&json!({"displayName": "Shop", "priority": 7, "claims": ["city", "country"]})).unwrap();
        let changed: UserFlow = patched(&flow, br#"{"claims": ["city"], "priority": null}"#).unwrap();
        assert_eq!((changed.display_name.as_str(), changed.priority, changed.claims.len()), ("Shop", 500, 1));
    }

    #[test]
    fn cve_2026_46689_a_deep_body_is_refused_before_it_is_read() {
        let deep = "[".repeat(5000);
        assert!(matches!(json(deep.as_bytes()), Err(Error::BadRequest(_))));
    }
}
