//! A fresh database for each test, on each kind that is there.

use super::TestServer;
use server::directory::Db;
use sqlx::{AnyConnection, Connection, Executor};
use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::{
        Once,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};
use tokio::sync::OnceCell;

/// A PostgreSQL server where we may make databases, as a URL of one of them. Without it only SQLite is tested.
const POSTGRES: &str = "PORTICO_TEST_POSTGRES";

/// Runs the test on SQLite and on PostgreSQL, each time over a database of its own with the tables in it.
pub async fn on_both(test: impl AsyncFn(TestServer)) {
    on_both_alone(async |database| test(TestServer::start(database).await).await).await;
}

/// The same, for tests that start their servers themselves.
pub async fn on_both_alone(test: impl AsyncFn(&Database)) {
    for database in [Some(Database::sqlite().await), Database::postgres().await].into_iter().flatten() {
        test(&database).await;
        database.drop_it().await;
    }
}

pub struct Database {
    pub url: String,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    /// The URL of the server that holds it, and its name there.
    Server {
        url: String,
        name: String,
    },
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// That nothing else on this machine has: what servers of tests draw by chance, they all draw.
pub fn fresh_name() -> String {
    format!("portico_it_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

impl Database {
    async fn sqlite() -> Database {
        // In memory where the machine offers it: what a power cut leaves is asked elsewhere.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() }.join(fresh_name());
        fs::create_dir(&folder).unwrap();
        let url = format!("sqlite://{}/portico.db", folder.display());
        let database = Database { url, place: Place::Folder(folder) };
        Db::open(&database.url).await.unwrap().migrate().await.unwrap();
        database
    }

    async fn postgres() -> Option<Database> {
        let Ok(url) = env::var(POSTGRES) else {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| eprintln!("{POSTGRES} is not set: only SQLite is tested"));
            return None;
        };
        let (name, template) = (fresh_name(), template(&url).await);
        order(&url, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Some(Database { url: named(&url, &name), place: Place::Server { url, name } })
    }

    /// A database without tables beside this one, on the same kind.
    pub async fn empty_sibling(&self) -> Database {
        match &self.place {
            Place::Folder(_) => {
                let folder = env::temp_dir().join(fresh_name());
                fs::create_dir(&folder).unwrap();
                Database { url: format!("sqlite://{}/portico.db", folder.display()), place: Place::Folder(folder) }
            }
            Place::Server { url, .. } => {
                let name = fresh_name();
                order(url, &format!("CREATE DATABASE {name}")).await;
                Database { url: named(url, &name), place: Place::Server { url: url.clone(), name } }
            }
        }
    }

    pub async fn drop_it(self) {
        if let Place::Server { url, name } = &self.place {
            order(url, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if thread::panicking() {
            let kind = if matches!(self.place, Place::Folder(_)) { "SQLite" } else { "PostgreSQL" };
            eprintln!("(this happened on {kind})");
        }
        if let Place::Folder(folder) = &self.place {
            // A folder that stays behind harms nobody.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Tables are made once; every test copies them.
async fn template(url: &str) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(async || {
            let name = fresh_name();
            order(url, &format!("CREATE DATABASE {name}")).await;
            Db::open(&named(url, &name)).await.unwrap().migrate().await.unwrap();
            name
        })
        .await
}

async fn order(url: &str, sql: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

/// The URL of another database of the same server.
fn named(url: &str, name: &str) -> String {
    let mut url = url::Url::parse(url).unwrap();
    url.set_path(name);
    url.into()
}
