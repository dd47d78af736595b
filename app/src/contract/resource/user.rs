//! `/users`: an account, with its attributes by name.

use super::moment::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    #[serde(rename = "@odata.etag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    pub id: String,
    pub display_name: Option<String>,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub job_title: Option<String>,
    pub street_address: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
    pub mail: Option<String>,
    pub other_mails: Vec<String>,
    pub user_principal_name: Option<String>,
    pub account_enabled: Option<bool>,
    pub identities: Vec<Identity>,
    pub created_date_time: Option<Moment>,
    pub creation_type: Option<String>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
    pub sign_in_sessions_valid_from_date_time: Option<Moment>,
    pub password_policies: Option<String>,
    /// Read, never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_profile: Option<PasswordProfile>,
    /// Read, never kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_nickname: Option<String>,

    // What Graph has no words for.
    /// The flow through which the account was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_flow_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sign_in_date_time: Option<Moment>,

    /// The tenant's own attributes: `extension_loyaltyNumber`.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, Value>,
}

/// Of a tenant's own attribute.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Truth(bool),
    Number(i64),
    Text(String),
    /// Null: it is not set, or shall not be any more.
    Nothing(()),
}

/// One of the ways by which an account is known.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Identity {
    /// `emailAddress`, `userName`, `federated` or `userPrincipalName`.
    pub sign_in_type: String,
    pub issuer: String,
    pub issuer_assigned_id: String,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordProfile {
    pub password: Option<crate::contract::secret::Secret>,
    pub force_change_password_next_sign_in: bool,
}
