//! Browsers from which an account was signed in to before. Strangers' guesses do not lock their owner out (security R1).

use super::Db;
use crate::error::Result;
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use sqlx::AnyConnection;

pub async fn is_familiar(db: &Db, tenant: &TenantId, account: &AccountId, hash: &str) -> Result<bool> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT seen_at FROM devices WHERE tenant_id = $1 AND account_id = $2 AND hash = $3")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(hash)
            .fetch_optional(db.reader())
            .await?;
    Ok(row.is_some())
}

pub async fn remember(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO devices (tenant_id, account_id, hash, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, account_id, hash) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(hash)
    .bind(now.0)
    .execute(c)
    .await?;
    Ok(())
}
