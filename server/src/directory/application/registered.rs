//! Applications as administrators see them: registered, listed, changed, given secrets, deleted.

use super::{Application, Db, NativeAuthentication, Row, complete, insert_all, replace_redirect_uris};
use crate::{
    directory::{api_grant, clause::Clause, db::taken},
    error::{Error, Result},
};
use app::contract::{
    id::{ApplicationId, TenantId},
    resource::application::PermissionScope,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// Two may be active, so that one can replace the other without a pause (security R33).
pub const MOST_SECRETS: usize = 2;

#[derive(Clone, Debug)]
pub struct Registered {
    pub application: Application,
    pub created_at: Timestamp,
    pub notes: Notes,
    /// Of the secrets: since when, and what their developer calls them.
    pub secrets: BTreeMap<String, (Timestamp, String)>,
}

/// What is kept of an application because management calls may read it again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Notes {
    pub description: Option<String>,
    pub identifier_uris: Vec<String>,
    /// What its API offers to other applications.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<PermissionScope>,
    pub tags: Vec<String>,
    /// Origins of the pages that may show the widget.
    pub widget_origins: Vec<String>,
    /// Whether it may use the native authentication API.
    pub native_authentication: bool,
    /// And if so, whether it learns nothing of an address before somebody proved it.
    pub native_authentication_is_silent: bool,
    pub marketing_url: Option<String>,
    pub support_url: Option<String>,
    pub terms_url: Option<String>,
    pub privacy_url: Option<String>,
}

impl Notes {
    /// Of an application of which nothing else was said.
    pub(super) fn of(application: &Application) -> Self {
        Self {
            scopes: application.scopes.clone(),
            widget_origins: application.widget_origins.clone(),
            native_authentication: application.native_authentication != NativeAuthentication::Off,
            native_authentication_is_silent: application.native_authentication == NativeAuthentication::Silent,
            ..Self::default()
        }
    }

    pub fn native(&self) -> NativeAuthentication {
        match (self.native_authentication, self.native_authentication_is_silent) {
            (false, _) => NativeAuthentication::Off,
            (true, false) => NativeAuthentication::Telling,
            (true, true) => NativeAuthentication::Silent,
        }
    }
}

pub async fn registered(db: &Db, tenant: &TenantId, id: &ApplicationId) -> Result<Option<Registered>> {
    let mut clause = Clause::new(COLUMNS);
    clause.say(" WHERE tenant_id = ").bind(tenant.as_str()).say(" AND id = ").bind(id.as_str());
    Ok(read(db, tenant, clause.fetch_all(db.reader()).await?).await?.into_iter().next())
}

type Listed = (String, String, Option<String>, String, Option<String>, Option<i64>, String, i64, String);

const COLUMNS: &str =
    "SELECT id, name, user_flow_id, algorithm, home_url, disabled_at, protocol, created_at, notes FROM applications";

/// Which names a list is of, in whatever case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named<'a> {
    Anyhow,
    Beginning(&'a str),
    Exactly(&'a str),
}

impl Named<'_> {
    fn said(self, clause: &mut Clause) {
        match self {
            Named::Anyhow => {}
            Named::Beginning(beginning) => {
                clause.say(" AND ").say_begins("name", beginning);
            }
            Named::Exactly(name) => {
                clause.say(" AND ").say_is("name", name);
            }
        }
    }
}

pub async fn count(db: &Db, tenant: &TenantId, named: Named<'_>) -> Result<i64> {
    let mut clause = Clause::new("SELECT COUNT(*) FROM applications WHERE tenant_id = ");
    clause.bind(tenant.as_str());
    named.said(&mut clause);
    let rows: Vec<(i64,)> = clause.fetch_all(db.reader()).await?;
    Ok(rows.first().map_or(0, |(applications,)| *applications))
}

/// By name, from behind a place in the list.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    named: Named<'_>,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Registered>> {
    let mut clause = Clause::new(COLUMNS);
    clause.say(" WHERE tenant_id = ").bind(tenant.as_str());
    named.said(&mut clause);
    if let Some((name, id)) = after {
        clause.say(" AND (name, id) > (").bind(name).say(", ").bind(id).say(")");
    }
    clause.say(" ORDER BY name, id LIMIT ").bind(limit);
    read(db, tenant, clause.fetch_all(db.reader()).await?).await
}

async fn read(db: &Db, tenant: &TenantId, rows: Vec<Listed>) -> Result<Vec<Registered>> {
    let mut listed = Vec::with_capacity(rows.len());
    for (id, name, user_flow, algorithm, home_url, disabled_at, protocol, created_at, notes) in rows {
        let secrets: Vec<(String, i64, String)> = sqlx::query_as(
            "SELECT id, created_at, name FROM application_secrets WHERE tenant_id = $1 AND application_id = $2",
        )
        .bind(tenant.as_str())
        .bind(&id)
        .fetch_all(db.reader())
        .await?;
        let row: Row = (id, name, user_flow, algorithm, home_url, disabled_at, protocol, notes.clone());
        listed.push(Registered {
            application: complete(db, tenant, row).await?,
            created_at: Timestamp(created_at),
            notes: serde_json::from_str(&notes)?,
            secrets: secrets.into_iter().map(|(id, at, name)| (id, (Timestamp(at), name))).collect(),
        });
    }
    Ok(listed)
}

