//! `/oauth2PermissionGrants`: what applications may do for everybody who signs in to them. Of the management API it is given by
//! whoever gives roles, for an application with a permission is as good as a person with a role; of an application's API by
//! whoever manages applications.

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
    permissions::ours,
};
use crate::{
    administration::PORTAL,
    directory::{
        Connection,
        api_grant::{self, ApiGrant},
        application::Application,
        consent,
    },
    error::{Error, Flaw, Refusal, Result},
    secret::token,
    state::AppState,
};
use app::contract::{
    id::{ApplicationId, TenantId},
    permission::Permission,
    resource::app_role::{GRAPH, PermissionGrant},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use std::sync::Arc;

const OF: &str = "oauth2PermissionGrants";
pub const FIELDS: [&str; 4] = ["id", "clientId", "consentType", "resourceId"];

enum Granted {
    /// Of the management API. An application has one.
    Management { application: ApplicationId, scopes: Vec<Permission> },
    /// Of an application's API. Each client has one for each.
    Api(ApiGrant),
}

impl Granted {
    fn shown(&self) -> PermissionGrant {
        let (id, client, api, scope) = match self {
            Granted::Management { application, scopes } => {
                (application.to_string(), application, GRAPH, consent::written(scopes))
            }
            Granted::Api(grant) => (id(grant), &grant.client, grant.api.as_str(), grant.scopes.join(" ")),
        };
        PermissionGrant {
            id,
            client_id: client.to_string(),
            consent_type: EVERYBODY.into(),
            principal_id: None,
            resource_id: api.into(),
            scope,
        }
    }

    /// As the audit files it.
    fn category(&self) -> &'static str {
        match self {
            Granted::Management { .. } => change::ROLES,
            Granted::Api(_) => "Application",
        }
    }

    /// What differs inside one route, which has asked for the lesser permission already.
    fn may_be_given_by(&self, caller: &Caller) -> Result<()> {
        match self {
            Granted::Management { .. } if !caller.may(Permission::RoleWrite) => {
                let needed = Permission::RoleWrite.word();
                let why =
                    format!("What administrators may do through an application needs the permission {needed} too.");
                Err(Refusal::new("insufficient_scope", 65001, why).into())
            }
            _ => Ok(()),
        }
    }

    async fn insert(self, c: &mut Connection, tenant: &TenantId) -> Result<()> {
        match self {
            Granted::Management { application, scopes } => consent::give(c, tenant, &application, &scopes).await,
            Granted::Api(grant) => api_grant::insert(c, tenant, &grant).await,
        }
    }

    async fn save(self, c: &mut Connection, tenant: &TenantId) -> Result<()> {
        match self {
            Granted::Management { application, scopes } => consent::give(c, tenant, &application, &scopes).await,
            Granted::Api(grant) => api_grant::save(c, tenant, &grant).await,
        }
    }

    async fn delete(self, c: &mut Connection, tenant: &TenantId) -> Result<()> {
        match self {
            Granted::Management { application, .. } => consent::take_back(c, tenant, &application).await,
            Granted::Api(grant) => api_grant::delete(c, tenant, &grant.client, &grant.api).await,
        }
    }
}

const EVERYBODY: &str = "AllPrincipals";
const ONE_EACH: &str = "This application has a grant for this API already: change the scope of that one by PATCH.";

/// Follows from whose it is and for what, as Graph's do. No id has a blank in it.
fn id(grant: &ApiGrant) -> String {
    token::hash(&format!("{} {}", grant.client, grant.api))
}

async fn all(state: &AppState, caller: &Caller) -> Result<Vec<Granted>> {
    let of_management = consent::list(&state.db, &caller.tenant.id).await?.into_iter();
    let of_apis = api_grant::list(&state.db, &caller.tenant.id).await?.into_iter();
    let of_management = of_management.map(|(application, scopes)| Granted::Management { application, scopes });
    Ok(of_management.chain(of_apis.map(Granted::Api)).collect())
}

async fn get_one(state: &AppState, caller: &Caller, id: &str) -> Result<Granted> {
    let all = all(state, caller).await?;
    all.into_iter().find(|granted| granted.shown().id == id).ok_or(Error::NotFound)
}

pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let all = all(&state, &caller).await?;
    let values = all.iter().map(|granted| serde_json::to_value(granted.shown())).collect::<Result<_, _>>()?;
    wishes.listed(&state, &caller, OF, &FIELDS, values)
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    wishes.entity(OF, &get_one(&state, &caller, &id).await?.shown())
}

