//! Sign in: the address or user name (`address`), its password here (or its code, `code`), done.

use super::{AddressIs, Effect, Known, Move, Outcome, Proof, Setting, Stage, Verdict, admission, assurance};
use app::contract::{
    journey::{Path, is_address},
    secret::Secret,
    time::Timestamp,
    validate::Why,
};

/// Somebody is signed in at this browser and goes on as they are; or, where that was too long ago by now, proves anew that
/// they are who they chose. Where the flow asks for two proofs and they showed one, the other follows.
pub(super) fn as_known(setting: &Setting, known: Known, now: Timestamp) -> Move {
    if known.until.is_some_and(|until| until < now) {
        return Move::show(Stage::Address { path: Path::SignIn }).typed("address", known.address);
    }
    if !assurance::suffices(setting.flow, &known.proved) {
        let find = Effect::FindKnown { account: known.account.clone() };
        return Move::ask(Stage::SteppingUp { known }, find);
    }
    Move::finish(Outcome::ContinuedAs { account: known.account })
}

pub(super) fn password(address: String, address_is: AddressIs, password: Secret) -> Move {
    if password.reveal().is_empty() {
        return Move::show(Stage::Password { address, address_is }).fault("password", Why::Required);
    }
    let check = Effect::CheckPassword { address: address.clone(), password };
    Move::ask(Stage::Password { address, address_is }, check)
}

pub(super) fn password_checked(
    setting: &Setting,
    address: String,
    address_is: AddressIs,
    verdict: Verdict,
    keep: bool,
) -> Move {
    match verdict {
        Verdict::Right(account) => {
            let (proved, mailbox) = match address_is {
                AddressIs::Claimed => (vec![Proof::Password], None),
                AddressIs::Proved => (vec![Proof::Code, Proof::Password], None),
                AddressIs::ProvedAt(mailbox) => (vec![Proof::Code, Proof::Password], Some(mailbox)),
            };
            admission::admit(setting, address, account.read_at(mailbox), proved, false, keep)
        }
        Verdict::Wrong => {
            let why = if is_address(&address) { Why::WrongPassword } else { Why::WrongPasswordForName };
            Move::show(Stage::Password { address, address_is }).fault("password", why)
        }
    }
}
