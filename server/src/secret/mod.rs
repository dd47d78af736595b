//! Locks: what is kept sealed, hashed or signed, and nothing about whom it is kept for.

pub mod argon2;
pub mod assertion;
pub mod client_secret;
pub mod dpop;
pub mod foreign;
pub mod jwk;
pub mod jwt;
pub mod password;
pub mod phc;
pub mod popular;
pub mod seal;
pub mod token;
pub mod totp;
