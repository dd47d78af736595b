//! Finding people while somebody types: by the beginning of any word of their names or of a sign-in name, at the same cost
//! among a million as among a thousand.

use super::{Db, clause::Clause};
use crate::error::Result;
use app::contract::id::{AccountId, TenantId};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::{cmp::Reverse, collections::BTreeSet, fmt::Write};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Characters of a word that count.
const LONGEST: usize = 48;
/// Words that a search may have; more only narrow what is narrow already.
const MOST_TERMS: usize = 4;
/// Words that one page looks at, at most. Where many begin with one term and many with another, but hardly anybody's with
/// both, a page comes out short, or empty, and has a next one all the same.
const WINDOW: i64 = 500;

/// The words under which a person is found. Names are cut into words; sign-in names stay whole.
pub fn words<'a>(
    names: impl IntoIterator<Item = &'a str>,
    sign_in_names: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<String> {
    let of_names = names.into_iter().flat_map(terms);
    of_names.chain(sign_in_names.into_iter().map(fold)).filter(|word| !word.is_empty()).map(|word| hex(&word)).collect()
}

/// What somebody typed, in words.
fn terms(text: &str) -> Vec<String> {
    let is_between = |c: char| !(c.is_alphanumeric() || "@._+-'".contains(c));
    fold_all(text).split(is_between).map(cut).filter(|word| !word.is_empty()).collect()
}

fn fold(text: &str) -> String {
    cut(&fold_all(text.trim()))
}

/// Without case, accents and compatibility forms: who types `bucher` finds Bücher.
fn fold_all(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase()
}

/// By what a person is sorted in lists.
pub(super) fn sort_name(name: &str) -> String {
    fold(name)
}

fn cut(word: &str) -> String {
    word.trim_matches(['.', '_', '+', '-', '\'']).chars().take(LONGEST).collect()
}

