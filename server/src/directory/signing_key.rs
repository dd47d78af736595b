//! Signing keys, sealed. Published from creation, signing from `signs_from`, verifying until `retires_at` (security R32).

use super::{Db, Durability, db::taken, sealed};
use crate::error::Result;
use app::contract::{id::TenantId, time::Timestamp};

#[derive(Clone, Debug)]
pub struct SigningKey {
    /// `kid` in tokens and in the key set.
    pub id: String,
    pub algorithm: String,
    /// PKCS #8, sealed for this tenant, table and row.
    pub sealed: String,
    pub created_at: Timestamp,
    pub signs_from: Timestamp,
    pub retires_at: Option<Timestamp>,
}

/// What a private key is sealed for.
pub fn context(tenant: &TenantId, kid: &str) -> String {
    sealed::context(tenant, "signing_keys", kid)
}

/// Every key that is published at `now`.
pub async fn list(db: &Db, tenant: &TenantId, now: Timestamp) -> Result<Vec<SigningKey>> {
    let rows: Vec<(String, String, String, i64, i64, Option<i64>)> = sqlx::query_as(
        "SELECT id, algorithm, sealed, created_at, signs_from, retires_at FROM signing_keys
         WHERE tenant_id = $1 AND (retires_at IS NULL OR retires_at > $2) ORDER BY signs_from, id",
    )
    .bind(tenant.as_str())
    .bind(now.0)
    .fetch_all(db.reader())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, algorithm, sealed, created_at, signs_from, retires_at)| SigningKey {
            id,
            algorithm,
            sealed,
            created_at: Timestamp(created_at),
            signs_from: Timestamp(signs_from),
            retires_at: retires_at.map(Timestamp),
        })
        .collect())
}

/// Adds a key and sets when the older ones of its algorithm retire, unless they do so earlier anyway.
pub async fn insert(db: &Db, tenant: &TenantId, key: SigningKey, older_retire_at: Option<Timestamp>) -> Result<()> {
    let tenant = tenant.clone();
    db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO signing_keys (tenant_id, id, algorithm, sealed, created_at, signs_from) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(tenant.as_str())
            .bind(&key.id)
            .bind(&key.algorithm)
            .bind(&key.sealed)
            .bind(key.created_at.0)
            .bind(key.signs_from.0)
            .execute(&mut *c)
            .await
            .map_err(taken)?;
            if let Some(at) = older_retire_at {
                sqlx::query(
                    "UPDATE signing_keys SET retires_at = $1
                     WHERE tenant_id = $2 AND algorithm = $3 AND id <> $4
                       AND (retires_at IS NULL OR retires_at > $1)",
                )
                .bind(at.0)
                .bind(tenant.as_str())
                .bind(&key.algorithm)
                .bind(&key.id)
                .execute(c)
                .await?;
            }
            Ok(())
        })
    })
    .await
}
