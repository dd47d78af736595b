//! Identifiers that cannot be taken for one another: a person's id never fits where a tenant's is asked for.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, marker::PhantomData, sync::Arc};

/// An opaque identifier of one kind of thing. Cheap to clone.
pub struct Id<Of> {
    text: Arc<str>,
    of: PhantomData<fn() -> Of>,
}

pub enum OfTenant {}
pub enum OfApplication {}
pub enum OfUserFlow {}
pub enum OfAccount {}
pub enum OfJourney {}
pub enum OfGrant {}
pub enum OfSession {}

pub type TenantId = Id<OfTenant>;
pub type ApplicationId = Id<OfApplication>;
pub type UserFlowId = Id<OfUserFlow>;
pub type AccountId = Id<OfAccount>;
pub type JourneyId = Id<OfJourney>;
pub type GrantId = Id<OfGrant>;
/// The public name of a session (`sid` in tokens); the cookie holds a secret of its own.
pub type SessionId = Id<OfSession>;

impl<Of> Id<Of> {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), of: PhantomData }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<Of> Clone for Id<Of> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), of: PhantomData }
    }
}

impl<Of> PartialEq for Id<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<Of> Eq for Id<Of> {}

impl<Of> std::hash::Hash for Id<Of> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<Of> fmt::Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<Of> fmt::Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<Of> From<String> for Id<Of> {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<Of> From<&str> for Id<Of> {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<Of> Serialize for Id<Of> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, Of> Deserialize<'de> for Id<Of> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
