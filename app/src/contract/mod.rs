//! The words: plain data that server, pages, portal and widget agree on. serde only; no I/O, no clock.

pub mod attribute;
pub mod brand;
pub mod flow_rules;
pub mod id;
pub mod journey;
pub mod permission;
pub mod portal;
pub mod problem;
pub mod resource;
pub mod secret;
pub mod time;
pub mod user_flow;
pub mod validate;
