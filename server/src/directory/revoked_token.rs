//! Access tokens that are worth nothing any more although their time is not over. Remembered until it is.

use super::{Db, Durability};
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};

/// `id` is the token's `jti`.
pub async fn insert(db: &Db, tenant: &TenantId, id: &str, expires_at: Timestamp) -> Result<()> {
    let (tenant, id) = (tenant.clone(), id.to_owned());
    db.change(Durability::Lasting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO revoked_tokens (tenant_id, id, expires_at) VALUES ($1, $2, $3)
                 ON CONFLICT (tenant_id, id) DO NOTHING",
            )
            .bind(tenant.as_str())
            .bind(id)
            .bind(expires_at.0)
            .execute(c)
            .await?;
            Ok(())
        })
    })
    .await
}

pub async fn is_revoked(db: &Db, tenant: &TenantId, id: &str) -> Result<bool> {
    let row: Option<(String,)> = sqlx::query_as("SELECT id FROM revoked_tokens WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .fetch_optional(db.reader())
        .await?;
    Ok(row.is_some())
}
