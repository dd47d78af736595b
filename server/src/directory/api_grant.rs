//! Which scopes of which application's API another application may have tokens for: an administrator grants them, for
//! everybody who signs in.

use super::{Db, application::Application, db::taken};
use crate::error::Result;
use app::contract::id::{ApplicationId, TenantId};
use sqlx::AnyConnection;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiGrant {
    pub client: ApplicationId,
    pub api: ApplicationId,
    /// Their values, as the API reads them.
    pub scopes: Vec<String>,
}

/// Nothing where nobody granted anything.
pub async fn scopes(db: &Db, tenant: &TenantId, client: &ApplicationId, api: &ApplicationId) -> Result<Vec<String>> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT scopes FROM api_grants WHERE tenant_id = $1 AND client_id = $2 AND api_id = $3")
            .bind(tenant.as_str())
            .bind(client.as_str())
            .bind(api.as_str())
            .fetch_optional(db.reader())
            .await?;
    Ok(row.map(|(words,)| read(&words)).unwrap_or_default())
}

/// What of the API the client may have tokens for at this moment: what the API offers, and of that what was granted. Its own
/// is its own, and nobody is asked.
pub async fn in_force(db: &Db, tenant: &TenantId, client: &ApplicationId, api: &Application) -> Result<Vec<String>> {
    let offered = api.offered_scopes();
    if api.id == *client {
        return Ok(offered);
    }
    let granted = scopes(db, tenant, client, &api.id).await?;
    Ok(offered.into_iter().filter(|value| granted.contains(value)).collect())
}

pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<ApiGrant>> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT client_id, api_id, scopes FROM api_grants WHERE tenant_id = $1 ORDER BY client_id, api_id",
    )
    .bind(tenant.as_str())
    .fetch_all(db.reader())
    .await?;
    let grant = |(client, api, words): (String, String, String)| ApiGrant {
        client: client.into(),
        api: api.into(),
        scopes: read(&words),
    };
    Ok(rows.into_iter().map(grant).collect())
}

/// `Error::Taken` where the client has a grant for the API.
pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, grant: &ApiGrant) -> Result<()> {
    sqlx::query("INSERT INTO api_grants (tenant_id, client_id, api_id, scopes) VALUES ($1, $2, $3, $4)")
        .bind(tenant.as_str())
        .bind(grant.client.as_str())
        .bind(grant.api.as_str())
        .bind(grant.scopes.join(" "))
        .execute(c)
        .await
        .map_err(taken)?;
    Ok(())
}

/// From now on these scopes, and no others.
pub async fn save(c: &mut AnyConnection, tenant: &TenantId, grant: &ApiGrant) -> Result<()> {
    sqlx::query("UPDATE api_grants SET scopes = $1 WHERE tenant_id = $2 AND client_id = $3 AND api_id = $4")
        .bind(grant.scopes.join(" "))
        .bind(tenant.as_str())
        .bind(grant.client.as_str())
        .bind(grant.api.as_str())
        .execute(c)
        .await?;
    Ok(())
}

pub async fn delete(
    c: &mut AnyConnection,
    tenant: &TenantId,
    client: &ApplicationId,
    api: &ApplicationId,
) -> Result<()> {
    sqlx::query("DELETE FROM api_grants WHERE tenant_id = $1 AND client_id = $2 AND api_id = $3")
        .bind(tenant.as_str())
        .bind(client.as_str())
        .bind(api.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// A scope that its API offers no more is granted no more: another one that is called so one day is granted anew.
pub async fn keep_only(
    c: &mut AnyConnection,
    tenant: &TenantId,
    api: &ApplicationId,
    offered: &[String],
) -> Result<()> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT client_id, scopes FROM api_grants WHERE tenant_id = $1 AND api_id = $2")
            .bind(tenant.as_str())
            .bind(api.as_str())
            .fetch_all(&mut *c)
            .await?;
    for (client, words) in rows {
        let granted = read(&words);
        let kept: Vec<String> = granted.iter().filter(|value| offered.contains(value)).cloned().collect();
        if kept != granted {
            let (client, api) = (client.into(), api.clone());
            save(c, tenant, &ApiGrant { client, api, scopes: kept }).await?;
        }
    }
    Ok(())
}

fn read(words: &str) -> Vec<String> {
    words.split_ascii_whitespace().map(str::to_owned).collect()
}
