//! Who holds a journey: the browser in which it began, or an application that carries it for somebody.

use crate::{
    cookie::Cookie,
    secret::{seal::Purpose, token},
    state::AppState,
};
use app::contract::{
    id::{JourneyId, TenantId},
    secret::Secret,
};
use axum::http::HeaderMap;

/// The secret that follows one that was answered with. Whoever was not reached by the answer finds it by the secret that they
/// still have, and nobody else does.
pub fn successor(state: &AppState, journey: &JourneyId, secret: &str) -> String {
    token::keyed_hash(&state.seal, Purpose::Journey, &[b"successor", journey.as_str().as_bytes(), secret.as_bytes()])
}

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
