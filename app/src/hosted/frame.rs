//! What is on every page around its screen: whose page it is, the address, the heading, what has to be told, and the foot.

use super::{heading, screen, visit::Visit};
use crate::{
    contract::{
        brand::{Brand, Link, LinkKind},
        journey::{Notice, Path, Step},
    },
    text::{Key, Texts},
    ui::menu::{self, Entry},
};
use leptos::prelude::*;

pub fn frame(visit: &Visit) -> AnyView {
    let trouble = visit.trouble;
    view! {
        <main class="card ext-sign-in-box">
            {whose(&visit.page.brand)}
            {address(visit)}
            <h1 class="ext-title" tabindex="-1">{heading(&visit.page, &visit.texts)}</h1>
            {visit.page.notice.map(|notice| view! { <p class="notice" role="alert">{told(visit, notice)}</p> }.into_any())}
            <div role="alert">{move || trouble.get().map(|sentence| view! { <p class="notice bad">{sentence}</p> })}</div>
            {visit.summary()}
            {screen(visit)}
        </main>
        <footer class="ext-footer">
            <div class="foot ext-footer-links">{languages(visit)} {links(&visit.page.brand, &visit.texts)}</div>
        </footer>
    }
    .into_any()
}

/// The tenant's logo, or the first letter of its name, and the name.
pub fn whose(brand: &Brand) -> AnyView {
    let mark = match &brand.logo {
        Some(logo) => view! { <img class="logo ext-header-logo" src=logo.clone() alt=""/> }.into_any(),
        None => {
            let letter = brand.name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string());
            view! { <span class="mark" aria-hidden="true">{letter}</span> }.into_any()
        }
    };
    view! { <div class="whose ext-header">{mark}<span>{brand.name.clone()}</span></div> }.into_any()
}

/// The address that this is about, once it is known, and the way to another.
fn address(visit: &Visit) -> Option<AnyView> {
    let address = visit.page.address.clone()?;
    let change = restart(&visit.page.step)?;
    let content = view! {
        <bdi dir="ltr">{address}</bdi>
        <button class="way" type="submit" name="answer" value=change aria-label=visit.say(Key::ChangeAddress)>
            {visit.say(Key::Change)}
        </button>
    };
    Some(visit.form("who", content.into_any()))
}

/// The answer that leads to the first page of the present path.
fn restart(step: &Step) -> Option<&'static str> {
    let path = match step {
        Step::Password { .. } => Path::SignIn,
        Step::Code { path, .. } | Step::NewPassword { path, .. } => *path,
        Step::Attributes { .. } => Path::SignUp,
        Step::Address { .. } | Step::Account { .. } | Step::Stopped { .. } | Step::Done { .. } => return None,
    };
    Some(match path {
        Path::SignIn => "signIn",
        Path::SignUp => "signUp",
        Path::Recover => "recover",
    })
}

fn told(visit: &Visit, notice: Notice) -> String {
    match notice {
        Notice::CodeSent => visit.say(Key::NoticeCodeSent),
        Notice::CodesExhausted => visit.say(Key::NoticeCodesExhausted),
        Notice::CodeDead => visit.say(Key::NoticeCodeDead),
        Notice::AlreadyHaveAccount => visit.say(Key::NoticeAlreadyHaveAccount),
        Notice::LayoutChanged => visit.fill(Key::NoticeLayoutChanged, &[("tenant", &visit.page.brand.name)]),
        Notice::PasswordChanged => visit.say(Key::NoticePasswordChanged),
        Notice::Busy => visit.say(Key::NoticeBusy),
    }
}

fn languages(visit: &Visit) -> Option<AnyView> {
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
        let content = view! {
            <input type="hidden" name="answer" value="language"/>
            {buttons}
        };
        visit.form("entries", content.into_any())
    }))
}

pub fn links(brand: &Brand, texts: &Texts) -> Vec<AnyView> {
    brand
        .links
        .iter()
        .map(|Link { kind, url }| {
            let label = match kind {
                LinkKind::Privacy => Key::Privacy,
                LinkKind::Terms => Key::Terms,
            };
            view! {
                <a class="ext-footer-item" href=url.clone() target="_blank" rel="noopener noreferrer" title=texts.say(Key::OpensInNewTab).to_owned()>
                    {texts.say(label).to_owned()}
                </a>
            }
            .into_any()
        })
        .collect()
}
