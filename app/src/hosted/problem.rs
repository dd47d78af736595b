//! The page for what went wrong: what it was, what to do next, and the word under which the log has it.

use super::frame::{links, whose};
use crate::{
    contract::{
        brand::Brand,
        problem::{Problem, ProblemKind},
    },
    text::{Key, Texts},
};
use leptos::prelude::*;

pub fn problem_heading(kind: ProblemKind) -> Key {
    words(kind).0
}

/// The sentence alone, for a page that stays as it is.
pub fn sentence(kind: ProblemKind) -> Key {
    words(kind).1
}

pub fn problem(problem: &Problem, brand: Option<&Brand>, texts: &Texts) -> AnyView {
    let (heading, sentence) = words(problem.kind);
    view! {
        <main class="card ext-sign-in-box">
            {brand.map(whose)}
            <h1 class="ext-title">{texts.say(heading).to_owned()}</h1>
            <p class="lead ext-subtitle">{texts.say(sentence).to_owned()}</p>
            <p class="trace">{texts.fill(Key::ProblemTrace, &[("trace", &problem.trace)])}</p>
        </main>
        <footer class="ext-footer">
            <div class="foot ext-footer-links">{brand.map(|brand| links(brand, texts))}</div>
        </footer>
    }
    .into_any()
}

fn words(kind: ProblemKind) -> (Key, Key) {
    match kind {
        ProblemKind::NotFound => (Key::ProblemNotFoundHeading, Key::ProblemNotFound),
        ProblemKind::BadApplicationRequest => {
            (Key::ProblemBadApplicationRequestHeading, Key::ProblemBadApplicationRequest)
        }
        ProblemKind::Forged => (Key::ProblemForgedHeading, Key::ProblemForged),
        ProblemKind::JourneyOver => (Key::ProblemJourneyOverHeading, Key::ProblemJourneyOver),
        ProblemKind::BadRequest => (Key::ProblemBadRequestHeading, Key::ProblemBadRequest),
        ProblemKind::TooMany => (Key::ProblemTooManyHeading, Key::ProblemTooMany),
        ProblemKind::Busy => (Key::ProblemBusyHeading, Key::ProblemBusy),
        ProblemKind::Internal => (Key::ProblemInternalHeading, Key::ProblemInternal),
    }
}
