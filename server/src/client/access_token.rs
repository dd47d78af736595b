//! Access tokens of ours that come back to us: which are believed, whose they are, and whether that still counts.

use super::place;
use crate::{
    directory::{
        account::{self, Profile},
        api_grant,
        application::{self, Application},
        revoked_token, session,
        tenant::Tenant,
    },
    error::{Refusal, Result},
    request::scope,
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

/// One that we made, whatever became since of whom it is for.
pub struct Genuine {
    /// As its header has it.
    typ: &'static str,
    pub claims: Claims,
}

/// As we make them, and not revoked. Nothing where it cannot be believed.
pub async fn believed(state: &AppState, tenant: &Tenant, token: &str) -> Result<Option<Claims>> {
    let Some(Genuine { typ, claims }) = genuine(state, tenant, token).await? else { return Ok(None) };
    let is_revoked = revoked_token::is_revoked(&state.db, &tenant.id, text(&claims, "jti")?).await?;
    Ok((!is_revoked && is_as_made(state, tenant, typ, &claims).await?).then_some(claims))
}

/// By signature, kind, issuer and time.
pub async fn genuine(state: &AppState, tenant: &Tenant, token: &str) -> Result<Option<Genuine>> {
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
    let says = |name: &str| claims.get(name).is_some_and(|value| value.is_string());
    let is_whole = is_one(&claims) && ["jti", "aud", "client_id"].into_iter().all(says);
    Ok(is_whole.then_some(Genuine { typ, claims }))
}

/// For the management API or the application that it was issued to, or for another application that is switched on: where an
/// application calls for itself, or for somebody with scopes that the other one offers and an administrator granted, at this
/// moment (fault F32). Plain only for whoever has them so.
async fn is_as_made(state: &AppState, tenant: &Tenant, typ: &str, claims: &Claims) -> Result<bool> {
    let (audience, client) = (text(claims, "aud")?, ApplicationId::from(text(claims, "client_id")?));
    if audience == state.config.public_url.graph() {
        return Ok(typ == TYP);
    }
    let is_own = audience == client.as_str();
    // Nearly every token that comes to us is of this kind, and nothing is asked about it.
    let is_usual = is_own && scp(claims).split_ascii_whitespace().all(|word| is_of_everybody(word, &client));
    if is_usual && typ == TYP {
        return Ok(true);
    }
    let api = application::find_enabled(&state.db, &tenant.id, &ApplicationId::from(audience)).await?;
    let Some(api) = api.filter(|api| typ == TYP || typ == typ_for(api)) else { return Ok(false) };
    if is_usual {
        return Ok(true);
    }
    match claims.get("idtyp").and_then(|kind| kind.as_str()) {
        Some("app") => Ok(true),
        Some("user") => {
            let in_force = api_grant::in_force(&state.db, &tenant.id, &client, &api).await?;
            let is_good = |word: &str| in_force.iter().any(|value| value == word);
            Ok(scp(claims).split(' ').all(is_good))
        }
        _ => Ok(false),
    }
}

/// `scp`, of a person's token.
fn scp(claims: &Claims) -> &str {
    claims.get("scp").and_then(|scopes| scopes.as_str()).unwrap_or_default()
}

/// Whether the word is no API's: a scope of OpenID Connect, or the application itself.
fn is_of_everybody(word: &str, application: &ApplicationId) -> bool {
    word == application.as_str() || scope::words().contains(&word)
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
