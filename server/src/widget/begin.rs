//! `POST /{tenant}/widget/{application}`: an authorization request from inside a page. It comes as a form, so that browsers
//! need not ask first, and is answered with the first page of its journey.

use super::{Embedding, shown::Shown, varies};
use crate::{
    administration::is_home,
    assets,
    client::{parameters::Parameters, place::Place},
    directory::user_flow,
    drive::{self, Holder, Visit},
    error::{Error, Refusal, Result},
    guard::Caller,
    journey::{self, Entry, show},
    request::{
        self, Prompt, RefreshRules,
        offered::Offered,
        response::{ResponseMode, Return},
        scope::Apis,
    },
    secret::token::Token,
    state::AppState,
    wishes,
};
use app::contract::journey::Path as Way;
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

const ONCE: [&str; 11] = [
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "login_hint",
    "ui_locales",
    "mkt",
    "p",
];

pub async fn begin(
    State(state): State<AppState>,
    Path((tenant, application)): Path<(String, String)>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    varies(match Embedding::find(&state, &tenant, &application, &headers).await {
        Ok(embedding) => embedding.lets_read(first(&state, &embedding, caller, &headers, &body).await),
        Err(error) => error.into_response(),
    })
}

async fn first(
    state: &AppState,
    embedding: &Embedding,
    caller: Caller,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response> {
    let Embedding { tenant, application, origin } = embedding;
    // Whoever administers needs a second factor, whose page is not drawn here.
    if is_home(&tenant.id) {
        return Err(Error::NotFound);
    }
    request::is_pushed_where_it_must(application, false)?;
    let asked = Parameters::of_form(headers, body)?;
    asked.once(&ONCE)?;
    // Nothing else proves who redeems the code (RFC 7636 §4.3).
    asked.required("code_challenge")?;
    let word = asked.get("state").map(str::to_owned);
    let to = Return { uri: origin.clone(), mode: ResponseMode::Query, popup: false, state: word };
    let place = Place::of_tenant(tenant.id.as_str());
    let place = asked.get("p").map_or(place.clone(), |flow| place.with_flow(flow));
    let named = place.named(&state.db, tenant).await?;
    let public_url = &state.config.public_url;
    let offered = Offered::to(application, asked.get("scope"), &state.db, &tenant.id, public_url).await?;
    let apis = Apis { application: &application.id, public_url, offered: &offered };
    let mut request = request::request(application, named.as_ref(), &to, &asked, apis)?;
    if !request.kept.response.is_code() {
        return Err(Refusal::new("unsupported_response_type", 70005, "The widget asks for a code.").into());
    }
    let flow = user_flow::get(&state.db, &tenant.id, &request.user_flow).await?;
    request.kept.refresh = RefreshRules::of(&flow.rules.tokens);
    let wished = if request.prompt == Prompt::Create { Way::SignUp } else { Way::SignIn };
    let entry = Entry {
        path: journey::begins(&flow, wished),
        language: wishes::language(&request.ui_locales, headers.get(header::ACCEPT_LANGUAGE)).into(),
        hint: request.login_hint,
        profile: None,
        known: None,
        // Who is asked to sign in here never left the application.
        can_cancel: journey::can_cancel(&flow, false),
        popup: false,
    };
    let token = Token::random(&state.chance);
    let grant = drive::new_grant(state, &application.id, &request.user_flow, token.hash(), &request.kept)?;
    let journey = drive::begin(state, &tenant.id, &caller, grant, entry).await?;
    let holder = Holder::Bearer(token.reveal().into());
    let visit = Visit::load(state, tenant.id.as_str(), &journey, holder, caller).await?;
    let step = show(&visit.setting(), &visit.journey, visit.now);
    let shown = Shown::of(state, &visit, step, token.reveal(), true).await?.with_style();
    Ok(assets::told_once(headers, serde_json::to_vec(&shown)?))
}
