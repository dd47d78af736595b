//! `/identity/identityProviders`: the ways by which people of a tenant may prove who they are.

use serde::{Deserialize, Serialize};

/// E-mail with a password.
pub const EMAIL_PASSWORD: &str = "EmailPassword-OAUTH";
/// E-mail with a one-time passcode.
pub const EMAIL_PASSCODE: &str = "EmailOtpSignup-OAUTH";
/// What stands for a secret that is set. Sent back, it means "as it was".
pub const MASKED: &str = "******";

/// `@odata.type` says which it is; requests may leave its `#` out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum IdentityProvider {
    #[serde(rename = "#microsoft.graph.builtInIdentityProvider", alias = "microsoft.graph.builtInIdentityProvider")]
    BuiltIn(BuiltIn),
    #[serde(rename = "#microsoft.graph.socialIdentityProvider", alias = "microsoft.graph.socialIdentityProvider")]
    Social(Social),
    #[serde(
        rename = "#microsoft.graph.appleManagedIdentityProvider",
        alias = "microsoft.graph.appleManagedIdentityProvider"
    )]
    Apple(Apple),
    #[serde(rename = "#microsoft.graph.oidcIdentityProvider", alias = "microsoft.graph.oidcIdentityProvider")]
    OpenIdConnect(Box<OpenIdConnect>),
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BuiltIn {
    pub id: String,
    pub display_name: String,
    /// `EmailPassword` or `EmailOTP`.
    pub identity_provider_type: String,
    pub state: Option<String>,
    /// Why a flow cannot choose it now. Not in Graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable_because: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Social {
    pub id: String,
    pub display_name: String,
    /// `Google`, `Facebook`, `Microsoft` …
    pub identity_provider_type: String,
    pub client_id: String,
    /// Masked in every answer.
    pub client_secret: String,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Apple {
    pub id: String,
    pub display_name: String,
    pub developer_id: String,
    pub service_id: String,
    pub key_id: String,
    /// The private key. Masked in every answer.
    pub certificate_data: String,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenIdConnect {
    pub id: String,
    pub display_name: String,
    pub client_id: String,
    pub issuer: String,
    pub well_known_endpoint: String,
    /// Always `code`.
    pub response_type: String,
    pub scope: String,
    pub client_authentication: ClientAuthentication,
    pub inbound_claim_mapping: ClaimMapping,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.oidcClientSecretAuthentication"
)]
pub struct ClientAuthentication {
    /// Masked in every answer.
    pub client_secret: String,
}

/// From which of its claims an attribute is filled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimMapping {
    pub sub: String,
    pub name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<String>,
    pub phone_number: Option<String>,
    pub phone_number_verified: Option<String>,
    pub address: Option<AddressMapping>,
}

impl Default for ClaimMapping {
    fn default() -> Self {
        let same = |claim: &str| Some(claim.to_owned());
        Self {
            sub: "sub".into(),
            name: same("name"),
            given_name: same("given_name"),
            family_name: same("family_name"),
            email: same("email"),
            email_verified: same("email_verified"),
            phone_number: None,
            phone_number_verified: None,
            address: None,
        }
    }
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressMapping {
    pub street_address: Option<String>,
    pub locality: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
}

impl IdentityProvider {
    pub fn id(&self) -> &str {
        match self {
            IdentityProvider::BuiltIn(BuiltIn { id, .. })
            | IdentityProvider::Social(Social { id, .. })
            | IdentityProvider::Apple(Apple { id, .. }) => id,
            IdentityProvider::OpenIdConnect(provider) => &provider.id,
        }
    }

    pub fn display_name(&self) -> &str {
        match self {
            IdentityProvider::BuiltIn(BuiltIn { display_name, .. })
            | IdentityProvider::Social(Social { display_name, .. })
            | IdentityProvider::Apple(Apple { display_name, .. }) => display_name,
            IdentityProvider::OpenIdConnect(provider) => &provider.display_name,
        }
    }

    /// Graph's word for the kind.
    pub fn kind(&self) -> &str {
        match self {
            IdentityProvider::BuiltIn(BuiltIn { identity_provider_type, .. })
            | IdentityProvider::Social(Social { identity_provider_type, .. }) => identity_provider_type,
            IdentityProvider::Apple(_) => "AppleManaged",
            IdentityProvider::OpenIdConnect(_) => "OpenIdConnect",
        }
    }

    /// The one property that is never shown.
    pub fn secret_mut(&mut self) -> Option<&mut String> {
        match self {
            IdentityProvider::BuiltIn(_) => None,
            IdentityProvider::Social(social) => Some(&mut social.client_secret),
            IdentityProvider::Apple(apple) => Some(&mut apple.certificate_data),
            IdentityProvider::OpenIdConnect(provider) => Some(&mut provider.client_authentication.client_secret),
        }
    }
}

/// `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email`: the tenant's switch for sign-in by an
/// e-mailed one-time passcode.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.emailAuthenticationMethodConfiguration"
)]
pub struct EmailMethod {
    pub id: String,
    pub state: Switch,
    pub allow_external_id_to_use_email_otp: Switch,
}

impl Default for EmailMethod {
    fn default() -> Self {
        Self { id: "Email".into(), state: Switch::Enabled, allow_external_id_to_use_email_otp: Switch::Default }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Switch {
    /// Our choice: off.
    Default,
    Enabled,
    Disabled,
}
