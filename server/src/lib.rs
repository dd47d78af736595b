//! Portico's server: faces, engine, hands. The contents of the house; `main.rs` opens the door.

#![forbid(unsafe_code)]

pub mod administration;
pub mod assets;
pub mod background;
pub mod claims;
pub mod client;
pub mod clock;
pub mod config;
pub mod cookie;
pub mod demo;
pub mod design;
pub mod directory;
pub mod doctor;
pub mod drive;
pub mod error;
#[cfg(test)]
mod folder;
pub mod graph;
pub mod guard;
pub mod health;
pub mod hearings;
pub mod hosted;
pub mod html;
pub mod journey;
pub mod keys;
pub mod log;
pub mod mail;
pub mod mailbox;
pub mod native;
pub mod news;
pub mod oidc;
pub mod open_pages;
pub mod outbound;
pub mod people;
pub mod pictures;
pub mod portal;
pub mod possession;
pub mod post;
pub mod problem;
pub mod request;
pub mod reseal;
pub mod router;
pub mod secret;
pub mod seed;
pub mod sentences;
pub mod serve;
pub mod session_state;
pub mod speed;
pub mod state;
pub mod tls;
pub mod widget;
pub mod wishes;
