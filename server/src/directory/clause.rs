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
        self.say("(1 = 1");
        for Stretch { at, length, written } in stretches(text) {
            self.say(" AND lower(substr(").say(column).say(", CAST(").bind(at).say(" AS INTEGER), CAST(").bind(length);
            self.say(" AS INTEGER)) COLLATE \"binary\") IN ").bind_list(written);
        }
        self.say(")")
    }

    /// Whether a column's text is this one, in whatever case.
    pub fn say_is(&mut self, column: &'static str, text: &str) -> &mut Self {
        let length = text.chars().count() as i64;
        self.say("(length(").say(column).say(") = ").bind(length).say(" AND ").say_begins(column, text).say(")")
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

/// Letters that are looked at one by one. Beyond them others than those of ASCII count as they were typed: SQLite reads no
/// condition of a thousand parts.
const LONGEST: usize = 200;

/// Part of a text, and what a text in another case may have in its place.
struct Stretch {
    /// In characters, from one on.
    at: i64,
    length: i64,
    written: Vec<String>,
}

/// What a database's `lower` knows hangs on its kind and its language. By "binary" each of them knows the letters of ASCII
/// and no others: those are one stretch as far as they go, in small letters; every other letter is asked for in its cases,
/// which we know.
fn stretches(text: &str) -> Vec<Stretch> {
    let letters: Vec<char> = text.chars().collect();
    let (looked_at, rest) = letters.split_at(letters.len().min(LONGEST));
    let mut at = 1;
    let stretch = |letters: &[char]| {
        let written = match letters {
            [letter] if !letter.is_ascii() => cases(*letter),
            letters => vec![letters.iter().map(char::to_ascii_lowercase).collect()],
        };
        let stretch = Stretch { at, length: letters.len() as i64, written };
        at += stretch.length;
        stretch
    };
    let runs = looked_at.chunk_by(|one, next| one.is_ascii() && next.is_ascii());
    runs.chain(Some(rest).filter(|rest| !rest.is_empty())).map(stretch).collect()
}

/// Of a letter that is not of ASCII. (One whose other case is several letters, or one of ASCII, is itself alone.)
fn cases(letter: char) -> Vec<String> {
    let capital = alone(letter.to_uppercase());
    let small = alone(letter.to_lowercase());
    let small_of_capital = capital.and_then(|capital| alone(capital.to_lowercase()));
    let mut cases = vec![letter];
    for case in [capital, small, small_of_capital].into_iter().flatten() {
        if !case.is_ascii() && !cases.contains(&case) {
            cases.push(case);
        }
    }
    cases.into_iter().map(String::from).collect()
}

fn alone(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_another_case_has_the_same_letters_in_the_same_places() {
        let told = |text: &str| -> Vec<String> {
            let stretches = stretches(text).into_iter();
            stretches.map(|it| format!("{}+{} {}", it.at, it.length, it.written.join("|"))).collect()
        };
        assert_eq!(told("Straße 7"), ["1+4 stra", "5+1 ß", "6+3 e 7"]);
        assert_eq!(told("ЁJ"), ["1+1 Ё|ё", "2+1 j"]);
        // A small sigma has a form of its own at the end of a word.
        assert_eq!(told("ς"), ["1+1 ς|Σ|σ"]);
        // The sign for kelvin is no letter of ASCII, and its small one is.
        assert_eq!(told("\u{212a}"), ["1+1 \u{212a}"]);
        assert!(told("").is_empty());
        let long = stretches(&"Ö".repeat(LONGEST + 40));
        assert_eq!(long.len(), LONGEST + 1);
        assert_eq!(long[LONGEST].written, ["Ö".repeat(40)]);
    }
}
