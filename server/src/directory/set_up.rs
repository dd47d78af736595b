//! The one-time set-up link, and whether anybody ever used one. Its row is never deleted (security R37).

use super::{Db, Durability};
use crate::error::{Error, Result};
use app::contract::{id::AccountId, time::Timestamp};
use sqlx::AnyConnection;
use std::time::Duration;

/// For so long after the set-up the first administrator is new.
const NEW_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes this link the only one that works. False once an administrator was made.
pub async fn renew(db: &Db, hash: &str, expires_at: Timestamp) -> Result<bool> {
    let hash = hash.to_owned();
    db.change(Durability::Lasting, move |c| {
        Box::pin(async move {
            let renewed = sqlx::query(
                "INSERT INTO set_up (id, hash, expires_at) VALUES (1, $1, $2)
                 ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
                 WHERE set_up.done_at IS NULL",
            )
            .bind(hash)
            .bind(expires_at.0)
            .execute(c)
            .await?;
            Ok(renewed.rows_affected() == 1)
        })
    })
    .await
}

pub async fn is_open(db: &Db, hash: &str, now: Timestamp) -> Result<bool> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT id FROM set_up WHERE hash = $1 AND expires_at > $2 AND done_at IS NULL")
            .bind(hash)
            .bind(now.0)
            .fetch_optional(db.reader())
            .await?;
    Ok(row.is_some())
}

/// Whether the account is the first administrator's, made just now.
pub async fn is_new(db: &Db, account: &AccountId, now: Timestamp) -> Result<bool> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT a.account_id FROM set_up s JOIN administrators a ON a.tenant_id = '*' AND a.since = s.done_at
         WHERE a.account_id = $1 AND s.done_at > $2",
    )
    .bind(account.as_str())
    .bind(now.earlier_by(NEW_FOR).0)
    .fetch_optional(db.reader())
    .await?;
    Ok(row.is_some())
}

/// Closes the door for ever, with the first administrator inside. `Error::NotFound` where it was not open.
pub async fn close(c: &mut AnyConnection, hash: &str, first: &AccountId, role: &str, now: Timestamp) -> Result<()> {
    let closed = sqlx::query("UPDATE set_up SET done_at = $1 WHERE hash = $2 AND expires_at > $1 AND done_at IS NULL")
        .bind(now.0)
        .bind(hash)
        .execute(&mut *c)
        .await?;
    if closed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    sqlx::query("INSERT INTO administrators (tenant_id, account_id, role, since) VALUES ('*', $1, $2, $3)")
        .bind(first.as_str())
        .bind(role)
        .bind(now.0)
        .execute(c)
        .await?;
    Ok(())
}
