//! The development mailbox: every mail that the server would send, on one page, as soon as it is written.

mod page;

use crate::{
    directory::outbox::{self, Kept},
    error::{Error, Result},
    mail::compose::Letter,
    state::AppState,
};
use app::contract::{secret::Secret, time::Timestamp};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{
        Html, IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::time::{self, Instant};

/// More than anybody reads. The outbox forgets a mail when its code dies.
const LETTERS: i64 = 100;

const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Browsers come back by themselves; a server that stops does not wait long for them.
const LIVE_FOR: Duration = Duration::from_secs(5);
const COME_BACK_AFTER: Duration = Duration::from_millis(100);

const SCRIPT: &str = include_str!("mailbox/live.js");

/// What somebody else wrote is shown in a frame of its own, where nothing runs and nothing is fetched.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                             frame-ancestors 'self'; sandbox";

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/dev/mail", get(every_letter))
        .route("/dev/mail/live", get(live))
        .route("/dev/mail/live.js", get(script))
        .route("/dev/mail/latest", get(latest))
        .route("/dev/mail/letters/{id}", get(letter))
}

/// A letter and when it was written.
struct Mail {
    id: String,
    at: Timestamp,
    letter: Letter,
}

async fn every_letter(State(state): State<AppState>) -> Result<Response> {
    let kept = outbox::newest(&state.db, LETTERS).await?;
    let mails = kept.into_iter().map(|kept| open(&state, kept)).collect::<Result<Vec<_>>>()?;
    Ok(page::mailbox(mails))
}

/// The HTML of one letter, for the frame.
async fn letter(State(state): State<AppState>, Path(id): Path<String>) -> Result<Response> {
    let kept = outbox::newest(&state.db, LETTERS).await?.into_iter().find(|kept| kept.id == id);
    let mail = open(&state, kept.ok_or(Error::NotFound)?)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, LETTER_POLICY)], Html(mail.letter.html)).into_response())
}

#[derive(Deserialize)]
struct Latest {
    to: String,
}

/// The newest letter for an address, for tests and tools.
async fn latest(State(state): State<AppState>, Query(Latest { to }): Query<Latest>) -> Result<Response> {
    let Some(kept) = outbox::latest_to(&state.db, &to).await? else {
        return Ok((StatusCode::NOT_FOUND, Json(json!({ "error": "no mail for this address" }))).into_response());
    };
    let Mail { at, letter, .. } = open(&state, kept)?;
    let code = letter.code.as_ref().map(Secret::reveal);
    let told = json!({ "to": letter.to, "at": at, "subject": letter.subject, "text": letter.text, "code": code });
    Ok(Json(told).into_response())
}

/// Tells the id of the newest letter: at once, and whenever there is a newer one.
async fn live(State(state): State<AppState>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let end = Instant::now() + LIVE_FOR;
    let ids = stream::unfold(None::<String>, move |told| {
        let state = state.clone();
        async move {
            loop {
                let newest = newest_id(&state).await;
                if told.as_ref() != Some(&newest) {
                    return Some((newest.clone(), Some(newest)));
                }
                if Instant::now() >= end {
                    return None;
                }
                time::sleep(LOOK_EVERY).await;
            }
        }
    });
    Sse::new(ids.map(|id| Ok(Event::default().retry(COME_BACK_AFTER).data(id))))
}

/// Empty where there is none, or where the database cannot be asked just now: the next look will tell.
async fn newest_id(state: &AppState) -> String {
    let newest = outbox::newest(&state.db, 1).await.unwrap_or_default();
    newest.into_iter().next().map(|kept| kept.id).unwrap_or_default()
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

fn open(state: &AppState, kept: Kept) -> Result<Mail> {
    let plain = state.seal.open(&outbox::context(&kept.tenant, &kept.id), &kept.sealed)?;
    Ok(Mail { id: kept.id, at: kept.at, letter: serde_json::from_slice(&plain)? })
}

#[cfg(test)]
mod tests;
