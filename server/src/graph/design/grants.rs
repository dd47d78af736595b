//! Which scopes of which application's API another one may have tokens for, as part of a tenant's design.

use super::{
    document::{Application, Document},
    plan::{Kind, Step},
};
use crate::{
    directory::{
        Connection, Db,
        api_grant::{self, ApiGrant},
        audit::Operation,
    },
    error::{Flaw, Result},
};
use app::contract::id::TenantId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    pub client_id: String,
    /// The application whose API it is.
    pub resource_id: String,
    pub scopes: Vec<String>,
}

impl Grant {
    /// One for each client and API. No id has a blank in it.
    pub fn key(&self) -> String {
        format!("{} {}", self.client_id, self.resource_id)
    }

    fn kept(self) -> ApiGrant {
        ApiGrant { client: self.client_id.into(), api: self.resource_id.into(), scopes: self.scopes }
    }
}

/// As they stand, in an order that depends on nothing else.
pub async fn present(db: &Db, tenant: &TenantId) -> Result<Vec<Grant>> {
    let granted = api_grant::list(db, tenant).await?.into_iter();
    let grant = |kept: ApiGrant| Grant {
        client_id: kept.client.to_string(),
        resource_id: kept.api.to_string(),
        scopes: kept.scopes,
    };
    let mut grants: Vec<Grant> = granted.map(grant).collect();
    // By bytes, whatever the database holds to be an order of letters.
    grants.sort_by_key(Grant::key);
    Ok(grants)
}

/// Everything that is wrong with them.
pub fn judge(wanted: &Document) -> Vec<Flaw> {
    let named = |id: &str| wanted.applications.iter().find(|known| known.id == id);
    let mut seen = BTreeSet::new();
    let mut flaws = Vec::new();
    for (n, grant) in wanted.permission_grants.iter().enumerate() {
        let mut wrong = |name: &str, why: String| flaws.push(Flaw::new(format!("permissionGrants/{n}/{name}"), why));
        if !seen.insert(grant.key()) {
            wrong("resourceId", "A client has one grant for an API: this is its second.".into());
        }
        if grant.client_id == grant.resource_id {
            wrong("resourceId", "An application has the scopes of its own API without a grant.".into());
        }
        if named(&grant.client_id).is_none() {
            wrong("clientId", format!("There is no application '{}' in the document.", grant.client_id));
        }
        match named(&grant.resource_id) {
            Some(api) => {
                for scope in grant.scopes.iter().filter(|scope| !offers(api, scope)) {
                    wrong("scopes", format!("The API '{}' has no scope '{scope}'.", api.name));
                }
            }
            None => wrong("resourceId", format!("There is no application '{}' in the document.", grant.resource_id)),
        }
    }
    flaws
}

fn offers(api: &Application, scope: &str) -> bool {
    api.notes.scopes.iter().any(|known| known.value == scope)
}

/// One write.
pub enum Deed {
    Add(ApiGrant),
    Change(ApiGrant),
    TakeBack(ApiGrant),
}

/// What a step about a grant does; None for a step about anything else.
pub fn deed(step: &Step) -> Result<Option<Deed>> {
    let (Kind::PermissionGrant, Some(thing)) = (step.kind, step.after.as_ref().or(step.before.as_ref())) else {
        return Ok(None);
    };
    let grant = serde_json::from_value::<Grant>(thing.clone())?.kept();
    Ok(Some(match step.operation {
        Operation::Add => Deed::Add(grant),
        Operation::Update => Deed::Change(grant),
        Operation::Delete => Deed::TakeBack(grant),
    }))
}

impl Deed {
    pub async fn run(self, c: &mut Connection, tenant: &TenantId) -> Result<()> {
        match self {
            Deed::Add(grant) => api_grant::insert(c, tenant, &grant).await,
            Deed::Change(grant) => api_grant::save(c, tenant, &grant).await,
            Deed::TakeBack(grant) => api_grant::delete(c, tenant, &grant.client, &grant.api).await,
        }
    }
}
