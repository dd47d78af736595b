//! `/identity/authenticationEventsFlows`: user flows, and what is put into them and taken out.

mod applications;

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
    flow_shape::{self, Flows},
    identity_providers,
    query::{listed, options::Options, page::selected},
    user_flow_attributes::named,
};
use crate::{
    directory::{
        application, attachment,
        user_flow::{self, Head, Listed},
    },
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    id::{ApplicationId, UserFlowId},
    resource::{
        collection::Reference,
        input::Input,
        moment::Moment,
        user_flow::{FlowProvider, UserFlow as Shown},
    },
    user_flow::UserFlow,
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};
use serde_json::{Value, json};

pub use applications::{APPLICATION_FIELDS, add_application, application, applications, remove_application};

pub const OF: &str = "identity/authenticationEventsFlows";
const CATEGORY: &str = "UserFlow";
pub const FIELDS: [&str; 12] = [
    "id",
    "displayName",
    "description",
    "priority",
    "revision",
    "createdDateTime",
    "conditions/applications/includeApplications",
    "conditions/applications/includeApplications/appId",
    "onAuthenticationMethodLoadStart/identityProviders",
    "onAuthenticationMethodLoadStart/identityProviders/id",
    "onAttributeCollection/attributes",
    "onAttributeCollection/attributes/id",
];
/// What is known of a flow without its page.
const HEAD: [&str; 6] = ["id", "displayName", "description", "priority", "revision", "createdDateTime"];
pub const ATTRIBUTE_FIELDS: [&str; 4] = ["id", "displayName", "userFlowAttributeType", "dataType"];
pub const EXPANDABLE: [&str; 3] = ["includeApplications", "identityProviders", "attributes"];

pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.expands_only(&EXPANDABLE)?;
    let list = wishes.list(&state, &caller, OF);
    if listed::uses_only(&options, &HEAD) {
        let heads = user_flow::heads(&state.db, &caller.tenant.id).await?;
        let mut page = listed::page(list, &options.whole(), &HEAD, heads.iter().map(head).collect())?;
        page.value = complete(&state, &caller, &options, page.value).await?;
        return Ok(wishes.collection(OF, page));
    }
    let flows = Flows::of(&state, &caller.tenant).await?;
    let values = flows.flows.iter().map(|listed| serde_json::to_value(flows.shown(listed)));
    Ok(wishes.collection(OF, listed::page(list, &options, &FIELDS, values.collect::<Result<_, _>>()?)?))
}

fn head(head: &Head) -> Value {
    json!({
        "id": head.id,
        "displayName": head.name,
        "description": head.about.description,
        "priority": head.about.priority,
        "revision": head.revision,
        "createdDateTime": Moment(head.created_at),
    })
}

/// The flows of one page, in its order. Nothing more is read where their heads say all that was asked.
async fn complete(state: &AppState, caller: &Caller, options: &Options, heads: Vec<Value>) -> Result<Vec<Value>> {
    let asks_less = !options.select.is_empty() && options.select.iter().all(|name| HEAD.contains(&name.as_str()));
    if asks_less {
        return Ok(heads.into_iter().map(|head| selected(head, &options.select)).collect());
    }
    let ids: Vec<String> = heads.iter().filter_map(|head| Some(head["id"].as_str()?.to_owned())).collect();
    let flows = Flows::these(state, &caller.tenant, &ids).await?;
    // One that was deleted a moment ago is left out.
    let found = ids.iter().filter_map(|id| flows.get(id).ok());
    found.map(|listed| Ok(selected(serde_json::to_value(flows.shown(listed))?, &options.select))).collect()
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.expanded(OF, &flows.shown(flows.get(&id)?), &EXPANDABLE)
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, body: Bytes) -> Result<Response> {
    let sent: Shown = body::created(&body)?;
    if !sent.id.is_empty() {
        return Err(Flaw::new("id", "A user flow's id is given by the server.").into());
    }
    read_only(&Shown::default(), &sent)?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    let flow = flows.read(&sent, None, UserFlowId::from(state.chance.id()), 1)?;
    let (attached, _) = flow_shape::moved(&Shown::default(), &sent);
    exist(&state, &caller, &attached).await?;
    let mut after = flows.shown_alone(&flow);
    after.conditions = sent.conditions.clone();
    let (id, made_by) = (flow.id.to_string(), caller.actor.id.clone());
    let change = Change::added("Create user flow", CATEGORY, &id, &flow.name, &after)?;
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move {
            user_flow::add(c, tenant, &flow, Some(&made_by), now).await?;
            for application in &attached {
                attachment::attach(c, tenant, application, &flow.id).await?;
            }
            Ok(())
        })
    })
    .await?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.created(OF, &id, &flows.shown(flows.get(&id)?))
}

