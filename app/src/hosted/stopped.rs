//! No way on from here: why, and what to do instead.

use super::{
    Screen,
    visit::{Visit, sends},
};
use crate::{
    contract::journey::{Page, Stop},
    text::{Key, Texts},
    ui::button,
};

pub fn heading(why: Stop, page: &Page, texts: &Texts) -> String {
    let key = match why {
        Stop::NoAccount => Key::StoppedNoAccountHeading,
        Stop::Disabled => Key::StoppedDisabledHeading,
        Stop::Expired => Key::StoppedExpiredHeading,
        Stop::Cancelled => Key::StoppedCancelledHeading,
    };
    texts.fill(key, &[("tenant", &page.brand.name), ("application", &page.application)])
}

pub fn screen(visit: &Visit, why: Stop) -> Screen {
    let (reason, instead) = match why {
        Stop::NoAccount => (Key::StoppedNoAccount, Key::UseAnotherAddress),
        Stop::Disabled => (Key::StoppedDisabled, Key::UseAnotherAddress),
        Stop::Expired => (Key::StoppedExpired, Key::StartAgain),
        Stop::Cancelled => (Key::StoppedCancelled, Key::StartAgain),
    };
    let back = visit.fill(Key::BackToApplication, &[("application", &visit.page.application)]);
    let instead = visit.say(instead);
    let form = visit.form("answer");
    let form = if why == Stop::Cancelled {
        form.with(visit.primary("cancel", back, Key::OneMoment)).with(button::secondary(sends("signIn"), instead))
    } else {
        form.with(visit.primary("signIn", instead, Key::OneMoment)).with(button::secondary(sends("cancel"), back))
    };
    Screen { lead: visit.lead(visit.fill(reason, &[("tenant", &visit.page.brand.name)])), form }
}
