//! Two pages around signing out: the question, and that it is done. Neither needs a script.

use super::{
    frame::{hidden, lead, still, submit},
    onward::go_on,
    problem::{Home, back},
};
use crate::{
    contract::brand::Brand,
    text::{Key, Texts},
    ui::{element::el, view::Drawing},
};

/// The question.
pub struct SignOut<'a> {
    pub brand: &'a Brand,
    pub address: Option<&'a str>,
    /// Where the answer goes, and what goes with it.
    pub path: &'a str,
    pub fields: &'a [(&'a str, &'a str)],
}

pub fn sign_out_heading(brand: &Brand, texts: &Texts) -> String {
    texts.fill(Key::SignOutHeading, &[("tenant", &brand.name)])
}

pub fn sign_out(page: &SignOut, texts: &Texts) -> Drawing {
    let form = el("form")
        .class("answer")
        .attr("method", "post")
        .attr("action", page.path.to_owned())
        .with_all(page.fields.iter().map(|(name, value)| hidden(name, value)))
        .with(submit(texts.say(Key::SignOut)));
    let address = page.address.map(|address| el("bdi").attr("dir", "ltr").with(address.to_owned()));
    let address = address.map(|address| el("p").class("who").with(address));
    let content = vec![lead(texts.say(Key::SignOutLead)), form];
    still(Some(page.brand), address, sign_out_heading(page.brand, texts), content, texts)
}

/// `home` is where the application is found that the person came from.
pub fn signed_out(brand: &Brand, home: Option<Home>, texts: &Texts) -> Drawing {
    let back = home.map(|home| back(home, texts));
    let content = [lead(texts.say(Key::SignedOutLead))].into_iter().chain(back).collect();
    still(Some(brand), None, texts.say(Key::SignedOutHeading).into(), content, texts)
}

/// The same while other applications hear of it: each in a frame of its own, which nobody sees (OpenID Connect Front-Channel
/// Logout 1.0 §3). `onward` is where the browser goes then.
pub fn signing_out(brand: &Brand, frames: &[String], onward: Option<&str>, texts: &Texts) -> Drawing {
    let frames = frames.iter().map(|url| {
        el("iframe").attr("hidden", "").attr("title", texts.say(Key::SignOut).to_owned()).attr("src", url.clone())
    });
    let button = onward.map(|onward| go_on(onward, texts));
    let content = [lead(texts.say(Key::SignedOutLead))].into_iter().chain(button).chain(frames).collect();
    still(Some(brand), None, texts.say(Key::SignedOutHeading).into(), content, texts)
}
