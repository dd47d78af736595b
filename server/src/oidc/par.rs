//! `POST /{tenant}/oauth2/v2.0/par`: an application sends its request by the back door, and the browser only its name
//! (RFC 9126).

use crate::{
    client::{
        auth::{self, Client},
        cors,
        parameters::Parameters,
        place::Place,
        refuse::{self, NO_STORE, Traces},
    },
    directory::{
        pushed_request::{self, PushedRequest},
        tenant::Tenant,
    },
    error::{Refusal, Result},
    guard::{Caller, network_of},
    possession::{self, Call},
    request::{self, offered::Offered, scope::Apis},
    secret::token::{self, Token},
    state::AppState,
};
use app::contract::id::{ApplicationId, TenantId};
use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::time::Duration;

/// Security R34.
const LIFETIME: Duration = Duration::from_secs(60);

const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// What proves the application is not part of its request.
const PROOFS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

pub async fn post(
    State(state): State<AppState>,
    place: Place,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let traces = Traces::new(&state, &caller, &headers, &Parameters::of_query(None)).in_tongue(place.tongue());
    let known = auth::who_calls(&state, &place, &headers, &body, &PROOFS).await;
    // As whoever begins journeys (fault F29), but for an application that proved itself: all its people come by its one back
    // end. Whoever sent a wrong proof is counted too; to look at one costs no more here than at the token endpoint.
    let is_proved = known.as_ref().is_ok_and(|(_, _, client)| client.proved().is_ok());
    if !is_proved && let Err(error) = state.arrivals.admit(network_of(caller.address), state.clock.now()) {
        return cors::allow_everybody(refuse::json(&error, &traces));
    }
    let (tenant, form, client) = match known {
        Ok(known) => known,
        Err(error) => {
            let told = refuse::with_challenge(refuse::json(&error, &traces), "Basic realm=\"token\"");
            return cors::allow_everybody(told);
        }
    };
    let call = Call { method: &Method::POST, path: uri.path(), headers: &headers, held: None };
    let response = match push(&state, &place, (&tenant, &client), form, call).await {
        Ok(request_uri) => {
            let told = json!({ "request_uri": request_uri, "expires_in": LIFETIME.as_secs() });
            (StatusCode::CREATED, NO_STORE, Json(told)).into_response()
        }
        Err(error) => possession::refused(&state, &error, refuse::json(&error, &traces)),
    };
    cors::allow_pages_of(&client.application, &headers, response)
}

/// Judged as it would be in the browser; what is kept is what was judged (RFC 9126 §2.1).
async fn push(
    state: &AppState,
    place: &Place,
    (tenant, client): (&Tenant, &Client),
    form: Parameters,
    call: Call<'_>,
) -> Result<String> {
    // RFC 9126 §2: as at the token endpoint. To one that has neither secret nor key that is the method `none`, whatever its
    // platform: a web application that asks for nothing but an ID token has nothing to show, and ASP.NET Core pushes its
    // request as soon as discovery tells where (dotnet/aspnetcore #62166). One that has either shows it.
    if client.application.is_confidential() {
        client.proved()?;
    }
    if form.get("request_uri").is_some() {
        return Err(Refusal::new("invalid_request", 90100, "A pushed request is not in another one.").into());
    }
    let asked = form.without(&PROOFS).with("client_id", client.application.id.as_str());
    let asked = bound(state, tenant, client, asked, call).await?;
    let place = asked.get("p").map_or(place.clone(), |flow| place.clone().with_flow(flow));
    let named = place.named(&state.db, tenant).await?;
    let asked = named.iter().fold(asked, |asked, named| asked.with("p", &named.name));
    let (application, to) = request::who_asks(&state.db, &tenant.id, &asked).await?;
    let public_url = &state.config.public_url;
    let offered = Offered::to(&application, asked.get("scope"), &state.db, &tenant.id, public_url).await?;
    let apis = Apis { application: &application.id, public_url, offered: &offered };
    request::request(&application, named.as_ref(), &to, &asked, apis)?;
    let name = Token::random(&state.chance);
    let pushed = PushedRequest {
        hash: name.hash(),
        application: application.id.clone(),
        request: asked.encoded(),
        expires_at: state.clock.now() + LIFETIME,
    };
    pushed_request::insert(&state.db, &tenant.id, pushed).await?;
    Ok(format!("{PREFIX}{}", name.reveal()))
}

/// RFC 9449 §10.1: a proof beside the request binds its code to the key.
async fn bound(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    asked: Parameters,
    call: Call<'_>,
) -> Result<Parameters> {
    let must_be_fresh = client.application.protocol.require_fresh_proofs;
    let Some(proof) = possession::proof(state, call, None, must_be_fresh)? else { return Ok(asked) };
    if asked.get("dpop_jkt").is_some_and(|named| named != proof.thumbprint) {
        let why = "The dpop_jkt names another key than the one of the DPoP proof.";
        return Err(Refusal::new("invalid_request", 90100, why).into());
    }
    let asked = asked.with("dpop_jkt", &proof.thumbprint);
    proof.use_up(state, &tenant.id).await?;
    Ok(asked)
}

/// The request that the browser names, if it names one. It was pushed by the same application, less than a minute ago, and
/// is taken once; whatever else the browser brings says nothing (§4).
pub async fn taken(state: &AppState, tenant: &TenantId, asked: &Parameters) -> Result<Option<Parameters>> {
    let Some(name) = asked.get("request_uri").and_then(|uri| uri.strip_prefix(PREFIX)) else { return Ok(None) };
    let application = ApplicationId::from(asked.required("client_id").map_err(request::page)?);
    let now = state.clock.now();
    let request = pushed_request::take(&state.db, tenant, token::hash(name), &application, now).await?;
    let request = request.ok_or_else(|| {
        let why = "The request_uri is unknown, was used before, or has expired.";
        request::page(Refusal::new("invalid_request_uri", 90100, why))
    })?;
    Ok(Some(Parameters::of_query(Some(&request))))
}
