//! `/organization/{id}/branding`: how the tenant's pages look, for everybody and for those who read one language. Colours,
//! pictures, links and sentences, each of a known kind; no style sheets (security R22).

use super::{own, texts};
use crate::{
    directory::{
        Connection,
        branding::{self, FOR_ALL},
        tenant,
    },
    error::{Error, Flaw, Result},
    graph::{
        answer::{Wishes, nothing},
        body,
        caller::Caller,
        change::{self, Change},
    },
    state::AppState,
};
use app::contract::{
    brand::{Brand, Colour, Link, LinkKind, Palette},
    id::TenantId,
    resource::organization::Branding,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::Response,
};
use serde_json::{Value, json};
use url::Url;

const OF: &str = "organization/branding";
const NAME_MAX: usize = 128;
pub const LOCALE_FIELDS: [&str; 1] = ["id"];

/// Graph asks for the locale by header: `0` or none for the default.
fn asked_locale(headers: &HeaderMap) -> String {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or(FOR_ALL);
    let first = asked.split([',', ';']).next().unwrap_or(FOR_ALL).trim();
    if is_locale(first) { first.into() } else { FOR_ALL.into() }
}

/// BCP 47, as far as pages are written in it: `de`, `fr-FR`.
pub fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_language = |part: &str| (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_lowercase());
    parts.next().is_some_and(is_language)
        && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

async fn stored(state: &AppState, caller: &Caller, locale: &str) -> Result<Option<Branding>> {
    let body = branding::find(&state.db, &caller.tenant.id, locale).await?;
    match body {
        Some(body) => Ok(Some(texts::told(state, caller, serde_json::from_str(&body)?).await?)),
        None => Ok(None),
    }
}

/// The default's colour, name, pictures and links are the brand that pages are drawn with.
async fn default(state: &AppState, caller: &Caller) -> Result<Branding> {
    let tenant = tenant::get(&state.db, caller.tenant.id.as_str()).await?;
    let brand = &tenant.brand;
    let link = |kind| brand.links.iter().find(|link| link.kind == kind).map(|link| link.url.clone());
    let picture = |path: &Option<String>| path.as_ref().map(|path| path.trim_start_matches('/').to_owned());
    let stored = branding::find(&state.db, &caller.tenant.id, FOR_ALL).await?;
    let stored: Branding = stored.map(|body| serde_json::from_str(&body)).transpose()?.unwrap_or_default();
    let branding = Branding {
        id: FOR_ALL.into(),
        brand_name: Some(brand.name.clone()),
        brand_color: Some(brand.colour.to_string()),
        banner_logo_relative_url: picture(&brand.logo),
        background_image_relative_url: picture(&brand.background),
        custom_privacy_and_cookies_url: link(LinkKind::Privacy),
        custom_terms_of_use_url: link(LinkKind::Terms),
        cdn_list: vec![state.config.public_url.at("/")],
        ..stored
    };
    texts::told(state, caller, branding).await
}

/// With what becomes of the colour where it must be read: a colour that is too light or too dark is mended, and this says so.
fn shown(branding: &Branding) -> Result<Value> {
    let mut shown = serde_json::to_value(branding)?;
    if let Some(colour) = branding.brand_color.as_deref().and_then(Colour::read) {
        let palette = Palette::new(colour);
        let tone = |tone: app::contract::brand::Tone| {
            json!({
                "brand": tone.brand.to_string(),
                "onBrand": tone.on_brand.to_string(),
                "contrast": (tone.brand.contrast(tone.on_brand) * 10.0).round() / 10.0,
                "mended": tone.brand != colour,
            })
        };
        shown["palette"] = json!({ "light": tone(palette.light), "dark": tone(palette.dark) });
    }
    Ok(shown)
}

