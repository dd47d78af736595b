//! Sign in: the address (`address`), its password here (or its code, `code`), done.

use super::{AddressIs, Effect, Known, Move, Outcome, Proof, Stage, Verdict};
use app::contract::{secret::Secret, validate::Why};

/// Somebody is signed in at this browser and goes on as they are.
pub(super) fn as_known(known: Known) -> Move {
    Move::finish(Outcome::ContinuedAs { account: known.account })
}

pub(super) fn password(address: String, address_is: AddressIs, password: Secret, keep: bool) -> Move {
    if password.reveal().is_empty() {
        return ticked(Move::show(Stage::Password { address, address_is }).fault("password", Why::Required), keep);
    }
    let check = Effect::CheckPassword { address: address.clone(), password };
    Move::ask(Stage::Password { address, address_is }, check)
}

pub(super) fn password_checked(address: String, address_is: AddressIs, verdict: Verdict, keep: bool) -> Move {
    let proved = match address_is {
        AddressIs::Claimed => vec![Proof::Password],
        AddressIs::Proved => vec![Proof::Code, Proof::Password],
    };
    match verdict {
        Verdict::Right(account) => Move::finish(Outcome::SignedIn { account, proved, keep }),
        Verdict::Wrong => {
            ticked(Move::show(Stage::Password { address, address_is }).fault("password", Why::WrongPassword), keep)
        }
    }
}

/// A ticked box stays ticked on the page that comes again.
fn ticked(page: Move, keep: bool) -> Move {
    if keep { page.typed("keep", "true".into()) } else { page }
}
