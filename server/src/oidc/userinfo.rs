//! `GET|POST /{tenant}/oidc/userinfo`: what an application may know of the person its access token is about
//! (OpenID Connect Core §5.3).

use super::{claims, mint};
use crate::{
    client::{
        access_token::{self, invalid, text},
        cors,
        parameters::Parameters,
        place::{self, Place},
        refuse::{self, NO_STORE, Traces},
    },
    directory::{
        application::Application,
        pairwise::pairwise,
        tenant::{self, Tenant},
        user_flow,
    },
    error::{Error, Refusal, Result},
    guard::Caller,
    possession::{self, Call, Scheme},
    request::scope::{Apis, Scope, Scopes},
    secret::jwt::Claims,
    state::AppState,
};
use app::contract::user_flow::UserFlow;
use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, State},
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use std::sync::Arc;

pub async fn answer(
    State(state): State<AppState>,
    place: Place,
    OriginalUri(uri): OriginalUri,
    method: Method,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Parameters::of_form(&headers, &body).unwrap_or_else(|_| Parameters::of_query(None));
    let traces = Traces::new(&state, &caller, &headers, &form).in_tongue(place.tongue());
    let refused = |error: Error| {
        let mut response = refuse::json(&error, &traces);
        possession::challenge(&state, &error, response.headers_mut());
        response
    };
    let known = match believed(&state, &place, &headers, &form).await {
        Ok(known) => known,
        Err(error) => return cors::allow_everybody(refused(error)),
    };
    let call = Call { method: &method, path: uri.path(), headers: &headers, held: None };
    let response = about(&state, &place, &known, call).await.unwrap_or_else(refused);
    let application = &known.application;
    cors::allow_pages_of(application, &headers, possession::with_nonce(&state, application, response))
}

/// A token that is one of ours, and whose it is.
struct Known<'a> {
    tenant: Arc<Tenant>,
    application: Arc<Application>,
    shown: (Scheme, &'a str),
    token: Claims,
}

async fn believed<'a>(
    state: &AppState,
    place: &Place,
    headers: &'a HeaderMap,
    form: &'a Parameters,
) -> Result<Known<'a>> {
    let tenant = tenant::get(&state.db, &place.tenant).await?;
    let shown = presented(headers, form).ok_or_else(|| invalid("The request carries no access token."))?;
    let token = access_token::believed(state, &tenant, shown.1).await?;
    let token = token.ok_or_else(|| invalid("The access token is not valid here, or has expired."))?;
    let application = access_token::issued_to(state, &tenant, &token).await??;
    Ok(Known { tenant, application, shown, token })
}

/// Where the token is for us, and in the hands of whoever it was given to.
async fn about(state: &AppState, place: &Place, known: &Known<'_>, call: Call<'_>) -> Result<Response> {
    let Known { tenant, application, shown, token } = known;
    if access_token::is_for_another_api(state, token)? {
        return Err(invalid("The access token is for an API of another application.").into());
    }
    possession::holds(state, &tenant.id, application, call, *shown, token).await?;
    let claims = person(state, place, tenant, application, token).await?;
    told(state, tenant, application, call.headers, token["iss"].clone(), claims).await
}

/// RFC 6750 §2.1 and §2.2.
fn presented<'a>(headers: &'a HeaderMap, form: &'a Parameters) -> Option<(Scheme, &'a str)> {
    match headers.contains_key(header::AUTHORIZATION) {
        true => possession::presented(headers),
        false => form.get("access_token").map(|token| (Scheme::Bearer, token)),
    }
}

async fn person(
    state: &AppState,
    place: &Place,
    tenant: &Tenant,
    application: &Application,
    token: &Claims,
) -> Result<Claims> {
    let scopes = Scopes::read(text(token, "scp")?, Apis::usual(&application.id, &state.config.public_url));
    if !scopes.has(&Scope::Openid) {
        let why = "The access token was issued without the scope 'openid'.";
        return Err(Refusal::new("insufficient_scope", 70011, why).into());
    }
    let (account, profile) = access_token::somebody(state, tenant, token).await??;
    let flow = flow(state, place, tenant, application, token).await?;
    let mut claims = claims::person(&profile, &scopes, &asked(token), &flow);
    claims.insert("sub".into(), pairwise(&tenant.id, &application.id, &account).into());
    claims.insert("oid".into(), account.as_str().into());
    claims.insert("tid".into(), tenant.id.as_str().into());
    Ok(claims)
}

/// By which the person signed in; whose claims they are told.
async fn flow(
    state: &AppState,
    place: &Place,
    tenant: &Tenant,
    application: &Application,
    token: &Claims,
) -> Result<Arc<UserFlow>> {
    let gone = || invalid("The user flow that the access token came from is there no more.");
    let flow = match claims::flow_name(token) {
        Some(name) => place::named(&state.db, &tenant.id, name).await?.ok_or_else(gone)?.flow,
        None => {
            let id = application.user_flow.as_ref().ok_or_else(gone)?;
            user_flow::get(&state.db, &tenant.id, id).await?
        }
    };
    match place.named(&state.db, tenant).await? {
        Some(named) if named.flow.id != flow.id => Err(invalid("The access token came from another user flow.").into()),
        _ => Ok(flow),
    }
}

/// As JSON, or signed where the application wants it so, always or this time (OpenID Connect Core §5.3.2).
async fn told(
    state: &AppState,
    tenant: &Tenant,
    application: &Application,
    headers: &HeaderMap,
    iss: Value,
    mut claims: Claims,
) -> Result<Response> {
    let wanted = headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/jwt");
    if !wanted && !application.protocol.sign_userinfo {
        return Ok((NO_STORE, Json(claims)).into_response());
    }
    claims.insert("iss".into(), iss);
    claims.insert("aud".into(), application.id.as_str().into());
    let key = mint::key(state, tenant, application).await?;
    // A kind of its own, and no times: nobody takes it for an ID token.
    let signed = key.sign("userinfo+jwt", &claims)?;
    Ok((NO_STORE, [(header::CONTENT_TYPE, HeaderValue::from_static("application/jwt"))], signed).into_response())
}

/// What the application asked for by name when it asked for the token.
fn asked(token: &Claims) -> Vec<String> {
    let names = token.get(claims::USERINFO_CLAIMS).and_then(|names| names.as_array());
    names.into_iter().flatten().filter_map(|name| name.as_str()).map(str::to_owned).collect()
}
