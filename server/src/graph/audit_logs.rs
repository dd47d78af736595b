//! `/auditLogs`: who signed in, and what administrators changed.

mod named;

use super::{
    answer::Wishes,
    caller::Caller,
    change::PERSON,
    query::{
        filter::{Expression, Literal, Operator, Place},
        options::{Direction, Options, bad},
        page::{Page, selected},
    },
};
use crate::{
    directory::{
        activity::{self, Activity, Wanted},
        application, audit,
        person::{self, Person},
        sign_in_failure::{self, EVENT, Failure},
    },
    error::Result,
    state::AppState,
};
use app::contract::{
    id::{AccountId, ApplicationId},
    resource::{
        directory_audit::{AppInitiator, DirectoryAudit, InitiatedBy, ModifiedProperty, TargetResource, UserInitiator},
        moment::Moment,
        sign_in::{SignIn, Status},
    },
    time::Timestamp,
};
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use named::{Name, Named};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const SIGN_INS: &str = "auditLogs/signIns";
const AUDITS: &str = "auditLogs/directoryAudits";

/// Newest first.
pub async fn sign_ins(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    only_newest_first(&options, "createdDateTime")?;
    let list = wishes.list(&state, &caller, SIGN_INS);
    let (mut wanted, mut named) = (Wanted::default(), Named::default());
    if let Some(filter) = &options.filter {
        narrow(&mut wanted, &mut named, filter)?;
    }
    if let Some(called_so) = named.accounts(&state, &caller).await? {
        wanted.accounts = Some(match wanted.accounts {
            Some(asked) => asked.into_iter().filter(|id| called_so.contains(id)).collect(),
            None => called_so,
        });
    }
    wanted.after = match list.place(&options)?.as_deref() {
        Some([at, Value::String(id)]) => Some((at.as_i64().unwrap_or_default(), id.clone())),
        _ => None,
    };
    let mut found = happened(&state, &caller, &wanted, options.top as i64 + 1).await?;
    let more = found.len() > options.top;
    found.truncate(options.top);
    let next = match found.last().filter(|_| more) {
        Some(last) => Some(list.next(&options, &[last.at().0.into(), last.id().into()])?),
        None => None,
    };
    let names = Names::of(&state, &caller, &found).await?;
    let value = found.iter().map(|event| Ok(selected(serde_json::to_value(names.sign_in(event))?, &options.select)));
    let page = Page { value: value.collect::<Result<_>>()?, next, ..Page::default() };
    Ok(wishes.collection(SIGN_INS, page))
}

/// What went well, and what failed.
enum Happened {
    Well(Activity),
    Failed(Failure),
}

impl Happened {
    fn at(&self) -> Timestamp {
        match self {
            Happened::Well(activity) => activity.at,
            Happened::Failed(failure) => failure.first_at,
        }
    }

    fn id(&self) -> &str {
        match self {
            Happened::Well(activity) => &activity.id,
            Happened::Failed(failure) => &failure.id,
        }
    }

    fn account(&self) -> Option<&AccountId> {
        match self {
            Happened::Well(activity) => activity.account.as_ref(),
            Happened::Failed(failure) => failure.account.as_ref(),
        }
    }

    fn application(&self) -> Option<&ApplicationId> {
        match self {
            Happened::Well(activity) => activity.application.as_ref(),
            Happened::Failed(failure) => Some(&failure.application),
        }
    }
}

