//! `/applications`: what asks for sign-ins, where it may be answered, and its secrets.

pub(super) mod identifier_uris;
pub(super) mod judge;
mod scopes;
mod secrets;
mod shown;

use super::{
    answer::{Wishes, nothing},
    body,
    caller::Caller,
    change::{self, Change},
    query::{
        filter::{Expression, Literal, Operator, Place},
        options::{Direction, Options, bad},
        page::{Page, selected},
    },
};
use crate::{
    administration::{PORTAL, is_home},
    directory::{
        administrator,
        application::{self, Named, Registered},
        user_flow,
    },
    error::{Error, Refusal, Result},
    state::AppState,
};
use app::contract::{id::ApplicationId, permission::Permission, resource::application::Application};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};
pub use secrets::{add_password, remove_password};
use serde_json::Value;
use shown::shown;

const OF: &str = "applications";

async fn registered(state: &AppState, caller: &Caller, id: &str) -> Result<Registered> {
    let found = application::registered(&state.db, &caller.tenant.id, &ApplicationId::from(id)).await?;
    found.ok_or(Error::NotFound)
}

/// As it is shown, with the name of its flow.
async fn in_words(state: &AppState, caller: &Caller, registered: &Registered) -> Result<Application> {
    let flow = match &registered.application.user_flow {
        Some(id) => Some(user_flow::get(&state.db, &caller.tenant.id, id).await?),
        None => None,
    };
    Ok(shown(registered, flow.as_deref()))
}

pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.expands_only(&[])?;
    let in_order = matches!(options.order.as_slice(), [] | [(_, Direction::Up)]);
    if !in_order || options.order.iter().any(|(name, _)| name != "displayName") {
        return Err(bad("Applications are ordered by displayName."));
    }
    let list = wishes.list(&state, &caller, OF);
    if let Some(id) = by_app_id(&options) {
        let found = application::registered(&state.db, &caller.tenant.id, &ApplicationId::from(id)).await?;
        let found: Vec<Registered> = found.into_iter().collect();
        let count = options.count.then_some(found.len() as i64);
        return shown_page(&state, &caller, &wishes, &options, found, (count, None)).await;
    }
    let named = named(&options)?;
    let count = match options.count && options.skip_token.is_none() {
        true => Some(application::count(&state.db, &caller.tenant.id, named).await?),
        false => None,
    };
    let place = list.place(&options)?.unwrap_or_default();
    let after = match place.as_slice() {
        [Value::String(name), Value::String(id)] => Some((name.as_str(), id.as_str())),
        _ => None,
    };
    let top = options.top as i64;
    let mut found = application::list(&state.db, &caller.tenant.id, named, after, top + 1).await?;
    let more = found.len() > options.top;
    found.truncate(options.top);
    let next = match found.last().filter(|_| more) {
        Some(last) => {
            let place = [last.application.name.clone().into(), last.application.id.to_string().into()];
            Some(list.next(&options, &place)?)
        }
        None => None,
    };
    shown_page(&state, &caller, &wishes, &options, found, (count, next)).await
}

async fn shown_page(
    state: &AppState,
    caller: &Caller,
    wishes: &Wishes,
    options: &Options,
    found: Vec<Registered>,
    (count, next): (Option<i64>, Option<String>),
) -> Result<Response> {
    let mut value = Vec::<Value>::with_capacity(found.len());
    for registered in &found {
        let shown = serde_json::to_value(in_words(state, caller, registered).await?)?;
        value.push(selected(shown, &options.select));
    }
    Ok(wishes.collection(OF, Page { value, count, next }))
}

/// `appId eq '…'`: one application has one name.
fn by_app_id(options: &Options) -> Option<&str> {
    match options.filter.as_ref().filter(|_| options.search.is_none())? {
        Expression::Compare { path, operator: Operator::Equal, literal: Literal::Text(id) }
            if ["appId", "id"].contains(&path.join("/").as_str()) =>
        {
            Some(id)
        }
        _ => None,
    }
}

