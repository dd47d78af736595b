//! `/servicePrincipals`: what applications may do by themselves. It is given by whoever gives roles: an application with a
//! permission is as good as a person with a role.

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
    },
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    id::ApplicationId,
    permission::Permission,
    resource::{
        app_role::{AppRole, AppRoleAssignment, GRAPH, ServicePrincipal},
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
const GRAPH_NAME: &str = "Portico management API";
pub const FIELDS: [&str; 3] = ["id", "appId", "displayName"];
pub const ASSIGNMENT_FIELDS: [&str; 3] = ["id", "appRoleId", "principalId"];

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

pub(super) async fn ours(state: &AppState, caller: &Caller, id: &str) -> Result<Arc<Application>> {
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
        return Err(Error::There("This application has the permission already."));
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
