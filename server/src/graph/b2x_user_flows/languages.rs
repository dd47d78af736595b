//! `…/{id}/languages`: which languages a flow offers, and the sentences of its pages in Graph's older form. The sentences are
//! the tenant's: whichever flow they are changed by, every flow says them.

use super::{change_flow, get_of, of};
use crate::{
    directory::branding,
    error::{Error, Flaw, Result},
    graph::{
        answer::{Wishes, nothing},
        body,
        caller::Caller,
        change::{self, Change},
        flow_shape::Flows,
        organization::judged_sentence,
    },
    state::AppState,
};
use app::{
    contract::resource::b2x_user_flow::{LanguageConfiguration, LanguagePage, LocalizedString, LocalizedStrings},
    text,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use std::collections::BTreeMap;

pub const FIELDS: [&str; 3] = ["id", "isEnabled", "displayName"];
pub const PAGE_FIELDS: [&str; 1] = ["id"];

/// Graph's names for pages, and how the names of a page's sentences begin. What begins otherwise stands on the last.
const PAGES: [(&str, &[&str]); 2] = [
    (
        "idpselection1_1",
        &[
            "signIn",
            "signUp",
            "recover",
            "address",
            "sendCode",
            "noAccount",
            "createOne",
            "cannotAccess",
            "haveAccount",
            "password",
            "keepSignedIn",
            "forgotPassword",
            "useCode",
            "account",
            "continueAs",
            "useAnother",
            "usernameHint",
        ],
    ),
    ("selfasserted1_1", &[]),
];

/// Sentences of pages; those of mails are elsewhere.
const GROUP: &str = "pages.";

fn page_of(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix(GROUP)?;
    let found = PAGES.iter().find(|(_, beginnings)| beginnings.iter().any(|beginning| name.starts_with(beginning)));
    found.or(PAGES.last()).map(|(page, _)| *page)
}

/// A language that the pages speak, of a flow that is there.
async fn spoken<const B2C: bool>(state: &AppState, caller: &Caller, id: &str, tag: &str) -> Result<&'static str> {
    get_of(&Flows::of(state, &caller.tenant).await?, B2C, id)?;
    text::languages().iter().find(|known| **known == tag).copied().ok_or(Error::NotFound)
}

fn language(tag: &str, offered: &[&str]) -> LanguageConfiguration {
    LanguageConfiguration { id: tag.into(), is_enabled: offered.contains(&tag), display_name: text::name(tag).into() }
}

fn languages_of<const B2C: bool>(id: &str) -> String {
    format!("{}/{id}/languages", of(B2C))
}

pub async fn languages<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let listed = get_of(&Flows::of(&state, &caller.tenant).await?, B2C, &id)?;
    let offered = listed.flow.languages(text::languages());
    let all = text::languages().iter().map(|tag| serde_json::to_value(language(tag, &offered)));
    wishes.listed(&state, &caller, &languages_of::<B2C>(&id), &FIELDS, all.collect::<Result<_, _>>()?)
}

pub async fn language_of<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Response> {
    let listed = get_of(&Flows::of(&state, &caller.tenant).await?, B2C, &id)?;
    let tag = text::languages().iter().find(|known| **known == tag).ok_or(Error::NotFound)?;
    wishes.entity(&languages_of::<B2C>(&id), &language(tag, &listed.flow.languages(text::languages())))
}

pub async fn enable_language<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, tag)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response> {
    let tag = spoken::<B2C>(&state, &caller, &id, &tag).await?;
    let mut sent: LanguageConfiguration = body::patched(&language(tag, &[tag]), &body)?;
    sent.display_name = text::name(tag).into();
    if sent.id != tag {
        return Err(Flaw::new("id", "The language is the one of the address.").into());
    }
    change_flow(&state, &caller, &wishes, &id, "Update user flow", |_, shown| {
        shown.disabled_languages.retain(|off| off != tag);
        if !sent.is_enabled {
            shown.disabled_languages.push(tag.into());
        }
        Ok(())
    })
    .await?;
    wishes.created(&languages_of::<B2C>(&id), tag, &sent)
}

fn pages(
    state: &AppState,
    caller: &Caller,
    wishes: &Wishes,
    of: &str,
    these: impl Iterator<Item = &'static str>,
) -> Result<Response> {
    let page = |id: &str| serde_json::to_value(LanguagePage { id: id.into() });
    wishes.listed(state, caller, of, &PAGE_FIELDS, these.map(page).collect::<Result<_, _>>()?)
}

fn all() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(page, _)| *page)
}

pub async fn default_pages<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Response> {
    let tag = spoken::<B2C>(&state, &caller, &id, &tag).await?;
    pages(&state, &caller, &wishes, &format!("{}/{tag}/defaultPages", languages_of::<B2C>(&id)), all())
}

