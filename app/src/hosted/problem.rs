//! The page for what went wrong: what it was, what to do next, and the word under which the log has it.

use super::frame::{foot, links, whose};
use crate::{
    contract::{
        brand::Brand,
        problem::{Problem, ProblemKind},
    },
    text::{Key, Texts},
    ui::{element::el, view::Drawing},
};

pub fn problem_heading(kind: ProblemKind) -> Key {
    words(kind).0
}

/// The sentence alone, for a page that stays as it is.
pub fn sentence(kind: ProblemKind) -> Key {
    words(kind).1
}

pub fn problem(problem: &Problem, brand: Option<&Brand>, texts: &Texts) -> Drawing {
    let (heading, sentence) = words(problem.kind);
    let card = el("main")
        .class("card ext-sign-in-box")
        .with_all(brand.map(whose))
        .with(el("h1").class("ext-title").with(texts.say(heading).to_owned()))
        .with(el("p").class("lead ext-subtitle").with(texts.say(sentence).to_owned()))
        .with(el("p").class("trace").with(texts.fill(Key::ProblemTrace, &[("trace", &problem.trace)])));
    Drawing::of(vec![card, foot(None, brand.map(|brand| links(brand, texts)).unwrap_or_default())])
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
