//! The one error document of pages and their JSON: what went wrong, and what to do next.

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    pub status: u16,
    pub kind: ProblemKind,
    /// What the log has under the same word; told to whoever helps.
    pub trace: String,
}

/// What a person can be told; the words are in `text`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProblemKind {
    /// Nothing lives at this address.
    NotFound,
    /// The application's request cannot be honoured, and it is not safe to send the person back to it.
    BadApplicationRequest,
    /// A form of ours that did not come from our page.
    Forged,
    /// The journey is over, too old, or began in another browser.
    JourneyOver,
    BadRequest,
    TooMany,
    Busy,
    Internal,
}
