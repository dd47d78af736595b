//! `POST /{tenant}/widget/{application}/{journey}`: an answer to the present page, or the bare token of who wants to see it.

use super::{Embedding, shown::Shown, varies};
use crate::{
    client::place,
    directory::{
        Durability, grant,
        grant::{Code, Outcome},
        journey as journeys,
    },
    drive::{self, Holder, Visit},
    error::{Error, Result},
    guard::Caller,
    journey::show,
    request::Kept,
    secret::token::{self, Token},
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
use std::time::Duration;

/// From the end of the journey to the token endpoint (security R28).
const CODE_LIFETIME: Duration = Duration::from_secs(60);

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
            let (visit, token, _) = open(state, embedding, journey, caller, token).await?;
            let step = show(&visit.setting(), &visit.journey, visit.now);
            Shown::of(state, &visit, step, &token, !whole.is_empty()).await?
        }
        _ => {
            let (answer, token) =
                Answer::read(pairs).map_err(|why| Error::BadRequest(format!("the answer cannot be read: {why:?}")))?;
            let (visit, token, is_present) = open(state, embedding, journey, caller, &token).await?;
            match answer {
                Answer::Code { .. } => {
                    let state = state.clone();
                    let shown = async move { next(&state, visit, answer, token, is_present).await };
                    drive::to_its_end(hearing, shown).await?
                }
                answer => next(state, visit, answer, token, is_present).await?,
            }
        }
    };
    Ok(Json(shown).into_response())
}

/// The journey that the token opens. Each answer that counts replaces the token. The one before it opens the journey once
/// more, for somebody whom the last page did not reach: they are shown where they are, and what they answered does not count
/// again. Every older one opens nothing.
pub(super) async fn open(
    state: &AppState,
    embedding: &Embedding,
    journey: &JourneyId,
    caller: Caller,
    token: &str,
) -> Result<(Visit, String, bool)> {
    let tenant = embedding.tenant.id.as_str();
    let mut last = Err(Error::JourneyOver);
    for (token, is_present) in [(token.to_owned(), true), (drive::successor(state, journey, token), false)] {
        let holder = Holder::Bearer(token.as_str().into());
        last =
            Visit::load(state, tenant, journey, holder, caller.clone()).await.map(|visit| (visit, token, is_present));
        if !matches!(last, Err(Error::JourneyOver)) {
            break;
        }
    }
    // Of another application's page it is nobody's journey.
    last.and_then(|opened| {
        match opened.0.application.id == embedding.application.id && opened.0.row.finished_at.is_none() {
            true => Ok(opened),
            false => Err(Error::JourneyOver),
        }
    })
}

async fn next(state: &AppState, mut visit: Visit, answer: Answer, token: String, is_present: bool) -> Result<Shown> {
    if !is_present {
        let step = show(&visit.setting(), &visit.journey, visit.now);
        return Shown::of(state, &visit, step, &token, false).await;
    }
    visit.refuse_foreign_attributes(&answer)?;
    let before = show(&visit.setting(), &visit.journey, visit.now);
    let is_drawn = matches!(answer, Answer::Language { .. }) || before == Step::SecondFactor;
    let step = drive::drive(state, &mut visit, answer).await?.step;
    if let Step::Done { .. } = step {
        let location = concluded(state, &visit).await?;
        return Shown::of(state, &visit, Step::Done { location }, &token, false).await;
    }
    let follows = drive::successor(state, &visit.row.id, &token);
    let (tenant, id, hash) = (visit.tenant.id.clone(), visit.row.id.clone(), token::hash(&follows));
    let hand_over = state.db.write(Durability::Fleeting, move |c| {
        Box::pin(async move { journeys::hand_over(c, &tenant, &id, &hash).await })
    });
    hand_over.await?;
    Shown::of(state, &visit, step, &follows, is_drawn).await
}

/// Where the page would be sent if it were: its own origin, with the code.
async fn concluded(state: &AppState, visit: &Visit) -> Result<String> {
    let found = grant::find(&state.db, &visit.tenant.id, &visit.row.grant).await?.ok_or(Error::JourneyOver)?;
    let code = Token::random(&state.chance);
    let issued = Code { hash: code.hash(), expires_at: visit.now + CODE_LIFETIME };
    let given = grant::issue_code(&state.db, &visit.tenant.id, &found.id, &found.browser, issued, visit.now).await?;
    let given = given.ok_or(Error::JourneyOver)?;
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
