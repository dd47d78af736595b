//! How far people come in a flow: how often each step was reached and answered, and which field was refused for what. Numbers
//! of each day; nobody's name, nobody's way.
//!
//! They are counted in memory and written down together every second or so: a sign-in should not wait for statistics, and of
//! a server that is killed its last second is no loss.

use super::{Db, Durability, clause::Clause};
use crate::error::Result;
use app::contract::{
    id::{TenantId, UserFlowId},
    time::Timestamp,
};
use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

const DAY: i64 = 24 * 3600 * 1000;

/// Rows that one statement writes.
const ROWS: usize = 100;

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Event {
    pub step: &'static str,
    /// Empty where it is about the whole step.
    pub field: String,
    pub what: String,
}

pub const REACHED: &str = "reached";
pub const ANSWERED: &str = "answered";

/// What was counted and is not written down yet, in the order of the table's key, so that no two servers wait for each
/// other's rows in a circle.
#[derive(Default)]
pub struct Tally(Mutex<BTreeMap<Counted, i64>>);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Counted {
    tenant: String,
    flow: String,
    day: i64,
    event: Event,
}

impl Tally {
    fn numbers(&self) -> MutexGuard<'_, BTreeMap<Counted, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, counted: impl IntoIterator<Item = (Counted, i64)>) {
        let mut numbers = self.numbers();
        for (counted, times) in counted {
            *numbers.entry(counted).or_default() += times;
        }
    }
}

pub fn count(db: &Db, tenant: &TenantId, flow: &UserFlowId, events: Vec<Event>, now: Timestamp) {
    let counted =
        |event| Counted { tenant: tenant.to_string(), flow: flow.to_string(), day: now.0.div_euclid(DAY), event };
    db.tally.add(events.into_iter().map(|event| (counted(event), 1)));
}

/// Writes down what was counted since the last time. What could not be written is tried again the next time.
pub async fn write_down(db: &Db) -> Result<()> {
    let numbers: Vec<_> = mem::take(&mut *db.tally.numbers()).into_iter().collect();
    for rows in numbers.chunks(ROWS) {
        let clause = adding(rows);
        let written = db.change(Durability::Fleeting, |c| Box::pin(async move { Ok(clause.execute(c).await?) }));
        if let Err(error) = written.await {
            db.tally.add(rows.iter().cloned());
            return Err(error);
        }
    }
    Ok(())
}

fn adding(rows: &[(Counted, i64)]) -> Clause {
    let mut clause =
        Clause::new("INSERT INTO funnel_counts (tenant_id, user_flow_id, day, step, field, what, times) VALUES ");
    for (n, (Counted { tenant, flow, day, event }, times)) in rows.iter().enumerate() {
        clause.say(if n == 0 { "(" } else { ", (" });
        clause.bind(tenant.as_str()).say(", ").bind(flow.as_str()).say(", ").bind(*day);
        clause.say(", ").bind(event.step).say(", ").bind(event.field.as_str()).say(", ").bind(event.what.as_str());
        clause.say(", ").bind(*times).say(")");
    }
    clause.say(
        " ON CONFLICT (tenant_id, user_flow_id, day, step, field, what)
          DO UPDATE SET times = funnel_counts.times + excluded.times",
    );
    clause
}

/// A number of one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    pub user_flow: UserFlowId,
    /// Its first moment.
    pub day: Timestamp,
    pub step: String,
    pub field: String,
    pub what: String,
    pub times: i64,
}

/// Of one flow, or of all; whole days, the last one included. With what this server counted to this moment.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    flow: Option<&UserFlowId>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Count>> {
    write_down(db).await?;
    let mut clause =
        Clause::new("SELECT user_flow_id, day, step, field, what, times FROM funnel_counts WHERE tenant_id = ");
    clause.bind(tenant.as_str());
    if let Some(flow) = flow {
        clause.say(" AND user_flow_id = ").bind(flow.as_str());
    }
    clause.say(" AND day >= ").bind(from.0.div_euclid(DAY)).say(" AND day <= ").bind(to.0.div_euclid(DAY));
    clause.say(" ORDER BY day, user_flow_id, step, field, what");
    let rows: Vec<(String, i64, String, String, String, i64)> = clause.fetch_all(db.reader()).await?;
    Ok(rows
        .into_iter()
        .map(|(flow, day, step, field, what, times)| Count {
            user_flow: flow.into(),
            day: Timestamp(day * DAY),
            step,
            field,
            what,
            times,
        })
        .collect())
}
