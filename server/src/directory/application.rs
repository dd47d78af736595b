//! Applications, their redirect URIs and their secrets.

mod api;
mod protocol;
mod registered;

use super::{Db, Durability, db::taken};
use crate::error::{Error, Result};
pub use api::{api_names, find_api};
use app::contract::{
    id::{ApplicationId, TenantId, UserFlowId},
    resource::application::PermissionScope,
    time::Timestamp,
};
pub use protocol::Protocol;
pub use registered::{
    EndingSecret, Named, NewSecret, Notes, Registered, add_secret, count, delete, list, list_secrets_ending, register,
    registered, remove_secret, update,
};
use sqlx::AnyConnection;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Application {
    pub id: ApplicationId,
    pub name: String,
    pub user_flow: Option<UserFlowId>,
    /// `alg` of its tokens.
    pub algorithm: String,
    /// Where people find it.
    pub home_url: Option<String>,
    pub disabled_at: Option<Timestamp>,
    pub redirect_uris: Vec<RedirectUri>,
    /// Of the pages that may show the widget.
    pub widget_origins: Vec<String>,
    pub native_authentication: NativeAuthentication,
    /// What its API offers to other applications.
    pub scopes: Vec<PermissionScope>,
    /// None for a public client.
    pub secrets: Vec<ApplicationSecret>,
    pub protocol: Protocol,
}

impl Application {
    /// Whether it can prove which one it is (RFC 6749 §2.1).
    pub fn is_confidential(&self) -> bool {
        !self.secrets.is_empty() || !self.protocol.keys.is_empty()
    }

    /// The scopes of its API that are switched on, as it reads them.
    pub fn offered_scopes(&self) -> Vec<String> {
        self.scopes.iter().filter(|scope| scope.is_enabled).map(|scope| scope.value.clone()).collect()
    }
}

/// Whether its own screens may ask people for what they prove themselves by (`native/`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NativeAuthentication {
    #[default]
    Off,
    /// It is told whether an address has an account.
    Telling,
    /// Until somebody has proved an address, it is told nothing about it.
    Silent,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RedirectUri {
    pub platform: Platform,
    pub uri: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Platform {
    Web,
    /// Runs in a browser: no secret, tokens by CORS.
    SinglePage,
    /// Mobile and desktop: loopback ports are free (RFC 8252 §7.3).
    Native,
}

impl Platform {
    /// Whether its answers may go to a scheme of its own: the reverse of a domain name (RFC 8252 §7.1), or what Entra's
    /// clients use, in capitals or not (RFC 3986 §3.1).
    pub fn may_own_scheme(self, scheme: &str) -> bool {
        let scheme = scheme.to_ascii_lowercase();
        self == Platform::Native && (scheme.contains('.') || scheme == "msauth" || scheme.starts_with("msal"))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Platform::Web => "web",
            Platform::SinglePage => "spa",
            Platform::Native => "native",
        }
    }

    pub fn read(text: &str) -> Result<Platform> {
        [Platform::Web, Platform::SinglePage, Platform::Native]
            .into_iter()
            .find(|platform| platform.as_str() == text)
            .ok_or_else(|| Error::Internal(format!("no such platform: {text}")))
    }
}

#[derive(Clone, Debug)]
pub struct ApplicationSecret {
    pub id: String,
    pub hint: String,
    pub hash: String,
    pub expires_at: Timestamp,
}

type Row = (String, String, Option<String>, String, Option<String>, Option<i64>, String, String);

pub async fn find(db: &Db, tenant: &TenantId, id: &ApplicationId) -> Result<Option<Arc<Application>>> {
    let load = async {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, name, user_flow_id, algorithm, home_url, disabled_at, protocol, notes FROM applications
             WHERE tenant_id = $1 AND id = $2",
        )
        .bind(tenant.as_str())
        .bind(id.as_str())
        .fetch_optional(db.reader())
        .await?;
        match row {
            Some(row) => complete(db, tenant, row).await.map(Some),
            None => Ok(None),
        }
    };
    db.recents.applications.get_or(format!("{tenant} {id}"), load).await
}

