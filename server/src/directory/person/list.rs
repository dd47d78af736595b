//! Lists of people that fit conditions, at a cost that does not grow with the tenant (security R39).
//!
//! Whatever is asked, people are walked in the order of one index, from where the page before ended, and never more than
//! `WINDOW` of them for one page. A page may come out short, or empty, and have a next one all the same: clients of Graph
//! expect that. What an index can narrow is narrowed by it before anybody is walked past.

use super::{
    COLUMNS, People, Row, complete,
    condition::{Comparison, Condition, said},
    read_key, write_key,
};
use crate::{
    directory::{Db, clause::Clause, search},
    error::{Error, Result},
};
use app::contract::id::TenantId;

/// People that one page looks at, at most.
const WINDOW: i64 = 500;

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

/// By which index people are walked.
enum Walk<'a> {
    /// Few, by what they are known as.
    Known(&'a Condition),
    /// Those with one value of an attribute, by their ids.
    Value {
        name: &'a str,
        value: &'a str,
    },
    /// Those with a value of an attribute that begins as between these two, in the order of the beginnings.
    Beginning {
        name: &'a str,
        from: String,
        to: String,
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
            (None, None) => {
                if let Some(word) = self.conditions().find_map(Condition::word) {
                    let (from, to) = search::range(&word);
                    return Walk::Words { from, to };
                }
                match self.conditions().find_map(Condition::beginning) {
                    Some((name, (from, to))) => Walk::Beginning { name, from, to },
                    None if by_time => Walk::Ordered(Order::OldestFirst),
                    None => Walk::Ordered(Order::Name),
                }
            }
        }
    }

    /// How many are walked past for one page: where everybody who comes along is wanted, the page itself.
    fn window(&self, walk: &Walk<'_>) -> i64 {
        // Along words somebody comes several times: the page needs more than itself, whatever is asked.
        let exact = !matches!(walk, Walk::Words { .. }) && self.left(walk).all(|condition| walk.hits(condition));
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

    /// Whether it holds for all who come along, but for one or the other whose letters a database knows no small ones of.
    fn hits(&self, condition: &Condition) -> bool {
        match (self, condition) {
            (
                Walk::Beginning { name, from, .. },
                Condition::Attribute { name: asked, is: Comparison::StartsWith, value },
            ) => name == asked && value.eq_ignore_ascii_case(from),
            _ => false,
        }
    }

    /// What the walk is sorted by.
    fn key(&self) -> &'static str {
        match self {
            Walk::Known(_) | Walk::Ordered(Order::Name) => "a.sort_name",
            Walk::Value { .. } => "''",
            Walk::Beginning { .. } => "v.beginning",
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
        if let Walk::Beginning { name, from, to } = self {
            let (beginning, id) = after.unwrap_or_else(|| (from.clone(), String::new()));
            clause.say("SELECT v.beginning AS key, v.account_id AS id FROM attribute_values v WHERE v.tenant_id = ");
            clause.bind(tenant.as_str()).say(" AND v.attribute_id = ").bind(*name);
            clause.say(" AND (v.beginning, v.account_id) > (").bind(beginning).say(", ").bind(id);
            clause.say(") AND v.beginning < ").bind(to.as_str()).say(" ORDER BY v.beginning, v.account_id");
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
            Walk::Known(_) | Walk::Value { .. } | Walk::Beginning { .. } | Walk::Words { .. } => Order::Name,
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
            Walk::Beginning { .. } | Walk::Words { .. } => " ORDER BY w.key, w.id",
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
