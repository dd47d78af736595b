//! Controls, without a word of the domain. Each is whole in the server's HTML; the browser only makes it quicker.

pub mod browser;
pub mod button;
pub mod choice;
pub mod code;
pub mod countdown;
pub mod element;
pub mod field;
pub mod ground;
pub mod linked;
pub mod menu;
pub mod password;
pub mod summary;
pub mod view;
