//! Accounts: the people of a tenant, with their credentials and attribute values.

use super::{
    Db, Statement, goodbye,
    identity::{self, Folded},
    person, profile, tenant,
};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, JourneyId, TenantId, UserFlowId},
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
};
use sqlx::AnyConnection;
use std::{collections::BTreeMap, sync::LazyLock};

/// An account about to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub id: AccountId,
    pub user_flow: UserFlowId,
    pub name: NewName,
    /// Its hash; without one the account signs in by passcode.
    pub password: Option<Secret>,
    pub attributes: Vec<(String, String)>,
}

/// What somebody will sign in with.
#[derive(Clone, Debug)]
pub enum NewName {
    Proved(String),
    /// An address that may be somebody else's.
    AsTyped(String),
    /// A user name, and the proved address for resets of its owner.
    UserName(String, Option<String>),
}

/// What tokens and pages tell of an account.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    pub account: AccountId,
    pub disabled: bool,
    /// What they sign in with, as it was typed: their address, or else their user name.
    pub name: String,
    pub address: Option<Address>,
    /// The proved address for resets of whoever has a user name. Letters go there, and nobody is told.
    pub contact: Option<String>,
    pub attributes: BTreeMap<String, String>,
}

/// An address that somebody signs in with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    pub text: String,
    /// A code came back from it, or an administrator vouches for it.
    pub is_proved: bool,
}

