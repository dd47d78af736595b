//! Sessions: a person signed in at a browser. The cookie's secret is kept as a hash; tokens know the session by its id.

mod told;

use super::{Db, Durability, Statement, account::Profile, goodbye, profile};
use crate::error::Result;
use app::contract::{
    flow_rules::SessionScope,
    id::{AccountId, ApplicationId, SessionId, TenantId, UserFlowId},
    time::{Timestamp, millis},
};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, FromRow, Row as _, any::AnyRow};
use std::{sync::LazyLock, time::Duration};

pub use told::{SignedInTo, is_told_as, list_applications, list_told, note_application, note_issuer};

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
    /// Where the person proved who they are, the newest first. The session lasts as long as any of it.
    pub begun: Vec<Begun>,
}

/// One sign-in of a session: whom it signs in to, and until when. A browser has one session with a tenant, and each flow its
/// own rules: what one of them gave is neither taken back nor lengthened by a sign-in through another.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Begun {
    pub scope: SessionScope,
    pub application: Option<ApplicationId>,
    pub user_flow: Option<UserFlowId>,
    /// However busy.
    pub expires_at: Timestamp,
    /// Over after so many minutes of rest, unless it is kept.
    pub minutes: u32,
    pub kept: bool,
}

impl Begun {
    pub fn idle(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.minutes))
    }

    /// Where both the flow in which it began and the one that asks have a say.
    fn is_for(&self, application: &ApplicationId, user_flow: &UserFlowId, asked: SessionScope) -> bool {
        [self.scope, asked].into_iter().all(|scope| match scope {
            SessionScope::Tenant => true,
            SessionScope::Application => self.application.as_ref() == Some(application),
            SessionScope::Flow => self.user_flow.as_ref() == Some(user_flow),
            SessionScope::Suppressed => false,
        })
    }
}

impl Session {
    /// Whether somebody who signed in so is signed in to that application by that flow, whose own scope is `asked`.
    pub fn is_for(
        &self,
        application: &ApplicationId,
        user_flow: &UserFlowId,
        asked: SessionScope,
        now: Timestamp,
    ) -> bool {
        self.begun.iter().any(|begun| begun.is_for(application, user_flow, asked) && self.still_has(begun, now))
    }

    fn still_has(&self, begun: &Begun, now: Timestamp) -> bool {
        let is_kept = begun.kept && self.kept_at.is_some();
        begun.expires_at > now && (is_kept || self.seen_at + begun.idle() > now)
    }

    /// With what is left of the one before it, of the same person at the same browser. A sign-in to the same application by
    /// the same flow takes the place of the earlier one.
    fn after(mut self, before: &Session) -> Self {
        let now = self.signed_in_at;
        let place = |begun: &Begun| (begun.application.clone(), begun.user_flow.clone());
        let newest = self.begun.iter().map(place).collect::<Vec<_>>();
        let left = before.begun.iter().filter(|begun| before.still_has(begun, now) && !newest.contains(&place(begun)));
        self.begun.extend(left.cloned());
        let longest = self.begun.iter().map(|begun| begun.expires_at).max().unwrap_or(self.expires_at);
        // Who did not ask for it this time is not kept any more.
        self.expires_at = if self.kept_at.is_some() { longest } else { longest.min(now + LONGEST) };
        self.idle = self.begun.iter().map(Begun::idle).max().unwrap_or(self.idle);
        self
    }

    /// The flow of the newest sign-in.
    pub fn user_flow(&self) -> Option<&UserFlowId> {
        self.begun.first()?.user_flow.as_ref()
    }
}

const SCOPES: [(SessionScope, &str); 4] = [
    (SessionScope::Tenant, "tenant"),
    (SessionScope::Application, "application"),
    (SessionScope::Flow, "flow"),
    (SessionScope::Suppressed, "suppressed"),
];

pub fn insert(tenant: &TenantId, session: &Session) -> Result<Statement> {
    let newest = session.begun.first();
    let scope = newest.map(|begun| begun.scope).unwrap_or_default();
    let insert = Statement::new(
        "INSERT INTO sessions (tenant_id, id, hash, account_id, amr, signed_in_at, seen_at, expires_at, kept_at, language,
                               idle, scope, application_id, user_flow_id, begun)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
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
    // An older server reads the newest sign-in here.
    .bind(SCOPES.iter().find(|(known, _)| *known == scope).map(|(_, word)| *word))
    .bind(newest.and_then(|begun| begun.application.as_ref()).map(ApplicationId::as_str))
    .bind(session.user_flow().map(UserFlowId::as_str))
    .bind(serde_json::to_string(&session.begun)?);
    Ok(insert)
}

