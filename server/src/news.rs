//! The stream by which an open attribute page hears that its layout was saved anew, for as long as it is open (server-sent
//! events). The page itself is read again by whoever hears of it.

use crate::{drive::Visit, error::Result, journey::Stage, open_pages::OpenPage, state::AppState};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, sleep, sleep_until};

/// Less than a connection may be silent (serve.rs), and than a proxy usually allows.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// After this the browser comes again, and is asked again who it is and where its journey stands.
const LONGEST: Duration = Duration::from_secs(600);
/// Pages that lost their server come again within this many milliseconds, not all at once.
const SPREAD: u32 = 2000;

/// For a page that shows `revision`; only while the journey is at its attribute page.
pub fn of(state: &AppState, visit: &Visit, revision: i64) -> Result<Response> {
    if visit.row.finished_at.is_some() || !matches!(visit.journey.stage, Stage::Attributes { .. }) {
        return Ok(none());
    }
    let flow = (visit.tenant.id.clone(), visit.flow.id.clone());
    let page = state.open_pages.open(flow, visit.row.id.clone(), visit.flow.layout.revision)?;
    let retry = 1000 + state.chance.below(SPREAD);
    let ends = Instant::now() + LONGEST;
    let events = stream::unfold(Stream { page, revision, begun: false, retry, ends }, Stream::next);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // Proxies that collect an answer before they pass it on would keep it for ever.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(events)).into_response())
}

/// HTML, server-sent events, "reestablish the connection": a browser that gets this stays away.
pub fn none() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

struct Stream {
    page: OpenPage,
    /// The newest that the page knows of.
    revision: i64,
    begun: bool,
    retry: u32,
    ends: Instant,
}

impl Stream {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        // The first line goes out at once: it tells the browser that the stream stands.
        let said = match std::mem::replace(&mut self.begun, true) {
            false => format!("retry: {}\n\n", self.retry),
            true => tokio::select! {
                newest = self.page.newer_than(self.revision) => {
                    self.revision = newest;
                    format!("data: {newest}\n\n")
                }
                () = sleep(KEEP_ALIVE) => ":\n\n".into(),
                () = sleep_until(self.ends) => return None,
            },
        };
        Some((Ok(said.into()), self))
    }
}
