//! Lists of people that fit conditions, at a cost that does not grow with the tenant (security R39).
//!
//! Whatever is asked, people are walked in the order of one index, from where the page before ended, and never more than
//! `WINDOW` of them for one page. A page may come out short, or empty, and have a next one all the same: clients of Graph
//! expect that. What an index can narrow is narrowed by it before anybody is walked past.

use super::{COLUMNS, People, Row, complete, read_key, write_key};
use crate::{
    directory::{Db, clause::Clause, identity, search},
    error::{Error, Result},
};
use app::contract::{
    id::{TenantId, UserFlowId},
    time::Timestamp,
};

/// People that one page looks at, at most.
const WINDOW: i64 = 500;

/// One condition of a list.
#[derive(Clone, PartialEq, Debug)]
pub enum Condition {
    Id(String),
    Disabled(bool),
    /// By any of the ways in which somebody is known; a type or issuer only where it was said.
    KnownAs {
        sign_in_type: Option<String>,
        issuer: String,
        name: String,
    },
    Attribute {
        name: String,
        is: Comparison,
        value: String,
    },
    /// One of the tenant's own names of this kind begins so.
    Named {
        sign_in_type: &'static str,
        issuer: String,
        beginning: String,
    },
    IdBegins(String),
    /// One of the words by which they are found begins so.
    Word(String),
    CreatedSince(Timestamp),
    CreatedBefore(Timestamp),
    MadeBy(UserFlowId),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    Equal,
    StartsWith,
    /// As numbers.
    Less,
    Greater,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Name,
    NewestFirst,
    OldestFirst,
}

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub conditions: Vec<Condition>,
    /// Nothing said: as it is cheapest.
    pub order: Option<Order>,
    pub deleted: bool,
    /// Where the page before ended, as `People::next` said it.
    pub after: Option<String>,
    pub limit: i64,
}

impl Condition {
    /// Whether it says who is meant, one by one.
    fn names_people(&self) -> bool {
        match self {
            Condition::Id(_) | Condition::KnownAs { .. } => true,
            Condition::Any(each) => !each.is_empty() && each.iter().all(Condition::names_people),
            _ => false,
        }
    }

    /// With which word the search finds everybody for whom it holds, and others.
    fn word(&self) -> Option<String> {
        match self {
            Condition::Word(word) => Some(word.clone()),
            Condition::Attribute { name, is: Comparison::StartsWith, value } if search::is_name(name) => {
                search::word_of_name(value)
            }
            Condition::Named { beginning, .. } => search::word_of_sign_in_name(beginning),
            Condition::All(all) => all.iter().find_map(Condition::word),
            Condition::Any(each) => {
                let mut words = each.iter().map(Condition::word);
                let first = words.next()??;
                words.all(|word| word.as_ref() == Some(&first)).then_some(first)
            }
            _ => None,
        }
    }
}

/// By which index people are walked.
enum Walk<'a> {
    /// Few, by what they are known as.
    Known(&'a Condition),
    /// Those with one value of an attribute, by their ids.
    Value {
        name: &'a str,
        value: &'a str,
    },
    /// Those with a word between these two, by the words: whoever has several comes several times.
    Words {
        from: String,
        to: String,
    },
    Ordered(Order),
}

