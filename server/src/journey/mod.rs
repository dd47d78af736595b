//! The engine: what happens next in a journey. Pure: an event goes in, one turn comes out; it reads no clock, draws no
//! chance and asks nobody. `drive` turns the crank.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Address
//!     [*] --> Account: somebody is signed in, and the application asks who
//!     [*] --> Profile: somebody is signed in, and the flow edits profiles
//!     Account --> [*]: continue as
//!     Account --> Address: another account, or it was too long ago
//!     Address --> Password: sign in with a password
//!     Address --> Code: sign in with a code, sign up, recover
//!     Address --> NewPassword: sign up, and addresses are taken as typed
//!     Address --> Wished: sign up by a user name
//!     Wished --> Address: somebody has it
//!     Wished --> Contact: free
//!     Wished --> NewPassword: free, and addresses are taken as typed
//!     Contact --> Code: an address for resets
//!     Code --> NewPassword: right, of somebody who wishes a user name
//!     Password --> [*]: right
//!     Password --> SecondFactor: right, and the account has one
//!     Password --> SecondStep: right, and the flow asks for another proof
//!     Account --> SteppingUp: one proof was shown, and the flow asks for two
//!     SteppingUp --> SecondStep: there is an address for it
//!     SteppingUp --> SecondFactor: there is an authenticator app
//!     SteppingUp --> Address: there is neither yet
//!     SteppingUp --> Stopped: switched off, or gone
//!     Password --> NewPassword: right, and an administrator made it
//!     Password --> Code: email me a code, can't access
//!     Password --> Proved: can't access, and the address is proved already
//!     Code --> Password: I have a password
//!     Code --> Proved: right
//!     Proved --> Password: the account has a password
//!     Proved --> [*]: the account has none
//!     Proved --> SecondFactor: the account has one, and is known by the code or recovers
//!     SecondFactor --> [*]: right
//!     SecondFactor --> NewPassword: right, and recovering, or an administrator made the password
//!     SecondFactor --> Stopped: wrong too often
//!     Proved --> SecondStep: the flow asks for another proof
//!     SecondStep --> [*]: right, or set up
//!     SecondStep --> NewPassword: right, and recovering, or an administrator made the password
//!     Proved --> NewPassword: new, or recovering
//!     Proved --> Attributes: new, no password wanted
//!     Proved --> Stopped: no account and sign-up closed, or switched off
//!     NewPassword --> Attributes: new
//!     NewPassword --> [*]: recovered
//!     NewPassword --> Replacing: recovered, and a second step is to be set up
//!     Replacing --> SecondStep: replaced
//!     Attributes --> Finished: account made
//!     Attributes --> Making: the flow asks for a second step
//!     Making --> SecondStep: account made
//!     Making --> Proved: somebody else got the address in the same moment
//!     Making --> Code: somebody has the address that was taken as typed
//!     Making --> Address: somebody else got the user name in the same moment
//!     Account --> Reading: in, and the flow edits profiles; so from Password, Proved, SecondFactor and SecondStep
//!     Reading --> Profile: what is known of them
//!     Reading --> Stopped: gone meanwhile
//!     Profile --> [*]: saved
//!     Finished --> [*]
//!     Finished --> Proved: somebody else got the address in the same moment
//!     Finished --> Code: somebody has the address that was taken as typed
//!     Finished --> Address: somebody else got the user name in the same moment
//! ```
//!
//! From every stage that is not over, sign in, sign up and can't access lead back to Address as far as the flow has them
//! (`kind`), or back to the application where it leads people who forgot their password; cancel ends the journey. In a flow
//! for profile editing nobody who got in leaves but by Profile.

mod address;
mod admission;
pub mod assurance;
mod code;
mod covered;
mod entering;
mod kind;
pub mod limits;
mod moves;
#[cfg(test)]
mod plays;
pub mod profile;
mod proved;
mod recover;
mod second_step;
mod show;
mod sign_in;
mod sign_up;
pub mod simulate;
mod stage;
mod turn;

pub use covered::covered;
pub use entering::{Came, Entering, NewPasswordFor};
pub use kind::{begins, can_cancel, is_for_signing_in, recovers, takes_as_typed};
pub use show::{show, typed};
pub use stage::{AddressIs, Code, Journey, Known, Mailed, Reached, Said, Stage};
pub use turn::{Account, Effect, Entered, Event, Outcome, Profile, Proof, SecondFactor, Turn, Verdict};

use code::Asked;
use moves::{Move, Then};
use profile::Arrived;
use sign_up::NewAccount;

use app::contract::{
    flow_rules::ForgotPassword,
    journey::{Answer, Path},
    time::Timestamp,
    user_flow::UserFlow,
};
use std::collections::BTreeMap;

