//! Sessions: a person signed in at a browser. The cookie's secret is kept as a hash; tokens know the session by its id.

use super::{Db, Durability, Statement};
use crate::error::Result;
use app::contract::{
    flow_rules::SessionScope,
    id::{AccountId, ApplicationId, SessionId, TenantId, UserFlowId},
    time::Timestamp,
};
use sqlx::{AnyConnection, FromRow, Row as _, any::AnyRow};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// However busy, a session that is not kept is over after this (NIST 800-63B §2.2.3, AAL1).
pub const LONGEST: Duration = DAY.saturating_mul(30);

#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    pub id: SessionId,
    /// Hash of the cookie's secret.
    pub hash: String,
    pub account: AccountId,
    pub amr: Vec<String>,
    /// When the person last proved who they are (`auth_time`).
    pub signed_in_at: Timestamp,
    pub seen_at: Timestamp,
    /// Never moved on: the session is over then, however busy.
    pub expires_at: Timestamp,
    /// Since when it outlives the browser ("Keep me signed in").
    pub kept_at: Option<Timestamp>,
    /// Of the pages on which the person signed in: mail about the session is written in it.
    pub language: String,
    /// Over when nobody uses it for so long, unless it is kept.
    pub idle: Duration,
    /// Whom it signs in to, and where it began.
    pub scope: SessionScope,
    pub application: Option<ApplicationId>,
    pub user_flow: Option<UserFlowId>,
}

impl Session {
    /// Whether somebody who signed in so is signed in to that application by that flow, where both the flow in which it began
    /// and the one that asks have a say.
    pub fn is_for(&self, application: &ApplicationId, user_flow: &UserFlowId, asked: SessionScope) -> bool {
        [self.scope, asked].into_iter().all(|scope| match scope {
            SessionScope::Tenant => true,
            SessionScope::Application => self.application.as_ref() == Some(application),
            SessionScope::Flow => self.user_flow.as_ref() == Some(user_flow),
            SessionScope::Suppressed => false,
        })
    }
}

const SCOPES: [(SessionScope, &str); 4] = [
    (SessionScope::Tenant, "tenant"),
    (SessionScope::Application, "application"),
    (SessionScope::Flow, "flow"),
    (SessionScope::Suppressed, "suppressed"),
];