/// Those with a sentence of the tenant's own.
pub async fn overridden_pages<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Response> {
    let tag = spoken::<B2C>(&state, &caller, &id, &tag).await?;
    let own = branding::sentences(&state.db, &caller.tenant.id, tag).await?;
    let own = all().filter(|page| own.keys().any(|name| page_of(name) == Some(*page)));
    pages(&state, &caller, &wishes, &format!("{}/{tag}/overridesPages", languages_of::<B2C>(&id)), own)
}

fn known(page: &str) -> Result<&'static str> {
    all().find(|known| *known == page).ok_or(Error::NotFound)
}

/// Our sentences of a page, by name.
fn defaults(tag: &str, page: &str) -> BTreeMap<String, String> {
    text::sentences(tag).into_iter().filter(|(name, _)| page_of(name) == Some(page)).collect()
}

fn strings<'a>(sentences: impl Iterator<Item = (&'a String, &'a String)>, own: bool) -> LocalizedStrings {
    let one = |(name, value): (&String, &String)| LocalizedString {
        string_id: name.clone(),
        value: value.clone(),
        own,
        ..LocalizedString::default()
    };
    LocalizedStrings { localized_strings: sentences.map(one).collect() }
}

type PageAt = (String, String, String);

pub async fn default_page<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, tag, page)): Path<PageAt>,
) -> Result<Response> {
    let (tag, page) = (spoken::<B2C>(&state, &caller, &id, &tag).await?, known(&page)?);
    wishes.entity(&languages_of::<B2C>(&id), &strings(defaults(tag, page).iter(), false))
}

pub async fn overridden_page<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, tag, page)): Path<PageAt>,
) -> Result<Response> {
    let (tag, page) = (spoken::<B2C>(&state, &caller, &id, &tag).await?, known(&page)?);
    let own = branding::sentences(&state.db, &caller.tenant.id, tag).await?;
    wishes.entity(&languages_of::<B2C>(&id), &strings(own.iter().filter(|(name, _)| page_of(name) == Some(page)), true))
}

/// The page's sentences as they shall be: what is not named, or does not override, is ours again.
pub async fn override_page<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, tag, page)): Path<PageAt>,
    body: Bytes,
) -> Result<Response> {
    let (tag, page) = (spoken::<B2C>(&state, &caller, &id, &tag).await?, known(&page)?);
    let sent: LocalizedStrings = body::created(&body)?;
    let defaults = defaults(tag, page);
    let (mut wanted, mut flaws) = (BTreeMap::new(), Vec::new());
    for (at, string) in sent.localized_strings.iter().enumerate().filter(|(_, string)| string.own) {
        let value = string.value.as_str().into();
        match judged_sentence(&string.string_id, defaults.get(&string.string_id), &value) {
            Ok(sentence) => wanted.extend(sentence.map(|sentence| (string.string_id.clone(), sentence))),
            Err(why) => flaws.push(Flaw::new(format!("LocalizedStrings/{at}/Value"), why)),
        }
    }
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws));
    }
    say(&state, &caller, tag, page, wanted).await
}

pub async fn forget_page<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, tag, page)): Path<PageAt>,
) -> Result<Response> {
    let (tag, page) = (spoken::<B2C>(&state, &caller, &id, &tag).await?, known(&page)?);
    say(&state, &caller, tag, page, BTreeMap::new()).await
}

async fn say(
    state: &AppState,
    caller: &Caller,
    tag: &'static str,
    page: &'static str,
    wanted: BTreeMap<String, String>,
) -> Result<Response> {
    let own = branding::sentences(&state.db, &caller.tenant.id, tag).await?;
    let before: BTreeMap<String, String> = own
        .iter()
        .filter(|(name, _)| page_of(name) == Some(page))
        .map(|(name, own)| (name.clone(), own.clone()))
        .collect();
    let change = Change::updated("Update sentences", "Branding", tag, tag, &before, &wanted)?;
    change::make(state, caller, change, move |c, tenant, _| {
        Box::pin(async move {
            for name in before.keys().filter(|name| !wanted.contains_key(*name)) {
                branding::set_sentence(c, tenant, tag, name, None).await?;
            }
            for (name, sentence) in &wanted {
                branding::set_sentence(c, tenant, tag, name, Some(sentence)).await?;
            }
            Ok(())
        })
    })
    .await?;
    Ok(nothing())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_of_the_pages_stands_on_one_page_and_no_page_is_empty() {
        for page in all() {
            assert!(!defaults("en", page).is_empty(), "{page}");
        }
        let on_pages: usize = all().map(|page| defaults("en", page).len()).sum();
        assert_eq!(on_pages, text::sentences("en").iter().filter(|(name, _)| name.starts_with(GROUP)).count());
        assert_eq!(page_of("mail.codeSubject"), None);
    }
}
