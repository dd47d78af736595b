//! The pages that make administrators: the first one, and those who were invited.

use super::{
    frame::{hidden, lead, still, submit},
    new_password,
};
use crate::{
    contract::{brand::Brand, user_flow::PasswordRule, validate::Fault},
    text::{Key, Texts, administrator, explain},
    ui::{
        element::{El, Told, el},
        field::{self, Control, Line},
        password::{self, Password, ShowWords},
        view::Drawing,
    },
};
use std::rc::Rc;

pub struct SetUp<'a> {
    pub whom: Whom,
    pub brand: &'a Brand,
    /// Where the form goes, and the link's secret, which goes with it.
    pub path: &'a str,
    pub token: &'a str,
    pub name: &'a str,
    pub address: &'a str,
    pub rule: PasswordRule,
    /// Whether an authenticator app may be set up later, or never: on a developer's own machine.
    pub may_skip: bool,
    pub faults: &'a [Fault],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whom {
    First,
    /// Whoever invited said the address: it is no choice any more.
    Invited,
}

impl Whom {
    pub fn heading(self) -> administrator::Key {
        match self {
            Whom::First => administrator::Key::FirstHeading,
            Whom::Invited => administrator::Key::InvitedHeading,
        }
    }

    fn lead(self) -> administrator::Key {
        match self {
            Whom::First => administrator::Key::FirstLead,
            Whom::Invited => administrator::Key::InvitedLead,
        }
    }

    fn button(self) -> administrator::Key {
        match self {
            Whom::First => administrator::Key::FirstButton,
            Whom::Invited => administrator::Key::InvitedButton,
        }
    }
}

pub fn set_up(page: &SetUp, texts: &Texts) -> Drawing {
    let form = el("form")
        .class("answer")
        .attr("method", "post")
        .attr("action", page.path.to_owned())
        .with(hidden("token", page.token))
        .with(line(page, texts, "name", texts.administer(administrator::Key::NameLabel), "text", "name", page.name))
        .with(line(page, texts, "address", texts.say(Key::AddressLabel), "email", "username", page.address))
        .with(new_password(page, texts))
        .with_all(page.may_skip.then(|| enrol(texts)))
        .with(submit(texts.administer(page.whom.button())));
    let content = vec![lead(texts.administer(page.whom.lead())), form];
    still(Some(page.brand), None, texts.administer(page.whom.heading()).into(), content, texts)
}

fn line(
    page: &SetUp,
    texts: &Texts,
    name: &'static str,
    label: &str,
    kind: &'static str,
    autocomplete: &'static str,
    value: &str,
) -> El {
    let control =
        Control { name: name.into(), label: label.into(), optional: None, hint: None, fault: fault(page, texts, name) };
    let line = Line {
        kind,
        value: value.into(),
        autocomplete: Some(autocomplete),
        required: true,
        read_only: page.whom == Whom::Invited && name == "address",
        focus: name == "name",
        ..Line::default()
    };
    field::line(control, line)
}

/// Elsewhere nobody is asked.
fn enrol(texts: &Texts) -> El {
    let tick = el("input").attr("type", "checkbox").attr("name", "enrol").attr("value", "true");
    let words = texts.administer(administrator::Key::EnrolNow).to_owned();
    el("label").class("tick").with(tick).with(el("span").with(words))
}

fn new_password(page: &SetUp, texts: &Texts) -> El {
    let words = ShowWords {
        show: texts.say(Key::Show).into(),
        show_name: texts.say(Key::ShowPassword).into(),
        hide: texts.say(Key::Hide).into(),
        hide_name: texts.say(Key::HidePassword).into(),
    };
    let control = Control {
        name: "password".into(),
        label: texts.say(Key::NewPasswordLabel).into(),
        optional: None,
        hint: Some(new_password::hint(texts, page.rule)),
        fault: fault(page, texts, "password"),
    };
    password::password(Password { control, autocomplete: "new-password", words, judge: None })
}

fn fault(page: &SetUp, texts: &Texts, field: &str) -> Told {
    let fault = page.faults.iter().find(|fault| fault.field == field).map(|fault| explain(texts, &fault.why));
    Rc::new(move || fault.clone())
}
