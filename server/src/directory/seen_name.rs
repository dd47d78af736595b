//! Names of what works once, whoever brings it: of a second time the first is remembered, until it would be too late anyway.

use super::{Db, Durability};
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};

/// Whether it is the first time.
pub async fn is_new(
    db: &Db,
    tenant: &TenantId,
    name: String,
    expires_at: Timestamp,
    durability: Durability,
) -> Result<bool> {
    let tenant = tenant.clone();
    db.change(durability, move |c| {
        Box::pin(async move {
            let written = sqlx::query(
                "INSERT INTO seen_names (tenant_id, name, expires_at) VALUES ($1, $2, $3)
                 ON CONFLICT (tenant_id, name) DO NOTHING",
            )
            .bind(tenant.as_str())
            .bind(name)
            .bind(expires_at.0)
            .execute(c)
            .await?;
            Ok(written.rows_affected() == 1)
        })
    })
    .await
}
