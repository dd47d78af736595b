//! HAND memory: the only SQL of the house. One file per table, or per tables that live and die together; `db` opens and
//! writes, `connections` lends, `unit` is what it writes together, `recent` remembers for a moment, `sweep` throws away.

pub mod account;
pub mod activity;
pub mod administrator;
pub mod api_grant;
pub mod application;
pub mod attachment;
pub mod attribute;
pub mod audit;
pub mod branding;
mod clause;
mod connections;
pub mod consent;
pub mod counter;
pub mod db;
pub mod device;
pub mod device_code;
pub mod funnel;
pub mod goodbye;
pub mod grant;
mod group;
pub mod guess;
pub mod identity;
pub mod identity_provider;
pub mod invitation;
pub mod journey;
mod migrations;
pub mod notice;
pub mod outbox;
pub mod pairwise;
pub mod person;
#[cfg(test)]
pub mod plan;
mod profile;
pub mod pushed_request;
pub mod recent;
pub mod revoked_token;
pub mod sealed;
pub mod search;
pub mod second_address;
pub mod second_factor;
pub mod seen_name;
pub mod session;
pub mod set_up;
pub mod sign_in_failure;
pub mod signing_key;
mod statement;
pub mod sweep;
pub mod tenant;
pub mod tenant_host;
pub mod token_family;
mod unit;
pub mod user_flow;
pub mod walls;

pub use db::{Db, missing_file, sqlite_file};
/// What a write of a unit is given.
pub use sqlx::AnyConnection as Connection;
pub use statement::Statement;
pub use unit::{Durability, Unit};
