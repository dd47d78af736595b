//! A name by which the tenant is known in addresses, as Graph tells domains.

use serde::{Deserialize, Serialize};

/// The service of a host name of the tenant's own; what has none is a word in paths.
pub const CUSTOM_URL_DOMAIN: &str = "CustomUrlDomain";

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Domain {
    pub id: String,
    pub authentication_type: String,
    pub is_default: bool,
    pub is_initial: bool,
    pub is_verified: bool,
    pub supported_services: Vec<String>,
}
