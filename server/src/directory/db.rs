//! The database: readers beside one writer on SQLite, a pool on PostgreSQL, and one way to write to both.
//!
//! On SQLite every durable commit waits for the disk. So `group` owns the only writing connection and commits waiting units
//! together. PostgreSQL groups commits by itself.

use super::{
    connections::{Connections, LOOKED_AFTER},
    funnel::Tally,
    group::{self, Answer, Job, Run},
    migrations::{MIGRATIONS, NAME_BINARY, migrator},
    recent::Recents,
    statement::{Script, Statement},
    unit::{Deed, DeedAfter, Durability, Statements, Unit},
    walls,
};
use crate::error::{Error, Result};
use futures::{FutureExt, future::BoxFuture};
use sqlx::{
    AnyConnection, Connection,
    any::{AnyConnectOptions, AnyPoolOptions, AnyRow},
};
use std::{
    fs::OpenOptions, io::ErrorKind, os::unix::fs::OpenOptionsExt, panic::AssertUnwindSafe, path::PathBuf, str::FromStr,
    sync::Arc, time::Duration,
};
use tokio::sync::{Notify, mpsc, oneshot};

/// For what must last, and for what need not: PostgreSQL is told once per connection.
const POSTGRES_CONNECTIONS: u32 = 16;
const POSTGRES_FLEETING_CONNECTIONS: u32 = 8;
const SQLITE_READERS: u32 = 4;
pub(super) const LIMITS: &str = "SET statement_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'";
const FLEETING: &str = "SET synchronous_commit = off";

/// NORMAL: `group` writes the log through to the disk itself, when a unit must last. What a savepoint needs to be undone stays
/// in memory, not in a file for each. The log is copied into the database every 16 MiB: a page that changes with every sign-in
/// is then copied once for hundreds of them.
const WRITING: &[&str] = &[
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 4096",
];
const READING: &[&str] = &["PRAGMA query_only = ON", "PRAGMA busy_timeout = 5000"];

#[derive(Clone)]
pub struct Db {
    kind: Kind,
    pub(super) options: AnyConnectOptions,
    pool: Arc<Connections>,
    writer: Writer,
    pub(super) recents: Arc<Recents>,
    pub(super) tally: Arc<Tally>,
    pub(super) changed: Arc<Notify>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Db {
    /// Opens `sqlite://path` or `postgres://…`; a SQLite file is made where there is none.
    pub async fn open(url: &str) -> Result<Db> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") { Self::open_sqlite(url).await } else { Self::open_postgres(url).await }
    }

    async fn open_sqlite(url: &str) -> Result<Db> {
        make_private(url)?;
        let create = if url.contains('?') { format!("{url}&mode=rwc") } else { format!("{url}?mode=rwc") };
        let options = AnyConnectOptions::from_str(&create)?;
        let mut writing = AnyConnection::connect_with(&options).await?;
        tell(&mut writing, WRITING).await?;
        let pool = AnyPoolOptions::new()
            .max_connections(SQLITE_READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(2))
            .after_connect(|connection, _| Box::pin(tell(connection, READING)))
            .connect_lazy_with(options.clone());
        Ok(Db {
            kind: Kind::Sqlite,
            options,
            pool: Arc::new(Connections::of(pool, LOOKED_AFTER)),
            writer: Writer::Grouped(group::start(writing, log_of(url)?)?),
            recents: Arc::default(),
            tally: Arc::default(),
            changed: Arc::default(),
        })
    }

    async fn open_postgres(url: &str) -> Result<Db> {
        let options = AnyConnectOptions::from_str(url)?;
        let lasting = postgres_pool(POSTGRES_CONNECTIONS, &[LIMITS]).connect_with(options.clone()).await?;
        let fleeting = postgres_pool(POSTGRES_FLEETING_CONNECTIONS, &[LIMITS, FLEETING]);
        let fleeting = fleeting.connect_lazy_with(options.clone());
        let [lasting, fleeting] = [lasting, fleeting].map(|pool| Arc::new(Connections::of(pool, LOOKED_AFTER)));
        Ok(Db {
            kind: Kind::Postgres,
            options,
            pool: lasting.clone(),
            writer: Writer::Pools { lasting, fleeting },
            recents: Arc::default(),
            tally: Arc::default(),
            changed: Arc::default(),
        })
    }

