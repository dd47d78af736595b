//! `GET /{tenant}/oauth2/resume/{grant}`: the journey is over; the application gets its answer, once.

use super::{
    redirect::{Answering, CALLED_OFF, see_other},
    reply::{SignedIn, reply},
};
use crate::{
    client::{
        place,
        tongue::{CANCELLED, FORGOTTEN},
    },
    cookie::Cookie,
    directory::{
        application,
        grant::{self, Code, Grant, Outcome},
        tenant, user_flow,
    },
    drive,
    error::{Error, Refusal, Result},
    guard::Caller,
    request::{self, Kept},
    secret::token::Token,
    state::AppState,
};
use app::contract::{
    id::{GrantId, TenantId},
    user_flow::FlowKind,
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

pub async fn get(
    State(state): State<AppState>,
    Path((word, id)): Path<(String, String)>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let tenant = tenant::get(&state.db, &word).await?;
    let code = Token::random(&state.chance);
    let grant = concluded(&state, &tenant.id, &GrantId::from(id), &headers, &code).await?;
    let kept: Kept = serde_json::from_str(&grant.request)?;
    if kept.for_device {
        return Ok(see_other(match grant.outcome {
            Some(Outcome::SignedIn { .. }) => &kept.to.uri,
            _ => kept.to.uri.split('?').next().unwrap_or_default(),
        }));
    }
    let application = application::find_enabled(&state.db, &tenant.id, &grant.application).await?;
    let application = application.ok_or(Error::NotFound)?;
    // A redirect URI that was taken away meanwhile is a stranger's.
    request::may_return(&application, kept.to.mode, &kept.to.uri).map_err(request::page)?;
    // The journey's language is told by the browser that walked it.
    let flow = user_flow::get(&state.db, &tenant.id, &grant.user_flow).await?;
    let issuer = place::issuer(&state.config.public_url, &tenant.id, &flow, kept.flow_name.as_deref());
    let from = Answering {
        state: &state,
        tenant: &tenant,
        application: &application,
        headers: &headers,
        ui_locales: "",
        issuer: &issuer,
        tongue: kept.tongue(),
        trace: &caller.trace,
    };
    match grant.outcome {
        None => Err(Error::JourneyOver),
        Some(Outcome::Cancelled) => {
            if flow.kind == FlowKind::SignUpOrSignIn {
                let refusal = Refusal::new("access_denied", CALLED_OFF, "The person called the sign-in off.");
                return Ok(kept.to.with_refusal(from, &refusal));
            }
            let refusal =
                Refusal::new("access_denied", CANCELLED, "The user has cancelled entering self-asserted information.");
            Ok(kept.to.with_refusal(from, &refusal))
        }
        Some(Outcome::ForgotPassword) => {
            let refusal = Refusal::new("access_denied", FORGOTTEN, "The user has forgotten their password.");
            Ok(kept.to.with_refusal(from, &refusal))
        }
        Some(outcome) => reply(from, &kept, code.reveal(), SignedIn { outcome, user_flow: grant.user_flow }).await,
    }
}

/// A grant has one code, and who opens this address again has had it. Another browser's grant looks like none at all
/// (security R3, cve 29).
async fn concluded(
    state: &AppState,
    tenant: &TenantId,
    id: &GrantId,
    headers: &HeaderMap,
    code: &Token,
) -> Result<Grant> {
    let browser = Cookie::Browser.hash(headers, state.config.public_url.is_https()).ok_or(Error::JourneyOver)?;
    let now = state.clock.now();
    let code = Code { hash: code.hash(), expires_at: now + drive::CODE_LIFETIME };
    grant::issue_code(&state.db, tenant, id, &browser, code, now).await?.ok_or(Error::JourneyOver)
}
