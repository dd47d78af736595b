//! What applications are told of a person, in tokens, at userinfo and in a simulation alike.

use crate::{
    directory::{account::Profile, identity::Folded},
    secret::jwt::Claims,
};
use app::contract::{
    attribute::{DataType, EMAIL},
    flow_rules::AlsoTold,
    user_flow::UserFlow,
};
use serde_json::Value;

/// Which of OpenID Connect's scopes were asked for and granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    pub profile: bool,
    pub email: bool,
}

/// What the scopes and the flow let the application know of the person.
pub fn person(profile: &Profile, told: Told, flow: &UserFlow) -> Claims {
    let mut claims = Claims::new();
    if flow.rules.tokens.also.contains(&AlsoTold::Emails) {
        put(&mut claims, "emails", vec![proved_address(profile)].into());
    }
    if told.profile {
        put(&mut claims, "preferred_username", profile.address.as_str().into());
        put(&mut claims, "name", name(profile).into());
        for (attribute, claim) in [("givenName", "given_name"), ("surname", "family_name")] {
            if let Some(value) = profile.attributes.get(attribute) {
                put(&mut claims, claim, value.as_str().into());
            }
        }
    }
    if told.email {
        put(&mut claims, "email", proved_address(profile).into());
        // There is no account whose address was not proved by a code.
        put(&mut claims, "email_verified", true.into());
    }
    for attribute in &flow.claims {
        if let Some(value) = chosen(profile, flow, attribute) {
            put(&mut claims, claim_of(attribute), value);
        }
    }
    claims
}

fn put(claims: &mut Claims, name: &str, value: Value) {
    claims.insert(name.into(), value);
}

/// Somebody always has a name: their own, the parts of it, or the address.
fn name(profile: &Profile) -> String {
    let part = |attribute: &str| profile.attributes.get(attribute).map(String::as_str).filter(|text| !text.is_empty());
    let parts: Vec<&str> = ["givenName", "surname"].into_iter().filter_map(part).collect();
    match part("displayName") {
        Some(name) => name.into(),
        None if parts.is_empty() => profile.address.clone(),
        None => parts.join(" "),
    }
}

/// The mailbox that the code came back from. What was typed may read as another to an application that folds names in
/// its own way: full-width letters, or a domain with an accent.
fn proved_address(profile: &Profile) -> String {
    Folded::address(&profile.address).as_str().into()
}

/// OpenID Connect's word for an attribute where it has one.
fn claim_of(attribute: &str) -> &str {
    match attribute {
        "displayName" => "name",
        "givenName" => "given_name",
        "surname" => "family_name",
        other => other,
    }
}

/// An attribute that the flow chose, as the kind of value that it is.
fn chosen(profile: &Profile, flow: &UserFlow, attribute: &str) -> Option<Value> {
    if attribute == EMAIL {
        return Some(proved_address(profile).into());
    }
    let value = profile.attributes.get(attribute)?;
    let data_type = flow.layout.inputs.iter().find(|input| input.attribute == attribute).map(|input| input.data_type);
    let typed = match data_type {
        Some(DataType::Boolean) => value.parse().ok().map(Value::Bool),
        Some(DataType::Int) => value.parse::<i64>().ok().map(Value::from),
        Some(DataType::String) | None => None,
    };
    Some(typed.unwrap_or_else(|| value.as_str().into()))
}
