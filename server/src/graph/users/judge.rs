//! What is wrong with a person as an administrator wrote them, all of it at once.

use super::Tongue;
use crate::{
    directory::{
        identity::Folded,
        person::{self, MOST_IDENTITIES, Person},
    },
    error::{Error, Flaw, Result},
    graph::{body, user_flow_attributes::named},
};
use app::contract::{
    attribute::{Attribute, CUSTOM_PREFIX, DataType, EMAIL},
    resource::user::{Identity, User, Value},
    validate,
};
use std::collections::BTreeMap;

/// What is kept of it.
pub struct Judged {
    pub identities: Vec<person::Identity>,
    pub attributes: BTreeMap<String, String>,
    pub other_addresses: Vec<String>,
}

impl Judged {
    /// Whether there is nothing of it to write.
    pub fn is_so_of(&self, person: &Person) -> bool {
        self.identities == person.identities
            && self.other_addresses == person.other_addresses
            && self.attributes == person.attributes
    }
}

pub fn whole(tongue: &Tongue, user: &User) -> Result<Judged> {
    let mut flaws = Vec::new();
    if user.display_name.as_deref().unwrap_or_default().trim().is_empty() {
        flaws.push(Flaw::new("displayName", "A person needs a display name."));
    }
    if !matches!(user.user_type.as_deref(), None | Some("Member" | "Guest")) {
        flaws.push(Flaw::new("userType", "The user type is Member or Guest."));
    }
    let judged = Judged {
        identities: identities(tongue, user, &mut flaws),
        attributes: attributes(tongue, user, &mut flaws),
        other_addresses: other_addresses(user, &mut flaws),
    };
    if flaws.is_empty() { Ok(judged) } else { Err(Error::Invalid(flaws)) }
}

/// The body with the tenant's own attributes under our names: Graph's have the id of an application inside.
pub fn in_our_words(tongue: &Tongue, sent: &[u8]) -> Result<Vec<u8>> {
    let (mut told, mut flaws) = (serde_json::Map::new(), Vec::new());
    for (name, value) in members(sent)? {
        let known = Some(&name).filter(|name| name.starts_with(CUSTOM_PREFIX));
        let known = known.and_then(|name| named(&tongue.attributes, name));
        let ours = known.map_or_else(|| name.clone(), |known| known.id.clone());
        if told.insert(ours, value).is_some() {
            flaws.push(Flaw::new(name, "The attribute is there twice, under two of its names."));
        }
    }
    if flaws.is_empty() { Ok(serde_json::to_vec(&told)?) } else { Err(Error::Invalid(flaws)) }
}

fn members(sent: &[u8]) -> Result<serde_json::Map<String, serde_json::Value>> {
    match body::json(sent)? {
        serde_json::Value::Object(members) => Ok(members),
        _ => Ok(serde_json::Map::new()),
    }
}

/// What people change of themselves, as Graph has it.
const OWN: [&str; 9] =
    ["city", "country", "displayName", "givenName", "jobTitle", "postalCode", "state", "streetAddress", "surname"];

