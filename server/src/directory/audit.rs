//! What was changed by the management API, by whom, from what to what (security R41). A row is written in the unit that
//! makes the change, and its hash covers the row before it: who changes a row later has to change all that follow.

mod row;

use super::{Db, clause::Clause};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use row::{ROWS, Row};
use serde_json::Value;
use sqlx::AnyConnection;
use std::collections::BTreeSet;

#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub id: String,
    pub at: Timestamp,
    pub actor: Actor,
    /// Of the network.
    pub address: String,
    pub correlation: String,
    /// `Update user flow`
    pub activity: String,
    /// `UserFlow`
    pub category: String,
    pub operation: Operation,
    pub target: Target,
    /// Nothing where it was made.
    pub before: Option<Value>,
    /// Nothing where it was deleted.
    pub after: Option<Value>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: String,
    pub name: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActorKind {
    Account,
    Application,
    /// The server itself: first start, a command on its machine.
    Server,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    Add,
    Update,
    Delete,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    pub kind: String,
    pub id: String,
    pub name: String,
}

impl Target {
    pub fn user(account: &AccountId, name: &str) -> Target {
        Target { kind: "User".into(), id: account.to_string(), name: name.into() }
    }
}

const ACTORS: [(ActorKind, &str); 3] =
    [(ActorKind::Account, "account"), (ActorKind::Application, "application"), (ActorKind::Server, "server")];

const OPERATIONS: [(Operation, &str); 3] =
    [(Operation::Add, "Add"), (Operation::Update, "Update"), (Operation::Delete, "Delete")];

impl ActorKind {
    fn as_str(self) -> &'static str {
        ACTORS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

impl Operation {
    pub fn as_str(self) -> &'static str {
        OPERATIONS.iter().find(|(operation, _)| *operation == self).map_or("", |(_, word)| word)
    }
}

/// What of people is written in place of their values: the names of what changed. The audit outlives people, and no row of it
/// can be changed when they are forgotten (security R42).
const CHANGED: &str = "@changed";

pub fn only_names(names: Vec<String>) -> Value {
    Value::Object([(CHANGED.to_owned(), Value::from(names))].into_iter().collect())
}

/// What `only_names` wrote.
pub fn names_in(after: Option<&Value>) -> Vec<String> {
    let names = after.and_then(|after| after.get(CHANGED)).and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The names of the properties that differ; what is null is as good as absent, and `@…` is about the text and not the thing.
pub fn differing(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let sides = [before, after].into_iter().flatten().filter_map(Value::as_object);
    let names: BTreeSet<&String> = sides.flat_map(|members| members.keys()).collect();
    let told = names.into_iter().filter(|name| !name.starts_with('@'));
    told.filter(|name| member(before, name) != member(after, name)).cloned().collect()
}

pub fn member<'a>(value: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    value.and_then(|value| value.get(name)).filter(|it| !it.is_null())
}

/// A row, and its place in the chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Audit {
    pub sequence: i64,
    pub entry: Entry,
    pub hash: String,
}

/// Writers of one tenant wait for each other at the head of its chain.
pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, entry: &Entry) -> Result<()> {
    let (sequence, previous): (i64, String) = sqlx::query_as(
        "INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ($1, 1, '')
         ON CONFLICT (tenant_id) DO UPDATE SET sequence = audit_heads.sequence + 1
         RETURNING sequence, hash",
    )
    .bind(tenant.as_str())
    .fetch_one(&mut *c)
    .await?;
    let row = Row::of(tenant, sequence, entry)?;
    let hash = row.hash(&previous);
    row.insert(c, &hash).await?;
    sqlx::query("UPDATE audit_heads SET hash = $1 WHERE tenant_id = $2")
        .bind(&hash)
        .bind(tenant.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// How many rows there are: changes with every change.
pub async fn head(db: &Db, tenant: &TenantId) -> Result<i64> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT sequence FROM audit_heads WHERE tenant_id = $1")
        .bind(tenant.as_str())
        .fetch_optional(db.reader())
        .await?;
    Ok(row.map_or(0, |(sequence,)| sequence))
}

/// `Error::Stale` where something was changed since, and nobody can change anything before the unit's end.
pub async fn still_at(c: &mut AnyConnection, tenant: &TenantId, head: i64) -> Result<()> {
    if hold(c, tenant).await? == head { Ok(()) } else { Err(Error::Stale) }
}

/// How many rows there are; and nobody else writes one, or anything that goes with one, before the unit's end.
pub async fn hold(c: &mut AnyConnection, tenant: &TenantId) -> Result<i64> {
    let (sequence,): (i64,) = sqlx::query_as(
        "INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ($1, 0, '')
         ON CONFLICT (tenant_id) DO UPDATE SET sequence = audit_heads.sequence
         RETURNING sequence",
    )
    .bind(tenant.as_str())
    .fetch_one(c)
    .await?;
    Ok(sequence)
}

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub since: Option<Timestamp>,
    pub before: Option<Timestamp>,
    pub category: Option<String>,
    pub activity: Option<String>,
    /// Who changed something.
    pub actor: Option<(ActorKind, String)>,
    /// Where in the chain the page before ended.
    pub after: Option<i64>,
}