/// A session that is neither ended nor past its time nor idle too long, of an account that is neither switched off nor deleted.
pub async fn find(db: &Db, tenant: &TenantId, hash: &str, now: Timestamp) -> Result<Option<Session>> {
    let found = sqlx::query_as(
        "SELECT s.id, s.hash, s.account_id, s.amr, s.signed_in_at, s.seen_at, s.expires_at, s.kept_at,
                s.language, s.idle, s.scope, s.application_id, s.user_flow_id, s.begun FROM sessions s
         JOIN accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
          AND a.disabled_at IS NULL AND a.deleted_at IS NULL
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
        let (expires_at, idle) = (Timestamp(row.try_get("expires_at")?), row.try_get::<i64, _>("idle")?);
        let idle = Duration::from_millis(idle.max(0).unsigned_abs());
        let kept_at = row.try_get::<Option<i64>, _>("kept_at")?.map(Timestamp);
        let begun = match row.try_get::<Option<String>, _>("begun")? {
            Some(begun) => serde_json::from_str(&begun).map_err(|error| sqlx::Error::Decode(error.into()))?,
            None => {
                let word = text("scope")?;
                let scope = SCOPES.iter().find(|(_, known)| *known == word).map(|(scope, _)| *scope);
                vec![Begun {
                    scope: scope.ok_or_else(|| sqlx::Error::Decode(format!("a session for {word:?}").into()))?,
                    application: row.try_get::<Option<String>, _>("application_id")?.map(Into::into),
                    user_flow: row.try_get::<Option<String>, _>("user_flow_id")?.map(Into::into),
                    expires_at,
                    minutes: u32::try_from(idle.as_secs() / 60).unwrap_or(u32::MAX),
                    kept: kept_at.is_some(),
                }]
            }
        };
        Ok(Session {
            id: text("id")?.into(),
            hash: text("hash")?,
            account: text("account_id")?.into(),
            amr: text("amr")?.split_whitespace().map(str::to_owned).collect(),
            signed_in_at: Timestamp(row.try_get("signed_in_at")?),
            seen_at: Timestamp(row.try_get("seen_at")?),
            expires_at,
            kept_at,
            language: text("language")?,
            idle,
            begun,
        })
    }
}

/// Somebody used it. What had rested too long by then does not come back.
pub async fn touch(db: &Db, tenant: &TenantId, session: &Session, now: Timestamp) -> Result<()> {
    let (tenant, id) = (tenant.clone(), session.id.clone());
    let left: Vec<&Begun> = session.begun.iter().filter(|begun| session.still_has(begun, now)).collect();
    let begun = serde_json::to_string(&left)?;
    db.change(Durability::Fleeting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "UPDATE sessions SET seen_at = $1, begun = $2 WHERE tenant_id = $3 AND id = $4 AND seen_at < $1",
            )
            .bind(now.0)
            .bind(begun)
            .bind(tenant.as_str())
            .bind(id.as_str())
            .execute(c)
            .await?;
            Ok(())
        })
    })
    .await
}

/// Ends one session and every refresh token that was issued in it; its applications are to hear.
pub async fn end(c: &mut AnyConnection, tenant: &TenantId, id: &SessionId, now: Timestamp) -> Result<()> {
    let ended = sqlx::query("UPDATE sessions SET ended_at = $1 WHERE tenant_id = $2 AND id = $3 AND ended_at IS NULL")
        .bind(now.0)
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(&mut *c)
        .await?;
    match ended.rows_affected() {
        0 => Ok(()),
        _ => follow(c, tenant, id, now).await,
    }
}

/// What follows from the end of a session.
async fn follow(c: &mut AnyConnection, tenant: &TenantId, id: &SessionId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE token_families SET revoked_at = $1 WHERE tenant_id = $2 AND session_id = $3 AND revoked_at IS NULL",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(id.as_str())
    .execute(&mut *c)
    .await?;
    goodbye::note(c, tenant, id, now).await
}

