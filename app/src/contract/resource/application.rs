//! `/applications`: what asks for sign-ins.

use super::moment::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Application {
    #[serde(rename = "@odata.etag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The same as `appId`: an application has one name here.
    pub id: String,
    pub app_id: String,
    pub display_name: String,
    pub description: Option<String>,
    pub created_date_time: Option<Moment>,
    pub sign_in_audience: String,
    pub identifier_uris: Vec<String>,
    pub web: Web,
    pub spa: SinglePage,
    pub public_client: PublicClient,
    pub is_fallback_public_client: bool,
    /// `none` or `all`.
    pub native_authentication_apis_enabled: String,
    /// Their values are shown once, by `addPassword`.
    pub password_credentials: Vec<PasswordCredential>,
    pub info: Info,
    pub tags: Vec<String>,

    // What Graph has no words for.
    /// The flow it is attached to.
    pub user_flow: Option<ApplicationFlow>,
    /// `alg` of its tokens: `RS256`, `ES256` or `EdDSA`.
    pub token_algorithm: String,
    /// Origins of the pages that may show the widget.
    pub widget_origins: Vec<String>,
    /// False where it is switched off: nobody signs in through it.
    pub account_enabled: Option<bool>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationFlow {
    pub id: String,
    pub display_name: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Web {
    pub home_page_url: Option<String>,
    pub logout_url: Option<String>,
    pub redirect_uris: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SinglePage {
    pub redirect_uris: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PublicClient {
    pub redirect_uris: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Info {
    pub marketing_url: Option<String>,
    pub support_url: Option<String>,
    pub terms_of_service_url: Option<String>,
    pub privacy_statement_url: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Platform {
    Web,
    Spa,
    PublicClient,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordCredential {
    pub key_id: String,
    pub display_name: Option<String>,
    pub start_date_time: Option<Moment>,
    pub end_date_time: Option<Moment>,
    /// Its first three characters.
    pub hint: Option<String>,
    /// In the answer to `addPassword` and nowhere else.
    pub secret_text: Option<String>,
    pub custom_key_identifier: Option<String>,
}

/// The body of `addPassword`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AddPassword {
    pub password_credential: PasswordCredential,
}

/// The body of `removePassword`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RemovePassword {
    pub key_id: String,
}
