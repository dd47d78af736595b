//! Who was asked to administer and has not come yet. No account is there before its owner uses the link.

use super::{Db, account, identity::Folded, person, second_address, second_factor};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, TenantId},
    permission::{Permission, Role},
    secret::Secret,
    time::Timestamp,
};
use sqlx::AnyConnection;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    pub id: String,
    /// The tenant to administer, or `administrator::ALL`.
    pub administered: String,
    /// What the account will be.
    pub account: AccountId,
    pub address: String,
    pub name: String,
    pub role: Role,
    /// The account or application that asked.
    pub made_by: String,
    pub expires_at: Timestamp,
}

type Row = (String, String, String, String, String, String, String, i64);

fn read((id, administered, account, address, name, role, made_by, expires_at): Row) -> Option<Invitation> {
    Some(Invitation {
        id,
        administered,
        account: account.into(),
        address,
        name,
        role: Role::named(&role)?,
        made_by,
        expires_at: Timestamp(expires_at),
    })
}

/// The newer link takes the place of an older one for the same person and tenant.
pub async fn insert(c: &mut AnyConnection, new: &Invitation, hash: &str, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM invitations WHERE expires_at <= $1 OR (tenant_id = $2 AND address = $3)")
        .bind(now.0)
        .bind(&new.administered)
        .bind(&new.address)
        .execute(&mut *c)
        .await?;
    sqlx::query(
        "INSERT INTO invitations (id, tenant_id, hash, account_id, address, name, role, made_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&new.id)
    .bind(&new.administered)
    .bind(hash)
    .bind(new.account.as_str())
    .bind(&new.address)
    .bind(&new.name)
    .bind(new.role.word())
    .bind(&new.made_by)
    .bind(new.expires_at.0)
    .execute(c)
    .await?;
    Ok(())
}

/// Those that can still be used: of the tenant, and of all of them.
pub async fn list(db: &Db, tenant: &TenantId, now: Timestamp) -> Result<Vec<Invitation>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, tenant_id, account_id, address, name, role, made_by, expires_at FROM invitations
         WHERE tenant_id IN ($1, '*') AND expires_at > $2 ORDER BY expires_at, id",
    )
    .bind(tenant.as_str())
    .bind(now.0)
    .fetch_all(db.reader())
    .await?;
    Ok(rows.into_iter().filter_map(read).collect())
}

pub async fn by_link(db: &Db, hash: &str, now: Timestamp) -> Result<Invitation> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, tenant_id, account_id, address, name, role, made_by, expires_at FROM invitations
         WHERE hash = $1 AND expires_at > $2",
    )
    .bind(hash)
    .bind(now.0)
    .fetch_optional(db.reader())
    .await?;
    row.and_then(read).ok_or(Error::NotFound)
}

/// Whoever came by the link to an account of their address that somebody made and nobody proved.
pub struct Taker<'a> {
    pub account: &'a AccountId,
    pub address: &'a Folded,
    /// Of the new password.
    pub hash: &'a Secret,
    pub name: &'a str,
    /// Whoever guessed at the old one.
    pub guessers: &'a [String],
}

/// Whatever whoever had the account before knows or holds is worth nothing from now on (security R12). `Error::NotFound` where
/// the address was proved meanwhile: who signs in with it needs no link.
pub async fn take_over(c: &mut AnyConnection, home: &TenantId, taker: Taker<'_>, now: Timestamp) -> Result<()> {
    let Taker { account, address, hash, name, guessers } = taker;
    if !account::prove_address(c, home, account, address, now).await? {
        return Err(Error::NotFound);
    }
    person::reset_password(c, home, account, hash, false, guessers, now).await?;
    second_factor::remove(c, home, account).await?;
    second_address::remove(c, home, account).await?;
    person::set_attribute(c, home, account, "displayName", Some(name)).await?;
    person::index(c, home, account).await
}

/// Used up, or withdrawn: of two who try at once, one finds it gone.
pub async fn remove(c: &mut AnyConnection, id: &str) -> Result<()> {
    let removed = sqlx::query("DELETE FROM invitations WHERE id = $1").bind(id).execute(c).await?;
    if removed.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Whether whoever invited could still do so: a person who rules there and is not switched off, or an application that
/// may give roles.
pub async fn still_stands(c: &mut AnyConnection, home: &TenantId, invitation: &Invitation) -> Result<bool> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT CAST(1 AS BIGINT) FROM administrators r
         JOIN accounts a ON a.tenant_id = $1 AND a.id = r.account_id AND a.disabled_at IS NULL
         WHERE r.account_id = $2 AND r.role = $3 AND r.tenant_id IN ($4, '*')
         UNION ALL
         SELECT CAST(1 AS BIGINT) FROM application_roles r
         JOIN applications a ON a.tenant_id = r.tenant_id AND a.id = r.application_id AND a.disabled_at IS NULL
         WHERE r.application_id = $2 AND r.permission = $5 AND r.administered IN ($4, '*')",
    )
    .bind(home.as_str())
    .bind(&invitation.made_by)
    .bind(Role::GlobalAdministrator.word())
    .bind(&invitation.administered)
    .bind(Permission::RoleWrite.word())
    .fetch_all(c)
    .await?;
    Ok(!rows.is_empty())
}

/// Whoever may not invite any more has invited nobody.
pub async fn withdraw_of(c: &mut AnyConnection, administered: &str, made_by: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM invitations WHERE made_by = $1 AND (tenant_id = $2 OR $2 = '*')")
        .bind(made_by.as_str())
        .bind(administered)
        .execute(c)
        .await?;
    Ok(())
}
