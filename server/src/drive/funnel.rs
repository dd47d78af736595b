//! What an answer says of its flow: which step was answered, which was reached, which field was refused for what.

use super::visit::Visit;
use crate::{
    directory::funnel::{self, ANSWERED, Event, REACHED},
    journey::{Came, Outcome},
    state::AppState,
};
use app::contract::{journey::Step, validate::Fault};

/// Where an answer led.
pub enum Led<'a> {
    To(&'a Step, &'a [Fault]),
    /// With the word for how; who called it off gave up where they were.
    Out(Option<&'static str>),
}

impl Led<'_> {
    pub fn out(outcome: &Outcome) -> Self {
        Led::Out(match outcome {
            Outcome::SignedUp { .. } | Outcome::SignedIn { came: Came::New { .. }, .. } => Some("signedUp"),
            Outcome::SignedIn { came: Came::Renewed { .. }, .. } => Some("recovered"),
            Outcome::SignedIn { .. } | Outcome::ContinuedAs { .. } => Some("signedIn"),
            Outcome::Recovered { .. } => Some("recovered"),
            Outcome::ProfileEdited { .. } => Some("profileEdited"),
            // They come back when they have enrolled.
            Outcome::MustEnrol { .. } | Outcome::ForgotPassword | Outcome::Cancelled => None,
        })
    }
}

/// Of an answer that counted.
pub fn note(state: &AppState, visit: &Visit, before: &Step, led: Led) {
    let events = match led {
        Led::To(step, _) if step.word() != before.word() => {
            vec![whole(before.word(), ANSWERED), whole(step.word(), REACHED)]
        }
        Led::To(step, faults) => faults.iter().map(|fault| refused(step, fault)).collect(),
        Led::Out(Some(how)) => vec![whole(before.word(), ANSWERED), whole("", how)],
        Led::Out(None) => Vec::new(),
    };
    funnel::count(&state.db, &visit.tenant.id, &visit.flow.id, events, visit.now);
}

fn whole(step: &'static str, what: &str) -> Event {
    Event { step, field: String::new(), what: what.into() }
}

fn refused(step: &Step, fault: &Fault) -> Event {
    // The word by which the fault is written in JSON.
    let why = serde_json::to_value(&fault.why).ok().and_then(|json| json["why"].as_str().map(str::to_owned));
    Event { step: step.word(), field: fault.field.clone(), what: why.unwrap_or_default() }
}
