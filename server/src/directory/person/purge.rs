//! What is left of deleted people after thirty days: nothing but their pseudonym in the audit (security R42),
//! which tells of people by id and of their properties by name alone.

use super::{Identity, RESTORABLE};
use crate::{
    directory::{Db, Durability, identity::Folded},
    error::Result,
};
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use sqlx::AnyConnection;

/// Rows that belong to the account and to nobody else, those that others hang on last.
const OF_ACCOUNT: [&str; 16] = [
    "DELETE FROM journeys WHERE tenant_id = $1 AND grant_id IN
       (SELECT grant_id FROM token_families WHERE tenant_id = $1 AND account_id = $2)",
    "DELETE FROM token_families WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM devices WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM search_words WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM identities WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM second_factors WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM enrolments WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM credentials WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM attribute_values WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM addresses WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM activities WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM sign_in_failures WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM administrators WHERE account_id = $2 AND $1 = $1",
    "DELETE FROM accounts WHERE tenant_id = $1 AND id = $2",
];

/// Forgets one person for good. They were deleted before: their names and counts are gone already.
pub async fn purge(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    let mut addresses: Vec<String> =
        sqlx::query_scalar("SELECT address FROM addresses WHERE tenant_id = $1 AND account_id = $2")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .fetch_all(&mut *c)
            .await?;
    let known_as: Vec<String> = sqlx::query_scalar(
        "SELECT deleted_identities FROM accounts WHERE tenant_id = $1 AND id = $2 AND deleted_identities IS NOT NULL",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(&mut *c)
    .await?;
    for identities in known_as {
        let identities: Vec<Identity> = serde_json::from_str(&identities)?;
        addresses.extend(identities.into_iter().map(|identity| identity.issuer_assigned_id));
    }
    for address in addresses {
        sqlx::query("DELETE FROM outbox WHERE tenant_id = $1 AND address = $2")
            .bind(tenant.as_str())
            .bind(Folded::address(&address).as_str())
            .execute(&mut *c)
            .await?;
    }
    for sql in OF_ACCOUNT {
        sqlx::query(sql).bind(tenant.as_str()).bind(account.as_str()).execute(&mut *c).await?;
    }
    Ok(())
}

/// At once, so that no sweep holds up the writers.
const BATCH: i64 = 50;

/// Forgets a batch of those whose thirty days are over; true when there may be more.
pub async fn purge_expired(db: &Db, now: Timestamp) -> Result<bool> {
    let before = now.earlier_by(RESTORABLE);
    let due: Vec<(String, String)> =
        sqlx::query_as("SELECT tenant_id, id FROM accounts WHERE deleted_at IS NOT NULL AND deleted_at < $1 LIMIT $2")
            .bind(before.0)
            .bind(BATCH)
            .fetch_all(db.reader())
            .await?;
    let more = due.len() as i64 == BATCH;
    if !due.is_empty() {
        db.write(Durability::Lasting, move |c| {
            Box::pin(async move {
                for (tenant, account) in due {
                    purge(c, &tenant.into(), &account.into()).await?;
                }
                Ok(())
            })
        })
        .await?;
    }
    Ok(more)
}
