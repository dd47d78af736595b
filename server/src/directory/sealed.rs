//! Everything that stands in the database sealed (security R40), wherever it is: for the one who seals it anew.

use super::{Db, clause::Clause};
use crate::error::Result;
use app::contract::id::TenantId;
use sqlx::AnyConnection;

/// A column `sealed`, and what its texts are sealed for.
pub struct Place {
    pub table: &'static str,
    /// Besides the tenant.
    key: &'static str,
    /// The table and the column that the seal knows the row by.
    of: &'static str,
    row: &'static str,
}

pub const PLACES: [Place; 5] = [
    Place { table: "signing_keys", key: "id", of: "signing_keys", row: "id" },
    Place { table: "identity_providers", key: "id", of: "identity_providers", row: "id" },
    Place { table: "second_factors", key: "account_id", of: "second_factors", row: "account_id" },
    // Becomes a second factor as it is.
    Place { table: "enrolments", key: "hash", of: "second_factors", row: "account_id" },
    Place { table: "outbox", key: "id", of: "outbox", row: "id" },
];

/// The one place where a text may be opened again (security R40). These very bytes seal what stands in the database.
pub(super) fn context(tenant: &TenantId, table: &str, row: &str) -> String {
    format!("{tenant}|{table}|sealed|{row}")
}

#[derive(Clone, Debug)]
pub struct Sealed {
    pub tenant: TenantId,
    pub key: String,
    pub context: String,
    pub text: String,
}

/// Those under another key than this, from behind a tenant and key on, in their order.
pub async fn list_older(
    db: &Db,
    place: &Place,
    key_id: &str,
    after: &(TenantId, String),
    limit: i64,
) -> Result<Vec<Sealed>> {
    let mut clause = Clause::new("SELECT tenant_id, ");
    clause.say(place.key).say(", ").say(place.row).say(", sealed FROM ").say(place.table);
    clause
        .say(" WHERE (tenant_id, ")
        .say(place.key)
        .say(") > (")
        .bind(after.0.as_str())
        .say(", ")
        .bind(after.1.as_str());
    // What was sent or given up is empty.
    clause.say(") AND sealed <> '' AND sealed NOT LIKE ").bind(format!("{key_id}.%"));
    clause.say(" ORDER BY tenant_id, ").say(place.key).say(" LIMIT ").bind(limit);
    let rows: Vec<(String, String, String, String)> = clause.fetch_all(db.reader()).await?;
    let read = |(tenant, key, row, text): (String, String, String, String)| {
        let tenant = TenantId::from(tenant);
        Sealed { context: context(&tenant, place.of, &row), tenant, key, text }
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Unless it has become something else meanwhile.
pub async fn replace(c: &mut AnyConnection, place: &Place, old: &Sealed, new: &str) -> Result<()> {
    let mut clause = Clause::new("UPDATE ");
    clause.say(place.table).say(" SET sealed = ").bind(new).say(" WHERE tenant_id = ").bind(old.tenant.as_str());
    clause.say(" AND ").say(place.key).say(" = ").bind(old.key.as_str()).say(" AND sealed = ").bind(old.text.as_str());
    clause.execute(c).await?;
    Ok(())
}

/// What was hashed with another key than this, and is so until its owner shows it again: passwords, secrets of applications.
pub async fn count_hashed_before(db: &Db, key_id: &str) -> Result<(i64, i64)> {
    let (passwords,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM credentials WHERE secret NOT LIKE $1 AND secret NOT LIKE $2")
            .bind(format!("%,keyid={key_id}$%"))
            .bind(format!("$foreign${key_id}$%"))
            .fetch_one(db.reader())
            .await?;
    let (secrets,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM application_secrets WHERE hash NOT LIKE $1")
        .bind(format!("{key_id}.%"))
        .fetch_one(db.reader())
        .await?;
    Ok((passwords, secrets))
}