/// A session in the place of the one whose cookie the browser brought, which ends.
///
/// What it had opened for another person ends with it: whoever sits there now must not go on with their refresh tokens. The
/// same person, who only proved anew who they are (`prompt=login`, `max_age`, a flow of its own scope), keeps what they had,
/// or one application's wish for a fresh proof would sign them out of all the others. It becomes the new session's, so that
/// signing out, which knows only the session that there is, still ends all of it.
pub async fn replace(c: &mut AnyConnection, tenant: &TenantId, before: &str, session: Session) -> Result<()> {
    let now = session.signed_in_at;
    let ended: Option<Session> = sqlx::query_as(
        "UPDATE sessions SET ended_at = $1 WHERE tenant_id = $2 AND hash = $3 AND ended_at IS NULL
         RETURNING id, hash, account_id, amr, signed_in_at, seen_at, expires_at, kept_at, language, idle, scope,
                   application_id, user_flow_id, begun",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(before)
    .fetch_optional(&mut *c)
    .await?;
    match ended {
        Some(before) if before.account == session.account => {
            let session = session.after(&before);
            insert(tenant, &session)?.run(c).await?;
            hand_over(c, tenant, &before.id, &session.id).await
        }
        Some(before) => {
            follow(c, tenant, &before.id, now).await?;
            insert(tenant, &session)?.run(c).await
        }
        None => insert(tenant, &session)?.run(c).await,
    }
}

/// Applications go on knowing it by the session that they were told of.
async fn hand_over(c: &mut AnyConnection, tenant: &TenantId, from: &SessionId, to: &SessionId) -> Result<()> {
    for sql in [
        "UPDATE token_families SET session_id = $1 WHERE tenant_id = $2 AND session_id = $3 AND revoked_at IS NULL",
        "INSERT INTO session_applications (tenant_id, session_id, application_id, issuer, told_as)
         SELECT tenant_id, $1, application_id, issuer, COALESCE(told_as, session_id) FROM session_applications
         WHERE tenant_id = $2 AND session_id = $3",
        "UPDATE sessions SET followed_by = $1 WHERE tenant_id = $2 AND id = $3",
    ] {
        sqlx::query(sql).bind(to.as_str()).bind(tenant.as_str()).bind(from.as_str()).execute(&mut *c).await?;
    }
    Ok(())
}

/// Whose it is, be it over or not.
pub async fn account(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<Option<AccountId>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT account_id FROM sessions WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.as_str())
        .fetch_optional(db.reader())
        .await?;
    Ok(row.map(|(account,)| account.into()))
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

/// Does it still run, itself? Nothing is issued in one that ended.
pub async fn is_running(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<bool> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT seen_at FROM sessions WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL")
            .bind(tenant.as_str())
            .bind(id.as_str())
            .fetch_optional(db.reader())
            .await?;
    Ok(row.is_some())
}

/// Whose it is, while it runs itself: two questions in one. Nobody's where the account was deleted.
pub async fn whose(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<Option<Option<Profile>>> {
    static ASK: LazyLock<String> = LazyLock::new(|| {
        let told = profile::told("sessions.tenant_id", "sessions.account_id");
        format!("SELECT {told} FROM sessions WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL")
    });
    let row: Option<(Option<String>,)> =
        sqlx::query_as(ASK.as_str()).bind(tenant.as_str()).bind(id.as_str()).fetch_optional(db.reader()).await?;
    row.map(|(told,)| told.map_or(Ok(None), |told| profile::read(&told))).transpose()
}

/// Each link is a question to the directory, at every call: who proves themselves anew without end makes none of them dearer
/// than this. Whoever did so more often within the life of one access token asks for another.
const MOST_FOLLOWED: usize = 32;

/// Does it still run, or one that took its place? Access tokens of before are worth something at our own endpoints until all of
/// it has ended.
pub async fn goes_on(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<bool> {
    let mut id = id.clone();
    for _ in 0..=MOST_FOLLOWED {
        let row: Option<(Option<i64>, Option<String>)> =
            sqlx::query_as("SELECT ended_at, followed_by FROM sessions WHERE tenant_id = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(id.as_str())
                .fetch_optional(db.reader())
                .await?;
        match row {
            Some((None, _)) => return Ok(true),
            Some((Some(_), Some(next))) => id = next.into(),
            _ => return Ok(false),
        }
    }
    Ok(false)
}

/// Whether it outlives the browser, as the person wished.
pub async fn is_kept(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<bool> {
    let row: Option<(i64,)> = sqlx::query_as(
        "SELECT kept_at FROM sessions WHERE tenant_id = $1 AND id = $2 AND kept_at IS NOT NULL AND ended_at IS NULL",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_optional(db.reader())
    .await?;
    Ok(row.is_some())
}
