//! Portico as people and applications meet it: the real router behind the real guard, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod harness;

mod directory;
mod doctor;
mod graph;
mod hosted;
mod line;
mod mail;
mod native;
mod oidc;
mod oidf;
mod people;
mod portal;
mod reseal;
mod second_factor;
mod security;
mod seed;
mod widget;