pub async fn get_default(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response> {
    own(&caller, &id)?;
    let branding = match asked_locale(&headers) {
        locale if locale != FOR_ALL => match stored(&state, &caller, &locale).await? {
            Some(branding) => branding,
            None => default(&state, &caller).await?,
        },
        _ => default(&state, &caller).await?,
    };
    wishes.entity(OF, &shown(&branding)?)
}

pub async fn change_default(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    headers: HeaderMap,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    own(&caller, &id)?;
    match asked_locale(&headers) {
        locale if locale == FOR_ALL => save_default(&state, &caller, &wishes, &sent).await,
        locale => save_locale(&state, &caller, &wishes, &locale, &sent).await,
    }
}

async fn save_default(state: &AppState, caller: &Caller, wishes: &Wishes, sent: &[u8]) -> Result<Response> {
    let before = default(state, caller).await?;
    let after: Branding = body::patched(&before, sent)?;
    fixed(&before, &after)?;
    let mut kept = after.clone();
    let sentences = texts::taken(&mut kept)?;
    judge(&kept, FOR_ALL)?;
    let brand = brand(&kept, &tenant::get(&state.db, caller.tenant.id.as_str()).await?.brand);
    let text = serde_json::to_string(&kept)?;
    let change = Change::updated("Update branding", "Branding", FOR_ALL, "default", &before, &after)?;
    change::make(state, caller, change, move |c, tenant, now| {
        Box::pin(async move {
            say(c, tenant, FOR_ALL, &sentences).await?;
            branding::save(c, tenant, FOR_ALL, &text, now).await?;
            branding::set_brand(c, tenant, &brand).await
        })
    })
    .await?;
    wishes.changed(OF, &shown(&default(state, caller).await?)?)
}

async fn say(
    c: &mut Connection,
    tenant: &TenantId,
    locale: &str,
    sentences: &[(&'static str, Option<String>)],
) -> Result<()> {
    for (name, sentence) in sentences {
        branding::set_sentence(c, tenant, locale, name, sentence.as_deref()).await?;
    }
    Ok(())
}

/// Back to a plain brand; only where no language has settings of its own.
pub async fn delete_default(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    own(&caller, &id)?;
    if branding::list(&state.db, &caller.tenant.id).await?.iter().any(|(locale, _)| locale != FOR_ALL) {
        return Err(Error::BadRequest("Please delete the localizations first.".into()));
    }
    let before = default(&state, &caller).await?;
    let name = caller.tenant.name.clone();
    let brand = Brand { name, logo: None, background: None, colour: Colour::default(), links: Vec::new() };
    let change = Change::deleted("Delete branding", "Branding", FOR_ALL, "default", &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move {
            for name in texts::names(FOR_ALL) {
                branding::set_sentence(c, tenant, FOR_ALL, name, None).await?;
            }
            branding::delete(c, tenant, FOR_ALL).await?;
            branding::set_brand(c, tenant, &brand).await
        })
    })
    .await?;
    Ok(nothing())
}

/// What of the branding pages are drawn with.
fn brand(branding: &Branding, before: &Brand) -> Brand {
    let link = |kind, url: &Option<String>| url.clone().map(|url| Link { kind, url });
    let links = [
        link(LinkKind::Privacy, &branding.custom_privacy_and_cookies_url),
        link(LinkKind::Terms, &branding.custom_terms_of_use_url),
    ];
    Brand {
        name: branding.brand_name.clone().unwrap_or_else(|| before.name.clone()),
        colour: branding.brand_color.as_deref().and_then(Colour::read).unwrap_or_default(),
        links: links.into_iter().flatten().collect(),
        ..before.clone()
    }
}

/// What no page draws is not taken: nothing is kept that does nothing.
fn undrawn(branding: &Branding, locale: &str) -> Vec<Flaw> {
    const SENTENCES: &str =
        "Sentences of the pages are changed at /organization/{id}/sentences/{language}, in each language.";
    const NOT_DRAWN: &str = "The pages have no place for it.";
    let for_all = locale == FOR_ALL;
    [
        ("backgroundColor", branding.background_color.is_some(), NOT_DRAWN),
        ("headerBackgroundColor", branding.header_background_color.is_some(), NOT_DRAWN),
        ("signInPageText", branding.sign_in_page_text.is_some(), SENTENCES),
        ("usernameHintText", branding.username_hint_text.is_some(), SENTENCES),
        ("customAccountResetCredentialsUrl", branding.custom_account_reset_credentials_url.is_some(), NOT_DRAWN),
        ("customCannotAccessYourAccountText", branding.custom_cannot_access_your_account_text.is_some(), SENTENCES),
        ("customForgotMyPasswordText", branding.custom_forgot_my_password_text.is_some(), SENTENCES),
        ("customPrivacyAndCookiesText", branding.custom_privacy_and_cookies_text.is_some(), SENTENCES),
        ("customTermsOfUseText", branding.custom_terms_of_use_text.is_some(), SENTENCES),
        ("loginPageLayoutConfiguration", branding.login_page_layout_configuration.is_some(), NOT_DRAWN),
        ("loginPageTextVisibilitySettings", branding.login_page_text_visibility_settings.is_some(), NOT_DRAWN),
        ("contentCustomization", branding.content_customization.is_some(), SENTENCES),
        ("brandName", !for_all && branding.brand_name.is_some(), "It is the same in every language."),
        ("brandColor", !for_all && branding.brand_color.is_some(), "It is the same in every language."),
        (
            "customPrivacyAndCookiesUrl",
            !for_all && branding.custom_privacy_and_cookies_url.is_some(),
            "It is the same in every language.",
        ),
        (
            "customTermsOfUseUrl",
            !for_all && branding.custom_terms_of_use_url.is_some(),
            "It is the same in every language.",
        ),
    ]
    .into_iter()
    .filter(|(_, said, _)| *said)
    .map(|(name, _, why)| Flaw::new(name, why))
    .collect()
}

fn judge(branding: &Branding, locale: &str) -> Result<()> {
    let mut flaws = undrawn(branding, locale);
    if branding.brand_color.as_deref().is_some_and(|colour| Colour::read(colour).is_none()) {
        flaws.push(Flaw::new("brandColor", "A colour is written like #3b5bdb."));
    }
    let urls = [
        ("customPrivacyAndCookiesUrl", &branding.custom_privacy_and_cookies_url),
        ("customTermsOfUseUrl", &branding.custom_terms_of_use_url),
    ];
    for (name, url) in urls {
        let is_https =
            |url: &str| Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty());
        if url.as_deref().is_some_and(|url| !is_https(url)) {
            flaws.push(Flaw::new(name, "A link is a whole https address."));
        }
    }
    let bad =
        |text: &str| text.trim().is_empty() || text.chars().count() > NAME_MAX || text.chars().any(char::is_control);
    if branding.brand_name.as_deref().is_some_and(bad) {
        flaws.push(Flaw::new("brandName", format!("It has one to {NAME_MAX} characters in one line.")));
    }
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

/// Pictures come by PUT, each at its own address.
fn fixed(before: &Branding, after: &Branding) -> Result<()> {
    let of = |branding: &Branding| {
        [
            branding.banner_logo_relative_url.clone(),
            branding.background_image_relative_url.clone(),
            branding.square_logo_relative_url.clone(),
            branding.square_logo_dark_relative_url.clone(),
            branding.header_logo_relative_url.clone(),
            branding.favicon_relative_url.clone(),
        ]
    };
    if of(before) != of(after) || before.cdn_list != after.cdn_list || before.id != after.id {
        return Err(Error::BadRequest(
            "Pictures are sent by PUT to …/branding/bannerLogo and …/branding/backgroundImage.".into(),
        ));
    }
    Ok(())
}

pub async fn list_locales(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    own(&caller, &id)?;
    let mut value = vec![shown(&default(&state, &caller).await?)?];
    for (locale, body) in branding::list(&state.db, &caller.tenant.id).await? {
        if locale != FOR_ALL {
            value.push(shown(&texts::told(&state, &caller, serde_json::from_str(&body)?).await?)?);
        }
    }
    wishes.listed(&state, &caller, &format!("organization/{id}/branding/localizations"), &LOCALE_FIELDS, value)
}

pub async fn get_locale(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, locale)): Path<(String, String)>,
) -> Result<Response> {
    own(&caller, &id)?;
    let branding = match locale.as_str() {
        FOR_ALL => default(&state, &caller).await?,
        locale => stored(&state, &caller, locale).await?.ok_or(Error::NotFound)?,
    };
    wishes.entity(OF, &shown(&branding)?)
}

