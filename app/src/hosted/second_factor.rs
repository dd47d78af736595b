//! The code of the authenticator app. Drawn by the server alone, and without a script.

use super::{Screen, visit::Visit};
use crate::{
    text::Key,
    ui::{code, element::el, field::Control},
};
use std::rc::Rc;

pub fn screen(visit: &Visit) -> Screen {
    let wrong = visit.page.faults.iter().any(|fault| fault.field == "code");
    let sentence = wrong.then(|| visit.say(Key::FaultSecondFactor));
    let control = Control {
        name: "code".into(),
        label: visit.say(Key::CodeLabel),
        optional: None,
        hint: Some(visit.say(Key::SecondFactorHint)),
        fault: Rc::new(move || sentence.clone()),
    };
    // A recovery code has letters: nothing sends itself.
    let form = visit
        .form("answer")
        .with(code::code(control, |_| false))
        .with(visit.primary("code", visit.say(Key::SignIn), Key::SigningIn))
        .with(el("div").class("ways").with(visit.way("signIn", Key::StartAgain)));
    Screen { lead: visit.lead(visit.say(Key::SecondFactorLead)), form }
}
