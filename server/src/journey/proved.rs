//! The address is proved: whose is it, and what follows. Until here a stranger's journey looks like an owner's.

use super::{Account, AddressIs, Effect, Move, NewAccount, Proof, Setting, Stage, admission, sign_up};
use app::contract::{
    journey::{Notice, Path, Stop},
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
        return sign_up::go_on(setting, language, NewAccount { address, password: None, keep });
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
