//! A language as a tenant speaks it: the sentences of the house, some of them in the tenant's own words. Pages are drawn with
//! them here; a browser fetches them by the name of their content.

use crate::{
    assets::FOR_EVER,
    directory::{
        branding::{self, FOR_ALL},
        tenant,
    },
    error::{Error, Result},
    secret::token,
    state::AppState,
};
use app::{
    contract::id::TenantId,
    shell::Scripts,
    text::{self, Texts},
};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::{borrow::Cow, sync::Arc};

/// A language's own words come before those of every language.
pub async fn spoken(state: &AppState, tenant: &TenantId, language: &str) -> Result<Arc<Texts>> {
    let own = branding::sentences(&state.db, tenant, language).await?;
    let for_all = branding::sentences(&state.db, tenant, FOR_ALL).await?;
    if for_all.is_empty() {
        return Ok(text::spoken(language, &own));
    }
    let said = for_all.iter().chain(own.iter()).map(|(name, sentence)| (name.clone(), sentence.clone()));
    Ok(text::spoken(language, &said.collect()))
}

/// The page's scripts, with the address of these very sentences.
pub fn scripts<'a>(tenant: &TenantId, texts: &Arc<Texts>, usual: &'a Scripts) -> Cow<'a, Scripts> {
    if Arc::ptr_eq(texts, &text::texts(texts.language())) {
        return Cow::Borrowed(usual);
    }
    let address = format!("/sentences/{tenant}/{}.{}.json", texts.language(), hash(&texts.to_array_json()));
    Cow::Owned(Scripts { text: address, ..usual.clone() })
}

fn hash(sentences: &str) -> String {
    token::hash(sentences)[..16].to_owned()
}

/// `GET /sentences/{tenant}/{name}`. What was changed since has another name: whoever asks for the old one is given the
/// present sentences, and asks again next time.
pub async fn get(State(state): State<AppState>, Path((tenant, name)): Path<(String, String)>) -> Result<Response> {
    let (language, rest) = name.split_once('.').ok_or(Error::NotFound)?;
    let language = text::languages().iter().find(|tag| **tag == language).ok_or(Error::NotFound)?;
    // What nobody has is not remembered, or a stranger could fill the memory with names (fault F29).
    let tenant = tenant::get(&state.db, &tenant).await?;
    let body = spoken(&state, &tenant.id, language).await?.to_array_json();
    let lifetime =
        if rest == format!("{}.json", hash(&body)) { FOR_EVER } else { HeaderValue::from_static("no-store") };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, lifetime),
        // The widget says them in other people's pages.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    Ok((headers, body).into_response())
}
