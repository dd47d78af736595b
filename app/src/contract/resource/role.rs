//! What administrators may be, and who is: Graph's role definitions and assignments.

use super::moment::Moment;
use crate::contract::permission::{Permission, Role};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleDefinition {
    pub id: String,
    pub template_id: String,
    pub display_name: String,
    pub description: String,
    pub is_built_in: bool,
    pub is_enabled: bool,
    pub role_permissions: Vec<RolePermission>,
}

/// The words are those of scopes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RolePermission {
    pub allowed_resource_actions: Vec<String>,
}

impl From<Role> for RoleDefinition {
    fn from(role: Role) -> Self {
        let granted = Permission::all().filter(|permission| role.grants(*permission));
        Self {
            id: role.id().into(),
            template_id: role.id().into(),
            display_name: role.word().into(),
            description: role.says().into(),
            is_built_in: true,
            is_enabled: true,
            role_permissions: vec![RolePermission {
                allowed_resource_actions: granted.map(|permission| permission.word().into()).collect(),
            }],
        }
    }
}

/// Somebody is something in the tenant of the call.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleAssignment {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// An account of the tenant of the administrators.
    pub principal_id: String,
    pub role_definition_id: String,
    /// `/`, the whole tenant: there is no smaller scope.
    pub directory_scope_id: String,
    /// Not in Graph: in every tenant of this server.
    pub all_tenants: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date_time: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
}

impl Default for RoleAssignment {
    fn default() -> Self {
        Self {
            id: String::new(),
            principal_id: String::new(),
            role_definition_id: String::new(),
            directory_scope_id: "/".into(),
            all_tenants: false,
            created_date_time: None,
            principal: None,
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Principal {
    #[serde(rename = "@odata.type")]
    pub odata_type: String,
    pub id: String,
    pub display_name: String,
    pub mail: String,
    pub account_enabled: bool,
}

impl Default for Principal {
    fn default() -> Self {
        Self {
            odata_type: "#microsoft.graph.user".into(),
            id: String::new(),
            display_name: String::new(),
            mail: String::new(),
            account_enabled: true,
        }
    }
}
