//! `portico doctor`: looks at everything the server needs, and says of each whether it is well or what to do. It makes nothing:
//! of what is not there yet it says that the start makes it.

use crate::{
    clock::{Chance, Clock},
    config::{Config, SealKey, Tls},
    directory::{Db, application, missing_file, sqlite_file, tenant, tenant_host},
    error::Result,
    seed,
    state::AppState,
    tls,
};
use app::contract::{
    resource::{application::SECRET_ENDS_SOON, moment::Moment},
    time::Timestamp,
};
use std::path::Path;

/// Expiry is judged by the server's clock and written into the database: further apart than this, codes die early or late.
const SKEW_MILLISECONDS: i64 = 30_000;
/// Below this the next busy day may fill the disk.
const FREE_BYTES: u64 = 256 * 1024 * 1024;

/// One thing that was looked at. The fault says what to do.
pub struct Finding {
    pub what: &'static str,
    pub verdict: Result<String, String>,
}

/// In the order in which things depend on each other. A configuration that could not be read never gets here.
pub async fn examine(mut config: Config) -> Vec<Finding> {
    let mode = if config.is_development() { "development" } else { "production" };
    let mut findings = vec![found("configuration", Ok(format!("{mode}, {}", config.public_url.origin())))];
    findings.extend(config.tls.as_ref().map(|tls| found("certificate", certificate(tls))));
    if config.seal_keys.is_empty() {
        findings.push(found("seal key", Ok("./portico.key is made at the first start".into())));
        // Like that one: whether the database was sealed with another, this one finds out as well.
        config.seal_keys.push(SealKey::make(&Chance::System));
    }
    if let Some(file) = sqlite_file(config.database_url.reveal()) {
        findings.push(found("disk", disk(&file)));
    }
    if let Some(file) = missing_file(config.database_url.reveal()) {
        let fresh = format!("{} is made at the first start", file.display());
        findings.push(found("database", Ok(fresh)));
        return findings;
    }
    match state(config).await {
        Ok(state) => {
            findings.push(found("database", database(&state.db).await));
            findings.push(found("tenants", tenants(&state).await));
            findings.extend(walls(&state.db).await.map(|verdict| found("walls", verdict)));
            findings.push(found("hosts", hosts(&state).await));
            findings.push(found("clock", clock(&state).await));
            findings.push(found("keys", keys(&state).await));
            findings.push(found("secrets", secrets(&state).await));
            findings.push(found("mail", mail(&state).await));
        }
        Err(fault) => findings.push(found("database", Err(fault))),
    }
    findings
}

fn found(what: &'static str, verdict: Result<String, String>) -> Finding {
    Finding { what, verdict }
}

fn certificate(tls: &Tls) -> Result<String, String> {
    match tls {
        Tls::Files { .. } => {
            tls::acceptor(tls).map(|_| "it and its key can be used".into()).map_err(|fault| fault.to_string())
        }
        Tls::Development { folder } => {
            Ok(format!("each start makes one for this machine, by an authority that it keeps in {}", folder.display()))
        }
    }
}

async fn state(config: Config) -> Result<AppState, String> {
    let opened = Db::open(config.database_url.reveal()).await;
    let db = opened.map_err(|fault| format!("it cannot be opened ({fault}). Check PORTICO_DATABASE_URL."))?;
    AppState::new(config, db, Clock::System, Chance::System).map_err(|fault| fault.to_string())
}

async fn database(db: &Db) -> Result<String, String> {
    db.check().await.map_err(|fault| format!("it does not answer ({fault}). Is the database server running?"))?;
    let keeps = db.keeps_what_it_acknowledged().await.map_err(|fault| fault.to_string())?;
    if !keeps {
        return Err("a power cut would lose what people were told is done. Turn fsync and synchronous_commit on \
                    (PostgreSQL), or start Portico once, which turns on the write-ahead log (SQLite)."
            .into());
    }
    let missing = db.missing_migrations().await.map_err(|fault| fault.to_string())?;
    if missing.is_empty() {
        return Ok("it answers, is durable and up to date".into());
    }
    Err(format!("it is older than this program ({}). Run `portico migrate`, or start the server.", missing.join(", ")))
}

async fn tenants(state: &AppState) -> Result<String, String> {
    let judged = seed::refuse_in_production(state).await;
    judged.map(|()| "none is here that should not be".into()).map_err(|fault| fault.to_string())
}

async fn walls(db: &Db) -> Option<Result<String, String>> {
    match db.keeps_tenants_apart().await.map_err(|fault| fault.to_string()) {
        Ok(None) => None,
        Ok(Some(true)) => Some(Ok("the database keeps tenants apart for the management API, too".into())),
        Ok(Some(false)) => Some(Err("only the server keeps tenants apart, not the database as well. As a superuser of \
                                     PostgreSQL: CREATE ROLE portico_tenant NOLOGIN; GRANT portico_tenant TO the user of \
                                     PORTICO_DATABASE_URL; then run `portico migrate`."
            .into())),
        Err(fault) => Some(Err(fault)),
    }
}