/// Two lists, each newest first, as one.
async fn happened(state: &AppState, caller: &Caller, wanted: &Wanted, limit: i64) -> Result<Vec<Happened>> {
    if wanted.accounts.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let (db, tenant) = (&state.db, &caller.tenant.id);
    let asks_well = wanted.kind.as_deref() != Some(EVENT) && wanted.error_code.is_none_or(|code| code == 0);
    let asks_failed = wanted.kind.as_deref().is_none_or(|kind| kind == EVENT) && wanted.error_code != Some(0);
    let well = if asks_well { activity::list_wanted(db, tenant, wanted, limit).await? } else { Vec::new() };
    let failed = if asks_failed { sign_in_failure::list_wanted(db, tenant, wanted, limit).await? } else { Vec::new() };
    let mut all: Vec<Happened> =
        well.into_iter().map(Happened::Well).chain(failed.into_iter().map(Happened::Failed)).collect();
    all.sort_by(|a, b| b.at().cmp(&a.at()).then_with(|| a.id().cmp(b.id())));
    all.truncate(limit.max(0) as usize);
    Ok(all)
}

/// Both lists are walked from their end, and not counted.
fn only_newest_first(options: &Options, time: &str) -> Result<()> {
    options.expands_only(&[])?;
    let newest_first = match options.order.as_slice() {
        [] => true,
        [(name, Direction::Down)] => name == time,
        _ => false,
    };
    match () {
        () if !newest_first => Err(bad(format!("The list is ordered by {time} desc."))),
        () if options.count => Err(bad("The list is not counted: read it page by page, without $count.")),
        () if options.search.is_some() => Err(bad("The list is not searched: use $filter.")),
        () => Ok(()),
    }
}

fn narrow(wanted: &mut Wanted, named: &mut Named, filter: &Expression) -> Result<()> {
    let cannot = || {
        bad(
            "Sign-ins are found by createdDateTime ge, gt, lt and le, by userId, appId, event and status/errorCode eq, \
             and by userPrincipalName and userDisplayName eq or startsWith, with and between.",
        )
    };
    match filter {
        Expression::All(parts) => parts.iter().try_for_each(|part| narrow(wanted, named, part)),
        Expression::Text { path, place: Place::Start, text } => match named.place(path) {
            Some(place) => once(place, Name::beginning(text)?),
            None => Err(cannot()),
        },
        Expression::Compare { path, operator: Operator::Equal, literal: Literal::Text(text) }
            if named.place(path).is_some() =>
        {
            let name = Name::whole(text)?;
            named.place(path).map_or(Ok(()), |place| once(place, name))
        }
        Expression::Compare { path, operator, literal } => match (path.join("/").as_str(), operator, literal) {
            ("createdDateTime", operator, Literal::Moment(at)) => {
                narrow_time(&mut wanted.since, &mut wanted.before, *operator, *at).unwrap_or_else(|| Err(cannot()))
            }
            ("status/errorCode", Operator::Equal, Literal::Number(code)) => once(&mut wanted.error_code, *code),
            ("userId", Operator::Equal, Literal::Text(id)) => once(&mut wanted.accounts, vec![id.clone()]),
            ("appId", Operator::Equal, Literal::Text(id)) => once(&mut wanted.application, id.clone()),
            ("event", Operator::Equal, Literal::Text(word)) => once(&mut wanted.kind, word.clone()),
            _ => Err(cannot()),
        },
        _ => Err(cannot()),
    }
}

/// Of two conditions on one property the second would silently stand for both.
fn once<T>(place: &mut Option<T>, value: T) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(bad("Each property is asked for once, and times by one beginning and one end.")),
    }
}

/// From its beginning, up to before its end. Nothing where times are not compared so.
fn narrow_time(
    since: &mut Option<Timestamp>,
    before: &mut Option<Timestamp>,
    operator: Operator,
    at: Moment,
) -> Option<Result<()>> {
    match operator {
        Operator::AtLeast => Some(once(since, at.0)),
        Operator::Greater => Some(once(since, at.next().0)),
        Operator::Less => Some(once(before, at.0)),
        Operator::AtMost => Some(once(before, at.next().0)),
        _ => None,
    }
}

/// The names of people and applications of one page.
struct Names {
    people: BTreeMap<String, Person>,
    applications: BTreeMap<String, String>,
}

