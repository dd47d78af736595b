//! `POST /{tenant}/oauth2/v2.0/introspect-token`: an application asks what a token is worth that somebody showed it
//! (RFC 7662).

use super::{OF_A_TOKEN, refresh};
use crate::{
    client::{
        access_token,
        auth::{self, Client},
        parameters::Parameters,
        place::Place,
        refuse::{self, NO_STORE, Traces},
    },
    directory::{tenant::Tenant, token_family},
    error::Result,
    guard::Caller,
    possession,
    secret::jwt::Claims,
    state::AppState,
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub async fn post(
    State(state): State<AppState>,
    place: Place,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let traces = Traces::new(&state, &caller, &headers, &Parameters::of_query(None)).in_tongue(place.tongue());
    match answer(&state, &place, &headers, &body).await {
        Ok(told) => (NO_STORE, Json(told)).into_response(),
        Err(error) => refuse::with_challenge(refuse::json(&error, &traces), "Basic realm=\"token\""),
    }
}

async fn answer(state: &AppState, place: &Place, headers: &HeaderMap, body: &[u8]) -> Result<Value> {
    let (tenant, form, client) = auth::who_calls(state, place, headers, body, &OF_A_TOKEN).await?;
    // Security R34: what a token is worth is told to nobody whom we do not know.
    client.proved()?;
    let token = form.required("token")?;
    let told = match refresh::read(&state.seal, &tenant.id, token) {
        Some((family, number)) => of_refresh_token(state, &tenant, &client, family, number).await?,
        None => of_access_token(state, &tenant, &client, token).await?,
    };
    // RFC 7662 §2.2: of a token that is worth nothing nothing else is told.
    Ok(told.unwrap_or_else(|| json!({ "active": false })))
}

/// To the application that it is for, and to the one that it was issued to.
async fn of_access_token(state: &AppState, tenant: &Tenant, client: &Client, token: &str) -> Result<Option<Value>> {
    let Some(claims) = access_token::believed(state, tenant, token).await? else { return Ok(None) };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let asks = client.application.id.as_str();
    if text("aud") != Some(asks) && text("client_id") != Some(asks) {
        return Ok(None);
    }
    if access_token::issued_to(state, tenant, &claims).await?.is_err() {
        return Ok(None);
    }
    let counts = match (text("idtyp"), text("sid"), text("oid")) {
        (Some("app"), ..) => true,
        (_, Some(_), Some(_)) => access_token::somebody(state, tenant, &claims).await?.is_ok(),
        _ => false,
    };
    if !counts {
        return Ok(None);
    }
    let mut told = Claims::new();
    told.insert("active".into(), true.into());
    let kind = if possession::key_of(&claims).is_some() { "DPoP" } else { "Bearer" };
    told.insert("token_type".into(), kind.into());
    if let Some(scope) = text("scp") {
        told.insert("scope".into(), scope.into());
    }
    for name in ["iss", "aud", "sub", "client_id", "exp", "iat", "nbf", "jti", "oid", "tid", "acr", "roles", "cnf"] {
        if let Some(value) = claims.get(name) {
            told.insert(name.into(), value.clone());
        }
    }
    Ok(Some(told.into()))
}

/// Only to the application that it was issued to: it is for nobody else.
async fn of_refresh_token(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    family: &str,
    number: i64,
) -> Result<Option<Value>> {
    let family = token_family::find(&state.db, &tenant.id, family, state.clock.now()).await?;
    let family = family.filter(|family| family.application == client.application.id && family.uses == number);
    Ok(family.map(|family| {
        json!({
            "active": true,
            "scope": family.scope,
            "client_id": family.application,
            "exp": family.expires_at.seconds(),
            "oid": family.account,
            "tid": tenant.id,
        })
    }))
}