/// Newest first, from before a place in the chain.
pub async fn list(db: &Db, tenant: &TenantId, wanted: &Wanted, limit: i64) -> Result<Vec<Audit>> {
    let mut clause = Clause::new(ROWS);
    clause.say(" WHERE tenant_id = ").bind(tenant.as_str());
    clause.say(" AND sequence < ").bind(wanted.after.unwrap_or(i64::MAX));
    if let Some(since) = wanted.since {
        clause.say(" AND at >= ").bind(since.0);
    }
    if let Some(before) = wanted.before {
        clause.say(" AND at < ").bind(before.0);
    }
    if let Some(category) = &wanted.category {
        clause.say(" AND category = ").bind(category.as_str());
    }
    if let Some(activity) = &wanted.activity {
        clause.say(" AND activity = ").bind(activity.as_str());
    }
    if let Some((kind, id)) = &wanted.actor {
        clause.say(" AND actor_kind = ").bind(kind.as_str()).say(" AND actor_id = ").bind(id.as_str());
    }
    clause.say(" ORDER BY sequence DESC LIMIT ").bind(limit);
    let rows: Vec<Row> = clause.fetch_all(db.reader()).await?;
    Ok(rows.into_iter().filter_map(Row::read).collect())
}

/// What a look at the whole chain found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Whole {
        rows: i64,
    },
    /// The first row that is not what was written, or is gone.
    BrokenAt {
        sequence: i64,
    },
}

/// How many rows are looked at in one go.
const STRIDE: i64 = 1000;

pub async fn verify(db: &Db, tenant: &TenantId) -> Result<Verdict> {
    let (mut last, mut hash) = (0, String::new());
    loop {
        let mut clause = Clause::new(ROWS);
        clause.say(" WHERE tenant_id = ").bind(tenant.as_str()).say(" AND sequence > ").bind(last);
        clause.say(" ORDER BY sequence LIMIT ").bind(STRIDE);
        let rows: Vec<Row> = clause.fetch_all(db.reader()).await?;
        let done = rows.is_empty();
        for row in rows {
            if row.sequence != last + 1 || row.hash(&hash) != row.hash {
                return Ok(Verdict::BrokenAt { sequence: last + 1 });
            }
            (last, hash) = (row.sequence, row.hash);
        }
        if done {
            break;
        }
    }
    // Rows cut off at the end leave a head that points past them.
    let head: Option<(i64, String)> = sqlx::query_as("SELECT sequence, hash FROM audit_heads WHERE tenant_id = $1")
        .bind(tenant.as_str())
        .fetch_optional(db.reader())
        .await?;
    match head {
        Some((sequence, head)) if (sequence, &head) != (last, &hash) => Ok(Verdict::BrokenAt { sequence: last + 1 }),
        _ => Ok(Verdict::Whole { rows: last }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn r42_names_come_without_their_values() {
        let before = json!({ "@odata.etag": "1", "city": "Lund", "state": null, "surname": "Canary" });
        let after = json!({ "@odata.etag": "2", "city": "Malmö", "country": "SE", "surname": "Canary" });
        let names = differing(Some(&before), Some(&after));
        assert_eq!(names, ["city", "country"]);
        assert_eq!(names_in(Some(&only_names(names.clone()))), names);
        assert!(names_in(Some(&after)).is_empty() && names_in(None).is_empty());
    }
}
