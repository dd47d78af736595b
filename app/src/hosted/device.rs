//! The page of a device that has no browser: its code is typed, its person says that it is theirs. It needs no script.

use super::frame::{hidden, lead, still, submit};
use crate::{
    contract::brand::Brand,
    text::{Key, Texts},
    ui::{
        element::{El, el},
        view::Drawing,
    },
};

pub struct DevicePage<'a> {
    pub brand: &'a Brand,
    pub step: Device<'a>,
}

pub enum Device<'a> {
    /// `again`: what was typed is no code that waits.
    Ask {
        again: bool,
    },
    Confirm {
        application: &'a str,
        user_code: &'a str,
        path: &'a str,
        token: &'a str,
    },
    Agreed,
    Declined,
}

pub fn device_heading(page: &DevicePage, texts: &Texts) -> String {
    match page.step {
        Device::Ask { .. } => texts.say(Key::DeviceHeading).into(),
        Device::Confirm { application, .. } => texts.fill(Key::DeviceConfirmHeading, &[("application", application)]),
        Device::Agreed => texts.say(Key::DeviceAgreedHeading).into(),
        Device::Declined => texts.say(Key::DeviceDeclinedHeading).into(),
    }
}

pub fn device(page: &DevicePage, texts: &Texts) -> Drawing {
    let content = match &page.step {
        Device::Ask { again } => vec![lead(texts.say(Key::DeviceLead)), ask(*again, texts)],
        Device::Confirm { user_code, path, token, .. } => {
            let sentence = texts.fill(Key::DeviceConfirmLead, &[("code", user_code)]);
            vec![lead(&sentence), confirm(user_code, path, token, texts)]
        }
        Device::Agreed | Device::Declined => vec![lead(texts.say(Key::SignedOutLead))],
    };
    still(Some(page.brand), None, device_heading(page, texts), content, texts)
}

fn ask(again: bool, texts: &Texts) -> El {
    let input = el("input")
        .class("input ext-input ext-text-box")
        .attr("id", "user_code")
        .attr("name", "user_code")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "characters")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "user_code-fault")
        .attr("required", "")
        .attr("autofocus", "");
    let fault = again.then(|| el("p").class("fault").with(texts.say(Key::DeviceUnknown).to_owned()));
    let field = el("div")
        .class("field")
        .with(el("label").attr("for", "user_code").with(texts.say(Key::CodeLabel).to_owned()))
        .with(input)
        .with(el("div").class("ext-error").attr("id", "user_code-fault").attr("role", "alert").with_all(fault));
    el("form").class("answer").attr("method", "get").with(field).with(submit(texts.say(Key::Continue)))
}

fn confirm(user_code: &str, path: &str, token: &str, texts: &Texts) -> El {
    let decline = el("button").class("way").attr("type", "submit").attr("name", "answer").attr("value", "no");
    el("form")
        .class("answer")
        .attr("method", "post")
        .attr("action", path.to_owned())
        .with(hidden("user_code", user_code))
        .with(hidden("token", token))
        .with(submit(texts.say(Key::Continue)).attr("name", "answer").attr("value", "yes"))
        .with(el("div").class("ways").with(decline.with(texts.say(Key::DeviceDecline).to_owned())))
}
