//! `/directory/deletedItems`: people who can still be brought back, for thirty days.

use super::{OF, Tongue, known_already, shown::shown};
use crate::{
    directory::{
        audit::Operation,
        person::{self, Order, People, Person, Wanted},
    },
    error::{Error, Result},
    graph::{
        answer::{Wishes, nothing},
        caller::Caller,
        change::{self, Change},
        query::{
            options::{Options, bad},
            page::{Page, selected},
        },
    },
    state::AppState,
};
use app::contract::{id::AccountId, resource::moment::Moment};
use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use serde_json::{Value, json};

const DELETED: &str = "directory/deletedItems";

/// By name, page by page.
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    let asks_more = options.filter.is_some() || options.search.is_some() || !options.order.is_empty() || options.count;
    if asks_more || !options.expand.is_empty() {
        return Err(bad("The deleted are listed by name, page by page."));
    }
    let list = wishes.list(&state, &caller, DELETED);
    let place = list.place(&options)?;
    let after = place.as_deref().and_then(|place| place.first()).and_then(Value::as_str).map(str::to_owned);
    let wanted =
        Wanted { deleted: true, order: Some(Order::Name), after, limit: options.top as i64, ..Wanted::default() };
    let People { people, next } = person::list(&state.db, &caller.tenant.id, &wanted).await?;
    let tongue = Tongue::of(&state, &caller).await?;
    let value = people.iter().map(|person| {
        let mut user = serde_json::to_value(shown(&tongue, person))?;
        user["deletedDateTime"] = serde_json::to_value(person.deleted_at.map(Moment))?;
        Ok(selected(user, &options.select))
    });
    let page = Page {
        value: value.collect::<Result<_>>()?,
        next: next.map(|place| list.next(&options, &[place.into()])).transpose()?,
        ..Page::default()
    };
    Ok(wishes.collection(DELETED, page))
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
    let change = Change::of_person("Restore user", Operation::Add, &person.id, &json!({}), &json!({}))?;
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
    let change = Change::of_person("Hard delete user", Operation::Delete, &person.id, &json!({}), &json!({}))?;
    change::make(&state, &caller, change, |c, tenant, _| {
        Box::pin(async move { person::purge(c, tenant, &person.id).await })
    })
    .await?;
    Ok(nothing())
}
