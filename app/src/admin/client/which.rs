//! Which sign-ins are asked for, in the words of a `$filter`.

/// Nothing said means all of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WhichSignIns {
    /// Like `signedUp`.
    pub event: String,
    /// A moment, as the API reads it.
    pub since: Option<String>,
    /// The id of an account.
    pub person: Option<String>,
}

impl WhichSignIns {
    pub(super) fn filter(&self) -> Option<String> {
        let event = (!self.event.is_empty()).then(|| format!("event eq '{}'", self.event));
        let since = self.since.as_ref().map(|since| format!("createdDateTime ge {since}"));
        let person = self.person.as_ref().map(|person| format!("userId eq '{person}'"));
        let parts: Vec<String> = [event, since, person].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }
}
