//! Who is signed in at the browser.

use crate::{
    cookie::Cookie,
    directory::session::{self, Session},
    error::Result,
    state::AppState,
};
use app::contract::id::TenantId;
use axum::http::HeaderMap;

pub async fn signed_in(state: &AppState, tenant: &TenantId, headers: &HeaderMap) -> Result<Option<Session>> {
    let cookie = Cookie::Session(tenant.clone());
    match cookie.hash(headers, state.config.public_url.is_https()) {
        Some(hash) => session::find(&state.db, tenant, &hash, state.clock.now()).await,
        None => Ok(None),
    }
}
