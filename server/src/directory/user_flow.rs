//! User flows and the revisions of their layouts.

use super::{Db, Durability, db::taken};
use crate::error::{Error, Result};
use app::contract::{
    id::{TenantId, UserFlowId},
    time::Timestamp,
    user_flow::{Layout, UserFlow},
};
use sqlx::AnyConnection;
use std::sync::Arc;

/// The flow as it stands now, with the newest revision of its layout.
pub async fn get(db: &Db, tenant: &TenantId, id: &UserFlowId) -> Result<Arc<UserFlow>> {
    let load = async {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT f.settings, r.layout FROM user_flows f
             JOIN user_flow_revisions r ON r.tenant_id = f.tenant_id AND r.user_flow_id = f.id AND r.revision = f.revision
             WHERE f.tenant_id = $1 AND f.id = $2",
        )
        .bind(tenant.as_str())
        .bind(id.as_str())
        .fetch_optional(db.reader())
        .await?;
        let Some((settings, layout)) = row else { return Ok::<_, Error>(None) };
        let mut flow: UserFlow = serde_json::from_str(&settings)?;
        flow.layout = serde_json::from_str(&layout)?;
        Ok(Some(flow))
    };
    db.recents.user_flows.get_or(format!("{tenant} {id}"), load).await?.ok_or(Error::NotFound)
}

pub async fn insert(db: &Db, tenant: &TenantId, flow: UserFlow, now: Timestamp) -> Result<()> {
    let (settings, layout) = written(&flow)?;
    let tenant = tenant.clone();
    db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO user_flows (tenant_id, id, name, settings, revision, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(tenant.as_str())
            .bind(flow.id.as_str())
            .bind(&flow.name)
            .bind(settings)
            .bind(flow.layout.revision)
            .bind(now.0)
            .execute(&mut *c)
            .await
            .map_err(taken)?;
            insert_revision(c, &tenant, &flow, layout, now).await
        })
    })
    .await?;
    db.recents.forget();
    Ok(())
}

/// Saves the flow as its next revision. Refused as stale when somebody else saved since `flow.layout.revision`.
pub async fn save(db: &Db, tenant: &TenantId, mut flow: UserFlow, now: Timestamp) -> Result<UserFlow> {
    let before = flow.layout.revision;
    flow.layout.revision += 1;
    let (settings, layout) = written(&flow)?;
    let tenant = tenant.clone();
    let saved = db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                let changed = sqlx::query(
                    "UPDATE user_flows SET name = $1, settings = $2, revision = $3 WHERE tenant_id = $4 AND id = $5 AND revision = $6",
                )
                .bind(&flow.name)
                .bind(settings)
                .bind(flow.layout.revision)
                .bind(tenant.as_str())
                .bind(flow.id.as_str())
                .bind(before)
                .execute(&mut *c)
                .await
                .map_err(taken)?;
                if changed.rows_affected() == 0 {
                    return Err(Error::Stale);
                }
                insert_revision(c, &tenant, &flow, layout, now).await?;
                Ok(flow)
            })
        })
        .await?;
    db.recents.forget();
    Ok(saved)
}

async fn insert_revision(
    c: &mut AnyConnection,
    tenant: &TenantId,
    flow: &UserFlow,
    layout: String,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO user_flow_revisions (tenant_id, user_flow_id, revision, layout, made_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(tenant.as_str())
    .bind(flow.id.as_str())
    .bind(flow.layout.revision)
    .bind(layout)
    .bind(now.0)
    .execute(c)
    .await
    .map_err(taken)?;
    Ok(())
}

/// Settings and layout are kept apart: a layout has its history.
fn written(flow: &UserFlow) -> Result<(String, String)> {
    let layout = serde_json::to_string(&flow.layout)?;
    let settings = serde_json::to_string(&UserFlow { layout: Layout::default(), ..flow.clone() })?;
    Ok((settings, layout))
}
