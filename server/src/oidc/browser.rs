//! Who is at the browser, and which language they read.

use crate::{
    cookie::Cookie,
    directory::session::{self, Session},
    error::Result,
    state::AppState,
};
use app::{contract::id::TenantId, text};
use axum::http::{HeaderMap, HeaderValue, header};

pub async fn signed_in(state: &AppState, tenant: &TenantId, headers: &HeaderMap) -> Result<Option<Session>> {
    let cookie = Cookie::Session(tenant.clone());
    match cookie.hash(headers, state.config.public_url.is_https()) {
        Some(hash) => session::find(&state.db, tenant, &hash, state.clock.now()).await,
        None => Ok(None),
    }
}

/// What the application asks for, then what the browser likes.
pub fn language(ui_locales: &str, headers: &HeaderMap) -> &'static str {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).map(HeaderValue::to_str).and_then(Result::ok);
    let accepted = text::accept_language(accepted.unwrap_or_default());
    text::choose(ui_locales.split_whitespace().chain(accepted))
}
