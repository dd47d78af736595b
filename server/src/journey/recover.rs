//! Can't access your account: the address, a code, then a new password for who has an account; who has none goes on to
//! sign up. `address`, `code`, `proved` and `admission` are the way; here is where it leaves sign-in.

use super::{AddressIs, Mailed, Move, code, code::Asked, proved};
use app::contract::{journey::Path, time::Timestamp};

/// The address is known, so nobody types it twice; and what a code proved in this journey needs no second one.
pub(super) fn from_password(
    address: String,
    address_is: AddressIs,
    mailed: &mut Option<Mailed>,
    now: Timestamp,
) -> Move {
    match address_is {
        AddressIs::Claimed => code::send(Asked::of(Path::Recover, address), mailed, now),
        AddressIs::Proved => proved::find_account(Path::Recover, address, None),
        AddressIs::ProvedAt(mailbox) => proved::find_account(Path::Recover, address, Some(mailbox)),
    }
}
