//! An application in its tenant, what it may do by itself, and what people may do through it.

use super::moment::Moment;
use crate::contract::permission::Permission;
use serde::{Deserialize, Serialize};

/// The management API as Graph knows itself.
pub const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePrincipal {
    pub id: String,
    pub app_id: String,
    pub display_name: String,
    pub account_enabled: bool,
    pub service_principal_type: String,
    /// What applications can be allowed to do with it.
    pub app_roles: Vec<AppRole>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppRole {
    pub id: String,
    pub value: String,
    pub display_name: String,
    pub is_enabled: bool,
    pub allowed_member_types: Vec<String>,
}

impl From<Permission> for AppRole {
    fn from(permission: Permission) -> Self {
        Self {
            id: permission.id().into(),
            value: permission.word().into(),
            display_name: permission.word().into(),
            is_enabled: true,
            allowed_member_types: vec!["Application".into()],
        }
    }
}

/// The application may do this by itself, in the tenant of the call.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppRoleAssignment {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub principal_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub principal_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub principal_display_name: String,
    /// The management API: there is no other.
    pub resource_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource_display_name: String,
    pub app_role_id: String,
    /// Not in Graph: the word of the permission.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_role_value: String,
    /// Not in Graph: in every tenant of this server. For applications of the administrators' tenant only.
    pub all_tenants: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date_time: Option<Moment>,
}

/// What the application may do for everybody who signs in to it, of one API: the management API, of which its tokens are worth
/// no more to administrators, or the API of another application.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PermissionGrant {
    /// Of the management API, that of the application.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// An application: there are no service principals beside them.
    pub client_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub consent_type: String,
    /// Nobody: what is granted is granted for all.
    pub principal_id: Option<String>,
    /// The application whose API it is, or the management API.
    pub resource_id: String,
    /// Words of scopes, with spaces between.
    pub scope: String,
}
