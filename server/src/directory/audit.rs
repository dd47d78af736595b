//! What was changed by the management API, by whom, from what to what (security R41). A row is written in the unit that
//! makes the change, and its hash covers the row before it: who changes a row later has to change all that follow.

use super::{Db, clause::Clause};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, FromRow, Row as _, any::AnyRow};
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
    let (sequence,): (i64,) = sqlx::query_as(
        "INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ($1, 0, '')
         ON CONFLICT (tenant_id) DO UPDATE SET sequence = audit_heads.sequence
         RETURNING sequence",
    )
    .bind(tenant.as_str())
    .fetch_one(c)
    .await?;
    if sequence == head { Ok(()) } else { Err(Error::Stale) }
}

/// A row as it stands in the table: what its hash is made of.
struct Row {
    tenant_id: String,
    sequence: i64,
    id: String,
    at: i64,
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    address: String,
    correlation_id: String,
    activity: String,
    category: String,
    operation: String,
    target_kind: String,
    target_id: String,
    target_name: String,
    before: Option<String>,
    after: Option<String>,
    hash: String,
}

impl FromRow<'_, AnyRow> for Row {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            tenant_id: row.try_get("tenant_id")?,
            sequence: row.try_get("sequence")?,
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            actor_kind: row.try_get("actor_kind")?,
            actor_id: row.try_get("actor_id")?,
            actor_name: row.try_get("actor_name")?,
            address: row.try_get("address")?,
            correlation_id: row.try_get("correlation_id")?,
            activity: row.try_get("activity")?,
            category: row.try_get("category")?,
            operation: row.try_get("operation")?,
            target_kind: row.try_get("target_kind")?,
            target_id: row.try_get("target_id")?,
            target_name: row.try_get("target_name")?,
            before: row.try_get("before")?,
            after: row.try_get("after")?,
            hash: row.try_get("hash")?,
        })
    }
}

impl Row {
    fn of(tenant: &TenantId, sequence: i64, entry: &Entry) -> Result<Row> {
        let text =
            |value: &Option<Value>| value.clone().map(|value| serde_json::to_string(&redacted(value))).transpose();
        Ok(Row {
            tenant_id: tenant.to_string(),
            sequence,
            id: entry.id.clone(),
            at: entry.at.0,
            actor_kind: entry.actor.kind.as_str().into(),
            actor_id: entry.actor.id.clone(),
            actor_name: entry.actor.name.clone(),
            address: entry.address.clone(),
            correlation_id: entry.correlation.clone(),
            activity: entry.activity.clone(),
            category: entry.category.clone(),
            operation: entry.operation.as_str().into(),
            target_kind: entry.target.kind.clone(),
            target_id: entry.target.id.clone(),
            target_name: entry.target.name.clone(),
            before: text(&entry.before)?,
            after: text(&entry.after)?,
            hash: String::new(),
        })
    }

    /// Each part behind its length, so that no two rows make one text. An absent text differs from an empty one.
    fn hash(&self, previous: &str) -> String {
        let mut hash = Sha256::new();
        let mut part = |text: Option<&str>| {
            hash.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
            hash.update(text.unwrap_or_default().as_bytes());
        };
        let (sequence, at) = (self.sequence.to_string(), self.at.to_string());
        for text in [
            previous,
            &self.tenant_id,
            &sequence,
            &self.id,
            &at,
            &self.actor_kind,
            &self.actor_id,
            &self.actor_name,
            &self.address,
            &self.correlation_id,
            &self.activity,
            &self.category,
            &self.operation,
            &self.target_kind,
            &self.target_id,
            &self.target_name,
        ] {
            part(Some(text));
        }
        part(self.before.as_deref());
        part(self.after.as_deref());
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    async fn insert(&self, c: &mut AnyConnection, hash: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO audits (tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, address, correlation_id,
                                 activity, category, operation, target_kind, target_id, target_name, before, after, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        )
        .bind(&self.tenant_id)
        .bind(self.sequence)
        .bind(&self.id)
        .bind(self.at)
        .bind(&self.actor_kind)
        .bind(&self.actor_id)
        .bind(&self.actor_name)
        .bind(&self.address)
        .bind(&self.correlation_id)
        .bind(&self.activity)
        .bind(&self.category)
        .bind(&self.operation)
        .bind(&self.target_kind)
        .bind(&self.target_id)
        .bind(&self.target_name)
        .bind(self.before.clone())
        .bind(self.after.clone())
        .bind(hash)
        .execute(c)
        .await?;
        Ok(())
    }

    fn read(self) -> Option<Audit> {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        let kind = ACTORS.iter().find(|(_, word)| *word == self.actor_kind)?.0;
        let operation = OPERATIONS.iter().find(|(_, word)| *word == self.operation)?.0;
        Some(Audit {
            sequence: self.sequence,
            hash: self.hash,
            entry: Entry {
                id: self.id,
                at: Timestamp(self.at),
                actor: Actor { kind, id: self.actor_id, name: self.actor_name },
                address: self.address,
                correlation: self.correlation_id,
                activity: self.activity,
                category: self.category,
                operation,
                target: Target { kind: self.target_kind, id: self.target_id, name: self.target_name },
                before: json(self.before),
                after: json(self.after),
            },
        })
    }
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
    let mut clause = Clause::new(
        "SELECT tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, address, correlation_id, activity, category,
                operation, target_kind, target_id, target_name, before, after, hash
         FROM audits",
    );
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
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, address, correlation_id, activity, category,
                    operation, target_kind, target_id, target_name, before, after, hash
             FROM audits WHERE tenant_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        )
        .bind(tenant.as_str())
        .bind(last)
        .bind(STRIDE)
        .fetch_all(db.reader())
        .await?;
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

/// Names of properties whose values are nobody's business, wherever they stand.
const SECRETS: [&str; 8] =
    ["password", "passwordProfile", "clientSecret", "certificateData", "secretText", "secret", "hash", "privateKey"];

fn redacted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let redact = |(name, value): (String, Value)| match SECRETS.contains(&name.as_str()) && !value.is_null() {
                true => (name, Value::from("******")),
                false => (name, redacted(value)),
            };
            Value::Object(members.into_iter().map(redact).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        other => other,
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

    #[test]
    fn r41_secrets_are_not_written_down() {
        let told = redacted(
            json!({"a": [{"clientSecret": "canary"}], "passwordProfile": {"password": "canary"}, "hash": null}),
        );
        assert!(!told.to_string().contains("canary"));
        assert_eq!(told["hash"], Value::Null);
    }
}
