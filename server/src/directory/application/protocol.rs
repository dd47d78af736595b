//! What an application may do over OpenID Connect that not all may. Nothing of it is on unless somebody switched it on.

use app::contract::resource::application::JsonWebKey;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Protocol {
    /// ID tokens straight from the authorization endpoint (OAuth 2.0 Multiple Response Types §3 to §5).
    pub id_token_at_authorize: bool,
    /// The same for access tokens.
    pub access_token_at_authorize: bool,
    /// A proof key from this application too, although it has a secret (RFC 7636; everybody without one needs it anyway).
    pub require_proof_key: bool,
    /// Its requests come by the back door or not at all (RFC 9126 §6).
    pub require_pushed_requests: bool,
    /// Its tokens are bound to keys of its own (RFC 9449 §5.2: `dpop_bound_access_tokens`).
    pub require_bound_tokens: bool,
    /// Its proofs of possession say a nonce of ours (RFC 9449 §8).
    pub require_fresh_proofs: bool,
    /// Requests that name another flow than the one it is attached to are refused.
    pub only_own_user_flow: bool,
    /// Its answers from userinfo are signed (OpenID Connect Core §5.3.2).
    pub sign_userinfo: bool,
    /// Access tokens for it say `typ: JWT` in their header instead of `at+jwt` (RFC 9068 §2.1).
    pub plain_access_tokens: bool,
    /// Told by our server when a session ends (OpenID Connect Back-Channel Logout 1.0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_channel_logout_url: Option<String>,
    /// Opened in a frame of our page when a session ends (OpenID Connect Front-Channel Logout 1.0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front_channel_logout_url: Option<String>,
    /// Public halves of the keys with which it signs its assertions (RFC 7523).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<JsonWebKey>,
}

impl Protocol {
    pub fn is_usual(&self) -> bool {
        *self == Protocol::default()
    }
}
