//! A Step in, a page out, an Answer back: one screen, one file. The server draws it whole; a browser then takes it over.

mod account;
mod address;
mod attributes;
mod check;
mod code;
#[cfg(feature = "ssr")]
mod device;
#[cfg(feature = "ssr")]
mod enrol;
#[cfg(feature = "ssr")]
mod error_number;
#[cfg(feature = "ssr")]
mod form_post;
mod frame;
mod live;
mod new_password;
#[cfg(feature = "ssr")]
mod onward;
mod password;
mod problem;
pub mod read;
#[cfg(feature = "ssr")]
mod second_factor;
mod second_step;
mod send;
#[cfg(feature = "ssr")]
mod set_up;
#[cfg(feature = "ssr")]
mod sign_out;
mod stopped;
mod visit;
#[cfg(feature = "ssr")]
mod web_message;

use crate::{
    contract::journey::{Page, Step},
    text::{Key, Texts},
    ui::{element::El, ground::Ground, view::Drawing},
};
#[cfg(feature = "ssr")]
pub use device::{Device, DevicePage, device, device_heading};
#[cfg(feature = "ssr")]
pub use enrol::{Enrol, Picture, enrol, recovery_codes};
#[cfg(feature = "ssr")]
pub use error_number::{error_number, error_number_heading};
#[cfg(feature = "ssr")]
pub use form_post::{FormPost, form_post};
#[cfg(feature = "ssr")]
pub use onward::{Onward, onward};
pub use problem::{Home, Whence, problem, problem_heading};
use reactive_graph::{prelude::*, signal::RwSignal};
#[cfg(feature = "ssr")]
pub use set_up::{SetUp, Whom, set_up};
#[cfg(feature = "ssr")]
pub use sign_out::{SignOut, sign_out, sign_out_heading, signed_out, signing_out};
use std::sync::Arc;
use tachys::view::RenderHtml;
use visit::Visit;
#[cfg(feature = "ssr")]
pub use web_message::{WebMessage, web_message};

/// The hosted pages: the first one, and every page that an answer brings.
pub fn hosted(first: Arc<Page>, texts: Arc<Texts>, ground: Ground) -> impl RenderHtml {
    let shown = RwSignal::new(first);
    move || Drawing::of(frame::frame(&Visit::new(shown.get(), texts.clone(), shown, ground.clone())))
}

/// What stands in the window's title: what to do here, and whose page it is.
pub fn title(page: &Page, texts: &Texts) -> String {
    format!("{} · {}", heading(page, texts), page.brand.name)
}

fn heading(page: &Page, texts: &Texts) -> String {
    match &page.step {
        Step::Address { path, asks, .. } => texts.say(address::heading(*path, *asks)).into(),
        Step::Password { .. } => texts.say(Key::PasswordHeading).into(),
        Step::Code { .. } => texts.say(Key::CodeHeading).into(),
        #[cfg(feature = "ssr")]
        Step::SecondFactor => texts.say(Key::SecondFactorHeading).into(),
        Step::SecondStep { .. } => texts.say(Key::SecondStepHeading).into(),
        Step::SecondAddress { .. } => texts.say(Key::SecondAddressHeading).into(),
        Step::SecondCode { .. } => texts.say(Key::CodeHeading).into(),
        Step::NewPassword { path, .. } => texts.say(new_password::heading(*path)).into(),
        Step::Attributes { path, .. } => texts.say(attributes::heading(*path)).into(),
        Step::Account { .. } => texts.say(Key::AccountHeading).into(),
        Step::Stopped { why } => stopped::heading(*why, page, texts),
        Step::Done { .. } => texts.say(Key::DoneHeading).into(),
    }
}

/// What is below the heading: a sentence, and the form.
struct Screen {
    lead: El,
    form: El,
}

fn screen(visit: &Visit) -> Screen {
    match &visit.page.step {
        Step::Address { path, asks, sends_code, can_sign_in, can_sign_up, can_recover } => {
            address::screen(visit, *path, *asks, *sends_code, [*can_sign_in, *can_sign_up, *can_recover])
        }
        Step::Password { can_recover, offers_code, offers_to_keep } => {
            password::screen(visit, *can_recover, *offers_code, *offers_to_keep)
        }
        Step::Code { path, length, alive, resend, offers_to_keep, offers_password } => {
            let lead = code::lead(visit, *length, *alive);
            Screen { lead, form: code::form(visit, *path, *length, *resend, *offers_to_keep, *offers_password) }
        }
        #[cfg(feature = "ssr")]
        Step::SecondFactor => second_factor::screen(visit),
        Step::SecondStep { to } => second_step::offer(visit, to),
        Step::SecondAddress { own } => second_step::ask(visit, own.as_deref()),
        Step::SecondCode { to, length, alive, resend, enrols } => {
            second_step::typed(visit, to, (*length, *alive), *resend, *enrols)
        }
        Step::NewPassword { path, rule } => new_password::screen(visit, *path, *rule),
        Step::Attributes { path, revision, fields } => attributes::screen(visit, *path, *revision, fields),
        Step::Account { address, name } => account::screen(visit, address, name.as_deref()),
        Step::Stopped { why } => stopped::screen(visit, *why),
        Step::Done { .. } => {
            let lead = visit.fill(Key::DoneLead, &[("application", &visit.page.application)]);
            Screen { lead: visit.lead(lead), form: visit.form("answer") }
        }
    }
}
