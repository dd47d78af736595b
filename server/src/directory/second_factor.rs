//! Authenticator apps: enrolled once, each of their codes used once, and codes for when they are lost.

use super::{Db, Durability, db::taken, sealed};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use sqlx::AnyConnection;

/// The secret of an account's app, sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecondFactor {
    pub sealed: String,
    /// The step of the last code that was used.
    pub last_step: i64,
}

/// A secret that was shown and not confirmed yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enrolment {
    /// Of the link.
    pub hash: String,
    pub account: AccountId,
    pub sealed: String,
    pub expires_at: Timestamp,
}

/// What a secret is sealed for. It moves from an enrolment to its account, so both have one name.
pub fn context(tenant: &TenantId, account: &AccountId) -> String {
    sealed::context(tenant, "second_factors", account.as_str())
}

pub async fn find(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Option<SecondFactor>> {
    let row: Option<(String, i64)> =
        sqlx::query_as("SELECT sealed, last_step FROM second_factors WHERE tenant_id = $1 AND account_id = $2")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .fetch_optional(db.reader())
            .await?;
    Ok(row.map(|(sealed, last_step)| SecondFactor { sealed, last_step }))
}

/// Uses the code of this step up. False where it, or a later one, was used before: of two at once one wins.
pub async fn use_step(db: &Db, tenant: &TenantId, account: &AccountId, step: i64) -> Result<bool> {
    let (tenant, account) = (tenant.clone(), account.clone());
    db.change(Durability::Lasting, move |c| {
        Box::pin(async move {
            let used = sqlx::query(
                "UPDATE second_factors SET last_step = $1 WHERE tenant_id = $2 AND account_id = $3 AND last_step < $1",
            )
            .bind(step)
            .bind(tenant.as_str())
            .bind(account.as_str())
            .execute(c)
            .await?;
            Ok(used.rows_affected() == 1)
        })
    })
    .await
}

/// Uses a recovery code up. False where there is none of this hash.
pub async fn use_recovery_code(db: &Db, tenant: &TenantId, account: &AccountId, hash: &str) -> Result<bool> {
    let (tenant, account, hash) = (tenant.clone(), account.clone(), hash.to_owned());
    db.change(Durability::Lasting, move |c| {
        Box::pin(async move {
            let used = sqlx::query("DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2 AND hash = $3")
                .bind(tenant.as_str())
                .bind(account.as_str())
                .bind(hash)
                .execute(c)
                .await?;
            Ok(used.rows_affected() == 1)
        })
    })
    .await
}

/// Instead of every link before.
pub async fn offer(c: &mut AnyConnection, tenant: &TenantId, enrolment: &Enrolment) -> Result<()> {
    forget_offers(c, tenant, &enrolment.account).await?;
    sqlx::query("INSERT INTO enrolments (tenant_id, hash, account_id, sealed, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(tenant.as_str())
        .bind(&enrolment.hash)
        .bind(enrolment.account.as_str())
        .bind(&enrolment.sealed)
        .bind(enrolment.expires_at.0)
        .execute(c)
        .await?;
    Ok(())
}

async fn forget_offers(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM enrolments WHERE tenant_id = $1 AND account_id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(())
}

pub async fn find_offer(db: &Db, tenant: &TenantId, hash: &str, now: Timestamp) -> Result<Option<Enrolment>> {
    let row: Option<(String, String, i64)> = sqlx::query_as(
        "SELECT account_id, sealed, expires_at FROM enrolments WHERE tenant_id = $1 AND hash = $2 AND expires_at > $3",
    )
    .bind(tenant.as_str())
    .bind(hash)
    .bind(now.0)
    .fetch_optional(db.reader())
    .await?;
    Ok(row.map(|(account, sealed, expires_at)| Enrolment {
        hash: hash.into(),
        account: account.into(),
        sealed,
        expires_at: Timestamp(expires_at),
    }))
}

/// The offered secret is the account's from now on, and the code that proved it is used. `Error::NotFound` where the link
/// was used meanwhile; `Error::Taken` where the account has an app already: no link replaces one.
pub async fn enrol(
    c: &mut AnyConnection,
    tenant: &TenantId,
    enrolment: &Enrolment,
    last_step: i64,
    recovery_hashes: &[String],
    now: Timestamp,
) -> Result<()> {
    let offered = sqlx::query("DELETE FROM enrolments WHERE tenant_id = $1 AND hash = $2")
        .bind(tenant.as_str())
        .bind(&enrolment.hash)
        .execute(&mut *c)
        .await?;
    if offered.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    insert(c, tenant, &enrolment.account, &enrolment.sealed, last_step, now).await?;
    for hash in recovery_hashes {
        sqlx::query("INSERT INTO recovery_codes (tenant_id, account_id, hash) VALUES ($1, $2, $3)")
            .bind(tenant.as_str())
            .bind(enrolment.account.as_str())
            .bind(hash)
            .execute(&mut *c)
            .await?;
    }
    Ok(())
}

pub async fn insert(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    sealed: &str,
    last_step: i64,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO second_factors (tenant_id, account_id, sealed, last_step, since) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(sealed)
    .bind(last_step)
    .bind(now.0)
    .execute(c)
    .await
    .map_err(taken)?;
    Ok(())
}

/// The app and its recovery codes are gone; whoever signs in next sets up another.
pub async fn remove(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    for sql in [
        "DELETE FROM second_factors WHERE tenant_id = $1 AND account_id = $2",
        "DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2",
    ] {
        sqlx::query(sql).bind(tenant.as_str()).bind(account.as_str()).execute(&mut *c).await?;
    }
    forget_offers(c, tenant, account).await
}
