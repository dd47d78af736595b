//! What is on every page around its screen: whose page it is, the address, the heading, what has to be told, and the foot; and
//! the card of pages that stay as they are.

use super::{
    Screen, heading, screen,
    visit::{Visit, sends},
};
use crate::{
    contract::{
        brand::{Brand, Link, LinkKind},
        journey::{Asks, Notice, Path, Step, is_address},
    },
    text::{Key, Texts},
    ui::{
        button,
        element::{El, el},
        linked::{link_beside, linked},
        menu::{self, Entry},
        view::Drawing,
    },
};
use reactive_graph::prelude::*;

pub fn frame(visit: &Visit) -> Vec<El> {
    let notice = visit.page.notice.map(|notice| {
        // What somebody else did must not interrupt whoever is listening to what they type.
        let role = if notice == Notice::LayoutChanged { "status" } else { "alert" };
        el("p").class("notice").attr("role", role).with(told(visit, notice))
    });
    let trouble = visit.trouble;
    let trouble = el("div")
        .attr("role", "alert")
        .live(move || trouble.get().map(|sentence| el("p").class("notice bad").with(sentence)));
    let Screen { lead, form } = screen(visit);
    let (card, title, foot) = match visit.page.embedded {
        true => (el("div").attr("role", "group").attr("aria-labelledby", "title"), el("h2"), el("div")),
        false => (el("main"), el("h1"), el("footer")),
    };
    let title = title.class("ext-title").attr("id", "title").attr("tabindex", "-1");
    let card = card
        .class("card ext-sign-in-box")
        .with(whose(&visit.page.brand))
        .with_all(address(visit))
        .with(title.with(heading(&visit.page, &visit.texts)))
        .with(lead)
        .with_all(notice)
        .with(trouble)
        .with(visit.summary())
        .with(form)
        .with_all(own_words(visit))
        .with_all(back(visit));
    vec![card, below(foot, languages(visit), links(&visit.page.brand, &visit.texts))]
}

/// What the tenant tells whoever signs in.
fn own_words(visit: &Visit) -> Option<El> {
    let signs_in = matches!(visit.page.step, Step::Address { path: Path::SignIn, .. } | Step::Password { .. });
    let text = visit.texts.say(Key::SignInPageText);
    let words = || linked(text, visit.texts.say(Key::OpensInNewTab));
    (signs_in && !text.is_empty())
        .then(|| el("p").class("own ext-boilerplate-text").attr("dir", "auto").with_all(words()))
}

/// The way back to the application, with nothing done.
fn back(visit: &Visit) -> Option<El> {
    let has_one = matches!(visit.page.step, Step::Stopped { .. });
    let label = visit.fill(Key::BackToApplication, &[("application", &visit.page.application)]);
    let way = || visit.form("ways").with(el("p").with(button::way(sends("cancel"), label)));
    (visit.page.can_cancel && !has_one).then(way)
}

/// A page that stays as it is: nobody's journey. It needs no script.
pub fn still(brand: Option<&Brand>, address: Option<El>, heading: String, content: Vec<El>, texts: &Texts) -> Drawing {
    let card = el("main")
        .class("card ext-sign-in-box")
        .with_all(brand.map(whose))
        .with_all(address)
        .with(el("h1").class("ext-title").with(heading))
        .with_all(content);
    let links = brand.map(|brand| links(brand, texts)).unwrap_or_default();
    Drawing::of(vec![card, below(el("footer"), None, links)])
}

/// The sentence below the heading.
pub fn lead(sentence: &str) -> El {
    el("p").class("lead ext-subtitle").with(sentence.to_owned())
}

/// What goes with a form unseen.
pub fn hidden(name: &str, value: &str) -> El {
    el("input").attr("type", "hidden").attr("name", name.to_owned()).attr("value", value.to_owned())
}

/// The one thing to do on a page that stays as it is.
#[cfg(feature = "ssr")]
pub fn submit(label: &str) -> El {
    el("button").class("primary ext-button ext-primary").attr("type", "submit").with(label.to_owned())
}

