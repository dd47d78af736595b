//! The page that says what the number of an error means and what to do, for whoever builds the application that it came to.

use super::frame::{lead, still};
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
    let content = vec![lead(&texts.tell(meaning, &[])), el("p").class("trace").with(texts.tell(Lead, &[]))];
    still(None, None, error_number_heading(code, texts), content, texts)
}
