//! A Step in, a page out, an Answer back: one screen, one file. The server draws it whole; a browser then takes it over.

mod account;
mod address;
mod attributes;
mod check;
mod code;
mod frame;
mod new_password;
mod password;
mod problem;
mod send;
mod stopped;
mod visit;

use crate::{
    contract::journey::{Page, Step},
    text::{Key, Texts},
};
use leptos::{either::Either, prelude::*};
pub use problem::{problem, problem_heading};
use std::sync::Arc;
use visit::Visit;

/// The page that is on the screen, and how many were there before it.
#[derive(Clone)]
pub struct Shown {
    turn: usize,
    page: Arc<Page>,
}

impl Shown {
    pub fn first(page: Page) -> Self {
        Self { turn: 0, page: Arc::new(page) }
    }

    fn next(&self, page: Page) -> Self {
        Self { turn: self.turn + 1, page: Arc::new(page) }
    }
}

/// The hosted pages: whatever is put into `shown` is drawn.
pub fn hosted(shown: RwSignal<Shown>, texts: Arc<Texts>) -> impl IntoView {
    move || {
        let Shown { turn, page } = shown.get();
        let view = frame::frame(&Visit::new(page, texts.clone(), shown));
        // Sides taken in turn, so that a new page is new elements and inherits nothing that was typed into the old.
        if turn % 2 == 0 { Either::Left(view) } else { Either::Right(view) }
    }
}

/// What stands in the window's title: what to do here, and whose page it is.
pub fn title(page: &Page, texts: &Texts) -> String {
    format!("{} · {}", heading(page, texts), page.brand.name)
}

fn heading(page: &Page, texts: &Texts) -> String {
    match &page.step {
        Step::Address { path, .. } => texts.say(address::heading(*path)).into(),
        Step::Password { .. } => texts.say(Key::PasswordHeading).into(),
        Step::Code { .. } => texts.say(Key::CodeHeading).into(),
        Step::NewPassword { path, .. } => texts.say(new_password::heading(*path)).into(),
        Step::Attributes { .. } => texts.say(Key::AttributesHeading).into(),
        Step::Account { .. } => texts.say(Key::AccountHeading).into(),
        Step::Stopped { why } => stopped::heading(*why, page, texts),
        Step::Done { .. } => texts.say(Key::DoneHeading).into(),
    }
}

/// What is below the heading.
fn screen(visit: &Visit) -> AnyView {
    match &visit.page.step {
        Step::Address { path, can_sign_up, can_recover } => address::screen(visit, *path, *can_sign_up, *can_recover),
        Step::Password { offers_code, offers_to_keep } => password::screen(visit, *offers_code, *offers_to_keep),
        Step::Code { path, length, resend, offers_to_keep, offers_password } => {
            code::screen(visit, *path, *length, *resend, *offers_to_keep, *offers_password)
        }
        Step::NewPassword { path, rule } => new_password::screen(visit, *path, *rule),
        Step::Attributes { revision, fields } => attributes::screen(visit, *revision, fields),
        Step::Account { address, name } => account::screen(visit, address, name.as_deref()),
        Step::Stopped { why } => stopped::screen(visit, *why),
        Step::Done { .. } => visit.lead(visit.fill(Key::DoneLead, &[("application", &visit.page.application)])),
    }
}

/// Takes over the page that the server drew into `#hosted`.
#[cfg(feature = "hosted")]
pub fn take_over(page: Page, texts: Arc<Texts>) {
    use wasm_bindgen::JsCast;

    let Some(place) = document().get_element_by_id("hosted") else { return };
    leptos::mount::hydrate_from(place.unchecked_into(), move || hosted(RwSignal::new(Shown::first(page)), texts))
        .forget();
}
