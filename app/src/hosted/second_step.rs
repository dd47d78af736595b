//! Another proof is asked besides: a code to an address that the account keeps for it, or that address first.

use super::{
    Screen, address, code,
    visit::{Visit, sends},
};
use crate::{
    contract::journey::{Asks, Resend},
    text::Key,
    ui::{button, element::el},
};

/// The code is sent when it is asked for.
pub fn offer(visit: &Visit, to: &str) -> Screen {
    let form = visit
        .form("answer")
        .with(visit.primary("useCode", visit.say(Key::SendCode), Key::Sending))
        .with(el("div").class("ways").with(visit.way("signIn", Key::StartAgain)));
    Screen { lead: visit.lead(visit.fill(Key::SecondStepLead, &[("address", to)])), form }
}

pub fn ask(visit: &Visit, own: Option<&str>) -> Screen {
    let own = own.map(|own| {
        let label = visit.fill(Key::UseOwnAddress, &[("address", own)]);
        button::secondary(sends("useOwnAddress"), label)
    });
    let form = visit
        .form("answer")
        .with(address::field(visit, Asks::Contact, None))
        .with(visit.primary("address", visit.say(Key::SendCode), Key::Sending))
        .with_all(own);
    Screen { lead: visit.lead(visit.say(Key::SecondAddressLead)), form }
}

pub fn typed(visit: &Visit, to: &str, (length, alive): (u8, bool), resend: Resend, enrols: bool) -> Screen {
    let sentence = if alive { Key::SecondCodeLead } else { Key::CodeNoneLead };
    let lead = visit.fill(sentence, &[("length", &length.to_string()), ("address", to)]);
    let ways = el("div")
        .class("ways")
        .with(code::missing(visit, resend))
        .with_all(enrols.then(|| visit.way("useOtherAddress", Key::UseAnotherAddress)));
    let form = visit
        .form("answer")
        .with(code::field(visit, length))
        .with(visit.primary("code", visit.say(Key::Continue), Key::Checking))
        .with(ways);
    Screen { lead: visit.lead(lead), form }
}