    /// The same database where tenants are kept apart by PostgreSQL too (security R38): for what is done `walls::within`.
    pub fn walled(&self) -> Db {
        match &self.writer {
            Writer::Grouped(_) => self.clone(),
            Writer::Pools { .. } => {
                // Each is told before each use whose rows it may see: none stays at hand.
                let pool = Arc::new(Connections::of(walls::pool(self.options.clone()), Duration::ZERO));
                let writer = Writer::Pools { lasting: pool.clone(), fleeting: pool.clone() };
                Db { pool, writer, ..self.clone() }
            }
        }
    }

    /// Whether it is so. On SQLite, where it cannot be, nothing is said.
    pub async fn keeps_tenants_apart(&self) -> Result<Option<bool>> {
        if self.kind == Kind::Sqlite {
            return Ok(None);
        }
        let (stands,): (i64,) = sqlx::query_as(walls::STANDS).fetch_one(self.reader()).await?;
        Ok(Some(stands == 1))
    }

    /// Brings the tables up to date. Servers that start together take turns on PostgreSQL, which has a lock for it; on
    /// SQLite whoever was second finds the step done, and goes on with the next.
    pub async fn migrate(&self) -> Result<()> {
        let mut missing = self.missing_migrations().await?.len();
        loop {
            let error = match self.run_migrations().await {
                Err(error) if self.kind == Kind::Sqlite => error,
                done => return done,
            };
            let left = self.missing_migrations().await?.len();
            if left >= missing {
                return Err(error);
            }
            missing = left;
        }
    }

    /// On a connection of its own.
    async fn run_migrations(&self) -> Result<()> {
        let mut connection = AnyConnection::connect_with(&self.options).await?;
        if self.kind == Kind::Postgres {
            sqlx::raw_sql(NAME_BINARY).execute(&mut connection).await?;
        }
        migrator()
            .run(&mut connection)
            .await
            .map_err(|error| Error::Internal(format!("the database could not be brought up to date: {error}")))?;
        if self.kind == Kind::Postgres {
            walls::raise(&mut connection).await?;
        }
        Ok(connection.close().await?)
    }

    /// Can the database be read right now, and does somebody still write?
    pub async fn check(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(self.reader()).await?;
        match &self.writer {
            Writer::Grouped(jobs) if jobs.is_closed() => Err(Error::Internal("the writer has stopped".into())),
            _ => Ok(()),
        }
    }

    /// Every migration of this program that the database has not seen yet.
    pub async fn missing_migrations(&self) -> Result<Vec<String>> {
        let seen: Vec<(i64,)> =
            sqlx::query_as("SELECT version FROM _sqlx_migrations").fetch_all(self.reader()).await.unwrap_or_default();
        let missing = MIGRATIONS.iter().filter(|(version, ..)| !seen.contains(&(*version,)));
        Ok(missing.map(|(_, name, _)| (*name).to_owned()).collect())
    }

    /// Whether what was committed outlives a power cut, as far as the database itself is asked for it.
    pub async fn keeps_what_it_acknowledged(&self) -> Result<bool> {
        let sql = match self.kind {
            Kind::Sqlite => "SELECT journal_mode = 'wal' FROM pragma_journal_mode",
            Kind::Postgres => {
                "SELECT CAST(COUNT(*) AS BIGINT) / 2 FROM pg_settings
                 WHERE name IN ('fsync', 'synchronous_commit') AND setting <> 'off'"
            }
        };
        let (keeps,): (i64,) = sqlx::query_as(sql).fetch_one(self.reader()).await?;
        Ok(keeps == 1)
    }

