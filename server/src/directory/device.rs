//! Browsers from which an account was signed in to before. Strangers' guesses do not lock their owner out (security R1).

use super::{Db, Statement, identity::Folded};
use crate::error::Result;
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use sqlx::AnyConnection;

/// The account of this name, if somebody signed in to it from this browser. One question, whoever is asked about.
pub async fn familiar(db: &Db, tenant: &TenantId, name: &Folded, hash: &str) -> Result<Option<AccountId>> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT d.account_id FROM identities i
         JOIN devices d ON d.tenant_id = i.tenant_id AND d.account_id = i.account_id AND d.hash = $4
         WHERE i.tenant_id = $1 AND i.sign_in_type = $2 AND i.issuer = $1 AND i.folded = $3",
    )
    .bind(tenant.as_str())
    .bind(name.sign_in_type())
    .bind(name.as_str())
    .bind(hash)
    .fetch_optional(db.reader())
    .await?;
    Ok(row.map(|(account,)| account.into()))
}

/// Whether somebody signed in to the account from this browser.
pub async fn is_familiar(db: &Db, tenant: &TenantId, account: &AccountId, hash: &str) -> Result<bool> {
    let sql = "SELECT seen_at FROM devices WHERE tenant_id = $1 AND account_id = $2 AND hash = $3";
    let seen: Option<(i64,)> =
        sqlx::query_as(sql).bind(tenant.as_str()).bind(account.as_str()).bind(hash).fetch_optional(db.reader()).await?;
    Ok(seen.is_some())
}

pub fn remember(tenant: &TenantId, account: &AccountId, hash: &str, now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO devices (tenant_id, account_id, hash, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, account_id, hash) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(hash)
    .bind(now.0)
}

/// No browser is the account's own any more.
pub async fn forget_all(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM devices WHERE tenant_id = $1 AND account_id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(())
}
