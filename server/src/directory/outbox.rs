//! Letters waiting for the post: written in the transaction of the step that asked for them, sealed until they go.

use super::{Db, Durability, Statement, identity::Folded, sealed};
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};
use sqlx::AnyConnection;
use std::time::Duration;

/// While one server tries to send a letter, no other does.
const LEASE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub struct Waiting {
    pub id: String,
    /// Empty where there is nobody to write to: then the letter is written all the same, so that no time tells, and forgotten.
    pub address: String,
    /// The letter as JSON, sealed for this tenant, table and row.
    pub sealed: String,
    /// A letter that is late tells a code that is dead: it is not sent any more.
    pub expires_at: Timestamp,
}

pub fn insert(tenant: &TenantId, letter: &Waiting, now: Timestamp) -> Statement {
    let goes_nowhere = letter.address.is_empty();
    Statement::new(
        "INSERT INTO outbox (tenant_id, id, address, sealed, created_at, expires_at, next_try_at, tries, failed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $5, 0, $7)",
    )
    .bind(tenant.as_str())
    .bind(&letter.id)
    .bind(Folded::address(&letter.address).as_str())
    .bind(if goes_nowhere { "" } else { &letter.sealed })
    .bind(now.0)
    .bind(letter.expires_at.0)
    .bind(goes_nowhere.then_some(now.0))
}

pub async fn insert_all(c: &mut AnyConnection, tenant: &TenantId, letters: &[Waiting], now: Timestamp) -> Result<()> {
    for letter in letters {
        insert(tenant, letter, now).run(c).await?;
    }
    Ok(())
}

/// What a letter is sealed for.
pub fn context(tenant: &TenantId, id: &str) -> String {
    sealed::context(tenant, "outbox", id)
}

#[derive(Clone, Debug)]
pub struct Due {
    pub tenant: TenantId,
    pub id: String,
    pub sealed: String,
    /// This try included.
    pub tries: i64,
    pub expires_at: Timestamp,
}

/// Takes letters whose time has come; each is this server's alone until the lease ends.
pub async fn take_due(db: &Db, limit: i64, now: Timestamp) -> Result<Vec<Due>> {
    db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
                "UPDATE outbox SET next_try_at = $1, tries = tries + 1
                 WHERE next_try_at <= $2 AND sent_at IS NULL AND failed_at IS NULL
                   AND (tenant_id, id) IN (SELECT tenant_id, id FROM outbox
                                           WHERE next_try_at <= $2 AND sent_at IS NULL AND failed_at IS NULL
                                           ORDER BY next_try_at LIMIT $3)
                 RETURNING tenant_id, id, sealed, tries, expires_at",
            )
            .bind((now + LEASE).0)
            .bind(now.0)
            .bind(limit)
            .fetch_all(c)
            .await?;
            let due = |(tenant, id, sealed, tries, expires_at): (String, _, _, _, _)| Due {
                tenant: tenant.into(),
                id,
                sealed,
                tries,
                expires_at: Timestamp(expires_at),
            };
            Ok(rows.into_iter().map(due).collect())
        })
    })
    .await
}

/// What became of a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Sent; the letter itself is forgotten unless the development mailbox shows it.
    Sent {
        keep: bool,
    },
    TryAgain {
        at: Timestamp,
    },
    GivenUp,
}

pub async fn settle(db: &Db, due: &Due, fate: Fate, now: Timestamp) -> Result<()> {
    let (tenant, id) = (due.tenant.clone(), due.id.clone());
    let (sql, moment) = match fate {
        Fate::Sent { keep: true } => ("UPDATE outbox SET sent_at = $1 WHERE tenant_id = $2 AND id = $3", now),
        Fate::Sent { keep: false } => {
            ("UPDATE outbox SET sent_at = $1, sealed = '' WHERE tenant_id = $2 AND id = $3", now)
        }
        Fate::TryAgain { at } => ("UPDATE outbox SET next_try_at = $1 WHERE tenant_id = $2 AND id = $3", at),
        Fate::GivenUp => ("UPDATE outbox SET failed_at = $1, sealed = '' WHERE tenant_id = $2 AND id = $3", now),
    };
    db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            sqlx::query(sql).bind(moment.0).bind(tenant.as_str()).bind(id).execute(c).await?;
            Ok(())
        })
    })
    .await
}

/// A letter as the development mailbox shows it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub tenant: TenantId,
    pub id: String,
    pub to: String,
    pub at: Timestamp,
    pub sealed: String,
}

type KeptRow = (String, String, String, i64, String);

pub async fn newest(db: &Db, limit: i64) -> Result<Vec<Kept>> {
    let rows: Vec<KeptRow> = sqlx::query_as(
        "SELECT tenant_id, id, address, created_at, sealed FROM outbox WHERE sealed <> ''
         ORDER BY created_at DESC, id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db.reader())
    .await?;
    Ok(rows.into_iter().map(kept).collect())
}

pub async fn latest_to(db: &Db, address: &str) -> Result<Option<Kept>> {
    let row: Option<KeptRow> = sqlx::query_as(
        "SELECT tenant_id, id, address, created_at, sealed FROM outbox WHERE address = $1 AND sealed <> ''
         ORDER BY created_at DESC, id LIMIT 1",
    )
    .bind(Folded::address(address).as_str())
    .fetch_optional(db.reader())
    .await?;
    Ok(row.map(kept))
}

fn kept((tenant, id, to, at, sealed): KeptRow) -> Kept {
    Kept { tenant: tenant.into(), id, to, at: Timestamp(at), sealed }
}
