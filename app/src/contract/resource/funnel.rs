//! `/identity/authenticationEventsFlows/{id}/funnel`: how far people come, in numbers and never by name. Not in Graph.

use super::moment::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Funnel {
    pub from: Moment,
    pub to: Moment,
    /// In the order in which people meet them.
    pub steps: Vec<FunnelStep>,
    pub finished: i64,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FunnelStep {
    /// `address`, `code`, `newPassword`, `attributes` …
    pub step: String,
    pub reached: i64,
    /// Of those, how many went no further.
    pub given_up: i64,
    pub failures: Vec<FieldFailures>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldFailures {
    pub field: String,
    /// `required`, `notANumber` …
    pub why: String,
    pub times: i64,
}
