//! How a journey begins: with the grant that it will conclude, in one write.

use crate::{
    directory::{
        Durability, Unit,
        funnel::{self, Event, REACHED},
        grant::{self, Grant},
        journey::{self as journeys, Journey},
    },
    error::Result,
    guard::{Caller, network_of},
    journey::{self, Entry},
    request::Kept,
    state::AppState,
};
use app::contract::id::{ApplicationId, GrantId, JourneyId, TenantId, UserFlowId};
use std::time::Duration;

/// From the request to the code.
const JOURNEY_LIFETIME: Duration = Duration::from_secs(3600);

/// For whoever asked, whichever face they came to; `browser` is the hash of what they will show to be the same.
pub fn new_grant(
    state: &AppState,
    application: &ApplicationId,
    user_flow: &UserFlowId,
    browser: String,
    asked: &Kept,
) -> Result<Grant> {
    Ok(Grant {
        id: GrantId::from(state.chance.id()),
        application: application.clone(),
        user_flow: user_flow.clone(),
        browser,
        request: serde_json::to_string(asked)?,
        outcome: None,
        expires_at: state.clock.now() + JOURNEY_LIFETIME,
    })
}

/// Whoever holds the grant holds the journey.
pub async fn begin(
    state: &AppState,
    tenant: &TenantId,
    caller: &Caller,
    grant: Grant,
    entry: Entry,
) -> Result<JourneyId> {
    let now = state.clock.now();
    state.arrivals.admit(network_of(caller.address), now)?;
    let first = if entry.known.is_some() { "account" } else { "address" };
    let reached = vec![Event { step: first, field: String::new(), what: REACHED.into() }];
    let id = JourneyId::from(state.chance.id());
    let journey = Journey {
        id: id.clone(),
        user_flow: grant.user_flow.clone(),
        grant: grant.id.clone(),
        holder: grant.browser.clone(),
        version: 0,
        body: serde_json::to_string(&journey::begin(entry))?,
        expires_at: grant.expires_at,
        finished_at: None,
    };
    let mut unit = Unit::new(Durability::Fleeting);
    unit.say(Durability::Fleeting, grant::insert(tenant, &grant, None, now)?);
    unit.say(Durability::Fleeting, journeys::insert(tenant, &journey, now));
    state.db.commit(unit).await?;
    funnel::count(&state.db, tenant, &grant.user_flow, reached, now);
    Ok(id)
}
