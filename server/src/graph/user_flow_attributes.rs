//! `/identity/userFlowAttributes`: the attributes that every directory has, and the tenant's own.

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
};
use crate::{
    directory::{attribute, user_flow},
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    attribute::{Attribute, CUSTOM_PREFIX, Origin, custom_id},
    id::TenantId,
    resource::user_flow_attribute::{AttributeType, UserFlowAttribute},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};

const OF: &str = "identity/userFlowAttributes";
const CATEGORY: &str = "UserFlowAttribute";
pub const FIELDS: [&str; 5] = ["id", "displayName", "description", "userFlowAttributeType", "dataType"];
const LONGEST_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 512;
/// As many as an account can have values of.
const MOST: usize = 100;

pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let attributes = attribute::list(&state.db, &caller.tenant.id).await?;
    let values = attributes.iter().map(|attribute| serde_json::to_value(UserFlowAttribute::from(attribute)));
    wishes.listed(&state, &caller, OF, &FIELDS, values.collect::<Result<_, _>>()?)
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    wishes.entity(OF, &UserFlowAttribute::from(&find(&state, &caller.tenant.id, &id).await?))
}

/// By our id, or by Graph's, which has the id of an application in it: `extension_0f0f…_loyaltyNumber`. B2X and B2C flows
/// write the built-in ones with a capital.
pub async fn find(state: &AppState, tenant: &TenantId, id: &str) -> Result<Attribute> {
    let attributes = attribute::list(&state.db, tenant).await?;
    named(&attributes, id).cloned().ok_or(Error::NotFound)
}

pub fn named<'a>(attributes: &'a [Attribute], id: &str) -> Option<&'a Attribute> {
    let exact = attributes.iter().find(|attribute| attribute.id == id);
    exact.or_else(|| {
        let plain = plain(id);
        attributes.iter().find(|attribute| match attribute.origin {
            Origin::BuiltIn => attribute.id.eq_ignore_ascii_case(id),
            Origin::Custom => attribute.id.eq_ignore_ascii_case(&plain),
        })
    })
}

/// Without the application's id between prefix and name.
fn plain(id: &str) -> String {
    let inside = id.strip_prefix(CUSTOM_PREFIX).and_then(|rest| rest.split_once('_'));
    match inside {
        Some((application, name)) if application.len() == 32 && application.bytes().all(|b| b.is_ascii_hexdigit()) => {
            format!("{CUSTOM_PREFIX}{name}")
        }
        _ => id.to_owned(),
    }
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, body: Bytes) -> Result<Response> {
    let sent: UserFlowAttribute = body::created(&body)?;
    let attributes = attribute::list(&state.db, &caller.tenant.id).await?;
    let attribute = judged(&sent, &attributes)?;
    let shown = UserFlowAttribute::from(&attribute);
    let change = Change::added("Add user flow attribute", CATEGORY, &attribute.id, &attribute.label, &shown)?;
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move { attribute::add(c, tenant, &attribute, now).await })
    })
    .await?;
    wishes.created(OF, &shown.id, &shown)
}

fn judged(sent: &UserFlowAttribute, attributes: &[Attribute]) -> Result<Attribute> {
    let name = sent.display_name.trim();
    let mut flaws = Vec::new();
    if !sent.id.is_empty() {
        flaws.push(Flaw::new("id", "An attribute's id is made of its name by the server."));
    }
    if sent.user_flow_attribute_type != AttributeType::Custom {
        flaws.push(Flaw::new("userFlowAttributeType", "Only custom attributes can be added."));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        flaws.push(Flaw::new("displayName", format!("A name has 1 to {LONGEST_NAME} characters.")));
    }
    if attributes.iter().any(|attribute| attribute.label.eq_ignore_ascii_case(name)) {
        flaws.push(Flaw::new("displayName", format!("There is an attribute '{name}' already.")));
    }
    if attributes.iter().filter(|attribute| attribute.origin == Origin::Custom).count() >= MOST {
        flaws.push(Flaw::new("displayName", format!("A tenant has {MOST} attributes of its own at most.")));
    }
    flaws.extend(description(sent));
    let Some(id) = custom_id(name) else {
        flaws.push(Flaw::new("displayName", "A name needs a letter from a to z, or a digit: the id is made of them."));
        return Err(Error::Invalid(flaws));
    };
    if flaws.is_empty() { Ok(sent.custom(id)) } else { Err(Error::Invalid(flaws)) }
}