/// Whoever could change what the portal may do could shut everybody out, themselves too.
fn not_the_portal(client: &str) -> Result<()> {
    match client == PORTAL {
        true => Err(Error::BadRequest("The portal may do what its people may: that stays as it is.".into())),
        false => Ok(()),
    }
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, body: Bytes) -> Result<Response> {
    let sent: PermissionGrant = body::created(&body)?;
    not_the_portal(&sent.client_id)?;
    let (client, granted) = judged(&state, &caller, &sent).await?;
    granted.may_be_given_by(&caller)?;
    let after = granted.shown();
    match get_one(&state, &caller, &after.id).await {
        Err(Error::NotFound) => {}
        Ok(_) => return Err(Error::There(ONE_EACH)),
        Err(error) => return Err(error),
    }
    let activity = "Add delegated permission grant";
    let change = Change::added(activity, granted.category(), &after.id, &client.name, &after)?;
    change::make(&state, &caller, change, move |c, tenant, _| Box::pin(async move { granted.insert(c, tenant).await }))
        .await
        // Somebody granted it at this very moment.
        .map_err(|error| if matches!(error, Error::Taken) { Error::There(ONE_EACH) } else { error })?;
    wishes.created(OF, &after.id, &after)
}

async fn judged(state: &AppState, caller: &Caller, sent: &PermissionGrant) -> Result<(Arc<Application>, Granted)> {
    let nobody = |_| Flaw::new("clientId", "There is no such application in this tenant.");
    let client = ours(state, caller, &sent.client_id).await.map_err(nobody)?;
    let is_for_one = sent.principal_id.as_ref().is_some_and(|id| !id.is_empty());
    if ![EVERYBODY, ""].contains(&sent.consent_type.as_str()) || is_for_one {
        let why =
            "Applications are granted the same for everybody: the consentType is AllPrincipals, without a principalId.";
        return Err(Flaw::new("consentType", why).into());
    }
    let words = sent.scope.split_ascii_whitespace();
    if [GRAPH, ""].contains(&sent.resource_id.as_str()) {
        let read = |word: &str| {
            let unknown = || Flaw::new("scope", format!("There is no scope '{word}'."));
            Permission::named(word).ok_or_else(unknown)
        };
        let scopes: Vec<Permission> = words.map(read).collect::<Result<_, _>>()?;
        return Ok((client.clone(), Granted::Management { application: client.id.clone(), scopes }));
    }
    let nobody = |_| {
        let why = format!("There is no such application in this tenant. The management API is {GRAPH}.");
        Flaw::new("resourceId", why)
    };
    let api = ours(state, caller, &sent.resource_id).await.map_err(nobody)?;
    if api.id == client.id {
        return Err(Flaw::new("resourceId", "An application has the scopes of its own API without a grant.").into());
    }
    let mut scopes = Vec::new();
    for word in words {
        let known = api.scopes.iter().map(|scope| &scope.value).find(|value| value.eq_ignore_ascii_case(word));
        let unknown = || Flaw::new("scope", format!("The API '{}' has no scope '{word}'.", api.name));
        let value = known.ok_or_else(unknown)?.clone();
        if !scopes.contains(&value) {
            scopes.push(value);
        }
    }
    let (client_id, api) = (client.id.clone(), api.id.clone());
    Ok((client, Granted::Api(ApiGrant { client: client_id, api, scopes })))
}

pub async fn update(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let before = get_one(&state, &caller, &id).await?.shown();
    not_the_portal(&before.client_id)?;
    let sent: PermissionGrant = body::patched(&before, &body)?;
    if sent != (PermissionGrant { scope: sent.scope.clone(), ..before.clone() }) {
        return Err(Flaw::new("scope", "Of a grant only the scope is changed.").into());
    }
    let (client, granted) = judged(&state, &caller, &sent).await?;
    granted.may_be_given_by(&caller)?;
    let after = granted.shown();
    let activity = "Update delegated permission grant";
    let change = Change::updated(activity, granted.category(), &id, &client.name, &before, &after)?;
    change::make(&state, &caller, change, move |c, tenant, _| Box::pin(async move { granted.save(c, tenant).await }))
        .await?;
    wishes.changed(OF, &after)
}

pub async fn remove(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let granted = get_one(&state, &caller, &id).await?;
    let before = granted.shown();
    not_the_portal(&before.client_id)?;
    granted.may_be_given_by(&caller)?;
    let activity = "Remove delegated permission grant";
    let change = Change::deleted(activity, granted.category(), &id, &before.client_id, &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| Box::pin(async move { granted.delete(c, tenant).await }))
        .await?;
    Ok(answer::nothing())
}
