//! Which address is it? The first page of every path, and the way back to it.

use super::{AddressIs, Mailed, Move, Said, Setting, Stage, code, kind};
use app::contract::{journey::Path, time::Timestamp, user_flow::Method, validate};

/// The same page follows every address, known or not (security R4).
pub(super) fn answered(
    setting: &Setting,
    path: Path,
    typed: String,
    mailed: &mut Option<Mailed>,
    now: Timestamp,
) -> Move {
    let address = match validate::address(&typed) {
        Ok(address) => address,
        Err(why) => return Move::show(Stage::Address { path }).fault("address", why).typed("address", typed),
    };
    match (kind::begins(setting.flow, path), setting.flow.method) {
        (Path::SignIn, Method::Password) => Move::show(Stage::Password { address, address_is: AddressIs::Claimed }),
        (path, _) => code::send(path, address, mailed, now),
    }
}

/// Back to the first page, with the address that is known already filled in. Somebody who wants another account is
/// offered the application's hint, not the account they just turned down.
pub(super) fn ask(path: Path, stage: Stage, mut said: Said, mailed: &mut Option<Mailed>) -> Move {
    let address = match &stage {
        Stage::Address { .. } | Stage::Account { .. } => said.typed.remove("address").and_then(|mut typed| typed.pop()),
        stage => stage.address().map(Into::into),
    };
    if let Stage::Code { address, code, .. } = stage {
        code::leave(&address, code, mailed);
    }
    let page = Move::show(Stage::Address { path });
    match address {
        Some(address) => page.typed("address", address),
        None => page,
    }
}
