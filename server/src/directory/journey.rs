//! Journeys under way. Each answer is saved by comparing the version it was made from: of two at once, one counts.

use super::{Db, Statement};
use crate::error::{Error, Result};
use app::contract::{
    id::{ApplicationId, GrantId, JourneyId, TenantId, UserFlowId},
    time::Timestamp,
};
use sqlx::AnyConnection;

#[derive(Clone, Debug)]
pub struct Journey {
    pub id: JourneyId,
    pub user_flow: UserFlowId,
    pub grant: GrantId,
    /// Hash of what its holder shows: the cookie of the browser in which it began, or a secret.
    pub holder: String,
    pub version: i64,
    /// The engine's state, as JSON.
    pub body: String,
    pub expires_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

pub fn insert(tenant: &TenantId, journey: &Journey, now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO journeys (tenant_id, id, user_flow_id, grant_id, browser_hash, version, body, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(tenant.as_str())
    .bind(journey.id.as_str())
    .bind(journey.user_flow.as_str())
    .bind(journey.grant.as_str())
    .bind(&journey.holder)
    .bind(journey.version)
    .bind(&journey.body)
    .bind(now.0)
    .bind(journey.expires_at.0)
}

type Row = (String, String, String, String, i64, String, i64, Option<i64>, String);

/// A journey with the application it leads to.
pub async fn find(db: &Db, tenant: &TenantId, id: &JourneyId) -> Result<Option<(Journey, ApplicationId)>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT j.id, j.user_flow_id, j.grant_id, j.browser_hash, j.version, j.body, j.expires_at, j.finished_at,
                g.application_id
         FROM journeys j JOIN grants g ON g.tenant_id = j.tenant_id AND g.id = j.grant_id
         WHERE j.tenant_id = $1 AND j.id = $2",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_optional(db.reader())
    .await?;
    Ok(row.map(read))
}

fn read(
    (id, user_flow, grant, holder, version, body, expires_at, finished_at, application): Row,
) -> (Journey, ApplicationId) {
    let journey = Journey {
        id: id.into(),
        user_flow: user_flow.into(),
        grant: grant.into(),
        holder,
        version,
        body,
        expires_at: Timestamp(expires_at),
        finished_at: finished_at.map(Timestamp),
    };
    (journey, application.into())
}

/// From now on another secret opens it.
pub async fn hand_over(c: &mut AnyConnection, tenant: &TenantId, id: &JourneyId, holder: &str) -> Result<()> {
    sqlx::query("UPDATE journeys SET browser_hash = $1 WHERE tenant_id = $2 AND id = $3")
        .bind(holder)
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// `Error::Stale` when somebody else saved since `version`, or the journey is finished.
pub fn save(
    tenant: &TenantId,
    id: &JourneyId,
    version: i64,
    body: String,
    finished_at: Option<Timestamp>,
) -> Statement {
    Statement::new(
        "UPDATE journeys SET version = $1, body = $2, finished_at = $3
         WHERE tenant_id = $4 AND id = $5 AND version = $6 AND finished_at IS NULL",
    )
    .bind(version + 1)
    .bind(body)
    .bind(finished_at.map(|at| at.0))
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(version)
    .or(Error::Stale)
}