fn named(options: &Options) -> Result<Named<'_>> {
    let is_name = |path: &[String]| path.join("/") == "displayName";
    match (&options.search, &options.filter) {
        (Some(search), None) => Ok(Named::Beginning(search)),
        (None, None) => Ok(Named::Anyhow),
        (None, Some(Expression::Text { path, place: Place::Start, text })) if is_name(path) => {
            Ok(Named::Beginning(text))
        }
        (None, Some(Expression::Compare { path, operator: Operator::Equal, literal: Literal::Text(name) }))
            if is_name(path) =>
        {
            Ok(Named::Exactly(name))
        }
        _ => Err(bad(
            "Applications are found by one of appId eq, displayName eq, startsWith(displayName, …) and $search.",
        )),
    }
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let registered = registered(&state, &caller, &id).await?;
    wishes.entity(OF, &in_words(&state, &caller, &registered).await?)
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, sent: Bytes) -> Result<Response> {
    judge::elsewhere(&sent)?;
    let mut asked: Application = body::created(&sent)?;
    scopes::identify(&mut asked, &[], &state.chance);
    judge::follows(&sent, &asked)?;
    let id = ApplicationId::from(state.chance.id());
    let public_url = &state.config.public_url;
    let (application, notes) = judge::whole(&asked, id.clone(), None, &[], state.clock.now(), public_url)?;
    let name = asked.display_name.clone();
    let change = Change::added("Add application", "Application", id.as_str(), &name, &asked)?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move {
            application::register(c, tenant, &application, &notes, now).await?;
            identifier_uris::are_free(c, tenant, &application.id, &notes.identifier_uris).await
        })
    })
    .await?;
    let made = registered(&state, &caller, id.as_str()).await?;
    wishes.created(OF, id.as_str(), &in_words(&state, &caller, &made).await?)
}

pub async fn update(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    let was = registered(&state, &caller, &id).await?;
    is_not_the_portal(&caller, &id)?;
    let before = in_words(&state, &caller, &was).await?;
    wishes.still(before.etag.as_deref().unwrap_or_default())?;
    judge::elsewhere(&sent)?;
    let mut after: Application = body::patched(&before, &sent)?;
    scopes::identify(&mut after, &before.api.oauth2_permission_scopes, &state.chance);
    judge::follows(&sent, &after)?;
    judge::fixed(&before, &after)?;
    let Registered { application, .. } = was;
    let keys = application.protocol.keys.clone();
    let (application, notes) = judge::whole(
        &after,
        application.id.clone(),
        application.user_flow.clone(),
        &application.secrets,
        application.disabled_at.unwrap_or_else(|| state.clock.now()),
        &state.config.public_url,
    )?;
    if application.protocol.keys != keys {
        may_prove(&state, &caller, &application.id).await?;
    }
    let change = Change::updated("Update application", "Application", &id, &after.display_name, &before, &after)?;
    change::make(&state, &caller, change, |c, tenant, _| {
        Box::pin(async move {
            application::update(c, tenant, &application, &notes).await?;
            identifier_uris::are_free(c, tenant, &application.id, &notes.identifier_uris).await
        })
    })
    .await?;
    let now = registered(&state, &caller, &id).await?;
    wishes.changed(OF, &in_words(&state, &caller, &now).await?)
}

/// Whoever can prove to be an application can do what it may do by itself. So only who may do all of that, or gives such
/// power, hands out proofs of it; and nobody is ever the portal.
pub(super) async fn may_prove(state: &AppState, caller: &Caller, application: &ApplicationId) -> Result<()> {
    is_not_the_portal(caller, application.as_str())?;
    if caller.may(Permission::RoleWrite) {
        return Ok(());
    }
    let allowed = administrator::allowed(&state.db, &caller.tenant.id, application).await?;
    match allowed.iter().find(|it| !caller.may(it.permission)) {
        None => Ok(()),
        Some(beyond) => {
            let why = format!(
                "The application may do more than you: {}. Ask a Global Administrator.",
                beyond.permission.word()
            );
            Err(Refusal::new("insufficient_scope", 65001, why).into())
        }
    }
}

/// Its addresses are where administrators' codes go.
fn is_not_the_portal(caller: &Caller, application: &str) -> Result<()> {
    match is_home(&caller.tenant.id) && application == PORTAL {
        true => Err(Error::BadRequest("The portal itself stays as the server made it.".into())),
        false => Ok(()),
    }
}

pub async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let registered = registered(&state, &caller, &id).await?;
    is_not_the_portal(&caller, &id)?;
    let before = in_words(&state, &caller, &registered).await?;
    let change = Change::deleted("Delete application", "Application", &id, &before.display_name, &before)?;
    change::make(&state, &caller, change, |c, tenant, _| {
        Box::pin(async move { application::delete(c, tenant, &registered.application.id).await })
    })
    .await?;
    Ok(nothing())
}
