//! What goes into the engine and what comes out: an event in, a turn out.

use super::{Came, Reached};
use app::contract::{
    id::AccountId,
    journey::{Answer, Path, Step},
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
    validate::Why,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened. Every effect comes back as one of these.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    Answered(Answer),
    AccountFound(Option<Account>),
    /// Whether somebody has the user name.
    NameFound(bool),
    /// What is known of somebody who arrived; nothing where their account went meanwhile.
    ProfileRead(Option<Profile>),
    CodeSent {
        hash: Secret,
        resend_at: Timestamp,
        /// Where it went, if anywhere.
        to: Option<String>,
    },
    CodeRefused {
        resend_at: Timestamp,
    },
    CodeChecked(bool),
    SecondFactorChecked(bool),
    PasswordChecked(Verdict),
    PasswordHashed(Result<Secret, Why>),
    /// The address that codes of a second step shall go to is the one that the account is reached at already.
    IsOwnAddress,
    /// It is the account's for that from now on.
    SecondAddressKept,
    PasswordReplaced,
    AccountMade(AccountId),
    /// The account of a `SignedUp` or a `MakeAccount` was not made: somebody has the address or user name.
    AddressTaken,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Account {
    pub id: AccountId,
    pub method: Method,
    pub disabled: bool,
    /// Since when its password is one that an administrator made.
    pub temporary_since: Option<Timestamp>,
    pub second_factor: SecondFactor,
    /// Where codes of its second step go.
    pub second_address: Option<String>,
    /// Where its owner is reached: the address that a code came back from, if one did.
    pub mailbox: Option<String>,
}

impl Account {
    /// Mail was read at this address: it counts, whichever the directory names by now (security R11).
    pub(super) fn read_at(self, mailbox: Option<String>) -> Account {
        Account { mailbox: mailbox.or(self.mailbox), ..self }
    }
}

/// What a person may look at and correct.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// Where mail was sent to, of whoever came by a user name.
    pub contact: Option<String>,
    /// From where the code of their second step came back.
    pub second: Option<String>,
    pub attributes: BTreeMap<String, String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SecondFactor {
    #[default]
    NotWanted,
    Enrolled,
    /// Wanted of this account, and not there yet.
    Missing,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    Right(Account),
    /// Wrong, unknown, switched off, or held after too many tries: nobody is told which.
    Wrong,
}

/// What the engine asks of the hands.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Whose is this proved address, or the user name whose owner's address is proved?
    FindAccount {
        address: String,
    },
    /// What is there to prove of somebody who is signed in?
    FindKnown {
        account: AccountId,
    },
    /// Has somebody this user name?
    FindName {
        user_name: String,
    },
    /// What is known of somebody who has proved who they are?
    ReadProfile {
        account: AccountId,
    },
    /// To an address; or, by a user name, to the address for resets of whoever has it, if anybody does.
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
    /// To the address that the account keeps for its second step.
    SendSecondCode {
        account: AccountId,
        to: String,
    },
    /// To an address that shall become that, unless it is their `own`.
    SendEnrolmentCode {
        to: String,
        own: Option<String>,
    },
    /// A code of a second step: a guess at the account, besides one of this journey.
    CheckSecondCode {
        account: AccountId,
        code: Secret,
        hash: Secret,
    },
    KeepSecondAddress {
        account: AccountId,
        to: String,
    },
    /// As `Outcome::Recovered` does, of somebody who is not in yet.
    ReplacePassword {
        account: AccountId,
        password: Secret,
        proved: Vec<Proof>,
        temporary_since: Option<Timestamp>,
    },
    /// As `Outcome::SignedUp` does, of somebody who is not in yet.
    MakeAccount {
        address: String,
        reached: Reached,
        password: Option<Secret>,
        attributes: Vec<(String, String)>,
    },
    /// Is it the authenticator's present code, or a recovery code, and was it never used?
    CheckSecondFactor {
        account: AccountId,
        code: Secret,
    },
    /// Judge a new password by what only the server knows, and hash it.
    HashPassword {
        password: Secret,
        address: String,
    },
}

impl Effect {
    /// Whether it judges a guess that this journey counts. The count is saved before anybody looks, by comparing the
    /// journey's version: of a hundred answers to one page one is judged, and the others learn nothing, not even by how
    /// long it took (security R3, cve_2024_4629). Guesses at a password are counted by account, before they are judged.
    pub fn is_counted_first(&self) -> bool {
        matches!(self, Effect::CheckCode { .. } | Effect::CheckSecondCode { .. } | Effect::CheckSecondFactor { .. })
    }

    /// Whether it sends a code by a name that somebody typed, behind which there may be others.
    pub fn sends_by_name(&self) -> bool {
        matches!(self, Effect::SendCode { .. } | Effect::SendEnrolmentCode { .. })
    }
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
        came: Came,
    },
    /// The new password replaces the old one; every other session and refresh token of the account ends.
    Recovered {
        account: AccountId,
        password: Secret,
        proved: Vec<Proof>,
        /// The old one was an administrator's, since then; otherwise it was forgotten.
        temporary_since: Option<Timestamp>,
        /// Nobody is signed in before they have enrolled.
        must_enrol: bool,
    },
    /// The password was right, and nobody gets in by it alone: a second factor has to be set up.
    MustEnrol {
        account: AccountId,
        proved: Vec<Proof>,
    },
    SignedUp {
        address: String,
        reached: Reached,
        password: Option<Secret>,
        attributes: Vec<(String, String)>,
        proved: Vec<Proof>,
        keep: bool,
    },
    /// The session that was there already.
    ContinuedAs {
        account: AccountId,
    },
    /// Nothing forgets a value. Who was signed in before goes on with that session.
    ProfileEdited {
        account: AccountId,
        attributes: Vec<(String, Option<String>)>,
        by: Entered,
    },
    /// The application leads people who forgot their password itself (AADB2C90118).
    ForgotPassword,
    Cancelled,
}

/// How somebody got in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Entered {
    /// In a journey of before, at this browser.
    Before,
    Now {
        proved: Vec<Proof>,
        keep: bool,
        #[serde(default)]
        came: Came,
    },
}

/// What a person has shown in this journey.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Proof {
    Password,
    Code,
    SecondFactor,
    /// A code that was mailed to the address that the account keeps for its second step.
    SecondCode,
}
