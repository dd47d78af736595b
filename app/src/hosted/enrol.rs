//! The pages on which an administrator sets up an authenticator app. Drawn by the server alone.

use super::frame::{self, hidden, still, submit};
use crate::{
    contract::brand::Brand,
    text::{self, Texts, administrator::Key},
    ui::{
        code,
        element::{El, el},
        field::Control,
        view::Drawing,
    },
};
use std::rc::Rc;

pub struct Enrol<'a> {
    pub brand: &'a Brand,
    pub address: &'a str,
    /// Where the form goes, and the link's secret, which goes with it.
    pub path: &'a str,
    pub token: &'a str,
    /// What the app has to know: as letters, as an address, and as the dark squares of a picture of it.
    pub secret: &'a str,
    pub uri: &'a str,
    pub picture: Picture,
    pub wrong: bool,
}

/// A QR code: its squares along one side with the quiet zone, and an SVG path over the dark ones.
pub struct Picture {
    pub side: u32,
    pub path: String,
}

pub fn enrol(page: Enrol, texts: &Texts) -> Drawing {
    let say = |key| texts.administer(key).to_owned();
    let picture = el("svg")
        .attr("viewBox", format!("0 0 {0} {0}", page.picture.side))
        .attr("width", "200")
        .attr("height", "200")
        .attr("role", "img")
        .attr("aria-label", say(Key::EnrolPicture))
        // Dark on light in whatever light: apps look for that.
        .with(el("path").attr("fill", "#fff").attr("d", format!("M0 0h{0}v{0}H0z", page.picture.side)))
        .with(el("path").attr("fill", "#000").attr("d", page.picture.path));
    let letters: Vec<&str> =
        page.secret.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    let by_hand = el("p")
        .class("by-hand")
        .with(el("code").attr("dir", "ltr").with(letters.join(" ")))
        .with(" ")
        .with(el("a").attr("href", page.uri.to_owned()).with(say(Key::EnrolHere)));
    let fault = page.wrong.then(|| say(Key::EnrolWrong));
    let control = Control {
        name: "code".into(),
        label: texts.say(text::Key::CodeLabel).into(),
        optional: None,
        hint: None,
        fault: Rc::new(move || fault.clone()),
    };
    let form = el("form")
        .class("answer")
        .attr("method", "post")
        .attr("action", page.path.to_owned())
        .with(hidden("token", page.token))
        .with(code::code(control, |_| false))
        .with(submit(texts.administer(Key::EnrolButton)));
    let who = el("p").class("who").with(el("bdi").attr("dir", "ltr").with(page.address.to_owned()));
    card(page.brand, texts, Key::EnrolHeading, Key::EnrolLead, vec![who, picture, by_hand, form])
}

pub fn recovery_codes(brand: &Brand, codes: &[String], onward: &str, texts: &Texts) -> Drawing {
    let list = codes.iter().map(|code| el("li").with(el("code").attr("dir", "ltr").with(code.clone())));
    let list = el("ul").class("codes").with_all(list);
    let onward = el("a")
        .class("primary ext-button ext-primary")
        .attr("href", onward.to_owned())
        .with(texts.administer(Key::CodesButton).to_owned());
    card(brand, texts, Key::CodesHeading, Key::CodesLead, vec![list, onward])
}

fn card(brand: &Brand, texts: &Texts, heading: Key, lead: Key, content: Vec<El>) -> Drawing {
    let content = [frame::lead(texts.administer(lead))].into_iter().chain(content).collect();
    still(Some(brand), None, texts.administer(heading).into(), content, texts)
}
