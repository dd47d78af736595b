//! The address is proved: whose is it, and what follows. Until here a stranger's journey looks like an owner's.

use super::{Account, AddressIs, Effect, Move, NewAccount, Proof, Reached, Setting, Stage, admission, sign_up};
use app::contract::{
    journey::{Notice, Path, Stop, is_address},
    user_flow::Method,
};

/// `mailbox` is where mail was read, of whoever has a user name.
pub(super) fn find_account(path: Path, address: String, mailbox: Option<String>) -> Move {
    let find = Effect::FindAccount { address: address.clone() };
    Move::ask(Stage::Proved { path, address, mailbox }, find)
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
        (Method::Password, Path::SignIn | Path::EditProfile) => ask_password(address, account.mailbox),
        (Method::Password, Path::SignUp) => ask_password(address, account.mailbox).notice(Notice::AlreadyHaveAccount),
    }
}

fn ask_password(address: String, mailbox: Option<String>) -> Move {
    let address_is = match mailbox {
        Some(mailbox) if !is_address(&address) => AddressIs::ProvedAt(mailbox),
        _ => AddressIs::Proved,
    };
    Move::show(Stage::Password { address, address_is })
}
