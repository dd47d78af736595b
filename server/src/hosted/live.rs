//! GET: tells an attribute page that its layout was saved anew, for as long as it is open (server-sent events).

use crate::{
    drive::{Holder, Visit},
    error::{Error, Result},
    guard::Caller,
    news,
    state::AppState,
};
use app::contract::id::JourneyId;
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Shown {
    /// Of the layout that the page shows.
    revision: i64,
}

/// Only for the browser in which the journey began.
pub async fn live(
    State(state): State<AppState>,
    Path((tenant, journey)): Path<(String, JourneyId)>,
    Query(Shown { revision }): Query<Shown>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    match Visit::load(&state, &tenant, &journey, Holder::Browser(headers), caller).await {
        Err(Error::JourneyOver) => Ok(news::none()),
        loaded => news::of(&state, &loaded?, revision),
    }
}
