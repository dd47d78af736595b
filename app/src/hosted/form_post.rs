//! The way back to an application that wants its answer posted: a form that sends itself, with a button for where no script
//! runs.

use super::frame::{foot, links, whose};
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
    let fields = page.fields.iter().map(|(name, value)| {
        el("input").attr("type", "hidden").attr("name", (*name).to_owned()).attr("value", (*value).to_owned())
    });
    let button = el("button").class("primary ext-button ext-primary").attr("type", "submit");
    let form = el("form")
        .class("answer")
        .attr("method", "post")
        .attr("action", page.uri.to_owned())
        .with_all(fields)
        .with(button.with(texts.say(Key::Continue).to_owned()));
    let lead = texts.fill(Key::DoneLead, &[("application", page.application)]);
    let card = el("main")
        .class("card ext-sign-in-box")
        .with(whose(page.brand))
        .with(el("h1").class("ext-title").with(texts.say(Key::DoneHeading).to_owned()))
        .with(el("p").class("lead ext-subtitle").with(lead))
        .with(form);
    Drawing::of(vec![card, foot(None, links(page.brand, texts))])
}
