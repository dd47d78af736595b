//! `GET|POST /{tenant}/oauth2/deviceauth`: a person types the code that a device shows, signs in, and says that it is theirs.

use super::{
    super::{authorize, browser, redirect::see_other},
    as_written,
};
use crate::{
    assets,
    client::parameters::Parameters,
    directory::{
        Durability,
        application::{self, Application},
        device_code::{self, DeviceCode},
        grant::Outcome,
        session::{self, Session},
        tenant::{self, Tenant},
        user_flow,
    },
    error::{Error, Result},
    guard::{Caller, network_of, same_origin},
    html,
    journey::assurance,
    request::{
        Kept, Prompt, RefreshRules, Request,
        asked_claims::AskedClaims,
        response::{ResponseMode, ResponseType, Return},
        scope::{Apis, Scopes},
    },
    secret::{seal::Purpose, token},
    state::AppState,
    wishes,
};
use app::{
    contract::{flow_rules::SessionScope, id::TenantId},
    hosted::{Device, DevicePage},
    shell, text,
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, header},
    response::Response,
};
use std::{sync::Arc, time::Duration};

/// So long may somebody look at the question who has come through a flow that knows nobody again.
const JUST_NOW: Duration = Duration::from_secs(600);

pub fn path(tenant: &TenantId) -> String {
    format!("/{tenant}/oauth2/deviceauth")
}

pub async fn get(
    State(state): State<AppState>,
    Path(word): Path<String>,
    RawQuery(query): RawQuery,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let tenant = tenant::get(&state.db, &word).await?;
    let asked = Parameters::of_query(query.as_deref());
    let Some(typed) = asked.get("user_code") else {
        return Ok(show(&state, &tenant, &headers, Device::Ask { again: false }));
    };
    // Whoever guesses does so slowly, as whoever begins journeys.
    state.arrivals.admit(network_of(caller.address), state.clock.now())?;
    let Some((device, application)) = waiting(&state, &tenant, typed).await? else {
        return Ok(show(&state, &tenant, &headers, Device::Ask { again: true }));
    };
    match signed_in(&state, &tenant, &application, &headers).await? {
        Some(session) => {
            let token = token::keyed_hash(&state.seal, Purpose::Journey, &token_of(&session, &device));
            let page = Device::Confirm {
                application: &application.name,
                user_code: &device.user_code,
                path: &path(&tenant.id),
                token: &token,
            };
            Ok(show(&state, &tenant, &headers, page))
        }
        None => {
            let request = request(&state, &tenant, &application, &device)?;
            authorize::begin(&state, tenant, application, request, caller, headers).await
        }
    }
}

/// Only from our own page, of this session, about this device (security R20).
pub async fn post(
    State(state): State<AppState>,
    Path(word): Path<String>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    same_origin(&headers, &state.config.public_url)?;
    let tenant = tenant::get(&state.db, &word).await?;
    let form = Parameters::of_form(&headers, &body)?;
    state.arrivals.admit(network_of(caller.address), state.clock.now())?;
    let known = waiting(&state, &tenant, form.get("user_code").unwrap_or_default()).await?;
    let Some((device, application)) = known else { return Ok(see_other(&path(&tenant.id))) };
    let Some(session) = signed_in(&state, &tenant, &application, &headers).await? else {
        return Ok(see_other(&path(&tenant.id)));
    };
    let presented = form.get("token").unwrap_or_default();
    if !token::keyed_hash_is(&state.seal, Purpose::Journey, &token_of(&session, &device), presented) {
        return Err(Error::Forged("the token of the device page"));
    }
    let agreed = form.get("answer") == Some("yes");
    answer(&state, &tenant, &application, device, session, agreed).await?;
    let page = if agreed { Device::Agreed } else { Device::Declined };
    Ok(show(&state, &tenant, &headers, page))
}

/// Who is signed in as the application's flow asks for it. A flow that knows nobody again takes who has just come through it:
/// they are sent back here.
async fn signed_in(
    state: &AppState,
    tenant: &Tenant,
    application: &Application,
    headers: &HeaderMap,
) -> Result<Option<Session>> {
    let Some(session) = browser::signed_in(state, &tenant.id, headers).await? else { return Ok(None) };
    let Some(flow) = &application.user_flow else { return Ok(None) };
    let flow = user_flow::get(&state.db, &tenant.id, flow).await?;
    let now = state.clock.now();
    let is_known = match flow.rules.sessions.scope {
        SessionScope::Suppressed => session.user_flow() == Some(&flow.id) && session.signed_in_at + JUST_NOW > now,
        scope => session.is_for(&application.id, &flow.id, scope, now),
    };
    Ok(Some(session).filter(|session| is_known && assurance::suffices(&flow, &assurance::proofs(&session.amr))))
}

async fn answer(
    state: &AppState,
    tenant: &Tenant,
    application: &Application,
    device: DeviceCode,
    session: Session,
    agreed: bool,
) -> Result<()> {
    let (tenant, application, id) = (tenant.id.clone(), application.id.clone(), session.id.clone());
    let outcome = match agreed {
        false => Outcome::Cancelled,
        true => Outcome::SignedIn {
            account: session.account,
            session: session.id,
            amr: session.amr,
            signed_in_at: session.signed_in_at,
            new_account: false,
        },
    };
    state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                if device_code::conclude(c, &tenant, &device.hash, &outcome).await? && agreed {
                    session::note_application(&tenant, &id, &application).run(c).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn waiting(state: &AppState, tenant: &Tenant, typed: &str) -> Result<Option<(DeviceCode, Arc<Application>)>> {
    let device = device_code::find(&state.db, &tenant.id, &as_written(typed), state.clock.now()).await?;
    let Some(device) = device else { return Ok(None) };
    let application = application::find_enabled(&state.db, &tenant.id, &device.application).await?;
    Ok(application.map(|application| (device, application)))
}

/// What the person signs in for: to come back here.
fn request(state: &AppState, tenant: &Tenant, application: &Application, device: &DeviceCode) -> Result<Request> {
    // To come back here: what the tokens are for is read when the device takes them.
    let apis = Apis::usual(&application.id, &state.config.public_url);
    let uri = format!("{}?user_code={}", path(&tenant.id), device.user_code);
    Ok(Request {
        kept: Kept {
            to: Return { uri, mode: ResponseMode::Query, popup: false, state: None },
            response: ResponseType::CODE,
            scopes: Scopes::read(&device.scope, apis),
            nonce: None,
            code_challenge: None,
            key: None,
            claims: AskedClaims::default(),
            for_device: true,
            native: false,
            flow_name: None,
            asked_at: None,
            refresh: RefreshRules::default(),
        },
        user_flow: application.user_flow.clone().ok_or(Error::NotFound)?,
        prompt: Prompt::Any,
        max_age: None,
        acr_values: Vec::new(),
        login_hint: None,
        id_token_hint: None,
        sid: None,
        ui_locales: String::new(),
    })
}

fn token_of<'a>(session: &'a Session, device: &'a DeviceCode) -> [&'a [u8]; 3] {
    [b"device", session.id.as_str().as_bytes(), device.hash.as_bytes()]
}

fn show(state: &AppState, tenant: &Tenant, headers: &HeaderMap, step: Device) -> Response {
    let language = wishes::language("", headers.get(header::ACCEPT_LANGUAGE));
    let nonce = html::nonce(&state.chance);
    let page = DevicePage { brand: &tenant.brand, step };
    let body = shell::device(&page, &text::texts(language), assets::scripts(language), &nonce);
    html::document(body, nonce, Vec::new())
}
