//! A value against its rules: one verdict, in the browser while typing and on the server before storing.

use serde::{Deserialize, Serialize};

/// What is wrong with one field. The words for it are in `text`, by language.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// The field's name in the form: `address`, `code`, `attribute.city`.
    pub field: String,
    pub why: Why,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Why {
    Required,
    /// A box that must be ticked.
    MustAgree,
    TooLong {
        max: u16,
    },
    NotAnAddress,
    NotANumber,
    NotADate,
    NotAnOption,
    /// The administrator's pattern does not match; the field's hint says what does.
    Pattern {
        hint: Option<String>,
    },
    /// Characters that no form field sends: controls, direction overrides.
    Unprintable,
    PasswordTooShort {
        min: u16,
    },
    PasswordTooLong {
        max: u16,
    },
    /// On the list of passwords that are tried first.
    PasswordCommon,
    /// Made of the address, the tenant's or the application's name.
    PasswordGuessable,
    /// Address and password do not match; never which of the two.
    WrongPassword,
    NotACode {
        length: u8,
    },
    WrongCode {
        tries_left: u8,
    },
    /// Older than its ten minutes.
    CodeExpired,
}
