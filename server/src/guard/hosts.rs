//! The host names that tenants have of their own. Under one of them the house looks as if it were that tenant's alone: every
//! address that it tells, and every cookie, is of that name.

use crate::{
    config::{Config, PublicUrl},
    directory::{tenant, tenant_host},
    error::{Error, Result},
    state::AppState,
};
use app::contract::id::TenantId;
use axum::{
    Router,
    extract::{RawPathParams, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What is there under a tenant's name: the state with that name in it, and the tenant.
type Made = fn(AppState, TenantId) -> Router;

pub struct Hosts {
    state: AppState,
    made: Made,
    /// By host. Routes are made once for each.
    routers: Mutex<HashMap<String, (TenantId, Router)>>,
}

impl Hosts {
    pub fn new(state: AppState, made: Made) -> Self {
        Self { state, made, routers: Mutex::default() }
    }

    /// Nothing, where the name is no tenant's.
    pub async fn router(&self, authority: &str) -> Result<Option<Router>> {
        let public_url = &self.state.config.public_url;
        let Some(host) = public_url.host_named_by(authority) else { return Ok(None) };
        let Some(tenant) = tenant_host::find(&self.state.db, &host).await? else { return Ok(None) };
        let mut routers = self.routers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, router)) = routers.get(&host)
            && *of == tenant
        {
            return Ok(Some(router.clone()));
        }
        let router = (self.made)(under(&self.state, public_url, &host)?, tenant.clone());
        routers.insert(host, (tenant, router.clone()));
        Ok(Some(router))
    }
}

/// The same server by another name: only the name differs.
fn under(state: &AppState, public_url: &PublicUrl, host: &str) -> Result<AppState> {
    let public_url = public_url.under(host).map_err(Error::Internal)?;
    let config = Config { public_url, ..(*state.config).clone() };
    Ok(AppState { config: Arc::new(config), ..state.clone() })
}

/// For routes that stand under a tenant's own name: no other tenant is there.
pub async fn only_of_tenant(
    State((state, tenant)): State<(AppState, TenantId)>,
    path: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let word = path.iter().find(|(name, _)| *name == "tenant").map(|(_, word)| word);
    let named = match word {
        Some(word) => tenant::get(&state.db, word).await,
        None => Err(Error::NotFound),
    };
    match named {
        Ok(named) if named.id == tenant => next.run(request).await,
        Ok(_) => Error::NotFound.into_response(),
        Err(error) => error.into_response(),
    }
}
