//! The tenant of the administrators, the portal as its application, and the way in for the first of them.

pub mod enrolment;

use crate::{
    clock::Chance,
    config::Config,
    directory::{
        Db, Durability,
        application::{self, Application, Platform, RedirectUri},
        audit::{Actor, ActorKind, Entry, Operation, Target},
        consent, set_up,
        tenant::{self, Kind, Tenant},
        user_flow,
    },
    error::{Error, Result},
    secret::token::Token,
    state::AppState,
};
use app::contract::{
    brand::{Brand, Colour},
    flow_rules::{FlowRules, SessionRules},
    id::{ApplicationId, TenantId, UserFlowId},
    permission::Permission,
    time::Timestamp,
    user_flow::{About, FlowKind, Layout, Method, PasswordRule, SignUp, UserFlow},
};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// The name of the tenant in URLs, and its id: both are the same everywhere.
pub const TENANT: &str = "admin";
pub const TENANT_ID: &str = "7b1d3a58-2c40-4f6e-9a83-5e0c1f94d2b7";
const FLOW_ID: &str = "e4f0a9c2-8d15-4b37-a6c1-90b2d7f35e68";
/// The client id of the portal.
pub const PORTAL: &str = "portico-portal";
const PORTAL_NAME: &str = "Portico portal";

/// Whatever their flow says, administrators are out after so many minutes of rest, and after so long however busy they are
/// (security R19).
pub const REST_MINUTES: u32 = 30;
pub const LONGEST_SESSION: Duration = Duration::from_secs(12 * 60 * 60);

/// How long a set-up link works.
const LINK_LASTS: Duration = Duration::from_secs(60 * 60);

/// Administrators are at home in their own tenant, whichever they administer.
pub fn is_home(tenant: &TenantId) -> bool {
    tenant.as_str() == TENANT_ID
}

/// Makes what is not there yet. Servers that start together may all try: each step is done by whoever is first.
pub async fn ensure(state: &AppState) -> Result<()> {
    let (id, now) = (TenantId::from(TENANT_ID), state.clock.now());
    let redirect_uri = state.config.public_url.at("/admin/");
    let portal = application::find(&state.db, &id, &PORTAL.into()).await?;
    if portal.is_some_and(|portal| is_at(&portal, &redirect_uri)) {
        consent_to_the_portal(state, &id).await?;
        return state.keys.ensure(&id).await;
    }
    unless_there(tenant::insert(&state.db, administration(id.clone()), vec![TENANT.into()], now).await)?;
    unless_there(user_flow::insert(&state.db, &id, flow(), now).await)?;
    unless_there(application::insert(&state.db, &id, portal_at(&redirect_uri), now).await)?;
    // The server may have moved to another address since.
    let here = RedirectUri { platform: Platform::SinglePage, uri: redirect_uri.clone() };
    application::set_addresses(&state.db, &id, &PORTAL.into(), Some(redirect_uri), vec![here]).await?;
    consent_to_the_portal(state, &id).await?;
    state.keys.ensure(&id).await
}

/// Found here, and come back to here. An earlier build that moved changed only the second.
fn is_at(portal: &Application, here: &str) -> bool {
    portal.home_url.as_deref() == Some(here) && portal.redirect_uris.iter().any(|known| known.uri == here)
}

/// Administrators may do everything through the portal that they may do at all. Other applications of theirs may do what
/// somebody consented to.
async fn consent_to_the_portal(state: &AppState, id: &TenantId) -> Result<()> {
    let (portal, everything) = (ApplicationId::from(PORTAL), Permission::all().collect::<Vec<_>>());
    if consent::scopes(&state.db, id, &portal).await? == everything {
        return Ok(());
    }
    let id = id.clone();
    let write = state.db.write(Durability::Lasting, move |c| {
        Box::pin(async move { consent::give(c, &id, &portal, &everything).await })
    });
    write.await
}

fn unless_there(made: Result<()>) -> Result<()> {
    match made {
        Err(Error::Taken) => Ok(()),
        made => made,
    }
}

