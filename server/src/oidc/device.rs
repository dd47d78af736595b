//! Devices without a browser (RFC 8628): `POST …/devicecode` gives a device its two codes, `…/deviceauth` is the page where a
//! person types the short one, and the token endpoint is asked with the long one until they have.

use super::{
    redeem::Lives,
    refresh,
    token::{Granted, RefreshToken},
};
use crate::{
    administration::is_home,
    client::{
        auth::{self, Client},
        parameters::Parameters,
        place::Place,
        refuse::{self, NO_STORE, Traces},
    },
    directory::{
        Durability,
        application::Platform,
        device_code::{self, DeviceCode},
        grant::Outcome,
        session,
        tenant::Tenant,
        token_family::{self, Family},
        user_flow,
    },
    error::{Refusal, Result},
    guard::{Caller, network_of},
    request::{
        RefreshRules,
        asked_claims::AskedClaims,
        offered::Offered,
        own_address,
        scope::{Apis, Scope, Scopes},
    },
    secret::token::{self, Token},
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
use std::time::Duration;

pub mod page;

pub const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Seconds between two questions of a device.
const INTERVAL: u64 = 5;

/// RFC 8628 §6.1: no vowels, so no words; nothing that looks like something else.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

const PARAMETERS: [&str; 5] = ["client_id", "client_secret", "client_assertion", "client_assertion_type", "scope"];

pub async fn post(
    State(state): State<AppState>,
    place: Place,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let traces = Traces::new(&state, &caller, &headers, &Parameters::of_query(None));
    match begin(&state, &place, &caller, &headers, &body).await {
        Ok(told) => (NO_STORE, Json(told)).into_response(),
        Err(error) => refuse::with_challenge(refuse::json(&error, &traces), "Basic realm=\"token\""),
    }
}

async fn begin(state: &AppState, place: &Place, caller: &Caller, headers: &HeaderMap, body: &[u8]) -> Result<Value> {
    // As whoever begins journeys (fault F29).
    state.arrivals.admit(network_of(caller.address), state.clock.now())?;
    let (tenant, form, client) = auth::who_calls(state, place, headers, body, &PARAMETERS).await?;
    befits_devices(&tenant, &client)?;
    if client.application.user_flow.is_none() {
        return Err(
            Refusal::new("unauthorized_client", 50105, "The application is not attached to a user flow.").into()
        );
    }
    let (scope, public_url) = (form.required("scope")?, &state.config.public_url);
    let offered = Offered::to(&client.application, Some(scope), &state.db, &tenant.id, public_url).await?;
    let apis = Apis { application: &client.application.id, public_url, offered: &offered };
    let scopes = Scopes::asked(scope, apis)?;
    // What administrators may do is asked for in their own browser alone.
    if scopes.is_for_graph() {
        return Err(Refusal::new("invalid_scope", 70011, "Devices get no permissions of the management API.").into());
    }
    let (code, user_code) = (Token::random(&state.chance), user_code(state));
    let made = DeviceCode {
        hash: code.hash(),
        user_code: user_code.clone(),
        application: client.application.id.clone(),
        scope: scopes.text(apis),
        outcome: None,
        expires_at: state.clock.now() + LIFETIME,
    };
    device_code::insert(&state.db, &tenant.id, made).await?;
    let address = state.config.public_url.at(&page::path(&tenant.id));
    Ok(json!({
        "user_code": user_code,
        "device_code": code.reveal(),
        "verification_uri": address,
        "verification_uri_complete": format!("{address}?user_code={user_code}"),
        "expires_in": LIFETIME.as_secs(),
        "interval": INTERVAL,
        // What clients need, 5.
        "message": format!("To sign in, open the page {address} in a browser and type the code {user_code}."),
    }))
}

/// Whoever asks a person to type a code may be a stranger with our own address (RFC 8628 §5.4). So it is for applications
/// that run without a page of their own, and never for those of the administrators.
fn befits_devices(tenant: &Tenant, client: &Client) -> Result<(), Refusal> {
    let application = &client.application;
    let runs_somewhere = application.redirect_uris.iter().any(|known| known.platform == Platform::Native);
    if is_home(&tenant.id) || !(runs_somewhere || application.is_confidential()) {
        let why =
            "Devices sign in to applications of the type mobile and desktop, or to those that have a secret or a key.";
        return Err(Refusal::new("unauthorized_client", 700016, why));
    }
    client.befits(if application.is_confidential() { Platform::Web } else { Platform::Native })
}

/// `BCDF-GHJK`: as likely as any other.
fn user_code(state: &AppState) -> String {
    let letter = |_| char::from(LETTERS[state.chance.below(LETTERS.len() as u32) as usize]);
    let letters: String = (0..8).map(letter).collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}

/// However it was typed.
fn as_written(typed: &str) -> String {
    let letters: String = typed.chars().filter(char::is_ascii_alphabetic).collect();
    let letters = letters.to_ascii_uppercase();
    match letters.split_at_checked(4) {
        Some((first, second)) => format!("{first}-{second}"),
        None => letters,
    }
}

/// `grant_type=…device_code`: until somebody has answered, there is nothing but patience (RFC 8628 §3.5).
pub async fn redeem(state: &AppState, tenant: &Tenant, client: &Client, form: &Parameters) -> Result<Granted> {
    befits_devices(tenant, client)?;
    let refused = |error, number, why: &str| Refusal::new(error, number, why);
    let (now, application) = (state.clock.now(), &client.application);
    let hash = token::hash(form.required("device_code")?);
    let found = device_code::polled(&state.db, &tenant.id, &hash, &application.id).await?;
    let found = found.ok_or_else(|| refused("invalid_grant", 70018, "The device_code is unknown or was redeemed."))?;
    if found.expires_at <= now {
        return Err(refused("expired_token", 70019, "The device_code has expired.").into());
    }
    let Some(outcome) = found.outcome else {
        return Err(refused("authorization_pending", 70016, "Nobody has typed the code of the device yet.").into());
    };
    let Outcome::SignedIn { account, session, amr, signed_in_at, .. } = outcome else {
        return Err(refused("access_denied", 65004, "The person refused.").into());
    };
    let user_flow = application.user_flow.clone();
    let user_flow =
        user_flow.ok_or_else(|| refused("invalid_grant", 50105, "The application has no user flow any more."))?;
    let public_url = &state.config.public_url;
    let offered = Offered::to(application, Some(&found.scope), &state.db, &tenant.id, public_url).await?;
    let apis = Apis { application: &application.id, public_url, offered: &offered };
    // Everything that was asked, or nothing: a token for somebody else than it was asked for helps nobody.
    let scopes = Scopes::asked(&found.scope, apis)?;
    let platform = if application.is_confidential() { Platform::Web } else { Platform::Native };
    let flow = user_flow::get(&state.db, &tenant.id, &user_flow).await?;
    let lives = Lives::of(RefreshRules::of(&flow.rules.tokens), platform, now);
    let family = scopes.has(&Scope::OfflineAccess).then(|| Family {
        id: state.chance.id(),
        grant: format!("device-{hash}").into(),
        application: application.id.clone(),
        account: account.clone(),
        session: session.clone(),
        user_flow: user_flow.clone(),
        platform,
        scope: found.scope.clone(),
        amr: amr.clone(),
        signed_in_at,
        key: client.key_of_refreshes(),
        expires_at: lives.first_until(now),
        lasts: lives.lasts,
        ends_at: lives.ends_at,
        flow_name: None,
        asked_at: own_address(&state.config.public_url),
        claims: None,
        uses: 0,
        used_at: now,
    });
    let refresh_token = family.as_ref().map(|family| RefreshToken {
        token: refresh::first(&state.seal, &tenant.id, &family.id),
        expires_at: family.expires_at,
    });
    let id = tenant.id.clone();
    let is_first = state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                let is_first = device_code::redeem(c, &id, &hash, now).await?;
                if let Some(family) = family.filter(|_| is_first) {
                    token_family::insert(c, &id, &family, now).await?;
                }
                Ok(is_first)
            })
        })
        .await?;
    if !is_first || !session::is_running(&state.db, &tenant.id, &session).await? {
        return Err(
            refused("invalid_grant", 70018, "The device_code was redeemed, or its person has signed out.").into()
        );
    }
    let claims = AskedClaims::default();
    Ok(Granted {
        account,
        profile: None,
        session,
        user_flow,
        amr,
        signed_in_at,
        scopes,
        nonce: None,
        claims,
        refresh_token,
        flow_name: None,
        new_account: false,
    })
}
