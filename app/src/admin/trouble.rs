//! Why a request came to nothing, in sentences that say what to do.

use super::understood::understood;
use crate::contract::resource::problem::{Fault, Problem};

#[derive(Clone, PartialEq, Debug)]
pub enum Trouble {
    NoConnection,
    /// The session is over and could not be renewed.
    SignInAgain,
    NotAllowed,
    /// Who may not do it is not told that it could be done: the server knows no such address.
    NotEverywhere,
    Gone,
    /// Somebody else saved first; `@odata.etag` did not match.
    ChangedMeanwhile,
    Refused(Fault),
    /// An answer that this portal does not understand.
    Strange(u16),
}

impl Trouble {
    pub fn of(status: u16, body: &str) -> Self {
        let fault = understood::<Problem>(body).map(|problem| problem.error);
        match (status, fault) {
            (401, _) => Trouble::SignInAgain,
            (403, _) => Trouble::NotAllowed,
            (404 | 410, _) => Trouble::Gone,
            (412, _) => Trouble::ChangedMeanwhile,
            (_, Some(fault)) => Trouble::Refused(fault),
            (status, None) => Trouble::Strange(status),
        }
    }

    /// Of what is always there for whoever may do it.
    pub fn of_power(self) -> Self {
        match self {
            Trouble::Gone => Trouble::NotEverywhere,
            other => other,
        }
    }

    pub fn sentence(&self) -> String {
        match self {
            Trouble::NoConnection => {
                "The server does not answer. Look whether you are connected, then try again; nothing is lost.".into()
            }
            Trouble::SignInAgain => "Your session is over. Sign in again to go on.".into(),
            Trouble::NotAllowed => {
                "Your role does not allow this here. A Global Administrator of this directory can change that.".into()
            }
            Trouble::NotEverywhere => "Only a Global Administrator of every directory can do this.".into(),
            Trouble::Gone => "This is not here any more. Somebody may have deleted it.".into(),
            Trouble::ChangedMeanwhile => "Somebody else saved meanwhile. Your changes are still here; reload the page to see theirs before you save."
                    .into(),
            Trouble::Refused(fault) => said(fault),
            Trouble::Strange(status) => {
                format!(
                    "The server answered in a way this page does not understand ({status}). Reload it, then try again."
                )
            }
        }
    }

    /// The same for whoever has left what it is about: nothing waits there to be tried again.
    pub fn sentence_elsewhere(&self) -> String {
        let why: String = match self {
            Trouble::NoConnection => "The server does not answer.".into(),
            Trouble::ChangedMeanwhile => "Somebody else saved first.".into(),
            other => other.sentence(),
        };
        format!("What you began earlier did not work. {why}")
    }

    /// What is wrong with one property or with something in it, where the server named it.
    pub fn about(&self, property: &str) -> Option<String> {
        let Trouble::Refused(fault) = self else { return None };
        let is_in =
            |target: &str| target.strip_prefix(property).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let detail = fault.details.iter().find(|detail| detail.target.as_deref().is_some_and(is_in))?;
        Some(detail.message.clone())
    }
}

/// The whole is often as vague as "invalid request"; its first detail says it.
fn said(fault: &Fault) -> String {
    let mut sentences: Vec<&str> = fault.details.iter().map(|detail| detail.message.as_str()).collect();
    sentences.dedup();
    if sentences.is_empty() { fault.message.clone() } else { sentences.join(" ") }
}
