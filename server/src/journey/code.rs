//! The proof of an address that every path shares: send a code, have it typed, check it, go on as `Proved`.

use super::{AddressIs, Code, Effect, Mailed, Move, Said, Setting, Stage, limits::CODE, proved};
use app::contract::{
    journey::{Notice, Path},
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
    validate::{self, Why},
};

/// Whether the password page offers a code instead. It hangs on the flow and on all people together, never on the
/// account (security R4). A code proves nothing new of an address that is proved.
pub(super) fn offers_code(setting: &Setting, address_is: AddressIs) -> bool {
    let wanted = setting.flow.method == Method::Passcode || setting.some_sign_in_by.passcode;
    address_is == AddressIs::Claimed && wanted
}

/// Whether the code page offers the password instead: the way back, or the way of older accounts.
pub(super) fn offers_password(setting: &Setting, path: Path) -> bool {
    path == Path::SignIn && (setting.flow.method == Method::Password || setting.some_sign_in_by.password)
}

/// Whoever left the page of a living code and comes back for the same address finds it again, as long as no other could
/// be asked for.
pub(super) fn send(path: Path, address: String, mailed: &mut Option<Mailed>, now: Timestamp) -> Move {
    match mailed.take().filter(|left| left.address == address).map(|left| left.code) {
        Some(code) if now < code.resend_at() => Move::show(Stage::Code { path, address, code }),
        left => {
            let send = Effect::SendCode { address: address.clone(), path };
            let code = left.unwrap_or(Code::None { resend_at: now });
            Move::ask(Stage::Code { path, address, code }, send)
        }
    }
}

/// The page of a code is left without using it.
pub(super) fn leave(address: &str, code: Code, mailed: &mut Option<Mailed>) {
    let living = matches!(code, Code::Live { .. });
    *mailed = living.then(|| Mailed { address: address.into(), code });
}

/// The old code lives until the new one is made: a refused mail takes nothing away.
pub(super) fn resend(path: Path, address: String, code: Code) -> Move {
    let send = Effect::SendCode { address: address.clone(), path };
    Move::ask(Stage::Code { path, address, code }, send).notice(Notice::CodeSent)
}

pub(super) fn sent(
    path: Path,
    address: String,
    hash: Secret,
    resend_at: Timestamp,
    said: Said,
    now: Timestamp,
) -> Move {
    let code = Code::Live { hash, expires_at: now + CODE.lifetime, tries_left: CODE.tries, resend_at };
    Move::show(Stage::Code { path, address, code }).saying(said)
}

pub(super) fn refused(path: Path, address: String, code: Code, resend_at: Timestamp) -> Move {
    let code = match code {
        Code::Live { hash, expires_at, tries_left, .. } => Code::Live { hash, expires_at, tries_left, resend_at },
        Code::None { .. } => Code::None { resend_at },
    };
    Move::show(Stage::Code { path, address, code }).notice(Notice::CodesExhausted)
}

/// The try is taken before the code is looked at. What cannot be a code costs none. Where no code is alive the page goes
/// on saying why.
pub(super) fn answered(path: Path, address: String, code: Code, typed: Secret, said: Said, now: Timestamp) -> Move {
    let Code::Live { hash, expires_at, tries_left, resend_at } = code else {
        return Move::stay(Stage::Code { path, address, code }, said);
    };
    if now >= expires_at {
        return Move::show(Stage::Code { path, address, code: Code::None { resend_at } })
            .fault("code", Why::CodeExpired);
    }
    let digits = match validate::code(typed.reveal(), CODE.length) {
        Ok(digits) => digits,
        Err(why) => {
            let code = Code::Live { hash, expires_at, tries_left, resend_at };
            return Move::show(Stage::Code { path, address, code }).fault("code", why);
        }
    };
    // The last try was taken, and its verdict never came.
    let Some(tries_left) = tries_left.checked_sub(1) else { return dead(path, address, resend_at) };
    let check = Effect::CheckCode { code: digits.into(), hash: hash.clone() };
    Move::ask(Stage::Code { path, address, code: Code::Live { hash, expires_at, tries_left, resend_at } }, check)
}

pub(super) fn checked(path: Path, address: String, code: Code, right: bool, said: Said) -> Move {
    match code {
        Code::Live { .. } if right => proved::find_account(path, address),
        Code::Live { tries_left: 0, resend_at, .. } => dead(path, address, resend_at),
        Code::Live { tries_left, .. } => {
            Move::show(Stage::Code { path, address, code }).fault("code", Why::WrongCode { tries_left })
        }
        Code::None { .. } => Move::stay(Stage::Code { path, address, code }, said),
    }
}

fn dead(path: Path, address: String, resend_at: Timestamp) -> Move {
    Move::show(Stage::Code { path, address, code: Code::None { resend_at } }).notice(Notice::CodeDead)
}

impl Code {
    /// Whether one more try may be right.
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        matches!(self, Code::Live { expires_at, tries_left: 1.., .. } if now < *expires_at)
    }

    pub(super) fn resend_at(&self) -> Timestamp {
        match self {
            Code::Live { resend_at, .. } | Code::None { resend_at } => *resend_at,
        }
    }
}
