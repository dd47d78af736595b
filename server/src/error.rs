//! What can go wrong, one status table, one dress per face.

use app::contract::problem::ProblemKind;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not found")]
    NotFound,
    /// A form that did not come from our page; says which proof was missing (security R20).
    #[error("forged: {0}")]
    Forged(&'static str),
    #[error("the journey is over, expired, or belongs to another browser")]
    JourneyOver,
    #[error("bad request: {0}")]
    BadRequest(String),
    /// An application's mistake that must not be answered by a redirect (RFC 6749 §4.1.2.1).
    #[error("bad application request: {0}")]
    BadApplicationRequest(String),
    /// An application's mistake that is answered in the protocol's own words.
    #[error("{}: {}", .0.error, .0.description)]
    Refused(Refusal),
    /// A call that does not show that its token is its own (RFC 9449 §7.1).
    #[error("{}: {}", .0.error, .0.description)]
    Unproved(Refusal),
    #[error("too many requests")]
    TooMany { retry_after: Duration },
    #[error("busy")]
    Busy,
    /// Somebody else saved first.
    #[error("stale")]
    Stale,
    /// A name that must be unique is in use.
    #[error("taken")]
    Taken,
    /// There is one of it, and there can be but one; the sentence says how that one is changed.
    #[error("there already: {0}")]
    There(&'static str),
    /// What was sent breaks rules; each fault says which.
    #[error("invalid: {0:?}")]
    Invalid(Vec<Flaw>),
    /// It is no longer as the request says that it is (RFC 9110 §13.1.1).
    #[error("changed since")]
    Changed,
    /// It lives here, but not by this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// It is not in a form that we read.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// The answer would not be in a form that is wanted.
    #[error("not acceptable")]
    NotAcceptable,
    #[error("database: {0}")]
    Database(sqlx::Error),
    #[error("{0}")]
    Internal(String),
}

/// One fault in what an administrator or a script sent, and the property that it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// `onAttributeCollection/attributeCollectionPage/views/0/inputs/2/options`
    pub target: String,
    /// A sentence: what is wrong and what would be right.
    pub message: String,
}

impl Flaw {
    pub fn new(target: impl Into<String>, message: impl Into<String>) -> Self {
        Self { target: target.into(), message: message.into() }
    }
}

impl From<Flaw> for Error {
    fn from(flaw: Flaw) -> Self {
        Error::Invalid(vec![flaw])
    }
}

/// Entra's number of a call by another verb than its endpoint takes.
pub const WRONG_VERB: u32 = 900_561;

/// An OAuth error (RFC 6749 §5.2) with the number by which Entra's clients know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub error: &'static str,
    /// `AADSTS` number.
    pub number: u32,
    pub description: String,
}

impl Refusal {
    pub fn new(error: &'static str, number: u32, description: impl Into<String>) -> Self {
        Self { error, number, description: description.into() }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::Refused(refusal)
    }
}

impl From<sqlx::Error> for Error {
    /// Whoever found no connection in time may come again (fault F6). A text that PostgreSQL cannot keep (it has a zero
    /// byte in it, which SQLite would keep) was in the request.
    fn from(error: sqlx::Error) -> Self {
        const CHARACTER_NOT_IN_REPERTOIRE: &str = "22021";
        match error {
            sqlx::Error::PoolTimedOut => Error::Busy,
            sqlx::Error::Database(told) if told.code().as_deref() == Some(CHARACTER_NOT_IN_REPERTOIRE) => {
                Error::BadRequest("a character that is none".into())
            }
            error => Error::Database(error),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::Internal(format!("json: {error}"))
    }
}

impl Error {
    /// The status table.
    pub fn status(&self) -> StatusCode {
        match self {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Forged(_) => StatusCode::FORBIDDEN,
            Error::JourneyOver => StatusCode::GONE,
            Error::BadRequest(_) | Error::BadApplicationRequest(_) | Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::Changed => StatusCode::PRECONDITION_FAILED,
            Error::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Error::Refused(refusal) if refusal.number == WRONG_VERB => StatusCode::METHOD_NOT_ALLOWED,
            Error::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            // RFC 6749 §5.2: a client that could not prove itself gets 401, every other refusal 400.
            Error::Refused(refusal) if refusal.error == "invalid_client" => StatusCode::UNAUTHORIZED,
            // RFC 6750 §3.1.
            Error::Refused(refusal) if refusal.error == "invalid_token" => StatusCode::UNAUTHORIZED,
            Error::Refused(refusal) if refusal.error == "insufficient_scope" => StatusCode::FORBIDDEN,
            Error::Refused(_) => StatusCode::BAD_REQUEST,
            Error::Unproved(_) => StatusCode::UNAUTHORIZED,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Error::Stale | Error::Taken | Error::There(_) => StatusCode::CONFLICT,
            Error::Database(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a person is told.
    pub fn kind(&self) -> ProblemKind {
        match self {
            Error::NotFound => ProblemKind::NotFound,
            Error::Forged(_) => ProblemKind::Forged,
            Error::JourneyOver => ProblemKind::JourneyOver,
            Error::BadRequest(_)
            | Error::Taken
            | Error::There(_)
            | Error::Invalid(_)
            | Error::MethodNotAllowed
            | Error::UnsupportedMediaType
            | Error::NotAcceptable => ProblemKind::BadRequest,
            Error::BadApplicationRequest(_) | Error::Refused(_) | Error::Unproved(_) => {
                ProblemKind::BadApplicationRequest
            }
            Error::TooMany { .. } => ProblemKind::TooMany,
            Error::Busy | Error::Stale | Error::Changed => ProblemKind::Busy,
            Error::Database(_) | Error::Internal(_) => ProblemKind::Internal,
        }
    }

    /// Seconds after which trying again makes sense.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Error::TooMany { retry_after } => Some(retry_after.as_secs().max(1)),
            Error::Busy | Error::Stale => Some(1),
            _ => None,
        }
    }
}

/// Status and nothing to read: the layer of the face that was asked puts the words on (`problem` for people).
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
