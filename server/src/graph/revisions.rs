//! `/identity/authenticationEventsFlows/{id}/revisions`: what a flow was after each save; compared, and brought back.

use super::{
    answer::Wishes,
    caller::Caller,
    flow_shape::Flows,
    query::{
        options::{Options, bad},
        page::Page,
    },
    user_flows::{self, OF},
};
use crate::{
    administration,
    directory::{
        account, application,
        user_flow::{self, Saved},
    },
    error::{Error, Result},
    state::AppState,
};
use app::contract::{
    id::{AccountId, ApplicationId, TenantId, UserFlowId},
    resource::{
        moment::Moment,
        revision::{Change, Diff, Revision},
        user_flow::UserFlow as Shown,
    },
    user_flow::{Layout, UserFlow},
};
use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

fn of(id: &str) -> String {
    format!("{OF}/{id}/revisions")
}

/// The newest first, page by page.
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.only(&["top", "skiptoken"])?;
    let flow = user_flow::get(&state.db, &caller.tenant.id, &id.as_str().into()).await?;
    let of = of(&id);
    let list = wishes.list(&state, &caller, &of);
    let place = list.place(&options)?.and_then(|place| place.first()?.as_i64());
    // One more than is shown tells whether there is another page.
    let limit = options.top as i64 + 1;
    let mut saves = user_flow::saves(&state.db, &caller.tenant.id, &flow.id, place, limit).await?;
    let goes_on = saves.len() > options.top;
    saves.truncate(options.top);
    let next = match saves.last().filter(|_| goes_on) {
        Some(last) => Some(list.next(&options, &[last.revision.into()])?),
        None => None,
    };
    let names = Names::of(&state, &caller.tenant.id, &saves).await?;
    let shown = saves.iter().map(|saved| serde_json::to_value(names.revision(saved, flow.layout.revision, None)));
    Ok(wishes.collection(&of, Page { value: shown.collect::<Result<_, _>>()?, next, ..Page::default() }))
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let current = flows.get(&id)?.flow.layout.revision;
    let (flow, saved) = find(&state, &caller, &id, &number).await?;
    let names = Names::of(&state, &caller.tenant.id, std::slice::from_ref(&saved)).await?;
    wishes.entity(&of(&id), &names.revision(&saved, current, Some(flows.shown_alone(&flow))))
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
    let to = match compared_with(query.as_deref())? {
        Some(to) => to,
        None => flows.get(&id)?.flow.layout.revision.to_string(),
    };
    let before = flows.shown_alone(&find(&state, &caller, &id, &number).await?.0);
    let after = flows.shown_alone(&find(&state, &caller, &id, &to).await?.0);
    let changes = changes(&before, &after)?;
    wishes.as_it_is(&of(&id), &Diff { from: before.revision, to: after.revision, changes })
}

/// `to`, and nothing else: whoever asked for more would take the answer for what it is not.
fn compared_with(query: Option<&str>) -> Result<Option<String>> {
    let mut to = None;
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "to" if to.is_none() => to = Some(value.into_owned()),
            _ => return Err(bad(format!("The option '{name}' is not offered here, or is there twice."))),
        }
    }
    Ok(to)
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
    let mut sent = flows.shown_alone(&find(&state, &caller, &id, &number).await?.0);
    sent.conditions = before.conditions.clone();
    // Judged anew: an attribute or a provider may be gone since.
    let flow = flows.read(&sent, None, UserFlowId::from(id.as_str()), before.revision)?;
    let flow = UserFlow { layout: Layout { revision: before.revision, ..flow.layout }, ..flow };
    user_flows::publish(&state, &caller, &flows, before, flow, Default::default(), "Restore user flow").await?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.entity(OF, &flows.shown(flows.get(&id)?))
}

async fn find(state: &AppState, caller: &Caller, id: &str, number: &str) -> Result<(UserFlow, Saved)> {
    let number: i64 = number.parse().map_err(|_| Error::NotFound)?;
    user_flow::at_revision(&state.db, &caller.tenant.id, &id.into(), number).await?.ok_or(Error::NotFound)
}

