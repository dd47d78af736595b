//! What the portal's screens are made of: tables, dialogs, fields, notices. No word of the domain.

pub mod ask;
pub mod button;
pub mod copy;
pub mod empty;
pub mod field;
pub mod icon;
pub mod index;
pub mod listen;
pub mod load;
pub mod menu;
pub mod pages;
pub mod panel;
pub mod search;
pub mod settings;
pub mod shown_once;
pub mod tabs;
pub mod toast;
pub mod toggle;
