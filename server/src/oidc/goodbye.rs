//! What the other applications of a session hear when it ends: by a frame of our page, and by a call of our server, again and
//! again until they have heard (OpenID Connect Front-Channel and Back-Channel Logout 1.0).

use super::{claims, mint, redirect, response::ResponseMode};
use crate::{
    directory::{
        application::{self, Application},
        goodbye::{self, Due, Goodbye},
        session::{self, Session},
        tenant::{self, Tenant},
    },
    error::Result,
    mail,
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

/// Whom the session signed in to, and how each of them hears that it ended.
#[derive(Default)]
pub struct Farewell {
    /// Addresses that the person's browser opens.
    pub frames: Vec<String>,
    /// To be written down with the end of the session.
    pub calls: Vec<Goodbye>,
}

pub async fn farewell(state: &AppState, tenant: &Tenant, session: &Session) -> Result<Farewell> {
    let mut farewell = Farewell::default();
    for (id, issuer) in session::list_applications_with_issuers(&state.db, &tenant.id, &session.id).await? {
        let Some(application) = application::find(&state.db, &tenant.id, &id).await? else { continue };
        if application.disabled_at.is_some() {
            continue;
        }
        let issuer = issuer.unwrap_or_else(|| state.config.public_url.issuer(&tenant.id));
        if let Some(url) = &application.protocol.front_channel_logout_url {
            let pairs = [("iss", issuer.as_str()), ("sid", session.id.as_str())];
            farewell.frames.push(redirect::with_pairs(url, ResponseMode::Query, &pairs));
        }
        if application.protocol.back_channel_logout_url.is_some() {
            farewell.calls.push(Goodbye {
                id: state.chance.id(),
                subject: claims::pairwise(&tenant.id, &application.id, &session.account),
                application: id,
                session: session.id.clone(),
                issuer,
            });
        }
    }
    Ok(farewell)
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
    let application = application::find(&state.db, tenant, &goodbye.application).await?;
    let Some(application) = application.filter(|application| application.disabled_at.is_none()) else {
        return Ok(Ok(()));
    };
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
    let claims: Value = json!({
        "iss": goodbye.issuer,
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
