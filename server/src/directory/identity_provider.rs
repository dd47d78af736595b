//! The tenant's identity providers other than e-mail: settings as JSON, and the secret sealed beside them.

use super::{Db, db::taken, sealed};
use crate::error::{Error, Result};
use app::contract::{id::TenantId, time::Timestamp};
use sqlx::AnyConnection;

#[derive(Clone, PartialEq, Debug)]
pub struct Stored {
    pub id: String,
    pub name: String,
    /// JSON, without the secret.
    pub settings: String,
    pub sealed: String,
}

/// What the secret of a provider is sealed for.
pub fn context(tenant: &TenantId, id: &str) -> String {
    sealed::context(tenant, "identity_providers", id)
}

pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Stored>> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT id, name, settings, sealed FROM identity_providers WHERE tenant_id = $1 ORDER BY name, id",
    )
    .bind(tenant.as_str())
    .fetch_all(db.reader())
    .await?;
    Ok(rows.into_iter().map(|(id, name, settings, sealed)| Stored { id, name, settings, sealed }).collect())
}

pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, provider: &Stored, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO identity_providers (tenant_id, id, name, settings, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant.as_str())
    .bind(&provider.id)
    .bind(&provider.name)
    .bind(&provider.settings)
    .bind(&provider.sealed)
    .bind(now.0)
    .execute(c)
    .await
    .map_err(taken)?;
    Ok(())
}

pub async fn update(c: &mut AnyConnection, tenant: &TenantId, provider: &Stored) -> Result<()> {
    let updated = sqlx::query(
        "UPDATE identity_providers SET name = $1, settings = $2, sealed = $3 WHERE tenant_id = $4 AND id = $5",
    )
    .bind(&provider.name)
    .bind(&provider.settings)
    .bind(&provider.sealed)
    .bind(tenant.as_str())
    .bind(&provider.id)
    .execute(c)
    .await?;
    if updated.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

pub async fn delete(c: &mut AnyConnection, tenant: &TenantId, id: &str) -> Result<()> {
    let deleted = sqlx::query("DELETE FROM identity_providers WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await?;
    if deleted.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}
