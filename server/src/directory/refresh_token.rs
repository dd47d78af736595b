//! Refresh tokens and their families. A token is used once; who lost the answer gets the same successor for a moment;
//! a token that comes back later was stolen, and its whole family dies (RFC 9700 §4.14.2).

use super::application::Platform;
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, ApplicationId, GrantId, SessionId, TenantId, UserFlowId},
    time::Timestamp,
};
use sqlx::AnyConnection;
use std::time::Duration;

/// How long a used token still answers with the same successor.
pub const GRACE: Duration = Duration::from_secs(30);

/// Everything that descends from one grant.
#[derive(Clone, PartialEq, Debug)]
pub struct Family {
    pub id: String,
    pub grant: GrantId,
    pub application: ApplicationId,
    pub account: AccountId,
    pub session: SessionId,
    pub user_flow: UserFlowId,
    /// Of the redirect URI that the code went to.
    pub platform: Platform,
    pub scope: String,
    pub amr: Vec<String>,
    pub signed_in_at: Timestamp,
    /// Never moved on by rotation.
    pub expires_at: Timestamp,
}

pub async fn insert_family(
    c: &mut AnyConnection,
    tenant: &TenantId,
    family: &Family,
    token_hash: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO token_families (tenant_id, id, grant_id, application_id, account_id, session_id, user_flow_id, platform,
                                     scope, amr, signed_in_at, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(tenant.as_str())
    .bind(&family.id)
    .bind(family.grant.as_str())
    .bind(family.application.as_str())
    .bind(family.account.as_str())
    .bind(family.session.as_str())
    .bind(family.user_flow.as_str())
    .bind(family.platform.as_str())
    .bind(&family.scope)
    .bind(family.amr.join(" "))
    .bind(family.signed_in_at.0)
    .bind(now.0)
    .bind(family.expires_at.0)
    .execute(&mut *c)
    .await?;
    insert(c, tenant, &family.id, token_hash, now).await
}

async fn insert(c: &mut AnyConnection, tenant: &TenantId, family: &str, hash: &str, now: Timestamp) -> Result<()> {
    sqlx::query("INSERT INTO refresh_tokens (tenant_id, hash, family_id, issued_at) VALUES ($1, $2, $3, $4)")
        .bind(tenant.as_str())
        .bind(hash)
        .bind(family)
        .bind(now.0)
        .execute(c)
        .await?;
    Ok(())
}

#[derive(Clone, PartialEq, Debug)]
pub enum Rotation {
    /// The successor is the one that was handed in.
    Rotated(Family),
    /// Used a moment ago: the successor is the one issued then, still sealed.
    Again { family: Family, successor: String },
    /// Used before; the family is revoked now.
    Reused(Family),
    /// Unknown, expired, revoked, or another application's.
    Refused,
}

/// The token that replaces a used one.
#[derive(Clone, Debug)]
pub struct Successor {
    pub hash: String,
    pub sealed: String,
}

type FamilyRow = (String, String, String, String, String, String, String, String, String, i64, i64);

/// Uses a token. `application` is who presents it: another's token is refused and stays as it was.
pub async fn rotate(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    hash: &str,
    successor: &Successor,
    now: Timestamp,
) -> Result<Rotation> {
    let row: Option<(String,)> = sqlx::query_as(
        "UPDATE refresh_tokens SET used_at = $1, successor = $2, successor_hash = $3
         WHERE tenant_id = $4 AND hash = $5 AND used_at IS NULL
           AND family_id IN (SELECT id FROM token_families WHERE tenant_id = $4 AND id = refresh_tokens.family_id
                             AND application_id = $6 AND revoked_at IS NULL AND expires_at > $1)
         RETURNING family_id",
    )
    .bind(now.0)
    .bind(&successor.sealed)
    .bind(&successor.hash)
    .bind(tenant.as_str())
    .bind(hash)
    .bind(application.as_str())
    .fetch_optional(&mut *c)
    .await?;
    match row {
        Some((family,)) => {
            insert(c, tenant, &family, &successor.hash, now).await?;
            Ok(Rotation::Rotated(family_by_id(c, tenant, &family).await?))
        }
        None => used_before(c, tenant, application, hash, now).await,
    }
}

async fn used_before(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    hash: &str,
    now: Timestamp,
) -> Result<Rotation> {
    let row: Option<(String, i64, String, Option<i64>)> = sqlx::query_as(
        "SELECT t.family_id, t.used_at, t.successor, n.used_at FROM refresh_tokens t
         JOIN token_families f ON f.tenant_id = t.tenant_id AND f.id = t.family_id
         JOIN refresh_tokens n ON n.tenant_id = t.tenant_id AND n.hash = t.successor_hash
         WHERE t.tenant_id = $1 AND t.hash = $2 AND t.used_at IS NOT NULL
           AND f.application_id = $3 AND f.revoked_at IS NULL AND f.expires_at > $4",
    )
    .bind(tenant.as_str())
    .bind(hash)
    .bind(application.as_str())
    .bind(now.0)
    .fetch_optional(&mut *c)
    .await?;
    let Some((family, used_at, successor, successor_used_at)) = row else { return Ok(Rotation::Refused) };
    let family = family_by_id(c, tenant, &family).await?;
    // Only the immediately previous token gets a second answer, and only the same one.
    if Timestamp(used_at) + GRACE >= now && successor_used_at.is_none() {
        return Ok(Rotation::Again { family, successor });
    }
    revoke(c, tenant, &family.id, now).await?;
    Ok(Rotation::Reused(family))
}

async fn family_by_id(c: &mut AnyConnection, tenant: &TenantId, id: &str) -> Result<Family> {
    let row: Option<FamilyRow> = sqlx::query_as(
        "SELECT id, grant_id, application_id, account_id, session_id, user_flow_id, platform, scope, amr, signed_in_at,
                expires_at
         FROM token_families WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant.as_str())
    .bind(id)
    .fetch_optional(c)
    .await?;
    let (id, grant, application, account, session, user_flow, platform, scope, amr, signed_in_at, expires_at) =
        row.ok_or_else(|| Error::Internal("a refresh token without a family".into()))?;
    Ok(Family {
        id,
        grant: grant.into(),
        application: application.into(),
        account: account.into(),
        session: session.into(),
        user_flow: user_flow.into(),
        platform: Platform::read(&platform)?,
        scope,
        amr: amr.split_whitespace().map(str::to_owned).collect(),
        signed_in_at: Timestamp(signed_in_at),
        expires_at: Timestamp(expires_at),
    })
}

async fn revoke(c: &mut AnyConnection, tenant: &TenantId, family: &str, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE token_families SET revoked_at = $1 WHERE tenant_id = $2 AND id = $3 AND revoked_at IS NULL")
        .bind(now.0)
        .bind(tenant.as_str())
        .bind(family)
        .execute(c)
        .await?;
    Ok(())
}

pub async fn revoke_families_of_grant(
    c: &mut AnyConnection,
    tenant: &TenantId,
    grant: &GrantId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE token_families SET revoked_at = $1 WHERE tenant_id = $2 AND grant_id = $3 AND revoked_at IS NULL",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(grant.as_str())
    .execute(c)
    .await?;
    Ok(())
}
