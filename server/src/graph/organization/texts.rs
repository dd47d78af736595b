//! The texts of a localization that pages say as well: they are sentences of its language, and kept as those; the default's are
//! said in every language that says nothing of its own.

use super::sentences::judged;
use crate::{
    directory::branding::{self, FOR_ALL},
    error::{Error, Flaw, Result},
    graph::caller::Caller,
    state::AppState,
};
use app::{contract::resource::organization::Branding, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// Graph's properties, and what our sentences of the same meaning are called.
type Texts<'a> = [(&'static str, &'static str, &'a mut Option<String>); 6];

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
        ("signInPageText", "pages.signInPageText", &mut branding.sign_in_page_text),
        ("usernameHintText", "pages.usernameHintText", &mut branding.username_hint_text),
    ]
}

/// Under what the sentences of a locale are kept: the default, or a language that pages are written in.
fn kept_under(locale: &str) -> Option<&'static str> {
    text::languages().iter().copied().chain([FOR_ALL]).find(|known| *known == locale)
}

/// The names of the sentences that belong to a locale.
pub fn names(locale: &str) -> Vec<&'static str> {
    match kept_under(locale) {
        Some(_) => of(&mut Branding::default()).iter().map(|(_, name, _)| *name).collect(),
        None => Vec::new(),
    }
}

/// With what the tenant says in its own words. A text that was saved before it became a sentence stands until it is said anew.
pub async fn told(state: &AppState, caller: &Caller, mut branding: Branding) -> Result<Branding> {
    if let Some(place) = kept_under(&branding.id) {
        let own = branding::sentences(&state.db, &caller.tenant.id, place).await?;
        for (_, name, text) in of(&mut branding) {
            if let Some(sentence) = own.get(name) {
                *text = Some(sentence.clone());
            }
        }
    }
    Ok(branding)
}

/// Takes them out of the branding, as the sentences that they become.
pub fn taken(branding: &mut Branding) -> Result<Vec<(&'static str, Option<String>)>> {
    let Some(place) = kept_under(&branding.id) else { return Ok(Vec::new()) };
    let language = if place == FOR_ALL { text::DEFAULT } else { place };
    let defaults: BTreeMap<String, String> = text::sentences(language).into_iter().collect();
    let (mut sentences, mut flaws) = (Vec::new(), Vec::new());
    for (property, name, text) in of(branding) {
        match judged(name, defaults.get(name), &text.take().map_or(Value::Null, Value::String)) {
            Ok(sentence) => sentences.push((name, sentence)),
            Err(why) => flaws.push(Flaw::new(property, why)),
        }
    }
    if flaws.is_empty() { Ok(sentences) } else { Err(Error::Invalid(flaws)) }
}
