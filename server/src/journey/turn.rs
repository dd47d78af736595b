//! What goes into the engine and what comes out: an event in, a turn out.

use app::contract::{
    id::AccountId,
    journey::{Answer, Path, Step},
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
    validate::Why,
};

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

impl Effect {
    /// Whether it judges a guess that this journey counts. The count is saved before anybody looks, by comparing the
    /// journey's version: of a hundred answers to one page one is judged, and the others learn nothing, not even by how
    /// long it took (security R3, cve_2024_4629). Guesses at a password are counted by account, before they are judged.
    pub fn is_counted_first(&self) -> bool {
        matches!(self, Effect::CheckCode { .. })
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
        keep: bool,
    },
    /// The session that was there already.
    ContinuedAs {
        account: AccountId,
    },
    Cancelled,
}

/// What a person has shown in this journey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    Password,
    Code,
}

impl Proof {
    /// Its name in tokens (RFC 8176 §2).
    pub fn amr(self) -> &'static str {
        match self {
            Proof::Password => "pwd",
            Proof::Code => "otp",
        }
    }
}
