//! Somebody is signed in at this browser already: go on as them, or as somebody else?

use super::{
    Screen,
    visit::{Visit, sends},
};
use crate::{
    text::Key,
    ui::{button, element::el},
};

pub fn screen(visit: &Visit, address: &str, name: Option<&str>) -> Screen {
    let known = el("p")
        .class("known")
        .with_all(name.map(|name| el("strong").attr("dir", "auto").with(name.to_owned())))
        .with(el("bdi").attr("dir", "ltr").with(address.to_owned()));
    let label = visit.fill(Key::ContinueAs, &[("name", name.unwrap_or(address))]);
    let form = visit
        .form("answer")
        .with(known)
        .with(visit.primary("continueAs", label, Key::SigningIn))
        .with(button::secondary(sends("signIn"), visit.say(Key::UseAnotherAccount)));
    Screen { lead: visit.lead(visit.fill(Key::AccountLead, &[("application", &visit.page.application)])), form }
}