impl Wanted {
    fn walk(&self) -> Walk<'_> {
        if let Some(condition) = self.conditions().find(|condition| condition.names_people()) {
            return Walk::Known(condition);
        }
        let value = self.conditions().find_map(|it| match it {
            Condition::Attribute { name, is: Comparison::Equal, value } => Some(Walk::Value { name, value }),
            _ => None,
        });
        let by_time =
            self.conditions().any(|it| matches!(it, Condition::CreatedSince(_) | Condition::CreatedBefore(_)));
        match (self.order, value) {
            (Some(order), _) => Walk::Ordered(order),
            (None, Some(value)) => value,
            (None, None) => match self.conditions().find_map(Condition::word) {
                Some(word) => {
                    let (from, to) = search::range(&word);
                    Walk::Words { from, to }
                }
                None if by_time => Walk::Ordered(Order::OldestFirst),
                None => Walk::Ordered(Order::Name),
            },
        }
    }

    /// How many are walked past for one page: where everybody who comes along is wanted, the page itself.
    fn window(&self, walk: &Walk<'_>) -> i64 {
        // Along words somebody comes several times: the page needs more than itself, whatever is asked.
        let exact = !matches!(walk, Walk::Words { .. }) && self.left(walk).next().is_none();
        if exact { self.limit + 1 } else { WINDOW.max(self.limit + 1) }
    }

    /// What is asked of whoever comes along.
    fn left(&self, walk: &Walk<'_>) -> impl Iterator<Item = &Condition> {
        self.conditions().filter(|condition| !walk.narrows(condition))
    }

    /// Those that all have to hold.
    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().flat_map(|condition| match condition {
            Condition::All(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        })
    }
}

impl Walk<'_> {
    /// Whether only those come along for whom the condition holds.
    fn narrows(&self, condition: &Condition) -> bool {
        match (self, condition) {
            (Walk::Known(known), condition) => *known == condition,
            (
                Walk::Value { name, value },
                Condition::Attribute { name: asked, is: Comparison::Equal, value: wanted },
            ) => name == asked && value == wanted,
            (Walk::Ordered(Order::Name), Condition::MadeBy(_) | Condition::Disabled(true)) => true,
            (
                Walk::Ordered(Order::NewestFirst | Order::OldestFirst),
                Condition::CreatedSince(_) | Condition::CreatedBefore(_),
            ) => true,
            _ => false,
        }
    }

    /// What the walk is sorted by.
    fn key(&self) -> &'static str {
        match self {
            Walk::Known(_) | Walk::Ordered(Order::Name) => "a.sort_name",
            Walk::Value { .. } => "''",
            Walk::Words { .. } => "s.word",
            Walk::Ordered(Order::NewestFirst | Order::OldestFirst) => "a.created_at",
        }
    }

    /// `SELECT key, id` of those who come along this way, without an end.
    fn said(&self, clause: &mut Clause, tenant: &TenantId, wanted: &Wanted) -> Result<()> {
        let after = wanted.after.as_deref().map(read_key).transpose()?;
        if let Walk::Value { name, value } = self {
            clause.say("SELECT '' AS key, v.account_id AS id FROM attribute_values v WHERE v.tenant_id = ");
            clause.bind(tenant.as_str()).say(" AND v.attribute_id = ").bind(*name).say(" AND v.value = ").bind(*value);
            if let Some((_, id)) = after {
                clause.say(" AND v.account_id > ").bind(id);
            }
            clause.say(" ORDER BY v.account_id");
            return Ok(());
        }
        if let Walk::Words { from, to } = self {
            let (word, id) = after.unwrap_or_else(|| (from.clone(), String::new()));
            clause.say("SELECT s.word AS key, s.account_id AS id FROM search_words s WHERE s.tenant_id = ");
            clause.bind(tenant.as_str()).say(" AND (s.word, s.account_id) > (").bind(word).say(", ").bind(id);
            clause.say(") AND s.word < ").bind(to.as_str()).say(" ORDER BY s.word, s.account_id");
            return Ok(());
        }
        clause.say("SELECT ").say(self.key()).say(" AS key, a.id AS id FROM accounts a WHERE a.tenant_id = ");
        clause.bind(tenant.as_str());
        clause.say(if wanted.deleted { " AND a.deleted_at IS NOT NULL" } else { " AND a.deleted_at IS NULL" });
        for condition in wanted.conditions().filter(|condition| self.narrows(condition)) {
            clause.say(" AND ");
            said(clause, tenant, condition);
        }
        let order = match self {
            Walk::Ordered(order) => *order,
            Walk::Known(_) | Walk::Value { .. } | Walk::Words { .. } => Order::Name,
        };
        let few = matches!(self, Walk::Known(_));
        if let Some((key, id)) = after {
            let moment = || key.parse::<i64>().map_err(|_| Error::BadRequest("this is no place in the list".into()));
            match order {
                Order::Name => clause.say(" AND (a.sort_name, a.id) > (").bind(key.as_str()).say(", "),
                Order::NewestFirst => clause.say(" AND (a.created_at, a.id) < (").bind(moment()?).say(", "),
                Order::OldestFirst => clause.say(" AND (a.created_at, a.id) > (").bind(moment()?).say(", "),
            };
            clause.bind(id).say(")");
        }
        clause.say(match order {
            // A database that is told to sort a few may walk everybody in that order instead.
            _ if few => "",
            Order::Name => " ORDER BY a.sort_name, a.id",
            Order::NewestFirst => " ORDER BY a.created_at DESC, a.id DESC",
            Order::OldestFirst => " ORDER BY a.created_at, a.id",
        });
        Ok(())
    }

    /// As the walk came.
    fn order(&self) -> &'static str {
        match self {
            Walk::Known(_) | Walk::Ordered(Order::Name) => " ORDER BY a.sort_name, a.id",
            Walk::Value { .. } => " ORDER BY a.id",
            Walk::Words { .. } => " ORDER BY w.key, w.id",
            Walk::Ordered(Order::NewestFirst) => " ORDER BY a.created_at DESC, a.id DESC",
            Walk::Ordered(Order::OldestFirst) => " ORDER BY a.created_at, a.id",
        }
    }

    /// Each under the first of their words alone, however often they come along.
    fn said_once(&self, clause: &mut Clause, tenant: &TenantId) {
        if let Walk::Words { from, .. } = self {
            clause.say(" AND NOT EXISTS (SELECT 1 FROM search_words s WHERE s.tenant_id = ").bind(tenant.as_str());
            clause.say(" AND s.account_id = w.id AND s.word >= ").bind(from.as_str()).say(" AND s.word < w.key)");
        }
    }
}

