//! What went wrong, dressed for applications: RFC 6749 §5.2 in Entra's shape. Always JSON, never a redirect or a page:
//! clients stop for a minute at anything else.

use super::{
    cors, error_number,
    parameters::Parameters,
    place::Place,
    tongue::{Tongue, moment},
};
use crate::{
    config::Config,
    error::{Error, Refusal, WRONG_VERB},
    guard::Caller,
    state::AppState,
};
use app::contract::time::Timestamp;
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: &'a str,
    correlation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_uri: Option<String>,
    /// What only some faces tell besides.
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// Under which the log of both sides knows the request.
pub struct Traces {
    trace: String,
    correlation: String,
    at: Timestamp,
    tongue: Tongue,
    config: Arc<Config>,
}

impl Traces {
    pub fn new(state: &AppState, caller: &Caller, headers: &HeaderMap, asked: &Parameters) -> Self {
        let named = headers.get("client-request-id").and_then(|value| value.to_str().ok());
        let named = named.or(asked.get("client-request-id")).filter(|id| uuid::Uuid::try_parse(id).is_ok());
        let trace = caller.trace.clone();
        let correlation = named.map_or_else(|| trace.clone(), str::to_owned);
        Self { correlation, trace, at: state.clock.now(), tongue: Tongue::Entra, config: state.config.clone() }
    }

    pub fn in_tongue(self, tongue: Tongue) -> Self {
        Self { tongue, ..self }
    }

    /// What the application calls the request, or what we call it.
    pub fn correlation(&self) -> &str {
        &self.correlation
    }
}

/// The layer around what applications call: what is refused before it reaches them is told in the same words.
pub async fn dress(
    State(state): State<AppState>,
    place: Place,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let asked = Parameters::of_query(request.uri().query());
    let traces = Traces::new(&state, &caller, request.headers(), &asked).in_tongue(place.tongue());
    let bare = next.run(request).await;
    match bare.extensions().get::<Arc<Error>>().cloned() {
        Some(error) => cors::allow_everybody(json(&error, &traces)),
        None => bare,
    }
}

/// Where an address is called by a verb that it does not know. All of them know POST; the router says in `Allow` what else
/// (RFC 9110 §15.5.6).
pub async fn wrong_verb(State(state): State<AppState>, place: Place, caller: Caller, request: Request) -> Response {
    let asked = Parameters::of_query(request.uri().query());
    let traces = Traces::new(&state, &caller, request.headers(), &asked).in_tongue(place.tongue());
    let why = format!("The endpoint accepts POST requests. Received a {} request.", request.method());
    cors::allow_everybody(json(&Refusal::new("invalid_request", WRONG_VERB, why).into(), &traces))
}

pub fn json(error: &Error, traces: &Traces) -> Response {
    json_with(error, traces, Map::new())
}

pub fn json_with(error: &Error, traces: &Traces, more: Map<String, Value>) -> Response {
    let refusal = refusal(error);
    // A tenant that is not there is a fault in the request like any other.
    let status = if matches!(error, Error::NotFound) { StatusCode::BAD_REQUEST } else { error.status() };
    match status.is_server_error() {
        true => tracing::error!(%error, "a token request failed"),
        false => tracing::info!(%error, number = refusal.number, "refused"),
    }
    let (trace, correlation, timestamp) = (&traces.trace, &traces.correlation, moment(traces.at));
    let body = Body {
        error: refusal.error,
        // RFC 6749 §5.2 keeps line ends and quotes out of it, so the lines of Entra's are sentences here.
        error_description: format!(
            "{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
            traces.tongue.code(refusal.number),
            refusal.description
        ),
        error_codes: [refusal.number],
        timestamp: timestamp.clone(),
        trace_id: trace,
        correlation_id: correlation,
        error_uri: error_number::address(&traces.config.public_url, traces.tongue, refusal.number),
        more,
    };
    let mut response = (status, NO_STORE, Json(body)).into_response();
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// RFC 6749 §5.1.
pub const NO_STORE: [(header::HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
];

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::Refused(refusal) | Error::Unproved(refusal) => refusal.clone(),
        Error::NotFound => Refusal::new("invalid_request", 90002, "There is no such tenant."),
        Error::TooMany { .. } => {
            Refusal::new("temporarily_unavailable", 90055, "There are too many requests. Please wait.")
        }
        Error::Busy | Error::Stale | Error::Changed => {
            Refusal::new("temporarily_unavailable", 90033, "The service is busy. Please try again.")
        }
        Error::Forged(_)
        | Error::JourneyOver
        | Error::BadRequest(_)
        | Error::BadApplicationRequest(_)
        | Error::Invalid(_)
        | Error::MethodNotAllowed
        | Error::UnsupportedMediaType
        | Error::NotAcceptable
        | Error::Taken
        | Error::There(_) => Refusal::new("invalid_request", 90013, "The request cannot be read."),
        Error::Database(_) | Error::Internal(_) => {
            Refusal::new("server_error", 90033, "Something failed on our side. It was noted under the trace id.")
        }
    }
}

/// RFC 6749 §5.2: who tried a header is told which one to try.
pub fn with_challenge(mut response: Response, challenge: &'static str) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}
