//! Composing: what a mail says, in the person's language and the tenant's dress.

use app::contract::secret::Secret;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A mail, ready to go. It lies sealed in the outbox until it is sent.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    /// The name it comes from; the address is the operator's.
    pub sender: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The code inside, for the development mailbox.
    pub code: Option<Secret>,
}

/// Shows neither person nor code (security R43).
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("subject", &self.subject).finish_non_exhaustive()
    }
}
