//! What went wrong, with what only these applications read: a suberror, a token to go on with, attributes.

use crate::error::{Error, Refusal};
use axum::http::StatusCode;
use serde_json::{Map, Value};

pub struct Trouble {
    pub error: Error,
    pub more: Map<String, Value>,
}

impl Trouble {
    pub fn new(error: &'static str, number: u32, why: impl Into<String>) -> Self {
        Refusal::new(error, number, why).into()
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.into(), value.into());
        self
    }

    pub fn suberror(self, word: &str) -> Self {
        self.with("suberror", word)
    }

    /// Whether it was the answer that would not do.
    pub fn is_refusal(&self) -> bool {
        matches!(self.error, Error::Refused(_))
    }

    /// Their clients know 400 for whatever they can mend.
    pub fn status(&self, usual: StatusCode) -> StatusCode {
        match usual {
            StatusCode::UNAUTHORIZED => StatusCode::BAD_REQUEST,
            usual => usual,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::JourneyOver => expired(),
            error => Self { error, more: Map::new() },
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Error::from(refusal).into()
    }
}

/// It was a token of ours; it is not the newest, or its time is over.
pub fn expired() -> Trouble {
    Trouble::new("expired_token", 552_003, "The continuation_token has expired. Begin again.")
}

/// It is none, or of another application or way.
pub fn invalid_token() -> Trouble {
    Trouble::new("invalid_request", 55200, "The continuation_token is not valid here.")
}

pub fn out_of_order(why: &str) -> Trouble {
    Trouble::new("invalid_request", 90100, why)
}