/// Who saved, by id: administrators, people of the tenant, and applications of either.
struct Names(BTreeMap<String, String>);

impl Names {
    async fn of(state: &AppState, tenant: &TenantId, saves: &[Saved]) -> Result<Names> {
        let mut names = BTreeMap::new();
        for by in saves.iter().filter_map(|saved| saved.by.as_ref()) {
            if !names.contains_key(by)
                && let Some(name) = name(state, tenant, by).await?
            {
                names.insert(by.clone(), name);
            }
        }
        Ok(Names(names))
    }

    fn revision(&self, saved: &Saved, current: i64, flow: Option<Shown>) -> Revision {
        Revision {
            id: saved.revision.to_string(),
            revision: saved.revision,
            created_date_time: Moment(saved.at),
            created_by_name: saved.by.as_ref().and_then(|by| self.0.get(by).cloned()),
            created_by: saved.by.clone(),
            is_current: saved.revision == current,
            flow,
        }
    }
}

async fn name(state: &AppState, tenant: &TenantId, id: &str) -> Result<Option<String>> {
    let (home, account, client) =
        (TenantId::from(administration::TENANT_ID), AccountId::from(id), ApplicationId::from(id));
    for place in [&home, tenant] {
        if let Some(profile) = account::profile(&state.db, place, &account).await? {
            let named = profile.attributes.get("displayName").filter(|name| !name.is_empty());
            return Ok(Some(named.cloned().unwrap_or(profile.name)));
        }
        if let Some(application) = application::find(&state.db, place, &client).await? {
            return Ok(Some(application.name.clone()));
        }
    }
    Ok(None)
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

/// What the server says of a flow, and what every save changes; the rows are told by their attribute.
const NOT_COMPARED: [&str; 9] = [
    "@odata.etag",
    "id",
    "revision",
    "peopleSignedUp",
    "openPages",
    "createdDateTime",
    "conditions",
    "onAttributeCollection",
    "onAuthenticationMethodLoadStart",
];

/// The whole flow, so that a property of tomorrow is compared too.
fn flat(flow: &Shown) -> Result<Map<String, Value>> {
    let mut properties = Map::new();
    let mut whole = serde_json::to_value(flow)?;
    if let Value::Object(members) = &mut whole {
        members.retain(|name, _| !NOT_COMPARED.contains(&name.as_str()));
    }
    flatten(String::new(), whole, &mut properties);
    let providers = &flow.on_authentication_method_load_start.identity_providers;
    let providers: Vec<&str> = providers.iter().map(|provider| provider.id.as_str()).collect();
    properties.insert("identityProviders".into(), Value::from(providers));
    let order: Vec<&str> = flow.inputs().iter().map(|input| input.attribute.as_str()).collect();
    properties.insert("inputs".into(), Value::from(order));
    for input in flow.inputs() {
        if let Value::Object(members) = serde_json::to_value(input)? {
            let members = members.into_iter().filter(|(name, _)| name != "attribute");
            properties.extend(members.map(|(name, value)| (format!("inputs/{}/{name}", input.attribute), value)));
        }
    }
    Ok(properties)
}

/// `{"rules": {"lockout": {"tries": 10}}}` as `rules/lockout/tries`. A list is one value.
fn flatten(path: String, value: Value, properties: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.into_iter().filter(|(name, _)| !name.starts_with('@')) {
                let path = if path.is_empty() { name } else { format!("{path}/{name}") };
                flatten(path, value, properties);
            }
        }
        value => {
            properties.insert(path, value);
        }
    }
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

    #[test]
    fn a_rule_is_told_by_its_place() {
        let before = flow(&[]);
        let mut after = Shown { revision: 2, etag: Some("2".into()), ..before.clone() };
        after.rules.lockout.tries = 5;
        after.on_interactive_auth_flow_start.is_sign_up_allowed = true;
        let paths: Vec<String> = changes(&before, &after).unwrap().into_iter().map(|change| change.path).collect();
        assert_eq!(paths, ["onInteractiveAuthFlowStart/isSignUpAllowed", "rules/lockout/tries"]);
    }
}
