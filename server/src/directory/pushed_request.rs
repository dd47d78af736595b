//! Authorization requests that came before the browser: known by a hash, good once, for a minute (RFC 9126).

use super::{Db, Durability, Statement};
use crate::error::Result;
use app::contract::{
    id::{ApplicationId, TenantId},
    time::Timestamp,
};
use sqlx::Row;

pub struct PushedRequest {
    pub hash: String,
    pub application: ApplicationId,
    /// As a query.
    pub request: String,
    pub expires_at: Timestamp,
}

pub async fn insert(db: &Db, tenant: &TenantId, pushed: PushedRequest) -> Result<()> {
    let tenant = tenant.clone();
    db.change(Durability::Fleeting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO pushed_requests (tenant_id, hash, application_id, request, expires_at)
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(tenant.as_str())
            .bind(pushed.hash)
            .bind(pushed.application.as_str())
            .bind(pushed.request)
            .bind(pushed.expires_at.0)
            .execute(c)
            .await?;
            Ok(())
        })
    })
    .await
}

/// The request, to whoever comes first with the application's name. Nothing to anybody else.
pub async fn take(
    db: &Db,
    tenant: &TenantId,
    hash: String,
    application: &ApplicationId,
    now: Timestamp,
) -> Result<Option<String>> {
    let take = Statement::new(
        "UPDATE pushed_requests SET used_at = $1
         WHERE tenant_id = $2 AND hash = $3 AND application_id = $4 AND used_at IS NULL AND expires_at > $1
         RETURNING request",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(hash)
    .bind(application.as_str());
    let row = db.ask(Durability::Fleeting, take).await?;
    Ok(row.map(|row| row.try_get("request")).transpose()?)
}
