//! Families of refresh tokens: everything that descends from one grant lives and dies together. Only the newest token of a
//! family works; who lost the answer gets the same successor for a moment; one that comes back later was stolen, and its
//! whole family dies (RFC 9700 §4.14.2).
//!
//! A family knows how often it was used, and no token at all: `oidc/refresh` makes and knows them by a keyed hash of family
//! and number. So a use is one row changed, and a stolen database holds no token.

use super::{Db, Durability, Statement, account::Profile, application::Platform, profile};
use crate::error::Result;
use app::contract::{
    id::{AccountId, ApplicationId, GrantId, SessionId, TenantId, UserFlowId},
    time::{Timestamp, millis},
};
use sqlx::{AnyConnection, FromRow, Row as _, any::AnyRow};
use std::{sync::LazyLock, time::Duration};

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
    /// When the token that works now runs out. Moved on by each use, never past the end.
    pub expires_at: Timestamp,
    /// How long one token is good for.
    pub lasts: Duration,
    /// When the family ends, however busy; nothing where it need not.
    pub ends_at: Option<Timestamp>,
    /// What the request called its flow, where it named one.
    pub flow_name: Option<String>,
    /// The tenant's own address, where its tokens were asked under one.
    pub asked_at: Option<String>,
    /// What the application asked for by name, as JSON.
    pub claims: Option<String>,
    /// How often it was used: the number of the one token that works.
    pub uses: i64,
    /// When it was used last.
    pub used_at: Timestamp,
}

pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, family: &Family, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO token_families (tenant_id, id, grant_id, application_id, account_id, session_id, user_flow_id, platform,
                                     scope, amr, signed_in_at, created_at, expires_at, uses, used_at, key_thumbprint,
                                     lasts, ends_at, flow_name, asked_at, claims)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
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
    .bind(millis(family.lasts))
    .bind(family.ends_at.map(|at| at.0))
    .bind(&family.flow_name)
    .bind(&family.asked_at)
    .bind(&family.claims)
    .execute(c)
    .await?;
    Ok(())
}

/// A family that is neither revoked nor past its time.
pub async fn find(db: &Db, tenant: &TenantId, id: &str, now: Timestamp) -> Result<Option<Family>> {
    let found = sqlx::query_as(
        "SELECT id, grant_id, application_id, account_id, session_id, user_flow_id, platform, scope, amr, signed_in_at,
                expires_at, uses, used_at, key_thumbprint, lasts, ends_at, flow_name, asked_at, claims
         FROM token_families WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL AND expires_at > $3",
    )
    .bind(tenant.as_str())
    .bind(id)
    .bind(now.0)
    .fetch_optional(db.reader())
    .await?;
    Ok(found)
}

impl FromRow<'_, AnyRow> for Family {
    fn from_row(row: &AnyRow) -> sqlx::Result<Family> {
        let text = |column| row.try_get::<String, _>(column);
        let platform = text("platform")?;
        Ok(Family {
            id: text("id")?,
            grant: text("grant_id")?.into(),
            application: text("application_id")?.into(),
            account: text("account_id")?.into(),
            session: text("session_id")?.into(),
            user_flow: text("user_flow_id")?.into(),
            platform: Platform::read(&platform).map_err(|error| sqlx::Error::Decode(error.into()))?,
            scope: text("scope")?,
            amr: text("amr")?.split_whitespace().map(str::to_owned).collect(),
            signed_in_at: Timestamp(row.try_get("signed_in_at")?),
            key: row.try_get("key_thumbprint")?,
            expires_at: Timestamp(row.try_get("expires_at")?),
            lasts: Duration::from_millis(row.try_get::<i64, _>("lasts")?.max(0).unsigned_abs()),
            ends_at: row.try_get::<Option<i64>, _>("ends_at")?.map(Timestamp),
            flow_name: row.try_get("flow_name")?,
            asked_at: row.try_get("asked_at")?,
            claims: row.try_get("claims")?,
            uses: row.try_get("uses")?,
            used_at: Timestamp(row.try_get("used_at")?),
        })
    }
}

/// A family as it is after its use, and whose it is: nobody any more where the account was deleted.
pub struct Used {
    pub family: Family,
    pub profile: Option<Profile>,
}

/// Uses token `number` of the application's family. None when that token is not the one that works: somebody was first, or
/// the family died.
pub async fn use_once(
    db: &Db,
    tenant: &TenantId,
    id: &str,
    application: &ApplicationId,
    number: i64,
    now: Timestamp,
) -> Result<Option<Used>> {
    static USE: LazyLock<String> = LazyLock::new(|| {
        let told = profile::told("token_families.tenant_id", "token_families.account_id");
        format!(
            "UPDATE token_families SET uses = uses + 1, used_at = $1,
                    expires_at = CASE WHEN ends_at < $1 + lasts THEN ends_at ELSE $1 + lasts END
             WHERE tenant_id = $2 AND id = $3 AND application_id = $4 AND uses = $5 AND revoked_at IS NULL
               AND expires_at > $1
             RETURNING id, grant_id, application_id, account_id, session_id, user_flow_id, platform, scope, amr,
                       signed_in_at, expires_at, uses, used_at, key_thumbprint, lasts, ends_at, flow_name, asked_at, claims,
                       {told} AS told"
        )
    });
    let used =
        Statement::new(USE.as_str()).bind(now.0).bind(tenant.as_str()).bind(id).bind(application.as_str()).bind(number);
    let Some(row) = db.ask(Durability::Lasting, used).await? else { return Ok(None) };
    let told: Option<String> = row.try_get("told")?;
    let profile = told.map_or(Ok(None), |told| profile::read(&told))?;
    Ok(Some(Used { family: Family::from_row(&row)?, profile }))
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
