//! The rows of the security table that no single face answers for.

mod address;
mod alike;
mod attacker;
mod forged;
mod fuzz;
mod guessing;
mod headers;
mod leaks;
mod old_mailbox;
pub mod routes;
mod tokens;
mod walls;
