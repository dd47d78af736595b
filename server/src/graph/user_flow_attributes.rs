//! `/identity/userFlowAttributes`: the attributes that every directory has, and the tenant's own.

use super::{answer::Wishes, caller::Caller, query::page::Page};
use crate::{directory::attribute, error::Result, state::AppState};
use app::contract::resource::user_flow_attribute::UserFlowAttribute;
use axum::{extract::State, response::Response};

const OF: &str = "identity/userFlowAttributes";

pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let attributes = attribute::list(&state.db, &caller.tenant.id).await?;
    let value = attributes.iter().map(|attribute| serde_json::to_value(UserFlowAttribute::from(attribute)));
    Ok(wishes.collection(OF, Page { value: value.collect::<Result<_, _>>()?, ..Page::default() }))
}
