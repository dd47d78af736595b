//! What can be known of a person: the built-in attributes, and how a tenant's own are described and named.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DataType {
    String,
    Boolean,
    Int,
}

/// An attribute's definition in a tenant's directory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// The name in URLs, claims and the management API: `city`, `extension_loyaltyNumber`.
    pub id: String,
    /// What an administrator calls it, and what people read until a layout says otherwise.
    pub label: String,
    pub data_type: DataType,
    /// For administrators; people never see it.
    pub description: Option<String>,
    pub origin: Origin,
    /// The longest value, in characters.
    pub max_length: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    BuiltIn,
    Custom,
}

/// The sign-in address. It is proved by code, never typed on an attribute page.
pub const EMAIL: &str = "email";

/// Every custom attribute's id begins so.
pub const CUSTOM_PREFIX: &str = "extension_";

/// The longest value of a custom attribute, in characters.
pub const CUSTOM_MAX_LENGTH: u16 = 250;

const BUILT_IN: [(&str, &str, u16); 10] = [
    (EMAIL, "Email Address", 254),
    ("displayName", "Display Name", 256),
    ("givenName", "Given Name", 64),
    ("surname", "Surname", 64),
    ("jobTitle", "Job Title", 128),
    ("streetAddress", "Street Address", 1024),
    ("city", "City", 128),
    ("state", "State/Province", 128),
    ("postalCode", "Postal Code", 40),
    ("country", "Country/Region", 128),
];

/// The attributes every directory has, in the order in which they are offered.
pub fn built_in() -> impl Iterator<Item = Attribute> {
    BUILT_IN.iter().map(|(id, label, max_length)| Attribute {
        id: (*id).into(),
        label: (*label).into(),
        data_type: DataType::String,
        description: None,
        origin: Origin::BuiltIn,
        max_length: *max_length,
    })
}

/// The id under which a custom attribute is stored: "Loyalty number" becomes `extension_loyaltyNumber`.
/// None where no letter or digit is left.
pub fn custom_id(name: &str) -> Option<String> {
    let mut id = String::from(CUSTOM_PREFIX);
    for (n, word) in name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|w| !w.is_empty()).enumerate()
    {
        let (first, rest) = word.split_at(1);
        id.push_str(&if n == 0 { first.to_ascii_lowercase() } else { first.to_ascii_uppercase() });
        id.push_str(rest);
    }
    (id.len() > CUSTOM_PREFIX.len()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_id_is_the_name_in_camel_case() {
        assert_eq!(custom_id("Loyalty number").as_deref(), Some("extension_loyaltyNumber"));
        assert_eq!(custom_id("  Shoe-Size  ").as_deref(), Some("extension_shoeSize"));
        assert_eq!(custom_id("VAT_id").as_deref(), Some("extension_vAT_id"));
        assert_eq!(custom_id("¿?"), None);
    }
}
