//! The address that an account keeps for its second step: one, proved, and told to nobody but who administers.

use super::{Db, identity, identity::Folded};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use sqlx::AnyConnection;

const KIND: &str = "secondStep";

pub async fn find(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Option<String>> {
    let found =
        sqlx::query_scalar("SELECT address FROM addresses WHERE tenant_id = $1 AND account_id = $2 AND kind = $3")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(KIND)
            .fetch_optional(db.reader())
            .await?;
    Ok(found)
}

/// Whether it is known to be a mailbox of theirs for another reason: no second one then, and nothing to prove. (What nobody
/// proved is proved by the code, as any other: whoever made the account may not be its owner, security R12.)
pub async fn is_another(db: &Db, tenant: &TenantId, account: &AccountId, address: &Folded) -> Result<bool> {
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT address FROM addresses
         WHERE tenant_id = $1 AND account_id = $2 AND kind IN ('signIn', 'contact') AND verified_at IS NOT NULL",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(db.reader())
    .await?;
    Ok(others.iter().any(|other| Folded::address(other) == *address))
}

/// `Error::JourneyOver` where the account has one meanwhile: whoever set it up is asked for it. That which is no second one any
/// more is replaced.
pub async fn keep(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    address: &Folded,
    instead_of: Option<&Folded>,
    now: Timestamp,
) -> Result<()> {
    // Of two at once one waits for the other.
    sqlx::query("UPDATE accounts SET method = method WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(&mut *c)
        .await?;
    let kept: Option<String> =
        sqlx::query_scalar("SELECT address FROM addresses WHERE tenant_id = $1 AND account_id = $2 AND kind = $3")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(KIND)
            .fetch_optional(&mut *c)
            .await?;
    match kept {
        Some(kept) if instead_of.is_none_or(|old| old.as_str() != kept) => return Err(Error::JourneyOver),
        Some(_) => remove(c, tenant, account).await?,
        None => {}
    }
    identity::insert_address(c, tenant, account, KIND, address.as_str(), Some(now)).await
}

pub async fn remove(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM addresses WHERE tenant_id = $1 AND account_id = $2 AND kind = $3")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .bind(KIND)
        .execute(c)
        .await?;
    Ok(())
}