/// One that is switched off is as good as none to whoever comes for it or from it.
pub async fn find_enabled(db: &Db, tenant: &TenantId, id: &ApplicationId) -> Result<Option<Arc<Application>>> {
    Ok(find(db, tenant, id).await?.filter(|application| application.disabled_at.is_none()))
}

async fn complete(db: &Db, tenant: &TenantId, row: Row) -> Result<Application> {
    let (id, name, user_flow, algorithm, home_url, disabled_at, protocol, notes) = row;
    let notes: Notes = serde_json::from_str(&notes)?;
    let uris: Vec<(String, String)> = sqlx::query_as(
        "SELECT platform, uri FROM redirect_uris WHERE tenant_id = $1 AND application_id = $2 ORDER BY platform, uri",
    )
    .bind(tenant.as_str())
    .bind(&id)
    .fetch_all(db.reader())
    .await?;
    let secrets: Vec<(String, String, String, i64)> = sqlx::query_as(
        "SELECT id, hint, hash, expires_at FROM application_secrets WHERE tenant_id = $1 AND application_id = $2 ORDER BY created_at",
    )
    .bind(tenant.as_str())
    .bind(&id)
    .fetch_all(db.reader())
    .await?;
    Ok(Application {
        id: id.into(),
        name,
        user_flow: user_flow.map(UserFlowId::from),
        algorithm,
        home_url,
        disabled_at: disabled_at.map(Timestamp),
        redirect_uris: uris
            .into_iter()
            .map(|(platform, uri)| Ok(RedirectUri { platform: Platform::read(&platform)?, uri }))
            .collect::<Result<_>>()?,
        secrets: secrets
            .into_iter()
            .map(|(id, hint, hash, expires_at)| ApplicationSecret { id, hint, hash, expires_at: Timestamp(expires_at) })
            .collect(),
        protocol: serde_json::from_str(&protocol)?,
        native_authentication: notes.native(),
        widget_origins: notes.widget_origins,
        scopes: notes.scopes,
    })
}

/// The applications of the tenant that have registered it and are not switched off. Sign-out without a hint asks so.
pub async fn find_by_redirect_uri(db: &Db, tenant: &TenantId, uri: &str) -> Result<Vec<ApplicationId>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT r.application_id FROM redirect_uris r
         JOIN applications a ON a.tenant_id = r.tenant_id AND a.id = r.application_id AND a.disabled_at IS NULL
         WHERE r.tenant_id = $1 AND r.uri = $2",
    )
    .bind(tenant.as_str())
    .bind(uri)
    .fetch_all(db.reader())
    .await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The origin of a page, as browsers write it (RFC 6454 §6.2). What is no address of the web has none.
pub fn origin_of(uri: &str) -> Option<String> {
    let url = url::Url::parse(uri).ok().filter(|url| ["http", "https"].contains(&url.scheme()))?;
    Some(url.origin().ascii_serialization())
}

/// Whether an application that is switched on has a page of that origin.
pub async fn is_registered_origin(db: &Db, tenant: &TenantId, origin: &str) -> Result<bool> {
    let uris: Vec<String> = sqlx::query_scalar(
        "SELECT r.uri FROM redirect_uris r
         JOIN applications a ON a.tenant_id = r.tenant_id AND a.id = r.application_id AND a.disabled_at IS NULL
         WHERE r.tenant_id = $1 AND r.uri LIKE $2",
    )
    .bind(tenant.as_str())
    .bind(format!("{origin}%"))
    .fetch_all(db.reader())
    .await?;
    Ok(uris.iter().any(|uri| origin_of(uri).as_deref() == Some(origin)))
}