pub async fn make_locale(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    own(&caller, &id)?;
    let asked: Branding = body::created(&sent)?;
    if stored(&state, &caller, &asked.id).await?.is_some() {
        return Err(Error::There("This language has a branding already: change it by PATCH."));
    }
    save_locale(&state, &caller, &wishes, &asked.id, &sent).await?;
    let made = stored(&state, &caller, &asked.id).await?.ok_or(Error::NotFound)?;
    wishes.created(&format!("organization/{id}/branding/localizations"), &asked.id, &shown(&made)?)
}

pub async fn change_locale(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, locale)): Path<(String, String)>,
    sent: Bytes,
) -> Result<Response> {
    own(&caller, &id)?;
    match locale.as_str() {
        FOR_ALL => save_default(&state, &caller, &wishes, &sent).await,
        locale => save_locale(&state, &caller, &wishes, locale, &sent).await,
    }
}

/// Makes it where it is not there yet, as Graph does.
async fn save_locale(
    state: &AppState,
    caller: &Caller,
    wishes: &Wishes,
    locale: &str,
    sent: &[u8],
) -> Result<Response> {
    if !is_locale(locale) {
        return Err(Flaw::new("id", "A locale is written like fr-FR.").into());
    }
    let before = stored(state, caller, locale).await?;
    let start = match before.clone() {
        Some(branding) => branding,
        None => texts::told(state, caller, Branding { id: locale.into(), ..Branding::default() }).await?,
    };
    let after: Branding = body::patched(&start, sent)?;
    fixed(&start, &after)?;
    let mut kept = after.clone();
    let sentences = texts::taken(&mut kept)?;
    judge(&kept, locale)?;
    let text = serde_json::to_string(&kept)?;
    let change = Change::updated("Update branding", "Branding", locale, locale, &before, &after)?;
    let key = locale.to_owned();
    change::make(state, caller, change, move |c, tenant, now| {
        Box::pin(async move {
            say(c, tenant, &key, &sentences).await?;
            branding::save(c, tenant, &key, &text, now).await
        })
    })
    .await?;
    let now = stored(state, caller, locale).await?.ok_or(Error::NotFound)?;
    wishes.changed(OF, &shown(&now)?)
}

pub async fn delete_locale(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, locale)): Path<(String, String)>,
) -> Result<Response> {
    own(&caller, &id)?;
    let before = stored(&state, &caller, &locale).await?.filter(|_| locale != FOR_ALL).ok_or(Error::NotFound)?;
    let change = Change::deleted("Delete branding", "Branding", &locale, &locale, &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move {
            for name in texts::names(&locale) {
                branding::set_sentence(c, tenant, &locale, name, None).await?;
            }
            branding::delete(c, tenant, &locale).await
        })
    })
    .await?;
    Ok(nothing())
}
