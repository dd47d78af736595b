//! When something happened lately, exact across all servers. How often is too often is the engine's rule, handed in.

use super::Db;
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};
use sqlx::AnyConnection;
use std::time::Duration;

/// No rule looks further back.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// One thing to count.
#[derive(Clone, Debug)]
pub struct Asked {
    pub name: &'static str,
    /// A keyed hash, never an address.
    pub subject: String,
    /// When the next is allowed, after those.
    pub rule: fn(&[Timestamp]) -> Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spent {
    /// Counted under every name; the next is allowed then.
    Allowed { next: Timestamp },
    /// Counted under none.
    Refused { until: Timestamp },
}

/// Counts under every name, or under none.
pub async fn spend(c: &mut AnyConnection, tenant: &TenantId, asked: &[Asked], now: Timestamp) -> Result<Spent> {
    let mut lately = Vec::with_capacity(asked.len());
    for asked in asked {
        // The write comes first: it takes the row, and whoever asks at the same time waits.
        let (moments,): (String,) = sqlx::query_as(
            "INSERT INTO counters (tenant_id, name, subject, moments, changed_at) VALUES ($1, $2, $3, '', $4)
             ON CONFLICT (tenant_id, name, subject) DO UPDATE SET changed_at = excluded.changed_at
             RETURNING moments",
        )
        .bind(tenant.as_str())
        .bind(asked.name)
        .bind(&asked.subject)
        .bind(now.0)
        .fetch_one(&mut *c)
        .await?;
        lately.push(read(&moments, now));
    }
    let spent = judge(asked, &lately, now);
    for (asked, mut lately) in asked.iter().zip(lately) {
        if let Spent::Allowed { .. } = spent {
            lately.push(now);
        }
        // As much is written where it is refused: what nobody is told, no time tells (security R5).
        write(c, tenant, asked, &lately).await?;
    }
    Ok(spent)
}

/// What `spend` would say now. Counts nothing.
pub async fn foresee(db: &Db, tenant: &TenantId, asked: &[Asked], now: Timestamp) -> Result<Spent> {
    let mut lately = Vec::with_capacity(asked.len());
    for asked in asked {
        lately.push(moments(db, tenant, asked, now).await?);
    }
    Ok(judge(asked, &lately, now))
}

fn judge(asked: &[Asked], lately: &[Vec<Timestamp>], now: Timestamp) -> Spent {
    let latest = |moments: &dyn Fn(&[Timestamp]) -> Vec<Timestamp>| {
        let allowed = asked.iter().zip(lately).map(|(asked, lately)| (asked.rule)(&moments(lately)));
        allowed.max().unwrap_or_default()
    };
    let until = latest(&|lately| lately.to_vec());
    if until > now {
        return Spent::Refused { until };
    }
    let next = latest(&|lately| [lately, &[now]].concat());
    Spent::Allowed { next: next.max(now) }
}

async fn write(c: &mut AnyConnection, tenant: &TenantId, asked: &Asked, lately: &[Timestamp]) -> Result<()> {
    let moments: Vec<String> = lately.iter().map(|moment| moment.0.to_string()).collect();
    sqlx::query("UPDATE counters SET moments = $1 WHERE tenant_id = $2 AND name = $3 AND subject = $4")
        .bind(moments.join(" "))
        .bind(tenant.as_str())
        .bind(asked.name)
        .bind(&asked.subject)
        .execute(c)
        .await?;
    Ok(())
}

/// When the next is allowed. Counts nothing.
pub async fn next_allowed(db: &Db, tenant: &TenantId, asked: &Asked, now: Timestamp) -> Result<Timestamp> {
    Ok((asked.rule)(&moments(db, tenant, asked, now).await?))
}

/// The same after moments that were read elsewhere, as they are written here.
pub(super) fn next_allowed_after(asked: &Asked, moments: Option<&str>, now: Timestamp) -> Timestamp {
    (asked.rule)(&moments.map(|moments| read(moments, now)).unwrap_or_default())
}

async fn moments(db: &Db, tenant: &TenantId, asked: &Asked, now: Timestamp) -> Result<Vec<Timestamp>> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT moments FROM counters WHERE tenant_id = $1 AND name = $2 AND subject = $3")
            .bind(tenant.as_str())
            .bind(asked.name)
            .bind(&asked.subject)
            .fetch_optional(db.reader())
            .await?;
    Ok(row.map(|(moments,)| read(&moments, now)).unwrap_or_default())
}

fn read(moments: &str, now: Timestamp) -> Vec<Timestamp> {
    let oldest = now.earlier_by(LONGEST);
    moments
        .split_whitespace()
        .filter_map(|moment| moment.parse().ok().map(Timestamp))
        .filter(|at| *at > oldest)
        .collect()
}