pub async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let before = flows.shown(flows.get(&id)?);
    wishes.still(before.etag.as_deref().unwrap_or_default())?;
    let sent: Shown = body::patched(&before, &body)?;
    read_only(&before, &sent)?;
    let flow = flows.read(&sent, Some(&before), UserFlowId::from(id.as_str()), before.revision)?;
    let moved = flow_shape::moved(&before, &sent);
    exist(&state, &caller, &moved.0).await?;
    publish(&state, &caller, &flows, before, flow, moved, "Update user flow").await?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.changed(OF, &flows.shown(flows.get(&id)?))
}

pub async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let before = flows.shown(flows.get(&id)?);
    wishes.still(before.etag.as_deref().unwrap_or_default())?;
    let change = Change::deleted("Delete user flow", CATEGORY, &id, &before.display_name, &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { user_flow::delete(c, tenant, &id.into()).await })
    })
    .await?;
    Ok(answer::nothing())
}

/// Saves a flow that was judged as its next revision, with the applications that come and go.
pub async fn publish(
    state: &AppState,
    caller: &Caller,
    flows: &Flows,
    before: Shown,
    flow: UserFlow,
    (come, go): (Vec<ApplicationId>, Vec<ApplicationId>),
    activity: &'static str,
) -> Result<()> {
    let mut after = flows.shown_alone(&flow);
    after.revision += 1;
    after.etag = None;
    let change =
        Change::updated(activity, CATEGORY, &before.id, &flow.name, &Shown { etag: None, ..before.clone() }, &after)?;
    let made_by = caller.actor.id.clone();
    change::make(state, caller, change, move |c, tenant, now| {
        Box::pin(async move {
            let flow = user_flow::publish(c, tenant, flow, Some(&made_by), now).await?;
            for application in &go {
                attachment::detach(c, tenant, application, &flow.id).await?;
            }
            for application in &come {
                attachment::attach(c, tenant, application, &flow.id).await?;
            }
            Ok(())
        })
    })
    .await
}

