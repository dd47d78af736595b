//! The code that was mailed to the address; or, by a user name, to that of whoever has it.

use super::{
    password::keep,
    visit::{Visit, sends},
};
use crate::{
    contract::{
        journey::{Path, Resend, is_address},
        validate,
    },
    text::Key,
    ui::{
        code,
        countdown::{clock, seconds_left},
        element::{El, el},
        field::Control,
    },
};
use reactive_graph::prelude::*;

pub fn lead(visit: &Visit, length: u8, alive: bool) -> El {
    let by_name = visit.page.address.as_deref().is_some_and(|name| !is_address(name));
    let sentence = match alive {
        true if by_name => Key::CodeByNameLead,
        true => Key::CodeLead,
        false => Key::CodeNoneLead,
    };
    visit.lead(visit.fill(sentence, &[("length", &length.to_string())]))
}

pub fn form(visit: &Visit, path: Path, length: u8, resend: Resend, offers_to_keep: bool, offers_password: bool) -> El {
    let (label, working) = match path {
        Path::SignIn | Path::EditProfile => (Key::SignIn, Key::SigningIn),
        Path::SignUp | Path::Recover => (Key::Continue, Key::Checking),
    };
    let ways = el("div")
        .class("ways")
        .with(missing(visit, resend))
        .with_all(offers_password.then(|| visit.way("usePassword", Key::UsePassword)));
    visit
        .form("answer")
        .with(field(visit, length))
        .with_all(offers_to_keep.then(|| keep(visit)))
        .with(visit.primary("code", visit.say(label), working))
        .with(ways)
}

pub fn field(visit: &Visit, length: u8) -> El {
    let control = Control {
        name: "code".into(),
        label: visit.say(Key::CodeLabel),
        optional: None,
        hint: None,
        fault: visit.fault("code"),
    };
    code::code(control, move |typed| validate::code(typed, length).is_ok())
}

/// For who got none.
pub fn missing(visit: &Visit, resend: Resend) -> El {
    el("p").with(visit.say(Key::CodeMissing)).with(" ").with_all(another(visit, resend))
}

/// The button for another code. It always sends: whoever presses it too early is told how long to wait, so it works
/// without the countdown too. That a code can be had again is announced once, the seconds are not.
fn another(visit: &Visit, resend: Resend) -> [El; 2] {
    let (left, counting) = seconds_left(match resend {
        Resend::Now => 0,
        Resend::In { seconds } => seconds,
    });
    let (texts, now) = (visit.texts.clone(), visit.say(Key::ResendNow));
    let sends = sends("resend");
    let button = el("button")
        .attr_live("class", move || Some(if left.get() == 0 { "way" } else { "way waits" }.into()))
        .attr("type", "submit")
        .attr("name", sends.name)
        .attr("value", sends.value)
        .flag("formnovalidate", true)
        .keep(counting)
        .live(move || {
            Some(match left.get() {
                0 => texts.say(Key::Resend).to_owned(),
                seconds => texts.fill(Key::ResendIn, &[("time", &clock(seconds))]),
            })
        });
    let ran_down = move || resend != Resend::Now && left.get() == 0;
    let announcement = el("span").class("unseen").attr("role", "status").live(move || ran_down().then(|| now.clone()));
    [button, announcement]
}
