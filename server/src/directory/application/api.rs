//! The APIs of applications: what they are called, and by which name each is found.

use super::{Application, Notes, find};
use crate::{
    directory::Db,
    error::{Error, Result},
};
use app::contract::id::{ApplicationId, TenantId};
use sqlx::AnyConnection;
use std::sync::Arc;

/// The application of the tenant whose API is called so: by its id, bare or as Entra proposes it (`api://id`), or by an
/// identifier URI of its own. `asking` is at hand and need not be looked for.
pub async fn find_api(
    db: &Db,
    tenant: &TenantId,
    asking: &Arc<Application>,
    name: &str,
) -> Result<Option<Arc<Application>>> {
    let id = ApplicationId::from(name.strip_prefix("api://").unwrap_or(name));
    if id == asking.id {
        return Ok(Some(asking.clone()));
    }
    if may_be_an_id(id.as_str())
        && let Some(found) = find(db, tenant, &id).await?
    {
        return Ok(Some(found));
    }
    find_by_identifier_uri(db, tenant, name).await
}

/// An application that is not there is never remembered: no token for an identifier URI should ask the database for one.
fn may_be_an_id(text: &str) -> bool {
    // A zero byte is nowhere in PostgreSQL, which says so by an error.
    !text.contains(['/', ':', '\0'])
}

/// The application that calls its API so. No two are registered so; nothing where two do all the same: whose is it?
async fn find_by_identifier_uri(db: &Db, tenant: &TenantId, uri: &str) -> Result<Option<Arc<Application>>> {
    let known = identifier_uris(db, tenant).await?;
    let mut owners: Vec<&ApplicationId> = known.iter().filter(|(known, _)| known == uri).map(|(_, id)| id).collect();
    owners.dedup();
    match owners[..] {
        [id] => find(db, tenant, id).await,
        _ => Ok(None),
    }
}

/// Every application of the tenant, whether it is switched on or not, and what it calls its API besides its id.
pub async fn api_names(c: &mut AnyConnection, tenant: &TenantId) -> Result<Vec<(ApplicationId, Vec<String>)>> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT id, notes FROM applications WHERE tenant_id = $1")
        .bind(tenant.as_str())
        .fetch_all(c)
        .await?;
    let mut names = Vec::with_capacity(rows.len());
    for (id, notes) in rows {
        let notes: Notes = serde_json::from_str(&notes)?;
        names.push((ApplicationId::from(id), notes.identifier_uris));
    }
    Ok(names)
}

/// What applications that are switched on call their APIs, one application after the other.
async fn identifier_uris(db: &Db, tenant: &TenantId) -> Result<Arc<Vec<(String, ApplicationId)>>> {
    let load = async {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, notes FROM applications
             WHERE tenant_id = $1 AND disabled_at IS NULL AND notes LIKE $2 ORDER BY id",
        )
        .bind(tenant.as_str())
        // Most have none.
        .bind(r#"%"identifierUris":["%"#)
        .fetch_all(db.reader())
        .await?;
        let mut known = Vec::new();
        for (id, notes) in rows {
            let notes: Notes = serde_json::from_str(&notes)?;
            known.extend(notes.identifier_uris.into_iter().map(|uri| (uri, ApplicationId::from(id.as_str()))));
        }
        Ok::<_, Error>(Some(known))
    };
    Ok(db.recents.identifier_uris.get_or(tenant.to_string(), load).await?.unwrap_or_default())
}
