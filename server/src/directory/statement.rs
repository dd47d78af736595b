//! One SQL statement with its values, as data: what a unit has to say to the database can be said at once.

use super::clause::{Bound, with};
use crate::error::{Error, Result};
use futures::TryStreamExt;
use sqlx::{AnyConnection, AssertSqlSafe, Either, Executor, any::AnyRow};
use std::{fmt::Write, iter};

/// `$1`, `$2` … in its text are its own values, in the order in which they were bound.
pub struct Statement {
    sql: &'static str,
    bound: Vec<Bound>,
    /// What it means that no row was changed, where that means something.
    otherwise: Option<Error>,
}

impl Statement {
    pub fn new(sql: &'static str) -> Self {
        Self { sql, bound: Vec::new(), otherwise: None }
    }

    pub fn bind(mut self, value: impl Into<Bound>) -> Self {
        self.bound.push(value.into());
        self
    }

    /// It changes one row, or the unit fails with that.
    pub fn or(self, otherwise: Error) -> Self {
        Self { otherwise: Some(otherwise), ..self }
    }

    pub fn is_judged(&self) -> bool {
        self.otherwise.is_some()
    }

    /// By itself.
    pub async fn run(self, c: &mut AnyConnection) -> Result<()> {
        let changed = with(sqlx::query(self.sql), self.bound).execute(c).await?.rows_affected();
        judge(self.otherwise, changed)
    }

    /// In one message with what has to be said `before`: the first row that it gives back. Read to the end: whether a statement
    /// that stands alone could be committed is said behind its rows, and who stops at one never hears of it.
    pub async fn ask(self, c: &mut AnyConnection, before: Script) -> Result<Option<AnyRow>> {
        let Script { mut text, said, .. } = before;
        let query = if said == 0 {
            sqlx::query(self.sql)
        } else {
            text.push_str(self.sql);
            // Safe: made of nothing but statements that are `&'static`.
            sqlx::query(AssertSqlSafe(text))
        };
        let mut steps = c.fetch_many(with(query, self.bound));
        let mut first = None;
        while let Some(step) = steps.try_next().await? {
            // Nothing that is said before gives back any.
            if let Either::Right(row) = step {
                first = first.or(Some(row));
            }
        }
        Ok(first)
    }
}

/// On SQLite every message is a change of threads there and back: so what has to be said `before` and all statements go in one.
/// (PostgreSQL prepares one statement at a time.)
pub async fn run_at_once(c: &mut AnyConnection, before: Script, statements: Vec<Statement>) -> Result<()> {
    if before.said == 0 && statements.is_empty() {
        return Ok(());
    }
    let Script { mut text, said, at_last } = before;
    let (mut values, mut meanings) = (Vec::new(), Vec::with_capacity(statements.len()));
    for statement in statements {
        renumber(&mut text, statement.sql, values.len());
        text.push(';');
        values.extend(statement.bound);
        meanings.push(statement.otherwise);
    }
    text.push_str(at_last);
    // Safe: made of nothing but statements that are `&'static`.
    let mut steps = c.fetch_many(with(sqlx::query(AssertSqlSafe(text)), values));
    let mut meanings = iter::repeat_with(|| None).take(said).chain(meanings);
    while let Some(step) = steps.try_next().await? {
        if let Either::Left(done) = step {
            judge(meanings.next().flatten(), done.rows_affected())?;
        }
    }
    Ok(())
}

fn judge(otherwise: Option<Error>, changed: u64) -> Result<()> {
    match otherwise {
        Some(error) if changed != 1 => Err(error),
        _ => Ok(()),
    }
}

/// Parameters are numbered through all statements of one message.
fn renumber(text: &mut String, sql: &str, before: usize) {
    let mut parts = sql.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        // Writing to a String cannot fail.
        let _ = write!(text, "${}{rest}", before + number.parse::<usize>().unwrap_or_default());
    }
}

/// Statements without values that wait to be said together.
#[derive(Default)]
pub struct Script {
    text: String,
    said: usize,
    /// Behind the statements of a unit that is said at once.
    at_last: &'static str,
}

impl Script {
    pub fn say(&mut self, statement: &'static str) {
        self.text.push_str(statement);
        self.text.push(';');
        self.said += 1;
    }

    /// Behind whatever is said after this, if none of it fails.
    pub fn say_at_last(&mut self, statement: &'static str) {
        self.at_last = statement;
    }

    pub async fn run(self, c: &mut AnyConnection) -> Result<(), sqlx::Error> {
        if self.said > 0 {
            // Safe: made of nothing but what is `&'static`. The few that there are stay prepared.
            sqlx::query(AssertSqlSafe(self.text)).execute(c).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_through() {
        let mut text = String::from("BEGIN;");
        renumber(&mut text, "UPDATE a SET b = $1, c = $12 WHERE d = $2 OR e = $1", 7);
        assert_eq!(text, "BEGIN;UPDATE a SET b = $8, c = $19 WHERE d = $9 OR e = $8");
    }
}
