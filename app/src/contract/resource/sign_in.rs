//! `/auditLogs/signIns`: who signed in, where, and how it ended.

use super::moment::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignIn {
    pub id: String,
    pub created_date_time: Moment,
    pub user_display_name: String,
    pub user_principal_name: String,
    pub user_id: String,
    pub app_id: String,
    pub app_display_name: String,
    pub ip_address: Option<String>,
    pub client_app_used: String,
    pub correlation_id: Option<String>,
    pub is_interactive: bool,
    pub status: Status,
    /// What happened: `signedIn`, `signedUp`, `recovered` … Not in Graph.
    pub event: String,
    /// Not in Graph.
    pub user_flow_id: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// An `AADSTS` number; 0 where it went well.
    pub error_code: u32,
    pub failure_reason: Option<String>,
    pub additional_details: Option<String>,
}