pub fn own(sent: &[u8]) -> Result<()> {
    let names = members(sent)?.into_iter().map(|(name, _)| name);
    let flaws: Vec<Flaw> = names
        .filter(|name| name != "@odata.type" && !OWN.contains(&name.as_str()))
        .map(|name| Flaw::new(name, format!("Of oneself one changes here: {}.", OWN.join(", "))))
        .collect();
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

const SERVERS: &str = "It is the server's to say.";

/// The same as `fixed` of somebody who is new. What Graph's samples send along is taken where it says what is so anyway.
pub fn fresh(user: &User) -> Result<()> {
    let is_known_as = |kind: &str, name: &str| {
        let mut of_kind = user.identities.iter().filter(|identity| identity.sign_in_type == kind);
        of_kind.any(|identity| Folded::address(&identity.issuer_assigned_id) == Folded::address(name))
    };
    let mail_is_told = user.mail.as_deref().is_none_or(|mail| is_known_as("emailAddress", mail));
    let principal_is_told = user.identities.is_empty()
        || user.user_principal_name.as_deref().is_none_or(|name| is_known_as("userPrincipalName", name));
    let is_local = user.identities.iter().any(|identity| identity.sign_in_type != "federated");
    let kind_is_told = user.creation_type.as_deref().is_none_or(|kind| kind == "LocalAccount" && is_local);
    let told = [
        ("id", user.id.is_empty(), SERVERS),
        (
            "mail",
            mail_is_told,
            "The mail is the address with which a person signs in: give it as an identity of the type emailAddress, or \
             among otherMails.",
        ),
        (
            "userPrincipalName",
            principal_is_told,
            "Beside identities it is one of them: give it as an identity of the type userPrincipalName.",
        ),
        ("createdDateTime", user.created_date_time.is_none(), SERVERS),
        ("creationType", kind_is_told, SERVERS),
        ("signInSessionsValidFromDateTime", user.sign_in_sessions_valid_from_date_time.is_none(), SERVERS),
        ("userFlowId", user.user_flow_id.is_none(), SERVERS),
        ("lastSignInDateTime", user.last_sign_in_date_time.is_none(), SERVERS),
    ];
    let flaws: Vec<Flaw> =
        told.into_iter().filter(|(_, good, _)| !good).map(|(name, _, why)| Flaw::new(name, why)).collect();
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

/// What the server alone writes (security R14).
pub fn fixed(before: &User, after: &User) -> Result<()> {
    let changed = [
        ("id", before.id != after.id),
        ("mail", before.mail != after.mail),
        ("userPrincipalName", before.user_principal_name != after.user_principal_name),
        ("createdDateTime", before.created_date_time != after.created_date_time),
        ("creationType", before.creation_type != after.creation_type),
        ("userType", before.user_type != after.user_type),
        (
            "signInSessionsValidFromDateTime",
            before.sign_in_sessions_valid_from_date_time != after.sign_in_sessions_valid_from_date_time,
        ),
        ("userFlowId", before.user_flow_id != after.user_flow_id),
        ("lastSignInDateTime", before.last_sign_in_date_time != after.last_sign_in_date_time),
    ];
    let flaws: Vec<Flaw> = changed
        .into_iter()
        .filter(|(_, changed)| *changed)
        .map(|(name, _)| Flaw::new(name, format!("The property '{name}' is read-only.")))
        .collect();
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

/// Without a password an account is opened by a code, which comes to no user name.
pub fn opened(identities: &[person::Identity], by_password: bool) -> Result<()> {
    match by_password || identities.iter().any(|identity| identity.sign_in_type != "userName") {
        true => Ok(()),
        false => Err(Flaw::new("passwordProfile", "A userName goes with a password.").into()),
    }
}

fn identities(tongue: &Tongue, user: &User, flaws: &mut Vec<Flaw>) -> Vec<person::Identity> {
    let mut sent = user.identities.clone();
    // Employees are written by the name of their principal alone.
    if sent.is_empty()
        && let Some(name) = &user.user_principal_name
    {
        sent.push(Identity {
            sign_in_type: "userPrincipalName".into(),
            issuer: String::new(),
            issuer_assigned_id: name.clone(),
        });
    }
    if sent.is_empty() || sent.len() > MOST_IDENTITIES {
        flaws.push(Flaw::new("identities", format!("A person has one to {MOST_IDENTITIES} identities.")));
    }
    let judged = sent
        .iter()
        .enumerate()
        .map(|(n, identity)| one(tongue, identity).map_err(|why| Flaw::new(format!("identities/{n}"), why)));
    judged.filter_map(|judged| judged.map_err(|flaw| flaws.push(flaw)).ok()).collect()
}

fn one(tongue: &Tongue, identity: &Identity) -> Result<person::Identity, String> {
    let Identity { sign_in_type, issuer, issuer_assigned_id: name } = identity;
    let ours = tongue.kept_issuer(issuer) == tongue.tenant_id;
    let issuer = match (sign_in_type.as_str(), ours) {
        ("federated", false) if issuer.len() <= 512 && !issuer.chars().any(char::is_control) => issuer.clone(),
        ("federated", _) => return Err("A federated identity names its issuer, in at most 512 characters.".into()),
        (_, true) => tongue.tenant_id.clone(),
        (_, false) => return Err(format!("The issuer of the tenant's own names is '{}'.", tongue.issuer())),
    };
    let good = match sign_in_type.as_str() {
        "emailAddress" | "userPrincipalName" => validate::address(name).is_ok(),
        "userName" => validate::user_name(name).is_ok(),
        "federated" => (1..=255).contains(&name.len()) && !name.chars().any(char::is_control),
        other => {
            return Err(format!(
                "'{other}' is no way to sign in here: emailAddress, userName, federated, userPrincipalName are."
            ));
        }
    };
    if !good {
        return Err(format!("'{name}' cannot be a name of the kind {sign_in_type}."));
    }
    Ok(person::Identity { sign_in_type: sign_in_type.clone(), issuer, issuer_assigned_id: name.trim().into() })
}

fn attributes(tongue: &Tongue, user: &User, flaws: &mut Vec<Flaw>) -> BTreeMap<String, String> {
    let built_in = [
        ("displayName", &user.display_name),
        ("givenName", &user.given_name),
        ("surname", &user.surname),
        ("jobTitle", &user.job_title),
        ("streetAddress", &user.street_address),
        ("city", &user.city),
        ("state", &user.state),
        ("postalCode", &user.postal_code),
        ("country", &user.country),
    ];
    let built_in = built_in.into_iter().filter_map(|(name, value)| Some((name, Value::Text(value.clone()?))));
    let extensions = user.extensions.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let mut kept = BTreeMap::new();
    for (name, value) in built_in.chain(extensions) {
        let known = tongue.attributes.iter().find(|attribute| attribute.id == name && name != EMAIL);
        match known.ok_or_else(|| format!("There is no property '{name}'.")).and_then(|known| text(known, &value)) {
            Ok(Some(text)) => {
                kept.insert(name.to_owned(), text);
            }
            Ok(None) => {}
            Err(why) => flaws.push(Flaw::new(name, why)),
        }
    }
    kept
}

/// A value as it is kept; nothing forgets it.
fn text(attribute: &Attribute, value: &Value) -> Result<Option<String>, String> {
    let name = &attribute.id;
    match (attribute.data_type, value) {
        (_, Value::Nothing(())) => Ok(None),
        (DataType::String, Value::Text(text)) if text.is_empty() => Ok(None),
        (DataType::String, Value::Text(text)) if text.chars().count() > usize::from(attribute.max_length) => {
            Err(format!("'{name}' has at most {} characters.", attribute.max_length))
        }
        (DataType::String, Value::Text(text)) if text.chars().any(char::is_control) => {
            Err(format!("'{name}' has a character that cannot be shown."))
        }
        (DataType::String, Value::Text(text)) => Ok(Some(text.clone())),
        (DataType::Boolean, Value::Truth(is)) => Ok(Some(is.to_string())),
        (DataType::Int, Value::Number(number)) => Ok(Some(number.to_string())),
        (DataType::String, _) => Err(format!("'{name}' is text.")),
        (DataType::Boolean, _) => Err(format!("'{name}' is true or false.")),
        (DataType::Int, _) => Err(format!("'{name}' is a whole number.")),
    }
}

fn other_addresses(user: &User, flaws: &mut Vec<Flaw>) -> Vec<String> {
    let judged = user.other_mails.iter().enumerate().map(|(n, address)| {
        validate::address(address)
            .map_err(|_| Flaw::new(format!("otherMails/{n}"), format!("'{address}' is no e-mail address.")))
    });
    judged.filter_map(|judged| judged.map_err(|flaw| flaws.push(flaw)).ok()).collect()
}
