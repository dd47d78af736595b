//! People in pages: all of them, those who fit a filter, those whose name somebody is typing, or what fits both. What is
//! answered is what was asked, to the letter: scripts delete by such lists.

use super::{
    OF, Tongue,
    shown::{as_asked, shown},
};
use crate::{
    directory::{
        identity,
        person::{self, Comparison, Condition, Order, People, Wanted},
    },
    error::Result,
    graph::{
        answer::Wishes,
        caller::Caller,
        query::{
            filter::{Expression, Literal, Operator, Path, Place},
            options::{Direction, Options, bad},
            page::{Page, selected},
        },
        user_flow_attributes,
    },
    state::AppState,
};
use app::contract::{attribute::EMAIL, id::UserFlowId};
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use serde_json::Value;

const PRINCIPAL: &str = "userPrincipalName";
/// So many are looked at to count those who fit a filter. Nobody is counted half.
const COUNTED: i64 = 10_000;

pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.expands_only(&[])?;
    let list = wishes.list(&state, &caller, OF);
    let place = list.place(&options)?;
    let after = place.as_deref().and_then(|place| place.first()).and_then(Value::as_str);
    let tongue = Tongue::of(&state, &caller).await?;
    let People { people, next } = found(&state, &caller, &tongue, &options, after).await?;
    let value = people.iter().map(|person| {
        let user = as_asked(&tongue, serde_json::to_value(shown(&tongue, person))?, &options.select);
        Ok(selected(user, &options.select))
    });
    let counts = options.count && after.is_none();
    let count = if counts { Some(counted(&state, &caller, &tongue, &options).await?) } else { None };
    let page = Page {
        value: value.collect::<Result<_>>()?,
        count,
        next: next.map(|place| list.next(&options, &[place.into()])).transpose()?,
    };
    Ok(wishes.collection(OF, page))
}

async fn found(
    state: &AppState,
    caller: &Caller,
    tongue: &Tongue,
    options: &Options,
    after: Option<&str>,
) -> Result<People> {
    match typed_alone(options) {
        Some(typed) => person::search(&state.db, &caller.tenant.id, typed, after, options.top as i64).await,
        None => person::list(&state.db, &caller.tenant.id, &wanted(tongue, options, after)?).await,
    }
}

pub(super) fn wanted(tongue: &Tongue, options: &Options, after: Option<&str>) -> Result<Wanted> {
    let mut conditions = options.filter.iter().map(|filter| condition(tongue, filter)).collect::<Result<Vec<_>>>()?;
    conditions.extend(typed(options).into_iter().flat_map(person::typed));
    Ok(Wanted {
        conditions,
        order: order(options)?,
        deleted: false,
        after: after.map(str::to_owned),
        limit: options.top as i64,
    })
}

/// What somebody is typing: nothing yet is everybody.
fn typed(options: &Options) -> Option<&str> {
    options.search.as_deref().filter(|typed| !typed.is_empty())
}

/// Where nothing else narrows or orders the list.
fn typed_alone(options: &Options) -> Option<&str> {
    typed(options).filter(|_| options.filter.is_none() && options.order.is_empty())
}

fn order(options: &Options) -> Result<Option<Order>> {
    match options.order.as_slice() {
        [] => Ok(None),
        [(name, Direction::Up)] if name == "displayName" => Ok(Some(Order::Name)),
        [(name, Direction::Up)] if name == "createdDateTime" => Ok(Some(Order::OldestFirst)),
        [(name, Direction::Down)] if name == "createdDateTime" => Ok(Some(Order::NewestFirst)),
        _ => Err(bad("People are ordered by displayName, createdDateTime or createdDateTime desc.")),
    }
}

fn condition(tongue: &Tongue, filter: &Expression) -> Result<Condition> {
    let inner = |parts: &[Expression]| parts.iter().map(|part| condition(tongue, part)).collect::<Result<Vec<_>>>();
    Ok(match filter {
        Expression::All(parts) => Condition::All(inner(parts)?),
        Expression::Any(parts) => Condition::Any(inner(parts)?),
        Expression::Not(part) => Condition::Not(Box::new(condition(tongue, part)?)),
        Expression::Compare { path, operator: Operator::NotEqual, literal } => {
            Condition::Not(Box::new(compare(tongue, path, Operator::Equal, literal)?))
        }
        Expression::Compare { path, operator, literal } => compare(tongue, path, *operator, literal)?,
        Expression::In { path, literals } => {
            let each = literals.iter().map(|literal| compare(tongue, path, Operator::Equal, literal));
            Condition::Any(each.collect::<Result<_>>()?)
        }
        Expression::Text { path, place: Place::Start, text } => beginning(tongue, path, text)?,
        Expression::Text { .. } => {
            return Err(bad("People are found by the beginnings of their names: use startsWith."));
        }
        Expression::Some { path, of: Some(of) } if path.join("/") == "identities" => known_as(tongue, of)?,
        Expression::Some { path, .. } => return Err(unknown(path)),
    })
}

fn beginning(tongue: &Tongue, path: &Path, text: &str) -> Result<Condition> {
    Ok(match path.join("/").as_str() {
        "mail" => named(tongue, identity::EMAIL_ADDRESS, text),
        "userPrincipalName" => principal(tongue, text),
        _ => Condition::Attribute { name: attribute(tongue, path)?, is: Comparison::StartsWith, value: text.into() },
    })
}

fn named(tongue: &Tongue, sign_in_type: &'static str, beginning: &str) -> Condition {
    Condition::Named { sign_in_type, issuer: tongue.tenant_id.clone(), beginning: beginning.into() }
}

