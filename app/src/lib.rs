//! What both sides share: the words, and every page.

pub mod contract;
pub mod text;
