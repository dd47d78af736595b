//! Numbers of days, never of persons: sign-ins and sign-ups, and how far people come in a flow.

use super::{
    answer::Wishes,
    caller::Caller,
    query::{options::bad, page::Page},
};
use crate::{
    directory::{
        funnel::{self, ANSWERED, Count, REACHED},
        user_flow,
    },
    error::Result,
    state::AppState,
};
use app::contract::{
    id::UserFlowId,
    resource::{
        funnel::{FieldFailures, Funnel, FunnelStep},
        moment::Moment,
    },
    time::Timestamp,
};
use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

const USUAL: Duration = Duration::from_secs(30 * 24 * 3600);
/// A year and a day.
const LONGEST: Duration = Duration::from_secs(367 * 24 * 3600);

/// In the order in which people meet them. A step that is not among them comes last.
const STEPS: [&str; 11] = [
    "account",
    "address",
    "password",
    "code",
    "newPassword",
    "attributes",
    "secondFactor",
    "secondStep",
    "secondAddress",
    "secondCode",
    "stopped",
];

/// `from` and `to`, as moments or dates; the last thirty days where nothing is said.
fn range(query: Option<&str>, now: Timestamp) -> Result<(Timestamp, Timestamp)> {
    let (mut from, mut to) = (None, None);
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let moment = || Moment::read(&value).ok_or_else(|| bad(format!("'{name}' is written like 2031-02-03.")));
        match name.as_ref() {
            "from" => from = Some(moment()?.0),
            "to" => to = Some(moment()?.0),
            _ => return Err(bad(format!("The option '{name}' is not offered here."))),
        }
    }
    let to = to.unwrap_or(now);
    let from = from.unwrap_or(to.earlier_by(USUAL));
    if from > to || from < to.earlier_by(LONGEST) {
        return Err(bad("The range goes forward, and over a year at most."));
    }
    Ok((from, to))
}

pub async fn daily(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let (from, to) = range(query.as_deref(), state.clock.now())?;
    let counts = funnel::list(&state.db, &caller.tenant.id, None, from, to).await?;
    let mut days: BTreeMap<(i64, String), BTreeMap<String, i64>> = BTreeMap::new();
    // What has no step is how a journey ended.
    for Count { user_flow, day, what, times, .. } in counts.into_iter().filter(|count| count.step.is_empty()) {
        *days.entry((day.0, user_flow.to_string())).or_default().entry(what).or_default() += times;
    }
    let value = days.into_iter().map(|((day, flow), times)| {
        let of = |what: &str| times.get(what).copied().unwrap_or_default();
        json!({
            "factDate": Moment(Timestamp(day)).text().get(..10),
            "userFlowId": flow,
            "signIns": of("signedIn"),
            "signUps": of("signedUp"),
            "recoveries": of("recovered"),
        })
    });
    Ok(wishes.collection("reports/daily", Page { value: value.collect(), ..Page::default() }))
}

pub async fn funnel(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let flow = UserFlowId::from(id);
    // Whose flow is not here has no funnel either.
    user_flow::get(&state.db, &caller.tenant.id, &flow).await?;
    let (from, to) = range(query.as_deref(), state.clock.now())?;
    let counts = funnel::list(&state.db, &caller.tenant.id, Some(&flow), from, to).await?;
    wishes.as_it_is("identity/authenticationEventsFlows/funnel", &drawn(&counts, from, to))
}

fn drawn(counts: &[Count], from: Timestamp, to: Timestamp) -> Funnel {
    let sum = |step: &str, what: &str| -> i64 {
        let of = counts.iter().filter(|count| count.step == step && count.field.is_empty() && count.what == what);
        of.map(|count| count.times).sum()
    };
    let met = counts.iter().map(|count| count.step.as_str()).filter(|step| !step.is_empty());
    let met: BTreeSet<(usize, &str)> = met.map(|step| (place(step), step)).collect();
    let steps = met.into_iter().map(|(_, step)| FunnelStep {
        step: step.into(),
        reached: sum(step, REACHED),
        given_up: (sum(step, REACHED) - sum(step, ANSWERED)).max(0),
        failures: failures(counts, step),
    });
    let ended = ["signedIn", "signedUp", "recovered"].iter().map(|how| sum("", how));
    Funnel { from: Moment(from), to: Moment(to), steps: steps.collect(), finished: ended.sum() }
}

fn place(step: &str) -> usize {
    STEPS.iter().position(|known| *known == step).unwrap_or(STEPS.len())
}

/// The most frequent first.
fn failures(counts: &[Count], step: &str) -> Vec<FieldFailures> {
    let mut times: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for count in counts.iter().filter(|count| count.step == step && !count.field.is_empty()) {
        *times.entry((&count.field, &count.what)).or_default() += count.times;
    }
    let mut failures: Vec<FieldFailures> = times
        .into_iter()
        .map(|((field, why), times)| FieldFailures { field: field.into(), why: why.into(), times })
        .collect();
    failures.sort_by_key(|failure| std::cmp::Reverse(failure.times));
    failures
}
