//! People made, changed, deleted and brought back, one write each, for a unit that tells the audit as well.

use super::{Identity, Person};
use crate::{
    directory::{
        account,
        db::taken,
        device, guess,
        identity::{self, Folded},
        search, tenant,
    },
    error::{Error, Result},
};
use app::contract::{
    id::{AccountId, TenantId, UserFlowId},
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

const PARTS: u32 = 16;

/// The part of the counts that an account counts in.
pub(super) fn part(account: &AccountId) -> i64 {
    let sum = account.as_str().bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    i64::from(sum % PARTS)
}

/// Somebody came (1) or went (-1).
pub(in crate::directory) async fn tally(
    c: &mut AnyConnection,
    tenant: &TenantId,
    flow: Option<&UserFlowId>,
    account: &AccountId,
    by: i64,
) -> Result<()> {
    tally_part(c, tenant, flow.map_or("", UserFlowId::as_str), part(account), by).await
}

pub(super) async fn tally_part(c: &mut AnyConnection, tenant: &TenantId, flow: &str, part: i64, by: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO people_counts (tenant_id, user_flow_id, part, people) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, user_flow_id, part) DO UPDATE SET people = people_counts.people + excluded.people",
    )
    .bind(tenant.as_str())
    .bind(flow)
    .bind(part)
    .bind(by)
    .execute(c)
    .await?;
    Ok(())
}

/// Somebody whom an administrator adds.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub id: AccountId,
    pub user_type: String,
    pub disabled: bool,
    pub identities: Vec<Identity>,
    /// Whether the addresses among them are known to be theirs.
    pub vouched: bool,
    /// The address for resets of whoever has a user name; known to be theirs.
    pub contact: Option<String>,
    pub other_addresses: Vec<String>,
    /// Its hash.
    pub password: Option<Secret>,
    pub must_change_password: bool,
    pub attributes: BTreeMap<String, String>,
}

