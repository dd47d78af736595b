//! The envelope of every list.

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Collection<T> {
    #[serde(rename = "@odata.context", default)]
    pub context: String,
    /// How many there are in all pages, where it was asked with `$count=true`.
    #[serde(rename = "@odata.count", default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// The whole address of the next page; none on the last.
    #[serde(rename = "@odata.nextLink", default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    pub value: Vec<T>,
}

/// `{"@odata.id": "…"}`: how a thing that is there already is put into a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reference {
    #[serde(rename = "@odata.id")]
    pub address: String,
}
