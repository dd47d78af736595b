//! What applications learn by themselves: where our endpoints are, what they can do (OpenID Connect Discovery 1.0,
//! RFC 8414), and by which keys our tokens are known. Bytes, made once per change.

use super::{claims, token};
use crate::{
    client::{
        auth,
        place::{self, Named, Place},
    },
    config::PublicUrl,
    directory::tenant,
    error::Result,
    journey::assurance,
    keys::{Document, MAX_AGE, Ring},
    request::{
        self,
        response::{ResponseMode, ResponseType},
        scope,
    },
    secret::{jwk, jwt::Algorithm},
    state::AppState,
};
use app::{contract::id::TenantId, text};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`, and RFC 8414's
/// `GET /.well-known/oauth-authorization-server/{tenant}/v2.0`. Whoever names a user flow is told of the endpoints of that one.
pub async fn get(State(state): State<AppState>, place: Place, headers: HeaderMap) -> Result<Response> {
    let (tenant, named, ring) = of(&state, &place).await?;
    let public_url = &state.config.public_url;
    Ok(match named {
        Some(named) => serve(&Document::new(&of_flow(public_url, &tenant, &place, &named)), &headers),
        // Under a name of its own the tenant tells other addresses.
        None if !public_url.is_the_house_s() => serve(&Document::new(&of_tenant(public_url, &tenant)), &headers),
        None => serve(ring.discovery.get_or_init(|| Document::new(&of_tenant(public_url, &tenant))), &headers),
    })
}

/// `GET /{tenant}/discovery/v2.0/keys`: the tenant's, whichever flow is named.
pub async fn keys(State(state): State<AppState>, place: Place, headers: HeaderMap) -> Result<Response> {
    let (_, _, ring) = of(&state, &place).await?;
    Ok(serve(&ring.published, &headers))
}

async fn of(state: &AppState, place: &Place) -> Result<(TenantId, Option<Named>, Arc<Ring>)> {
    let tenant = tenant::get(&state.db, &place.tenant).await?;
    let named = place.named(&state.db, &tenant).await.map_err(request::as_page(place.tongue()))?;
    Ok((tenant.id.clone(), named, state.keys.ring(&tenant.id).await?))
}

fn serve(document: &Document, headers: &HeaderMap) -> Response {
    let kept = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == document.etag);
    let always = [(header::ETAG, document.etag.clone()), (header::CACHE_CONTROL, CACHE_CONTROL)];
    match kept {
        true => (StatusCode::NOT_MODIFIED, always).into_response(),
        false => (always, [(header::CONTENT_TYPE, JSON)], document.body.clone()).into_response(),
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

const CACHE_CONTROL: HeaderValue = {
    // A rotation counts on it.
    assert!(MAX_AGE.as_secs() == 300);
    HeaderValue::from_static("public, max-age=300")
};

/// Only what there is. A tenant is told by its id, whatever name it was asked by.
fn of_tenant(public_url: &PublicUrl, tenant: &TenantId) -> Value {
    let at = |path: &str| public_url.at(&format!("/{tenant}{path}"));
    let mut told = metadata(&public_url.issuer(tenant), at);
    told["userinfo_endpoint"] = at("/oidc/userinfo").into();
    // A device is told one address for everybody, and B2C has none at all.
    told["device_authorization_endpoint"] = at("/oauth2/v2.0/devicecode").into();
    told["grant_types_supported"] = grant_types(&token::GRANT_TYPES);
    told
}

fn of_flow(public_url: &PublicUrl, tenant: &TenantId, place: &Place, named: &Named) -> Value {
    let at = |path: &str| place.at(public_url, tenant, Some(named), path);
    let mut told = metadata(&place::issuer(public_url, tenant, &named.flow, Some(&named.name)), at);
    told["userinfo_endpoint"] = at("/openid/v2.0/userinfo").into();
    told["grant_types_supported"] = grant_types(&token::GRANT_TYPES_OF_FLOWS);
    if let Some(name) = claims::acr_of_flow(&named.flow, Some(&named.name)) {
        told["acr_values_supported"] = json!([name]);
    }
    told
}

/// Those of the token endpoint, and what the authorization endpoint gives by itself (OpenID Connect Discovery §3).
fn grant_types(of_token_endpoint: &[&str]) -> Value {
    let all = [of_token_endpoint, &["implicit"]].concat();
    json!(all)
}

fn metadata(issuer: &str, at: impl Fn(&str) -> String) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("/oauth2/v2.0/authorize"),
        "token_endpoint": at("/oauth2/v2.0/token"),
        "jwks_uri": at("/discovery/v2.0/keys"),
        "end_session_endpoint": at("/oauth2/v2.0/logout"),
        "check_session_iframe": at("/oauth2/v2.0/checksession"),
        "pushed_authorization_request_endpoint": at("/oauth2/v2.0/par"),
        "require_pushed_authorization_requests": false,
        "revocation_endpoint": at("/oauth2/v2.0/revoke"),
        "introspection_endpoint": at("/oauth2/v2.0/introspect-token"),
        "response_types_supported": ResponseType::ALL.map(|(name, _)| name),
        "response_modes_supported": ResponseMode::ALL.map(ResponseMode::name),
        "scopes_supported": scope::words(),
        "claims_supported": claims::NAMES,
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "userinfo_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "token_endpoint_auth_methods_supported": auth::METHODS,
        "token_endpoint_auth_signing_alg_values_supported": jwk::ALGORITHMS,
        "revocation_endpoint_auth_signing_alg_values_supported": jwk::ALGORITHMS,
        "introspection_endpoint_auth_signing_alg_values_supported": jwk::ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": auth::METHODS,
        "introspection_endpoint_auth_methods_supported": auth::METHODS.into_iter().filter(|it| *it != "none").collect::<Vec<_>>(),
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": jwk::ALGORITHMS,
        "prompt_values_supported": request::PROMPTS,
        "display_values_supported": ["page", "popup"],
        "acr_values_supported": assurance::LEVELS,
        "ui_locales_supported": text::languages(),
        "authorization_response_iss_parameter_supported": true,
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    })
}
