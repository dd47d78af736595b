//! `/servicePrincipals` and `/oauth2PermissionGrants`: what applications may do by themselves, and what administrators may do
//! through them. Both are given by whoever gives roles: an application with a permission is as good as a person with a role.

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
    roles::administered,
};
use crate::{
    administration::is_home,
    directory::{
        administrator::{self, ALL, Allowed},
        application::{self, Application},
        consent,
    },
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    id::ApplicationId,
    permission::Permission,
    resource::{
        app_role::{AppRole, AppRoleAssignment, GRAPH, PermissionGrant, ServicePrincipal},
        moment::Moment,
    },
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use std::sync::Arc;

const OF: &str = "servicePrincipals";
const GRANTS: &str = "oauth2PermissionGrants";
const GRAPH_NAME: &str = "Portico management API";
pub const FIELDS: [&str; 3] = ["id", "appId", "displayName"];
pub const ASSIGNMENT_FIELDS: [&str; 3] = ["id", "appRoleId", "principalId"];
pub const GRANT_FIELDS: [&str; 4] = ["id", "clientId", "consentType", "resourceId"];

fn management() -> ServicePrincipal {
    ServicePrincipal {
        id: GRAPH.into(),
        app_id: GRAPH.into(),
        display_name: GRAPH_NAME.into(),
        account_enabled: true,
        service_principal_type: "Application".into(),
        app_roles: Permission::all().map(AppRole::from).collect(),
    }
}

fn shown(id: &ApplicationId, name: &str, enabled: bool) -> ServicePrincipal {
    ServicePrincipal {
        id: id.to_string(),
        app_id: id.to_string(),
        display_name: name.into(),
        account_enabled: enabled,
        service_principal_type: "Application".into(),
        app_roles: Vec::new(),
    }
}

async fn ours(state: &AppState, caller: &Caller, id: &str) -> Result<Arc<Application>> {
    application::find(&state.db, &caller.tenant.id, &ApplicationId::from(id)).await?.ok_or(Error::NotFound)
}

/// The management API itself, and every application of the tenant.
pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let mut values = vec![serde_json::to_value(management())?];
    for (id, name, enabled) in application::names(&state.db, &caller.tenant.id).await? {
        values.push(serde_json::to_value(shown(&id, &name, enabled))?);
    }
    wishes.listed(&state, &caller, OF, &FIELDS, values)
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    match id.as_str() {
        GRAPH => wishes.entity(OF, &management()),
        id => {
            let application = ours(&state, &caller, id).await?;
            wishes.entity(OF, &shown(&application.id, &application.name, application.disabled_at.is_none()))
        }
    }
}

fn assignments_of(id: &str) -> String {
    format!("{OF}/{id}/appRoleAssignments")
}

fn assignment(application: &Application, allowed: &Allowed) -> AppRoleAssignment {
    let everywhere = allowed.administered == ALL;
    AppRoleAssignment {
        id: format!("{}_{}{}", allowed.permission.id(), application.id, if everywhere { "_all" } else { "" }),
        principal_id: application.id.to_string(),
        principal_type: "ServicePrincipal".into(),
        principal_display_name: application.name.clone(),
        resource_id: GRAPH.into(),
        resource_display_name: GRAPH_NAME.into(),
        app_role_id: allowed.permission.id().into(),
        app_role_value: allowed.permission.word().into(),
        all_tenants: everywhere,
        created_date_time: Some(Moment(allowed.since)),
    }
}

async fn assigned(state: &AppState, caller: &Caller, application: &Application) -> Result<Vec<AppRoleAssignment>> {
    let allowed = administrator::allowed(&state.db, &caller.tenant.id, &application.id).await?;
    Ok(allowed.iter().map(|allowed| assignment(application, allowed)).collect())
}

pub async fn assignments(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let application = ours(&state, &caller, &id).await?;
    let assigned = assigned(&state, &caller, &application).await?;
    let value = assigned.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    wishes.listed(&state, &caller, &assignments_of(&id), &ASSIGNMENT_FIELDS, value)
}

pub async fn assign(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let sent: AppRoleAssignment = body::created(&body)?;
    let application = ours(&state, &caller, &id).await?;
    if ![GRAPH, ""].contains(&sent.resource_id.as_str()) {
        let why = format!("Permissions are those of the management API: its resourceId is {GRAPH}.");
        return Err(Flaw::new("resourceId", why).into());
    }
    if ![application.id.as_str(), ""].contains(&sent.principal_id.as_str()) {
        return Err(Flaw::new("principalId", "The application is the one of the address.").into());
    }
    let none = || {
        let why =
            format!("There is no such permission. Those that are stand in appRoles of /servicePrincipals/{GRAPH}.");
        Flaw::new("appRoleId", why)
    };
    let permission = Permission::known_as(&sent.app_role_id).ok_or_else(none)?;
    if sent.all_tenants && !is_home(&caller.tenant.id) {
        let why = "Only applications of the administrators' tenant reach into other tenants.";
        return Err(Flaw::new("allTenants", why).into());
    }
    let administered = administered(&state, &caller, sent.all_tenants).await?;
    let allowed = Allowed { administered: administered.clone(), permission, since: state.clock.now() };
    let after = assignment(&application, &allowed);
    if assigned(&state, &caller, &application).await?.iter().any(|known| known.id == after.id) {
        return Err(Error::Taken);
    }
    let change = Change::added(
        "Add app role assignment to service principal",
        change::ROLES,
        &after.id,
        &application.name,
        &after,
    )?;
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move { administrator::allow(c, tenant, &application.id, &administered, permission, now).await })
    })
    .await?;
    wishes.created(&assignments_of(&id), &after.id, &after)
}

