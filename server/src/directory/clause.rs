//! SQL that is put together at run time: fixed words of ours, and values that are only ever bound.

use app::contract::time::Timestamp;
use sqlx::{
    AnyConnection, AssertSqlSafe, Executor, FromRow,
    any::{AnyArguments, AnyQueryResult, AnyRow},
    query::{Query, QueryAs},
};
use std::fmt::Write;

type Any = sqlx::Any;

/// A value, or nothing of its kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Bound {
    Text(Option<String>),
    Number(Option<i64>),
}

impl From<&str> for Bound {
    fn from(text: &str) -> Self {
        Bound::Text(Some(text.into()))
    }
}

impl From<String> for Bound {
    fn from(text: String) -> Self {
        Bound::Text(Some(text))
    }
}

impl From<&String> for Bound {
    fn from(text: &String) -> Self {
        Bound::Text(Some(text.clone()))
    }
}

impl From<Option<String>> for Bound {
    fn from(text: Option<String>) -> Self {
        Bound::Text(text)
    }
}

impl From<Option<&str>> for Bound {
    fn from(text: Option<&str>) -> Self {
        Bound::Text(text.map(str::to_owned))
    }
}

impl From<Option<Timestamp>> for Bound {
    fn from(moment: Option<Timestamp>) -> Self {
        Bound::Number(moment.map(|at| at.0))
    }
}

impl From<i64> for Bound {
    fn from(number: i64) -> Self {
        Bound::Number(Some(number))
    }
}

impl From<Option<i64>> for Bound {
    fn from(number: Option<i64>) -> Self {
        Bound::Number(number)
    }
}

#[derive(Default)]
pub struct Clause {
    sql: String,
    bound: Vec<Bound>,
    /// Values are told by their order: cheaper for SQLite, unknown to PostgreSQL.
    unnumbered: bool,
}

impl Clause {
    pub fn new(sql: &'static str) -> Self {
        Self { sql: sql.into(), ..Self::default() }
    }

    /// Several statements for SQLite, one behind the other, in one go.
    pub fn of_several() -> Self {
        Self { unnumbered: true, ..Self::default() }
    }

    /// Words of ours: nobody else's text can come here.
    pub fn say(&mut self, sql: &'static str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// A value in its place.
    pub fn bind(&mut self, value: impl Into<Bound>) -> &mut Self {
        self.bound.push(value.into());
        if self.unnumbered {
            return self.say("?");
        }
        // Writing to a String cannot fail.
        let _ = write!(self.sql, "${}", self.bound.len());
        self
    }

    /// `(…, …)` for `IN` or `VALUES`.
    pub fn bind_list<V: Into<Bound>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.say("(");
        for (n, value) in values.into_iter().enumerate() {
            if n > 0 {
                self.say(", ");
            }
            self.bind(value);
        }
        self.say(")")
    }

    /// Whether a column's text begins so, in whatever case.
    pub fn say_begins(&mut self, column: &'static str, text: &str) -> &mut Self {
        let length = text.chars().count() as i64;
        self.say("lower(substr(").say(column).say(", 1, CAST(").bind(length).say(" AS INTEGER))) IN ");
        self.bind_list(in_lower(text))
    }

    /// Whether a column's text is this one, in whatever case.
    pub fn say_is(&mut self, column: &'static str, text: &str) -> &mut Self {
        self.say("lower(").say(column).say(") IN ").bind_list(in_lower(text))
    }

    pub async fn fetch_all<'c, T>(self, from: impl Executor<'c, Database = Any>) -> Result<Vec<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let mut query: QueryAs<Any, T, AnyArguments> = sqlx::query_as(AssertSqlSafe(self.sql));
        for value in self.bound {
            query = match value {
                Bound::Text(text) => query.bind(text),
                Bound::Number(number) => query.bind(number),
            };
        }
        query.fetch_all(from).await
    }

    pub async fn execute(self, c: &mut AnyConnection) -> Result<AnyQueryResult, sqlx::Error> {
        with(sqlx::query(AssertSqlSafe(self.sql)), self.bound).execute(c).await
    }

    /// The same for words that hardly come again: the connection does not remember them.
    pub async fn execute_once(self, c: &mut AnyConnection) -> Result<AnyQueryResult, sqlx::Error> {
        with(sqlx::query(AssertSqlSafe(self.sql)).persistent(false), self.bound).execute(c).await
    }

    #[cfg(test)]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    #[cfg(test)]
    pub fn values(&self) -> usize {
        self.bound.len()
    }
}

/// What a database's `lower` may make of a text. SQLite's knows the letters of ASCII: beyond them a text is found in small
/// letters, in capitals and as it was written. PostgreSQL's knows them all.
fn in_lower(text: &str) -> [String; 3] {
    [text.to_lowercase(), text.to_uppercase().to_ascii_lowercase(), text.to_ascii_lowercase()]
}

pub(super) fn with(mut query: Query<Any, AnyArguments>, values: Vec<Bound>) -> Query<Any, AnyArguments> {
    for value in values {
        query = match value {
            Bound::Text(text) => query.bind(text),
            Bound::Number(number) => query.bind(number),
        };
    }
    query
}
