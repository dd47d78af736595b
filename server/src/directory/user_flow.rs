//! User flows and the revisions of their layouts.

use super::{Db, Durability, clause::Clause, db::taken, notice};
use crate::error::{Error, Result};
use app::contract::{
    id::{TenantId, UserFlowId},
    time::Timestamp,
    user_flow::{About, Layout, UserFlow},
};
use serde::Deserialize;
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
        Ok(Some(read(&settings, &layout)?))
    };
    db.recents.user_flows.get_or(format!("{tenant} {id}"), load).await?.ok_or(Error::NotFound)
}

/// Every flow's name and id.
pub async fn names(db: &Db, tenant: &TenantId) -> Result<Arc<Vec<(String, UserFlowId)>>> {
    let load = async {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT name, id FROM user_flows WHERE tenant_id = $1 ORDER BY name, id")
                .bind(tenant.as_str())
                .fetch_all(db.reader())
                .await?;
        Ok::<_, Error>(Some(rows.into_iter().map(|(name, id)| (name, id.into())).collect()))
    };
    Ok(db.recents.user_flow_names.get_or(tenant.to_string(), load).await?.unwrap_or_default())
}

/// A flow with what only administrators ask.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    pub flow: UserFlow,
    pub created_at: Timestamp,
    /// How many accounts were made through it.
    pub people: i64,
}

/// All of them, by name.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Listed>> {
    let mut clause = Clause::new(LISTED);
    clause.say(" WHERE f.tenant_id = ").bind(tenant.as_str()).say(" ORDER BY f.name, f.id");
    listed(clause.fetch_all(db.reader()).await?)
}

/// These, by name.
pub async fn list_of(db: &Db, tenant: &TenantId, ids: &[String]) -> Result<Vec<Listed>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut clause = Clause::new(LISTED);
    clause.say(" WHERE f.tenant_id = ").bind(tenant.as_str()).say(" AND f.id IN ");
    clause.bind_list(ids.iter().map(String::as_str)).say(" ORDER BY f.name, f.id");
    listed(clause.fetch_all(db.reader()).await?)
}

const LISTED: &str = "SELECT f.settings, r.layout, f.created_at,
        CAST(COALESCE((SELECT SUM(p.people) FROM people_counts p
                       WHERE p.tenant_id = f.tenant_id AND p.user_flow_id = f.id), 0) AS BIGINT)
 FROM user_flows f
 JOIN user_flow_revisions r ON r.tenant_id = f.tenant_id AND r.user_flow_id = f.id AND r.revision = f.revision";

fn listed(rows: Vec<(String, String, i64, i64)>) -> Result<Vec<Listed>> {
    let read = |(settings, layout, created_at, people): (String, String, i64, i64)| {
        Ok(Listed { flow: read(&settings, &layout)?, created_at: Timestamp(created_at), people })
    };
    rows.into_iter().map(read).collect()
}

/// What a list of flows is searched and ordered by, without what makes a flow large.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    pub id: UserFlowId,
    pub name: String,
    pub about: About,
    pub revision: i64,
    pub created_at: Timestamp,
}

/// All of them, by name.
pub async fn heads(db: &Db, tenant: &TenantId) -> Result<Vec<Head>> {
    let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "SELECT id, name, settings, revision, created_at FROM user_flows WHERE tenant_id = $1 ORDER BY name, id",
    )
    .bind(tenant.as_str())
    .fetch_all(db.reader())
    .await?;
    let read = |(id, name, settings, revision, created_at): (String, String, String, i64, i64)| {
        let about = serde_json::from_str::<Settings>(&settings)?.about;
        Ok(Head { id: id.into(), name, about, revision, created_at: Timestamp(created_at) })
    };
    rows.into_iter().map(read).collect()
}

/// The one part of the settings that lists look at.
#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    about: About,
}

/// A new flow of the server's own.
pub async fn insert(db: &Db, tenant: &TenantId, flow: UserFlow, now: Timestamp) -> Result<()> {
    let tenant = tenant.clone();
    db.write(Durability::Lasting, move |c| Box::pin(async move { add(c, &tenant, &flow, None, now).await })).await?;
    db.recents.forget();
    Ok(())
}

