//! Somebody who has an account, on the way in: what they have shown, and what they still owe.

use super::Proof;
use app::contract::{id::AccountId, time::Timestamp, user_flow::Method};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NewPasswordFor {
    SignUp,
    Account(Entering),
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entering {
    pub account: AccountId,
    pub proved: Vec<Proof>,
    /// They came for a new password.
    pub recovering: bool,
    /// Their password is one that an administrator made, since then.
    pub temporary_since: Option<Timestamp>,
    /// They have to set a second factor up before they get in.
    pub must_enrol: bool,
    #[serde(default)]
    pub came: Came,
    #[serde(default = "by_password")]
    pub method: Method,
    /// Where they are reached: the address that a code came back from, if one did.
    #[serde(default)]
    pub mailbox: Option<String>,
    /// They have to set the address of their second step up before they get in.
    #[serde(default)]
    pub enrols: bool,
    /// From where the code of their second step came back.
    #[serde(default)]
    pub second: Option<String>,
}

/// Of whoever was on the way in when ways had no other end.
fn by_password() -> Method {
    Method::Password
}

/// From where somebody comes who is about to get in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Came {
    /// They proved in this journey who they are.
    #[default]
    Now,
    /// They are signed in at this browser, by one proof of two.
    Before { kept: bool },
    /// With the password that they chose in this journey.
    Renewed { at: Timestamp },
    /// With the account that was made in this journey.
    New { at: Timestamp },
}

impl Entering {
    /// Their own address, where codes of a second step may go to it: not where the first proof comes from it.
    pub(super) fn own_address(&self) -> Option<&str> {
        self.mailbox.as_deref().filter(|_| self.method == Method::Password)
    }
}