/// How a journey begins.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub path: Path,
    pub language: String,
    /// `login_hint`: fills the address in, proves nothing.
    pub hint: Option<String>,
    pub known: Option<Known>,
    /// The profile of whoever is known, where the flow is there to edit it: the fields as the directory has them.
    pub profile: Option<BTreeMap<String, Vec<String>>>,
    pub popup: bool,
    pub can_cancel: bool,
}

/// What the engine may know of the directory: the flow as it stands, and facts about all people together, never about one.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    pub flow: &'a UserFlow,
    /// Whether any account of the tenant signs in so. Decides which alternatives everybody is offered, so that the page
    /// after an address says nothing about it.
    pub some_sign_in_by: SomeSignInBy,
    /// Languages the pages can be read in.
    pub languages: Vec<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SomeSignInBy {
    pub password: bool,
    pub passcode: bool,
}

pub fn begin(entry: Entry) -> Journey {
    let mut said = entry.hint.into_iter().fold(Said::default(), |said, hint| said.typed("address", hint));
    let stage = match (entry.known, entry.profile) {
        (Some(Known { account, address, .. }), Some(profile)) => {
            said.typed = profile;
            let by = Entered::Before;
            let arrived = Arrived { account, address: Some(address), contact: None, second: None, by };
            Stage::Profile { arrived }
        }
        (Some(known), None) => Stage::Account { known },
        (None, _) => Stage::Address { path: entry.path },
    };
    let Entry { language, popup, can_cancel, .. } = entry;
    Journey { language, popup, can_cancel, keep: false, stage, said, mailed: None }
}

