//! Counters over a window of time, exact across all servers: one statement counts and tells.

use super::{Db, Durability};
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};
use std::time::Duration;

/// At most `most` in `window`, counted under `name` for each subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    pub name: &'static str,
    pub most: i64,
    pub window: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    Within,
    Beyond { until: Timestamp },
}

/// Counts once under each limit; the first that is passed decides. A subject is a keyed hash, never an address.
pub async fn count(db: &Db, tenant: &TenantId, counted: Vec<(Limit, String)>, now: Timestamp) -> Result<Counted> {
    let tenant = tenant.clone();
    db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            for (limit, subject) in counted {
                let over = now.earlier_by(limit.window);
                let (window_from, count): (i64, i64) = sqlx::query_as(
                    "INSERT INTO counters (tenant_id, name, subject, window_from, count) VALUES ($1, $2, $3, $4, 1)
                     ON CONFLICT (tenant_id, name, subject) DO UPDATE SET
                       count = CASE WHEN counters.window_from <= $5 THEN 1 ELSE counters.count + 1 END,
                       window_from = CASE WHEN counters.window_from <= $5 THEN $4 ELSE counters.window_from END
                     RETURNING window_from, count",
                )
                .bind(tenant.as_str())
                .bind(limit.name)
                .bind(subject)
                .bind(now.0)
                .bind(over.0)
                .fetch_one(&mut *c)
                .await?;
                if count > limit.most {
                    return Ok(Counted::Beyond { until: Timestamp(window_from) + limit.window });
                }
            }
            Ok(Counted::Within)
        })
    })
    .await
}

/// Is the subject within its limit now? Counts nothing.
pub async fn peek(db: &Db, tenant: &TenantId, limit: Limit, subject: &str, now: Timestamp) -> Result<Counted> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "SELECT window_from, count FROM counters
         WHERE tenant_id = $1 AND name = $2 AND subject = $3 AND window_from > $4",
    )
    .bind(tenant.as_str())
    .bind(limit.name)
    .bind(subject)
    .bind(now.earlier_by(limit.window).0)
    .fetch_optional(db.reader())
    .await?;
    Ok(match row {
        Some((window_from, count)) if count >= limit.most => {
            Counted::Beyond { until: Timestamp(window_from) + limit.window }
        }
        _ => Counted::Within,
    })
}
