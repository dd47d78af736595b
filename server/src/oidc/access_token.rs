//! Access tokens of ours that come back to us: which are believed, and which still count.

use super::place;
use crate::{
    directory::{revoked_token, tenant::Tenant},
    error::{Refusal, Result},
    secret::jwt::{self, Age, Claims, Expected},
    state::AppState,
};

/// By signature, kind, issuer and time, and as we make them: for the application that it was issued to, or for the management
/// API. Nothing where it cannot be believed, or was revoked.
pub async fn believed(state: &AppState, tenant: &Tenant, token: &str) -> Result<Option<Claims>> {
    let ring = state.keys.ring(&tenant.id).await?;
    let addresses = place::addresses(&state.db, &state.config.public_url, &tenant.id).await?;
    let expected = Expected {
        typ: "at+jwt",
        issuer: &|issuer| place::is_issuer(&addresses, &tenant.id, issuer),
        audience: None,
        age: Age::Valid,
        now: state.clock.now(),
    };
    let claims = match jwt::verify(token, &ring.verifying, &expected) {
        Ok(claims) => claims,
        Err(distrust) => {
            tracing::info!(%distrust, "an access token was not believed");
            return Ok(None);
        }
    };
    let said = |name: &str| claims.get(name).and_then(|value| value.as_str());
    let (Some(id), Some(audience), Some(client)) = (said("jti"), said("aud"), said("client_id")) else {
        return Ok(None);
    };
    let is_as_made = audience == client || audience == state.config.public_url.graph();
    let is_revoked = revoked_token::is_revoked(&state.db, &tenant.id, id).await?;
    Ok((is_as_made && !is_revoked).then_some(claims))
}

pub fn text<'a>(claims: &'a Claims, name: &str) -> Result<&'a str, Refusal> {
    claims.get(name).and_then(|value| value.as_str()).ok_or_else(|| invalid("The access token is not complete."))
}

pub fn invalid(why: &str) -> Refusal {
    Refusal::new("invalid_token", 50013, why)
}
