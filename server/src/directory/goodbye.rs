//! Applications that are to hear that a session ended: written in the transaction that ends it, gone when they have heard.

use super::{Db, Durability, application::Protocol, pairwise::pairwise};
use crate::error::Result;
use app::contract::{
    id::{AccountId, ApplicationId, SessionId, TenantId},
    time::Timestamp,
};
use sqlx::AnyConnection;
use std::time::Duration;

/// While one server calls an application, no other does.
const LEASE: Duration = Duration::from_secs(60);

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Goodbye {
    pub id: String,
    pub application: ApplicationId,
    pub session: SessionId,
    /// What the application calls the person.
    pub subject: String,
    /// Who tells it, where that is not the tenant by its usual name.
    pub issuer: Option<String>,
}

/// A session has just ended: whichever of its applications listen are to hear.
pub async fn note(c: &mut AnyConnection, tenant: &TenantId, session: &SessionId, now: Timestamp) -> Result<()> {
    let rows: Vec<(String, Option<String>, String, String, String)> = sqlx::query_as(
        "SELECT u.application_id, u.issuer, COALESCE(u.told_as, u.session_id), s.account_id, a.protocol FROM session_applications u
         JOIN sessions s ON s.tenant_id = u.tenant_id AND s.id = u.session_id
         JOIN applications a ON a.tenant_id = u.tenant_id AND a.id = u.application_id AND a.disabled_at IS NULL
         WHERE u.tenant_id = $1 AND u.session_id = $2 ORDER BY u.application_id",
    )
    .bind(tenant.as_str())
    .bind(session.as_str())
    .fetch_all(&mut *c)
    .await?;
    for (application, issuer, told_as, account, protocol) in rows {
        let protocol: Protocol = serde_json::from_str(&protocol)?;
        if protocol.back_channel_logout_url.is_none() {
            continue;
        }
        let application = ApplicationId::from(application);
        let goodbye = Goodbye {
            // A session ends once.
            id: format!("{session} {application}"),
            subject: pairwise(tenant, &application, &AccountId::from(account)),
            application,
            session: told_as.into(),
            issuer,
        };
        insert(c, tenant, &goodbye, now).await?;
    }
    Ok(())
}

pub async fn insert(c: &mut AnyConnection, tenant: &TenantId, goodbye: &Goodbye, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO goodbyes (tenant_id, id, application_id, session_id, subject, issuer, created_at, next_try_at, tries)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)",
    )
    .bind(tenant.as_str())
    .bind(&goodbye.id)
    .bind(goodbye.application.as_str())
    .bind(goodbye.session.as_str())
    .bind(&goodbye.subject)
    .bind(goodbye.issuer.as_deref().unwrap_or_default())
    .bind(now.0)
    .execute(c)
    .await?;
    Ok(())
}

#[derive(Clone, Debug)]
pub struct Due {
    pub tenant: TenantId,
    pub goodbye: Goodbye,
    /// This try included.
    pub tries: i64,
    pub since: Timestamp,
}

type Row = (String, String, String, String, String, String, i64, i64);

/// Of one application at a time: one that answers slowly, or never, makes no other wait.
const OF_ONE_APPLICATION: i64 = 2;

/// Takes those whose time has come, of all applications by turns; each is this server's alone until the lease ends.
pub async fn take_due(db: &Db, limit: i64, now: Timestamp) -> Result<Vec<Due>> {
    db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            let rows: Vec<Row> = sqlx::query_as(
                "UPDATE goodbyes SET next_try_at = $1, tries = tries + 1
                 WHERE next_try_at <= $2
                   AND (tenant_id, id) IN (
                     SELECT tenant_id, id FROM (
                       SELECT tenant_id, id, next_try_at,
                              ROW_NUMBER() OVER (PARTITION BY tenant_id, application_id
                                                 ORDER BY next_try_at, tries, id) AS nth
                       FROM goodbyes WHERE next_try_at <= $2) AS due
                     WHERE nth <= $4 ORDER BY nth, next_try_at LIMIT $3)
                 RETURNING tenant_id, id, application_id, session_id, subject, issuer, created_at, tries",
            )
            .bind((now + LEASE).0)
            .bind(now.0)
            .bind(limit)
            .bind(OF_ONE_APPLICATION)
            .fetch_all(c)
            .await?;
            Ok(rows.into_iter().map(due).collect())
        })
    })
    .await
}

fn due((tenant, id, application, session, subject, issuer, since, tries): Row) -> Due {
    let issuer = Some(issuer).filter(|issuer| !issuer.is_empty());
    let goodbye = Goodbye { id, application: application.into(), session: session.into(), subject, issuer };
    Due { tenant: tenant.into(), goodbye, tries, since: Timestamp(since) }
}

/// What became of a try: it is told again at that moment, or never. Whatever else waits for an application that did not hear
/// waits until then as well.
pub async fn settle(db: &Db, due: &Due, again_at: Option<Timestamp>) -> Result<()> {
    let (tenant, id, application) = (due.tenant.clone(), due.goodbye.id.clone(), due.goodbye.application.clone());
    db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            let statement = match again_at {
                Some(at) => sqlx::query(
                    "UPDATE goodbyes SET next_try_at = $3
                     WHERE tenant_id = $1 AND (id = $2 OR application_id = $4 AND next_try_at < $3)",
                )
                .bind(tenant.as_str())
                .bind(id)
                .bind(at.0)
                .bind(application.as_str().to_owned()),
                None => {
                    sqlx::query("DELETE FROM goodbyes WHERE tenant_id = $1 AND id = $2").bind(tenant.as_str()).bind(id)
                }
            };
            statement.execute(c).await?;
            Ok(())
        })
    })
    .await
}
