//! Who is it: which address, or which user name? The first page of every path, and the way back to it.

use super::{AddressIs, Mailed, Move, Said, Setting, Stage, code, code::Asked, kind, sign_up};
use app::contract::{
    journey::{Asks, Path},
    time::Timestamp,
    user_flow::Method,
};

/// The same page follows every address, known or not (security R4). A user name that somebody has cannot be had by anybody
/// else, so signing up tells that it is taken.
pub(super) fn answered(
    setting: &Setting,
    path: Path,
    typed: String,
    mailed: &mut Option<Mailed>,
    now: Timestamp,
) -> Move {
    let address = match Asks::from(setting.flow.rules.sign_in_name).read(&typed) {
        Ok(address) => address,
        Err(why) => return Move::show(Stage::Address { path }).fault("address", why).typed("address", typed),
    };
    match (kind::begins(setting.flow, path), setting.flow.method) {
        (Path::SignIn, Method::Password) => Move::show(Stage::Password { address, address_is: AddressIs::Claimed }),
        (Path::SignUp, _) => sign_up::begin(setting, address, mailed, now),
        (path, _) => code::send(Asked::of(path, address), mailed, now),
    }
}

/// Back to the first page, with the address that is known already filled in. Somebody who wants another account is
/// offered the application's hint, not the account they just turned down.
pub(super) fn ask(path: Path, stage: Stage, mut said: Said, mailed: &mut Option<Mailed>) -> Move {
    let address = match &stage {
        Stage::Address { .. } | Stage::Account { .. } => said.typed.remove("address").and_then(|mut typed| typed.pop()),
        Stage::Code { user_name: Some(user_name), .. } => Some(user_name.clone()),
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