fn below(foot: El, languages: Option<El>, links: Vec<El>) -> El {
    let row = el("div").class("foot ext-footer-links").with_all(languages).with_all(links);
    foot.class("ext-footer").with(row)
}

/// The tenant's logo, or the first letter of its name, and the name.
fn whose(brand: &Brand) -> El {
    let mark = match &brand.logo {
        Some(logo) => el("img").class("logo ext-header-logo").attr("src", logo.clone()).attr("alt", ""),
        None => {
            // The style makes it a capital: Unicode's tables for that would weigh more than this whole file.
            let letter = brand.name.chars().next().map(String::from);
            el("span").class("mark").attr("aria-hidden", "true").with_all(letter)
        }
    };
    el("div").class("whose ext-header").with(mark).with(el("span").with(brand.name.clone()))
}

/// The address or user name that this is about, once it is known, and the way to another.
fn address(visit: &Visit) -> Option<El> {
    let address = el("bdi").attr("dir", "ltr").with(visit.page.address.clone()?);
    if let Step::Stopped { .. } = visit.page.step {
        return Some(el("p").class("who").with(address));
    }
    let named =
        if visit.page.address.as_deref().is_some_and(is_address) { Key::ChangeAddress } else { Key::ChangeUserName };
    let change = el("button")
        .class("way")
        .attr("type", "submit")
        .attr("name", "answer")
        .attr("value", restart(&visit.page.step)?)
        .flag("formnovalidate", true)
        .attr("aria-label", visit.say(named))
        .with(visit.say(Key::Change));
    Some(visit.form("who").with(address).with(change))
}

/// The answer that leads to the first page of the present path.
fn restart(step: &Step) -> Option<&'static str> {
    let path = match step {
        Step::Password { .. } => Path::SignIn,
        Step::Code { path, .. } | Step::NewPassword { path, .. } => *path,
        #[cfg(feature = "ssr")]
        Step::SecondFactor => Path::SignIn,
        Step::SecondStep { .. } | Step::SecondAddress { .. } | Step::SecondCode { .. } => Path::SignIn,
        Step::Attributes { path: Path::EditProfile, .. } => return None,
        Step::Attributes { .. } => Path::SignUp,
        Step::Address { asks: Asks::Contact, .. } => Path::SignUp,
        Step::Address { .. } | Step::Account { .. } | Step::Stopped { .. } | Step::Done { .. } => return None,
    };
    Some(match path {
        Path::SignIn | Path::EditProfile => "signIn",
        Path::SignUp => "signUp",
        Path::Recover => "recover",
    })
}

pub fn told(visit: &Visit, notice: Notice) -> String {
    match notice {
        Notice::CodeSent => visit.say(Key::NoticeCodeSent),
        Notice::CodesExhausted => visit.say(Key::NoticeCodesExhausted),
        Notice::CodeDead => visit.say(Key::NoticeCodeDead),
        Notice::AlreadyHaveAccount => visit.say(Key::NoticeAlreadyHaveAccount),
        Notice::LayoutChanged => visit.fill(Key::NoticeLayoutChanged, &[("tenant", &visit.page.brand.name)]),
    }
}

fn languages(visit: &Visit) -> Option<El> {
    let page = &visit.page;
    if page.languages.len() < 2 {
        return None;
    }
    let entries = page
        .languages
        .iter()
        .map(|language| Entry {
            value: language.tag.clone(),
            label: language.name.clone(),
            current: language.tag == page.language,
        })
        .collect();
    Some(menu::menu("language", visit.say(Key::Language), entries, |buttons| {
        visit.form("entries").with(hidden("answer", "language")).with_all(buttons)
    }))
}

fn links(brand: &Brand, texts: &Texts) -> Vec<El> {
    let link = |Link { kind, url }: &Link| {
        let label = match kind {
            LinkKind::Privacy => Key::Privacy,
            LinkKind::Terms => Key::Terms,
        };
        link_beside(url, texts.say(Key::OpensInNewTab)).class("ext-footer-item").with(texts.say(label).to_owned())
    };
    brand.links.iter().map(link).collect()
}
