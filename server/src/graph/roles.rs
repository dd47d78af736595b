//! `/roleManagement/directory`: who may administer the tenant, and as what.

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
    query::{listed, options::Options},
};
use crate::{
    administration::TENANT_ID,
    directory::{
        account,
        administrator::{self, ALL},
        invitation,
    },
    error::{Error, Flaw, Refusal, Result},
    state::AppState,
};
use app::contract::{
    id::{AccountId, TenantId},
    permission::Role,
    resource::{
        moment::Moment,
        role::{Principal, RoleAssignment, RoleDefinition},
    },
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};

const DEFINITIONS: &str = "roleManagement/directory/roleDefinitions";
const ASSIGNMENTS: &str = "roleManagement/directory/roleAssignments";
pub const DEFINITION_FIELDS: [&str; 4] = ["id", "displayName", "templateId", "isBuiltIn"];
pub const ASSIGNMENT_FIELDS: [&str; 5] =
    ["id", "principalId", "roleDefinitionId", "directoryScopeId", "createdDateTime"];
pub const EXPANDABLE: [&str; 1] = ["principal"];

pub async fn definitions(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let values = Role::all().map(|role| serde_json::to_value(RoleDefinition::from(role))).collect::<Result<_, _>>()?;
    wishes.listed(&state, &caller, DEFINITIONS, &DEFINITION_FIELDS, values)
}

pub async fn definition(wishes: Wishes, Path(id): Path<String>) -> Result<Response> {
    wishes.entity(DEFINITIONS, &RoleDefinition::from(Role::known_as(&id).ok_or(Error::NotFound)?))
}

/// Power over all tenants is given by those who have it.
pub async fn administered(state: &AppState, caller: &Caller, everywhere: bool) -> Result<String> {
    match everywhere {
        false => Ok(caller.tenant.id.to_string()),
        true if caller.rules_everywhere(state).await? => Ok(ALL.into()),
        true => {
            let why = "Only a Global Administrator of every tenant gives power over every tenant, or takes it.";
            Err(Refusal::new("insufficient_scope", 65001, why).into())
        }
    }
}

/// In the tenant of the call, or everywhere.
struct Assigned {
    account: AccountId,
    role: Role,
    shown: RoleAssignment,
}

async fn assigned(state: &AppState, caller: &Caller) -> Result<Vec<Assigned>> {
    let home = TenantId::from(TENANT_ID);
    let mut found = Vec::new();
    for administered in [ALL, caller.tenant.id.as_str()] {
        for known in administrator::list(&state.db, administered).await? {
            // An account that was deleted has no role any more, although its row stays for those thirty days.
            let Some(profile) = account::profile(&state.db, &home, &known.account).await? else { continue };
            let everywhere = administered == ALL;
            let shown = RoleAssignment {
                id: id(known.role, &known.account, everywhere),
                principal_id: known.account.to_string(),
                role_definition_id: known.role.id().into(),
                directory_scope_id: "/".into(),
                all_tenants: everywhere,
                created_date_time: Some(Moment(known.since)),
                principal: Some(Principal {
                    id: known.account.to_string(),
                    display_name: profile.attributes.get("displayName").cloned().unwrap_or_default(),
                    mail: profile.name,
                    account_enabled: !profile.disabled,
                    ..Principal::default()
                }),
            };
            found.push(Assigned { account: known.account, role: known.role, shown });
        }
    }
    Ok(found)
}

fn id(role: Role, account: &AccountId, everywhere: bool) -> String {
    format!("{}_{account}{}", role.id(), if everywhere { "_all" } else { "" })
}

pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.expands_only(&EXPANDABLE)?;
    let assigned = assigned(&state, &caller).await?;
    let values = assigned.iter().map(|it| serde_json::to_value(&it.shown)).collect::<Result<_, _>>()?;
    let list = wishes.list(&state, &caller, ASSIGNMENTS);
    Ok(wishes.collection(ASSIGNMENTS, listed::page(list, &options, &ASSIGNMENT_FIELDS, values)?))
}

async fn find(state: &AppState, caller: &Caller, id: &str) -> Result<Assigned> {
    assigned(state, caller).await?.into_iter().find(|it| it.shown.id == id).ok_or(Error::NotFound)
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    wishes.expanded(ASSIGNMENTS, &find(&state, &caller, &id).await?.shown, &EXPANDABLE)
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, body: Bytes) -> Result<Response> {
    let sent: RoleAssignment = body::created(&body)?;
    let known = RoleAssignment {
        principal_id: sent.principal_id.clone(),
        role_definition_id: sent.role_definition_id.clone(),
        all_tenants: sent.all_tenants,
        ..RoleAssignment::default()
    };
    if sent != known {
        let why = "An assignment is made of principalId, roleDefinitionId and allTenants; its scope is '/'.";
        return Err(Error::BadRequest(why.into()));
    }
    let role = role(&sent.role_definition_id)?;
    let administered = administered(&state, &caller, sent.all_tenants).await?;
    let account = AccountId::from(sent.principal_id.as_str());
    let home = TenantId::from(TENANT_ID);
    let Some(profile) = account::profile(&state.db, &home, &account).await? else {
        let why = "There is no administrator of this id. Invite the person: POST /invitations.";
        return Err(Flaw::new("principalId", why).into());
    };
    let id = id(role, &account, sent.all_tenants);
    if find(&state, &caller, &id).await.is_ok() {
        return Err(Error::There("This administrator has the role already."));
    }
    let change = Change::added("Add member to role", change::ROLES, &id, &profile.name, &sent)?;
    change::make(&state, &caller, change, move |c, _, now| {
        Box::pin(async move { administrator::insert(c, &administered, &account, role, now).await })
    })
    .await?;
    wishes.created(ASSIGNMENTS, &id, &find(&state, &caller, &id).await?.shown)
}

pub fn role(id: &str) -> Result<Role, Flaw> {
    let names: Vec<&str> = Role::all().map(Role::word).collect();
    let why = || format!("A role is one of {}, by its name or by its id.", names.join(", "));
    Role::known_as(id).ok_or_else(|| Flaw::new("roleDefinitionId", why()))
}

pub async fn remove(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let Assigned { account, role, shown } = find(&state, &caller, &id).await?;
    let administered = administered(&state, &caller, shown.all_tenants).await?;
    let name = shown.principal.as_ref().map(|principal| principal.mail.clone()).unwrap_or_default();
    let change = Change::deleted("Remove member from role", change::ROLES, &id, &name, &shown)?;
    change::make(&state, &caller, change, move |c, _, _| {
        Box::pin(async move {
            administrator::remove(c, &administered, &account, role).await?;
            if role == Role::GlobalAdministrator {
                invitation::withdraw_of(c, &administered, &account).await?;
            }
            Ok(())
        })
    })
    .await?;
    Ok(answer::nothing())
}
