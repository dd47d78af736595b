//! Sign-ins that a device asked for which has no browser: the device knows a long code, its person a short one (RFC 8628).

use super::{Db, Durability, db::taken, grant::Outcome};
use crate::error::Result;
use app::contract::{
    id::{ApplicationId, TenantId},
    time::Timestamp,
};
use sqlx::AnyConnection;

pub struct DeviceCode {
    /// Of the long one.
    pub hash: String,
    pub user_code: String,
    pub application: ApplicationId,
    pub scope: String,
    pub outcome: Option<Outcome>,
    pub expires_at: Timestamp,
}

/// `Error::Taken` where the short code is somebody's already.
pub async fn insert(db: &Db, tenant: &TenantId, made: DeviceCode) -> Result<()> {
    let tenant = tenant.clone();
    db.change(Durability::Fleeting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO device_codes (tenant_id, hash, user_code, application_id, scope, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(tenant.as_str())
            .bind(made.hash)
            .bind(made.user_code)
            .bind(made.application.as_str())
            .bind(made.scope)
            .bind(made.expires_at.0)
            .execute(c)
            .await
            .map_err(taken)?;
            Ok(())
        })
    })
    .await
}

type Row = (String, String, String, String, Option<String>, i64);

fn read((hash, user_code, application, scope, outcome, expires_at): Row) -> Result<DeviceCode> {
    Ok(DeviceCode {
        hash,
        user_code,
        application: application.into(),
        scope,
        outcome: outcome.map(|outcome| serde_json::from_str(&outcome)).transpose()?,
        expires_at: Timestamp(expires_at),
    })
}

/// By the short code, while nobody has answered.
pub async fn find(db: &Db, tenant: &TenantId, user_code: &str, now: Timestamp) -> Result<Option<DeviceCode>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT hash, user_code, application_id, scope, outcome, expires_at FROM device_codes
         WHERE tenant_id = $1 AND user_code = $2 AND outcome IS NULL AND expires_at > $3",
    )
    .bind(tenant.as_str())
    .bind(user_code)
    .bind(now.0)
    .fetch_optional(db.reader())
    .await?;
    row.map(read).transpose()
}

/// By the long code, while it was not redeemed; expired or not.
pub async fn polled(db: &Db, tenant: &TenantId, hash: &str, application: &ApplicationId) -> Result<Option<DeviceCode>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT hash, user_code, application_id, scope, outcome, expires_at FROM device_codes
         WHERE tenant_id = $1 AND hash = $2 AND application_id = $3 AND redeemed_at IS NULL",
    )
    .bind(tenant.as_str())
    .bind(hash)
    .bind(application.as_str())
    .fetch_optional(db.reader())
    .await?;
    row.map(read).transpose()
}

/// What the person answered: once.
pub async fn conclude(c: &mut AnyConnection, tenant: &TenantId, hash: &str, outcome: &Outcome) -> Result<bool> {
    let concluded =
        sqlx::query("UPDATE device_codes SET outcome = $1 WHERE tenant_id = $2 AND hash = $3 AND outcome IS NULL")
            .bind(serde_json::to_string(outcome)?)
            .bind(tenant.as_str())
            .bind(hash)
            .execute(c)
            .await?;
    Ok(concluded.rows_affected() == 1)
}

/// Whether it is redeemed by this, and not before.
pub async fn redeem(c: &mut AnyConnection, tenant: &TenantId, hash: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE device_codes SET redeemed_at = $1 WHERE tenant_id = $2 AND hash = $3 AND redeemed_at IS NULL";
    let redeemed = sqlx::query(sql).bind(now.0).bind(tenant.as_str()).bind(hash).execute(c).await?;
    Ok(redeemed.rows_affected() == 1)
}
