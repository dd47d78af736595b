//! Guesses at a password. Each is counted before it is judged, in one statement, so that two hundred at once on
//! any number of servers get no more tries than two hundred in a row (security R1, cve_2024_4629).

use super::{Db, Durability, Statement};
use crate::error::Result;
use app::contract::{flow_rules::Lockout, id::TenantId, time::Timestamp};
use std::time::Duration;

/// How many failures are too many; the engine's numbers, handed in.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How long the password is held after so many failures in a row.
    pub hold_after: fn(Lockout, u32) -> Duration,
    /// What the flow says of it.
    pub lockout: Lockout,
    /// After so many nothing but a new password helps.
    pub most: u32,
}

/// So many wrong passwords are remembered.
const REMEMBERED: usize = 3;

impl Rule {
    /// Failures that hold nothing yet.
    fn free(self) -> u32 {
        (1..self.most)
            .take_while(|failures| (self.hold_after)(self.lockout, *failures).is_zero())
            .count()
            .try_into()
            .unwrap_or(0)
    }
}

/// May this guess be judged? Counts it as a failure until `forget` or `remember` says otherwise.
pub async fn reserve(db: &Db, tenant: &TenantId, subject: &str, rule: Rule, now: Timestamp) -> Result<bool> {
    Ok(reserve_free(db, tenant, subject, rule, now).await? || reserve_and_hold(db, tenant, subject, rule, now).await?)
}

/// The ordinary case: so few failures that the next one holds nothing. One statement.
async fn reserve_free(db: &Db, tenant: &TenantId, subject: &str, rule: Rule, now: Timestamp) -> Result<bool> {
    let counted = Statement::new(
        "INSERT INTO guesses (tenant_id, subject, failures, held_until, recent, changed_at)
         VALUES ($1, $2, 1, 0, '', $3)
         ON CONFLICT (tenant_id, subject) DO UPDATE SET failures = guesses.failures + 1, changed_at = $3
         WHERE guesses.held_until <= $3 AND guesses.failures < $4
         RETURNING failures",
    )
    .bind(tenant.as_str())
    .bind(subject)
    .bind(now.0)
    .bind(i64::from(rule.free()));
    Ok(db.ask(Durability::Fleeting, counted).await?.is_some())
}

async fn reserve_and_hold(db: &Db, tenant: &TenantId, subject: &str, rule: Rule, now: Timestamp) -> Result<bool> {
    let (tenant, subject) = (tenant.clone(), subject.to_owned());
    db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            let row: Option<(i64,)> = sqlx::query_as(
                "INSERT INTO guesses (tenant_id, subject, failures, held_until, recent, changed_at)
                 VALUES ($1, $2, 1, 0, '', $3)
                 ON CONFLICT (tenant_id, subject) DO UPDATE SET failures = guesses.failures + 1, changed_at = $3
                 WHERE guesses.held_until <= $3 AND guesses.failures < $4
                 RETURNING failures",
            )
            .bind(tenant.as_str())
            .bind(&subject)
            .bind(now.0)
            .bind(i64::from(rule.most))
            .fetch_optional(&mut *c)
            .await?;
            let Some((failures,)) = row else { return Ok(false) };
            let hold = (rule.hold_after)(rule.lockout, u32::try_from(failures).unwrap_or(u32::MAX));
            if !hold.is_zero() {
                sqlx::query("UPDATE guesses SET held_until = $1 WHERE tenant_id = $2 AND subject = $3")
                    .bind((now + hold).0)
                    .bind(tenant.as_str())
                    .bind(&subject)
                    .execute(c)
                    .await?;
            }
            Ok(true)
        })
    })
    .await
}

/// The password was right: the count starts over.
pub fn forget(tenant: &TenantId, subject: &str) -> Statement {
    Statement::new("DELETE FROM guesses WHERE tenant_id = $1 AND subject = $2").bind(tenant.as_str()).bind(subject)
}

/// The guess was counted and never judged: nobody had time for it.
pub async fn give_back(db: &Db, tenant: &TenantId, subject: &str) -> Result<()> {
    let (tenant, subject) = (tenant.clone(), subject.to_owned());
    db.change(Durability::Fleeting, move |c| {
        Box::pin(async move {
            // No hold ran when it was counted: one that runs now began with it or after it, and at a count that is one too
            // high. The next guess is counted to the very number at which it begins again.
            let sql = "UPDATE guesses SET failures = failures - 1, held_until = 0
                       WHERE tenant_id = $1 AND subject = $2 AND failures > 0";
            sqlx::query(sql).bind(tenant.as_str()).bind(subject).execute(c).await?;
            Ok(())
        })
    })
    .await
}

/// The password was wrong. The very same mistake as one of the last few costs nothing more.
pub async fn remember(db: &Db, tenant: &TenantId, subject: &str, password_mac: &str) -> Result<()> {
    let (tenant, subject, mac) = (tenant.clone(), subject.to_owned(), password_mac.to_owned());
    db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            let row: Option<(String,)> = sqlx::query_as(
                "UPDATE guesses SET changed_at = changed_at WHERE tenant_id = $1 AND subject = $2 RETURNING recent",
            )
            .bind(tenant.as_str())
            .bind(&subject)
            .fetch_optional(&mut *c)
            .await?;
            let Some((recent,)) = row else { return Ok(()) };
            let mut macs: Vec<&str> = recent.split_whitespace().collect();
            let sql = if macs.contains(&mac.as_str()) {
                "UPDATE guesses SET failures = failures - 1, held_until = 0, recent = $3 WHERE tenant_id = $1 AND subject = $2"
            } else {
                macs.push(&mac);
                "UPDATE guesses SET recent = $3 WHERE tenant_id = $1 AND subject = $2"
            };
            let kept = macs[macs.len().saturating_sub(REMEMBERED)..].join(" ");
            sqlx::query(sql).bind(tenant.as_str()).bind(&subject).bind(kept).execute(c).await?;
            Ok(())
        })
    })
    .await
}