pub async fn list(db: &Db, tenant: &TenantId, wanted: &Wanted) -> Result<People> {
    let walk = wanted.walk();
    let mut rows: Vec<Row> = page(tenant, wanted, &walk)?.fetch_all(db.reader()).await?;
    let more = rows.len() as i64 > wanted.limit;
    rows.truncate(wanted.limit.max(0) as usize);
    let next = match rows.last() {
        Some(last) if more => Some(write_key(&last.10, &last.0)),
        // Few were named, and all of them were looked at.
        _ if matches!(walk, Walk::Known(_)) => None,
        _ => {
            let end: Vec<(String, String)> = end_of_window(tenant, wanted, &walk)?.fetch_all(db.reader()).await?;
            end.into_iter().next().map(|(key, id)| write_key(&key, &id))
        }
    };
    Ok(People { people: complete(db, tenant, rows).await?, next })
}

/// The window is walked once, and first: PostgreSQL, while it knows little of its tables, would walk it anew for each account
/// (hence MATERIALIZED), and SQLite every account in the wanted order to save itself the sorting (hence CROSS).
fn page(tenant: &TenantId, wanted: &Wanted, walk: &Walk<'_>) -> Result<Clause> {
    let mut clause = Clause::new("WITH w AS MATERIALIZED (");
    walk.said(&mut clause, tenant, wanted)?;
    clause.say(" LIMIT ").bind(wanted.window(walk)).say(") ").say(COLUMNS).say("CAST(w.key AS TEXT)");
    those_of_window(&mut clause, tenant, wanted, walk);
    clause.say(walk.order()).say(" LIMIT ").bind(wanted.limit + 1);
    Ok(clause)
}

