//! `GET /{tenant}/oauth2/resume/{grant}`: the journey is over; the application gets its answer, once.

use super::{
    authorize::CODE_LIFETIME,
    check::{self, Kept},
    redirect,
};
use crate::{
    cookie::Cookie,
    directory::{
        Durability, application,
        grant::{self, Grant, Outcome},
        session, tenant,
    },
    error::{Error, Refusal, Result},
    secret::token::Token,
    state::AppState,
};
use app::contract::id::{GrantId, SessionId, TenantId};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

pub async fn get(
    State(state): State<AppState>,
    Path((word, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let tenant = tenant::get(&state.db, &word).await?;
    let grant = of_this_browser(&state, &tenant.id, &GrantId::from(id), &headers).await?;
    let kept: Kept = serde_json::from_str(&grant.request)?;
    let application = application::find(&state.db, &tenant.id, &grant.application).await?.ok_or(Error::NotFound)?;
    // A redirect URI that was taken away meanwhile is a stranger's.
    check::registered(&application, &kept.to.uri).map_err(check::page)?;
    let issuer = redirect::issuer(&state.config.public_url, &tenant.id);
    match &grant.outcome {
        None => Err(Error::JourneyOver),
        Some(Outcome::Cancelled) => {
            let refusal = Refusal::new("access_denied", 65004, "The person called the sign-in off.");
            Ok(kept.to.with_refusal(&issuer, &refusal))
        }
        Some(Outcome::SignedIn { session, .. }) => {
            let code = issue_code(&state, &tenant.id, &grant, session.clone()).await?;
            Ok(kept.to.with_code(&issuer, code.reveal()))
        }
    }
}

/// Another browser's grant looks like none at all (security R3, cve 29).
async fn of_this_browser(state: &AppState, tenant: &TenantId, id: &GrantId, headers: &HeaderMap) -> Result<Grant> {
    let browser = Cookie::Browser.hash(headers, state.config.public_url.is_https()).ok_or(Error::JourneyOver)?;
    let grant = grant::find(&state.db, tenant, id).await?;
    let is_ours = |grant: &Grant| grant.browser == browser && grant.expires_at > state.clock.now();
    grant.filter(is_ours).ok_or(Error::JourneyOver)
}

/// A grant has one code. Who opens this address again has had it.
async fn issue_code(state: &AppState, tenant: &TenantId, grant: &Grant, session: SessionId) -> Result<Token> {
    let code = Token::random(&state.chance);
    let (tenant, grant, application) = (tenant.clone(), grant.id.clone(), grant.application.clone());
    let (hash, expires_at) = (code.hash(), state.clock.now() + CODE_LIFETIME);
    let issued = state
        .db
        .write(Durability::Fleeting, move |c| {
            Box::pin(async move {
                session::note_application(c, &tenant, &session, &application).await?;
                grant::issue_code(c, &tenant, &grant, &hash, expires_at).await
            })
        })
        .await;
    match issued {
        Ok(()) => Ok(code),
        Err(Error::Stale) => Err(Error::JourneyOver),
        Err(error) => Err(error),
    }
}
