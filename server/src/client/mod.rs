//! An application that calls us itself: which one it is, what it sends, what its access token is worth, how it is told no, and
//! whose pages may read the answer. Every face that applications call turns to this room.

pub mod access_token;
pub mod auth;
pub mod cors;
pub mod error_number;
pub mod parameters;
pub mod place;
pub mod refuse;
pub mod tongue;