/// Of those who come along, the ones who are wanted.
fn those_of_window(clause: &mut Clause, tenant: &TenantId, wanted: &Wanted, walk: &Walk<'_>) {
    clause.say(" FROM w CROSS JOIN accounts a WHERE a.id = w.id AND a.tenant_id = ").bind(tenant.as_str());
    clause.say(if wanted.deleted { " AND a.deleted_at IS NOT NULL" } else { " AND a.deleted_at IS NULL" });
    for condition in wanted.left(walk) {
        clause.say(" AND ");
        said(clause, tenant, condition);
    }
    walk.said_once(clause, tenant);
}

/// How many are wanted in all, where that is known after a look at this many of them.
pub async fn count_wanted(db: &Db, tenant: &TenantId, wanted: &Wanted, looked_at: i64) -> Result<Option<i64>> {
    let walk = wanted.walk();
    let more: Vec<(i64,)> = is_longer(tenant, wanted, &walk, looked_at)?.fetch_all(db.reader()).await?;
    if !more.is_empty() {
        return Ok(None);
    }
    let counted: Vec<(i64,)> = counted(tenant, wanted, &walk, looked_at)?.fetch_all(db.reader()).await?;
    Ok(Some(counted.first().map_or(0, |(people,)| *people)))
}

fn counted(tenant: &TenantId, wanted: &Wanted, walk: &Walk<'_>, looked_at: i64) -> Result<Clause> {
    let mut clause = Clause::new("WITH w AS MATERIALIZED (");
    walk.said(&mut clause, tenant, wanted)?;
    clause.say(" LIMIT ").bind(looked_at).say(") SELECT COUNT(*)");
    those_of_window(&mut clause, tenant, wanted, walk);
    Ok(clause)
}

/// A row where more than these come along.
fn is_longer(tenant: &TenantId, wanted: &Wanted, walk: &Walk<'_>, than: i64) -> Result<Clause> {
    let mut clause = Clause::new("SELECT CAST(1 AS BIGINT) FROM (");
    walk.said(&mut clause, tenant, wanted)?;
    clause.say(" LIMIT 1 OFFSET ").bind(than).say(") w");
    Ok(clause)
}

/// Where the window ended, if it was full: there the next page begins.
fn end_of_window(tenant: &TenantId, wanted: &Wanted, walk: &Walk<'_>) -> Result<Clause> {
    let mut clause = Clause::default();
    clause.say("SELECT CAST(w.key AS TEXT), w.id FROM (");
    walk.said(&mut clause, tenant, wanted)?;
    clause.say(" LIMIT 1 OFFSET ").bind(wanted.window(walk) - 1).say(") w");
    Ok(clause)
}

/// What is asked of the database for a page, for whoever looks at how it goes about it.
#[cfg(test)]
pub fn asked(tenant: &TenantId, wanted: &Wanted) -> Result<Vec<Clause>> {
    let walk = wanted.walk();
    let mut asked = vec![page(tenant, wanted, &walk)?];
    if !matches!(walk, Walk::Known(_)) {
        asked.push(end_of_window(tenant, wanted, &walk)?);
    }
    // Counted is once, with the first page.
    if wanted.after.is_none() {
        asked.extend([counted(tenant, wanted, &walk, WINDOW)?, is_longer(tenant, wanted, &walk, WINDOW)?]);
    }
    Ok(asked)
}

