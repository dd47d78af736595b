//! A list that somebody asked for in their own words, as SQL. Every piece of text in it is the program's own
//! (`&'static str`); whatever came with a request is bound (security R39).

pub use super::clause::Bound;
use super::{Db, clause::Clause};
use crate::error::Result;
use app::contract::id::TenantId;
use sqlx::{FromRow, any::AnyRow};

/// What a row is asked for.
#[derive(Clone, PartialEq, Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare {
        operand: Operand,
        how: How,
        value: Bound,
    },
    OneOf {
        operand: Operand,
        values: Vec<Bound>,
    },
    /// Set at all.
    Known(Operand),
    /// Without regard to case, as Graph looks for texts.
    Text {
        operand: Operand,
        place: Place,
        text: String,
    },
    /// `sql` finds the items of a row, and ends where a condition on them can follow: `SELECT 1 FROM identities i WHERE …`.
    Exists {
        sql: &'static str,
        of: Option<Box<Condition>>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    Equal,
    NotEqual,
    Greater,
    AtLeast,
    Less,
    AtMost,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Start,
    End,
    Anywhere,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    /// A column, or any expression over the columns of the list.
    Column(&'static str),
    /// An expression with one name in it that is bound: `(SELECT value FROM … WHERE attribute_id = ` … `)`.
    Named { before: &'static str, name: String, after: &'static str },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    Up,
    Down,
}

/// A page of a list: the rows behind `after`, in order.
#[derive(Clone, PartialEq, Debug)]
pub struct Query {
    pub condition: Option<Condition>,
    /// Never null, and the last one different in every row.
    pub order: Vec<(&'static str, Direction)>,
    /// The values of `order` in the row before the page.
    pub after: Option<Vec<Bound>>,
    pub most: i64,
}

/// `list` is a whole SELECT that ends in its WHERE, with the tenant as `$1`: `SELECT … FROM accounts a WHERE a.tenant_id = $1`.
pub async fn page<T>(db: &Db, list: &'static str, tenant: &TenantId, query: &Query) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
{
    let mut clause = list_of(list, tenant);
    and(&mut clause, query.condition.as_ref());
    if let Some(after) = &query.after {
        clause.say(" AND ");
        behind(&mut clause, &query.order, after);
    }
    for (at, (column, direction)) in query.order.iter().enumerate() {
        clause.say(if at == 0 { " ORDER BY " } else { ", " }).say(column);
        clause.say(if *direction == Direction::Up { "" } else { " DESC" });
    }
    clause.say(" LIMIT ").bind(query.most);
    Ok(clause.fetch_all(db.reader()).await?)
}

/// How many rows there are in all pages. `list` is `SELECT COUNT(*) FROM … WHERE a.tenant_id = $1`.
pub async fn count(db: &Db, list: &'static str, tenant: &TenantId, condition: Option<&Condition>) -> Result<i64> {
    let mut clause = list_of(list, tenant);
    and(&mut clause, condition);
    let rows: Vec<(i64,)> = clause.fetch_all(db.reader()).await?;
    Ok(rows.first().map_or(0, |(count,)| *count))
}

fn list_of(list: &'static str, tenant: &TenantId) -> Clause {
    // The tenant is `$1`, which the list names itself.
    let mut clause = Clause::naming_first(tenant.as_str());
    clause.say(list);
    clause
}

fn and(clause: &mut Clause, condition: Option<&Condition>) {
    if let Some(condition) = condition {
        clause.say(" AND ");
        say(clause, condition);
    }
}

fn say(clause: &mut Clause, condition: &Condition) {
    match condition {
        Condition::All(parts) => joined(clause, parts, " AND ", "1 = 1"),
        Condition::Any(parts) => joined(clause, parts, " OR ", "1 = 0"),
        Condition::Not(inside) => {
            // What is unknown is not so: `NOT (NULL = 'x')` would be neither.
            clause.say("(CASE WHEN ");
            say(clause, inside);
            clause.say(" THEN 1 ELSE 0 END) = 0");
        }
        Condition::Compare { operand, how, value } => {
            say_operand(clause, operand);
            clause.say(match how {
                How::Equal => " = ",
                How::NotEqual => " <> ",
                How::Greater => " > ",
                How::AtLeast => " >= ",
                How::Less => " < ",
                How::AtMost => " <= ",
            });
            clause.bind(value.clone());
        }
        Condition::OneOf { operand, values } => {
            say_operand(clause, operand);
            clause.say(" IN ").bind_list(values.iter().cloned());
        }
        Condition::Known(operand) => {
            say_operand(clause, operand);
            clause.say(" IS NOT NULL");
        }
        Condition::Text { operand, place, text } => {
            clause.say("LOWER(");
            say_operand(clause, operand);
            clause.say(") LIKE ").bind(pattern(*place, text)).say(" ESCAPE '!'");
        }
        Condition::Exists { sql, of } => {
            clause.say("EXISTS (").say(sql);
            and(clause, of.as_deref());
            clause.say(")");
        }
    }
}

fn joined(clause: &mut Clause, parts: &[Condition], between: &'static str, empty: &'static str) {
    clause.say("(");
    for (at, part) in parts.iter().enumerate() {
        clause.say(if at == 0 { "" } else { between });
        say(clause, part);
    }
    clause.say(if parts.is_empty() { empty } else { "" }).say(")");
}

fn say_operand(clause: &mut Clause, operand: &Operand) {
    match operand {
        Operand::Column(column) => clause.say(column),
        Operand::Named { before, name, after } => clause.say(before).bind(name.as_str()).say(after),
    };
}

/// `(a > x) OR (a = x AND b > y)`: the rows behind one, whatever came or went in between.
fn behind(clause: &mut Clause, order: &[(&'static str, Direction)], after: &[Bound]) {
    clause.say("(");
    for last in 0..order.len().min(after.len()) {
        clause.say(if last == 0 { "(" } else { " OR (" });
        for (at, (column, direction)) in order.iter().take(last + 1).enumerate() {
            clause.say(if at == 0 { "" } else { " AND " }).say(column).say(match (at == last, direction) {
                (false, _) => " = ",
                (true, Direction::Up) => " > ",
                (true, Direction::Down) => " < ",
            });
            clause.bind(after[at].clone());
        }
        clause.say(")");
    }
    clause.say(")");
}

/// For LIKE, with `!` before what would mean something there.
fn pattern(place: Place, text: &str) -> String {
    let plain: String = text.to_lowercase().chars().fold(String::new(), |mut plain, c| {
        if matches!(c, '%' | '_' | '!') {
            plain.push('!');
        }
        plain.push(c);
        plain
    });
    match place {
        Place::Start => format!("{plain}%"),
        Place::End => format!("%{plain}"),
        Place::Anywhere => format!("%{plain}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r39_what_came_with_a_request_is_never_part_of_the_text() {
        const CANARY: &str = "x' OR 1=1 --";
        let column = Operand::Column("a.name");
        let text = || Bound::Text(CANARY.into());
        let condition = Condition::All(vec![
            Condition::Compare { operand: column.clone(), how: How::Equal, value: text() },
            Condition::Not(Box::new(Condition::OneOf { operand: column.clone(), values: vec![text(), text()] })),
            Condition::Text { operand: column, place: Place::Start, text: CANARY.into() },
            Condition::Known(Operand::Named { before: "(SELECT v WHERE n = ", name: CANARY.into(), after: ")" }),
        ]);
        let mut clause = list_of("SELECT a.name FROM a WHERE a.tenant_id = $1", &"t".into());
        and(&mut clause, Some(&condition));
        behind(&mut clause, &[("a.name", Direction::Up), ("a.id", Direction::Down)], &[text(), text()]);
        assert!(!clause.sql().contains("1=1"), "{}", clause.sql());
        assert!(clause.sql().ends_with("((a.name > $7) OR (a.name = $8 AND a.id < $9))"), "{}", clause.sql());
    }

    #[test]
    fn wildcards_in_a_text_mean_themselves() {
        assert_eq!(pattern(Place::Anywhere, "50%_A!"), "%50!%!_a!!%");
    }
}
