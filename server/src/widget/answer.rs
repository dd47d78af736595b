//! `POST /{tenant}/widget/{application}/{journey}`: an answer to the present page, or the bare token of who wants to see it.

use super::{Embedding, shown::Shown, varies};
use crate::{
    client::place,
    directory::grant::Outcome,
    drive::{self, Carried, Visit},
    error::{Error, Result},
    guard::Caller,
    journey::show,
    request::Kept,
    state::AppState,
};
use app::contract::{
    id::JourneyId,
    journey::{Answer, Pairs, Step},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

pub async fn answer(
    State(state): State<AppState>,
    Path((tenant, application, journey)): Path<(String, String, JourneyId)>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    varies(match Embedding::find(&state, &tenant, &application, &headers).await {
        Ok(embedding) => embedding.lets_read(heard(&state, &embedding, &journey, caller, &body).await),
        Err(error) => error.into_response(),
    })
}

async fn heard(
    state: &AppState,
    embedding: &Embedding,
    journey: &JourneyId,
    caller: Caller,
    body: &[u8],
) -> Result<Response> {
    let pairs: Pairs = url::form_urlencoded::parse(body).into_owned().collect();
    let hearing = state.hearings.of(journey).await;
    let shown = match &pairs[..] {
        // Who asks for nothing sees where the journey stands; whole, who has nothing on the screen.
        [(name, token), whole @ ..] if name == "token" && whole.iter().all(|(name, _)| name == "whole") => {
            let Carried { visit, secret, .. } = open(state, embedding, journey, caller, token).await?;
            let step = show(&visit.setting(), &visit.journey, visit.now);
            Shown::of(state, &visit, step, secret.reveal(), !whole.is_empty()).await?
        }
        _ => {
            let (answer, token) =
                Answer::read(pairs).map_err(|why| Error::BadRequest(format!("the answer cannot be read: {why:?}")))?;
            let carried = open(state, embedding, journey, caller, &token).await?;
            let state = state.clone();
            drive::to_its_end(hearing, answer, |answer| next(state, carried, answer)).await?
        }
    };
    Ok(Json(shown).into_response())
}

/// Of another application's page it is nobody's journey.
pub(super) async fn open(
    state: &AppState,
    embedding: &Embedding,
    journey: &JourneyId,
    caller: Caller,
    token: &str,
) -> Result<Carried> {
    let carried = Carried::open(state, &embedding.tenant.id, journey, token.into(), caller).await?;
    match carried.visit.application.id == embedding.application.id && carried.visit.row.finished_at.is_none() {
        true => Ok(carried),
        false => Err(Error::JourneyOver),
    }
}

async fn next(state: AppState, carried: Carried, answer: Answer) -> Result<Shown> {
    let Carried { mut visit, secret, is_present } = carried;
    if !is_present {
        let step = show(&visit.setting(), &visit.journey, visit.now);
        return Shown::of(&state, &visit, step, secret.reveal(), false).await;
    }
    visit.refuse_foreign_attributes(&answer)?;
    let before = show(&visit.setting(), &visit.journey, visit.now);
    let is_drawn = matches!(answer, Answer::Language { .. }) || before == Step::SecondFactor;
    let step = drive::drive(&state, &mut visit, answer).await?.step;
    if let Step::Done { .. } = step {
        let location = concluded(&state, &visit).await?;
        return Shown::of(&state, &visit, Step::Done { location }, secret.reveal(), false).await;
    }
    let follows = drive::hand_over(&state, &visit, &secret).await?;
    Shown::of(&state, &visit, step, follows.reveal(), is_drawn).await
}

/// Where the page would be sent if it were: its own origin, with the code.
async fn concluded(state: &AppState, visit: &Visit) -> Result<String> {
    let (code, given) = drive::issue_code(state, visit, drive::CODE_LIFETIME).await?;
    let kept: Kept = serde_json::from_str(&given.request)?;
    let mut location = url::Url::parse(&kept.to.uri).map_err(|_| Error::JourneyOver)?;
    let mut pairs = location.query_pairs_mut();
    match given.outcome {
        Some(Outcome::SignedIn { .. }) => pairs.append_pair("code", code.reveal()),
        _ => pairs.append_pair("error", "access_denied"),
    };
    if let Some(word) = &kept.to.state {
        pairs.append_pair("state", word);
    }
    let flow_name = kept.flow_name.as_deref();
    pairs.append_pair("iss", &place::issuer(&state.config.public_url, &visit.tenant.id, &visit.flow, flow_name));
    drop(pairs);
    Ok(location.into())
}
