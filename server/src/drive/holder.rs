//! Who holds a journey: the browser in which it began, or an application that carries it for somebody.

use crate::{cookie::Cookie, secret::token};
use app::contract::{id::TenantId, secret::Secret};
use axum::http::HeaderMap;

/// The one to whom a journey is shown and whose answers count (security R3).
pub enum Holder {
    /// By its cookies.
    Browser(HeaderMap),
    /// By a secret that whoever began the journey was told. No cookies come with it, and none are set: such a person is
    /// known by what they prove alone, and no device of theirs is familiar.
    Bearer(Secret),
}

impl Holder {
    /// The hash under which the journey knows its holder.
    pub fn hash(&self, https: bool) -> Option<String> {
        match self {
            Holder::Browser(headers) => Cookie::Browser.hash(headers, https),
            Holder::Bearer(secret) => Some(token::hash(secret.reveal())),
        }
    }

    /// Of the session that this browser has with the tenant.
    pub fn session(&self, tenant: &TenantId, https: bool) -> Option<String> {
        Cookie::Session(tenant.clone()).hash(self.cookies()?, https)
    }

    /// Of the device from which somebody may have signed in before.
    pub fn device(&self, https: bool) -> Option<String> {
        Cookie::Device.hash(self.cookies()?, https)
    }

    /// Where cookies come from and go to.
    pub fn cookies(&self) -> Option<&HeaderMap> {
        match self {
            Holder::Browser(headers) => Some(headers),
            Holder::Bearer(_) => None,
        }
    }
}
