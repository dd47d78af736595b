//! `id_token_hint`: an ID token of ours that comes back to tell whom the application means.

use crate::{
    client::{access_token, place},
    directory::tenant::Tenant,
    error::Result,
    secret::jwt::{self, Age, Expected},
    state::AppState,
};
use app::contract::id::{AccountId, ApplicationId, SessionId};

/// Whom the application's ID token was about.
pub struct Hint {
    pub application: ApplicationId,
    pub account: AccountId,
    pub session: SessionId,
}

/// An expired token still tells whom it was about (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §4). One that cannot
/// be believed (its key may be long retired) counts as none.
pub async fn read(state: &AppState, tenant: &Tenant, id_token: &str, audience: Option<&str>) -> Result<Option<Hint>> {
    let ring = state.keys.ring(&tenant.id).await?;
    let addresses = place::addresses(&state.db, &state.config.public_url, &tenant.id).await?;
    let expected = Expected {
        typ: "JWT",
        issuer: &|issuer| place::is_issuer(&addresses, &tenant.id, issuer),
        audience,
        age: Age::ValidOrExpired,
        now: state.clock.now(),
    };
    let claims = match jwt::verify(id_token, &ring.verifying, &expected) {
        Ok(claims) => claims,
        Err(distrust) => {
            tracing::info!(%distrust, "an id_token_hint was not believed");
            return Ok(None);
        }
    };
    if access_token::is_one(&claims) {
        return Ok(None);
    }
    let text = |name: &str| claims.get(name).and_then(|value| value.as_str());
    let (Some(application), Some(account), Some(session)) = (text("aud"), text("oid"), text("sid")) else {
        return Ok(None);
    };
    Ok(Some(Hint { application: application.into(), account: account.into(), session: session.into() }))
}