/// A new flow, in a unit. `by` is the account or application that makes it.
pub async fn add(
    c: &mut AnyConnection,
    tenant: &TenantId,
    flow: &UserFlow,
    by: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let (settings, layout) = written(flow)?;
    sqlx::query(
        "INSERT INTO user_flows (tenant_id, id, name, settings, revision, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant.as_str())
    .bind(flow.id.as_str())
    .bind(&flow.name)
    .bind(&settings)
    .bind(flow.layout.revision)
    .bind(now.0)
    .execute(&mut *c)
    .await
    .map_err(taken)?;
    insert_revision(c, tenant, flow, (settings, layout), by, now).await
}

/// Saves the flow as its next revision; `Error::Stale` when somebody else saved since `flow.layout.revision`. Every save comes
/// through here, and with the commit every server knows that there was one.
pub async fn publish(
    c: &mut AnyConnection,
    tenant: &TenantId,
    mut flow: UserFlow,
    by: Option<&str>,
    now: Timestamp,
) -> Result<UserFlow> {
    let before = flow.layout.revision;
    flow.layout.revision += 1;
    let (settings, layout) = written(&flow)?;
    let changed = sqlx::query(
        "UPDATE user_flows SET name = $1, settings = $2, revision = $3 WHERE tenant_id = $4 AND id = $5 AND revision = $6",
    )
    .bind(&flow.name)
    .bind(&settings)
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
    insert_revision(c, tenant, &flow, (settings, layout), by, now).await?;
    notice::tell(c).await?;
    Ok(flow)
}

/// How many flows one query asks about.
const ASKED_AT_ONCE: usize = 500;

/// The newest revisions of these flows, as far as they still exist. Read past everything that is remembered.
pub async fn newest(db: &Db, flows: &[(TenantId, UserFlowId)]) -> Result<Vec<(TenantId, UserFlowId, i64)>> {
    let mut newest = Vec::with_capacity(flows.len());
    for some in flows.chunks(ASKED_AT_ONCE) {
        let mut clause =
            Clause::new("SELECT tenant_id, id, revision FROM user_flows WHERE (tenant_id, id) IN (VALUES ");
        for (at, (tenant, flow)) in some.iter().enumerate() {
            clause.say(if at == 0 { "(" } else { ", (" }).bind(tenant.as_str()).say(", ").bind(flow.as_str()).say(")");
        }
        clause.say(")");
        let rows: Vec<(String, String, i64)> = clause.fetch_all(db.reader()).await?;
        newest.extend(rows.into_iter().map(|(tenant, flow, revision)| (tenant.into(), flow.into(), revision)));
    }
    Ok(newest)
}

/// Its applications are free again. Accounts that it made stay.
pub async fn delete(c: &mut AnyConnection, tenant: &TenantId, id: &UserFlowId) -> Result<()> {
    for sql in [
        "UPDATE applications SET user_flow_id = NULL WHERE tenant_id = $1 AND user_flow_id = $2",
        "DELETE FROM user_flow_revisions WHERE tenant_id = $1 AND user_flow_id = $2",
    ] {
        sqlx::query(sql).bind(tenant.as_str()).bind(id.as_str()).execute(&mut *c).await?;
    }
    let deleted = sqlx::query("DELETE FROM user_flows WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(c)
        .await?;
    if deleted.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// One save of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Saved {
    pub revision: i64,
    pub at: Timestamp,
    /// The account or application; nobody where the server did it.
    pub by: Option<String>,
}

/// The newest first, from below a revision on.
pub async fn saves(db: &Db, tenant: &TenantId, id: &UserFlowId, below: Option<i64>, limit: i64) -> Result<Vec<Saved>> {
    let rows: Vec<(i64, i64, Option<String>)> = sqlx::query_as(
        "SELECT revision, made_at, made_by FROM user_flow_revisions
         WHERE tenant_id = $1 AND user_flow_id = $2 AND revision < $3 ORDER BY revision DESC LIMIT $4",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(below.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(db.reader())
    .await?;
    Ok(rows.into_iter().map(|(revision, at, by)| Saved { revision, at: Timestamp(at), by }).collect())
}

/// The flow as it was after one of its saves.
pub async fn at_revision(
    db: &Db,
    tenant: &TenantId,
    id: &UserFlowId,
    revision: i64,
) -> Result<Option<(UserFlow, Saved)>> {
    let row: Option<(String, String, i64, Option<String>)> = sqlx::query_as(
        "SELECT settings, layout, made_at, made_by FROM user_flow_revisions
         WHERE tenant_id = $1 AND user_flow_id = $2 AND revision = $3",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(revision)
    .fetch_optional(db.reader())
    .await?;
    let read = |(settings, layout, at, by): (String, String, i64, Option<String>)| {
        Ok((read(&settings, &layout)?, Saved { revision, at: Timestamp(at), by }))
    };
    row.map(read).transpose()
}

async fn insert_revision(
    c: &mut AnyConnection,
    tenant: &TenantId,
    flow: &UserFlow,
    (settings, layout): (String, String),
    by: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO user_flow_revisions (tenant_id, user_flow_id, revision, settings, layout, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant.as_str())
    .bind(flow.id.as_str())
    .bind(flow.layout.revision)
    .bind(settings)
    .bind(layout)
    .bind(now.0)
    .bind(by.map(str::to_owned))
    .execute(c)
    .await
    .map_err(taken)?;
    Ok(())
}

fn read(settings: &str, layout: &str) -> Result<UserFlow> {
    let mut flow: UserFlow = serde_json::from_str(settings)?;
    flow.layout = serde_json::from_str(layout)?;
    Ok(flow)
}

/// Settings and layout are kept apart: a layout has its history.
fn written(flow: &UserFlow) -> Result<(String, String)> {
    let layout = serde_json::to_string(&flow.layout)?;
    let settings = serde_json::to_string(&UserFlow { layout: Layout::default(), ..flow.clone() })?;
    Ok((settings, layout))
}
