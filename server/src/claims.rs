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
        // The one they sign in with, proved or not, as Azure AD B2C has it.
        put(&mut claims, "emails", address(profile).into_iter().collect::<Vec<_>>().into());
        if profile.address.as_ref().is_some_and(|address| !address.is_proved) {
            put(&mut claims, "email_verified", false.into());
        }
    }
    if told.profile {
        put(&mut claims, "preferred_username", profile.name.as_str().into());
        put(&mut claims, "name", name(profile).into());
        for (attribute, claim) in [("givenName", "given_name"), ("surname", "family_name")] {
            if let Some(value) = profile.attributes.get(attribute) {
                put(&mut claims, claim, value.as_str().into());
            }
        }
    }
    if told.email {
        tell_address(&mut claims, profile, true);
    }
    for attribute in &flow.claims {
        if attribute == EMAIL {
            tell_address(&mut claims, profile, false);
        } else if let Some(value) = chosen(profile, flow, attribute) {
            put(&mut claims, claim_of(attribute), value);
        }
    }
    claims
}

fn put(claims: &mut Claims, name: &str, value: Value) {
    claims.insert(name.into(), value);
}

/// Somebody always has a name: their own, the parts of it, or what they sign in with.
fn name(profile: &Profile) -> String {
    let part = |attribute: &str| profile.attributes.get(attribute).map(String::as_str).filter(|text| !text.is_empty());
    let parts: Vec<&str> = ["givenName", "surname"].into_iter().filter_map(part).collect();
    match part("displayName") {
        Some(name) => name.into(),
        None if parts.is_empty() => profile.name.clone(),
        None => parts.join(" "),
    }
}

/// One that nobody proved is never told without saying so, so that no account elsewhere is linked by it (OpenID Connect
/// Core §5.7; security R12). An address that is for resets only is told to nobody.
fn tell_address(claims: &mut Claims, profile: &Profile, asked_by_scope: bool) {
    let Some(told) = address(profile) else { return };
    put(claims, "email", told.into());
    let is_proved = profile.address.as_ref().is_some_and(|address| address.is_proved);
    if asked_by_scope || !is_proved {
        put(claims, "email_verified", is_proved.into());
    }
}

/// The mailbox that codes go to. What was typed may read as another to an application that folds names in its own way:
/// full-width letters, or a domain with an accent.
fn address(profile: &Profile) -> Option<String> {
    profile.address.as_ref().map(|address| Folded::address(&address.text).as_str().into())
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
    let value = profile.attributes.get(attribute)?;
    let data_type = flow.layout.inputs.iter().find(|input| input.attribute == attribute).map(|input| input.data_type);
    let typed = match data_type {
        Some(DataType::Boolean) => value.parse().ok().map(Value::Bool),
        Some(DataType::Int) => value.parse::<i64>().ok().map(Value::from),
        Some(DataType::String) | None => None,
    };
    Some(typed.unwrap_or_else(|| value.as_str().into()))
}
