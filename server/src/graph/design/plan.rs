//! What would have to change for a directory to become as a document says: thing by thing, property by property.

use super::document::Document;
use crate::{directory::audit::Operation, error::Result};
use serde::Serialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};

#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    pub operation: Operation,
    pub kind: Kind,
    pub id: String,
    pub name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Brand,
    Language,
    Sentences,
    Attribute,
    IdentityProvider,
    UserFlow,
    Application,
    PermissionGrant,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Brand => "Branding",
            Kind::Language => "BrandingLanguage",
            Kind::Sentences => "Sentences",
            Kind::Attribute => "UserFlowAttribute",
            Kind::IdentityProvider => "IdentityProvider",
            Kind::UserFlow => "UserFlow",
            Kind::Application => "Application",
            Kind::PermissionGrant => "PermissionGrant",
        }
    }
}

/// In the order in which it can be done: what goes goes first, so that its name is free; what others hang on goes last and
/// comes first.
pub fn steps(now: &Document, wanted: &Document) -> Result<Vec<Step>> {
    let (now, wanted) = (things(now)?, things(wanted)?);
    let mut steps = Vec::new();
    for ((kind, id), before) in now.iter().rev() {
        if !wanted.contains_key(&(*kind, id.clone())) {
            steps.push(step(Operation::Delete, *kind, id, Some(before), None));
        }
    }
    for ((kind, id), after) in &wanted {
        let before = now.get(&(*kind, id.clone()));
        if before != Some(after) {
            let operation = if before.is_some() { Operation::Update } else { Operation::Add };
            steps.push(step(operation, *kind, id, before, Some(after)));
        }
    }
    Ok(steps)
}

fn step(operation: Operation, kind: Kind, id: &str, before: Option<&Value>, after: Option<&Value>) -> Step {
    let thing = after.or(before);
    let name = ["name", "displayName", "label"].iter().find_map(|word| thing?.get(word)?.as_str());
    let name = name.unwrap_or(id).to_owned();
    Step { operation, kind, id: id.into(), name, before: before.cloned(), after: after.cloned() }
}

type Things = BTreeMap<(Kind, String), Value>;

fn things(document: &Document) -> Result<Things> {
    let mut things = Things::from([((Kind::Brand, "brand".to_owned()), serde_json::to_value(&document.brand)?)]);
    let mut put = |kind, id: &str, thing: &dyn Fn() -> serde_json::Result<Value>| -> Result<()> {
        things.insert((kind, id.to_owned()), thing()?);
        Ok(())
    };
    for it in &document.languages {
        put(Kind::Language, it, &|| Ok(Value::from(it.as_str())))?;
    }
    for (language, own) in &document.sentences {
        put(Kind::Sentences, language, &|| serde_json::to_value(own))?;
    }
    for it in &document.attributes {
        put(Kind::Attribute, &it.id, &|| serde_json::to_value(it))?;
    }
    for it in &document.identity_providers {
        put(Kind::IdentityProvider, it.id(), &|| serde_json::to_value(it))?;
    }
    for it in &document.user_flows {
        put(Kind::UserFlow, &it.id, &|| serde_json::to_value(it))?;
    }
    for it in &document.applications {
        put(Kind::Application, &it.id, &|| serde_json::to_value(it))?;
    }
    for it in &document.permission_grants {
        put(Kind::PermissionGrant, &it.key(), &|| serde_json::to_value(it))?;
    }
    Ok(things)
}

/// One property that differs.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    pub path: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Step {
    pub fn differences(&self) -> Vec<Difference> {
        let mut differences = Vec::new();
        if let (Some(before), Some(after)) = (&self.before, &self.after) {
            compare(String::new(), Some(before), Some(after), &mut differences);
        }
        differences
    }

    pub fn shown(&self) -> Value {
        json!({
            "operation": self.operation.as_str().to_lowercase(),
            "kind": self.kind.word(),
            "id": self.id,
            "displayName": self.name,
            "changes": self.differences(),
        })
    }

    /// For somebody who reads it on a terminal.
    pub fn told(&self) -> String {
        let mark = match self.operation {
            Operation::Add => '+',
            Operation::Update => '~',
            Operation::Delete => '-',
        };
        let id = if self.name == self.id { String::new() } else { format!(" ({})", self.id) };
        let mut told = format!("{mark} {} {}{id}\n", self.kind.word(), self.name);
        let said = |value: &Option<Value>| value.as_ref().map_or("nothing".into(), Value::to_string);
        for Difference { path, before, after } in self.differences() {
            // Writing to a String cannot fail.
            let _ = writeln!(told, "    {path}: {} -> {}", said(&before), said(&after));
        }
        told
    }
}

/// Rows of a list are told apart by what they are about, so that one that moved is not every one that changed.
fn compare(path: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                compare(within(name), old.get(name), new.get(name), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if keys(old).is_some() && keys(new).is_some() => {
            let (old_keys, new_keys) = (keys(old).unwrap_or_default(), keys(new).unwrap_or_default());
            let mut all = new_keys.clone();
            all.extend(old_keys.iter().copied().filter(|key| !new_keys.contains(key)));
            for key in all {
                let row =
                    |rows: &'_ [Value], keys: &[&str]| keys.iter().position(|it| *it == key).map(|at| rows[at].clone());
                compare(within(key), row(old, &old_keys).as_ref(), row(new, &new_keys).as_ref(), found);
            }
            let stayed = |keys: &[&str], others: &[&str]| -> Vec<String> {
                keys.iter().filter(|key| others.contains(key)).map(|key| (*key).to_owned()).collect()
            };
            let (old_order, new_order) = (stayed(&old_keys, &new_keys), stayed(&new_keys, &old_keys));
            if old_order != new_order {
                found.push(Difference { path, before: Some(json!(old_order)), after: Some(json!(new_order)) });
            }
        }
        _ => {
            let said = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
            found.push(Difference { path, before: said(before), after: said(after) });
        }
    }
}

/// What each row is about, if every row is about something.
fn keys(rows: &[Value]) -> Option<Vec<&str>> {
    rows.iter()
        .map(|row| ["attribute", "value", "uri", "kind"].iter().find_map(|name| row.get(name)?.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(before: Value, after: Value) -> Vec<String> {
        let mut found = Vec::new();
        compare(String::new(), Some(&before), Some(&after), &mut found);
        found.into_iter().map(|difference| difference.path).collect()
    }

    #[test]
    fn what_has_no_name_but_its_id_is_told_once() {
        let told = |kind, id, after: Value| step(Operation::Add, kind, id, None, Some(&after)).told();
        let grant = json!({"clientId": "page", "resourceId": "tasks", "scopes": ["Tasks.Read"]});
        assert_eq!(told(Kind::PermissionGrant, "page tasks", grant), "+ PermissionGrant page tasks\n");
        assert_eq!(told(Kind::Application, "page", json!({"name": "Page"})), "+ Application Page (page)\n");
    }

    #[test]
    fn a_row_that_moved_is_told_as_the_order_alone() {
        let row = |attribute: &str, label: &str| json!({"attribute": attribute, "label": label});
        let two = json!({"inputs": [row("city", "City"), row("state", "State")]});
        let turned = json!({"inputs": [row("state", "State"), row("city", "Town")]});
        assert_eq!(paths(two.clone(), turned), ["inputs/city/label", "inputs"]);
        let grown = json!({"inputs": [row("city", "City"), row("country", "Country"), row("state", "State")]});
        assert_eq!(paths(two.clone(), grown), ["inputs/country"]);
        assert!(paths(two.clone(), two).is_empty());
    }
}
