//! What the other applications of a session hear when it ends: by a frame of our page, and by a call of our server, again and
//! again until they have heard (OpenID Connect Front-Channel and Back-Channel Logout 1.0).

use super::{mint, redirect};
use crate::{
    directory::{
        application::{self, Application},
        goodbye::{self, Due, Goodbye},
        session::{self, Session, SignedInTo},
        tenant::{self, Tenant},
    },
    error::Result,
    mail,
    request::response::ResponseMode,
    state::AppState,
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinSet;

/// Back-Channel Logout 1.0 §2.4: short. Each try has a token of its own.
const LIFETIME: Duration = Duration::from_secs(120);

/// An application that has not answered for so long has forgotten the session by itself.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Those that one server calls at the same time.
const AT_ONCE: i64 = 16;

/// The addresses that the person's browser opens for those of the session's applications that listen there.
pub async fn frames(state: &AppState, tenant: &Tenant, session: &Session) -> Result<Vec<String>> {
    let mut frames = Vec::new();
    for SignedInTo { application, issuer, told_as } in session::list_told(&state.db, &tenant.id, &session.id).await? {
        let application = application::find_enabled(&state.db, &tenant.id, &application).await?;
        let Some(application) = application else { continue };
        if let Some(url) = &application.protocol.front_channel_logout_url {
            let issuer = issuer.unwrap_or_else(|| state.config.public_url.issuer(&tenant.id));
            let pairs = [("iss", issuer.as_str()), ("sid", told_as.as_str())];
            frames.push(redirect::with_pairs(url, ResponseMode::Query, &pairs));
        }
    }
    Ok(frames)
}

/// One round of calls; says how many were tried.
pub async fn say_due(state: &AppState) -> Result<usize> {
    let due = goodbye::take_due(&state.db, AT_ONCE, state.clock.now()).await?;
    let tried = due.len();
    let mut under_way = JoinSet::new();
    for due in due {
        let state = state.clone();
        under_way.spawn(async move { say(&state, due).await });
    }
    while let Some(settled) = under_way.join_next().await {
        if let Ok(Err(error)) = settled {
            tracing::warn!(%error, "it could not be settled whether an application has heard of a sign-out");
        }
    }
    Ok(tried)
}

async fn say(state: &AppState, due: Due) -> Result<()> {
    let now = state.clock.now();
    let again_at = match call(state, &due).await? {
        Ok(()) => None,
        Err(why) if due.since + GIVEN_UP_AFTER <= now => {
            tracing::warn!(application = %due.goodbye.application, why, "an application never heard that its person signed out");
            None
        }
        Err(why) => {
            tracing::info!(application = %due.goodbye.application, why, "an application has to hear later of a sign-out");
            let tries = u32::try_from(due.tries).unwrap_or(u32::MAX);
            Some(now + mail::backoff(tries, state.chance.below(1000)))
        }
    };
    goodbye::settle(&state.db, &due, again_at).await
}

/// The inner result is the application's. One that is gone, or listens no more, has heard.
async fn call(state: &AppState, Due { tenant, goodbye, .. }: &Due) -> Result<Result<(), String>> {
    let application = application::find_enabled(&state.db, tenant, &goodbye.application).await?;
    let Some(application) = application else { return Ok(Ok(())) };
    let Some(url) = &application.protocol.back_channel_logout_url else { return Ok(Ok(())) };
    let tenant = tenant::get(&state.db, tenant.as_str()).await?;
    let logout_token = logout_token(state, &tenant, &application, goodbye).await?;
    Ok(state.outbound.post(url, vec![("logout_token".into(), logout_token)]).await)
}

/// Back-Channel Logout 1.0 §2.4: never with a nonce, so that nobody takes it for an ID token.
async fn logout_token(
    state: &AppState,
    tenant: &Tenant,
    application: &Application,
    goodbye: &Goodbye,
) -> Result<String> {
    let now = state.clock.now();
    let issuer = goodbye.issuer.clone().unwrap_or_else(|| state.config.public_url.issuer(&tenant.id));
    let claims: Value = json!({
        "iss": issuer,
        "sub": goodbye.subject,
        "aud": application.id,
        "iat": now.seconds(),
        "exp": (now + LIFETIME).seconds(),
        "jti": state.chance.id(),
        "sid": goodbye.session,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    mint::key(state, tenant, application).await?.sign("logout+jwt", &claims)
}
