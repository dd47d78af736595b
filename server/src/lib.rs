//! Portico's server: faces, engine, hands. The contents of the house; `main.rs` opens the door.

#![forbid(unsafe_code)]

pub mod assets;
pub mod clock;
pub mod config;
pub mod cookie;
pub mod demo;
pub mod directory;
pub mod error;
pub mod guard;
pub mod journey;
pub mod mail;
pub mod secret;