pub async fn register(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &Application,
    notes: &Notes,
    now: Timestamp,
) -> Result<()> {
    insert_all(c, tenant, application, now).await?;
    write_notes(c, tenant, &application.id, notes).await
}

/// Everything but its flow and its secrets.
pub async fn update(c: &mut AnyConnection, tenant: &TenantId, application: &Application, notes: &Notes) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE applications SET name = $1, algorithm = $2, home_url = $3, disabled_at = $4, protocol = $5
         WHERE tenant_id = $6 AND id = $7",
    )
    .bind(&application.name)
    .bind(&application.algorithm)
    .bind(application.home_url.clone())
    .bind(application.disabled_at.map(|at| at.0))
    .bind(serde_json::to_string(&application.protocol)?)
    .bind(tenant.as_str())
    .bind(application.id.as_str())
    .execute(&mut *c)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    replace_redirect_uris(c, tenant, &application.id, &application.redirect_uris).await?;
    let offered: Vec<String> = notes.scopes.iter().map(|scope| scope.value.clone()).collect();
    api_grant::keep_only(c, tenant, &application.id, &offered).await?;
    write_notes(c, tenant, &application.id, notes).await
}

async fn write_notes(c: &mut AnyConnection, tenant: &TenantId, id: &ApplicationId, notes: &Notes) -> Result<()> {
    sqlx::query("UPDATE applications SET notes = $1 WHERE tenant_id = $2 AND id = $3")
        .bind(serde_json::to_string(notes)?)
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(c)
        .await?;
    Ok(())
}

pub struct NewSecret {
    pub id: String,
    pub name: String,
    pub hint: String,
    pub hash: String,
    pub expires_at: Timestamp,
}

/// `Error::Taken` where there are two already that still work.
pub async fn add_secret(
    c: &mut AnyConnection,
    tenant: &TenantId,
    id: &ApplicationId,
    secret: &NewSecret,
    now: Timestamp,
) -> Result<()> {
    // Takes the row first: of two at once, one sees the other's.
    sqlx::query("UPDATE applications SET created_at = created_at WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(&mut *c)
        .await?;
    let (active,): (i64,) = sqlx::query_as(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM application_secrets WHERE tenant_id = $1 AND application_id = $2 AND expires_at > $3",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .fetch_one(&mut *c)
    .await?;
    if active >= MOST_SECRETS as i64 {
        return Err(Error::Taken);
    }
    sqlx::query(
        "INSERT INTO application_secrets (tenant_id, application_id, id, hint, hash, created_at, expires_at, name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(&secret.id)
    .bind(&secret.hint)
    .bind(&secret.hash)
    .bind(now.0)
    .bind(secret.expires_at.0)
    .bind(&secret.name)
    .execute(c)
    .await
    .map_err(taken)?;
    Ok(())
}

/// A secret that ends soon, or has ended and was not removed.
pub struct EndingSecret {
    pub tenant: String,
    pub application: String,
    pub hint: String,
    pub expires_at: Timestamp,
}

/// Those of every tenant that end before that moment, the first ones first; not of applications that are switched off.
pub async fn list_secrets_ending(db: &Db, before: Timestamp) -> Result<Vec<EndingSecret>> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "SELECT t.name, a.name, s.hint, s.expires_at FROM application_secrets s
         JOIN applications a ON a.tenant_id = s.tenant_id AND a.id = s.application_id AND a.disabled_at IS NULL
         JOIN tenants t ON t.id = s.tenant_id
         WHERE s.expires_at < $1 ORDER BY s.expires_at, s.id",
    )
    .bind(before.0)
    .fetch_all(db.reader())
    .await?;
    let read = |(tenant, application, hint, expires_at)| EndingSecret {
        tenant,
        application,
        hint,
        expires_at: Timestamp(expires_at),
    };
    Ok(rows.into_iter().map(read).collect())
}

pub async fn remove_secret(c: &mut AnyConnection, tenant: &TenantId, id: &ApplicationId, secret: &str) -> Result<()> {
    let removed =
        sqlx::query("DELETE FROM application_secrets WHERE tenant_id = $1 AND application_id = $2 AND id = $3")
            .bind(tenant.as_str())
            .bind(id.as_str())
            .bind(secret)
            .execute(c)
            .await?;
    if removed.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// With everything that was issued to it.
pub async fn delete(c: &mut AnyConnection, tenant: &TenantId, id: &ApplicationId) -> Result<()> {
    for sql in [
        "DELETE FROM journeys WHERE tenant_id = $1 AND grant_id IN
           (SELECT id FROM grants WHERE tenant_id = $1 AND application_id = $2)",
        "DELETE FROM grants WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM token_families WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM session_applications WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM application_secrets WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM application_roles WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM application_scopes WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM api_grants WHERE tenant_id = $1 AND (client_id = $2 OR api_id = $2)",
        "DELETE FROM device_codes WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM pushed_requests WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM redirect_uris WHERE tenant_id = $1 AND application_id = $2",
        "DELETE FROM applications WHERE tenant_id = $1 AND id = $2",
    ] {
        sqlx::query(sql).bind(tenant.as_str()).bind(id.as_str()).execute(&mut *c).await?;
    }
    Ok(())
}
