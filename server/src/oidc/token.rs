//! `POST /{tenant}/oauth2/v2.0/token`: what an application was granted becomes tokens: by a code, a refresh
//! token, a device code, or for the application itself.

use super::{b2c, claims::Beside, client_credentials, continuation, device, mint::Mint, redeem, refresh};
use crate::{
    client::{
        auth::{self, Client},
        cors,
        parameters::Parameters,
        place::Place,
        refuse::{self, NO_STORE, Traces},
    },
    directory::{account::Profile, tenant::Tenant},
    error::{Refusal, Result},
    guard::Caller,
    possession::{self, Call},
    request::{
        asked_claims::AskedClaims,
        scope::{Apis, Scope, Scopes},
    },
    state::AppState,
};
use app::contract::{
    id::{AccountId, SessionId, UserFlowId},
    time::Timestamp,
    user_flow::UserFlow,
};
use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, RawQuery, State},
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// The same where the access token is for the management API (security R31).
pub const GRAPH_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How long access and ID tokens are good for.
pub fn lifetime(scopes: &Scopes, flow: &UserFlow) -> Duration {
    if scopes.is_for_graph() { GRAPH_LIFETIME } else { Duration::from_secs(60 * u64::from(flow.rules.tokens.minutes)) }
}

const PARAMETERS: [&str; 14] = [
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "device_code",
    "refresh_token",
    "continuation_token",
    "scope",
    "claims",
    "client_info",
];

/// What discovery tells.
pub const GRANT_TYPES: [&str; 4] = ["authorization_code", "refresh_token", "client_credentials", device::GRANT_TYPE];

/// Of these, those that begin at a flow's own addresses.
pub const GRANT_TYPES_OF_FLOWS: [&str; 3] = ["authorization_code", "refresh_token", "client_credentials"];

/// What was granted: everything that the tokens will say.
pub struct Granted {
    pub account: AccountId,
    /// Who that is, where the database told it with the grant.
    pub profile: Option<Profile>,
    pub session: SessionId,
    pub user_flow: UserFlowId,
    pub amr: Vec<String>,
    pub signed_in_at: Timestamp,
    pub scopes: Scopes,
    pub nonce: Option<String>,
    pub claims: AskedClaims,
    pub refresh_token: Option<RefreshToken>,
    /// What the request called the flow, where it named it.
    pub flow_name: Option<String>,
    /// The account was made on the way to these tokens.
    pub new_account: bool,
}

pub struct RefreshToken {
    pub token: String,
    pub expires_at: Timestamp,
}

/// RFC 6749 §5.1, and what Entra's clients read besides.
#[derive(Serialize)]
pub struct Tokens {
    pub token_type: &'static str,
    pub scope: String,
    pub expires_in: u64,
    pub ext_expires_in: u64,
    pub access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
    /// Ours: the account was made on the way here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub new_account: bool,
}

pub async fn post(
    State(state): State<AppState>,
    place: Place,
    RawQuery(query): RawQuery,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // Some clients name the request in the query; everything that matters is in the form.
    let traces = Traces::new(&state, &caller, &headers, &Parameters::of_query(query.as_deref()));
    let traces = traces.in_tongue(place.tongue());
    let (tenant, form, client) = match auth::who_calls(&state, &place, &headers, &body, &PARAMETERS).await {
        Ok(known) => known,
        Err(error) => {
            let told = refuse::with_challenge(refuse::json(&error, &traces), "Basic realm=\"token\"");
            return cors::allow_everybody(told);
        }
    };
    let call = Call { method: &Method::POST, path: uri.path(), headers: &headers, held: None };
    let application = client.application.clone();
    let response = match proved_and_granted(&state, &place, &tenant, client, &form, call).await {
        Ok(told) => (NO_STORE, Json(told)).into_response(),
        Err(error) => {
            let told = refuse::with_challenge(refuse::json(&error, &traces), "Basic realm=\"token\"");
            possession::refused(&state, &error, told)
        }
    };
    cors::allow_pages_of(&application, &headers, possession::with_nonce(&state, &application, response))
}

