//! `grant_type=client_credentials`: an application calls the management API for itself (RFC 6749 §4.4).

use super::{
    claims::{self, Daemon},
    client_auth::Client,
    mint,
    parameters::Parameters,
    token::{GRAPH_LIFETIME, Tokens},
};
use crate::{
    directory::{administrator, tenant::Tenant},
    error::{Refusal, Result},
    state::AppState,
};

pub async fn tokens(state: &AppState, tenant: &Tenant, client: &Client, form: &Parameters) -> Result<Tokens> {
    confidential(client)?;
    let scope = form.required("scope")?;
    the_management_api(scope, &format!("{}/.default", state.config.public_url.graph()))?;
    let application = &client.application;
    let permissions = administrator::all_permissions(&state.db, &tenant.id, &application.id).await?;
    if permissions.is_empty() {
        let why = "The application may do nothing by itself: an administrator grants it permissions.";
        return Err(Refusal::new("unauthorized_client", 65001, why).into());
    }
    let key = mint::key(state, tenant, application).await?;
    let daemon = Daemon {
        public_url: &state.config.public_url,
        issuer: &state.config.public_url.issuer(&tenant.id),
        tenant: &tenant.id,
        application: &application.id,
        client_class: client.class(),
        permissions: &permissions,
        key: client.key.as_deref(),
        now: state.clock.now(),
    };
    Ok(Tokens {
        token_type: client.token_type(),
        scope: scope.to_owned(),
        expires_in: GRAPH_LIFETIME.as_secs(),
        ext_expires_in: GRAPH_LIFETIME.as_secs(),
        access_token: key.sign("at+jwt", &claims::daemon_token(&daemon, &state.chance.id()))?,
        // RFC 6749 §4.4.3: none, for it can come again with its secret.
        refresh_token: None,
        refresh_token_expires_in: None,
        id_token: None,
        client_info: None,
        new_account: false,
    })
}

/// RFC 6749 §4.4: only who proved itself, and never from a page, where a secret is nobody's.
fn confidential(client: &Client) -> Result<(), Refusal> {
    client.proved()?;
    match client.origin {
        None => Ok(()),
        Some(_) => Err(Refusal::new("invalid_request", 9002326, "Pages cannot call for an application itself.")),
    }
}

fn the_management_api(scope: &str, expected: &str) -> Result<(), Refusal> {
    if scope == expected {
        return Ok(());
    }
    let why = format!("For this grant the scope is '{expected}': what the application may do is granted beforehand.");
    Err(Refusal::new("invalid_scope", 1002012, why))
}
