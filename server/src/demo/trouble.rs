//! What can go wrong on the way to a sign-in, and how the shop tells it.

use super::page;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

pub enum Trouble {
    Cancelled,
    /// The browser comes back without having left, or for the second time.
    Lost,
    /// The provider said no, in its own words.
    Refused {
        error: String,
        description: String,
    },
    /// What came is not what the protocol promises.
    Distrusted(String),
    Unreachable(String),
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, heading, lead, details) = match self {
            Trouble::Cancelled => (
                StatusCode::OK,
                "You cancelled the sign-in",
                "That is fine: nothing was changed. Come back whenever you like.",
                Vec::new(),
            ),
            Trouble::Lost => (
                StatusCode::BAD_REQUEST,
                "Let’s start that again",
                "This sign-in was finished already, or began in another window.",
                Vec::new(),
            ),
            Trouble::Refused { error, description } => (
                StatusCode::BAD_REQUEST,
                "You were not signed in",
                "The sign-in ended with an error. This is what we were told:",
                vec![("error", error), ("error_description", description)],
            ),
            Trouble::Distrusted(why) => (
                StatusCode::BAD_GATEWAY,
                "We could not trust the answer",
                "Somebody answered for the sign-in service in a way that we don’t accept, so nobody was signed in.",
                vec![("reason", why)],
            ),
            Trouble::Unreachable(why) => (
                StatusCode::BAD_GATEWAY,
                "We could not reach the sign-in service",
                "It may be starting, or its public address may not lead here. Try again in a moment.",
                vec![("reason", why)],
            ),
        };
        let details = details.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        (status, page::trouble(heading, lead, details)).into_response()
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        Trouble::Unreachable(error.to_string())
    }
}

impl From<jsonwebtoken::errors::Error> for Trouble {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        Trouble::Distrusted(format!("The ID token does not hold: {error}."))
    }
}