/// `Error::Taken` where somebody else is known by one of the names.
pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, new: &NewPerson, now: Timestamp) -> Result<()> {
    let method = if new.password.is_some() { Method::Password } else { Method::Passcode };
    sqlx::query(
        "INSERT INTO accounts (tenant_id, id, method, created_at, disabled_at, user_type, must_change_password_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant.as_str())
    .bind(new.id.as_str())
    .bind(account::write_method(method))
    .bind(now.0)
    .bind(new.disabled.then_some(now.0))
    .bind(&new.user_type)
    .bind(new.must_change_password.then_some(now.0))
    .execute(&mut *c)
    .await?;
    set_identities(c, tenant, &new.id, &new.identities, now).await?;
    if !new.vouched {
        sqlx::query("UPDATE addresses SET verified_at = NULL WHERE tenant_id = $1 AND account_id = $2")
            .bind(tenant.as_str())
            .bind(new.id.as_str())
            .execute(&mut *c)
            .await?;
    }
    if let Some(contact) = &new.contact {
        identity::insert_address(c, tenant, &new.id, "contact", contact, Some(now)).await?;
    }
    set_other_addresses(c, tenant, &new.id, &new.other_addresses).await?;
    if let Some(password) = &new.password {
        account::set_password(c, tenant, &new.id, password, now).await?;
    }
    for (attribute, value) in &new.attributes {
        set_attribute(c, tenant, &new.id, attribute, Some(value)).await?;
    }
    index(c, tenant, &new.id).await?;
    tally(c, tenant, None, &new.id, 1).await?;
    tenant::note_method(c, tenant, method, now).await
}

/// These names instead of all before. An administrator vouches for the addresses among them; one that was there and never
/// proved stays so, however it is spelled now.
pub async fn set_identities(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    identities: &[Identity],
    now: Timestamp,
) -> Result<()> {
    forget_names(c, tenant, account).await?;
    let unproved: Vec<String> = sqlx::query_scalar(
        "DELETE FROM addresses WHERE tenant_id = $1 AND account_id = $2 AND kind = 'signIn'
         RETURNING CASE WHEN verified_at IS NULL THEN address ELSE '' END",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(&mut *c)
    .await?;
    let unproved: Vec<Folded> = unproved.iter().map(|address| Folded::address(address)).collect();
    for identity in identities {
        sqlx::query(
            "INSERT INTO identities (tenant_id, sign_in_type, issuer, folded, issuer_assigned_id, account_id)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(tenant.as_str())
        .bind(&identity.sign_in_type)
        .bind(&identity.issuer)
        .bind(identity.folded())
        .bind(&identity.issuer_assigned_id)
        .bind(account.as_str())
        .execute(&mut *c)
        .await
        .map_err(taken)?;
        if identity.sign_in_type == identity::EMAIL_ADDRESS {
            sqlx::query(
                "INSERT INTO addresses (tenant_id, account_id, kind, address, verified_at) VALUES ($1, $2, 'signIn', $3, $4)
                 ON CONFLICT (tenant_id, account_id, kind, address) DO NOTHING",
            )
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(&identity.issuer_assigned_id)
            .bind((!unproved.contains(&Folded::address(&identity.issuer_assigned_id))).then_some(now.0))
            .execute(&mut *c)
            .await?;
        }
    }
    Ok(())
}

async fn forget_names(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM identities WHERE tenant_id = $1 AND account_id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(())
}

pub async fn set_other_addresses(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    addresses: &[String],
) -> Result<()> {
    sqlx::query("DELETE FROM addresses WHERE tenant_id = $1 AND account_id = $2 AND kind = 'other'")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(&mut *c)
        .await?;
    for address in addresses {
        sqlx::query("INSERT INTO addresses (tenant_id, account_id, kind, address) VALUES ($1, $2, 'other', $3)")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(address)
            .execute(&mut *c)
            .await
            .map_err(taken)?;
    }
    Ok(())
}

/// Nothing forgets the value.
pub async fn set_attribute(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    attribute: &str,
    value: Option<&str>,
) -> Result<()> {
    let Some(value) = value else {
        sqlx::query("DELETE FROM attribute_values WHERE tenant_id = $1 AND account_id = $2 AND attribute_id = $3")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(attribute)
            .execute(c)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO attribute_values (tenant_id, account_id, attribute_id, value, beginning) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, account_id, attribute_id)
         DO UPDATE SET value = excluded.value, beginning = excluded.beginning",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(attribute)
    .bind(value)
    .bind(search::beginning(attribute, value))
    .execute(c)
    .await?;
    Ok(())
}

/// After names or sign-in names changed: where the person stands in lists, and under which words they are found.
pub async fn index(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT attribute_id, value FROM attribute_values WHERE tenant_id = $1 AND account_id = $2
         AND attribute_id IN ('displayName', 'givenName', 'surname')",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(&mut *c)
    .await?;
    let known_as: Vec<(String,)> = sqlx::query_as(
        "SELECT issuer_assigned_id FROM identities WHERE tenant_id = $1 AND account_id = $2 AND sign_in_type <> 'federated'",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(&mut *c)
    .await?;
    let display = names.iter().find(|(id, _)| id == "displayName").map(|(_, name)| name.as_str());
    let sort_name = search::sort_name(display.or(known_as.first().map(|(name,)| name.as_str())).unwrap_or_default());
    sqlx::query("UPDATE accounts SET sort_name = $1 WHERE tenant_id = $2 AND id = $3")
        .bind(sort_name)
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(&mut *c)
        .await?;
    let words =
        search::words(names.iter().map(|(_, name)| name.as_str()), known_as.iter().map(|(name,)| name.as_str()));
    search::write(c, tenant, account, &words).await
}

/// Ends all sessions and refresh tokens; older ones count for nothing from now on.
pub async fn revoke_sessions(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query("UPDATE accounts SET sessions_valid_from = $1 WHERE tenant_id = $2 AND id = $3")
        .bind(now.0)
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(&mut *c)
        .await?;
    account::end_everything(c, tenant, account, now).await
}

/// On or off; off ends everything that acts for them.
pub async fn set_disabled(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query("UPDATE accounts SET disabled_at = $1 WHERE tenant_id = $2 AND id = $3")
        .bind(at.map(|at| at.0))
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(&mut *c)
        .await?;
    match at {
        Some(now) => account::end_everything(c, tenant, account, now).await,
        None => Ok(()),
    }
}

/// An administrator's password: it ends everything that the old one opened, and nobody has guessed at it yet: what `guessers`
/// tried is forgotten (security R1).
pub async fn reset_password(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    hash: &Secret,
    must_change: bool,
    guessers: &[String],
    now: Timestamp,
) -> Result<()> {
    account::set_password(c, tenant, account, hash, now).await?;
    for guesser in guessers {
        guess::forget(tenant, guesser).run(c).await?;
    }
    sqlx::query(
        "UPDATE accounts SET must_change_password_at = $1, method = 'password' WHERE tenant_id = $2 AND id = $3",
    )
    .bind(must_change.then_some(now.0))
    .bind(tenant.as_str())
    .bind(account.as_str())
    .execute(&mut *c)
    .await?;
    device::forget_all(c, tenant, account).await?;
    revoke_sessions(c, tenant, account, now).await?;
    tenant::note_method(c, tenant, Method::Password, now).await
}

/// Takes the person out of sight: their names are free, nothing acts for them, and for thirty days they can come back.
pub async fn delete(c: &mut AnyConnection, tenant: &TenantId, person: &Person, now: Timestamp) -> Result<()> {
    let identities = serde_json::to_string(&person.identities)?;
    let deleted = sqlx::query(
        "UPDATE accounts SET deleted_at = $1, deleted_identities = $2 WHERE tenant_id = $3 AND id = $4 AND deleted_at IS NULL",
    )
    .bind(now.0)
    .bind(identities)
    .bind(tenant.as_str())
    .bind(person.id.as_str())
    .execute(&mut *c)
    .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    forget_names(c, tenant, &person.id).await?;
    search::forget(c, tenant, &person.id).await?;
    device::forget_all(c, tenant, &person.id).await?;
    tally(c, tenant, person.user_flow.as_ref(), &person.id, -1).await?;
    revoke_sessions(c, tenant, &person.id, now).await
}

/// `Error::Taken` where somebody else has one of the names by now.
pub async fn restore(c: &mut AnyConnection, tenant: &TenantId, person: &Person, now: Timestamp) -> Result<()> {
    let restored = sqlx::query(
        "UPDATE accounts SET deleted_at = NULL, deleted_identities = NULL
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL",
    )
    .bind(tenant.as_str())
    .bind(person.id.as_str())
    .execute(&mut *c)
    .await?;
    if restored.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    set_identities(c, tenant, &person.id, &person.identities, now).await?;
    index(c, tenant, &person.id).await?;
    tally(c, tenant, person.user_flow.as_ref(), &person.id, 1).await
}
