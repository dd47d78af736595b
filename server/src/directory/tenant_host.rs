//! Host names that a tenant has of its own. Under each of them only that tenant is there.

use super::{Db, db::taken};
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};
use sqlx::AnyConnection;
use std::sync::Arc;

/// All of them, with the tenant of each: a house has few, and every request under another name than ours asks.
async fn all(db: &Db) -> Result<Arc<Vec<(String, TenantId)>>> {
    let load = async {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT host, tenant_id FROM tenant_hosts ORDER BY created_at, host")
                .fetch_all(db.reader())
                .await?;
        Ok::<_, crate::error::Error>(Some(rows.into_iter().map(|(host, tenant)| (host, tenant.into())).collect()))
    };
    Ok(db.recents.tenant_hosts.get_or(String::new(), load).await?.unwrap_or_default())
}

/// Whose it is.
pub async fn find(db: &Db, host: &str) -> Result<Option<TenantId>> {
    Ok(all(db).await?.iter().find(|(known, _)| known == host).map(|(_, tenant)| tenant.clone()))
}

/// Of every tenant, the oldest first.
pub async fn list_all(db: &Db) -> Result<Vec<String>> {
    Ok(all(db).await?.iter().map(|(host, _)| host.clone()).collect())
}

/// The tenant's, the oldest first.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<String>> {
    Ok(all(db).await?.iter().filter(|(_, of)| of == tenant).map(|(host, _)| host.clone()).collect())
}

/// `Error::Taken` where another tenant has it, or this one already.
pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, host: &str, now: Timestamp) -> Result<()> {
    sqlx::query("INSERT INTO tenant_hosts (host, tenant_id, created_at) VALUES ($1, $2, $3)")
        .bind(host)
        .bind(tenant.as_str())
        .bind(now.0)
        .execute(c)
        .await
        .map_err(taken)?;
    Ok(())
}

pub async fn delete(c: &mut AnyConnection, tenant: &TenantId, host: &str) -> Result<()> {
    sqlx::query("DELETE FROM tenant_hosts WHERE tenant_id = $1 AND host = $2")
        .bind(tenant.as_str())
        .bind(host)
        .execute(c)
        .await?;
    Ok(())
}