impl Names {
    async fn of(state: &AppState, caller: &Caller, found: &[Happened]) -> Result<Names> {
        let ids: BTreeSet<String> = found.iter().filter_map(Happened::account).map(ToString::to_string).collect();
        let ids: Vec<AccountId> = ids.into_iter().map(AccountId::from).collect();
        let people = person::by_ids(&state.db, &caller.tenant.id, &ids).await?;
        let mut applications = BTreeMap::new();
        for id in found.iter().filter_map(Happened::application) {
            if !applications.contains_key(id.as_str()) {
                let known = application::find(&state.db, &caller.tenant.id, id).await?;
                applications.insert(id.to_string(), known.map(|it| it.name.clone()).unwrap_or_default());
            }
        }
        let people = people.into_iter().map(|person| (person.id.to_string(), person)).collect();
        Ok(Names { people, applications })
    }

    fn sign_in(&self, event: &Happened) -> SignIn {
        let id = event.account().map(ToString::to_string).unwrap_or_default();
        let person = self.people.get(&id);
        let application = event.application().map(ToString::to_string).unwrap_or_default();
        let told = SignIn {
            id: event.id().into(),
            created_date_time: Moment(event.at()),
            user_display_name: person.map(Person::display_name).unwrap_or_default().into(),
            user_principal_name: person.and_then(Person::address).unwrap_or_default().into(),
            user_id: id,
            app_display_name: self.applications.get(&application).cloned().unwrap_or_default(),
            app_id: application,
            client_app_used: "Browser".into(),
            is_interactive: true,
            ..SignIn::default()
        };
        match event {
            Happened::Well(activity) => SignIn {
                event: activity.kind.as_str().into(),
                user_flow_id: activity.user_flow.as_ref().map(ToString::to_string),
                ..told
            },
            Happened::Failed(failure) => SignIn {
                event: EVENT.into(),
                user_flow_id: Some(failure.user_flow.to_string()),
                // The network, and nobody's place in it (security R43).
                ip_address: Some(failure.network.clone()).filter(|network| !network.is_empty()),
                status: Status {
                    error_code: u32::try_from(failure.code).unwrap_or(u32::MAX),
                    failure_reason: Some(failure.reason().into()),
                    additional_details: Some(format!("Tries within the hour: {}", failure.times)),
                },
                ..told
            },
        }
    }
}

/// Newest first, in the order of the chain.
pub async fn directory_audits(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    only_newest_first(&options, "activityDateTime")?;
    let list = wishes.list(&state, &caller, AUDITS);
    let mut wanted = audit::Wanted::default();
    if let Some(filter) = &options.filter {
        narrow_audits(&mut wanted, filter)?;
    }
    wanted.after = list.place(&options)?.and_then(|place| place.first().and_then(Value::as_i64));
    let mut found = audit::list(&state.db, &caller.tenant.id, &wanted, options.top as i64 + 1).await?;
    let more = found.len() > options.top;
    found.truncate(options.top);
    let next = match found.last().filter(|_| more) {
        Some(last) => Some(list.next(&options, &[last.sequence.into()])?),
        None => None,
    };
    let people = people_of(&state, &caller, &found).await?;
    let value = found.into_iter().map(|row| Ok(selected(serde_json::to_value(told(row, &people))?, &options.select)));
    let page = Page { value: value.collect::<Result<_>>()?, next, ..Page::default() };
    Ok(wishes.collection(AUDITS, page))
}

