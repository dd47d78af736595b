//! Grants: authorize requests on their way to tokens. An outcome is set once, a code is redeemed once.

use super::{Db, Durability, Statement, token_family};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, ApplicationId, GrantId, SessionId, TenantId, UserFlowId},
    time::Timestamp,
};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, FromRow};

#[derive(Clone, Debug)]
pub struct Grant {
    pub id: GrantId,
    pub application: ApplicationId,
    pub user_flow: UserFlowId,
    /// Hash of the cookie of the browser that asked.
    pub browser: String,
    /// What the application asked, as JSON; `oidc` reads it.
    pub request: String,
    pub outcome: Option<Outcome>,
    pub expires_at: Timestamp,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Outcome {
    SignedIn {
        account: AccountId,
        session: SessionId,
        /// How the person proved who they are (RFC 8176).
        amr: Vec<String>,
        signed_in_at: Timestamp,
        /// The account was made in this journey.
        new_account: bool,
    },
    Cancelled,
    /// The application leads on whoever forgot their password.
    ForgotPassword,
}

/// With its code where there is nothing left to ask.
pub fn insert(tenant: &TenantId, grant: &Grant, code: Option<&Code>, now: Timestamp) -> Result<Statement> {
    let insert = Statement::new(
        "INSERT INTO grants (tenant_id, id, application_id, user_flow_id, browser_hash, request, created_at, expires_at,
                             outcome, code_hash, code_expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(tenant.as_str())
    .bind(grant.id.as_str())
    .bind(grant.application.as_str())
    .bind(grant.user_flow.as_str())
    .bind(&grant.browser)
    .bind(&grant.request)
    .bind(now.0)
    .bind(grant.expires_at.0)
    .bind(grant.outcome.as_ref().map(serde_json::to_string).transpose()?)
    .bind(code.map(|code| code.hash.clone()))
    .bind(code.map(|code| code.expires_at.0));
    Ok(insert)
}

type Row = (String, String, String, String, String, Option<String>, i64);

pub async fn find(db: &Db, tenant: &TenantId, id: &GrantId) -> Result<Option<Grant>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, application_id, user_flow_id, browser_hash, request, outcome, expires_at FROM grants
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_optional(db.reader())
    .await?;
    row.map(read).transpose()
}

fn read((id, application, user_flow, browser, request, outcome, expires_at): Row) -> Result<Grant> {
    Ok(Grant {
        id: id.into(),
        application: application.into(),
        user_flow: user_flow.into(),
        browser,
        request,
        outcome: outcome.map(|outcome| serde_json::from_str(&outcome)).transpose()?,
        expires_at: Timestamp(expires_at),
    })
}

/// Says how the journey ended; `Error::Stale` if that has been said before.
pub fn conclude(tenant: &TenantId, id: &GrantId, outcome: &Outcome) -> Result<Statement> {
    let conclude =
        Statement::new("UPDATE grants SET outcome = $1 WHERE tenant_id = $2 AND id = $3 AND outcome IS NULL")
            .bind(serde_json::to_string(outcome)?)
            .bind(tenant.as_str())
            .bind(id.as_str())
            .or(Error::Stale);
    Ok(conclude)
}

/// The code of a grant, as a hash, and until when it is good.
#[derive(Clone, Debug)]
pub struct Code {
    pub hash: String,
    pub expires_at: Timestamp,
}

/// Gives the concluded grant of this browser its one code. None where there is no such grant, or it had its code.
pub async fn issue_code(
    db: &Db,
    tenant: &TenantId,
    id: &GrantId,
    browser: &str,
    code: Code,
    now: Timestamp,
) -> Result<Option<Grant>> {
    let issue = Statement::new(
        "UPDATE grants SET code_hash = $1, code_expires_at = $2
         WHERE tenant_id = $3 AND id = $4 AND browser_hash = $5 AND code_hash IS NULL AND outcome IS NOT NULL
           AND expires_at > $6
         RETURNING id, application_id, user_flow_id, browser_hash, request, outcome, expires_at",
    )
    .bind(code.hash)
    .bind(code.expires_at.0)
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(browser)
    .bind(now.0);
    let row = db.ask(Durability::Fleeting, issue).await?;
    row.map(|row| read(Row::from_row(&row)?)).transpose()
}

#[derive(Clone, Debug)]
pub enum Redeemed {
    Now(Grant),
    /// Used before: whatever was issued from it is revoked (RFC 6749 §4.1.2).
    Before,
    /// Unknown or expired.
    Never,
}

/// Uses a code up, and in the same unit goes on by what it was worth.
pub async fn redeem<T, F>(db: &Db, tenant: &TenantId, code_hash: String, now: Timestamp, then: F) -> Result<T>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut AnyConnection, Redeemed) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    let redeem = Statement::new(
        "UPDATE grants SET redeemed_at = $1
         WHERE tenant_id = $2 AND code_hash = $3 AND redeemed_at IS NULL AND code_expires_at > $1
         RETURNING id, application_id, user_flow_id, browser_hash, request, outcome, expires_at",
    )
    .bind(now.0)
    .bind(tenant.as_str())
    .bind(&code_hash);
    let tenant = tenant.clone();
    db.write_by(Durability::Lasting, redeem, move |c, row| {
        Box::pin(async move {
            let redeemed = match row {
                Some(row) => Redeemed::Now(read(Row::from_row(&row)?)?),
                None => redeemed_before(c, &tenant, &code_hash, now).await?,
            };
            then(c, redeemed).await
        })
    })
    .await
}

async fn redeemed_before(
    c: &mut AnyConnection,
    tenant: &TenantId,
    code_hash: &str,
    now: Timestamp,
) -> Result<Redeemed> {
    let used: Option<(String,)> =
        sqlx::query_as("SELECT id FROM grants WHERE tenant_id = $1 AND code_hash = $2 AND redeemed_at IS NOT NULL")
            .bind(tenant.as_str())
            .bind(code_hash)
            .fetch_optional(&mut *c)
            .await?;
    match used {
        Some((grant,)) => {
            token_family::revoke_of_grant(c, tenant, &grant.into(), now).await?;
            Ok(Redeemed::Before)
        }
        None => Ok(Redeemed::Never),
    }
}
