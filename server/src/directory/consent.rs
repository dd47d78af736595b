//! What administrators may do through which application of theirs: a token is worth no more, whatever it says.

use super::Db;
use crate::error::Result;
use app::contract::{
    id::{ApplicationId, TenantId},
    permission::Permission,
};
use sqlx::AnyConnection;

/// Nothing where nobody consented.
pub async fn scopes(db: &Db, tenant: &TenantId, application: &ApplicationId) -> Result<Vec<Permission>> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT scopes FROM application_scopes WHERE tenant_id = $1 AND application_id = $2")
            .bind(tenant.as_str())
            .bind(application.as_str())
            .fetch_optional(db.reader())
            .await?;
    Ok(row.map(|(words,)| read(&words)).unwrap_or_default())
}

pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<(ApplicationId, Vec<Permission>)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT application_id, scopes FROM application_scopes WHERE tenant_id = $1 ORDER BY application_id",
    )
    .bind(tenant.as_str())
    .fetch_all(db.reader())
    .await?;
    Ok(rows.into_iter().map(|(application, words)| (application.into(), read(&words))).collect())
}

/// From now on these, and no others.
pub async fn give(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    scopes: &[Permission],
) -> Result<()> {
    sqlx::query(
        "INSERT INTO application_scopes (tenant_id, application_id, scopes) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, application_id) DO UPDATE SET scopes = excluded.scopes",
    )
    .bind(tenant.as_str())
    .bind(application.as_str())
    .bind(written(scopes))
    .execute(c)
    .await?;
    Ok(())
}

pub async fn take_back(c: &mut AnyConnection, tenant: &TenantId, application: &ApplicationId) -> Result<()> {
    sqlx::query("DELETE FROM application_scopes WHERE tenant_id = $1 AND application_id = $2")
        .bind(tenant.as_str())
        .bind(application.as_str())
        .execute(c)
        .await?;
    Ok(())
}

pub fn written(scopes: &[Permission]) -> String {
    scopes.iter().map(|permission| permission.word()).collect::<Vec<_>>().join(" ")
}

fn read(words: &str) -> Vec<Permission> {
    words.split(' ').filter_map(Permission::named).collect()
}
