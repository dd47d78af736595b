//! The code that was mailed to the address.

use super::{
    password::keep,
    visit::{Visit, sends},
};
use crate::{
    contract::{
        journey::{Path, Resend},
        validate,
    },
    text::Key,
    ui::{
        code,
        countdown::{clock, seconds_left},
        field::Control,
    },
};
use leptos::prelude::*;

pub fn screen(
    visit: &Visit,
    path: Path,
    length: u8,
    resend: Resend,
    offers_to_keep: bool,
    offers_password: bool,
) -> AnyView {
    let (label, working) = match path {
        Path::SignIn => (Key::SignIn, Key::SigningIn),
        Path::SignUp | Path::Recover => (Key::Continue, Key::Checking),
    };
    let content = view! {
        {field(visit, length)}
        {offers_to_keep.then(|| keep(visit))}
        {visit.primary("code", visit.say(label), working)}
        <div class="ways">
            <p>{visit.say(Key::CodeMissing)} " " {another(visit, resend)}</p>
            {offers_password.then(|| visit.way("usePassword", Key::UsePassword))}
        </div>
    };
    view! {
        {visit.lead(visit.fill(Key::CodeLead, &[("length", &length.to_string())]))}
        {visit.form("answer", content.into_any())}
    }
    .into_any()
}

fn field(visit: &Visit, length: u8) -> AnyView {
    let control = Control {
        name: "code".into(),
        label: visit.say(Key::CodeLabel),
        optional: None,
        hint: None,
        fault: visit.fault("code"),
    };
    code::code(control, move |typed| validate::code(typed, length).is_ok())
}

/// The button for another code. It always sends: whoever presses it too early is told how long to wait, so it works
/// without the countdown too. That a code can be had again is announced once, the seconds are not.
fn another(visit: &Visit, resend: Resend) -> AnyView {
    let left = seconds_left(match resend {
        Resend::Now => 0,
        Resend::In { seconds } => seconds,
    });
    let waits = resend != Resend::Now;
    let (texts, now) = (visit.texts.clone(), visit.say(Key::ResendNow));
    let label = move || match left.get() {
        0 => texts.say(Key::Resend).to_owned(),
        seconds => texts.fill(Key::ResendIn, &[("time", &clock(seconds))]),
    };
    let sends = sends("resend");
    view! {
        <button
            class=move || if left.get() == 0 { "way" } else { "way waits" }
            type="submit"
            name=sends.name
            value=sends.value
            formnovalidate
        >
            {label}
        </button>
        <span class="unseen" role="status">{move || (waits && left.get() == 0).then(|| now.clone())}</span>
    }
    .into_any()
}
