//! Who holds a journey: the browser in which it began, or an application that carries it for somebody.

use super::visit::Visit;
use crate::{
    cookie::Cookie,
    directory::{
        Durability,
        grant::{self, Code, Grant},
        journey as journeys,
    },
    error::{Error, Result},
    guard::Caller,
    secret::{
        seal::Purpose,
        token::{self, Token},
    },
    state::AppState,
};
use app::contract::{
    id::{JourneyId, TenantId},
    secret::Secret,
};
use axum::http::HeaderMap;
use std::time::Duration;

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

/// A journey that a secret opened.
pub struct Carried {
    pub visit: Visit,
    /// The one that it has now.
    pub secret: Secret,
    /// Or it was opened by the secret of before, by somebody whom the last answer did not reach: they are shown where they are,
    /// and what they answer does not count again.
    pub is_present: bool,
}

impl Carried {
    /// Each answer that counts replaces the secret. The one before it opens the journey once more, every older one nothing.
    pub async fn open(
        state: &AppState,
        tenant: &TenantId,
        journey: &JourneyId,
        secret: Secret,
        caller: Caller,
    ) -> Result<Self> {
        let mut last = Err(Error::JourneyOver);
        for (secret, is_present) in [(secret.clone(), true), (successor(state, journey, &secret), false)] {
            let holder = Holder::Bearer(secret.clone());
            let visit = Visit::load(state, tenant.as_str(), journey, holder, caller.clone()).await;
            last = visit.map(|visit| Self { visit, secret, is_present });
            if !matches!(last, Err(Error::JourneyOver)) {
                break;
            }
        }
        last
    }
}

/// Gives the journey its next secret, which is told with the answer.
pub async fn hand_over(state: &AppState, visit: &Visit, secret: &Secret) -> Result<Secret> {
    let next = successor(state, &visit.row.id, secret);
    let (tenant, id, hash) = (visit.tenant.id.clone(), visit.row.id.clone(), token::hash(next.reveal()));
    let handed_over = state.db.write(Durability::Fleeting, move |c| {
        Box::pin(async move { journeys::hand_over(c, &tenant, &id, &hash).await })
    });
    handed_over.await?;
    Ok(next)
}

/// The secret that follows one that was answered with. Whoever was not reached by the answer finds it by the secret that they
/// still have, and nobody else does.
fn successor(state: &AppState, journey: &JourneyId, secret: &Secret) -> Secret {
    let of: [&[u8]; 3] = [b"successor", journey.as_str().as_bytes(), secret.reveal().as_bytes()];
    token::keyed_hash(&state.seal, Purpose::Journey, &of).into()
}

/// How long a code may take to the token endpoint (security R28).
pub const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// The one code of a journey that is over, for whoever carried it.
pub async fn issue_code(state: &AppState, visit: &Visit, lifetime: Duration) -> Result<(Token, Grant)> {
    let (tenant, id) = (&visit.tenant.id, &visit.row.grant);
    let begun = grant::find(&state.db, tenant, id).await?.ok_or(Error::JourneyOver)?;
    let code = Token::random(&state.chance);
    let issued = Code { hash: code.hash(), expires_at: visit.now + lifetime };
    let given = grant::issue_code(&state.db, tenant, id, &begun.browser, issued, visit.now).await?;
    Ok((code, given.ok_or(Error::JourneyOver)?))
}
