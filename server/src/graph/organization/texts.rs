//! The texts of a localization that pages say as well: they are sentences of its language, and kept as those.

use super::sentences::judged;
use crate::{
    directory::branding,
    error::{Error, Flaw, Result},
    graph::caller::Caller,
    state::AppState,
};
use app::{contract::resource::organization::Branding, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// Graph's properties, and what our sentences of the same meaning are called.
type Texts<'a> = [(&'static str, &'static str, &'a mut Option<String>); 4];

fn of(branding: &mut Branding) -> Texts<'_> {
    [
        (
            "customCannotAccessYourAccountText",
            "pages.cannotAccess",
            &mut branding.custom_cannot_access_your_account_text,
        ),
        ("customForgotMyPasswordText", "pages.forgotPassword", &mut branding.custom_forgot_my_password_text),
        ("customPrivacyAndCookiesText", "pages.privacy", &mut branding.custom_privacy_and_cookies_text),
        ("customTermsOfUseText", "pages.terms", &mut branding.custom_terms_of_use_text),
    ]
}

/// The language that a locale is, where pages are written in it.
fn language(locale: &str) -> Option<&'static str> {
    text::languages().iter().find(|tag| **tag == locale).copied()
}

/// The names of the sentences that belong to a locale.
pub fn names(locale: &str) -> Vec<&'static str> {
    match language(locale) {
        Some(_) => of(&mut Branding::default()).iter().map(|(_, name, _)| *name).collect(),
        None => Vec::new(),
    }
}

/// With what the tenant says in its own words. A text that was saved before it became a sentence stands until it is said anew.
pub async fn told(state: &AppState, caller: &Caller, mut branding: Branding) -> Result<Branding> {
    if let Some(language) = language(&branding.id) {
        let own = branding::sentences(&state.db, &caller.tenant.id, language).await?;
        for (_, name, text) in of(&mut branding) {
            if let Some(sentence) = own.get(name) {
                *text = Some(sentence.clone());
            }
        }
    }
    Ok(branding)
}

/// Takes them out of the branding, as the sentences that they become; none is the default's.
pub fn taken(branding: &mut Branding) -> Result<Vec<(&'static str, Option<String>)>> {
    let Some(language) = language(&branding.id) else { return Ok(Vec::new()) };
    let defaults: BTreeMap<String, String> = text::sentences(language).into_iter().collect();
    let (mut sentences, mut flaws) = (Vec::new(), Vec::new());
    for (property, name, text) in of(branding) {
        match judged(defaults.get(name), &text.take().map_or(Value::Null, Value::String)) {
            Ok(sentence) => sentences.push((name, sentence)),
            Err(why) => flaws.push(Flaw::new(property, why)),
        }
    }
    if flaws.is_empty() { Ok(sentences) } else { Err(Error::Invalid(flaws)) }
}
