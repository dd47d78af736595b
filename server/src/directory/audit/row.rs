//! A row of the audit as it stands in the table, and the hash that ties it to the one before.

use super::{ACTORS, Actor, Audit, Entry, OPERATIONS, Target};
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, FromRow, Row as _, any::AnyRow};

pub const ROWS: &str = "
    SELECT tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, address, correlation_id, activity, category,
           operation, target_kind, target_id, target_name, before, after, hash
      FROM audits";

/// The very texts that its hash is made of.
pub struct Row {
    tenant_id: String,
    pub sequence: i64,
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
    pub hash: String,
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
    pub fn of(tenant: &TenantId, sequence: i64, entry: &Entry) -> Result<Row> {
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
    pub fn hash(&self, previous: &str) -> String {
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

    pub async fn insert(&self, c: &mut AnyConnection, hash: &str) -> Result<()> {
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

    pub fn read(self) -> Option<Audit> {
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
    fn r41_secrets_are_not_written_down() {
        let told = redacted(
            json!({"a": [{"clientSecret": "canary"}], "passwordProfile": {"password": "canary"}, "hash": null}),
        );
        assert!(!told.to_string().contains("canary"));
        assert_eq!(told["hash"], Value::Null);
    }
}
