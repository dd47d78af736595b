//! The last page of a window that an application's page opened: its script tells that page how it went, and closes it.

use super::frame::{foot, links, whose};
use crate::{
    contract::brand::Brand,
    text::{Key, Texts},
    ui::{element::el, view::Drawing},
};

pub struct WebMessage<'a> {
    pub brand: &'a Brand,
    pub application: &'a str,
    /// What the page is told: its own origin, with the answer on it.
    pub location: &'a str,
}

pub fn web_message(page: &WebMessage, texts: &Texts) -> Drawing {
    let lead = texts.fill(Key::DoneLead, &[("application", page.application)]);
    let card = el("main")
        .class("card ext-sign-in-box")
        .with(whose(page.brand))
        .with(el("h1").class("ext-title").with(texts.say(Key::DoneHeading).to_owned()))
        .with(el("p").class("lead ext-subtitle").with(lead));
    Drawing::of(vec![card, foot(None, links(page.brand, texts))])
}
