//! One server: the real router behind the real guard, with the clock's hands held.

use super::{Browser, database::Database, form::Page, mailbox::Mailbox};
use app::contract::{id::TenantId, time::Timestamp};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use server::{
    clock::{Chance, Clock},
    config::{Config, Sources},
    directory::{Db, Durability, Unit, tenant},
    error::Result,
    guard::{Guard, Hosts},
    outbound::Outbound,
    router::{router, router_of_tenant},
    secret::{password::Hasher, seal::Seal},
    state::AppState,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, FromRow, any::AnyRow};
use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

pub const HOST: &str = "login.example.test";
pub const ORIGIN: &str = "https://login.example.test";
/// 2026-11-20T12:00:00Z.
pub const START: Timestamp = Timestamp(1_795_176_000_000);
/// What a wrong password takes where hashes came from elsewhere; theirs are cheap here.
pub const WRONG_AFTER: Duration = Duration::from_millis(100);
const SEAL_KEY: &str = "cG9ydGljbyBpbiB0ZXN0cywga2V5IG9mIDMyIGJ5dGU=";

/// Cheap to clone: clones are the same server.
#[derive(Clone)]
pub struct TestServer {
    pub state: AppState,
    pub clock: Clock,
    /// The tenant that every test finds: Woodgrove, by the name of `woodgrove` in URLs.
    pub tenant: TenantId,
    guard: Arc<Guard>,
    url: Arc<str>,
    /// The name by which it is asked.
    host: Arc<str>,
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl TestServer {
    pub async fn start(database: &Database) -> TestServer {
        let server = Self::over(&database.url, Clock::held(START), Chance::seeded(20_261_120), config).await;
        server.make_tenant(server.tenant.clone(), "Woodgrove").await;
        server
    }

    /// A server with other settings, over the same database and by the same clock.
    pub async fn with_config(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> TestServer {
        let settings = |url: &str| {
            let mut variables = variables(url);
            change(&mut variables);
            read(variables)
        };
        Self::over(&self.url, self.clock.clone(), self.state.chance.clone(), settings).await
    }

    /// A second server beside this one: the same database and clock, nothing else in common.
    pub async fn another(&self) -> TestServer {
        Self::over(&self.url, self.clock.clone(), self.state.chance.clone(), config).await
    }

    /// A server with hashing threads of its own, for tests that keep them all busy.
    pub async fn hashing_alone(&self) -> TestServer {
        self.hashing_by(|hasher| hasher).await
    }

    /// A server whose hashing threads are free at once, or not at all.
    pub async fn hashing_without_patience(&self) -> TestServer {
        self.hashing_by(|hasher| hasher.with_patience(Duration::ZERO)).await
    }

    /// A server that tells no wrong password within the test, where hashes came from elsewhere.
    pub async fn telling_wrong_late(&self) -> TestServer {
        let (patience, late) = (Duration::from_secs(60), Duration::from_secs(3600));
        self.hashing_by(|hasher| hasher.with_patience(patience).with_wrong_after(late)).await
    }

    async fn hashing_by(&self, change: impl FnOnce(Hasher) -> Hasher) -> TestServer {
        let TestServer { mut state, clock, tenant, url, .. } = self.another().await;
        state.hasher = Arc::new(change(Hasher::start(state.seal.clone(), Chance::System).unwrap()));
        let guard = guard(&state);
        TestServer { state, clock, tenant, guard: Arc::new(guard), url, host: HOST.into() }
    }

    async fn over(url: &str, clock: Clock, chance: Chance, config: impl FnOnce(&str) -> Config) -> TestServer {
        log();
        let db = Db::open(url).await.unwrap();
        let mut state = AppState::new(config(url), db, clock.clone(), chance).unwrap();
        state.hasher = hasher(&state.seal);
        state.outbound = Arc::new(Outbound::kept());
        let guard = guard(&state);
        TestServer {
            state,
            clock,
            tenant: WOODGROVE.into(),
            guard: Arc::new(guard),
            url: url.into(),
            host: HOST.into(),
        }
    }

    pub async fn make_tenant(&self, id: TenantId, name: &str) {
        let made = super::journey::tenant(id, name);
        tenant::insert(&self.state.db, made, vec![name.into()], self.now()).await.unwrap();
    }

    /// Its settings, read afresh.
    pub fn config(&self) -> Config {
        config(&self.url)
    }

    /// The same server, for what happens in another tenant.
    pub fn in_tenant(&self, tenant: TenantId) -> TestServer {
        TestServer { tenant, ..self.clone() }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The same server, asked by another name.
    pub fn named(&self, host: &str) -> TestServer {
        TestServer { host: host.into(), ..self.clone() }
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// As its tokens and its pages call it.
    pub fn origin(&self) -> String {
        format!("https://{}", self.host)
    }

    /// A browser on a network of its own.
    pub fn browser(&self) -> Browser {
        Browser::new(self.clone(), fresh_address())
    }

    pub fn mailbox(&self) -> Mailbox<'_> {
        Mailbox { server: self }
    }

    /// A request as it is; only Host is added where it names nobody.
    pub async fn send(&self, request: Request<Body>) -> Answered {
        self.send_from(fresh_address(), request).await
    }

    pub async fn send_from(&self, peer: IpAddr, mut request: Request<Body>) -> Answered {
        request.headers_mut().entry(header::HOST).or_insert(self.host.parse().unwrap());
        let (parts, body) = self.guard.answer(peer, request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answered { status: parts.status, headers: parts.headers, body }
    }

    /// An answer that goes on, as it begins.
    pub async fn begin(&self, request: Request<Body>) -> Response {
        self.guard.answer(fresh_address(), request).await
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// One number from the database itself.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.ask::<i64>(sql).await
    }

    /// One text from the database itself.
    pub async fn text(&self, sql: &'static str) -> String {
        self.ask::<String>(sql).await
    }

    async fn ask<T>(&self, sql: &'static str) -> T
    where
        (T,): for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let (found,): (T,) = sqlx::query_as(sql).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        found
    }

    /// Many texts from the database itself.
    pub async fn texts(&self, sql: String) -> Vec<String> {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// What lies on the disk, byte by byte: SQLite's file with its write-ahead log. Nothing where the database is elsewhere.
    pub fn disk(&self) -> Vec<u8> {
        let Some(file) = self.url.strip_prefix("sqlite://") else { return Vec::new() };
        ["", "-wal"].iter().filter_map(|end| fs::read(format!("{file}{end}")).ok()).flatten().collect()
    }

    /// Writes to the directory as a step of ours would.
    pub async fn write<F>(&self, write: F)
    where
        F: for<'c> FnOnce(&'c mut AnyConnection, TenantId, Timestamp) -> BoxFuture<'c, Result<()>> + Send + 'static,
    {
        let (tenant, now, mut unit) = (self.tenant.clone(), self.now(), Unit::new(Durability::Lasting));
        unit.add(Durability::Lasting, move |c| write(c, tenant, now));
        self.state.db.commit(unit).await.unwrap();
    }

    /// Somebody is faster: `change` happens after a guess was counted, and before it is judged. A trigger of the database
    /// stands for them.
    pub async fn when_a_guess_is_counted(&self, change: &str) {
        let race = match self.disk().is_empty() {
            true => format!(
                "CREATE FUNCTION faster() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NULL; END $$;
                 CREATE TRIGGER faster AFTER INSERT ON guesses FOR EACH ROW EXECUTE FUNCTION faster();"
            ),
            false => format!("CREATE TRIGGER faster AFTER INSERT ON guesses BEGIN {change}; END;"),
        };
        self.write(move |c, _, _| {
            Box::pin(async move {
                sqlx::raw_sql(AssertSqlSafe(race)).execute(c).await?;
                Ok(())
            })
        })
        .await;
    }
}

impl Answered {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a browser goes from here by itself: by a redirect, or because the page says so. (What stands in `noscript` is for
    /// pages with frames, which are looked at.)
    pub fn leads_to(&self) -> Option<String> {
        if self.status.is_redirection() {
            return Some(self.header("location").to_owned());
        }
        let html = self.text();
        if !html.contains("http-equiv=\"refresh\"") {
            return None;
        }
        let content = Page { path: String::new(), html }.attribute("head > meta[http-equiv=refresh]", "content")?;
        Some(content.strip_prefix("0;url=").expect("at once").to_owned())
    }
}

/// As `main` puts it together.
fn guard(state: &AppState) -> Guard {
    let house = router(state.clone()).unwrap();
    Guard::new(state.config.clone(), state.chance.clone(), house)
        .with_hosts(Hosts::new(state.clone(), router_of_tenant))
}

const WOODGROVE: &str = "0e5b0a3e-6f0c-4f5c-8f7d-3a4c0a9d1b11";

fn config(url: &str) -> Config {
    read(variables(url))
}

/// As in production.
fn variables(url: &str) -> BTreeMap<String, String> {
    [
        ("PORTICO_PUBLIC_URL", ORIGIN),
        ("PORTICO_DATABASE_URL", url),
        ("PORTICO_SMTP_URL", "smtps://portico:secret@mail.example.test"),
        ("PORTICO_SEAL_KEY", SEAL_KEY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn read(variables: BTreeMap<String, String>) -> Config {
    Config::read(Sources { variables, file: None, folder: Path::new("/nonexistent") }).unwrap()
}

/// All servers of all tests hash by turns, in the same memory.
fn hasher(seal: &Arc<Seal>) -> Arc<Hasher> {
    static HASHER: OnceLock<Arc<Hasher>> = OnceLock::new();
    let start = || Hasher::start(seal.clone(), Chance::System).unwrap();
    let patient = || start().with_patience(Duration::from_secs(60)).with_wrong_after(WRONG_AFTER);
    HASHER.get_or_init(|| Arc::new(patient())).clone()
}

/// Each in a /24 of its own, so that limits per network do not mix tests' people up.
fn fresh_address() -> IpAddr {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let [_, a, b, _] = NUMBER.fetch_add(256, Ordering::Relaxed).to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(100, a, b, 7))
}

/// `RUST_LOG=server=info cargo test` tells what the server says meanwhile.
fn log() {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    // Only the first server of all finds nobody listening yet.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
}
