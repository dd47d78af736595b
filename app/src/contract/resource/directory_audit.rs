//! `/auditLogs/directoryAudits`: what administrators changed, with before and after; of people, only which properties.

use super::moment::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DirectoryAudit {
    pub id: String,
    pub activity_date_time: Moment,
    /// `Update user flow`
    pub activity_display_name: String,
    /// `UserFlow`, `Application` …
    pub category: String,
    pub correlation_id: String,
    /// `Add`, `Update`, `Delete`
    pub operation_type: String,
    /// Always `success`: what failed changed nothing.
    pub result: String,
    pub initiated_by: InitiatedBy,
    pub target_resources: Vec<TargetResource>,
    /// Its place in the chain. Not in Graph.
    pub sequence: i64,
}

/// One of the two.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InitiatedBy {
    pub user: Option<UserInitiator>,
    pub app: Option<AppInitiator>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserInitiator {
    pub id: String,
    pub user_principal_name: Option<String>,
    pub ip_address: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppInitiator {
    pub app_id: String,
    pub display_name: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetResource {
    pub id: String,
    pub display_name: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub modified_properties: Vec<ModifiedProperty>,
}

/// Values are JSON as text, as in Graph; secrets are never among them, nor is anything that people are known by.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModifiedProperty {
    pub display_name: String,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
}
