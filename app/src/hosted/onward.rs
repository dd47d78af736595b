//! The page behind a form whose answer leads out of the house: it goes on by itself, without a script.

use super::frame::{lead, still};
use crate::{
    contract::brand::Brand,
    text::{Key, Texts},
    ui::{
        element::{El, el},
        view::Drawing,
    },
};

pub struct Onward<'a> {
    pub brand: &'a Brand,
    pub application: &'a str,
    /// Where it goes.
    pub location: &'a str,
}

pub fn onward(page: &Onward, texts: &Texts) -> Drawing {
    let lead = lead(&texts.fill(Key::DoneLead, &[("application", page.application)]));
    let content = vec![lead, go_on(page.location, texts)];
    still(Some(page.brand), None, texts.say(Key::DoneHeading).into(), content, texts)
}

/// For whoever's browser goes nowhere by itself.
pub fn go_on(location: &str, texts: &Texts) -> El {
    let link = el("a").class("primary ext-button ext-primary").attr("id", "onward").attr("href", location.to_owned());
    link.with(texts.say(Key::Continue).to_owned())
}
