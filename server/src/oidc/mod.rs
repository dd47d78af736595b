//! FACE applications: OpenID Connect and OAuth at Entra's addresses. One file per endpoint, and what they share.

pub mod authorize;
pub mod check_session;
pub mod device;
pub mod discovery;
pub mod goodbye;
pub mod introspect;
pub mod logout;
pub mod par;
pub mod resume;
pub mod revoke;
pub mod token;
pub mod userinfo;

mod b2c;
mod browser;
mod claims;
mod client_credentials;
mod continuation;
mod hint;
mod mint;
mod redeem;
mod redirect;
mod refresh;
mod reply;

/// What an application says that shows us a token (RFC 7009 §2.1, RFC 7662 §2.1).
const OF_A_TOKEN: [&str; 6] =
    ["token", "token_type_hint", "client_id", "client_secret", "client_assertion", "client_assertion_type"];