pub fn insert(tenant: &TenantId, session: &Session) -> Statement {
    Statement::new(
        "INSERT INTO sessions (tenant_id, id, hash, account_id, amr, signed_in_at, seen_at, expires_at, kept_at, language,
                               idle, scope, application_id, user_flow_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(tenant.as_str())
    .bind(session.id.as_str())
    .bind(&session.hash)
    .bind(session.account.as_str())
    .bind(session.amr.join(" "))
    .bind(session.signed_in_at.0)
    .bind(session.seen_at.0)
    .bind(session.expires_at.0)
    .bind(session.kept_at.map(|at| at.0))
    .bind(&session.language)
    .bind(millis(session.idle))
    .bind(SCOPES.iter().find(|(scope, _)| *scope == session.scope).map(|(_, word)| *word))
    .bind(session.application.as_ref().map(ApplicationId::as_str))
    .bind(session.user_flow.as_ref().map(UserFlowId::as_str))
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// A session that is neither ended nor past its time nor idle too long, of an account that is not switched off.
pub async fn find(db: &Db, tenant: &TenantId, hash: &str, now: Timestamp) -> Result<Option<Session>> {
    let found = sqlx::query_as(
        "SELECT s.id, s.hash, s.account_id, s.amr, s.signed_in_at, s.seen_at, s.expires_at, s.kept_at,
                s.language, s.idle, s.scope, s.application_id, s.user_flow_id FROM sessions s
         JOIN accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id AND a.disabled_at IS NULL
         WHERE s.tenant_id = $1 AND s.hash = $2 AND s.ended_at IS NULL AND s.expires_at > $3
           AND (s.kept_at IS NOT NULL OR s.seen_at + s.idle > $3)",
    )
    .bind(tenant.as_str())
    .bind(hash)
    .bind(now.0)
    .fetch_optional(db.reader())
    .await?;
    Ok(found)
}

impl FromRow<'_, AnyRow> for Session {
    fn from_row(row: &AnyRow) -> sqlx::Result<Session> {
        let text = |column| row.try_get::<String, _>(column);
        let word = text("scope")?;
        let scope = SCOPES.iter().find(|(_, known)| *known == word).map(|(scope, _)| *scope);
        Ok(Session {
            id: text("id")?.into(),
            hash: text("hash")?,
            account: text("account_id")?.into(),
            amr: text("amr")?.split_whitespace().map(str::to_owned).collect(),
            signed_in_at: Timestamp(row.try_get("signed_in_at")?),
            seen_at: Timestamp(row.try_get("seen_at")?),
            expires_at: Timestamp(row.try_get("expires_at")?),
            kept_at: row.try_get::<Option<i64>, _>("kept_at")?.map(Timestamp),
            language: text("language")?,
            idle: Duration::from_millis(row.try_get::<i64, _>("idle")?.max(0).unsigned_abs()),
            scope: scope.ok_or_else(|| sqlx::Error::Decode(format!("a session for {word:?}").into()))?,
            application: row.try_get::<Option<String>, _>("application_id")?.map(Into::into),
            user_flow: row.try_get::<Option<String>, _>("user_flow_id")?.map(Into::into),
        })
    }
}

pub async fn touch(db: &Db, tenant: &TenantId, id: &SessionId, now: Timestamp) -> Result<()> {
    let (tenant, id) = (tenant.clone(), id.clone());
    db.change(Durability::Fleeting, move |c| {
        Box::pin(async move {
            sqlx::query("UPDATE sessions SET seen_at = $1 WHERE tenant_id = $2 AND id = $3 AND seen_at < $1")
                .bind(now.0)
                .bind(tenant.as_str())
                .bind(id.as_str())
                .execute(c)
                .await?;
            Ok(())
        })
    })
    .await
}

/// Ends one session and every refresh token that was issued in it.
pub async fn end(c: &mut AnyConnection, tenant: &TenantId, id: &SessionId, now: Timestamp) -> Result<()> {
    for sql in [
        "UPDATE sessions SET ended_at = $1 WHERE tenant_id = $2 AND id = $3 AND ended_at IS NULL",
        "UPDATE token_families SET revoked_at = $1 WHERE tenant_id = $2 AND session_id = $3 AND revoked_at IS NULL",
    ] {
        sqlx::query(sql).bind(now.0).bind(tenant.as_str()).bind(id.as_str()).execute(&mut *c).await?;
    }
    Ok(())
}

/// A session in the place of the one whose cookie the browser brought, which ends.
///
/// What it had opened for another person ends with it: whoever sits there now must not go on with their refresh tokens. The
/// same person, who only proved anew who they are (`prompt=login`, `max_age`), keeps what they had, or one application's
/// wish for a fresh proof would sign them out of all the others. It becomes the new session's, so that signing out, which
/// knows only the session that there is, still ends all of it.
pub async fn replace(c: &mut AnyConnection, tenant: &TenantId, before: &str, session: &Session) -> Result<()> {
    let now = session.signed_in_at;
    let ended: Option<(String, String)> = sqlx::query_as(
        "UPDATE sessions SET ended_at = $1 WHERE tenant_id = $2 AND hash = $3 AND ended_at IS NULL RETURNING id, account_id",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(before)
    .fetch_optional(&mut *c)
    .await?;
    insert(tenant, session).run(c).await?;
    match ended {
        Some((before, account)) if account == session.account.as_str() => {
            hand_over(c, tenant, &before.into(), &session.id).await
        }
        Some((before, _)) => end(c, tenant, &before.into(), now).await,
        None => Ok(()),
    }
}

async fn hand_over(c: &mut AnyConnection, tenant: &TenantId, from: &SessionId, to: &SessionId) -> Result<()> {
    for sql in [
        "UPDATE token_families SET session_id = $1 WHERE tenant_id = $2 AND session_id = $3 AND revoked_at IS NULL",
        "INSERT INTO session_applications (tenant_id, session_id, application_id, issuer)
         SELECT tenant_id, $1, application_id, issuer FROM session_applications WHERE tenant_id = $2 AND session_id = $3",
    ] {
        sqlx::query(sql).bind(to.as_str()).bind(tenant.as_str()).bind(from.as_str()).execute(&mut *c).await?;
    }
    Ok(())
}

/// In which language to write about a session, be it over or not.
pub async fn language(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT language FROM sessions WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.as_str())
        .fetch_optional(db.reader())
        .await?;
    Ok(row.map(|(language,)| language))
}

/// In which language the person signed in last, as far as their sessions are remembered.
pub async fn last_language(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT language FROM sessions WHERE tenant_id = $1 AND account_id = $2 ORDER BY signed_in_at DESC, id LIMIT 1",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_optional(db.reader())
    .await?;
    Ok(row.map(|(language,)| language))
}

/// Does it still run? (Access tokens of an ended session are good for nothing at our own endpoints.)
pub async fn is_running(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<bool> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT seen_at FROM sessions WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL")
            .bind(tenant.as_str())
            .bind(id.as_str())
            .fetch_optional(db.reader())
            .await?;
    Ok(row.is_some())
}

/// Remembers that the session signed in to the application: it may end it without asking the person.
pub fn note_application(tenant: &TenantId, id: &SessionId, application: &ApplicationId) -> Statement {
    Statement::new(
        "INSERT INTO session_applications (tenant_id, session_id, application_id) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, session_id, application_id) DO NOTHING",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(application.as_str())
}

/// Remembers who told the application of the session, where that is not the tenant by its usual name: it hears from the same
/// that the session ended.
pub async fn note_issuer(
    db: &Db,
    tenant: &TenantId,
    id: &SessionId,
    application: &ApplicationId,
    issuer: &str,
) -> Result<()> {
    let (tenant, id, application, issuer) = (tenant.clone(), id.clone(), application.clone(), issuer.to_owned());
    db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "UPDATE session_applications SET issuer = $1
                 WHERE tenant_id = $2 AND session_id = $3 AND application_id = $4",
            )
            .bind(issuer)
            .bind(tenant.as_str())
            .bind(id.as_str())
            .bind(application.as_str())
            .execute(c)
            .await?;
            Ok(())
        })
    })
    .await
}

/// Whom the session signed in to, and who told each of them of it.
pub async fn list_applications_with_issuers(
    db: &Db,
    tenant: &TenantId,
    id: &SessionId,
) -> Result<Vec<(ApplicationId, Option<String>)>> {
    let sql = "SELECT application_id, issuer FROM session_applications WHERE tenant_id = $1 AND session_id = $2
               ORDER BY application_id";
    let rows: Vec<(String, Option<String>)> =
        sqlx::query_as(sql).bind(tenant.as_str()).bind(id.as_str()).fetch_all(db.reader()).await?;
    Ok(rows.into_iter().map(|(id, issuer)| (id.into(), issuer)).collect())
}

pub async fn list_applications(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<Vec<ApplicationId>> {
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT application_id FROM session_applications WHERE tenant_id = $1 AND session_id = $2")
            .bind(tenant.as_str())
            .bind(id.as_str())
            .fetch_all(db.reader())
            .await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
