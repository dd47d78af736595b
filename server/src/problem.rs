//! How people are told what went wrong: a page, or a problem document for our own pages' scripts.

use crate::{assets, error::Error, guard::Caller, html, state::AppState};
use app::{contract::problem::Problem, shell, text};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// The layer around everything that people see.
pub async fn dress(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let trace = request.extensions().get::<Caller>().map(|caller| caller.trace.clone()).unwrap_or_default();
    let bare = next.run(request).await;
    match bare.extensions().get::<Arc<Error>>().cloned() {
        Some(error) => told(&state, &error, &trace, &headers, bare),
        None => bare,
    }
}

/// What no route answers.
pub async fn not_found() -> Error {
    Error::NotFound
}

fn told(state: &AppState, error: &Error, trace: &str, headers: &HeaderMap, bare: Response) -> Response {
    if error.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(trace = trace, %error, "a request failed");
    } else {
        tracing::info!(trace = trace, %error, "a request was refused");
    }
    let problem = Problem { status: error.status().as_u16(), kind: error.kind(), trace: trace.into() };
    let accept = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut told = if accept(header::ACCEPT).starts_with("application/json") {
        Json(&problem).into_response()
    } else {
        let language = text::choose(text::accept_language(accept(header::ACCEPT_LANGUAGE)).into_iter());
        let nonce = html::nonce(&state.chance);
        let scripts = assets::scripts(language);
        let body = shell::problem(&problem, None, &text::texts(language), scripts, &nonce);
        html::document(body, nonce, Vec::new())
    };
    *told.status_mut() = bare.status();
    for (name, value) in bare.headers() {
        if *name == header::RETRY_AFTER || *name == header::SET_COOKIE {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}
