//! What went wrong, dressed for Graph's clients: their error object, with the words under which both logs know the request.

use super::answer::Traces;
use crate::{
    error::{Error, Flaw},
    possession,
    state::AppState,
};
use app::contract::resource::{
    moment::Moment,
    problem::{Detail, Fault, Inner, Problem},
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub async fn not_found() -> Error {
    Error::NotFound
}

pub async fn method_not_allowed() -> Error {
    Error::MethodNotAllowed
}

/// The layer around the whole face.
pub async fn dress(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let traces = Traces::of(&request);
    let from_a_page = request.headers().contains_key(header::ORIGIN);
    let bare = next.run(request).await;
    let mut response = match bare.extensions().get::<Arc<Error>>().cloned() {
        Some(error) => told(&state, &error, &traces),
        None => bare,
    };
    traces.sign(response.headers_mut());
    // No cookie opens anything here: a page elsewhere reads what its own token is worth, and nothing else.
    if from_a_page {
        let readable = "client-request-id, dpop-nonce, etag, location, request-id, retry-after, www-authenticate";
        for (name, value) in
            [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::ACCESS_CONTROL_EXPOSE_HEADERS, readable)]
        {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    // RFC 9111 §5.2.2.5: what a tenant's directory holds is kept by nobody between us and who asked.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn told(state: &AppState, error: &Error, traces: &Traces) -> Response {
    let status = error.status();
    match status.is_server_error() {
        true => tracing::error!(%error, "a management request failed"),
        false => tracing::info!(%error, "a management request was refused"),
    }
    let (code, message) = words(error);
    let details = match error {
        Error::Invalid(flaws) => flaws.iter().map(detail).collect(),
        _ => Vec::new(),
    };
    let inner_error = Inner {
        date: Moment(state.clock.now()),
        request_id: traces.request.clone(),
        client_request_id: traces.client.clone(),
    };
    let problem = Problem { error: Fault { code: code.into(), message, details, inner_error } };
    let mut response = (status, Json(problem)).into_response();
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    possession::challenge(state, error, response.headers_mut());
    response
}

fn detail(flaw: &Flaw) -> Detail {
    Detail { code: "InvalidProperty".into(), message: flaw.message.clone(), target: Some(flaw.target.clone()) }
}

/// Graph's code, and a sentence for whoever reads it.
fn words(error: &Error) -> (&'static str, String) {
    match error {
        Error::NotFound => ("Request_ResourceNotFound", "There is no such resource in this tenant.".into()),
        Error::Refused(refusal) if refusal.error == "invalid_token" => {
            ("InvalidAuthenticationToken", refusal.description.clone())
        }
        Error::Unproved(refusal) => ("InvalidAuthenticationToken", refusal.description.clone()),
        Error::Refused(refusal) => ("Authorization_RequestDenied", refusal.description.clone()),
        Error::Forged(_) => ("Authorization_RequestDenied", "The request did not come from our page.".into()),
        Error::BadRequest(why) | Error::BadApplicationRequest(why) => ("Request_BadRequest", why.clone()),
        Error::Invalid(flaws) => {
            let message = flaws.iter().map(|flaw| flaw.message.as_str()).collect::<Vec<_>>().join(" ");
            ("Request_BadRequest", message)
        }
        Error::MethodNotAllowed => {
            ("Request_MethodNotAllowed", "The resource is there, but it does not take this method.".into())
        }
        Error::UnsupportedMediaType => {
            ("Request_UnsupportedMediaType", "The body is JSON: send it as application/json.".into())
        }
        Error::NotAcceptable => ("Request_NotAcceptable", "The answer is JSON: accept application/json.".into()),
        Error::Taken => (
            "Request_MultipleObjectsWithSameKeyValue",
            "Another one of this name is there already. Please choose another name.".into(),
        ),
        Error::There(why) => ("Request_MultipleObjectsWithSameKeyValue", (*why).into()),
        Error::Stale | Error::Changed => (
            "resourceModified",
            "Somebody else has changed it meanwhile. Please read it again and repeat the change.".into(),
        ),
        Error::TooMany { .. } => ("activityLimitReached", "There are too many requests. Please wait.".into()),
        Error::Busy => ("serviceNotAvailable", "The server is busy. Please try again in a moment.".into()),
        Error::JourneyOver => ("itemNotFound", "It is over.".into()),
        Error::Database(_) | Error::Internal(_) => {
            ("generalException", "Something failed on our side. It was noted under the request id.".into())
        }
    }
}