/// The host names of tenants' own. (That they lead here, only those who call can tell.)
async fn hosts(state: &AppState) -> Result<String, String> {
    let hosts = tenant_host::list_all(&state.db).await;
    let hosts = hosts.map_err(|fault| format!("tenants' host names cannot be read ({fault})."))?;
    if hosts.is_empty() {
        return Ok("no tenant has a host name of its own".into());
    }
    let all = hosts.join(", ");
    let Some(tls) = &state.config.tls else {
        return Ok(format!("what ends TLS before this server needs a certificate for {all}"));
    };
    let uncovered = tls::uncovered(tls, hosts).map_err(|fault| fault.to_string())?;
    match uncovered.is_empty() {
        true => Ok(format!("the certificate is for {all}")),
        false => Err(format!("the certificate is not for {}. Get one that is, too.", uncovered.join(", "))),
    }
}

async fn clock(state: &AppState) -> Result<String, String> {
    let theirs = state.db.now().await.map_err(|fault| fault.to_string())?;
    let Timestamp(ours) = state.clock.now();
    let skew = ours.saturating_sub(theirs);
    if skew.abs() <= SKEW_MILLISECONDS {
        return Ok("server and database agree on the time".into());
    }
    Err(format!("server and database are {} s apart. Set both by NTP.", skew / 1000))
}

async fn keys(state: &AppState) -> Result<String, String> {
    let tenants = tenant::list(&state.db).await.map_err(|fault| format!("tenants cannot be read ({fault})."))?;
    for tenant in &tenants {
        if let Err(fault) = state.keys.ring(&tenant.id).await {
            return Err(format!("the signing keys of {} cannot be opened: {fault}", tenant.name));
        }
    }
    Ok(format!("the seal key opens the signing keys of {} tenant(s)", tenants.len()))
}

/// Of applications: one that runs out unnoticed shuts everybody out who signs in there (security R33).
async fn secrets(state: &AppState) -> Result<String, String> {
    let ending = application::list_secrets_ending(&state.db, state.clock.now() + SECRET_ENDS_SOON).await;
    let ending = ending.map_err(|fault| format!("the secrets of applications cannot be read ({fault})."))?;
    if ending.is_empty() {
        return Ok("no application's secret ends within 30 days".into());
    }
    let told = ending.into_iter().map(|it| {
        let day = Moment(it.expires_at).text();
        format!("{}…, {} in {}, on {}", it.hint, it.application, it.tenant, &day[..10])
    });
    let told = told.collect::<Vec<_>>().join("; ");
    Err(format!(
        "these secrets of applications end: {told}. Make others in the portal, and remove these when they are not used any more."
    ))
}

async fn mail(state: &AppState) -> Result<String, String> {
    if state.config.smtp_url.is_none() {
        return Ok("letters are kept at /dev/mail".into());
    }
    let answer = state.mailer.check().await;
    answer.map(|()| "the mail server lets us in".into()).map_err(|fault| format!("{fault}. Check PORTICO_SMTP_URL."))
}

fn disk(file: &Path) -> Result<String, String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = folder.display();
    let room = rustix::fs::statvfs(folder).map_err(|fault| format!("{place} cannot be looked at ({fault})."))?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let megabytes = free / (1024 * 1024);
    if free < FREE_BYTES {
        return Err(format!("only {megabytes} MB are free in {place}. Make room: a full disk stops sign-ups."));
    }
    Ok(format!("{megabytes} MB are free in {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Sources, folder::Folder};
    use std::{collections::BTreeMap, fs};

    /// Before the first start there is nothing, and after a look there is nothing either.
    #[tokio::test]
    async fn in_an_empty_folder_it_says_what_the_start_makes_and_makes_none_of_it() {
        let folder = Folder::new();
        let database = folder.database_url();
        let variables = [("PORTICO_DATABASE_URL", database.as_str()), ("PORTICO_DEV_TLS", "on")];
        let variables: BTreeMap<_, _> = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let config = Config::look(Sources { variables, file: None, folder: &folder }).unwrap();
        let findings = examine(config).await;
        for what in ["certificate", "seal key", "database"] {
            let found = findings.iter().find(|finding| finding.what == what).unwrap();
            let told = found.verdict.as_ref().unwrap();
            assert!(told.contains("start"), "{what}: {told}");
        }
        assert_eq!(fs::read_dir(&*folder).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_fault_and_this_one_has_room() {
        assert!(disk(Path::new("/nowhere/portico.db")).is_err());
        assert!(disk(Path::new("Cargo.toml")).is_ok());
    }
}