pub async fn unassign(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, wanted)): Path<(String, String)>,
) -> Result<Response> {
    let application = ours(&state, &caller, &id).await?;
    let assigned = assigned(&state, &caller, &application).await?;
    let before = assigned.into_iter().find(|known| known.id == wanted).ok_or(Error::NotFound)?;
    let permission = Permission::known_as(&before.app_role_id).ok_or(Error::NotFound)?;
    let administered = administered(&state, &caller, before.all_tenants).await?;
    let change = Change::deleted(
        "Remove app role assignment from service principal",
        change::ROLES,
        &before.id,
        &application.name,
        &before,
    )?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { administrator::disallow(c, tenant, &application.id, &administered, permission).await })
    })
    .await?;
    Ok(answer::nothing())
}

fn grant(application: &ApplicationId, scopes: &[Permission]) -> PermissionGrant {
    PermissionGrant {
        id: application.to_string(),
        client_id: application.to_string(),
        consent_type: "AllPrincipals".into(),
        resource_id: GRAPH.into(),
        scope: consent::written(scopes),
    }
}

pub async fn grants(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let granted = consent::list(&state.db, &caller.tenant.id).await?;
    let values = granted.iter().map(|(application, scopes)| serde_json::to_value(grant(application, scopes)));
    wishes.listed(&state, &caller, GRANTS, &GRANT_FIELDS, values.collect::<Result<_, _>>()?)
}

async fn granted(state: &AppState, caller: &Caller, id: &str) -> Result<PermissionGrant> {
    let granted = consent::list(&state.db, &caller.tenant.id).await?;
    let found = granted.iter().find(|(application, _)| application.as_str() == id);
    found.map(|(application, scopes)| grant(application, scopes)).ok_or(Error::NotFound)
}

pub async fn grant_of(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    wishes.entity(GRANTS, &granted(&state, &caller, &id).await?)
}

/// Whoever could change what the portal may do could shut everybody out, themselves too.
fn not_the_portal(id: &str) -> Result<()> {
    match id == crate::administration::PORTAL {
        true => Err(Error::BadRequest("The portal may do what its people may: that stays as it is.".into())),
        false => Ok(()),
    }
}

pub async fn add_grant(State(state): State<AppState>, caller: Caller, wishes: Wishes, body: Bytes) -> Result<Response> {
    let sent: PermissionGrant = body::created(&body)?;
    not_the_portal(&sent.client_id)?;
    let (application, scopes) = judged(&state, &caller, &sent).await?;
    if granted(&state, &caller, application.id.as_str()).await.is_ok() {
        return Err(Error::Taken);
    }
    let after = grant(&application.id, &scopes);
    let id = application.id.to_string();
    let change = Change::added("Add delegated permission grant", change::ROLES, &id, &application.name, &after)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { consent::give(c, tenant, &application.id, &scopes).await })
    })
    .await?;
    wishes.created(GRANTS, &id, &after)
}

async fn judged(
    state: &AppState,
    caller: &Caller,
    sent: &PermissionGrant,
) -> Result<(Arc<Application>, Vec<Permission>)> {
    let none = |_| Flaw::new("clientId", "There is no such application in this tenant.");
    let application = ours(state, caller, &sent.client_id).await.map_err(none)?;
    if !["AllPrincipals", ""].contains(&sent.consent_type.as_str()) {
        let why = "What people may do through an application is the same for all of them: AllPrincipals.";
        return Err(Flaw::new("consentType", why).into());
    }
    let read = |word: &str| {
        let unknown = || Flaw::new("scope", format!("There is no scope '{word}'."));
        Permission::named(word).ok_or_else(unknown)
    };
    let scopes: Vec<Permission> = sent.scope.split_whitespace().map(read).collect::<Result<_, _>>()?;
    Ok((application, scopes))
}

pub async fn change_grant(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let before = granted(&state, &caller, &id).await?;
    not_the_portal(&id)?;
    let sent: PermissionGrant = body::patched(&before, &body)?;
    if sent != (PermissionGrant { scope: sent.scope.clone(), ..before.clone() }) {
        return Err(Flaw::new("scope", "Of a grant only the scope is changed.").into());
    }
    let (application, scopes) = judged(&state, &caller, &sent).await?;
    let after = grant(&application.id, &scopes);
    let activity = "Update delegated permission grant";
    let change = Change::updated(activity, change::ROLES, &id, &application.name, &before, &after)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { consent::give(c, tenant, &application.id, &scopes).await })
    })
    .await?;
    wishes.changed(GRANTS, &after)
}

pub async fn remove_grant(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let before = granted(&state, &caller, &id).await?;
    not_the_portal(&id)?;
    let change = Change::deleted("Remove delegated permission grant", change::ROLES, &id, &id, &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { consent::take_back(c, tenant, &id.into()).await })
    })
    .await?;
    Ok(answer::nothing())
}