/// Whoever was given no name of a principal is shown with one that is made of their id: `id@woodgrove`.
fn principal(tongue: &Tongue, text: &str) -> Condition {
    let given = |beginning: &str| named(tongue, PRINCIPAL, beginning);
    let made = match text.split_once('@') {
        Some((id, rest)) if tongue.issuer().to_lowercase().starts_with(&rest.to_lowercase()) => {
            Condition::Id(id.to_lowercase())
        }
        None if text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') => Condition::IdBegins(text.into()),
        // No id begins so.
        _ => return given(text),
    };
    Condition::Any(vec![given(text), Condition::All(vec![made, Condition::Not(Box::new(given("")))])])
}

fn compare(tongue: &Tongue, path: &Path, operator: Operator, literal: &Literal) -> Result<Condition> {
    let name = path.join("/");
    Ok(match (name.as_str(), operator, literal) {
        ("id", Operator::Equal, Literal::Text(id)) => Condition::Id(id.clone()),
        ("accountEnabled", Operator::Equal, Literal::Boolean(enabled)) => Condition::Disabled(!enabled),
        ("userFlowId", Operator::Equal, Literal::Text(flow)) => Condition::MadeBy(UserFlowId::from(flow.as_str())),
        ("mail" | "userPrincipalName", Operator::Equal, Literal::Text(address)) => Condition::KnownAs {
            sign_in_type: Some(if name == "mail" { "emailAddress" } else { "userPrincipalName" }.into()),
            issuer: tongue.tenant_id.clone(),
            name: address.clone(),
        },
        ("createdDateTime", Operator::AtLeast, Literal::Moment(at)) => Condition::CreatedSince(at.0),
        ("createdDateTime", Operator::Less, Literal::Moment(at)) => Condition::CreatedBefore(at.0),
        ("createdDateTime", Operator::Greater, Literal::Moment(at)) => Condition::CreatedSince(at.next().0),
        ("createdDateTime", Operator::AtMost, Literal::Moment(at)) => Condition::CreatedBefore(at.next().0),
        (_, Operator::Equal, Literal::Null) => {
            let known = Condition::Attribute {
                name: attribute(tongue, path)?,
                is: Comparison::StartsWith,
                value: String::new(),
            };
            Condition::Not(Box::new(known))
        }
        (_, operator, literal) => {
            let value = match literal {
                Literal::Text(text) => text.clone(),
                Literal::Number(number) => number.to_string(),
                Literal::Boolean(is) => is.to_string(),
                Literal::Moment(_) | Literal::Null => return Err(unknown(path)),
            };
            let is = match operator {
                Operator::Equal => Comparison::Equal,
                Operator::Less if matches!(literal, Literal::Number(_)) => Comparison::Less,
                Operator::Greater if matches!(literal, Literal::Number(_)) => Comparison::Greater,
                _ => return Err(bad(format!("'{name}' is compared by eq, or a number by lt and gt."))),
            };
            Condition::Attribute { name: attribute(tongue, path)?, is, value }
        }
    })
}

/// `identities/any(c:c/issuerAssignedId eq 'x' and c/issuer eq 'y')`
fn known_as(tongue: &Tongue, of: &Expression) -> Result<Condition> {
    let parts = match of {
        Expression::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let (mut sign_in_type, mut issuer, mut name) = (None, None, None);
    for part in parts {
        let Expression::Compare { path, operator: Operator::Equal, literal: Literal::Text(text) } = part else {
            return Err(bad("Identities are found by eq, with and between."));
        };
        match path.join("/").as_str() {
            "signInType" => sign_in_type = Some(text.clone()),
            "issuer" => issuer = Some(tongue.kept_issuer(text)),
            "issuerAssignedId" => name = Some(text.clone()),
            _ => return Err(unknown(path)),
        }
    }
    match (issuer, name) {
        (Some(issuer), Some(name)) => Ok(Condition::KnownAs { sign_in_type, issuer, name }),
        // As Graph has it: no index leads to one without the other.
        _ => Err(bad("Identities are found by issuerAssignedId and issuer together; signInType may narrow it.")),
    }
}

/// One that is kept as an attribute's value: built in, or the tenant's own.
fn attribute(tongue: &Tongue, path: &Path) -> Result<String> {
    let name = path.join("/");
    let known = user_flow_attributes::named(&tongue.attributes, &name).filter(|attribute| attribute.id != EMAIL);
    known.map(|attribute| attribute.id.clone()).ok_or_else(|| unknown(path))
}

fn unknown(path: &Path) -> crate::error::Error {
    bad(format!("People cannot be filtered by '{}'.", path.join("/")))
}

/// `/users/$count`: a number as text.
pub async fn count(State(state): State<AppState>, caller: Caller, RawQuery(query): RawQuery) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.only(&["filter", "search"])?;
    let tongue = Tongue::of(&state, &caller).await?;
    Ok(counted(&state, &caller, &tongue, &options).await?.to_string().into_response())
}

/// How many there are in all is known without counting.
async fn counted(state: &AppState, caller: &Caller, tongue: &Tongue, options: &Options) -> Result<i64> {
    if options.filter.is_none() && typed(options).is_none() {
        return person::count(&state.db, &caller.tenant.id).await;
    }
    // In which order they come says nothing of how many they are.
    let wanted = Wanted { order: None, ..wanted(tongue, options, None)? };
    let counted = person::count_wanted(&state.db, &caller.tenant.id, &wanted, COUNTED).await?;
    counted.ok_or_else(|| {
        bad(format!(
            "More than {COUNTED} people would be looked at to count those. Ask for the list without $count, or narrow the filter."
        ))
    })
}
