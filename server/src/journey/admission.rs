//! After the first proof: the second factor of whoever has one, a password of their own for whoever got one from an
//! administrator, and the way in. Every path of people who have an account ends here.

use super::{
    Account, Came, Effect, Entering, Move, NewPasswordFor, Outcome, Proof, Reached, SecondFactor, Setting, Stage,
    limits,
    second_step::{self, Owed},
};
use app::contract::{
    flow_rules::ForcedReset,
    journey::Stop,
    secret::Secret,
    time::Timestamp,
    validate::{self, Why},
};

/// Digits of a code that an authenticator app shows (RFC 6238).
const DIGITS: u8 = 6;
/// No recovery code is longer, however it is written.
const LONGEST: usize = 40;

/// Whoever has a second factor shows it before anything else: a stolen mailbox opens no password of theirs (security R11).
pub(super) fn admit(
    setting: &Setting,
    address: String,
    account: Account,
    proved: Vec<Proof>,
    recovering: bool,
    keep: bool,
) -> Move {
    admit_as(setting, address, account, proved, Came::Now, recovering, keep)
}

pub(super) fn admit_as(
    setting: &Setting,
    address: String,
    account: Account,
    proved: Vec<Proof>,
    came: Came,
    recovering: bool,
    keep: bool,
) -> Move {
    let owed = second_step::owed(setting, &account, &proved);
    let must_replace = setting.flow.rules.forced_reset == ForcedReset::On;
    let mut entering = Entering {
        account: account.id,
        came,
        method: account.method,
        mailbox: account.mailbox,
        enrols: matches!(owed, Owed::Address),
        proved,
        recovering,
        temporary_since: account.temporary_since.filter(|_| must_replace),
        must_enrol: account.second_factor == SecondFactor::Missing,
        second: None,
    };
    match (account.second_factor, owed) {
        (SecondFactor::Enrolled, _) => {
            Move::show(Stage::SecondFactor { address, entering, tries_left: limits::SECOND_FACTOR_TRIES })
        }
        (_, Owed::Code { to }) => second_step::offer(address, entering, to),
        (_, Owed::Shown) if entering.proved.contains(&Proof::Password) => {
            entering.proved.push(Proof::SecondCode);
            go_on(address, entering, keep)
        }
        // A mailbox and the password that is made by it are one proof.
        (_, Owed::Shown | Owed::Address | Owed::Nothing) => go_on(address, entering, keep),
    }
}

/// With everything proved that is there to prove: a new password, another factor to set up, and in.
pub(super) fn go_on(address: String, entering: Entering, keep: bool) -> Move {
    if entering.recovering || entering.temporary_since.is_some() {
        let (reached, purpose) = (Reached::default(), NewPasswordFor::Account(entering));
        return Move::show(Stage::NewPassword { address, reached, purpose });
    }
    if entering.must_enrol {
        return Move::finish(Outcome::MustEnrol { account: entering.account, proved: entering.proved });
    }
    if entering.enrols {
        return second_step::ask_address(address, entering);
    }
    let Entering { account, proved, came, .. } = entering;
    let keep = keep || came == Came::Before { kept: true };
    Move::finish(Outcome::SignedIn { account, proved, keep, came })
}

/// The new password is there. Whoever still has to enrol does so before they are let in.
pub(super) fn with_new_password(address: String, entering: Entering, password: Secret) -> Move {
    if entering.enrols {
        let replace = Effect::ReplacePassword {
            account: entering.account.clone(),
            password,
            proved: entering.proved.clone(),
            temporary_since: entering.temporary_since,
        };
        return Move::ask(Stage::Replacing { address, entering }, replace);
    }
    let Entering { account, proved, temporary_since, must_enrol, .. } = entering;
    Move::finish(Outcome::Recovered { account, password, proved, temporary_since, must_enrol })
}

pub(super) fn password_replaced(address: String, entering: Entering, keep: bool, now: Timestamp) -> Move {
    let came = Came::Renewed { at: now };
    go_on(address, Entering { recovering: false, temporary_since: None, came, ..entering }, keep)
}

/// The try is taken before the code is looked at. What cannot be one costs none.
pub(super) fn answered(address: String, entering: Entering, tries_left: u8, typed: &Secret) -> Move {
    let typed = typed.reveal().trim();
    let is_recovery_code = typed.len() <= LONGEST && typed.chars().any(|c| c.is_ascii_alphabetic());
    let code = match validate::code(typed, DIGITS) {
        Ok(digits) => digits,
        Err(_) if is_recovery_code => typed.to_owned(),
        Err(why) => return Move::show(Stage::SecondFactor { address, entering, tries_left }).fault("code", why),
    };
    // The last try was taken, and its verdict never came.
    let Some(tries_left) = tries_left.checked_sub(1) else { return Move::stop(Stop::Expired, address) };
    let check = Effect::CheckSecondFactor { account: entering.account.clone(), code: code.into() };
    Move::ask(Stage::SecondFactor { address, entering, tries_left }, check)
}

pub(super) fn checked(address: String, mut entering: Entering, tries_left: u8, right: bool, keep: bool) -> Move {
    if right {
        entering.proved.push(Proof::SecondFactor);
        return go_on(address, entering, keep);
    }
    match tries_left {
        0 => Move::stop(Stop::Expired, address),
        _ => Move::show(Stage::SecondFactor { address, entering, tries_left })
            .fault("code", Why::WrongCode { tries_left }),
    }
}