    /// The database's own clock, in milliseconds.
    pub async fn now(&self) -> Result<i64> {
        let sql = match self.kind {
            Kind::Sqlite => "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS BIGINT)",
            Kind::Postgres => "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        };
        let (now,): (i64,) = sqlx::query_as(sql).fetch_one(self.reader()).await?;
        Ok(now)
    }

    /// What was remembered for a moment is asked anew, and open pages hear of it: after a change of tenants, applications or
    /// flows.
    pub fn forget(&self) {
        self.recents.forget();
        self.ring();
    }

    pub(super) fn reader(&self) -> &Connections {
        &self.pool
    }

    /// Runs all writes of the unit, or none.
    pub async fn commit(&self, unit: Unit) -> Result<()> {
        if unit.is_empty() {
            return Ok(());
        }
        let (durability, statements) = (unit.durability, unit.statements());
        match &self.writer {
            Writer::Pools { lasting, fleeting } => {
                let pool = if durability == Durability::Lasting { lasting } else { fleeting };
                in_pool(pool, statements, Box::new(|c| Box::pin(unit.run(c)))).await
            }
            Writer::Grouped(jobs) => {
                let unit: DeedAfter<()> = Box::new(|c, before| Box::pin(unit.run_at_once(c, before)));
                in_group(jobs, durability, statements, unit).await
            }
        }
    }

    /// Runs one unit and gives back what it found out, once it is committed.
    pub async fn write<T, F>(&self, durability: Durability, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        self.run(durability, Statements::Several, behind(Box::new(unit))).await
    }

    /// The same for a unit that begins with a statement, and goes on by the row that this gives back.
    pub async fn write_by<T, F>(&self, durability: Durability, first: Statement, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection, Option<AnyRow>) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let unit: DeedAfter<T> = Box::new(|c, before| {
            Box::pin(async move {
                let row = first.ask(&mut *c, before).await?;
                unit(c, row).await
            })
        });
        self.run(durability, Statements::Several, unit).await
    }

    /// The same for a unit that is a single statement and succeeds with it: cheaper, for it needs no transaction. One that gives
    /// rows back goes to `ask`: with the first of them nothing is committed.
    pub async fn change<T, F>(&self, durability: Durability, statement: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        self.run(durability, Statements::One, behind(Box::new(statement))).await
    }

    /// Says a single statement: the first row that it gives back, once it is committed.
    pub async fn ask(&self, durability: Durability, statement: Statement) -> Result<Option<AnyRow>> {
        let unit: DeedAfter<Option<AnyRow>> = Box::new(|c, before| Box::pin(statement.ask(c, before)));
        self.run(durability, Statements::One, unit).await
    }

    async fn run<T: Send + 'static>(
        &self,
        durability: Durability,
        statements: Statements,
        unit: DeedAfter<T>,
    ) -> Result<T> {
        match &self.writer {
            Writer::Pools { lasting, fleeting } => {
                let pool = if durability == Durability::Lasting { lasting } else { fleeting };
                in_pool(pool, statements, Box::new(|c| unit(c, Script::default()))).await
            }
            Writer::Grouped(jobs) => in_group(jobs, durability, statements, unit).await,
        }
    }
}

/// What has to be said before a unit is said by itself.
fn behind<T: Send + 'static>(unit: Deed<T>) -> DeedAfter<T> {
    Box::new(|c, before| {
        Box::pin(async move {
            before.run(&mut *c).await?;
            unit(c).await
        })
    })
}

async fn in_pool<T>(pool: &Connections, statements: Statements, unit: Deed<T>) -> Result<T> {
    let done = in_lent(pool, statements, unit).await;
    if let Err(Error::Database(error)) = &done {
        pool.doubt(error);
    }
    done
}

async fn in_lent<T>(pool: &Connections, statements: Statements, unit: Deed<T>) -> Result<T> {
    let mut lent = pool.lend().await?;
    let found = match statements {
        Statements::One => unit(lent.connection()).await?,
        Statements::Unjudged | Statements::Several => {
            let mut transaction = lent.connection().begin().await?;
            let found = unit(&mut transaction).await?;
            transaction.commit().await?;
            found
        }
    };
    lent.give_back().await?;
    Ok(found)
}

