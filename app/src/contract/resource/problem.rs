//! What went wrong, in Graph's words.

use super::moment::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    pub error: Fault,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// `Request_BadRequest`, `Authorization_RequestDenied` …
    pub code: String,
    /// A sentence for the administrator: what is wrong and what to do.
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    #[serde(default)]
    pub inner_error: Inner,
}

/// One fault of several, and the property it is about: `inputs[2].options`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Detail {
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub target: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Inner {
    pub date: Moment,
    /// What the log has under the same word.
    pub request_id: String,
    pub client_request_id: String,
}
