//! No way on from here: why, and what to do instead.

use super::visit::{Visit, sends};
use crate::{
    contract::journey::{Page, Stop},
    text::{Key, Texts},
    ui::button,
};
use leptos::prelude::*;

pub fn heading(why: Stop, page: &Page, texts: &Texts) -> String {
    let key = match why {
        Stop::NoAccount => Key::StoppedNoAccountHeading,
        Stop::Disabled => Key::StoppedDisabledHeading,
        Stop::Expired => Key::StoppedExpiredHeading,
        Stop::Cancelled => Key::StoppedCancelledHeading,
    };
    texts.fill(key, &[("tenant", &page.brand.name), ("application", &page.application)])
}

pub fn screen(visit: &Visit, why: Stop) -> AnyView {
    let (reason, instead) = match why {
        Stop::NoAccount => (Key::StoppedNoAccount, Key::UseAnotherAddress),
        Stop::Disabled => (Key::StoppedDisabled, Key::UseAnotherAddress),
        Stop::Expired => (Key::StoppedExpired, Key::StartAgain),
        Stop::Cancelled => (Key::StoppedCancelled, Key::StartAgain),
    };
    let back = visit.fill(Key::BackToApplication, &[("application", &visit.page.application)]);
    let content = if why == Stop::Cancelled {
        view! {
            {visit.primary("cancel", back, Key::OneMoment)}
            {button::secondary(sends("signIn"), visit.say(instead))}
        }
        .into_any()
    } else {
        view! {
            {visit.primary("signIn", visit.say(instead), Key::OneMoment)}
            {button::secondary(sends("cancel"), back)}
        }
        .into_any()
    };
    view! {
        {visit.page.address.clone().map(|address| view! { <p class="who"><bdi dir="ltr">{address}</bdi></p> }.into_any())}
        {visit.lead(visit.fill(reason, &[("tenant", &visit.page.brand.name)]))}
        {visit.form("answer", content)}
    }
    .into_any()
}