/// Whoever brings a proof gets tokens bound to its key (RFC 9449 §5).
async fn proved_and_granted(
    state: &AppState,
    place: &Place,
    tenant: &Tenant,
    client: Client,
    form: &Parameters,
    call: Call<'_>,
) -> Result<Value> {
    let wanted = &client.application.protocol;
    let proof = possession::proof(state, call, None, wanted.require_fresh_proofs)?;
    if proof.is_none() && wanted.require_bound_tokens {
        let why = "The application's tokens are bound to a key of its own: send a DPoP proof.";
        return Err(Refusal::new("invalid_dpop_proof", 90013, why).into());
    }
    let client = Client { key: proof.as_ref().map(|proof| proof.thumbprint.clone()), ..client };
    let told = granted(state, place, tenant, &client, form).await?;
    // Last: of whoever is refused anyway nothing has to be remembered.
    if let Some(proof) = proof {
        proof.use_up(state, &tenant.id).await?;
    }
    Ok(told)
}

async fn granted(
    state: &AppState,
    place: &Place,
    tenant: &Tenant,
    client: &Client,
    form: &Parameters,
) -> Result<Value> {
    let named = place.named(&state.db, tenant).await?;
    let granted = match form.required("grant_type")? {
        "authorization_code" => redeem::redeem(state, tenant, named.as_ref(), client, form).await?,
        "refresh_token" => refresh::refresh(state, tenant, named.as_ref(), client, form).await?,
        // What clients need, 5: by its short name too.
        device::GRANT_TYPE | "device_code" => device::redeem(state, tenant, client, form).await?,
        "continuation_token" => continuation::redeem(state, tenant, named.as_ref(), client, form).await?,
        "client_credentials" => {
            let tokens = client_credentials::tokens(state, tenant, named.as_ref(), client, form).await?;
            return Ok(serde_json::to_value(tokens)?);
        }
        _ => {
            let why = "The grant_type is not supported: it is authorization_code, refresh_token, client_credentials or device_code.";
            return Err(Refusal::new("unsupported_grant_type", 70003, why).into());
        }
    };
    let reader = granted.scopes.api().unwrap_or(&client.application.id).clone();
    let tokens = tokens(state, tenant, client, granted, form.get("client_info") == Some("1")).await?;
    let told = serde_json::to_value(tokens)?;
    Ok(if named.is_some() { b2c::told(told, &reader, state.clock.now()) } else { told })
}

/// By what MSAL tells accounts apart (what clients need, 6). B2C's applications keep one for each flow, and look for its name.
fn client_info(account: &AccountId, tenant: &Tenant, flow_name: Option<&str>) -> String {
    let uid = match flow_name {
        Some(name) => format!("{account}-{}", name.to_lowercase()),
        None => account.to_string(),
    };
    serde_json::json!({ "uid": uid, "utid": tenant.id }).to_string()
}

async fn tokens(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    mut granted: Granted,
    wants_client_info: bool,
) -> Result<Tokens> {
    let application = &client.application;
    let known = granted.profile.take();
    let mint = Mint::open(state, tenant, application, &granted, known).await?;
    let access_token = mint.access_token(client.class(), client.key.as_deref())?;
    let id_token = match granted.scopes.has(&Scope::Openid) {
        true => Some(mint.id_token(Beside { access_token: Some(&access_token), ..Beside::default() })?),
        false => None,
    };
    let client_info = client_info(mint.account(), tenant, granted.flow_name.as_deref());
    let lifetime = lifetime(&granted.scopes, mint.flow()).as_secs();
    Ok(Tokens {
        token_type: client.token_type(),
        scope: granted.scopes.text(Apis::usual(&application.id, &state.config.public_url)),
        expires_in: lifetime,
        ext_expires_in: lifetime,
        refresh_token_expires_in: granted
            .refresh_token
            .as_ref()
            .map(|refresh_token| state.clock.now().until(refresh_token.expires_at).as_secs()),
        access_token,
        id_token,
        new_account: granted.new_account,
        client_info: wants_client_info.then(|| URL_SAFE_NO_PAD.encode(client_info)),
        refresh_token: granted.refresh_token.map(|refresh_token| refresh_token.token),
    })
}
