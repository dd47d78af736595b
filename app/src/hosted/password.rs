//! The password of the account with this address. The page is the same whether there is one or not (security R4).

use super::{Screen, visit::Visit};
use crate::{
    text::Key,
    ui::{
        choice,
        element::{El, el},
        field::Control,
        password::{self, Judge, Password, ShowWords},
    },
};

pub fn screen(visit: &Visit, can_recover: bool, offers_code: bool, offers_to_keep: bool) -> Screen {
    let ways = el("div")
        .class("ways")
        .with_all(can_recover.then(|| visit.way("recover", Key::ForgotPassword)))
        .with_all(offers_code.then(|| visit.way("useCode", Key::UseCode)));
    let form = visit
        .form("answer")
        .with(username(visit))
        .with(field(visit, Key::PasswordLabel, None, "current-password", None))
        .with_all(offers_to_keep.then(|| keep(visit)))
        .with(visit.primary("password", visit.say(Key::SignIn), Key::SigningIn))
        .with(ways);
    Screen { lead: visit.lead(visit.fill(Key::SignInLead, &[("application", &visit.page.application)])), form }
}

pub fn field(visit: &Visit, label: Key, hint: Option<String>, autocomplete: &'static str, judge: Option<Judge>) -> El {
    let words = ShowWords {
        show: visit.say(Key::Show),
        show_name: visit.say(Key::ShowPassword),
        hide: visit.say(Key::Hide),
        hide_name: visit.say(Key::HidePassword),
    };
    let control = Control {
        name: "password".into(),
        label: visit.say(label),
        optional: None,
        hint,
        fault: visit.fault("password"),
    };
    password::password(Password { control, autocomplete, words, judge })
}

/// For password managers: whose password this is. Nameless, so it is never sent.
pub fn username(visit: &Visit) -> El {
    el("input")
        .attr("type", "text")
        .attr("autocomplete", "username")
        .attr_some("value", visit.page.address.clone())
        .flag("readonly", true)
        .flag("hidden", true)
}

pub fn keep(visit: &Visit) -> El {
    let label = visit.say(Key::KeepSignedIn);
    let control =
        Control { name: "keep".into(), label: String::new(), optional: None, hint: None, fault: visit.fault("keep") };
    // A ticked box stays ticked on the page that comes again.
    choice::tick(control, vec![label.into()], visit.typed("keep").is_some(), false)
}
