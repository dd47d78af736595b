//! Everything that is held about one person (security R42).

use crate::{directory::Db, error::Result};
use app::contract::id::{AccountId, TenantId};
use serde_json::{Map, Value};
use sqlx::{Column, Row, ValueRef, any::AnyRow};

/// Table by table; what proves something is told only as being there.
const HELD: [(&str, &str); 12] = [
    ("account", "SELECT * FROM accounts WHERE tenant_id = $1 AND id = $2"),
    ("identities", "SELECT * FROM identities WHERE tenant_id = $1 AND account_id = $2"),
    ("credentials", "SELECT kind, changed_at FROM credentials WHERE tenant_id = $1 AND account_id = $2"),
    ("secondFactors", "SELECT since FROM second_factors WHERE tenant_id = $1 AND account_id = $2"),
    ("attributes", "SELECT attribute_id, value FROM attribute_values WHERE tenant_id = $1 AND account_id = $2"),
    ("addresses", "SELECT kind, address, verified_at FROM addresses WHERE tenant_id = $1 AND account_id = $2"),
    ("devices", "SELECT seen_at FROM devices WHERE tenant_id = $1 AND account_id = $2"),
    (
        "sessions",
        "SELECT id, amr, signed_in_at, seen_at, expires_at, kept_at, ended_at FROM sessions WHERE tenant_id = $1 AND account_id = $2",
    ),
    (
        "grants",
        "SELECT id, application_id, scope, created_at, expires_at, revoked_at, used_at FROM token_families
         WHERE tenant_id = $1 AND account_id = $2",
    ),
    ("activities", "SELECT * FROM activities WHERE tenant_id = $1 AND account_id = $2"),
    (
        "failures",
        "SELECT first_at, network, error_code, times FROM sign_in_failures WHERE tenant_id = $1 AND account_id = $2",
    ),
    ("roles", "SELECT tenant_id, role, since FROM administrators WHERE account_id = $2 AND $1 = $1"),
];

pub async fn everything(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Value> {
    let mut all = Map::new();
    for (name, sql) in HELD {
        let rows = sqlx::query(sql).bind(tenant.as_str()).bind(account.as_str()).fetch_all(db.reader()).await?;
        all.insert(name.into(), rows.iter().map(told).collect::<Result<Vec<_>>>()?.into());
    }
    Ok(all.into())
}

/// Columns are texts or numbers, or empty.
fn told(row: &AnyRow) -> Result<Value> {
    let mut told = Map::new();
    for column in row.columns() {
        let at = column.ordinal();
        if row.try_get_raw(at)?.is_null() {
            continue;
        }
        let value = match row.try_get::<String, _>(at) {
            Ok(text) => Value::from(text),
            Err(_) => Value::from(row.try_get::<i64, _>(at)?),
        };
        told.insert(column.name().into(), value);
    }
    Ok(told.into())
}