/// Of every application: its id, its name, and whether it is switched on.
pub async fn names(db: &Db, tenant: &TenantId) -> Result<Vec<(ApplicationId, String, bool)>> {
    let rows: Vec<(String, String, Option<i64>)> =
        sqlx::query_as("SELECT id, name, disabled_at FROM applications WHERE tenant_id = $1 ORDER BY name, id")
            .bind(tenant.as_str())
            .fetch_all(db.reader())
            .await?;
    Ok(rows.into_iter().map(|(id, name, disabled_at)| (id.into(), name, disabled_at.is_none())).collect())
}

pub async fn insert(db: &Db, tenant: &TenantId, application: Application, now: Timestamp) -> Result<()> {
    let tenant = tenant.clone();
    db.write(Durability::Lasting, move |c| Box::pin(async move { insert_all(c, &tenant, &application, now).await }))
        .await?;
    db.recents.forget();
    Ok(())
}

async fn insert_all(c: &mut AnyConnection, tenant: &TenantId, application: &Application, now: Timestamp) -> Result<()> {
    let notes = Notes::of(application);
    sqlx::query(
        "INSERT INTO applications (tenant_id, id, name, user_flow_id, algorithm, home_url, created_at, disabled_at, protocol, notes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(tenant.as_str())
    .bind(application.id.as_str())
    .bind(&application.name)
    .bind(application.user_flow.as_ref().map(|id| id.as_str().to_owned()))
    .bind(&application.algorithm)
    .bind(&application.home_url)
    .bind(now.0)
    .bind(application.disabled_at.map(|at| at.0))
    .bind(serde_json::to_string(&application.protocol)?)
    .bind(serde_json::to_string(&notes)?)
    .execute(&mut *c)
    .await
    .map_err(taken)?;
    insert_redirect_uris(c, tenant, &application.id, &application.redirect_uris).await?;
    for secret in &application.secrets {
        sqlx::query(
            "INSERT INTO application_secrets (tenant_id, application_id, id, hint, hash, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant.as_str())
        .bind(application.id.as_str())
        .bind(&secret.id)
        .bind(&secret.hint)
        .bind(&secret.hash)
        .bind(now.0)
        .bind(secret.expires_at.0)
        .execute(&mut *c)
        .await
        .map_err(taken)?;
    }
    Ok(())
}

/// Where people find it and come back to: these instead of all before.
pub async fn set_addresses(
    db: &Db,
    tenant: &TenantId,
    id: &ApplicationId,
    home_url: Option<String>,
    redirect_uris: Vec<RedirectUri>,
) -> Result<()> {
    let (tenant, id) = (tenant.clone(), id.clone());
    db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            sqlx::query("UPDATE applications SET home_url = $1 WHERE tenant_id = $2 AND id = $3")
                .bind(home_url)
                .bind(tenant.as_str())
                .bind(id.as_str())
                .execute(&mut *c)
                .await?;
            replace_redirect_uris(c, &tenant, &id, &redirect_uris).await
        })
    })
    .await?;
    db.recents.forget();
    Ok(())
}

async fn replace_redirect_uris(
    c: &mut AnyConnection,
    tenant: &TenantId,
    id: &ApplicationId,
    redirect_uris: &[RedirectUri],
) -> Result<()> {
    sqlx::query("DELETE FROM redirect_uris WHERE tenant_id = $1 AND application_id = $2")
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(&mut *c)
        .await?;
    insert_redirect_uris(c, tenant, id, redirect_uris).await
}

async fn insert_redirect_uris(
    c: &mut AnyConnection,
    tenant: &TenantId,
    id: &ApplicationId,
    redirect_uris: &[RedirectUri],
) -> Result<()> {
    for RedirectUri { platform, uri } in redirect_uris {
        sqlx::query("INSERT INTO redirect_uris (tenant_id, application_id, platform, uri) VALUES ($1, $2, $3, $4)")
            .bind(tenant.as_str())
            .bind(id.as_str())
            .bind(platform.as_str())
            .bind(uri)
            .execute(&mut *c)
            .await
            .map_err(taken)?;
    }
    Ok(())
}
