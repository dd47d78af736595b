//! What an answer says of its flow: which step was answered, which was reached, which field was refused for what.

use super::visit::Visit;
use crate::{
    directory::{
        Durability, Unit,
        funnel::{self, ANSWERED, Event, REACHED},
    },
    journey::Outcome,
};
use app::contract::{journey::Step, validate::Fault};

/// Where an answer led.
pub enum Led<'a> {
    To(&'a Step, &'a [Fault]),
    Out(&'a Outcome),
}

/// Counted with the journey, or not at all.
pub fn note(unit: &mut Unit, visit: &Visit, before: &Step, led: Led) {
    let events = match led {
        Led::To(step, _) if step.word() != before.word() => {
            vec![whole(before.word(), ANSWERED), whole(step.word(), REACHED)]
        }
        Led::To(step, faults) => faults.iter().map(|fault| refused(step, fault)).collect(),
        Led::Out(outcome) => match ended(outcome) {
            Some(how) => vec![whole(before.word(), ANSWERED), whole("", how)],
            None => Vec::new(),
        },
    };
    if events.is_empty() {
        return;
    }
    let (tenant, flow, journey, now) =
        (visit.tenant.id.clone(), visit.flow.id.clone(), visit.row.id.clone(), visit.now);
    unit.add(Durability::Fleeting, move |c| {
        Box::pin(async move { funnel::count(c, &tenant, &flow, &journey, &events, now).await })
    });
}

fn whole(step: &'static str, what: &str) -> Event {
    Event { step, field: String::new(), what: what.into() }
}

fn refused(step: &Step, fault: &Fault) -> Event {
    // The word by which the fault is written in JSON.
    let why = serde_json::to_value(&fault.why).ok().and_then(|json| json["why"].as_str().map(str::to_owned));
    Event { step: step.word(), field: fault.field.clone(), what: why.unwrap_or_default() }
}

fn ended(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::SignedIn { .. } | Outcome::ContinuedAs { .. } => Some("signedIn"),
        Outcome::SignedUp { .. } => Some("signedUp"),
        Outcome::Recovered { .. } => Some("recovered"),
        // Whoever calls it off gave up where they were.
        Outcome::Cancelled => None,
    }
}
