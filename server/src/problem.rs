//! How people are told what went wrong: a page, or a problem document for our own pages' scripts.

mod whence;

use crate::{assets, error::Error, guard::Caller, html, state::AppState, wishes};
use app::{contract::problem::Problem, shell, text};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;
pub use whence::home;

/// The layer around everything that people see.
pub async fn dress(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let bare = next.run(request).await;
    match bare.extensions().get::<Arc<Error>>().cloned() {
        Some(error) => told(&state, &error, &asked, bare).await,
        None => bare,
    }
}

/// What no route answers.
pub async fn not_found() -> Error {
    Error::NotFound
}

/// What decides how a problem is told. Cheap to take along with every request.
struct Asked {
    trace: String,
    uri: Uri,
    json: bool,
    accept_language: Option<HeaderValue>,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        Asked {
            trace: request.extensions().get::<Caller>().map(|caller| caller.trace.clone()).unwrap_or_default(),
            uri: request.uri().clone(),
            json: wishes::wants_json(request.headers()),
            accept_language: request.headers().get(header::ACCEPT_LANGUAGE).cloned(),
        }
    }
}

/// What whoever refused said besides. (A page elsewhere that may read answers may read this one too.)
const KEPT: [HeaderName; 4] =
    [header::RETRY_AFTER, header::SET_COOKIE, header::ACCESS_CONTROL_ALLOW_ORIGIN, header::VARY];

async fn told(state: &AppState, error: &Error, asked: &Asked, bare: Response) -> Response {
    let trace = &asked.trace;
    if error.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(trace, %error, "a request failed");
    } else {
        tracing::info!(trace, %error, "a request was refused");
    }
    let problem = Problem { status: error.status().as_u16(), kind: error.kind(), trace: trace.clone() };
    let mut told = if asked.json {
        Json(&problem).into_response()
    } else {
        let language = wishes::language("", asked.accept_language.as_ref());
        let nonce = html::nonce(&state.chance);
        let whence = whence::whence(state, error, &asked.uri).await;
        let whence = whence.as_ref().map(whence::Whence::to_show);
        let body = shell::problem(&problem, whence, &text::texts(language), assets::scripts(language), &nonce);
        html::document(body, nonce, Vec::new())
    };
    *told.status_mut() = bare.status();
    for (name, value) in bare.headers() {
        if KEPT.contains(name) {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}
