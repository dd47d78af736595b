//! The way back to an application that wants its answer posted: a form that sends itself, with a button for where no script
//! runs.

use super::frame::{hidden, lead, still, submit};
use crate::{
    contract::brand::Brand,
    text::{Key, Texts},
    ui::{element::el, view::Drawing},
};

pub struct FormPost<'a> {
    pub brand: &'a Brand,
    pub application: &'a str,
    /// The application's own address.
    pub uri: &'a str,
    pub fields: &'a [(&'a str, &'a str)],
}

pub fn form_post(page: &FormPost, texts: &Texts) -> Drawing {
    let form = el("form")
        .class("answer")
        .attr("method", "post")
        .attr("action", page.uri.to_owned())
        .with_all(page.fields.iter().map(|(name, value)| hidden(name, value)))
        .with(submit(texts.say(Key::Continue)));
    let lead = lead(&texts.fill(Key::DoneLead, &[("application", page.application)]));
    still(Some(page.brand), None, texts.say(Key::DoneHeading).into(), vec![lead, form], texts)
}
