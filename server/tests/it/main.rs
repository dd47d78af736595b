//! Portico as people and applications meet it: the real router behind the real guard, on SQLite and on PostgreSQL.

mod harness;

mod directory;
mod hosted;
mod mail;
mod oidc;
mod security;
