//! `…/conditions/applications/includeApplications`: which applications ask by a flow.

use super::{CATEGORY, OF, exist};
use crate::{
    directory::attachment::{self, Attachment},
    error::{Error, Flaw, Result},
    graph::{
        answer::{self, Wishes},
        body,
        caller::Caller,
        change::{self, Change},
        flow_shape::{self, Flows},
    },
    state::AppState,
};
use app::contract::{id::ApplicationId, resource::user_flow::FlowApplication, user_flow::UserFlow};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use serde_json::json;

const APPLICATION: &str = "Application";
pub const APPLICATION_FIELDS: [&str; 2] = ["appId", "displayName"];

fn applications_of(id: &str) -> String {
    format!("{OF}/{id}/conditions/applications/includeApplications")
}

pub async fn applications(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let flow = flows.get(&id)?.flow.id.clone();
    let items = flows.attached_to(&flow).map(flow_shape::application).map(serde_json::to_value);
    wishes.listed(&state, &caller, &applications_of(&id), &APPLICATION_FIELDS, items.collect::<Result<_, _>>()?)
}

pub async fn application(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, application)): Path<(String, String)>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let flow = flows.get(&id)?.flow.id.clone();
    let attached = flows.attached_to(&flow).find(|it| it.application.as_str() == application).ok_or(Error::NotFound)?;
    wishes.entity(&applications_of(&id), &flow_shape::application(attached))
}

pub async fn add_application(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let sent: FlowApplication = body::created(&body)?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    let flow = flows.get(&id)?.flow.clone();
    let application = ApplicationId::from(sent.app_id.as_str());
    exist(&state, &caller, std::slice::from_ref(&application)).await?;
    if flows.attached_to(&flow.id).any(|it| it.application == application) {
        return Err(Flaw::new("appId", "The application is attached to this user flow already.").into());
    }
    let (change, from) = match moved_from(&flows, &sent)? {
        Some((attached, from)) => {
            let of = |flow: &UserFlow| json!({ "userFlow": flow.name });
            let (id, name) = (application.as_str(), &attached.name);
            let change =
                Change::updated("Move application to another user flow", APPLICATION, id, name, &of(from), &of(&flow));
            (change?, Some(from.id.clone()))
        }
        None => {
            flows.free_for(&sent.app_id, &flow.id)?;
            (Change::added("Add application to user flow", CATEGORY, &id, &flow.name, &sent)?, None)
        }
    };
    change::make(&state, &caller, change, {
        let application = application.clone();
        move |c, tenant, _| {
            Box::pin(async move {
                match from {
                    Some(from) => attachment::change(c, tenant, &application, &from, &flow.id).await,
                    None => attachment::attach(c, tenant, &application, &flow.id).await,
                }
            })
        }
    })
    .await?;
    let attached = attachment::list(&state.db, &caller.tenant.id).await?;
    let attached = attached.iter().find(|it| it.application == application).ok_or(Error::NotFound)?;
    wishes.created(&applications_of(&id), application.as_str(), &flow_shape::application(attached))
}

/// The flow that an application is taken away from, where the request says that it moves.
fn moved_from<'a>(flows: &'a Flows, sent: &FlowApplication) -> Result<Option<(&'a Attachment, &'a UserFlow)>> {
    let Some(from) = sent.moved_from.as_deref() else { return Ok(None) };
    let is_it = |it: &&Attachment| it.application.as_str() == sent.app_id && it.flow.as_str() == from;
    let nowhere = || Flaw::new("movedFrom", "The application is not attached to that user flow.");
    let attached = flows.attached.iter().find(is_it).ok_or_else(nowhere)?;
    Ok(Some((attached, &flows.get(from)?.flow)))
}

pub async fn remove_application(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, application)): Path<(String, String)>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let flow = flows.get(&id)?.flow.clone();
    let application = ApplicationId::from(application);
    let before = flows.attached_to(&flow.id).find(|it| it.application == application).ok_or(Error::NotFound)?;
    let before = flow_shape::application(before);
    let change = Change::deleted("Remove application from user flow", CATEGORY, &id, &flow.name, &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { attachment::detach(c, tenant, &application, &flow.id).await })
    })
    .await?;
    Ok(answer::nothing())
}
