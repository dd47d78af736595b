//! Whom a session signed in to, and what each of these applications knows of it.

use crate::{
    directory::{Db, Durability, Statement},
    error::Result,
};
use app::contract::id::{ApplicationId, SessionId, TenantId};

/// Remembers that the session signed in to the application, by its own name: it may end it without asking the person.
pub fn note_application(tenant: &TenantId, id: &SessionId, application: &ApplicationId) -> Statement {
    Statement::new(
        "INSERT INTO session_applications (tenant_id, session_id, application_id) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, session_id, application_id) DO UPDATE SET told_as = NULL
         WHERE session_applications.told_as IS NOT NULL",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(application.as_str())
}

/// Remembers who told the application of the session, where that is not the tenant by its usual name: it hears from the same
/// that the session ended.
pub async fn note_issuer(
    db: &Db,
    tenant: &TenantId,
    id: &SessionId,
    application: &ApplicationId,
    issuer: &str,
) -> Result<()> {
    let (tenant, id, application, issuer) = (tenant.clone(), id.clone(), application.clone(), issuer.to_owned());
    db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "UPDATE session_applications SET issuer = $1
                 WHERE tenant_id = $2 AND session_id = $3 AND application_id = $4",
            )
            .bind(issuer)
            .bind(tenant.as_str())
            .bind(id.as_str())
            .bind(application.as_str())
            .execute(c)
            .await?;
            Ok(())
        })
    })
    .await
}

/// An application that a session signed in to.
pub struct SignedInTo {
    pub application: ApplicationId,
    /// Who told it of the session, where that is not the tenant by its usual name.
    pub issuer: Option<String>,
    /// The session as it was told.
    pub told_as: SessionId,
}

/// Whom the session signed in to, and what each of them knows of it.
pub async fn list_told(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<Vec<SignedInTo>> {
    let rows: Vec<(String, Option<String>, String)> = sqlx::query_as(
        "SELECT application_id, issuer, COALESCE(told_as, session_id) FROM session_applications
         WHERE tenant_id = $1 AND session_id = $2 ORDER BY application_id",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_all(db.reader())
    .await?;
    let told = rows.into_iter().map(|(application, issuer, told_as)| SignedInTo {
        application: application.into(),
        issuer,
        told_as: told_as.into(),
    });
    Ok(told.collect())
}

pub async fn list_applications(db: &Db, tenant: &TenantId, id: &SessionId) -> Result<Vec<ApplicationId>> {
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT application_id FROM session_applications WHERE tenant_id = $1 AND session_id = $2")
            .bind(tenant.as_str())
            .bind(id.as_str())
            .fetch_all(db.reader())
            .await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// Whether the application was told of the session under that name: it stands in the place of one that it knew.
pub async fn is_told_as(
    db: &Db,
    tenant: &TenantId,
    id: &SessionId,
    application: &ApplicationId,
    name: &SessionId,
) -> Result<bool> {
    let told = list_told(db, tenant, id).await?;
    Ok(told.iter().any(|told| told.application == *application && told.told_as == *name))
}