/// One event, one turn. What does not fit the present stage (the back button, a double click, a stale tab) shows the
/// present step as it was.
pub fn advance(setting: &Setting, journey: Journey, event: Event, now: Timestamp) -> (Journey, Turn) {
    let Journey { mut language, popup, can_cancel, mut keep, stage, said, mut mailed } = journey;
    let came_by = stage.address().map(str::to_owned);
    let moved = match (stage, event) {
        (Stage::Finished { claimed: Some(address), reached }, Event::AddressTaken) => {
            sign_up::taken(address, reached, &mut mailed, now)
        }
        (Stage::Making { address, reached }, Event::AddressTaken) => sign_up::taken(address, reached, &mut mailed, now),
        (Stage::Making { address, reached }, Event::AccountMade(account)) => {
            second_step::account_made(setting, address, &reached, account, keep, now)
        }
        (stage, _) if stage.is_over() => Move::stay(stage, said),

        (Stage::Address { path }, Event::Answered(Answer::Address { address })) => {
            address::answered(setting, path, address, &mut mailed, now)
        }

        (Stage::Wished { user_name }, Event::NameFound(taken)) => sign_up::name_found(setting, user_name, taken),
        (Stage::Contact { user_name }, Event::Answered(Answer::Address { address })) => {
            sign_up::contact(user_name, address, &mut mailed, now)
        }

        (Stage::Account { known }, Event::Answered(Answer::ContinueAs)) => sign_in::as_known(setting, known, now),
        (Stage::SteppingUp { known }, Event::AccountFound(account)) => second_step::step_up(setting, known, account),

        (Stage::Password { address, address_is }, Event::Answered(Answer::Password { password, keep: ticked })) => {
            keep = ticked && setting.flow.keep_signed_in;
            sign_in::password(address, address_is, password)
        }
        (Stage::Password { address, address_is }, Event::PasswordChecked(verdict)) => {
            sign_in::password_checked(setting, address, address_is, verdict, keep)
        }
        (Stage::Password { address, address_is }, Event::Answered(Answer::UseCode))
            if code::offers_code(setting, &address, &address_is) =>
        {
            code::send(Asked::of(Path::SignIn, address), &mut mailed, now)
        }
        (Stage::Password { address, address_is }, Event::Answered(Answer::Recover))
            if kind::recovers(setting.flow) == ForgotPassword::BuiltIn =>
        {
            recover::from_password(address, address_is, &mut mailed, now)
        }

        (
            Stage::Code { path, address, user_name, code },
            Event::Answered(Answer::Code { code: typed, keep: ticked }),
        ) => {
            keep = ticked && setting.flow.keep_signed_in && path == Path::SignIn;
            code::answered(Asked { path, address, user_name }, code, &typed, said, now)
        }
        (Stage::Code { path, address, user_name, code }, Event::CodeChecked(right)) => {
            code::checked(setting, &language, Asked { path, address, user_name }, code, right, said)
        }
        (Stage::Code { path, address, user_name, code }, Event::Answered(Answer::Resend))
            if code.resend_at() <= now =>
        {
            code::resend(Asked { path, address, user_name }, code)
        }
        (Stage::Code { path, address, user_name, .. }, Event::CodeSent { hash, resend_at, to }) => {
            let code = Code::sent(hash, resend_at, now);
            code::sent(Asked { path, address, user_name }, code, to, said)
        }
        (Stage::Code { path, address, user_name, code }, Event::CodeRefused { resend_at }) => {
            code::refused(Asked { path, address, user_name }, code, resend_at)
        }
        (Stage::Code { path, address, code, .. }, Event::Answered(Answer::UsePassword))
            if code::offers_password(setting, path) =>
        {
            code::leave(&address, code, &mut mailed);
            Move::show(Stage::Password { address, address_is: AddressIs::Claimed })
        }
        (Stage::Code { address, user_name: Some(user_name), code, .. }, Event::Answered(Answer::SignUp)) => {
            code::leave(&address, code, &mut mailed);
            Move::show(Stage::Contact { user_name }).typed("address", address)
        }

        (Stage::SecondFactor { address, entering, tries_left }, Event::Answered(Answer::Code { code, .. })) => {
            admission::answered(address, entering, tries_left, &code)
        }
        (Stage::SecondFactor { address, entering, tries_left }, Event::SecondFactorChecked(right)) => {
            admission::checked(address, entering, tries_left, right, keep)
        }

        (Stage::SecondStep { address, entering, at }, event) if second_step::is_concerned(&event) => {
            second_step::heard((address, entering, at), event, said, keep, now)
        }

        (Stage::Proved { path, address, mailbox }, Event::AccountFound(account)) => {
            let account = account.map(|account| account.read_at(mailbox));
            proved::account_found(setting, &language, path, address, account, keep)
        }

        (Stage::NewPassword { address, reached, purpose }, Event::Answered(Answer::NewPassword { password })) => {
            sign_up::new_password(setting, address, reached, purpose, password)
        }
        (Stage::NewPassword { address, reached, purpose }, Event::PasswordHashed(Err(why))) => {
            Move::show(Stage::NewPassword { address, reached, purpose }).fault("password", why)
        }
        (
            Stage::NewPassword { address, reached, purpose: NewPasswordFor::SignUp },
            Event::PasswordHashed(Ok(password)),
        ) => {
            let new = NewAccount { address, reached, password: Some(password), keep };
            sign_up::ask_attributes(setting, &language, new)
        }
        (
            Stage::NewPassword { address, purpose: NewPasswordFor::Account(entering), .. },
            Event::PasswordHashed(Ok(password)),
        ) => admission::with_new_password(address, entering, password),
        (Stage::Replacing { address, entering }, Event::PasswordReplaced) => {
            admission::password_replaced(address, entering, keep, now)
        }

        (
            Stage::Attributes { address, reached, password },
            Event::Answered(Answer::Attributes { revision, values }),
        ) => sign_up::attributes(setting, &language, NewAccount { address, reached, password, keep }, revision, values),

        (Stage::Reading { account, address, by }, Event::ProfileRead(profile)) => {
            profile::found(setting, account, address, by, profile)
        }
        (Stage::Profile { arrived }, Event::Answered(Answer::Attributes { revision, values })) => {
            profile::answered(setting, &language, arrived, revision, values, &said.typed)
        }

        (stage, Event::Answered(Answer::SignIn)) => {
            address::ask(begins(setting.flow, Path::SignIn), stage, said, &mut mailed)
        }
        (stage, Event::Answered(Answer::SignUp)) if sign_up::is_open(setting) => {
            address::ask(Path::SignUp, stage, said, &mut mailed)
        }
        (stage, Event::Answered(Answer::Recover)) => match kind::recovers(setting.flow) {
            ForgotPassword::BuiltIn => address::ask(Path::Recover, stage, said, &mut mailed),
            ForgotPassword::TellApplication => Move::finish(Outcome::ForgotPassword),
            ForgotPassword::NotOffered => Move::stay(stage, said),
        },
        (stage, Event::Answered(Answer::Language { language: chosen })) => {
            if setting.languages.contains(&chosen.as_str()) {
                language = chosen;
            }
            Move::stay(stage, said)
        }
        (_, Event::Answered(Answer::Cancel)) => Move::finish(Outcome::Cancelled),
        (stage, _) => Move::stay(stage, said),
    };
    let Move { stage, said, then } = match moved {
        Move { then: Then::Finish(outcome), .. } => profile::before_leaving(setting, came_by, outcome),
        moved => moved,
    };
    let journey = Journey { language, popup, can_cancel, keep, stage, said, mailed };
    let turn = match then {
        Then::Show => Turn::Show(show(setting, &journey, now)),
        Then::Do(effect) => Turn::Do(effect),
        Then::Finish(outcome) => Turn::Finish(outcome),
    };
    (journey, turn)
}
