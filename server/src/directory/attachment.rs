//! Which application is attached to which user flow: to one at most.

use super::Db;
use crate::error::{Error, Result};
use app::contract::id::{ApplicationId, TenantId, UserFlowId};
use sqlx::AnyConnection;

#[derive(Clone, PartialEq, Debug)]
pub struct Attachment {
    pub flow: UserFlowId,
    pub application: ApplicationId,
    pub name: String,
    /// Platform and URI.
    pub redirect_uris: Vec<(String, String)>,
}

type Row = (String, String, String, Option<String>, Option<String>);

/// Every attached application of the tenant, by name.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Attachment>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT a.user_flow_id, a.id, a.name, r.platform, r.uri FROM applications a
         LEFT JOIN redirect_uris r ON r.tenant_id = a.tenant_id AND r.application_id = a.id
         WHERE a.tenant_id = $1 AND a.user_flow_id IS NOT NULL ORDER BY a.name, a.id, r.platform, r.uri",
    )
    .bind(tenant.as_str())
    .fetch_all(db.reader())
    .await?;
    let mut attached: Vec<Attachment> = Vec::new();
    for (flow, application, name, platform, uri) in rows {
        if attached.last().is_none_or(|last| last.application.as_str() != application) {
            let (flow, application) = (flow.into(), application.into());
            attached.push(Attachment { flow, application, name, redirect_uris: Vec::new() });
        }
        if let (Some(last), Some(platform), Some(uri)) = (attached.last_mut(), platform, uri) {
            last.redirect_uris.push((platform, uri));
        }
    }
    Ok(attached)
}

/// Refused as stale where it was attached elsewhere meanwhile, or is gone.
pub async fn attach(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    flow: &UserFlowId,
) -> Result<()> {
    let attached = sqlx::query(
        "UPDATE applications SET user_flow_id = $1
         WHERE tenant_id = $2 AND id = $3 AND (user_flow_id IS NULL OR user_flow_id = $1)",
    )
    .bind(flow.as_str())
    .bind(tenant.as_str())
    .bind(application.as_str())
    .execute(c)
    .await?;
    if attached.rows_affected() == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Refused as stale where it is not attached to the first flow any more.
pub async fn change(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    from: &UserFlowId,
    to: &UserFlowId,
) -> Result<()> {
    let changed =
        sqlx::query("UPDATE applications SET user_flow_id = $1 WHERE tenant_id = $2 AND id = $3 AND user_flow_id = $4")
            .bind(to.as_str())
            .bind(tenant.as_str())
            .bind(application.as_str())
            .bind(from.as_str())
            .execute(c)
            .await?;
    if changed.rows_affected() == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// `Error::NotFound` where it is not attached to this flow.
pub async fn detach(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    flow: &UserFlowId,
) -> Result<()> {
    let detached = sqlx::query(
        "UPDATE applications SET user_flow_id = NULL WHERE tenant_id = $1 AND id = $2 AND user_flow_id = $3",
    )
    .bind(tenant.as_str())
    .bind(application.as_str())
    .bind(flow.as_str())
    .execute(c)
    .await?;
    if detached.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}