/// What only the server says may be sent back as it was, and not otherwise (security R14). How many pages are open changes
/// from one call to the next: whatever is sent for it says nothing.
fn read_only(before: &Shown, sent: &Shown) -> Result<()> {
    let mut flaws = Vec::new();
    for (property, same) in [
        ("id", before.id == sent.id),
        ("revision", before.revision == sent.revision),
        ("peopleSignedUp", before.people_signed_up == sent.people_signed_up),
        ("createdDateTime", before.created_date_time == sent.created_date_time),
    ] {
        if !same {
            flaws.push(Flaw::new(property, format!("'{property}' is the server's to say.")));
        }
    }
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

async fn exist(state: &AppState, caller: &Caller, applications: &[ApplicationId]) -> Result<()> {
    for id in applications {
        if application::find(&state.db, &caller.tenant.id, id).await?.is_none() {
            let why = format!("There is no application '{id}' in this tenant.");
            return Err(Flaw::new("conditions/applications/includeApplications", why).into());
        }
    }
    Ok(())
}

/// Of the thing that `@odata.id` points to: the last word of its address, in any spelling.
fn referred(body: &[u8]) -> Result<String> {
    let reference: Reference = serde_json::from_slice(body)
        .map_err(|_| Flaw::new("@odata.id", "The body is {\"@odata.id\": \"…\"}: the address of what is added."))?;
    let last = reference.address.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let key = last.split_once("('").and_then(|(_, key)| key.strip_suffix("')"));
    Ok(key.unwrap_or(last).to_owned())
}

pub async fn providers(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let shown = flows.shown(flows.get(&id)?);
    let of = format!("{OF}/{id}/onAuthenticationMethodLoadStart/identityProviders");
    let items = shown.on_authentication_method_load_start.identity_providers.iter().map(serde_json::to_value);
    wishes.listed(&state, &caller, &of, &identity_providers::FIELDS, items.collect::<Result<_, _>>()?)
}

pub async fn add_provider(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let provider = referred(&body)?;
    change_flow(&state, &caller, &wishes, &id, "Add identity provider to user flow", |_, shown| {
        let providers = &mut shown.on_authentication_method_load_start.identity_providers;
        if providers.iter().any(|known| known.id == provider) {
            return Err(Flaw::new("@odata.id", "The identity provider is in this user flow already.").into());
        }
        providers.push(FlowProvider { id: provider.clone(), ..FlowProvider::default() });
        Ok(())
    })
    .await
}

pub async fn remove_provider(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Response> {
    change_flow(&state, &caller, &wishes, &id, "Remove identity provider from user flow", |_, shown| {
        let providers = &mut shown.on_authentication_method_load_start.identity_providers;
        let before = providers.len();
        providers.retain(|known| known.id != provider);
        if providers.len() == before { Err(Error::NotFound) } else { Ok(()) }
    })
    .await
}

pub async fn attributes(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let shown = flows.shown(flows.get(&id)?);
    let of = format!("{OF}/{id}/onAttributeCollection/attributes");
    let items = shown.on_attribute_collection.attributes.iter().map(serde_json::to_value);
    wishes.listed(&state, &caller, &of, &ATTRIBUTE_FIELDS, items.collect::<Result<_, _>>()?)
}

/// Also puts the usual row onto the page.
pub async fn add_attribute(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let attribute = referred(&body)?;
    change_flow(&state, &caller, &wishes, &id, "Add attribute to user flow", |flows, shown| {
        let none = || Flaw::new("@odata.id", format!("There is no attribute '{attribute}'."));
        let attribute = named(&flows.attributes, &attribute).ok_or_else(none)?;
        let rows = rows(shown);
        if rows.iter().any(|row| row.attribute == attribute.id) {
            return Err(Flaw::new("@odata.id", "The attribute is in this user flow already.").into());
        }
        rows.push(Input::usual(attribute));
        Ok(())
    })
    .await
}

/// Also takes its row off the page.
pub async fn remove_attribute(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, attribute)): Path<(String, String)>,
) -> Result<Response> {
    change_flow(&state, &caller, &wishes, &id, "Remove attribute from user flow", |flows, shown| {
        let attribute = named(&flows.attributes, &attribute).map(|known| known.id.clone()).ok_or(Error::NotFound)?;
        let rows = rows(shown);
        let before = rows.len();
        rows.retain(|row| row.attribute != attribute);
        if rows.len() == before { Err(Error::NotFound) } else { Ok(()) }
    })
    .await
}

pub fn rows(shown: &mut Shown) -> &mut Vec<Input> {
    let views = &mut shown.on_attribute_collection.attribute_collection_page.views;
    if views.is_empty() {
        views.push(app::contract::resource::user_flow::View::default());
    }
    &mut views[0].inputs
}

/// One small change of a flow by its own address: the next revision, judged as a whole.
pub async fn change_flow(
    state: &AppState,
    caller: &Caller,
    wishes: &Wishes,
    id: &str,
    activity: &'static str,
    change: impl FnOnce(&Flows, &mut Shown) -> Result<()>,
) -> Result<Response> {
    let flows = Flows::of(state, &caller.tenant).await?;
    let listed: &Listed = flows.get(id)?;
    let before = flows.shown(listed);
    wishes.still(before.etag.as_deref().unwrap_or_default())?;
    let mut sent = before.clone();
    change(&flows, &mut sent)?;
    let flow = flows.read(&sent, Some(&before), listed.flow.id.clone(), before.revision)?;
    publish(state, caller, &flows, before, flow, Default::default(), activity).await?;
    Ok(answer::nothing())
}
