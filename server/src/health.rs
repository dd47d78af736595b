//! Whether this server lives, and whether it can work.

use crate::state::AppState;
use axum::{extract::State, http::StatusCode};

/// It answers: it lives.
pub async fn alive() -> &'static str {
    "alive"
}

/// Without its database it can do nothing for anybody.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.db.check().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}
