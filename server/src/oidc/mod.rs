//! FACE applications: OpenID Connect and OAuth at Entra's addresses. One file per endpoint, and what they share.

pub mod authorize;
pub mod discovery;
pub mod logout;
pub mod resume;
pub mod token;
pub mod userinfo;

mod browser;
mod check;
mod claims;
mod client_auth;
mod client_credentials;
mod cors;
mod hint;
mod parameters;
mod redeem;
mod redirect;
mod refresh;
mod refuse;
mod scope;

pub use cors::preflight;

#[cfg(test)]
mod tests;