/// The whole account, or nothing of it. `Error::Taken` when somebody has the name already.
pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, new: &NewAccount, now: Timestamp) -> Result<()> {
    let method = if new.password.is_some() { Method::Password } else { Method::Passcode };
    sqlx::query("INSERT INTO accounts (tenant_id, id, method, user_flow_id, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(tenant.as_str())
        .bind(new.id.as_str())
        .bind(write_method(method))
        .bind(new.user_flow.as_str())
        .bind(now.0)
        .execute(&mut *c)
        .await?;
    identity::insert_name(c, tenant, &new.id, &new.name, now).await?;
    if let Some(password) = &new.password {
        set_password(c, tenant, &new.id, password, now).await?;
    }
    for (attribute, value) in &new.attributes {
        person::set_attribute(c, tenant, &new.id, attribute, Some(value)).await?;
    }
    person::index(c, tenant, &new.id).await?;
    person::tally(c, tenant, Some(&new.user_flow), &new.id, 1).await?;
    tenant::note_method(c, tenant, method, now).await
}

pub async fn set_password(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    hash: &Secret,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO credentials (tenant_id, account_id, kind, secret, changed_at) VALUES ($1, $2, 'password', $3, $4)
         ON CONFLICT (tenant_id, account_id, kind) DO UPDATE SET secret = excluded.secret, changed_at = excluded.changed_at",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(hash.reveal())
    .bind(now.0)
    .execute(c)
    .await?;
    Ok(())
}

/// The new password of whoever proved their address in this journey. `Error::JourneyOver` where the password changed
/// after the journey began: then whatever was proved in it before is worth nothing (security R11).
pub async fn recover_password(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    hash: &Secret,
    journey: &JourneyId,
    now: Timestamp,
) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE credentials SET secret = $1, changed_at = $2
         WHERE tenant_id = $3 AND account_id = $4 AND kind = 'password'
           AND changed_at <= (SELECT created_at FROM journeys WHERE tenant_id = $3 AND id = $5)",
    )
    .bind(hash.reveal())
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(journey.as_str())
    .execute(&mut *c)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::JourneyOver);
    }
    sqlx::query("UPDATE accounts SET must_change_password_at = NULL WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// The new password of whoever knew the one that an administrator made. `Error::JourneyOver` where that one was replaced
/// meanwhile.
pub async fn replace_temporary(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    hash: &Secret,
    temporary_since: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE accounts SET must_change_password_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND must_change_password_at = $3",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(temporary_since.0)
    .execute(&mut *c)
    .await?;
    match changed.rows_affected() {
        1 => set_password(c, tenant, account, hash, now).await,
        _ => Err(Error::JourneyOver),
    }
}

/// Is the hash that was judged the account's still? `Error::Stale` where it changed meanwhile. Whoever would change it waits
/// until this unit is written, and ends what it opened (security R11).
pub fn still_has(tenant: &TenantId, account: &AccountId, judged_hash: &Secret) -> Statement {
    Statement::new(
        "UPDATE credentials SET secret = secret
         WHERE tenant_id = $1 AND account_id = $2 AND kind = 'password' AND secret = $3",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(judged_hash.reveal())
    .or(Error::Stale)
}

/// Whoever showed the password on an earlier page of the journey: `Error::JourneyOver` where it changed after the journey
/// began (security R11).
pub fn has_password_since(tenant: &TenantId, account: &AccountId, journey: &JourneyId) -> Statement {
    Statement::new(
        "UPDATE credentials SET secret = secret
         WHERE tenant_id = $1 AND account_id = $2 AND kind = 'password'
           AND changed_at <= (SELECT created_at FROM journeys WHERE tenant_id = $1 AND id = $3)",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(journey.as_str())
    .or(Error::JourneyOver)
}

/// Whoever chose the password in this journey, at that moment: `Error::JourneyOver` where it changed after it. Who has none
/// chose none.
pub async fn has_password_of(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    at: Timestamp,
) -> Result<()> {
    let changed_at: Option<i64> = sqlx::query_scalar(
        "UPDATE credentials SET secret = secret WHERE tenant_id = $1 AND account_id = $2 AND kind = 'password'
         RETURNING changed_at",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_optional(c)
    .await?;
    if changed_at.is_none_or(|changed_at| changed_at <= at.0) { Ok(()) } else { Err(Error::JourneyOver) }
}

/// Whoever had an account before is let in by it as long as it is there and switched on, and nobody ended what it had open
/// since they showed who they are (security R19). `Error::JourneyOver` otherwise. Whoever would take it away waits until this
/// unit is written, and ends what it opened. They showed it after the journey began, or at `shown_at`.
pub fn lets_in(tenant: &TenantId, account: &AccountId, journey: &JourneyId, shown_at: Option<Timestamp>) -> Statement {
    Statement::new(
        "UPDATE accounts SET method = method
         WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL AND deleted_at IS NULL
           AND (sessions_valid_from IS NULL OR sessions_valid_from <= $4
                OR sessions_valid_from <= (SELECT created_at FROM journeys WHERE tenant_id = $1 AND id = $3))",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(journey.as_str())
    .bind(shown_at)
    .or(Error::JourneyOver)
}

/// Replaces a hash by a stronger one of the same password, unless the password has changed meanwhile.
pub fn rehash(tenant: &TenantId, account: &AccountId, before: &Secret, after: &Secret) -> Statement {
    Statement::new(
        "UPDATE credentials SET secret = $1 WHERE tenant_id = $2 AND account_id = $3 AND kind = 'password' AND secret = $4",
    )
    .bind(after.reveal())
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(before.reveal())
}

/// A code came back from this address, with which the account signs in. Was it not known to be its owner's before?
pub async fn prove_address(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    address: &Folded,
    now: Timestamp,
) -> Result<bool> {
    let changed = sqlx::query(
        "UPDATE addresses SET verified_at = $1
         WHERE tenant_id = $2 AND account_id = $3 AND kind = 'signIn' AND verified_at IS NULL
           AND address IN (SELECT issuer_assigned_id FROM identities
                           WHERE tenant_id = $2 AND account_id = $3 AND sign_in_type = 'emailAddress' AND folded = $4)",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(address.as_str())
    .execute(c)
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// One question to the database: the account, its names and addresses, its attribute values. Nothing of the deleted.
pub async fn profile(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Option<Profile>> {
    static ASK: LazyLock<String> = LazyLock::new(|| format!("SELECT {}", profile::told("$1", "$2")));
    let (told,): (Option<String>,) =
        sqlx::query_as(ASK.as_str()).bind(tenant.as_str()).bind(account.as_str()).fetch_one(db.reader()).await?;
    told.map_or(Ok(None), |told| profile::read(&told))
}

/// Who is switched off is as good as deleted to whoever has no more than a token or a journey of theirs.
pub async fn enabled_profile(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Option<Profile>> {
    Ok(profile(db, tenant, account).await?.filter(|profile| !profile.disabled))
}

/// Ends every session and every refresh token of the account; whichever applications they signed in to are to hear.
pub async fn end_everything(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    now: Timestamp,
) -> Result<()> {
    let ended: Vec<String> = sqlx::query_scalar(
        "UPDATE sessions SET ended_at = $1 WHERE tenant_id = $2 AND account_id = $3 AND ended_at IS NULL RETURNING id",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(&mut *c)
    .await?;
    sqlx::query(
        "UPDATE token_families SET revoked_at = $1 WHERE tenant_id = $2 AND account_id = $3 AND revoked_at IS NULL",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(account.as_str())
    .execute(&mut *c)
    .await?;
    for session in ended {
        goodbye::note(c, tenant, &session.into(), now).await?;
    }
    Ok(())
}

pub(super) fn write_method(method: Method) -> &'static str {
    match method {
        Method::Password => "password",
        Method::Passcode => "passcode",
    }
}

pub(super) fn read_method(text: &str) -> Method {
    if text == write_method(Method::Passcode) { Method::Passcode } else { Method::Password }
}