fn administration(id: TenantId) -> Tenant {
    Tenant {
        id,
        kind: Kind::Workforce,
        name: "Administration".into(),
        brand: Brand {
            name: "Portico".into(),
            logo: None,
            background: None,
            colour: Colour::default(),
            links: Vec::new(),
        },
        passcode_enabled_at: None,
        password_accounts_since: None,
        passcode_accounts_since: None,
        sign_out: Default::default(),
    }
}

/// Nobody signs up here: administrators are made by administrators, and the first by a set-up link.
fn flow() -> UserFlow {
    UserFlow {
        id: flow_id(),
        name: "Administrators".into(),
        kind: FlowKind::SignUpOrSignIn,
        method: Method::Password,
        sign_up: SignUp::Closed,
        keep_signed_in: false,
        password: password_rule(),
        layout: Layout { revision: 1, inputs: Vec::new() },
        claims: vec!["displayName".into()],
        rules: FlowRules {
            sessions: SessionRules { minutes: REST_MINUTES, ..SessionRules::default() },
            ..FlowRules::default()
        },
        about: About::default(),
    }
}

pub fn flow_id() -> UserFlowId {
    FLOW_ID.into()
}

/// What an administrator's password must be.
pub fn password_rule() -> PasswordRule {
    PasswordRule::default()
}

fn portal_at(redirect_uri: &str) -> Application {
    Application {
        id: PORTAL.into(),
        name: PORTAL_NAME.into(),
        user_flow: Some(flow_id()),
        algorithm: "ES256".into(),
        home_url: Some(redirect_uri.into()),
        disabled_at: None,
        protocol: Default::default(),
        redirect_uris: vec![RedirectUri { platform: Platform::SinglePage, uri: redirect_uri.into() }],
        widget_origins: Vec::new(),
        native_authentication: Default::default(),
        scopes: Vec::new(),
        secrets: Vec::new(),
    }
}

/// A row of the audit for what the management API did not do.
pub fn entry(chance: &Chance, now: Timestamp, actor: Actor, activity: &str, target: Target) -> Entry {
    Entry {
        id: chance.id(),
        at: now,
        actor,
        address: String::new(),
        correlation: chance.id(),
        activity: activity.into(),
        category: "UserManagement".into(),
        operation: Operation::Add,
        target,
        before: None,
        after: None,
    }
}

/// What was done on the server's own machine, or with a link from there.
pub fn server_entry(chance: &Chance, now: Timestamp, activity: &str, target: Target) -> Entry {
    let actor = Actor { kind: ActorKind::Server, id: "portico".into(), name: "Whoever runs the server".into() };
    entry(chance, now, actor, activity, target)
}

/// A fresh link by which the first administrator is made, instead of any before. None once one was made.
pub async fn set_up_link(config: &Config, db: &Db, chance: &Chance, now: Timestamp) -> Result<Option<String>> {
    let token = Token::random(chance);
    if !set_up::renew(db, &token.hash(), now + LINK_LASTS).await? {
        return Ok(None);
    }
    let link = config.public_url.at(&format!("/admin/setup?token={}", token.reveal()));
    if let Some(path) = link_file(config)
        && let Err(fault) = keep(&path, &link)
    {
        // It was told all the same.
        tracing::warn!(path = %path.display(), %fault, "the set-up link could not be written to a file");
    }
    Ok(Some(link))
}

/// Where whoever may read the database finds the link: beside it, or nowhere if it is on another machine.
fn link_file(config: &Config) -> Option<PathBuf> {
    let url = config.database_url.reveal();
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next()?;
    Some(Path::new(path).with_file_name("portico-setup-link"))
}

fn keep(path: &Path, link: &str) -> std::io::Result<()> {
    // Made anew, so that nobody can have it open or own it.
    forget(path)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{link}")
}

fn forget(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(fault),
        _ => Ok(()),
    }
}

/// The link is used up: its file goes too.
pub fn forget_link(config: &Config) {
    if let Some(path) = link_file(config)
        && let Err(fault) = forget(&path)
    {
        tracing::warn!(path = %path.display(), %fault, "the file of the set-up link could not be deleted");
    }
}
