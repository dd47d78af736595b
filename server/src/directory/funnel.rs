//! How far people come in a flow: how often each step was reached and answered, and which field was refused for what. Numbers
//! of each day, counted in the unit that saves the journey; nobody's name, nobody's way.

use super::{Db, clause::Clause};
use crate::error::Result;
use app::contract::{
    id::{JourneyId, TenantId, UserFlowId},
    time::Timestamp,
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

const DAY: i64 = 24 * 3600 * 1000;

/// Journeys that go on at the same moment do not wait for each other's numbers.
const PARTS: u32 = 16;

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

pub async fn count(
    c: &mut AnyConnection,
    tenant: &TenantId,
    flow: &UserFlowId,
    journey: &JourneyId,
    events: &[Event],
    now: Timestamp,
) -> Result<()> {
    let mut times: BTreeMap<&Event, i64> = BTreeMap::new();
    for event in events {
        *times.entry(event).or_default() += 1;
    }
    if times.is_empty() {
        return Ok(());
    }
    let part =
        journey.as_str().bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % PARTS;
    let mut clause =
        Clause::new("INSERT INTO funnel_counts (tenant_id, user_flow_id, day, step, field, what, part, times) VALUES ");
    // Always in the order of the key, so that no two units wait for each other.
    for (n, (event, times)) in times.into_iter().enumerate() {
        clause.say(if n == 0 { "(" } else { ", (" });
        clause.bind(tenant.as_str()).say(", ").bind(flow.as_str()).say(", ").bind(now.0.div_euclid(DAY));
        clause.say(", ").bind(event.step).say(", ").bind(event.field.as_str()).say(", ").bind(event.what.as_str());
        clause.say(", ").bind(i64::from(part)).say(", ").bind(times).say(")");
    }
    clause.say(
        " ON CONFLICT (tenant_id, user_flow_id, day, step, field, what, part)
          DO UPDATE SET times = funnel_counts.times + excluded.times",
    );
    clause.execute(c).await?;
    Ok(())
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

/// Of one flow, or of all; whole days, the last one included.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    flow: Option<&UserFlowId>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Count>> {
    let mut clause = Clause::new(
        "SELECT user_flow_id, day, step, field, what, CAST(SUM(times) AS BIGINT) FROM funnel_counts WHERE tenant_id = ",
    );
    clause.bind(tenant.as_str());
    if let Some(flow) = flow {
        clause.say(" AND user_flow_id = ").bind(flow.as_str());
    }
    clause.say(" AND day >= ").bind(from.0.div_euclid(DAY)).say(" AND day <= ").bind(to.0.div_euclid(DAY));
    clause.say(" GROUP BY user_flow_id, day, step, field, what ORDER BY day, user_flow_id, step, field, what");
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
