//! By which words pages of applications see whether the person whom they know is still the one who is signed in here
//! (OpenID Connect Session Management 1.0). They learn nothing else by them.

use crate::{
    cookie::{Cookie, Keep},
    directory::application::origin_of,
    secret::{
        seal::Purpose,
        token::{self, Token},
    },
    state::AppState,
};
use app::contract::id::{ApplicationId, SessionId, TenantId};
use axum::http::HeaderValue;

/// The word for a session, which the browser may know and no application is told.
fn word(state: &AppState, tenant: &TenantId, session: &SessionId) -> String {
    let of: [&[u8]; 3] = [b"browser state", tenant.as_str().as_bytes(), session.as_str().as_bytes()];
    token::keyed_hash(&state.seal, Purpose::Journey, &of)
}

/// Read by our own page inside the application's, and so by a script.
pub fn cookie(state: &AppState, tenant: &TenantId, session: &SessionId) -> HeaderValue {
    set(state, tenant, &word(state, tenant, session))
}

/// Of a browser at which nobody is signed in any more: another word, and not none. A page that sees none cannot tell, for
/// browsers keep the cookie from frames of other sites.
pub fn cookie_of_nobody(state: &AppState, tenant: &TenantId) -> HeaderValue {
    set(state, tenant, Token::random(&state.chance).reveal())
}

fn set(state: &AppState, tenant: &TenantId, word: &str) -> HeaderValue {
    let https = state.config.public_url.is_https();
    Cookie::BrowserState(tenant.clone()).set(word, Keep::UntilClosed, https)
}

/// §3.2: what the application keeps. Nothing where the answer goes to no page.
pub fn session_state(
    state: &AppState,
    tenant: &TenantId,
    session: &SessionId,
    application: &ApplicationId,
    uri: &str,
) -> Option<String> {
    let (origin, salt) = (origin_of(uri)?, Token::random(&state.chance));
    let (word, salt) = (word(state, tenant, session), salt.reveal());
    Some(format!("{}.{salt}", token::hash(&format!("{application} {origin} {word} {salt}"))))
}
