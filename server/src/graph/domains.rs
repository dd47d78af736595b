//! `/domains`: the names by which the tenant is known, where Graph has domains. Most are words in the paths of addresses; one
//! with the service `CustomUrlDomain` is a host name of the tenant's own.

use super::{
    answer::Wishes,
    body,
    caller::Caller,
    change::{self, Change},
    organization,
};
use crate::{
    administration::is_home,
    directory::{tenant, tenant_host},
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::resource::domain::{CUSTOM_URL_DOMAIN, Domain};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use url::Host;

const OF: &str = "domains";
pub const FIELDS: [&str; 1] = ["id"];
const HAS_IT: &str = "A tenant has this name already.";

async fn all(state: &AppState, caller: &Caller) -> Result<Vec<Domain>> {
    let names = tenant::names(&state.db, &caller.tenant.id).await?;
    let hosts = tenant_host::list(&state.db, &caller.tenant.id).await?;
    let words = names.into_iter().enumerate().map(|(at, name)| shown(name, false, at == 0));
    Ok(words.chain(hosts.into_iter().map(|host| shown(host, true, false))).collect())
}

fn shown(id: String, is_host: bool, is_first: bool) -> Domain {
    Domain {
        id,
        authentication_type: "Managed".into(),
        is_default: is_first,
        is_initial: is_first,
        is_verified: true,
        supported_services: if is_host { vec![CUSTOM_URL_DOMAIN.into()] } else { Vec::new() },
    }
}

pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let domains = all(&state, &caller).await?;
    let value = domains.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    wishes.listed(&state, &caller, OF, &FIELDS, value)
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let found = all(&state, &caller).await?.into_iter().find(|domain| domain.id == id);
    wishes.entity(OF, &found.ok_or(Error::NotFound)?)
}

/// Names are the whole server's: who rules one tenant could take another's.
pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, sent: Bytes) -> Result<Response> {
    if !caller.rules_everywhere(&state).await? {
        return Err(Error::NotFound);
    }
    let asked: Domain = body::created(&sent)?;
    let id = asked.id.trim().to_lowercase();
    let is_host = match asked.supported_services.as_slice() {
        [] => false,
        [service] if service == CUSTOM_URL_DOMAIN => true,
        _ => return Err(Flaw::new("supportedServices", "It is empty, or 'CustomUrlDomain' alone.").into()),
    };
    match is_host {
        true => good_host(&state, &caller, &id)?,
        false => organization::good_word(&id).map_err(|why| Flaw::new("id", why))?,
    }
    // Of the other kind too: `/domains/{id}` is one of them.
    if is_there(&state, &id).await? {
        return Err(Flaw::new("id", HAS_IT).into());
    }
    let made = shown(id.clone(), is_host, false);
    let change = Change::added("Add domain to company", "DirectoryManagement", &id, &id, &made)?;
    let name = id.clone();
    let written = change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move {
            match is_host {
                true => tenant_host::insert(c, tenant, &name, now).await,
                false => tenant::insert_name(c, tenant, &name).await,
            }
        })
    });
    written.await.map_err(|error| match error {
        Error::Taken => Flaw::new("id", HAS_IT).into(),
        error => error,
    })?;
    wishes.created(OF, &id, &made)
}

async fn is_there(state: &AppState, id: &str) -> Result<bool> {
    if tenant_host::find(&state.db, id).await?.is_some() {
        return Ok(true);
    }
    match tenant::get(&state.db, id).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A name of the web, which is neither ours nor this machine's. That it leads here, and that the certificate is for it too,
/// whoever runs the server sees to.
fn good_host(state: &AppState, caller: &Caller, host: &str) -> Result<()> {
    let public_url = &state.config.public_url;
    let why = if is_home(&caller.tenant.id) {
        "The administrators' tenant is reached by the server's own address alone."
    } else if !matches!(Host::parse(host), Ok(Host::Domain(read)) if read == host) || !host.contains('.') {
        "A host name is like id.example.org: letters, digits, dashes and dots, and no port."
    } else if host.len() > 253 || host.split('.').any(|label| label.is_empty() || label.len() > 63) {
        "A host name has parts of one to 63 letters, 253 in all."
    } else if public_url.host().to_string() == host {
        "This is the server's own address."
    } else if host.ends_with(".localhost") && !state.config.is_development() {
        "This name leads nowhere but to the machine that asks."
    } else {
        return Ok(());
    };
    Err(Flaw::new("id", why).into())
}

pub async fn remove(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    if !caller.rules_everywhere(&state).await? {
        return Err(Error::NotFound);
    }
    let domains = all(&state, &caller).await?;
    let found = domains.iter().find(|domain| domain.id == id).ok_or(Error::NotFound)?;
    let is_host = !found.supported_services.is_empty();
    let words = domains.iter().filter(|domain| domain.supported_services.is_empty()).count();
    if !is_host && (words == 1 || is_home(&caller.tenant.id)) {
        return Err(Error::BadRequest("A tenant keeps one name for its addresses.".into()));
    }
    let change = Change::deleted("Remove domain from company", "DirectoryManagement", &id, &id, found)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move {
            match is_host {
                true => tenant_host::delete(c, tenant, &id).await,
                false => tenant::delete_name(c, tenant, &id).await,
            }
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
