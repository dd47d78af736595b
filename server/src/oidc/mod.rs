//! FACE applications: OpenID Connect and OAuth at Entra's addresses. One file per endpoint, and what they share.

pub mod authorize;
pub mod device;
pub mod discovery;
pub mod introspect;
pub mod logout;
pub mod par;
pub mod resume;
pub mod revoke;
pub mod token;
pub mod userinfo;

mod access_token;
mod asked_claims;
mod browser;
mod check;
mod claims;
mod client_credentials;
mod goodbye;
mod hint;
mod mint;
mod redeem;
mod redirect;
mod refresh;
mod reply;
mod response;
mod scope;

use crate::client::{auth as client_auth, cors, parameters, refuse};

#[cfg(test)]
mod tests;
