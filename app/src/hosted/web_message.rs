//! The last page of a window that an application's page opened: its script tells that page how it went, and closes it.

use super::frame::{lead, still};
use crate::{
    contract::brand::Brand,
    text::{Key, Texts},
    ui::view::Drawing,
};

pub struct WebMessage<'a> {
    pub brand: &'a Brand,
    pub application: &'a str,
    /// What the page is told: its own origin, with the answer on it.
    pub location: &'a str,
}

pub fn web_message(page: &WebMessage, texts: &Texts) -> Drawing {
    let lead = lead(&texts.fill(Key::DoneLead, &[("application", page.application)]));
    still(Some(page.brand), None, texts.say(Key::DoneHeading).into(), vec![lead], texts)
}