/// A condition in SQL. Its depth was bounded by whoever read it (security R39).
fn said(clause: &mut Clause, tenant: &TenantId, condition: &Condition) {
    match condition {
        Condition::Id(id) => {
            clause.say("a.id = ").bind(id.as_str());
        }
        Condition::Disabled(true) => {
            clause.say("a.disabled_at IS NOT NULL");
        }
        Condition::Disabled(false) => {
            clause.say("a.disabled_at IS NULL");
        }
        Condition::KnownAs { sign_in_type, issuer, name } => {
            clause.say("a.id IN (SELECT i.account_id FROM identities i WHERE i.tenant_id = ").bind(tenant.as_str());
            clause.say(" AND i.sign_in_type IN ");
            match sign_in_type {
                Some(kind) => clause.bind_list([kind.as_str()]),
                None => clause.bind_list(SIGN_IN_TYPES),
            };
            clause.say(" AND i.issuer = ").bind(issuer.as_str());
            let folded = identity::Folded::address(name);
            clause.say(" AND i.folded IN ").bind_list([folded.as_str(), name.as_str()]);
            clause.say(")");
        }
        Condition::Attribute { name, is, value } => {
            // One value looked up for each person of the window. EXISTS says the same, but SQLite may make a join of it and
            // begin at the wrong end.
            clause.say("COALESCE((SELECT CASE WHEN ");
            match is {
                Comparison::Equal => clause.say("v.value = ").bind(value.as_str()),
                Comparison::StartsWith => clause.say_begins("v.value", value),
                Comparison::Less => {
                    clause.say("CAST(v.value AS BIGINT) < CAST(").bind(value.as_str()).say(" AS BIGINT)")
                }
                Comparison::Greater => {
                    clause.say("CAST(v.value AS BIGINT) > CAST(").bind(value.as_str()).say(" AS BIGINT)")
                }
            };
            clause.say(
                " THEN 1 ELSE 0 END FROM attribute_values v WHERE v.tenant_id = a.tenant_id AND v.account_id = a.id",
            );
            clause.say(" AND v.attribute_id = ").bind(name.as_str()).say("), 0) = 1");
        }
        Condition::Named { sign_in_type, issuer, beginning } => {
            // Whose names these are leads to them, and nothing else: an index over names of a kind would be the wrong one.
            clause.say("COALESCE((SELECT MAX(CASE WHEN i.sign_in_type = ").bind(*sign_in_type);
            clause.say(" AND i.issuer = ").bind(issuer.as_str()).say(" AND ");
            clause.say_begins("i.issuer_assigned_id", beginning);
            clause.say(
                " THEN 1 ELSE 0 END) FROM identities i WHERE i.tenant_id = a.tenant_id AND i.account_id = a.id), 0) = 1",
            );
        }
        Condition::IdBegins(beginning) => {
            clause.say_begins("a.id", beginning);
        }
        Condition::Word(word) => {
            let (from, to) = search::range(word);
            clause.say("COALESCE((SELECT MAX(CASE WHEN s.word >= ").bind(from).say(" AND s.word < ").bind(to);
            clause.say(
                " THEN 1 ELSE 0 END) FROM search_words s WHERE s.tenant_id = a.tenant_id AND s.account_id = a.id), 0) = 1",
            );
        }
        Condition::CreatedSince(at) => {
            clause.say("a.created_at >= ").bind(at.0);
        }
        Condition::CreatedBefore(at) => {
            clause.say("a.created_at < ").bind(at.0);
        }
        Condition::MadeBy(flow) => {
            clause.say("a.user_flow_id = ").bind(flow.as_str());
        }
        Condition::Not(condition) => {
            clause.say("NOT (");
            said(clause, tenant, condition);
            clause.say(")");
        }
        Condition::All(conditions) => joined(clause, tenant, conditions, " AND ", "1 = 1"),
        Condition::Any(conditions) => joined(clause, tenant, conditions, " OR ", "1 = 0"),
    }
}

fn joined(clause: &mut Clause, tenant: &TenantId, conditions: &[Condition], word: &'static str, if_none: &'static str) {
    clause.say("(");
    if conditions.is_empty() {
        clause.say(if_none);
    }
    for (n, condition) in conditions.iter().enumerate() {
        if n > 0 {
            clause.say(word);
        }
        said(clause, tenant, condition);
    }
    clause.say(")");
}

/// In this order they stand in the index.
const SIGN_IN_TYPES: [&str; 4] = ["emailAddress", "federated", "userName", "userPrincipalName"];
