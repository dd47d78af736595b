//! A person as Graph writes them.

use super::Tongue;
use crate::{
    directory::person::{self, Person},
    graph::{answer::etag, user_flow_attributes::named},
    secret::token,
};
use app::contract::{
    attribute::{Attribute, CUSTOM_PREFIX, DataType},
    resource::{
        moment::Moment,
        user::{Identity, User, Value},
    },
};

pub fn shown(tongue: &Tongue, person: &Person) -> User {
    let attribute = |name: &str| person.attributes.get(name).cloned();
    let own = |identity: &&person::Identity| identity.issuer == tongue.tenant_id;
    let principal = person.identities.iter().filter(own).find(|identity| identity.sign_in_type == "userPrincipalName");
    let mut user = User {
        etag: None,
        id: person.id.to_string(),
        display_name: attribute("displayName"),
        given_name: attribute("givenName"),
        surname: attribute("surname"),
        job_title: attribute("jobTitle"),
        street_address: attribute("streetAddress"),
        city: attribute("city"),
        state: attribute("state"),
        postal_code: attribute("postalCode"),
        country: attribute("country"),
        mail: person.address().map(str::to_owned),
        other_mails: person.other_addresses.clone(),
        user_principal_name: Some(match principal {
            Some(identity) => identity.issuer_assigned_id.clone(),
            // Local people have one that nobody signs in with.
            None => format!("{}@{}", person.id, tongue.issuer()),
        }),
        account_enabled: Some(person.disabled_at.is_none()),
        identities: person.identities.iter().map(|identity| told(tongue, identity)).collect(),
        created_date_time: Some(Moment(person.created_at)),
        creation_type: own_kind(person).then(|| "LocalAccount".into()),
        user_type: Some(person.user_type.clone()),
        sign_in_sessions_valid_from_date_time: Some(Moment(person.sessions_valid_from.unwrap_or(person.created_at))),
        user_flow_id: person.user_flow.as_ref().map(ToString::to_string),
        extensions: person
            .attributes
            .iter()
            .filter(|(name, _)| name.starts_with(CUSTOM_PREFIX))
            .map(|(name, value)| (name.clone(), typed(&tongue.attributes, name, value)))
            .collect(),
        ..User::default()
    };
    // What the tag stands for is everything above.
    let all = serde_json::to_string(&user).unwrap_or_default();
    user.etag = Some(etag(&token::hash(&all)[..16]));
    user
}

/// With the tenant's own attributes also under the names by which they are asked for: Graph's have an application's id inside.
pub fn as_asked(tongue: &Tongue, mut user: serde_json::Value, select: &[String]) -> serde_json::Value {
    for name in select.iter().filter(|name| name.starts_with(CUSTOM_PREFIX)) {
        let value = named(&tongue.attributes, name).and_then(|known| user.get(&known.id).cloned());
        if let Some(value) = value {
            user[name.as_str()] = value;
        }
    }
    user
}

fn own_kind(person: &Person) -> bool {
    person.identities.iter().any(|identity| identity.sign_in_type != "federated")
}

fn told(tongue: &Tongue, identity: &person::Identity) -> Identity {
    let issuer = if identity.issuer == tongue.tenant_id { tongue.issuer() } else { &identity.issuer };
    Identity {
        sign_in_type: identity.sign_in_type.clone(),
        issuer: issuer.into(),
        issuer_assigned_id: identity.issuer_assigned_id.clone(),
    }
}

fn typed(attributes: &[Attribute], name: &str, value: &str) -> Value {
    let data_type = attributes.iter().find(|attribute| attribute.id == name).map(|attribute| attribute.data_type);
    match data_type {
        Some(DataType::Boolean) => Value::Truth(value == "true"),
        Some(DataType::Int) => value.parse().map_or_else(|_| Value::Text(value.into()), Value::Number),
        Some(DataType::String) | None => Value::Text(value.into()),
    }
}
