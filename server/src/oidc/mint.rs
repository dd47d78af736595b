//! Where tokens about a person are made: one key, one person, one application; whichever endpoint gives them out.

use super::{
    claims::{self, Beside, Subject},
    token::Granted,
};
use crate::{
    client::{access_token, place},
    directory::{
        account::{self, Profile},
        api_grant,
        application::{self, Application},
        session,
        tenant::Tenant,
        user_flow,
    },
    error::{Error, Refusal, Result},
    request::scope::NOT_GRANTED,
    secret::jwt::{Algorithm, SigningKey},
    state::AppState,
};
use app::contract::{id::AccountId, user_flow::UserFlow};
use std::sync::Arc;

pub struct Mint<'a> {
    state: &'a AppState,
    tenant: &'a Tenant,
    application: &'a Application,
    granted: &'a Granted,
    issuer: String,
    profile: Profile,
    flow: Arc<UserFlow>,
    is_kept: bool,
    key: Arc<SigningKey>,
    /// Whose API reads the access token, where it is another application's, and the key by which that one wants it.
    reader: Option<(Arc<Application>, Arc<SigningKey>)>,
}

impl<'a> Mint<'a> {
    /// Refuses where the account was switched off meanwhile. Asks who it is, where that is not `known`.
    pub async fn open(
        state: &'a AppState,
        tenant: &'a Tenant,
        application: &'a Application,
        granted: &'a Granted,
        known: Option<Profile>,
    ) -> Result<Mint<'a>> {
        let profile = match known {
            Some(profile) => Some(profile),
            None => account::profile(&state.db, &tenant.id, &granted.account).await?,
        };
        let profile = profile
            .filter(|profile| !profile.disabled)
            .ok_or_else(|| Refusal::new("invalid_grant", 50057, "The account is switched off or was deleted."))?;
        let flow = user_flow::get(&state.db, &tenant.id, &granted.user_flow).await?;
        Ok(Mint {
            state,
            tenant,
            application,
            granted,
            issuer: place::issuer(&state.config.public_url, &tenant.id, &flow, granted.flow_name.as_deref()),
            profile,
            flow,
            // Who does not ask for it does not pay for it.
            is_kept: granted.claims.in_id_token(claims::SIGNIN_STATE)
                && session::is_kept(&state.db, &tenant.id, &granted.session).await?,
            key: key(state, tenant, application).await?,
            reader: reader(state, tenant, application, granted).await?,
        })
    }

    pub fn flow(&self) -> &UserFlow {
        &self.flow
    }

    pub fn account(&self) -> &AccountId {
        &self.profile.account
    }

    /// Bound to `key`, where it is named.
    pub fn access_token(&self, client_class: &str, key: Option<&str>) -> Result<String> {
        let (typ, by) = match &self.reader {
            Some((reader, by)) => (access_token::typ_for(reader), by),
            None if self.granted.scopes.is_for_graph() => (access_token::TYP, &self.key),
            None => (access_token::typ_for(self.application), &self.key),
        };
        by.sign(typ, &claims::access_token(&self.subject(), client_class, key, &self.state.chance.id()))
    }

    pub fn id_token(&self, beside: Beside) -> Result<String> {
        let id = self.state.chance.id();
        self.key.sign("JWT", &claims::id_token(&self.subject(), beside, self.key.algorithm(), &id))
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            public_url: &self.state.config.public_url,
            issuer: &self.issuer,
            tenant: &self.tenant.id,
            application: &self.application.id,
            flow: &self.flow,
            profile: &self.profile,
            granted: self.granted,
            is_kept: self.is_kept,
            now: self.state.clock.now(),
        }
    }
}

/// Refuses where the API was switched off since it was asked for, or a scope of it, or its grant was taken back (fault F32).
async fn reader(
    state: &AppState,
    tenant: &Tenant,
    application: &Application,
    granted: &Granted,
) -> Result<Option<(Arc<Application>, Arc<SigningKey>)>> {
    let Some(api) = granted.scopes.api() else { return Ok(None) };
    if *api == application.id {
        return match granted.scopes.are_beyond(&application.offered_scopes()) {
            true => Err(taken_back().into()),
            false => Ok(None),
        };
    }
    let reader = application::find_enabled(&state.db, &tenant.id, api).await?;
    let gone =
        || Refusal::new("invalid_grant", 70011, "The API that the tokens are for is switched off or was deleted.");
    let reader = reader.ok_or_else(gone)?;
    let in_force = api_grant::in_force(&state.db, &tenant.id, &application.id, &reader).await?;
    if granted.scopes.are_beyond(&in_force) {
        return Err(taken_back().into());
    }
    let key = key(state, tenant, &reader).await?;
    Ok(Some((reader, key)))
}

fn taken_back() -> Refusal {
    let why = "A scope that was asked for was taken back since: by the API that offered it, or by an administrator.";
    Refusal::new("invalid_grant", NOT_GRANTED, why)
}

/// The key by which the application wants to be answered.
pub async fn key(state: &AppState, tenant: &Tenant, application: &Application) -> Result<Arc<SigningKey>> {
    let algorithm = Algorithm::named(&application.algorithm)
        .ok_or_else(|| Error::Internal(format!("{} wants tokens by {}", application.id, application.algorithm)))?;
    state.keys.signing(&tenant.id, algorithm).await
}