/// Databases sort letters by the rules of some language; these sixteen they all sort alike.
fn hex(word: &str) -> String {
    word.bytes().fold(String::with_capacity(word.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Everything that begins with the word lies between the two.
pub(super) fn range(word: &str) -> (String, String) {
    let hex = hex(word);
    // `g` is beyond every hexadecimal digit.
    let end = format!("{hex}g");
    (hex, end)
}

/// Whether the words of this attribute are among those by which people are found.
pub(super) fn is_name(attribute: &str) -> bool {
    ["displayName", "givenName", "surname"].contains(&attribute)
}

/// The longest word of the beginning of a name: all who have such a name have a word that begins so.
pub(super) fn word_of_name(beginning: &str) -> Option<String> {
    terms_of(beginning).into_iter().map(open).find(|word| !word.is_empty())
}

/// The same of a sign-in name, which is one word.
pub(super) fn word_of_sign_in_name(beginning: &str) -> Option<String> {
    Some(open(fold(beginning))).filter(|word| !word.is_empty())
}

/// How a value begins, as far as lists of those that begin so look. Names have words instead.
pub(super) fn beginning(attribute: &str, value: &str) -> Option<String> {
    (!is_name(attribute)).then(|| value.chars().take(LONGEST).collect::<String>().to_lowercase())
}

/// Between these two lies how everything begins that begins with this text, in whatever case, and other things: from a letter
/// on that is not of ASCII, for not every database knows its small one. Nothing where the text has such a one at its head.
pub(super) fn range_of_beginning(text: &str) -> Option<(String, String)> {
    let ascii = |c: &char| (' '..='~').contains(c);
    let from: String = text.chars().take(LONGEST).take_while(ascii).collect::<String>().to_ascii_lowercase();
    let mut end = from.clone();
    let last = u8::try_from(end.pop()?).ok()?;
    end.push(char::from(last + 1));
    Some((from, end))
}

/// A sigma at the end is written otherwise where the word goes on.
fn open(word: String) -> String {
    word.trim_end_matches(['σ', 'ς']).to_owned()
}

/// What is looked for where somebody typed this, the longest word first.
pub(super) fn terms_of(typed: &str) -> Vec<String> {
    let mut terms = terms(typed);
    terms.sort_by_key(|term| Reverse(term.chars().count()));
    terms.dedup();
    terms.truncate(MOST_TERMS);
    terms
}

/// Replaces the words of one person.
pub(super) async fn write(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    words: &BTreeSet<String>,
) -> Result<()> {
    forget(c, tenant, account).await?;
    insert(c, tenant, account, words).await
}

/// The words of somebody who has none yet.
pub(super) async fn insert(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    words: &BTreeSet<String>,
) -> Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (0..words.len()).map(|n| format!("($1, $2, ${})", n + 3)).collect();
    let sql = format!("INSERT INTO search_words (tenant_id, account_id, word) VALUES {}", rows.join(", "));
    let mut insert = sqlx::query(AssertSqlSafe(sql)).bind(tenant.as_str().to_owned()).bind(account.as_str().to_owned());
    for word in words {
        insert = insert.bind(word.clone());
    }
    insert.execute(c).await?;
    Ok(())
}

pub(super) async fn forget(c: &mut AnyConnection, tenant: &TenantId, account: &AccountId) -> Result<()> {
    sqlx::query("DELETE FROM search_words WHERE tenant_id = $1 AND account_id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// Where a page of finds ended: the word under which the last one was found, and who it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct After {
    pub word: String,
    pub account: String,
}

/// One of the words that somebody typed, and how many words of people begin so, as far as that is soon counted.
struct Term {
    word: String,
    found: i64,
}

impl Term {
    /// Whether all whose word it is are soon read.
    fn is_rare(&self) -> bool {
        self.found < WINDOW
    }
}

/// The longest first. One alone need not be counted.
async fn counted_terms(db: &Db, tenant: &TenantId, typed: &str) -> Result<Vec<Term>> {
    let words = terms_of(typed);
    let (alone, mut terms) = (words.len() == 1, Vec::with_capacity(words.len()));
    for word in words {
        let found = if alone { WINDOW } else { how_many(db, tenant, &word).await? };
        terms.push(Term { word, found });
    }
    Ok(terms)
}

/// Which of the terms the search walks along: the rarest, and the others are asked of whoever it finds. On a later page it is
/// the one that the page before walked along.
fn leading(terms: &[Term], after: Option<&After>) -> usize {
    let leads = match after {
        Some(After { word, .. }) => terms.iter().position(|term| {
            let (from, to) = range(&term.word);
            (from..to).contains(word)
        }),
        None => (0..terms.len()).min_by_key(|at| terms[*at].found),
    };
    leads.unwrap_or_default()
}

/// How many words begin so, as far as that is soon counted.
async fn how_many(db: &Db, tenant: &TenantId, term: &str) -> Result<i64> {
    let rows: Vec<(i64,)> = counted(tenant, term).fetch_all(db.reader()).await?;
    Ok(rows.first().map_or(0, |(found,)| *found))
}

fn counted(tenant: &TenantId, term: &str) -> Clause {
    let (from, to) = range(term);
    let mut clause = Clause::new("SELECT COUNT(*) FROM (SELECT 1 AS one FROM search_words WHERE tenant_id = ");
    clause.bind(tenant.as_str()).say(" AND word >= ").bind(from).say(" AND word < ").bind(to);
    clause.say(" LIMIT ").bind(WINDOW).say(") counted");
    clause
}

/// A page of finds, and where the next one goes on.
#[derive(Debug, Default)]
pub struct Found {
    pub people: Vec<AccountId>,
    pub next: Option<After>,
}

/// People all of whose terms are the beginnings of words of theirs, in the order of the words. Each comes once.
pub async fn find(db: &Db, tenant: &TenantId, typed: &str, after: Option<&After>, limit: i64) -> Result<Found> {
    let mut terms = counted_terms(db, tenant, typed).await?;
    // Nobody has all of them where nobody has one.
    if terms.is_empty() || terms.iter().any(|term| term.found == 0) {
        return Ok(Found::default());
    }
    let first = terms.remove(leading(&terms, after));
    let walk = Walk::new(tenant, &first.word, after);
    let window = WINDOW.max(limit + 1);
    let rows: Vec<(String, String)> = walk.page(&terms, window, limit + 1).fetch_all(db.reader()).await?;
    let more = rows.len() as i64 > limit;
    let mut people: Vec<After> = rows.into_iter().map(|(account, word)| After { word, account }).collect();
    people.truncate(limit.max(0) as usize);
    let next = match people.last() {
        Some(last) if more => Some(last.clone()),
        _ => {
            let end: Vec<(String, String)> = walk.end(window).fetch_all(db.reader()).await?;
            end.into_iter().next().map(|(account, word)| After { word, account })
        }
    };
    Ok(Found { people: people.into_iter().map(|it| it.account.as_str().into()).collect(), next })
}

/// What is asked of the database for a search, whether few or many have the other words.
#[cfg(test)]
pub fn asked(tenant: &TenantId, typed: &str) -> Vec<Clause> {
    let mut words = terms(typed);
    let first = words.remove(0);
    let walk = Walk::new(tenant, &first, None);
    let mut asked = vec![counted(tenant, &first), walk.end(WINDOW)];
    for found in [1, WINDOW] {
        let others: Vec<Term> = words.iter().map(|word| Term { word: word.clone(), found }).collect();
        asked.push(walk.page(&others, WINDOW, 26));
    }
    asked
}

/// Along the words that begin with one term, from where the page before ended.
struct Walk<'a> {
    tenant: &'a TenantId,
    from: String,
    to: String,
    after: After,
}

impl<'a> Walk<'a> {
    fn new(tenant: &'a TenantId, term: &str, after: Option<&After>) -> Self {
        let (from, to) = range(term);
        let after = after.cloned().unwrap_or(After { word: from.clone(), account: String::new() });
        Self { tenant, from, to, after }
    }

    fn said(&self, clause: &mut Clause) {
        clause.say("SELECT account_id, word FROM search_words WHERE tenant_id = ").bind(self.tenant.as_str());
        clause.say(" AND (word, account_id) > (").bind(self.after.word.as_str());
        clause.say(", ").bind(self.after.account.as_str()).say(") AND word < ").bind(self.to.as_str());
        clause.say(" ORDER BY word, account_id");
    }

    /// Those in the window to whom the other terms belong as well, each under the first of their words.
    fn page(&self, others: &[Term], window: i64, limit: i64) -> Clause {
        let mut clause = Clause::new("WITH w AS MATERIALIZED (");
        self.said(&mut clause);
        clause.say(" LIMIT ").bind(window).say(") SELECT w.account_id, w.word FROM w WHERE NOT EXISTS (");
        self.has_word(&mut clause, &self.from).say(" AND s.word < w.word)");
        for other in others {
            let (from, to) = range(&other.word);
            if other.is_rare() {
                // Read once, side by side, and not looked up for each of the window. (CASE: PostgreSQL would make a join of it
                // and, while it knows little of its tables, read them anew each time.)
                clause.say(
                    " AND CASE WHEN w.account_id IN (SELECT s.account_id FROM search_words s WHERE s.tenant_id = ",
                );
                clause.bind(self.tenant.as_str()).say(" AND s.word >= ").bind(from).say(" AND s.word < ").bind(to);
                clause.say(") THEN 1 ELSE 0 END = 1");
            } else {
                clause.say(" AND EXISTS (");
                self.has_word(&mut clause, &from).say(" AND s.word < ").bind(to).say(")");
            }
        }
        clause.say(" ORDER BY w.word, w.account_id LIMIT ").bind(limit);
        clause
    }

    fn has_word<'c>(&self, clause: &'c mut Clause, from: &str) -> &'c mut Clause {
        clause.say("SELECT 1 FROM search_words s WHERE s.tenant_id = ").bind(self.tenant.as_str());
        clause.say(" AND s.account_id = w.account_id AND s.word >= ").bind(from)
    }

    /// Where the window ended, if it was full.
    fn end(&self, window: i64) -> Clause {
        let mut clause = Clause::default();
        self.said(&mut clause);
        clause.say(" LIMIT 1 OFFSET ").bind(window - 1);
        clause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_by_words_however_they_are_written() {
        let ada = words(["Ada Bücher-Lovelace"], ["Ada@Example.org"]);
        for typed in ["ada", "BUCHER", "bücher", "ada@exa", "bucher-love"] {
            let (from, to) = range(&terms(typed)[0]);
            assert!(ada.range(from..to).next().is_some(), "{typed}");
        }
        let (from, to) = range("love");
        assert!(ada.range(from..to).next().is_none());
    }

    #[test]
    fn whoever_has_a_name_has_a_word_that_begins_as_the_name_does() {
        for (name, beginning) in [
            ("Ada Lovelace", "ada lo"),
            ("Anna-Maria Ó Briain", "Anna-"),
            ("Ὀδυσσεύς", "ὈΔΥΣ"),
            ("Bücher", "BÜ"),
            ("Jean 'Jo' Smith", "jean '"),
        ] {
            let (from, to) = range(&word_of_name(beginning).unwrap());
            assert!(words([name], []).range(from..to).next().is_some(), "{name} {beginning}");
        }
        for (address, beginning) in
            [("a!b@example.org", "a!b"), (".ada@example.org", ".A"), ("ada.l@example.org", "ada.")]
        {
            let (from, to) = range(&word_of_sign_in_name(beginning).unwrap());
            assert!(words([], [address]).range(from..to).next().is_some(), "{address} {beginning}");
        }
        assert_eq!((word_of_name("★ "), word_of_sign_in_name(".")), (None, None));
    }

    #[test]
    fn whatever_begins_so_lies_between_two_beginnings() {
        for (value, text) in [
            ("Lund", "lu"),
            ("LUND", "Lund"),
            ("Zürich", "ZÜ"),
            ("100% sure", "100%"),
            ("a_b", "A_"),
            ("New York", "new "),
            ("~", "~"),
        ] {
            let (from, to) = range_of_beginning(text).unwrap();
            assert!((from..to).contains(&beginning("city", value).unwrap()), "{value} {text}");
        }
        let (from, to) = range_of_beginning("lu").unwrap();
        assert!(!(from..to).contains(&beginning("city", "Lyon").unwrap()));
        assert_eq!((range_of_beginning(""), range_of_beginning("Österbro")), (None, None));
        assert_eq!(beginning("surname", "Lund"), None);
    }

    #[test]
    fn what_has_no_letters_has_no_words() {
        assert!(terms("  ,;() ").is_empty());
        assert!(words([""], []).is_empty());
    }
}
