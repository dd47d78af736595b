//! Access tokens of ours that come back to us: which are believed, and which still count.

use super::place;
use crate::{
    directory::{application, revoked_token, tenant::Tenant},
    error::{Refusal, Result},
    secret::jwt::{self, Age, Claims, Expected},
    state::AppState,
};
use app::contract::id::ApplicationId;

/// By signature, kind, issuer and time, and as we make them. Nothing where it cannot be believed, or was revoked.
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
    let (Some(id), Some(_), Some(_)) = (said("jti"), said("aud"), said("client_id")) else {
        return Ok(None);
    };
    let is_revoked = revoked_token::is_revoked(&state.db, &tenant.id, id).await?;
    Ok((!is_revoked && is_as_made(state, tenant, &claims).await?).then_some(claims))
}

/// For the management API or the application that it was issued to; where an application calls for itself, for any that is
/// switched on.
async fn is_as_made(state: &AppState, tenant: &Tenant, claims: &Claims) -> Result<bool> {
    let (audience, client) = (text(claims, "aud")?, text(claims, "client_id")?);
    if audience == client || audience == state.config.public_url.graph() {
        return Ok(true);
    }
    if claims.get("idtyp").is_none_or(|kind| kind != "app") {
        return Ok(false);
    }
    let api = application::find(&state.db, &tenant.id, &ApplicationId::from(audience)).await?;
    Ok(api.is_some_and(|api| api.disabled_at.is_none()))
}

pub fn text<'a>(claims: &'a Claims, name: &str) -> Result<&'a str, Refusal> {
    claims.get(name).and_then(|value| value.as_str()).ok_or_else(|| invalid("The access token is not complete."))
}

pub fn invalid(why: &str) -> Refusal {
    Refusal::new("invalid_token", 50013, why)
}
