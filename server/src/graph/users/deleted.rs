//! `/directory/deletedItems`: people who can still be brought back, for thirty days.

use super::{OF, Tongue, known_already, shown::shown};
use crate::{
    directory::person::{self, Order, Person, Wanted},
    error::{Error, Result},
    graph::{
        answer::{Wishes, nothing},
        caller::Caller,
        change::{self, Change},
        query::page::Page,
    },
    state::AppState,
};
use app::contract::id::AccountId;
use axum::{
    extract::{Path, State},
    response::Response,
};

/// So many of the deleted are listed, the last one first.
const MOST: i64 = 999;

pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let wanted = Wanted { deleted: true, order: Some(Order::Name), limit: MOST, ..Wanted::default() };
    let found = person::list(&state.db, &caller.tenant.id, &wanted).await?;
    let tongue = Tongue::of(&state, &caller).await?;
    let value = found.people.iter().map(|person| {
        let mut user = serde_json::to_value(shown(&tongue, person))?;
        user["deletedDateTime"] = serde_json::to_value(person.deleted_at.map(app::contract::resource::moment::Moment))?;
        Ok(user)
    });
    let value = value.collect::<Result<Vec<_>>>()?;
    Ok(wishes.collection("directory/deletedItems", Page { value, ..Page::default() }))
}

async fn deleted(state: &AppState, caller: &Caller, id: &str) -> Result<Person> {
    let found = person::find(&state.db, &caller.tenant.id, &AccountId::from(id)).await?;
    found.filter(|person| person.deleted_at.is_some()).ok_or(Error::NotFound)
}

pub async fn restore(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let person = deleted(&state, &caller, &id).await?;
    let tongue = Tongue::of(&state, &caller).await?;
    let after = shown(&tongue, &person);
    let change = Change::added("Restore user", "User", &id, person.display_name(), &after)?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move { person::restore(c, tenant, &person, now).await })
    })
    .await
    .map_err(known_already)?;
    let person = super::living(&state, &caller, &id).await?;
    wishes.entity(OF, &shown(&tongue, &person))
}

/// For good, before the thirty days are over.
pub async fn purge(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let person = deleted(&state, &caller, &id).await?;
    // What is forgotten is not told once more (security R42).
    let change = Change::deleted("Hard delete user", "User", &id, "", &serde_json::json!({ "id": id }))?;
    change::make(&state, &caller, change, |c, tenant, _| {
        Box::pin(async move { person::purge(c, tenant, &person.id).await })
    })
    .await?;
    Ok(nothing())
}
