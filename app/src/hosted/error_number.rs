//! The page that says what the number of an error means and what to do, for whoever builds the application that it came to.

use super::frame::foot;
use crate::{
    text::{
        Texts,
        developer::Key::{self, Heading, Lead},
    },
    ui::{element::el, view::Drawing},
};

pub fn error_number_heading(code: &str, texts: &Texts) -> String {
    texts.tell(Heading, &[("code", code)])
}

pub fn error_number(code: &str, meaning: Key, texts: &Texts) -> Drawing {
    let card = el("main")
        .class("card ext-sign-in-box")
        .with(el("h1").class("ext-title").with(error_number_heading(code, texts)))
        .with(el("p").class("lead ext-subtitle").with(texts.tell(meaning, &[])))
        .with(el("p").class("trace").with(texts.tell(Lead, &[])));
    Drawing::of(vec![card, foot(None, Vec::new())])
}
