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
    };
    texts.fill(key, &[("tenant", &page.brand.name), ("application", &page.application)])
}

pub fn screen(visit: &Visit, why: Stop) -> Screen {
    let (reason, instead) = match why {
        Stop::NoAccount => (Key::StoppedNoAccount, Key::UseAnotherAddress),
        Stop::Disabled => (Key::StoppedDisabled, Key::UseAnotherAddress),
        Stop::Expired => (Key::StoppedExpired, Key::StartAgain),
    };
    let back = visit.fill(Key::BackToApplication, &[("application", &visit.page.application)]);
    let form = visit
        .form("answer")
        .with(visit.primary("signIn", visit.say(instead), Key::OneMoment))
        .with(button::secondary(sends("cancel"), back));
    Screen { lead: visit.lead(visit.fill(reason, &[("tenant", &visit.page.brand.name)])), form }
}
