//! `/applications`: what asks for sign-ins.

use super::moment::Moment;
use crate::contract::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A secret that ends within so long is told of: another one has to take its place.
pub const SECRET_ENDS_SOON: Duration = Duration::from_secs(30 * 24 * 3600);

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
    pub api: Api,
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
    pub protocol: Protocol,
    /// Whether its own screens are told nothing of an address before somebody proved it: no unknown person, no taken name.
    pub native_authentication_is_silent: bool,
    /// Origins of the pages that may show the widget.
    pub widget_origins: Vec<String>,
    /// False where it is switched off: nobody signs in through it.
    pub account_enabled: Option<bool>,
}

impl Application {
    /// When the first of its secrets ends (or ended), if that is soon.
    pub fn secret_ending(&self, now: Timestamp) -> Option<Moment> {
        let ends = self.password_credentials.iter().filter_map(|secret| secret.end_date_time);
        ends.filter(|end| end.0 < now + SECRET_ENDS_SOON).min()
    }
}

/// What its API offers to applications for whoever signs in to them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Api {
    pub oauth2_permission_scopes: Vec<PermissionScope>,
}

/// One scope: applications ask for it as `api://<id of the API>/<value>`, and the API reads its value in `scp`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PermissionScope {
    /// A UUID, made by the server where none is sent.
    pub id: String,
    pub value: String,
    /// `User` or `Admin`. Here an administrator grants either.
    #[serde(rename = "type")]
    pub kind: String,
    pub is_enabled: bool,
    pub admin_consent_display_name: Option<String>,
    pub admin_consent_description: Option<String>,
    pub user_consent_display_name: Option<String>,
    pub user_consent_description: Option<String>,
}

impl Default for PermissionScope {
    fn default() -> Self {
        Self {
            id: String::new(),
            value: String::new(),
            kind: "User".into(),
            // As Graph has it.
            is_enabled: true,
            admin_consent_display_name: None,
            admin_consent_description: None,
            user_consent_display_name: None,
            user_consent_description: None,
        }
    }
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
    /// Opened in a frame of our page when a session ends (OpenID Connect Front-Channel Logout 1.0).
    pub logout_url: Option<String>,
    pub implicit_grant_settings: ImplicitGrantSettings,
    pub redirect_uris: Vec<String>,
}

/// Which tokens it may have straight from the authorization endpoint, without a code.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImplicitGrantSettings {
    pub enable_id_token_issuance: bool,
    pub enable_access_token_issuance: bool,
}

/// What else it may do, or must, over OpenID Connect.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Protocol {
    /// A proof key from this application too, although it has a secret (RFC 7636).
    pub require_proof_key: bool,
    /// Its requests are pushed before the browser comes (RFC 9126).
    pub require_pushed_requests: bool,
    /// Its tokens are bound to keys of its own, which it proves to hold at every call (RFC 9449).
    pub require_bound_tokens: bool,
    /// Each of these proofs says a nonce of ours.
    pub require_fresh_proofs: bool,
    /// It signs people in by the flow it is attached to, and its requests name no other.
    pub only_own_user_flow: bool,
    /// Userinfo is answered with a signed token.
    pub sign_userinfo: bool,
    /// Access tokens for it say `typ: JWT` in their header, for libraries that read no `at+jwt` (RFC 9068 §2.1).
    pub plain_access_tokens: bool,
    /// Told by our server when a session ends (OpenID Connect Back-Channel Logout 1.0).
    pub back_channel_logout_url: Option<String>,
    /// Public keys of its client assertions (RFC 7523): two of them while one replaces the other.
    pub keys: Vec<JsonWebKey>,
}

/// RFC 7517 §4, as far as a signature is checked by it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JsonWebKey {
    pub kty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub for_use: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// How clients with a certificate name it (RFC 7515 §4.1.8).
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_of_thirty_days_before_it_ends_and_after() {
        const DAY: i64 = 24 * 3600 * 1000;
        let ends = |days: &[i64]| Application {
            password_credentials: days
                .iter()
                .map(|days| PasswordCredential {
                    end_date_time: Some(Moment(Timestamp(days * DAY))),
                    ..PasswordCredential::default()
                })
                .collect(),
            ..Application::default()
        };
        let told = |days: &[i64]| ends(days).secret_ending(Timestamp(100 * DAY)).map(|end| end.0.0 / DAY);
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[130, 400]), None);
        assert_eq!(told(&[400, 129]), Some(129));
        assert_eq!(told(&[120, 99]), Some(99), "over, and still there");
    }
}
