//! A filter over a table: each property that may be asked for, and the column that answers.

use super::{
    filter::{Expression, Literal, Operator, Path, Place},
    options::{self, Options, bad},
};
use crate::{
    directory::query::{Bound, Condition, Direction, How, Operand, Place as SqlPlace},
    error::Result,
};
use serde_json::Value;

/// A property of a list. Only what stands in a list of these ever becomes SQL.
#[derive(Clone, Copy)]
pub struct Field {
    /// `displayName`, `status/errorCode`
    pub name: &'static str,
    pub is: Is,
}

#[derive(Clone, Copy)]
pub enum Is {
    Text(&'static str),
    /// The column holds texts in lower case, so that they are compared without regard to case.
    Folded(&'static str),
    Number(&'static str),
    Moment(&'static str),
    /// True where the expression is null: `accountEnabled` is `disabled_at`.
    Absent(&'static str),
    /// Things of a row: a SELECT that ends in its WHERE, and their properties.
    Many(&'static str, &'static [Field]),
}

/// Finds the operand of a path that is in no table of fields: a tenant's own attribute. None where there is none either.
pub type Other<'a> = &'a dyn Fn(&str) -> Option<(Operand, Kind)>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Text,
    Folded,
    Number,
    Moment,
    /// A text `true` or `false`.
    Truth,
}

pub fn condition(filter: &Expression, fields: &[Field], other: Other) -> Result<Condition> {
    let inner =
        |parts: &[Expression]| parts.iter().map(|part| condition(part, fields, other)).collect::<Result<Vec<_>>>();
    Ok(match filter {
        Expression::All(parts) => Condition::All(inner(parts)?),
        Expression::Any(parts) => Condition::Any(inner(parts)?),
        Expression::Not(part) => Condition::Not(Box::new(condition(part, fields, other)?)),
        Expression::Compare { path, operator, literal } => compare(path, *operator, literal, fields, other)?,
        Expression::In { path, literals } => {
            let one = |literal| compare(path, Operator::Equal, literal, fields, other);
            Condition::Any(literals.iter().map(one).collect::<Result<_>>()?)
        }
        Expression::Text { path, place, text } => {
            let (operand, kind) = operand(path, fields, other)?;
            if !matches!(kind, Kind::Text | Kind::Folded) {
                return Err(bad(format!("'{}' is no text.", path.join("/"))));
            }
            let place = match place {
                Place::Start => SqlPlace::Start,
                Place::End => SqlPlace::End,
                Place::Anywhere => SqlPlace::Anywhere,
            };
            Condition::Text { operand, place, text: text.clone() }
        }
        Expression::Some { path, of } => {
            let Some(Is::Many(sql, fields)) = find(path, fields).map(|field| field.is) else {
                return Err(unknown(path));
            };
            let of = of.as_ref().map(|of| condition(of, fields, &|_| None).map(Box::new)).transpose()?;
            Condition::Exists { sql, of }
        }
    })
}

fn find<'a>(path: &Path, fields: &'a [Field]) -> Option<&'a Field> {
    let name = path.join("/");
    fields.iter().find(|field| field.name == name)
}

fn unknown(path: &Path) -> crate::error::Error {
    bad(format!("The list cannot be filtered by '{}'.", path.join("/")))
}

fn operand(path: &Path, fields: &[Field], other: Other) -> Result<(Operand, Kind)> {
    match find(path, fields).map(|field| field.is) {
        Some(Is::Text(column)) => Ok((Operand::Column(column), Kind::Text)),
        Some(Is::Folded(column)) => Ok((Operand::Column(column), Kind::Folded)),
        Some(Is::Number(column)) => Ok((Operand::Column(column), Kind::Number)),
        Some(Is::Moment(column)) => Ok((Operand::Column(column), Kind::Moment)),
        Some(Is::Absent(_) | Is::Many(..)) => Err(unknown(path)),
        None => other(&path.join("/")).ok_or_else(|| unknown(path)),
    }
}

fn compare(path: &Path, operator: Operator, literal: &Literal, fields: &[Field], other: Other) -> Result<Condition> {
    if let Some(Is::Absent(column)) = find(path, fields).map(|field| field.is) {
        return absent(path, column, operator, literal);
    }
    let (operand, kind) = operand(path, fields, other)?;
    let value = match (kind, literal) {
        (_, Literal::Null) => {
            let known = Condition::Known(operand);
            return match operator {
                Operator::Equal => Ok(Condition::Not(Box::new(known))),
                Operator::NotEqual => Ok(known),
                _ => Err(bad("null is equal to something or not; it is neither more nor less.")),
            };
        }
        (Kind::Text, Literal::Text(text)) => Bound::Text(text.clone()),
        (Kind::Folded, Literal::Text(text)) => Bound::Text(text.to_lowercase()),
        (Kind::Number, Literal::Number(number)) => Bound::Number(*number),
        (Kind::Moment, Literal::Moment(moment)) => Bound::Number(moment.0.0),
        (Kind::Truth, Literal::Boolean(truth)) => Bound::Text(truth.to_string()),
        _ => return Err(bad(format!("'{}' cannot be compared with a value of that kind.", path.join("/")))),
    };
    let how = match operator {
        Operator::Equal => How::Equal,
        Operator::NotEqual => {
            // What is unknown differs too.
            let equal = Condition::Compare { operand, how: How::Equal, value };
            return Ok(Condition::Not(Box::new(equal)));
        }
        Operator::Greater => How::Greater,
        Operator::AtLeast => How::AtLeast,
        Operator::Less => How::Less,
        Operator::AtMost => How::AtMost,
    };
    Ok(Condition::Compare { operand, how, value })
}

fn absent(path: &Path, column: &'static str, operator: Operator, literal: &Literal) -> Result<Condition> {
    let known = Condition::Known(Operand::Column(column));
    match (operator, literal) {
        (Operator::Equal, Literal::Boolean(false)) | (Operator::NotEqual, Literal::Boolean(true)) => Ok(known),
        (Operator::Equal, Literal::Boolean(true)) | (Operator::NotEqual, Literal::Boolean(false)) => {
            Ok(Condition::Not(Box::new(known)))
        }
        _ => Err(bad(format!("'{}' is true or false.", path.join("/")))),
    }
}

/// What the list is ordered by: the properties that were asked, or the usual ones; and at the end what no two rows share.
pub fn order(
    options: &Options,
    fields: &[(&'static str, &'static str)],
    usual: &[(&'static str, Direction)],
    unique: &'static str,
) -> Result<Vec<(&'static str, Direction)>> {
    let column = |(name, direction): &(String, options::Direction)| {
        let direction = match direction {
            options::Direction::Up => Direction::Up,
            options::Direction::Down => Direction::Down,
        };
        let found = fields.iter().find(|(known, _)| known == name);
        found
            .map(|(_, column)| (*column, direction))
            .ok_or_else(|| bad(format!("The list cannot be ordered by '{name}'.")))
    };
    let mut order = match options.order.is_empty() {
        true => usual.to_vec(),
        false => options.order.iter().map(column).collect::<Result<Vec<_>>>()?,
    };
    let last = order.last().map_or(Direction::Up, |(_, direction)| *direction);
    order.retain(|(column, _)| *column != unique);
    order.push((unique, last));
    Ok(order)
}

/// A place in the list, as it was signed.
pub fn bounds(place: Vec<Value>) -> Vec<Bound> {
    let bound = |value: Value| match value {
        Value::Number(number) => Bound::Number(number.as_i64().unwrap_or_default()),
        Value::String(text) => Bound::Text(text),
        other => Bound::Text(other.to_string()),
    };
    place.into_iter().map(bound).collect()
}

/// The same the other way.
pub fn place(bounds: Vec<Bound>) -> Vec<Value> {
    let value = |bound| match bound {
        Bound::Number(number) => Value::from(number),
        Bound::Text(text) => Value::from(text),
    };
    bounds.into_iter().map(value).collect()
}
