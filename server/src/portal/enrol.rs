//! The page on which an administrator sets up an authenticator app, and the one that tells the recovery codes once
//! (security R37). Its link comes from the set-up, or from a sign-in that nobody gets past with a password alone.

use super::link::{Filled, Link, Tongue};
use crate::{
    administration::{TENANT_ID, entry},
    assets,
    directory::{
        Durability, account,
        audit::{self, Actor, ActorKind, Operation, Target},
        second_factor::{self, Enrolment},
        set_up, tenant,
    },
    error::{Error, Result},
    guard::Caller,
    html,
    secret::{token, totp},
    state::AppState,
};
use app::{
    contract::{
        brand::Brand,
        id::{AccountId, TenantId},
        portal::WELCOME,
        time::Timestamp,
    },
    hosted::{Enrol, Picture},
    shell,
    text::Texts,
};
use axum::{extract::State, http::StatusCode, response::Response};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write;
use zeroize::Zeroizing;

const PATH: &str = "/admin/enrol";
/// Light squares around the code (ISO/IEC 18004 §9.1).
const QUIET: i32 = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    token: String,
    code: String,
}

/// An enrolment that is open, and what its page tells.
struct Offer {
    enrolment: Enrolment,
    secret: Zeroizing<Vec<u8>>,
    address: String,
    brand: Brand,
}

/// `GET /admin/enrol?token=…`
pub async fn page(State(state): State<AppState>, Tongue(texts): Tongue, Link(token): Link) -> Result<Response> {
    let offer = open(&state, &token).await?;
    show(&state, &texts, &offer, &token, false)
}

/// `POST /admin/enrol`: the code proves that the app has the secret, and its clock the time.
pub async fn confirm(
    State(state): State<AppState>,
    caller: Caller,
    Tongue(texts): Tongue,
    Filled(Shown { token, code }): Filled<Shown>,
) -> Result<Response> {
    let offer = open(&state, &token).await?;
    let (tenant, now) = (TenantId::from(TENANT_ID), state.clock.now());
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let Some(step) = totp::step_of(&offer.secret, &digits, 0, now) else {
        let mut response = show(&state, &texts, &offer, &token, true)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let Offer { enrolment, address, brand, .. } = offer;
    let onward = onward(&state, &enrolment.account, now).await?;
    let codes = totp::recovery_codes(&state.chance);
    let account = enrolment.account.as_str();
    let hashes: Vec<String> =
        codes.iter().map(|code| totp::recovery_hash(&state.seal, account, &code.as_str().into())).collect();
    let actor = Actor { kind: ActorKind::Account, id: account.into(), name: address.clone() };
    let target = Target::user(&enrolment.account, &address);
    let mut entry = entry(&state.chance, now, actor, "Register authenticator app", target);
    entry.address = caller.address.to_string();
    entry.operation = Operation::Update;
    entry.after = Some(json!({ "secondFactor": "authenticator app" }));
    state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                second_factor::enrol(c, &tenant, &enrolment, step, &hashes, now).await?;
                audit::insert(c, &tenant, &entry).await
            })
        })
        .await
        // Who has an app already needs no other by a link.
        .map_err(|error| if matches!(error, Error::Taken) { Error::NotFound } else { error })?;
    let nonce = html::nonce(&state.chance);
    let body = shell::recovery_codes(&brand, &codes, onward, &texts, assets::scripts(texts.language()), &nonce);
    Ok(html::document(body, nonce, Vec::new()))
}

async fn onward(state: &AppState, account: &AccountId, now: Timestamp) -> Result<&'static str> {
    Ok(if set_up::is_new(&state.db, account, now).await? { WELCOME } else { "/admin/" })
}

async fn open(state: &AppState, token: &str) -> Result<Offer> {
    let tenant = tenant::get(&state.db, TENANT_ID).await?;
    let found = second_factor::find_offer(&state.db, &tenant.id, &token::hash(token), state.clock.now()).await?;
    let enrolment = found.ok_or(Error::NotFound)?;
    let context = second_factor::context(&tenant.id, &enrolment.account);
    let secret = Zeroizing::new(state.seal.open(&context, &enrolment.sealed)?);
    let profile = account::profile(&state.db, &tenant.id, &enrolment.account).await?.ok_or(Error::NotFound)?;
    Ok(Offer { enrolment, secret, address: profile.name, brand: tenant.brand.clone() })
}

fn show(state: &AppState, texts: &Texts, offer: &Offer, token: &str, wrong: bool) -> Result<Response> {
    let issuer = state.config.public_url.host();
    let uri = totp::uri(&format!("Portico {issuer}"), &offer.address, &offer.secret);
    let page = Enrol {
        brand: &offer.brand,
        address: &offer.address,
        path: PATH,
        token,
        secret: &totp::letters(&offer.secret),
        picture: picture(&uri)?,
        uri: &uri,
        wrong,
    };
    let nonce = html::nonce(&state.chance);
    let body = shell::enrol(page, texts, assets::scripts(texts.language()), &nonce);
    Ok(html::document(body, nonce, Vec::new()))
}

fn picture(uri: &str) -> Result<Picture> {
    let too_long = |_| Error::Internal("the address of the secret is too long for a picture".into());
    let code = QrCode::encode_text(uri, QrCodeEcc::Medium).map_err(too_long)?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Ok(Picture { side: (code.size() + 2 * QUIET).unsigned_abs(), path })
}
