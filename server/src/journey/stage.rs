//! A journey as it is kept between two answers: where it is, and what is known there.

use super::{
    entering::{Entering, NewPasswordFor},
    profile::Arrived,
    second_step::At,
    turn::{Entered, Proof},
};
use app::contract::{
    id::AccountId,
    journey::{Notice, Path, Stop},
    secret::Secret,
    time::Timestamp,
    validate::Fault,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One person's run through a flow, as it is kept between two answers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Journey {
    pub language: String,
    /// In a window that the application's page opened and looks at.
    #[serde(default)]
    pub popup: bool,
    /// Whether its pages offer the way back to the application.
    #[serde(default)]
    pub can_cancel: bool,
    /// Whether to stay signed in after the browser closes; as it was ticked last.
    pub keep: bool,
    pub stage: Stage,
    pub said: Said,
    pub mailed: Option<Mailed>,
}

/// A living code whose page was left. Who comes back for the same address needs no other, and is refused none.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Mailed {
    pub address: String,
    pub code: Code,
}

/// What the next page tells besides its step: about the last answer, gone after the next.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    pub faults: Vec<Fault>,
    /// What was typed, by field name; never a password or code.
    pub typed: BTreeMap<String, Vec<String>>,
    pub notice: Option<Notice>,
}

/// Where a journey is. Each arm owns exactly what is known there; a transition consumes it. An `address` is what somebody
/// said to say who they are: where the flow has user names, it may be one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    Address {
        path: Path,
    },
    /// Somebody is signed in at this browser.
    Account {
        known: Known,
    },
    Password {
        address: String,
        address_is: AddressIs,
    },
    /// A user name that a new person wishes; whether it is free is being looked up. Left within the turn that enters it.
    Wished {
        user_name: String,
    },
    /// The user name is free; where can its owner be reached?
    Contact {
        user_name: String,
    },
    Code {
        path: Path,
        address: String,
        /// What a new person will be called whose address is for resets only.
        #[serde(default)]
        user_name: Option<String>,
        code: Code,
    },
    /// A code came back; whose address it is, is being looked up. Left within the turn that enters it.
    Proved {
        path: Path,
        address: String,
        /// Where the code was read of whoever has the user name.
        #[serde(default)]
        mailbox: Option<String>,
    },
    /// Another proof was right; the code of the account's authenticator is asked too.
    SecondFactor {
        address: String,
        entering: Entering,
        tries_left: u8,
    },
    /// The flow asks for another proof: a code to the address that the account keeps for it, or that address.
    SecondStep {
        address: String,
        entering: Entering,
        at: At,
    },
    /// What is there to prove of somebody who is signed in is being looked up. Left within the turn that enters it.
    SteppingUp {
        known: Known,
    },
    NewPassword {
        address: String,
        #[serde(default)]
        reached: Reached,
        purpose: NewPasswordFor,
    },
    /// The new password is being written. Left within the turn that enters it.
    Replacing {
        address: String,
        entering: Entering,
    },
    /// The account is being made. Left within the turn that enters it.
    Making {
        address: String,
        reached: Reached,
    },
    /// Nobody has the address or user name. `password` is hashed already.
    Attributes {
        address: String,
        #[serde(default)]
        reached: Reached,
        password: Option<Secret>,
    },
    /// Somebody is in; what is known of them is being read. Left within the turn that enters it.
    Reading {
        account: AccountId,
        address: Option<String>,
        by: Entered,
    },
    Profile {
        arrived: Arrived,
    },
    Stopped {
        why: Stop,
        address: Option<String>,
    },
    /// The outcome is told, and nothing can be done twice. `claimed` is the address of the account that is being made.
    Finished {
        claimed: Option<String>,
        #[serde(default)]
        reached: Reached,
    },
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Known {
    pub account: AccountId,
    pub address: String,
    pub name: Option<String>,
    /// Until when their last proof is recent enough for the application (`max_age`).
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// What they proved, and whether they stay signed in after the browser closes.
    #[serde(default)]
    pub proved: Vec<Proof>,
    #[serde(default)]
    pub kept: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AddressIs {
    Claimed,
    /// A code came back from it in this journey.
    Proved,
    /// It is a user name, and a code came back from this address of whoever has it.
    ProvedAt(String),
}

impl AddressIs {
    pub fn is_proved(&self) -> bool {
        !matches!(self, AddressIs::Claimed)
    }
}

/// How a new person can be reached.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reached {
    /// By the address that they sign in with: a code came back from it.
    #[default]
    Proved,
    /// By the address that they sign in with, if it is theirs: it was taken as typed.
    AsTyped,
    /// They sign in with a user name; a code came back from this address.
    Contact(String),
    /// They sign in with a user name, and nobody can write to them.
    Nowhere,
}

/// The code of a journey. A used, expired or replaced one does not exist in any arm.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    Live {
        hash: Secret,
        expires_at: Timestamp,
        /// Besides the one whose verdict is awaited.
        tries_left: u8,
        resend_at: Timestamp,
        /// Where it went that was asked for by a user name. Whoever has the name may be reached elsewhere when it comes
        /// back, and a mailbox proves nothing but itself (security R11).
        #[serde(default)]
        to: Option<String>,
    },
    /// Tried too often, or refused by a limit: only a new one helps.
    None { resend_at: Timestamp },
}