fn narrow_audits(wanted: &mut audit::Wanted, filter: &Expression) -> Result<()> {
    let cannot = || {
        bad("Changes are found by activityDateTime ge, gt, lt and le, and by category, activityDisplayName, \
             initiatedBy/user/id and initiatedBy/app/appId eq, with and between.")
    };
    match filter {
        Expression::All(parts) => parts.iter().try_for_each(|part| narrow_audits(wanted, part)),
        Expression::Compare { path, operator, literal } => match (path.join("/").as_str(), operator, literal) {
            ("activityDateTime", operator, Literal::Moment(at)) => {
                narrow_time(&mut wanted.since, &mut wanted.before, *operator, *at).unwrap_or_else(|| Err(cannot()))
            }
            ("category", Operator::Equal, Literal::Text(word)) => once(&mut wanted.category, word.clone()),
            ("activityDisplayName", Operator::Equal, Literal::Text(word)) => once(&mut wanted.activity, word.clone()),
            ("initiatedBy/user/id", Operator::Equal, Literal::Text(id)) => {
                once(&mut wanted.actor, (audit::ActorKind::Account, id.clone()))
            }
            ("initiatedBy/app/appId", Operator::Equal, Literal::Text(id)) => {
                once(&mut wanted.actor, (audit::ActorKind::Application, id.clone()))
            }
            _ => Err(cannot()),
        },
        _ => Err(cannot()),
    }
}

/// What they are called now whom the audit knows by their ids alone. Of whoever was forgotten there is no more (security R42).
async fn people_of(state: &AppState, caller: &Caller, rows: &[audit::Audit]) -> Result<BTreeMap<String, Person>> {
    let targets = rows.iter().map(|row| &row.entry.target).filter(|it| it.kind == PERSON && it.name.is_empty());
    // Whoever changed themselves.
    let actors = rows.iter().map(|row| &row.entry.actor).filter(|it| it.name.is_empty());
    let ids: BTreeSet<&String> = targets.map(|target| &target.id).chain(actors.map(|actor| &actor.id)).collect();
    let ids: Vec<AccountId> = ids.into_iter().map(|id| AccountId::from(id.as_str())).collect();
    let people = person::by_ids(&state.db, &caller.tenant.id, &ids).await?;
    Ok(people.into_iter().map(|person| (person.id.to_string(), person)).collect())
}

fn told(row: audit::Audit, people: &BTreeMap<String, Person>) -> DirectoryAudit {
    let audit::Audit { sequence, entry, .. } = row;
    let present_name = people.get(&entry.target.id).map(Person::display_name).unwrap_or_default().to_owned();
    let present_address = people.get(&entry.actor.id).and_then(Person::address).unwrap_or_default().to_owned();
    let initiated_by = match entry.actor.kind {
        audit::ActorKind::Account => InitiatedBy {
            user: Some(UserInitiator {
                id: entry.actor.id,
                user_principal_name: [entry.actor.name, present_address].into_iter().find(|name| !name.is_empty()),
                ip_address: Some(entry.address).filter(|address| !address.is_empty()),
            }),
            app: None,
        },
        audit::ActorKind::Application | audit::ActorKind::Server => InitiatedBy {
            user: None,
            app: Some(AppInitiator { app_id: entry.actor.id, display_name: Some(entry.actor.name) }),
        },
    };
    DirectoryAudit {
        id: entry.id,
        activity_date_time: Moment(entry.at),
        activity_display_name: entry.activity,
        category: entry.category,
        correlation_id: entry.correlation,
        operation_type: entry.operation.as_str().into(),
        result: "success".into(),
        initiated_by,
        target_resources: vec![TargetResource {
            id: entry.target.id,
            display_name: [entry.target.name, present_name].into_iter().find(|name| !name.is_empty()),
            kind: entry.target.kind,
            modified_properties: modified(entry.before.as_ref(), entry.after.as_ref()),
        }],
        sequence,
    }
}

/// Property by property, what differs; of people, only which.
fn modified(before: Option<&Value>, after: Option<&Value>) -> Vec<ModifiedProperty> {
    let text = |value: Option<&Value>| value.map(ToString::to_string);
    let with_values = audit::differing(before, after).into_iter().map(|name| ModifiedProperty {
        old_value: text(audit::member(before, &name)),
        new_value: text(audit::member(after, &name)),
        display_name: name,
    });
    let by_name = audit::names_in(after)
        .into_iter()
        .map(|name| ModifiedProperty { display_name: name, ..ModifiedProperty::default() });
    with_values.chain(by_name).collect()
}
