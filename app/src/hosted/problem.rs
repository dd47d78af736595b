//! The page for what went wrong: what it was, what to do next, the way back to the application where it is known, and the
//! word under which the log has it.

use super::frame::{lead, still};
use crate::{
    contract::{
        brand::Brand,
        problem::{Problem, ProblemKind},
    },
    text::{Key, Texts},
    ui::{
        element::{El, el},
        view::Drawing,
    },
};

pub fn problem_heading(kind: ProblemKind) -> Key {
    words(kind).0
}

/// The sentence alone, for a page that stays as it is.
pub fn sentence(kind: ProblemKind) -> Key {
    words(kind).1
}

/// Whose page it is, and where the application is found that somebody came from.
#[derive(Clone, Copy)]
pub struct Whence<'a> {
    pub brand: &'a Brand,
    pub home: Option<Home<'a>>,
}

#[derive(Clone, Copy)]
pub struct Home<'a> {
    pub application: &'a str,
    pub url: &'a str,
}

pub fn problem(problem: &Problem, whence: Option<Whence>, texts: &Texts) -> Drawing {
    let (heading, sentence) = words(problem.kind);
    let mut content = vec![lead(texts.say(sentence))];
    content.extend(whence.and_then(|whence| whence.home).map(|home| back(home, texts)));
    content.push(el("p").class("trace").with(texts.fill(Key::ProblemTrace, &[("trace", &problem.trace)])));
    still(whence.map(|whence| whence.brand), None, texts.say(heading).into(), content, texts)
}

/// The way back to the application.
pub(super) fn back(Home { application, url }: Home, texts: &Texts) -> El {
    let label = texts.fill(Key::BackToApplication, &[("application", application)]);
    el("a").class("primary ext-button ext-primary").attr("href", url.to_owned()).with(label)
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
