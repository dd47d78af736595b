//! `grant_type=client_credentials`: an application calls for itself (RFC 6749 §4.4), the management API or an API of the
//! tenant's applications.

use super::{
    claims::{self, Daemon},
    mint,
    token::{GRAPH_LIFETIME, Tokens},
};
use crate::{
    client::{
        access_token,
        auth::Client,
        parameters::Parameters,
        place::{self, Named},
    },
    directory::{
        administrator,
        application::{self, Application},
        tenant::Tenant,
    },
    error::{Refusal, Result},
    state::AppState,
};
use app::contract::permission::Permission;
use std::{sync::Arc, time::Duration};

/// How long a token for an application's API is good for, where no flow says it (security R31).
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// For whom a token is, and what it is worth there.
struct Api {
    audience: String,
    permissions: Arc<Vec<Permission>>,
    lifetime: Duration,
    /// What the header calls it.
    typ: &'static str,
    /// By whose algorithm it is signed.
    reader: Arc<Application>,
}

pub async fn tokens(
    state: &AppState,
    tenant: &Tenant,
    named: Option<&Named>,
    client: &Client,
    form: &Parameters,
) -> Result<Tokens> {
    confidential(client)?;
    let scope = form.required("scope")?;
    let api = api(state, tenant, client, scope).await?;
    let key = mint::key(state, tenant, &api.reader).await?;
    let daemon = Daemon {
        // As the document of discovery has it that told of this endpoint.
        issuer: &place::issuer_at(&state.config.public_url, &tenant.id, named),
        tenant: &tenant.id,
        application: &client.application.id,
        client_class: client.class(),
        audience: &api.audience,
        permissions: &api.permissions,
        lifetime: api.lifetime,
        key: client.key.as_deref(),
        now: state.clock.now(),
    };
    Ok(Tokens {
        token_type: client.token_type(),
        scope: scope.to_owned(),
        expires_in: api.lifetime.as_secs(),
        ext_expires_in: api.lifetime.as_secs(),
        access_token: key.sign(api.typ, &claims::daemon_token(&daemon, &state.chance.id()))?,
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

/// One scope, `…/.default`: whatever the application was granted beforehand (what clients need, 13).
async fn api(state: &AppState, tenant: &Tenant, client: &Client, scope: &str) -> Result<Api> {
    let graph = state.config.public_url.graph();
    let name = scope.strip_suffix("/.default").ok_or_else(|| unknown(&graph))?;
    if name == graph {
        return the_management_api(state, tenant, client, graph).await;
    }
    let reader = application::find_api(&state.db, &tenant.id, &client.application, name).await?;
    let reader = reader.filter(|reader| reader.disabled_at.is_none()).ok_or_else(|| unknown(&graph))?;
    // entra-protocol §4: the id, whatever the API was called when it was asked for.
    let (audience, typ) = (reader.id.to_string(), access_token::typ_for(&reader));
    Ok(Api { audience, permissions: Arc::default(), lifetime: LIFETIME, typ, reader })
}

async fn the_management_api(state: &AppState, tenant: &Tenant, client: &Client, graph: String) -> Result<Api> {
    let permissions = administrator::all_permissions(&state.db, &tenant.id, &client.application.id).await?;
    if permissions.is_empty() {
        let why = "The application may do nothing by itself: an administrator grants it permissions.";
        return Err(Refusal::new("unauthorized_client", 65001, why).into());
    }
    let reader = client.application.clone();
    Ok(Api { audience: graph, permissions, lifetime: GRAPH_LIFETIME, typ: access_token::TYP, reader })
}

fn unknown(graph: &str) -> Refusal {
    let why = format!(
        "For this grant the scope is '{graph}/.default', or '/.default' behind the id or an identifier URI of an application of the tenant."
    );
    Refusal::new("invalid_scope", 1002012, why)
}
