//! `/domains`: the words by which the tenant is known in addresses, where Graph has domains.

use super::{answer::Wishes, caller::Caller, query::page::Page};
use crate::{
    directory::tenant,
    error::{Error, Result},
    state::AppState,
};
use app::contract::resource::domain::Domain;
use axum::{
    extract::{Path, State},
    response::Response,
};

const OF: &str = "domains";

async fn all(state: &AppState, caller: &Caller) -> Result<Vec<Domain>> {
    let names = tenant::names(&state.db, &caller.tenant.id).await?;
    let domain = |(at, name): (usize, String)| Domain {
        id: name,
        authentication_type: "Managed".into(),
        is_default: at == 0,
        is_initial: at == 0,
        is_verified: true,
        supported_services: Vec::new(),
    };
    Ok(names.into_iter().enumerate().map(domain).collect())
}

pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let domains = all(&state, &caller).await?;
    let value = domains.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    Ok(wishes.collection(OF, Page { value, ..Page::default() }))
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
