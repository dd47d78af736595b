//! Throws away what has run out. Nothing relies on it: every reader checks the time itself (cve_2026_32132).

use super::{Db, Durability, person, tenant};
use crate::error::Result;
use app::contract::time::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Rows to delete per statement, so that no sweep holds up the writers.
const BATCH: i64 = 500;

/// The cookie of a browser lives no longer than this since its last sign-in was written down: nobody can show it any more.
const DEVICE: Duration = DAY.saturating_mul(365);

/// How long it is told who signed in when. A break-in is often noticed months later, and whoever looks into it needs the
/// half year before; a longer list would be a second directory of what people did.
pub const ACTIVITY: Duration = DAY.saturating_mul(182);

/// What goes, and how long after it ran out or was used last. Whatever others refer to goes after them.
const OVER: [(Duration, &str); 15] = [
    (
        DAY,
        "DELETE FROM journeys WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM journeys WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        DAY,
        "DELETE FROM grants WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM grants g WHERE expires_at < $1 AND NOT EXISTS
           (SELECT 1 FROM journeys j WHERE j.tenant_id = g.tenant_id AND j.grant_id = g.id) LIMIT $2)",
    ),
    (
        DAY,
        "DELETE FROM token_families WHERE (tenant_id, id) IN
           (SELECT tenant_id, id FROM token_families WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        DAY,
        "DELETE FROM sessions WHERE (tenant_id, id) IN
           (SELECT tenant_id, id FROM sessions s WHERE expires_at < $1 AND NOT EXISTS
              (SELECT 1 FROM token_families f WHERE f.tenant_id = s.tenant_id AND f.session_id = s.id) LIMIT $2)",
    ),
    (
        DAY,
        "DELETE FROM outbox WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM outbox WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        DAY.saturating_mul(2),
        "DELETE FROM counters WHERE (tenant_id, name, subject) IN
           (SELECT tenant_id, name, subject FROM counters WHERE changed_at < $1 LIMIT $2)",
    ),
    (
        DEVICE,
        "DELETE FROM devices WHERE (tenant_id, account_id, hash) IN
           (SELECT tenant_id, account_id, hash FROM devices WHERE seen_at < $1 LIMIT $2)",
    ),
    (
        // By way of the tenants, whose activities are in order of time.
        ACTIVITY,
        "DELETE FROM activities WHERE (tenant_id, id) IN
           (SELECT a.tenant_id, a.id FROM tenants t JOIN activities a ON a.tenant_id = t.id AND a.at < $1 LIMIT $2)",
    ),
    (
        ACTIVITY,
        "DELETE FROM sign_in_failures WHERE (tenant_id, id) IN
           (SELECT f.tenant_id, f.id FROM tenants t JOIN sign_in_failures f ON f.tenant_id = t.id AND f.first_at < $1 LIMIT $2)",
    ),
    (
        DAY,
        "DELETE FROM enrolments WHERE (tenant_id, hash) IN
           (SELECT tenant_id, hash FROM enrolments WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        Duration::ZERO,
        "DELETE FROM revoked_tokens WHERE (tenant_id, id) IN
           (SELECT tenant_id, id FROM revoked_tokens WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        Duration::ZERO,
        "DELETE FROM pushed_requests WHERE (tenant_id, hash) IN
           (SELECT tenant_id, hash FROM pushed_requests WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        DAY,
        "DELETE FROM device_codes WHERE (tenant_id, hash) IN
           (SELECT tenant_id, hash FROM device_codes WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        Duration::ZERO,
        "DELETE FROM seen_names WHERE (tenant_id, name) IN
           (SELECT tenant_id, name FROM seen_names WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        DAY,
        "DELETE FROM signing_keys WHERE (tenant_id, id) IN
           (SELECT tenant_id, id FROM signing_keys WHERE retires_at < $1 LIMIT $2)",
    ),
];

/// A password that had so many wrong guesses stays closed until its owner opens it, however long ago that was (security R1).
const GUESSES: &str = "DELETE FROM guesses WHERE (tenant_id, subject) IN
     (SELECT tenant_id, subject FROM guesses WHERE changed_at < $1 AND failures < $3 LIMIT $2)";

/// Deletes one batch of everything that ran out; true when there may be more. `closed_after` is how many guesses close a
/// password.
pub async fn sweep(db: &Db, closed_after: u32, now: Timestamp) -> Result<bool> {
    tenant::forget_foreign_hashes(db, now.earlier_by(DAY)).await?;
    let mut more = person::purge_expired(db, now).await?;
    for (age, sql) in OVER {
        more |= delete(db, sql, vec![now.earlier_by(age).0, BATCH]).await?;
    }
    let long_ago = now.earlier_by(DAY * 30).0;
    Ok(more | delete(db, GUESSES, vec![long_ago, BATCH, closed_after.into()]).await?)
}

async fn delete(db: &Db, sql: &'static str, values: Vec<i64>) -> Result<bool> {
    let delete = db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            let statement = values.into_iter().fold(sqlx::query(sql), |statement, value| statement.bind(value));
            Ok(statement.execute(c).await?.rows_affected())
        })
    });
    Ok(delete.await? == BATCH.unsigned_abs())
}
