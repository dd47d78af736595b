//! By what a person proves a second time that it is them, as Graph tells it.

use serde::{Deserialize, Serialize};

/// A code to an address that the account keeps for it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailAuthenticationMethod {
    pub id: String,
    pub email_address: String,
}
