//! `grant_type=refresh_token`: a token is used once and gives its successor (RFC 6749 §6, RFC 9700 §4.14).

use super::{
    client_auth::Client,
    parameters::Parameters,
    scope::Scopes,
    token::{Granted, RefreshToken},
};
use crate::{
    directory::{
        Durability,
        activity::{self, Activity},
        refresh_token::{self, Family, Rotation, Successor},
        tenant::Tenant,
    },
    error::{Error, Refusal, Result},
    secret::token::{self, Token},
    state::AppState,
};
use app::contract::{id::TenantId, time::Timestamp};

pub async fn refresh(state: &AppState, tenant: &Tenant, client: &Client, form: &Parameters) -> Result<Granted> {
    let hash = token::hash(form.required("refresh_token")?);
    let asked = form.get("scope").map(|text| Scopes::asked(text, &client.application.id)).transpose()?;
    let next = Token::random(&state.chance);
    let context = context(&tenant.id, &hash);
    let successor =
        Successor { hash: next.hash(), sealed: state.seal.seal(&state.chance, &context, next.reveal().as_bytes()) };
    let (family, token) = match rotate(state, tenant, client, asked.clone(), hash, successor).await? {
        Rotation::Rotated(family) => (family, next.reveal().to_owned()),
        Rotation::Again { family, successor } => (family, opened(state, &context, &successor)?),
        Rotation::Reused(_) => {
            return Err(invalid(70000, "The refresh token was used before. It and its successors are revoked.").into());
        }
        Rotation::Refused => return Err(invalid(70008, "The refresh token is unknown, revoked or has expired.").into()),
    };
    Ok(Granted {
        scopes: scopes(asked.as_ref(), &family)?,
        account: family.account,
        session: family.session,
        user_flow: family.user_flow,
        amr: family.amr,
        signed_in_at: family.signed_in_at,
        // OpenID Connect Core §12.2: the nonce was for the first ID token.
        nonce: None,
        refresh_token: Some(RefreshToken { token, expires_at: family.expires_at }),
    })
}

/// One unit. A request that is not in order leaves the token as it was; a reuse is written down with the revocation.
async fn rotate(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    asked: Option<Scopes>,
    hash: String,
    successor: Successor,
) -> Result<Rotation> {
    let now = state.clock.now();
    let activity = state.chance.id();
    let (tenant, client) = (tenant.id.clone(), client.clone());
    state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                let rotation =
                    refresh_token::rotate(c, &tenant, &client.application.id, &hash, &successor, now).await?;
                match &rotation {
                    Rotation::Rotated(family) | Rotation::Again { family, .. } => {
                        client.befits(family.platform)?;
                        scopes(asked.as_ref(), family)?;
                    }
                    Rotation::Reused(family) => {
                        let reused = reused(activity, family, now);
                        activity::insert(c, &tenant, &reused).await?;
                    }
                    Rotation::Refused => {}
                }
                Ok(rotation)
            })
        })
        .await
}

/// Those that were granted and are asked again. Clients repeat what they always ask, so a scope that was never granted
/// is left out instead of refused; the answer says what remained (RFC 6749 §5.1).
fn scopes(asked: Option<&Scopes>, family: &Family) -> Result<Scopes, Refusal> {
    let granted = Scopes::read(&family.scope, &family.application);
    let scopes = asked.map_or(granted.clone(), |asked| asked.and(&granted));
    if scopes.is_empty() {
        return Err(Refusal::new("invalid_scope", 70011, "None of the scopes in the request was granted."));
    }
    Ok(scopes)
}

fn reused(id: String, family: &Family, at: Timestamp) -> Activity {
    Activity {
        id,
        at,
        kind: activity::Kind::RefreshTokenReused,
        account: Some(family.account.clone()),
        application: Some(family.application.clone()),
        user_flow: Some(family.user_flow.clone()),
    }
}

fn invalid(number: u32, why: &str) -> Refusal {
    Refusal::new("invalid_grant", number, why)
}

/// The one place where a successor may be opened again (security R40).
fn context(tenant: &TenantId, hash: &str) -> String {
    format!("{tenant}|refresh_tokens|successor|{hash}")
}

fn opened(state: &AppState, context: &str, sealed: &str) -> Result<String> {
    let token = state.seal.open(context, sealed)?;
    String::from_utf8(token).map_err(|_| Error::Internal("a sealed refresh token is no text".into()))
}
