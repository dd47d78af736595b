//! `/identity/authenticationEventsFlows/{id}/revisions`: what a flow was after each save; compared, and brought back.

use super::{
    answer::Wishes,
    caller::Caller,
    flow_shape::Flows,
    query::{options::Options, page::Page},
    user_flows::{self, OF},
};
use crate::{
    directory::user_flow::{self, Revision as Stored},
    error::{Error, Result},
    state::AppState,
};
use app::contract::{
    id::UserFlowId,
    resource::{
        moment::Moment,
        revision::{Change, Diff, Revision},
        user_flow::UserFlow as Shown,
    },
    user_flow::Layout,
};
use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use serde_json::{Map, Value};

fn of(id: &str) -> String {
    format!("{OF}/{id}/revisions")
}

/// The newest first.
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    let current = flows.get(&id)?.flow.layout.revision;
    let stored = user_flow::revisions(&state.db, &caller.tenant.id, &id.as_str().into()).await?;
    let shown = stored.iter().take(options.top).map(|stored| serde_json::to_value(revision(stored, current, None)));
    Ok(wishes.collection(&of(&id), Page { value: shown.collect::<Result<_, _>>()?, ..Page::default() }))
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let current = flows.get(&id)?.flow.layout.revision;
    let stored = find(&state, &caller, &id, &number).await?;
    wishes.entity(&of(&id), &revision(&stored, current, Some(flows.shown_alone(&stored.flow))))
}

/// `…/revisions/{number}/diff?to={other}`: from one to the other, or to what stands now.
pub async fn diff(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, number)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let to = match url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).find(|(name, _)| name == "to") {
        Some((_, to)) => to.into_owned(),
        None => flows.get(&id)?.flow.layout.revision.to_string(),
    };
    let before = flows.shown_alone(&find(&state, &caller, &id, &number).await?.flow);
    let after = flows.shown_alone(&find(&state, &caller, &id, &to).await?.flow);
    let changes = changes(&before, &after)?;
    wishes.entity(&of(&id), &Diff { from: before.revision, to: after.revision, changes })
}

/// Publishes what was, as the next revision: nothing is lost on the way back either.
pub async fn restore(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let listed = flows.get(&id)?;
    let before = flows.shown(listed);
    wishes.still(before.etag.as_deref().unwrap_or_default())?;
    let mut sent = flows.shown_alone(&find(&state, &caller, &id, &number).await?.flow);
    sent.conditions = before.conditions.clone();
    // Judged anew: an attribute or a provider may be gone since.
    let flow = flows.read(&sent, None, UserFlowId::from(id.as_str()), before.revision)?;
    let flow =
        app::contract::user_flow::UserFlow { layout: Layout { revision: before.revision, ..flow.layout }, ..flow };
    user_flows::publish(&state, &caller, &flows, before, flow, Default::default(), "Restore user flow").await?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.entity(OF, &flows.shown(flows.get(&id)?))
}

async fn find(state: &AppState, caller: &Caller, id: &str, number: &str) -> Result<Stored> {
    let number: i64 = number.parse().map_err(|_| Error::NotFound)?;
    let stored = user_flow::revisions(&state.db, &caller.tenant.id, &id.into()).await?;
    stored.into_iter().find(|stored| stored.flow.layout.revision == number).ok_or(Error::NotFound)
}

fn revision(stored: &Stored, current: i64, flow: Option<Shown>) -> Revision {
    let number = stored.flow.layout.revision;
    Revision {
        id: number.to_string(),
        revision: number,
        created_date_time: Moment(stored.made_at),
        created_by: stored.made_by.clone(),
        is_current: number == current,
        flow,
    }
}

/// Property by property; the rows of the page by their attribute, and their order as one thing.
fn changes(before: &Shown, after: &Shown) -> Result<Vec<Change>> {
    let (before, after) = (flat(before)?, flat(after)?);
    let mut paths: Vec<&String> =
        before.keys().chain(after.keys().filter(|path| !before.contains_key(*path))).collect();
    paths.sort();
    let text = |value: Option<&Value>| value.map(Value::to_string);
    let change = |path: &String| {
        let (was, is) = (before.get(path), after.get(path));
        (was != is).then(|| Change { path: path.clone(), before: text(was), after: text(is) })
    };
    Ok(paths.into_iter().filter_map(change).collect())
}

fn flat(flow: &Shown) -> Result<Map<String, Value>> {
    let mut properties = Map::new();
    let order: Vec<&str> = flow.inputs().iter().map(|input| input.attribute.as_str()).collect();
    properties.insert("inputs".into(), serde_json::to_value(order)?);
    for input in flow.inputs() {
        if let Value::Object(members) = serde_json::to_value(input)? {
            let members = members.into_iter().filter(|(name, _)| name != "attribute");
            properties.extend(members.map(|(name, value)| (format!("inputs/{}/{name}", input.attribute), value)));
        }
    }
    let providers = &flow.on_authentication_method_load_start.identity_providers;
    let providers: Vec<&str> = providers.iter().map(|provider| provider.id.as_str()).collect();
    for (name, value) in [
        ("displayName", Value::from(flow.display_name.as_str())),
        ("description", Value::from(flow.description.clone())),
        ("priority", Value::from(flow.priority)),
        ("isSignUpAllowed", Value::from(flow.on_interactive_auth_flow_start.is_sign_up_allowed)),
        ("identityProviders", Value::from(providers)),
        ("userTypeToCreate", serde_json::to_value(flow.on_user_create_start.user_type_to_create)?),
        ("keepSignedIn", Value::from(flow.keep_signed_in)),
        ("passwordRule", serde_json::to_value(flow.password_rule)?),
        ("claims", Value::from(flow.claims.clone())),
    ] {
        properties.insert(name.into(), value);
    }
    Ok(properties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::contract::resource::{
        input::Input,
        user_flow::{AttributeCollection, AttributeCollectionPage, View},
    };

    fn flow(inputs: &[(&str, &str)]) -> Shown {
        let inputs = inputs
            .iter()
            .map(|(attribute, label)| Input {
                attribute: (*attribute).into(),
                label: (*label).into(),
                ..Input::default()
            })
            .collect();
        let page = AttributeCollectionPage { views: vec![View { inputs, ..View::default() }], ..Default::default() };
        let collection = AttributeCollection { attribute_collection_page: page, ..AttributeCollection::default() };
        Shown { on_attribute_collection: collection, ..Shown::default() }
    }

    #[test]
    fn a_diff_names_what_changed_and_nothing_else() {
        let (before, after) =
            (flow(&[("city", "City"), ("state", "State")]), flow(&[("state", "State"), ("city", "Town")]));
        let paths: Vec<String> = changes(&before, &after).unwrap().into_iter().map(|change| change.path).collect();
        assert_eq!(paths, ["inputs", "inputs/city/label"]);
        assert!(changes(&before, &before).unwrap().is_empty());
    }
}
