//! The address is proved: whose is it, and what follows. Until here a stranger's journey looks like an owner's.

use super::{Account, AddressIs, Effect, Move, NewAccount, Proof, Reached, Setting, Stage, admission, sign_up};
use app::contract::{
    journey::{Notice, Path, Stop, is_address},
    user_flow::Method,
};

pub(super) fn find_account(path: Path, address: String) -> Move {
    let find = Effect::FindAccount { address: address.clone() };
    Move::ask(Stage::Proved { path, address }, find)
}

/// The account decides the method: it keeps the one it signed up with. The path decides only what people with a
/// password came for.
pub(super) fn account_found(
    setting: &Setting,
    language: &str,
    path: Path,
    address: String,
    account: Option<Account>,
    keep: bool,
) -> Move {
    let Some(account) = account else {
        // Its owner was deleted in this moment: nobody proves a user name but by their address.
        if !is_address(&address) {
            return Move::stop(Stop::Expired, address);
        }
        let new = NewAccount { address, reached: Reached::Proved, password: None, keep };
        return sign_up::go_on(setting, language, new);
    };
    if account.disabled {
        return Move::stop(Stop::Disabled, address);
    }
    match (account.method, path) {
        (Method::Passcode, _) => admission::admit(setting, address, account, vec![Proof::Code], false, keep),
        (Method::Password, Path::Recover) => admission::admit(setting, address, account, vec![Proof::Code], true, keep),
        (Method::Password, Path::SignIn | Path::EditProfile) => {
            Move::show(Stage::Password { address, address_is: AddressIs::Proved })
        }
        (Method::Password, Path::SignUp) => {
            Move::show(Stage::Password { address, address_is: AddressIs::Proved }).notice(Notice::AlreadyHaveAccount)
        }
    }
}
