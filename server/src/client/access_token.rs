//! Access tokens of ours that come back to us: which are believed, whose they are, and whether that still counts.

use super::place;
use crate::{
    directory::{
        account::{self, Profile},
        application::{self, Application},
        revoked_token, session,
        tenant::Tenant,
    },
    error::{Refusal, Result},
    secret::jwt::{self, Age, Claims, Distrust, Expected},
    state::AppState,
};
use app::contract::id::{AccountId, ApplicationId, SessionId};
use std::sync::Arc;

/// RFC 9068 §2.1.
pub const TYP: &str = "at+jwt";

/// What every JWT may say of itself (RFC 7519 §5.1), and ID tokens do.
const PLAIN: &str = "JWT";

/// As the application has it whose API reads the token.
pub fn typ_for(reader: &Application) -> &'static str {
    if reader.protocol.plain_access_tokens { PLAIN } else { TYP }
}

/// Where the header does not tell the kinds apart, the claims do: no ID token says `idtyp` (security R31).
pub fn is_one(claims: &Claims) -> bool {
    claims.contains_key("idtyp")
}

/// By signature, kind, issuer and time, and as we make them. Nothing where it cannot be believed, or was revoked.
pub async fn believed(state: &AppState, tenant: &Tenant, token: &str) -> Result<Option<Claims>> {
    let ring = state.keys.ring(&tenant.id).await?;
    let addresses = place::addresses(&state.db, &state.config.public_url, &tenant.id).await?;
    let is_ours = |issuer: &str| place::is_issuer(&addresses, &tenant.id, issuer);
    let expected = Expected { typ: TYP, issuer: &is_ours, audience: None, age: Age::Valid, now: state.clock.now() };
    let (typ, verdict) = match jwt::verify(token, &ring.verifying, &expected) {
        Err(Distrust::Typ) => (PLAIN, jwt::verify(token, &ring.verifying, &Expected { typ: PLAIN, ..expected })),
        verdict => (TYP, verdict),
    };
    let claims = match verdict {
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
    Ok((!is_revoked && is_as_made(state, tenant, typ, &claims).await?).then_some(claims))
}

/// For the management API or the application that it was issued to, or for another application that is switched on: where an
/// application calls for itself, or for somebody with scopes that the other one offers. Plain only for whoever has them so.
async fn is_as_made(state: &AppState, tenant: &Tenant, typ: &str, claims: &Claims) -> Result<bool> {
    let (audience, client) = (text(claims, "aud")?, text(claims, "client_id")?);
    if !is_one(claims) {
        return Ok(false);
    }
    if audience == state.config.public_url.graph() {
        return Ok(typ == TYP);
    }
    if audience == client && typ == TYP {
        return Ok(true);
    }
    let api = application::find_enabled(&state.db, &tenant.id, &ApplicationId::from(audience)).await?;
    let is_for = |api: &Application| match claims.get("idtyp").and_then(|kind| kind.as_str()) {
        _ if audience == client => true,
        Some("app") => true,
        Some("user") => offers(api, claims),
        _ => false,
    };
    Ok(api.is_some_and(|api| (typ == TYP || typ == typ_for(&api)) && is_for(&api)))
}

/// Whether the token of a person says nothing but what the API reads.
fn offers(api: &Application, claims: &Claims) -> bool {
    let said = claims.get("scp").and_then(|scopes| scopes.as_str()).unwrap_or_default();
    let is_offered = |word: &str| api.scopes.iter().any(|scope| scope.is_enabled && scope.value == word);
    !said.is_empty() && said.split(' ').all(is_offered)
}

/// Whether it opens nothing of ours, because an application reads it that it was not issued to.
pub fn is_for_another_api(state: &AppState, claims: &Claims) -> Result<bool, Refusal> {
    let audience = text(claims, "aud")?;
    Ok(audience != text(claims, "client_id")? && audience != state.config.public_url.graph())
}

/// Which application has it: the inner error where that is switched off or gone.
pub async fn issued_to(
    state: &AppState,
    tenant: &Tenant,
    claims: &Claims,
) -> Result<Result<Arc<Application>, Refusal>> {
    let id = ApplicationId::from(text(claims, "client_id")?);
    let application = application::find_enabled(&state.db, &tenant.id, &id).await?;
    Ok(application.ok_or_else(|| invalid("The application is switched off or was deleted.")))
}

/// Whom it is about: the inner error where they are signed out or switched off by now.
pub async fn somebody(
    state: &AppState,
    tenant: &Tenant,
    claims: &Claims,
) -> Result<Result<(AccountId, Profile), Refusal>> {
    let session = SessionId::from(text(claims, "sid")?);
    if !session::goes_on(&state.db, &tenant.id, &session).await? {
        return Ok(Err(invalid("The session has ended.")));
    }
    let account = AccountId::from(text(claims, "oid")?);
    let profile = account::enabled_profile(&state.db, &tenant.id, &account).await?;
    let profile = profile.ok_or_else(|| invalid("The account is switched off or was deleted."));
    Ok(profile.map(|profile| (account, profile)))
}

pub fn text<'a>(claims: &'a Claims, name: &str) -> Result<&'a str, Refusal> {
    claims.get(name).and_then(|value| value.as_str()).ok_or_else(|| invalid("The access token is not complete."))
}

pub fn invalid(why: &str) -> Refusal {
    Refusal::new("invalid_token", 50013, why)
}