async fn in_group<T: Send + 'static>(
    jobs: &mpsc::Sender<Job>,
    durability: Durability,
    statements: Statements,
    unit: DeedAfter<T>,
) -> Result<T> {
    let (done, result) = oneshot::channel();
    let run: Run = Box::new(|connection, before| {
        Box::pin(async move {
            let found = match AssertUnwindSafe(unit(connection, before)).catch_unwind().await {
                Ok(found) => found.map_err(busy),
                Err(_) => Err(Error::Internal("a write panicked".into())),
            };
            let keep = found.is_ok();
            let answer: Answer = Box::new(move |committed| {
                // Whoever asked may have gone; the unit stands all the same.
                let _ = done.send(found.and_then(|found| committed.map(|()| found)));
            });
            (keep, answer)
        })
    });
    jobs.send(Job { durability, statements, run }).await.map_err(|_| Error::Busy)?;
    result.await.map_err(|_| Error::Busy)?
}

/// Where a SQLite database lies; the rest of the URL is options.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// The file of a SQLite database that nobody has made yet.
pub fn missing_file(url: &str) -> Option<PathBuf> {
    sqlite_file(url).filter(|file| !file.exists())
}

/// What was committed and is not in the database yet.
fn log_of(url: &str) -> Result<PathBuf> {
    let mut file = sqlite_file(url).ok_or_else(|| Error::Internal(format!("{url} names no file")))?.into_os_string();
    file.push("-wal");
    Ok(file.into())
}

/// A new file is for its owner alone; SQLite gives its log and its index the same mode. One that is there already keeps the
/// mode that its operator gave it.
fn make_private(url: &str) -> Result<()> {
    let Some(file) = sqlite_file(url) else { return Ok(()) };
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file) {
        Ok(_) => Ok(()),
        Err(fault) if fault.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(fault) => Err(Error::Internal(format!("{} cannot be made: {fault}.", file.display()))),
    }
}

#[derive(Clone)]
enum Writer {
    Grouped(mpsc::Sender<Job>),
    Pools { lasting: Arc<Connections>, fleeting: Arc<Connections> },
}

/// Each connection is told these words when it is made.
pub(super) fn postgres_pool(connections: u32, words: &'static [&'static str]) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(2))
        .after_connect(move |connection, _| Box::pin(tell(connection, words)))
}

pub(super) async fn tell(connection: &mut AnyConnection, words: &[&'static str]) -> sqlx::Result<()> {
    for sentence in words {
        sqlx::raw_sql(*sentence).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Another process holds the file: whoever asked comes again.
fn busy(error: Error) -> Error {
    match &error {
        Error::Database(sqlx::Error::Database(fault)) if fault.code().is_some_and(|code| is_busy(&code)) => Error::Busy,
        _ => error,
    }
}

/// Also where SQLite says what it is busy with: what it says more stands before the last byte (sqlite.org/rescode.html).
fn is_busy(code: &str) -> bool {
    const SQLITE_BUSY: u32 = 5;
    code.parse::<u32>().is_ok_and(|code| code & 0xff == SQLITE_BUSY)
}

/// A name that must be unique is in use; anything else stays what it is.
pub(super) fn taken(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => Error::Taken,
        _ => Error::Database(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_is_busy_with_whatever() {
        for (code, is_one) in [("5", true), ("261", true), ("517", true), ("787", false), ("57P01", false)] {
            assert_eq!(is_busy(code), is_one, "{code}");
        }
    }

    #[test]
    fn the_file_of_a_sqlite_url_is_found() {
        for (url, file) in [
            ("sqlite://portico.db", Some("portico.db")),
            ("sqlite:///var/lib/portico.db?mode=rwc", Some("/var/lib/portico.db")),
            ("sqlite:portico.db", Some("portico.db")),
            ("sqlite::memory:", None),
            ("postgres://db/portico", None),
        ] {
            assert_eq!(sqlite_file(url), file.map(PathBuf::from), "{url}");
        }
    }
}
