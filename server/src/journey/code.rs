//! The proof of an address that every path shares: send a code, have it typed, check it, go on as `Proved`.

use super::{
    AddressIs, Code, Effect, Mailed, Move, NewAccount, Reached, Said, Setting, Stage, limits::CODE, proved, sign_up,
};
use app::contract::{
    journey::{Notice, Path, is_address},
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
    validate::{self, Why},
};

/// Whose code it is, and what for.
pub(super) struct Asked {
    pub path: Path,
    /// Where it goes; by a user name, to the address for resets of whoever has it.
    pub address: String,
    /// What a new person will be called whose address is for resets only.
    pub user_name: Option<String>,
}

impl Asked {
    pub fn of(path: Path, address: String) -> Self {
        Asked { path, address, user_name: None }
    }

    fn with(self, code: Code) -> Stage {
        let Asked { path, address, user_name } = self;
        Stage::Code { path, address, user_name, code }
    }
}

/// Whether the password page offers a code instead. It hangs on the flow, on all people together and on what was typed,
/// never on the account (security R4). A code proves nothing new of an address that is proved, and nobody signs in by an
/// address that is for resets only.
pub(super) fn offers_code(setting: &Setting, address: &str, address_is: &AddressIs) -> bool {
    let wanted = setting.flow.method == Method::Passcode || setting.some_sign_in_by.passcode;
    !address_is.is_proved() && is_address(address) && wanted
}

/// Whether the code page offers the password instead: the way back, or the way of older accounts.
pub(super) fn offers_password(setting: &Setting, path: Path) -> bool {
    path == Path::SignIn && (setting.flow.method == Method::Password || setting.some_sign_in_by.password)
}

/// Whoever left the page of a living code and comes back for the same address finds it again, as long as no other could
/// be asked for.
pub(super) fn send(asked: Asked, mailed: &mut Option<Mailed>, now: Timestamp) -> Move {
    match mailed.take().filter(|left| left.address == asked.address).map(|left| left.code) {
        Some(code) if now < code.resend_at() => Move::show(asked.with(code)),
        left => {
            let send = Effect::SendCode { address: asked.address.clone(), path: asked.path };
            Move::ask(asked.with(left.unwrap_or(Code::None { resend_at: now })), send)
        }
    }
}

/// The page of a code is left without using it.
pub(super) fn leave(address: &str, code: Code, mailed: &mut Option<Mailed>) {
    let living = matches!(code, Code::Live { .. });
    *mailed = living.then(|| Mailed { address: address.into(), code });
}

/// The old code lives until the new one is made: a refused mail takes nothing away.
pub(super) fn resend(asked: Asked, code: Code) -> Move {
    let send = Effect::SendCode { address: asked.address.clone(), path: asked.path };
    Move::ask(asked.with(code), send).notice(Notice::CodeSent)
}

/// An address says itself where its code went.
pub(super) fn sent(asked: Asked, code: Code, to: Option<String>, said: Said) -> Move {
    let to = to.filter(|_| !is_address(&asked.address));
    Move::show(asked.with(code.gone_to(to))).saying(said)
}

pub(super) fn refused(asked: Asked, code: Code, resend_at: Timestamp) -> Move {
    Move::show(asked.with(code.waiting_until(resend_at))).notice(Notice::CodesExhausted)
}

pub(super) fn answered(asked: Asked, code: Code, typed: &Secret, said: Said, now: Timestamp) -> Move {
    let check = |code, hash| Effect::CheckCode { code, hash };
    tried(code, typed, said, now, |code| asked.with(code), check)
}

pub(super) fn checked(setting: &Setting, language: &str, asked: Asked, code: Code, right: bool, said: Said) -> Move {
    match code {
        Code::Live { to, .. } if right => proved(setting, language, asked, to),
        code => wrong(code, said, |code| asked.with(code)),
    }
}

/// The try is taken before the code is looked at. What cannot be a code costs none. Where no code is alive the page goes
/// on saying why.
pub(super) fn tried(
    code: Code,
    typed: &Secret,
    said: Said,
    now: Timestamp,
    stage: impl FnOnce(Code) -> Stage,
    check: impl FnOnce(Secret, Secret) -> Effect,
) -> Move {
    let Code::Live { hash, expires_at, tries_left, resend_at, to } = code else {
        return Move::stay(stage(code), said);
    };
    if now >= expires_at {
        return Move::show(stage(Code::None { resend_at })).fault("code", Why::CodeExpired);
    }
    let digits = match validate::code(typed.reveal(), CODE.length) {
        Ok(digits) => digits,
        Err(why) => {
            let code = Code::Live { hash, expires_at, tries_left, resend_at, to };
            return Move::show(stage(code)).fault("code", why);
        }
    };
    // The last try was taken, and its verdict never came.
    let Some(tries_left) = tries_left.checked_sub(1) else { return dead(resend_at, stage) };
    let check = check(digits.into(), hash.clone());
    Move::ask(stage(Code::Live { hash, expires_at, tries_left, resend_at, to }), check)
}

/// The verdict on a code that was not right; or on none, which nobody waits for.
pub(super) fn wrong(code: Code, said: Said, stage: impl FnOnce(Code) -> Stage) -> Move {
    match code {
        Code::Live { tries_left: 0, resend_at, .. } => dead(resend_at, stage),
        Code::Live { tries_left, .. } => Move::show(stage(code)).fault("code", Why::WrongCode { tries_left }),
        Code::None { .. } => Move::stay(stage(code), said),
    }
}

fn dead(resend_at: Timestamp, stage: impl FnOnce(Code) -> Stage) -> Move {
    Move::show(stage(Code::None { resend_at })).notice(Notice::CodeDead)
}

/// An address for resets is nobody's name: whoever else it belongs to is not asked.
fn proved(setting: &Setting, language: &str, asked: Asked, mailbox: Option<String>) -> Move {
    let Asked { path, address, user_name } = asked;
    match user_name {
        None => proved::find_account(path, address, mailbox),
        Some(user_name) => {
            let reached = Reached::Contact(address);
            sign_up::go_on(setting, language, NewAccount { address: user_name, reached, password: None, keep: false })
        }
    }
}

impl Code {
    pub(super) fn sent(hash: Secret, resend_at: Timestamp, now: Timestamp) -> Code {
        Code::Live { hash, expires_at: now + CODE.lifetime, tries_left: CODE.tries, resend_at, to: None }
    }

    fn gone_to(self, to: Option<String>) -> Code {
        match self {
            Code::Live { hash, expires_at, tries_left, resend_at, .. } => {
                Code::Live { hash, expires_at, tries_left, resend_at, to }
            }
            none => none,
        }
    }

    /// No other can be had before.
    pub(super) fn waiting_until(self, resend_at: Timestamp) -> Code {
        match self {
            Code::Live { hash, expires_at, tries_left, to, .. } => {
                Code::Live { hash, expires_at, tries_left, resend_at, to }
            }
            Code::None { .. } => Code::None { resend_at },
        }
    }

    pub(super) fn is_live(&self) -> bool {
        matches!(self, Code::Live { .. })
    }

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