fn description(sent: &UserFlowAttribute) -> Option<Flaw> {
    let length = sent.description.as_ref().map_or(0, |text| text.chars().count());
    let why = || Flaw::new("description", format!("A description has {LONGEST_DESCRIPTION} characters at most."));
    (length > LONGEST_DESCRIPTION).then(why)
}

/// Graph: the description, and nothing else.
pub async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let attribute = find(&state, &caller.tenant.id, &id).await?;
    let before = UserFlowAttribute::from(&attribute);
    let after: UserFlowAttribute = body::patched(&before, &body)?;
    if attribute.origin == Origin::BuiltIn {
        return Err(Error::BadRequest("A built-in attribute stays as it is.".into()));
    }
    if after != (UserFlowAttribute { description: after.description.clone(), ..before.clone() }) {
        let why = "Only the description of an attribute can be changed: its name and data type are in people's data.";
        return Err(Error::BadRequest(why.into()));
    }
    if let Some(flaw) = description(&after) {
        return Err(flaw.into());
    }
    let change =
        Change::updated("Update user flow attribute", CATEGORY, &before.id, &before.display_name, &before, &after)?;
    let (id, text) = (attribute.id, after.description.clone());
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { attribute::describe(c, tenant, &id, text.as_deref()).await })
    })
    .await?;
    wishes.changed(OF, &after)
}

pub async fn remove(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let attribute = find(&state, &caller.tenant.id, &id).await?;
    if attribute.origin == Origin::BuiltIn {
        return Err(Error::BadRequest("A built-in attribute cannot be deleted.".into()));
    }
    let flows = user_flow::list(&state.db, &caller.tenant.id).await?;
    let uses = |flow: &app::contract::user_flow::UserFlow| {
        flow.claims.contains(&attribute.id) || flow.layout.inputs.iter().any(|input| input.attribute == attribute.id)
    };
    let users: Vec<&str> =
        flows.iter().filter(|listed| uses(&listed.flow)).map(|listed| listed.flow.name.as_str()).collect();
    if !users.is_empty() {
        let why =
            format!("'{}' is used by the user flows {}. Remove it there first.", attribute.label, users.join(", "));
        return Err(Error::BadRequest(why));
    }
    let before = UserFlowAttribute::from(&attribute);
    let change = Change::deleted("Delete user flow attribute", CATEGORY, &attribute.id, &attribute.label, &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { attribute::delete(c, tenant, &attribute.id).await })
    })
    .await?;
    Ok(answer::nothing())
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::contract::attribute::built_in;

    #[test]
    fn an_attribute_answers_to_graphs_names_too() {
        let mut attributes: Vec<Attribute> = built_in().collect();
        attributes.push(
            UserFlowAttribute { display_name: "Boot size".into(), ..Default::default() }
                .custom("extension_bootSize".into()),
        );
        for (asked, id) in [
            ("city", "city"),
            ("City", "city"),
            ("GivenName", "givenName"),
            ("extension_bootSize", "extension_bootSize"),
            ("extension_0f0fe0e0e0e0e0e0e0e0e0e0e0e0e0e0_bootSize", "extension_bootSize"),
        ] {
            assert_eq!(named(&attributes, asked).map(|attribute| attribute.id.as_str()), Some(id), "{asked}");
        }
        assert!(named(&attributes, "password").is_none());
    }
}
