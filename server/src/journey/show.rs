//! Stage in, step out: what the person sees of where they are.

use super::{
    Entering, Journey, NewPasswordFor, Setting, Stage,
    code::{offers_code, offers_password},
    covered::covered,
    kind,
    limits::CODE,
    second_step::At,
};
use app::contract::{
    journey::{Asks, Path, Resend, Step, Stop},
    time::Timestamp,
    user_flow::{Method, UserFlow},
};
use std::collections::BTreeMap;

/// The present step. The same for every address until it is proved (security R4).
pub fn show(setting: &Setting, journey: &Journey, now: Timestamp) -> Step {
    let flow = setting.flow;
    match &journey.stage {
        Stage::Address { path } => address(setting, kind::begins(flow, *path), flow.rules.sign_in_name.into()),
        Stage::Contact { .. } => address(setting, Path::SignUp, Asks::Contact),
        Stage::Account { known } => Step::Account { address: known.address.clone(), name: known.name.clone() },
        Stage::Password { address, address_is } => Step::Password {
            can_recover: kind::is_open(flow, Path::Recover),
            offers_code: offers_code(setting, address, address_is),
            offers_to_keep: flow.keep_signed_in,
        },
        Stage::Code { path, code, .. } => Step::Code {
            path: *path,
            length: CODE.length,
            alive: code.is_alive(now),
            resend: resend(code.resend_at(), now),
            offers_to_keep: flow.keep_signed_in && *path == Path::SignIn,
            offers_password: offers_password(setting, *path),
        },
        Stage::SecondFactor { .. } => Step::SecondFactor,
        Stage::SecondStep { entering, at, .. } => second_step(entering, at, now),
        Stage::NewPassword { purpose, .. } => Step::NewPassword {
            path: match purpose {
                NewPasswordFor::SignUp => Path::SignUp,
                NewPasswordFor::Account(_) => Path::Recover,
            },
            rule: flow.password,
        },
        Stage::Attributes { .. } => attributes(flow, Path::SignUp, &journey.language),
        Stage::Profile { .. } => attributes(flow, Path::EditProfile, &journey.language),
        Stage::Stopped { why, .. } => Step::Stopped { why: *why },
        // Between two turns nobody is here: the first are left within the turn that enters them, the last has ended.
        Stage::Wished { .. }
        | Stage::Proved { .. }
        | Stage::SteppingUp { .. }
        | Stage::Replacing { .. }
        | Stage::Making { .. }
        | Stage::Reading { .. }
        | Stage::Finished { .. } => Step::Stopped { why: Stop::Expired },
    }
}

/// Addresses are told covered: who knows a password need not know them.
fn second_step(entering: &Entering, at: &At, now: Timestamp) -> Step {
    match at {
        At::Offer { to } => Step::SecondStep { to: covered(to) },
        At::Address => Step::SecondAddress { own: entering.own_address().map(covered) },
        At::Code { to, enrols, code } => Step::SecondCode {
            to: covered(to),
            length: CODE.length,
            alive: code.is_alive(now),
            resend: resend(code.resend_at(), now),
            enrols: *enrols,
        },
    }
}

fn address(setting: &Setting, path: Path, asks: Asks) -> Step {
    let flow = setting.flow;
    Step::Address {
        path,
        asks,
        sends_code: match (path, asks) {
            (Path::SignIn | Path::EditProfile, _) => false,
            (Path::Recover, _) | (Path::SignUp, Asks::Contact) => true,
            (Path::SignUp, Asks::Email) => !kind::takes_as_typed(flow),
            // By what is typed.
            (Path::SignUp, Asks::UserName | Asks::EmailOrUserName) => false,
        },
        can_sign_in: kind::is_open(flow, Path::SignIn),
        can_sign_up: kind::signs_up(flow),
        can_recover: kind::is_open(flow, Path::Recover)
            && (flow.method == Method::Password || setting.some_sign_in_by.password),
    }
}

fn attributes(flow: &UserFlow, path: Path, language: &str) -> Step {
    Step::Attributes { path, revision: flow.layout.revision, fields: flow.layout.fields(language) }
}

/// What the fields of the present page hold: what was typed last, and "Keep me signed in" as it was ticked last, be it
/// before a wrong code, another one, or another page.
pub fn typed(journey: &Journey) -> BTreeMap<String, Vec<String>> {
    let mut typed = journey.said.typed.clone();
    if journey.keep && matches!(journey.stage, Stage::Password { .. } | Stage::Code { .. }) {
        typed.insert("keep".into(), vec!["true".into()]);
    }
    typed
}

/// Rounded up: who waits for what the page says has waited long enough.
fn resend(at: Timestamp, now: Timestamp) -> Resend {
    match now.until(at).as_millis().div_ceil(1000) {
        0 => Resend::Now,
        seconds => Resend::In { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) },
    }
}
