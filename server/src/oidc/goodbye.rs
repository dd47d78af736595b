//! What the other applications of a session hear when it ends: by a frame of our page, and by a call of our server
//! (OpenID Connect Front-Channel and Back-Channel Logout 1.0).

use super::{claims, mint, redirect, response::ResponseMode};
use crate::{
    directory::{
        application::{self, Application},
        session::{self, Session},
        tenant::Tenant,
    },
    error::Result,
    state::AppState,
};
use serde_json::{Value, json};
use std::time::Duration;

/// Back-Channel Logout 1.0 §2.4: short, for it is sent at once.
const LIFETIME: Duration = Duration::from_secs(120);

/// Tells everybody whom the session signed in to. Those who listen in a browser are told by the addresses that come back.
pub async fn tell_all(state: &AppState, tenant: &Tenant, session: &Session) -> Result<Vec<String>> {
    let mut frames = Vec::new();
    for id in session::list_applications(&state.db, &tenant.id, &session.id).await? {
        let Some(application) = application::find(&state.db, &tenant.id, &id).await? else { continue };
        if application.disabled_at.is_some() {
            continue;
        }
        if let Some(url) = &application.protocol.front_channel_logout_url {
            let issuer = state.config.public_url.issuer(&tenant.id);
            let pairs = [("iss", issuer.as_str()), ("sid", session.id.as_str())];
            frames.push(redirect::with_pairs(url, ResponseMode::Query, &pairs));
        }
        if let Some(url) = application.protocol.back_channel_logout_url.clone() {
            call(state, url, logout_token(state, tenant, &application, session).await?);
        }
    }
    Ok(frames)
}

/// Nobody who signs out waits for it.
fn call(state: &AppState, url: String, logout_token: String) {
    let outbound = state.outbound.clone();
    tokio::spawn(async move {
        if let Err(why) = outbound.post(&url, vec![("logout_token".into(), logout_token)]).await {
            tracing::warn!(url, why, "an application was not told that its person signed out");
        }
    });
}

/// Back-Channel Logout 1.0 §2.4: never with a nonce, so that nobody takes it for an ID token.
async fn logout_token(
    state: &AppState,
    tenant: &Tenant,
    application: &Application,
    session: &Session,
) -> Result<String> {
    let now = state.clock.now();
    let claims: Value = json!({
        "iss": state.config.public_url.issuer(&tenant.id),
        "sub": claims::pairwise(&tenant.id, &application.id, &session.account),
        "aud": application.id,
        "iat": now.seconds(),
        "exp": (now + LIFETIME).seconds(),
        "jti": state.chance.id(),
        "sid": session.id,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    mint::key(state, tenant, application).await?.sign("logout+jwt", &claims)
}
