//! The engine: what happens next in a journey. Pure: an event goes in, one turn comes out; it reads no clock, draws no
//! chance and asks nobody. `hosted/drive` turns the crank.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Address
//!     [*] --> Account: somebody is signed in, and the application asks who
//!     Account --> [*]: continue as
//!     Account --> Address: another account
//!     Address --> Password: sign in with a password
//!     Address --> Code: sign in with a code, sign up, recover
//!     Password --> [*]: right
//!     Password --> Code: email me a code, can't access
//!     Code --> Password: proved, and the account has a password
//!     Code --> [*]: proved, and the account has none
//!     Code --> NewPassword: proved, new or recovering
//!     NewPassword --> Attributes: new
//!     NewPassword --> [*]: recovered
//!     Code --> Attributes: proved, new, no password wanted
//!     Attributes --> [*]: account made
//!     Code --> Stopped: proved, no account, sign-up closed; or switched off
//! ```

use app::contract::{
    id::AccountId,
    journey::{Answer, Notice, Path, Step, Stop},
    secret::Secret,
    time::Timestamp,
    user_flow::{Method, UserFlow},
    validate::{Fault, Why},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One person's run through a flow, as it is kept between two answers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Journey {
    pub language: String,
    pub stage: Stage,
    pub said: Said,
}

/// What the next page tells besides its step: about the last answer, gone after the next.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    pub faults: Vec<Fault>,
    /// What was typed, by field name; never a password or code.
    pub typed: BTreeMap<String, Vec<String>>,
    pub notice: Option<Notice>,
}

/// Where a journey is. Each arm owns exactly what is known there; a transition consumes it.
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
    Code {
        path: Path,
        address: String,
        code: Code,
    },
    NewPassword {
        address: String,
        purpose: NewPasswordFor,
    },
    /// The address is proved and nobody has it. `password` is hashed already.
    Attributes {
        address: String,
        password: Option<Secret>,
    },
    Stopped {
        why: Stop,
        address: Option<String>,
    },
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Known {
    pub account: AccountId,
    pub address: String,
    pub name: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AddressIs {
    Claimed,
    /// A code came back from it in this journey.
    Proved,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NewPasswordFor {
    SignUp,
    Recovery { account: AccountId },
}

/// The code of a journey. A used, expired or replaced one does not exist in any arm.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    Live {
        hash: Secret,
        expires_at: Timestamp,
        tries_left: u8,
        resend_at: Timestamp,
    },
    /// Tried too often, or refused by a limit: only a new one helps.
    None {
        resend_at: Timestamp,
    },
}

/// How a journey begins.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub path: Path,
    pub language: String,
    /// `login_hint`: fills the address in, proves nothing.
    pub hint: Option<String>,
    pub known: Option<Known>,
}

/// What the engine may know of the directory: the flow as it stands, and facts about all people together, never about one.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    pub flow: &'a UserFlow,
    /// Whether any account of the tenant signs in so. Decides which alternatives everybody is offered, so that the page
    /// after an address says nothing about it.
    pub some_sign_in_by: SomeSignInBy,
    /// Languages the pages can be read in.
    pub languages: &'a [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SomeSignInBy {
    pub password: bool,
    pub passcode: bool,
}

/// What happened. Every effect comes back as one of these.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    Answered(Answer),
    AccountFound(Option<Account>),
    CodeSent {
        hash: Secret,
        resend_at: Timestamp,
    },
    CodeRefused {
        resend_at: Timestamp,
    },
    CodeChecked(bool),
    PasswordChecked(Verdict),
    PasswordHashed(Result<Secret, Why>),
    /// The account of a `SignedUp` was not made: somebody got the address in the same moment.
    AddressTaken,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Account {
    pub id: AccountId,
    pub method: Method,
    pub disabled: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    Right(AccountId),
    /// Wrong, unknown, switched off, or held after too many tries: nobody is told which.
    Wrong,
}

/// What the engine asks of the hands.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Whose is this proved address?
    FindAccount {
        address: String,
    },
    SendCode {
        address: String,
        path: Path,
    },
    CheckCode {
        code: Secret,
        hash: Secret,
    },
    CheckPassword {
        address: String,
        password: Secret,
    },
    /// Judge a new password by what only the server knows, and hash it.
    HashPassword {
        password: Secret,
        address: String,
    },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Turn {
    Show(Step),
    Do(Effect),
    Finish(Outcome),
}

/// How a journey ends well (or is called off).
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    SignedIn {
        account: AccountId,
        proved: Vec<Proof>,
        keep: bool,
    },
    /// The new password replaces the old one; every other session and refresh token of the account ends.
    Recovered {
        account: AccountId,
        password: Secret,
        proved: Vec<Proof>,
    },
    SignedUp {
        address: String,
        password: Option<Secret>,
        attributes: Vec<(String, String)>,
        proved: Vec<Proof>,
    },
    /// The session that was there already.
    ContinuedAs {
        account: AccountId,
    },
    Cancelled,
}

/// What a person has shown in this journey; `amr` in tokens (RFC 8176 §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Proof {
    #[serde(rename = "pwd")]
    Password,
    #[serde(rename = "otp")]
    Code,
}
