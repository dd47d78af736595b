//! What servers of one PostgreSQL tell each other: that something was saved, and no more. What it was, each looks up itself,
//! and does so from time to time unasked: a notice may be lost. On SQLite there is nobody to tell.

use super::Db;
use crate::error::Result;
use sqlx::{AnyConnection, postgres::PgListener};
use std::future::pending;

const CHANNEL: &str = "portico_saved";

/// Part of the unit: nobody hears of it before the commit, and nobody at all if there is none.
pub(super) async fn tell(c: &mut AnyConnection) -> Result<()> {
    if c.backend_name() == "PostgreSQL" {
        sqlx::query("SELECT CAST(pg_notify($1, '') AS TEXT)").bind(CHANNEL).execute(c).await?;
    }
    Ok(())
}

impl Db {
    /// Ready once this server changed something, or another told us that it did. One waits for it: `background`.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    pub(super) fn ring(&self) {
        self.changed.notify_one();
    }
}

/// Rings for every notice, and once at the beginning for those that came before. Ends only when the database cannot be
/// heard any more.
pub async fn listen(db: &Db) -> Result<()> {
    let url = &db.options.database_url;
    if !url.scheme().starts_with("postgres") {
        return pending().await;
    }
    let mut listener = PgListener::connect(url.as_str()).await?;
    listener.listen(CHANNEL).await?;
    loop {
        db.ring();
        // After a break the listener connects anew, and says so by nothing: something may have been missed.
        listener.try_recv().await?;
    }
}
