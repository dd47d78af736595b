//! Throws away what has run out. Nothing relies on it: every reader checks the time itself (cve_2026_32132).

use super::{Db, Durability, person};
use crate::error::Result;
use app::contract::time::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Rows to delete per statement, so that no sweep holds up the writers.
const BATCH: i64 = 500;

/// Deletes one batch of everything that ran out; true when there may be more.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<bool> {
    let yesterday = now.earlier_by(DAY);
    let mut more = person::purge_expired(db, now).await?;
    for (sql, before) in [
        (
            "DELETE FROM journeys WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM journeys WHERE expires_at < $1 LIMIT $2)",
            yesterday,
        ),
        (
            "DELETE FROM grants WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM grants g WHERE expires_at < $1 AND NOT EXISTS
               (SELECT 1 FROM journeys j WHERE j.tenant_id = g.tenant_id AND j.grant_id = g.id) LIMIT $2)",
            yesterday,
        ),
        (
            "DELETE FROM token_families WHERE (tenant_id, id) IN
               (SELECT tenant_id, id FROM token_families WHERE expires_at < $1 LIMIT $2)",
            yesterday,
        ),
        (
            "DELETE FROM sessions WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM sessions WHERE expires_at < $1 LIMIT $2)",
            yesterday,
        ),
        (
            "DELETE FROM outbox WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM outbox WHERE expires_at < $1 LIMIT $2)",
            yesterday,
        ),
        (
            "DELETE FROM counters WHERE (tenant_id, name, subject) IN
               (SELECT tenant_id, name, subject FROM counters WHERE changed_at < $1 LIMIT $2)",
            now.earlier_by(DAY * 2),
        ),
        (
            "DELETE FROM guesses WHERE (tenant_id, subject) IN
               (SELECT tenant_id, subject FROM guesses WHERE changed_at < $1 LIMIT $2)",
            now.earlier_by(DAY * 30),
        ),
    ] {
        let deleted = db
            .write(Durability::Fleeting, move |c| {
                Box::pin(async move {
                    Ok(sqlx::query(sql).bind(before.0).bind(BATCH).execute(c).await?.rows_affected())
                })
            })
            .await?;
        more |= deleted == BATCH.unsigned_abs();
    }
    Ok(more)
}
