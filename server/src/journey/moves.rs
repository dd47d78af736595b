//! What one event leads to: the stage that follows, what its page tells, and what happens then.

use super::{
    AddressIs, Effect, Entering, Known, NewPasswordFor, Outcome, Reached, Said, Stage, profile::Arrived,
    second_step::At,
};
use app::contract::{
    journey::{Notice, Stop},
    validate::{Fault, Why},
};

pub(super) struct Move {
    pub stage: Stage,
    pub said: Said,
    pub then: Then,
}

pub(super) enum Then {
    Show,
    Do(Effect),
    Finish(Outcome),
}

impl Move {
    pub fn show(stage: Stage) -> Self {
        Self { stage, said: Said::default(), then: Then::Show }
    }

    /// Nothing came of it: the page as it was, with what it told.
    pub fn stay(stage: Stage, said: Said) -> Self {
        Self { stage, said, then: Then::Show }
    }

    pub fn ask(stage: Stage, effect: Effect) -> Self {
        Self { stage, said: Said::default(), then: Then::Do(effect) }
    }

    pub fn finish(outcome: Outcome) -> Self {
        let (claimed, reached) = match &outcome {
            Outcome::SignedUp { address, reached, .. } => (Some(address.clone()), reached.clone()),
            _ => (None, Reached::default()),
        };
        Self { stage: Stage::Finished { claimed, reached }, said: Said::default(), then: Then::Finish(outcome) }
    }

    pub fn stop(why: Stop, address: String) -> Self {
        Self::show(Stage::Stopped { why, address: Some(address) })
    }

    pub fn fault(self, field: &str, why: Why) -> Self {
        self.faults(vec![Fault { field: field.into(), why }])
    }

    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.said.faults = faults;
        self
    }

    pub fn typed(mut self, field: &str, value: String) -> Self {
        self.said = self.said.typed(field, value);
        self
    }

    pub fn notice(mut self, notice: Notice) -> Self {
        self.said.notice = Some(notice);
        self
    }

    /// What the page told already goes on being told.
    pub fn saying(mut self, said: Said) -> Self {
        self.said = said;
        self
    }
}

impl Said {
    pub(super) fn typed(mut self, field: &str, value: String) -> Self {
        self.typed.insert(field.into(), vec![value]);
        self
    }
}

impl Stage {
    /// The address or user name that the stage is about, once it is known. Whether it is proved is the stage's to say.
    pub fn address(&self) -> Option<&str> {
        match self {
            Stage::Account { known: Known { address, .. } }
            | Stage::Password { address, .. }
            | Stage::Code { address, .. }
            | Stage::Proved { address, .. }
            | Stage::SecondFactor { address, .. }
            | Stage::SecondStep { address, .. }
            | Stage::SteppingUp { known: Known { address, .. } }
            | Stage::Replacing { address, .. }
            | Stage::Making { address, .. }
            | Stage::NewPassword { address, .. }
            | Stage::Attributes { address, .. } => Some(address),
            Stage::Wished { user_name } | Stage::Contact { user_name } => Some(user_name),
            Stage::Reading { address, .. }
            | Stage::Profile { arrived: Arrived { address, .. } }
            | Stage::Stopped { address, .. } => address.as_deref(),
            Stage::Address { .. } | Stage::Finished { .. } => None,
        }
    }

    /// Where whoever has an account, and is on the way in by it or is in, is written to; of who came by a user name, the
    /// address where mail was read in this journey, if it was.
    pub fn mailbox(&self) -> Option<&str> {
        match self {
            Stage::Proved { mailbox, .. } => mailbox.as_deref(),
            Stage::Password { address_is: AddressIs::ProvedAt(mailbox), .. } => Some(mailbox),
            Stage::Profile { arrived } => arrived.contact.as_deref(),
            _ => self.entering()?.mailbox.as_deref(),
        }
    }

    /// The address of the second step from which a code came back, of who shows it now or has shown it.
    pub fn second_address(&self) -> Option<&str> {
        match self {
            Stage::SecondStep { at: At::Code { to, enrols: false, .. }, .. } => Some(to),
            Stage::Profile { arrived } => arrived.second.as_deref(),
            _ => self.entering()?.second.as_deref(),
        }
    }

    fn entering(&self) -> Option<&Entering> {
        match self {
            Stage::SecondFactor { entering, .. }
            | Stage::SecondStep { entering, .. }
            | Stage::Replacing { entering, .. }
            | Stage::NewPassword { purpose: NewPasswordFor::Account(entering), .. } => Some(entering),
            _ => None,
        }
    }

    /// Whether nothing the person does leads on.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Stage::Finished { .. } | Stage::Stopped { why: Stop::Expired, .. })
    }
}
