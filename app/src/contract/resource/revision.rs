//! `/identity/authenticationEventsFlows/{id}/revisions`: what a flow was after each save. Not in Graph.

use super::{moment::Moment, user_flow::UserFlow};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Revision {
    /// Its number, as text.
    pub id: String,
    pub revision: i64,
    pub created_date_time: Moment,
    /// Who saved it; nobody where the server did.
    pub created_by: Option<String>,
    /// What they are called, as long as they are there.
    pub created_by_name: Option<String>,
    /// Whether the flow stands so now.
    pub is_current: bool,
    /// The flow as it was. Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<UserFlow>,
}

/// `…/revisions/{id}/diff?to={other}`: what changed, property by property.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Diff {
    pub from: i64,
    pub to: i64,
    pub changes: Vec<Change>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// `displayName`, `rules/lockout/tries`, `inputs/city/label`; `inputs` for which rows there are, in their order.
    pub path: String,
    /// JSON as text. Nothing where it came.
    pub before: Option<String>,
    /// JSON as text. Nothing where it went.
    pub after: Option<String>,
}
