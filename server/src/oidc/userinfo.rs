//! `GET|POST /{tenant}/oidc/userinfo`: what an application may know of the person its access token is about
//! (OpenID Connect Core §5.3).

use super::{
    claims, cors,
    parameters::Parameters,
    redirect,
    refuse::{self, NO_STORE, Traces},
    scope::{Apis, Scope, Scopes},
};
use crate::{
    directory::{
        account,
        application::{self, Application},
        session,
        tenant::{self, Tenant},
        user_flow,
    },
    error::{Error, Refusal, Result},
    guard::Caller,
    secret::jwt::{self, Age, Claims, Expected},
    state::AppState,
};
use app::contract::id::{AccountId, ApplicationId, SessionId};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub async fn answer(
    State(state): State<AppState>,
    Path(word): Path<String>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Parameters::of_form(&headers, &body).unwrap_or_else(|_| Parameters::of_query(None));
    let traces = Traces::new(&caller, &headers, &form, state.clock.now());
    let refused = |error: Error| bearer(refuse::json(error, &traces));
    let (tenant, application, token) = match believed(&state, &word, &headers, &form).await {
        Ok(known) => known,
        Err(error) => return refused(error),
    };
    let response = match person(&state, &tenant, &application, &token).await {
        Ok(claims) => (NO_STORE, Json(claims)).into_response(),
        Err(error) => refused(error),
    };
    cors::allow_pages_of(&application, &headers, response)
}

/// The token, if it is one of ours, and whose it is.
async fn believed(
    state: &AppState,
    word: &str,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<(Arc<Tenant>, Arc<Application>, Claims)> {
    let tenant = tenant::get(&state.db, word).await?;
    let token = presented(headers, form).ok_or_else(|| invalid("The request carries no access token."))?;
    let ring = state.keys.ring(&tenant.id).await?;
    let expected = Expected {
        typ: "at+jwt",
        issuer: &redirect::issuer(&state.config.public_url, &tenant.id),
        audience: None,
        age: Age::Valid,
        now: state.clock.now(),
    };
    let claims = jwt::verify(token, &ring.verifying, &expected).map_err(|distrust| {
        tracing::info!(%distrust, "an access token was not believed");
        invalid("The access token is not valid here, or has expired.")
    })?;
    let id = ApplicationId::from(text(&claims, "client_id")?);
    let application = application::find(&state.db, &tenant.id, &id).await?;
    let application = application.filter(|application| application.disabled_at.is_none());
    Ok((tenant, application.ok_or_else(|| invalid("The application is switched off."))?, claims))
}

/// RFC 6750 §2.1 and §2.2. Never in the address (§2.3).
fn presented<'a>(headers: &'a HeaderMap, form: &'a Parameters) -> Option<&'a str> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return form.get("access_token") };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn person(state: &AppState, tenant: &Tenant, application: &Application, token: &Claims) -> Result<Claims> {
    let scopes =
        Scopes::read(text(token, "scp")?, Apis { application: &application.id, public_url: &state.config.public_url });
    if !scopes.has(Scope::Openid) {
        let why = "The access token was issued without the scope 'openid'.";
        return Err(Refusal::new("insufficient_scope", 70011, why).into());
    }
    let session = SessionId::from(text(token, "sid")?);
    if !session::is_running(&state.db, &tenant.id, &session).await? {
        return Err(invalid("The session has ended.").into());
    }
    let account = AccountId::from(text(token, "oid")?);
    let profile = account::profile(&state.db, &tenant.id, &account).await?.filter(|profile| !profile.disabled);
    let profile = profile.ok_or_else(|| invalid("The account is switched off or was deleted."))?;
    let flow = application.user_flow.as_ref().ok_or_else(|| invalid("The application has no user flow any more."))?;
    let flow = user_flow::get(&state.db, &tenant.id, flow).await?;
    let mut claims = claims::person(&profile, &scopes, &flow);
    claims.insert("sub".into(), claims::pairwise(&tenant.id, &application.id, &account).into());
    claims.insert("oid".into(), account.as_str().into());
    claims.insert("tid".into(), tenant.id.as_str().into());
    Ok(claims)
}

fn text<'a>(claims: &'a Claims, name: &str) -> Result<&'a str, Refusal> {
    claims.get(name).and_then(|value| value.as_str()).ok_or_else(|| invalid("The access token is not complete."))
}

fn invalid(why: &str) -> Refusal {
    Refusal::new("invalid_token", 50013, why)
}

/// RFC 6750 §3: what is wrong with a token is said in the header too.
fn bearer(mut response: Response) -> Response {
    let challenge = match response.status() {
        StatusCode::UNAUTHORIZED => "Bearer error=\"invalid_token\"",
        StatusCode::FORBIDDEN => "Bearer error=\"insufficient_scope\", scope=\"openid\"",
        _ => return response,
    };
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}
