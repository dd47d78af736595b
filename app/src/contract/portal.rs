//! What the portal's document brings along: where to sign in, where the management API is, and for the previews where the
//! hosted pages' style is, and what pages elsewhere name.

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Portal {
    /// The directory in which administrators sign in.
    pub authority: String,
    pub client_id: String,
    pub redirect_uri: String,
    /// The root of the management API.
    pub graph: String,
    pub hosted_css: String,
    /// The widget's loader of this version, and the hash of its content.
    pub loader: String,
    pub integrity: String,
    pub languages: Vec<Language>,
}

/// Where the first administrator enters: the portal says there, once, what they are now.
pub const WELCOME: &str = "/admin/#welcome";

/// A language that the pages can be shown in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Language {
    pub tag: String,
    /// In the language itself: "Deutsch".
    pub name: String,
    /// `ltr` or `rtl`.
    pub direction: String,
}
