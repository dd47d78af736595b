//! Families of refresh tokens: everything that descends from one grant lives and dies together. Only the newest token of a
//! family works; who lost the answer gets the same successor for a moment; one that comes back later was stolen, and its
//! whole family dies (RFC 9700 §4.14.2).
//!
//! A family knows how often it was used, and no token at all: `oidc/refresh` makes and knows them by a keyed hash of family
//! and number. So a use is one row changed, and a stolen database holds no token.

use super::{Db, Durability, application::Platform};
use crate::error::Result;
use app::contract::{
    id::{AccountId, ApplicationId, GrantId, SessionId, TenantId, UserFlowId},
    time::Timestamp,
};
use sqlx::AnyConnection;
use std::time::Duration;

/// How long a used token still answers with the same successor.
pub const GRACE: Duration = Duration::from_secs(30);

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
    /// The key that every refresh is proved with, where nothing else proves the application (RFC 9449 §5).
    pub key: Option<String>,
    /// Never moved on by rotation.
    pub expires_at: Timestamp,
    /// How often it was used: the number of the one token that works.
    pub uses: i64,
    /// When it was used last.
    pub used_at: Timestamp,
}

pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, family: &Family, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO token_families (tenant_id, id, grant_id, application_id, account_id, session_id, user_flow_id, platform,
                                     scope, amr, signed_in_at, created_at, expires_at, uses, used_at, key_thumbprint)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
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
    .bind(family.uses)
    .bind(family.used_at.0)
    .bind(&family.key)
    .execute(c)
    .await?;
    Ok(())
}

type Row = (String, String, String, String, String, String, String, String, String, i64, i64, i64, i64, Option<String>);

/// A family that is neither revoked nor past its time.
pub async fn find(db: &Db, tenant: &TenantId, id: &str, now: Timestamp) -> Result<Option<Family>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, grant_id, application_id, account_id, session_id, user_flow_id, platform, scope, amr, signed_in_at,
                expires_at, uses, used_at, key_thumbprint
         FROM token_families WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL AND expires_at > $3",
    )
    .bind(tenant.as_str())
    .bind(id)
    .bind(now.0)
    .fetch_optional(db.reader())
    .await?;
    row.map(read).transpose()
}

fn read(row: Row) -> Result<Family> {
    let (
        id,
        grant,
        application,
        account,
        session,
        user_flow,
        platform,
        scope,
        amr,
        signed_in,
        expires,
        uses,
        used,
        key,
    ) = row;
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
        signed_in_at: Timestamp(signed_in),
        key,
        expires_at: Timestamp(expires),
        uses,
        used_at: Timestamp(used),
    })
}

/// Uses token `number` of the application's family, and gives the family as it is then. None when that token is not the
/// one that works: somebody was first, or the family died.
pub async fn use_once(
    db: &Db,
    tenant: &TenantId,
    id: &str,
    application: &ApplicationId,
    number: i64,
    now: Timestamp,
) -> Result<Option<Family>> {
    let (tenant, id, application) = (tenant.clone(), id.to_owned(), application.clone());
    db.change(Durability::Lasting, move |c| {
        Box::pin(async move {
            let row: Option<Row> = sqlx::query_as(
                "UPDATE token_families SET uses = uses + 1, used_at = $1
                 WHERE tenant_id = $2 AND id = $3 AND application_id = $4 AND uses = $5 AND revoked_at IS NULL
                   AND expires_at > $1
                 RETURNING id, grant_id, application_id, account_id, session_id, user_flow_id, platform, scope, amr,
                           signed_in_at, expires_at, uses, used_at, key_thumbprint",
            )
            .bind(now.0)
            .bind(tenant.as_str())
            .bind(id)
            .bind(application.as_str())
            .bind(number)
            .fetch_optional(c)
            .await?;
            row.map(read).transpose()
        })
    })
    .await
}

/// Undoes a use whose request was refused after all: the same token works again.
pub async fn give_back(db: &Db, tenant: &TenantId, family: &Family) -> Result<()> {
    let (tenant, id, uses) = (tenant.clone(), family.id.clone(), family.uses);
    db.change(Durability::Lasting, move |c| {
        Box::pin(async move {
            sqlx::query("UPDATE token_families SET uses = uses - 1 WHERE tenant_id = $1 AND id = $2 AND uses = $3")
                .bind(tenant.as_str())
                .bind(id)
                .bind(uses)
                .execute(c)
                .await?;
            Ok(())
        })
    })
    .await
}

/// False when it was revoked before.
pub async fn revoke(c: &mut AnyConnection, tenant: &TenantId, id: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE token_families SET revoked_at = $1 WHERE tenant_id = $2 AND id = $3 AND revoked_at IS NULL";
    let revoked = sqlx::query(sql).bind(now.0).bind(tenant.as_str()).bind(id).execute(c).await?;
    Ok(revoked.rows_affected() == 1)
}

pub async fn revoke_of_grant(c: &mut AnyConnection, tenant: &TenantId, grant: &GrantId, now: Timestamp) -> Result<()> {
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
