//! Lists that are short enough to be looked through as they are shown: flows, attributes, providers.

use super::{
    filter::{Expression, Literal, Operator, Path, Place},
    options::{Direction, Options, bad},
    page::{List, Page, selected},
};
use crate::error::Result;
use app::contract::resource::moment::Moment;
use serde_json::Value;
use std::cmp::Ordering;

/// One page of all the items. `fields` are the paths that may be filtered and ordered by.
pub fn page(list: List, options: &Options, fields: &[&str], items: Vec<Value>) -> Result<Page> {
    if let Some(filter) = &options.filter {
        allowed(filter, fields, "")?;
    }
    if let Some((name, _)) = options.order.iter().find(|(name, _)| !fields.contains(&name.as_str())) {
        return Err(bad(format!("The list cannot be ordered by '{name}'.")));
    }
    let mut items: Vec<Value> = items
        .into_iter()
        .filter(|item| options.filter.as_ref().is_none_or(|filter| holds(filter, item)))
        .filter(|item| options.search.as_ref().is_none_or(|text| mentions(item, text)))
        .collect();
    if !options.order.is_empty() {
        items.sort_by(|a, b| order(options, &keys(options, a), &keys(options, b)));
    }
    let count = options.count.then(|| i64::try_from(items.len()).unwrap_or(i64::MAX));
    let from = match list.place(options)? {
        // The item itself may be gone meanwhile: in an ordered list its place is still known.
        Some(place) if options.order.is_empty() => {
            items.iter().position(|item| keys(options, item) == place).map_or(items.len(), |at| at + 1)
        }
        Some(place) => items.partition_point(|item| order(options, &keys(options, item), &place) != Ordering::Greater),
        None => 0,
    };
    let (first, last) = (from, (from + options.top).min(items.len()));
    let next = match items.get(last.saturating_sub(1)) {
        Some(item) if last > first && last < items.len() => Some(list.next(options, &keys(options, item))?),
        _ => None,
    };
    let count = count.filter(|_| options.skip_token.is_none());
    let shown = items.into_iter().skip(first).take(last - first).map(|item| selected(item, &options.select));
    Ok(Page { value: shown.collect(), count, next })
}

/// Whether these fields say all that narrows and orders the list.
pub fn uses_only(options: &Options, fields: &[&str]) -> bool {
    let narrowed = options.filter.as_ref().is_none_or(|filter| allowed(filter, fields, "").is_ok());
    narrowed && options.order.iter().all(|(name, _)| fields.contains(&name.as_str()))
}

/// What an item is ordered by, and its id at the end so that no two are alike.
fn keys(options: &Options, item: &Value) -> Vec<Value> {
    let ordered = options.order.iter().map(|(name, _)| at(item, &name.split('/').map(String::from).collect()));
    // What stands for an application in a flow has the application's id alone.
    let id = item.get("id").or_else(|| item.get("appId"));
    ordered.chain([id]).map(|value| value.cloned().unwrap_or(Value::Null)).collect()
}

fn order(options: &Options, a: &[Value], b: &[Value]) -> Ordering {
    let directions = options.order.iter().map(|(_, direction)| *direction).chain([Direction::Up]);
    let one = |((a, b), direction): ((&Value, &Value), Direction)| match direction {
        Direction::Up => compared(a, b),
        Direction::Down => compared(b, a),
    };
    a.iter().zip(b).zip(directions).map(one).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn compared(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

fn allowed(filter: &Expression, fields: &[&str], inside: &str) -> Result<()> {
    let known = |path: &Path| {
        let path = format!("{inside}{}", path.join("/"));
        let is_known = fields.contains(&path.as_str());
        if is_known { Ok(path) } else { Err(bad(format!("The list cannot be filtered by '{path}'."))) }
    };
    match filter {
        Expression::All(parts) | Expression::Any(parts) => {
            parts.iter().try_for_each(|part| allowed(part, fields, inside))
        }
        Expression::Not(part) => allowed(part, fields, inside),
        Expression::Compare { path, .. } | Expression::In { path, .. } | Expression::Text { path, .. } => {
            known(path).map(|_| ())
        }
        Expression::Some { path, of } => {
            let path = known(path)?;
            of.as_ref().map_or(Ok(()), |of| allowed(of, fields, &format!("{path}/")))
        }
    }
}

fn at<'a>(item: &'a Value, path: &Path) -> Option<&'a Value> {
    path.iter().try_fold(item, |item, name| item.get(name))
}

fn holds(filter: &Expression, item: &Value) -> bool {
    match filter {
        Expression::All(parts) => parts.iter().all(|part| holds(part, item)),
        Expression::Any(parts) => parts.iter().any(|part| holds(part, item)),
        Expression::Not(part) => !holds(part, item),
        Expression::Compare { path, operator, literal } => compares(at(item, path), *operator, literal),
        Expression::In { path, literals } => {
            literals.iter().any(|literal| compares(at(item, path), Operator::Equal, literal))
        }
        Expression::Text { path, place, text } => {
            let (value, text) = (at(item, path).and_then(Value::as_str).map(str::to_lowercase), text.to_lowercase());
            value.is_some_and(|value| match place {
                Place::Start => value.starts_with(&text),
                Place::End => value.ends_with(&text),
                Place::Anywhere => value.contains(&text),
            })
        }
        Expression::Some { path, of } => {
            let items = at(item, path).and_then(Value::as_array);
            items.is_some_and(|items| items.iter().any(|item| of.as_ref().is_none_or(|of| holds(of, item))))
        }
    }
}

fn compares(value: Option<&Value>, operator: Operator, literal: &Literal) -> bool {
    let value = value.unwrap_or(&Value::Null);
    let order = match literal {
        Literal::Null => value.is_null().then_some(Ordering::Equal),
        Literal::Boolean(literal) => value.as_bool().map(|value| value.cmp(literal)),
        Literal::Number(literal) => value.as_i64().map(|value| value.cmp(literal)),
        Literal::Moment(literal) => value.as_str().and_then(Moment::read).map(|value| value.cmp(literal)),
        Literal::Text(literal) => value.as_str().map(|value| value.to_lowercase().cmp(&literal.to_lowercase())),
    };
    match operator {
        Operator::Equal => order == Some(Ordering::Equal),
        Operator::NotEqual => order != Some(Ordering::Equal),
        Operator::Greater => order == Some(Ordering::Greater),
        Operator::AtLeast => order.is_some_and(Ordering::is_ge),
        Operator::Less => order == Some(Ordering::Less),
        Operator::AtMost => order.is_some_and(Ordering::is_le),
    }
}

/// `$search`: in the name, the description or the id.
fn mentions(item: &Value, text: &str) -> bool {
    let told = ["displayName", "description", "id"].into_iter().filter_map(|name| item.get(name)?.as_str());
    told.into_iter().any(|told| told.to_lowercase().contains(text))
}
