//! The first administrator: a page behind a one-time link, gone for ever once somebody has used it (security R37).

use super::link::{Filled, Link, Tongue};
use crate::{
    administration::{self, TENANT_ID, enrolment, password_rule},
    assets,
    directory::{
        Durability,
        account::{self, NewAccount, NewName},
        audit::{self, Entry, Target},
        second_factor, set_up, tenant,
    },
    error::{Error, Result},
    guard::Caller,
    html,
    secret::{popular, token},
    state::AppState,
};
use app::{
    contract::{
        brand::Brand,
        id::{AccountId, TenantId},
        portal::WELCOME,
        secret::Secret,
        validate::{self, Fault, Why},
    },
    hosted::{SetUp, Whom},
    shell,
    text::Texts,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

/// May do everything in every tenant.
const ROLE: &str = "Global Administrator";
/// The longest name (Graph, displayName).
const NAME_MAX: usize = 256;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct First {
    token: String,
    name: String,
    address: String,
    password: Secret,
    /// Ticked, on a developer's own machine: elsewhere nobody is asked.
    enrol: Option<String>,
}

/// `GET /admin/setup?token=…`. Asking for it uses nothing up: a mail scanner may have been here first.
pub async fn page(State(state): State<AppState>, Tongue(texts): Tongue, Link(token): Link) -> Result<Response> {
    only_while_open(&state, &token).await?;
    let nothing = First { token, name: String::new(), address: String::new(), password: "".into(), enrol: None };
    show(&state, &texts, &nothing, &[]).await
}

/// `POST /admin/setup`.
pub async fn make(
    State(state): State<AppState>,
    caller: Caller,
    Tongue(texts): Tongue,
    Filled(filled): Filled<First>,
) -> Result<Response> {
    only_while_open(&state, &filled.token).await?;
    let (address, faults) = judge(&filled.name, &filled.address, &filled.password);
    let Some(address) = address.filter(|_| faults.is_empty()) else {
        let mut response = show(&state, &texts, &filled, &faults).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let password = state.hasher.hash(&filled.password).await?;
    let new = NewAccount {
        id: AccountId::from(state.chance.id()),
        user_flow: administration::flow_id(),
        name: NewName::Proved(address.clone()),
        password: Some(password),
        attributes: vec![("displayName".into(), filled.name.trim().into())],
    };
    let (hash, now) = (token::hash(&filled.token), state.clock.now());
    let must_enrol = filled.enrol.is_some() || !state.config.is_development();
    let offer = must_enrol.then(|| enrolment::prepare(&state, &new.id, now));
    let (enrolment, onward) = offer.unzip();
    let entry = Entry {
        address: caller.address.to_string(),
        after: Some(json!({ "displayName": filled.name.trim(), "mail": address, "role": ROLE })),
        ..administration::server_entry(&state.chance, now, "Add first administrator", Target::user(&new.id, &address))
    };
    state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                // Of two who use the link at once, one finds it used.
                set_up::close(c, &hash, &new.id, ROLE, now).await?;
                let tenant = TenantId::from(TENANT_ID);
                account::insert(c, &tenant, &new, now).await?;
                if let Some(enrolment) = &enrolment {
                    second_factor::offer(c, &tenant, enrolment).await?;
                }
                audit::insert(c, &tenant, &entry).await
            })
        })
        .await?;
    administration::forget_link(&state.config);
    tracing::info!("the first administrator was made");
    Ok(Redirect::to(onward.as_deref().unwrap_or(WELCOME)).into_response())
}

async fn only_while_open(state: &AppState, token: &str) -> Result<()> {
    let open = set_up::is_open(&state.db, &token::hash(token), state.clock.now()).await?;
    open.then_some(()).ok_or(Error::NotFound)
}

/// The address as it will be kept, and everything that is wrong.
pub fn judge(name: &str, address: &str, password: &Secret) -> (Option<String>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut fault = |field: &str, why| faults.push(Fault { field: field.into(), why });
    let (typed, name) = (address, name.trim());
    if name.is_empty() {
        fault("name", Why::Required);
    } else if name.chars().count() > NAME_MAX {
        fault("name", Why::TooLong { max: NAME_MAX as u16 });
    } else if name.chars().any(char::is_control) {
        fault("name", Why::Unprintable);
    }
    let address = validate::address(typed).map_err(|why| fault("address", why)).ok();
    let local_part = typed.split('@').next().unwrap_or_default();
    let judged = validate::new_password(password_rule(), password.reveal())
        .err()
        .or_else(|| popular::judge(password, &[local_part, name, "Portico"]));
    if let Some(why) = judged {
        fault("password", why);
    }
    (address, faults)
}

async fn show(state: &AppState, texts: &Texts, filled: &First, faults: &[Fault]) -> Result<Response> {
    let First { token, name, address, .. } = filled;
    drawn(state, texts, Shown { whom: Whom::First, path: "/admin/setup", token, name, address, faults }).await
}

/// What differs from one such page to the next.
pub struct Shown<'a> {
    pub whom: Whom,
    pub path: &'a str,
    pub token: &'a str,
    pub name: &'a str,
    pub address: &'a str,
    pub faults: &'a [Fault],
}

pub async fn drawn(state: &AppState, texts: &Texts, shown: Shown<'_>) -> Result<Response> {
    let tenant = tenant::get(&state.db, TENANT_ID).await?;
    let nonce = html::nonce(&state.chance);
    let Shown { whom, path, token, name, address, faults } = shown;
    let brand = &Brand { name: "Portico".into(), ..tenant.brand.clone() };
    let may_skip = whom == Whom::First && state.config.is_development();
    let page = SetUp { whom, brand, path, token, name, address, rule: password_rule(), may_skip, faults };
    let body = shell::set_up(&page, texts, assets::scripts(texts.language()), &nonce);
    Ok(html::document(body, nonce, Vec::new()))
}
