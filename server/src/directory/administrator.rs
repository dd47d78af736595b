//! Who may administer which tenant: people of the tenant `admin` by their roles, applications by permissions of their own.

use super::Db;
use crate::error::Result;
use app::contract::{
    id::{AccountId, ApplicationId, TenantId},
    permission::{Permission, Role},
    time::Timestamp,
};
use sqlx::AnyConnection;
use std::sync::Arc;

/// Stands for every tenant.
pub const ALL: &str = "*";

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Administrator {
    pub account: AccountId,
    pub role: Role,
    pub since: Timestamp,
}

/// What the account may be in the tenant, by itself or in all of them.
pub async fn roles(db: &Db, administered: &TenantId, account: &AccountId) -> Result<Vec<Role>> {
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT role FROM administrators WHERE account_id = $1 AND tenant_id IN ($2, $3) ORDER BY role")
            .bind(account.as_str())
            .bind(administered.as_str())
            .bind(ALL)
            .fetch_all(db.reader())
            .await?;
    let mut roles: Vec<Role> = rows.iter().filter_map(|(role,)| Role::named(role)).collect();
    roles.dedup();
    Ok(roles)
}

/// Where the account has a role: tenants by id, or `ALL`.
pub async fn list_tenants(db: &Db, account: &AccountId) -> Result<Vec<(String, Role)>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT tenant_id, role FROM administrators WHERE account_id = $1 ORDER BY tenant_id, role")
            .bind(account.as_str())
            .fetch_all(db.reader())
            .await?;
    Ok(rows.into_iter().filter_map(|(tenant, role)| Some((tenant, Role::named(&role)?))).collect())
}

/// Those of one tenant, or of all of them where `administered` is `ALL`.
pub async fn list(db: &Db, administered: &str) -> Result<Vec<Administrator>> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT account_id, role, since FROM administrators WHERE tenant_id = $1 ORDER BY since, account_id",
    )
    .bind(administered)
    .fetch_all(db.reader())
    .await?;
    let read = |(account, role, since): (String, String, i64)| {
        Some(Administrator { account: account.into(), role: Role::named(&role)?, since: Timestamp(since) })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Waits for whoever else changes them, then counts those who may do everything everywhere and can come in. Asked inside a
/// unit, before and after what it does: two who remove each other at once do not both succeed.
pub async fn count_rulers(c: &mut AnyConnection, home: &TenantId) -> Result<i64> {
    let role = Role::GlobalAdministrator.word();
    sqlx::query("UPDATE administrators SET since = since WHERE tenant_id = $1 AND role = $2")
        .bind(ALL)
        .bind(role)
        .execute(&mut *c)
        .await?;
    let (rulers,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM administrators d JOIN accounts a ON a.tenant_id = $1 AND a.id = d.account_id
         WHERE d.tenant_id = $2 AND d.role = $3 AND a.disabled_at IS NULL AND a.deleted_at IS NULL",
    )
    .bind(home.as_str())
    .bind(ALL)
    .bind(role)
    .fetch_one(c)
    .await?;
    Ok(rulers)
}

/// `administered` is a tenant's id, or `ALL`.
pub async fn insert(
    c: &mut AnyConnection,
    administered: &str,
    account: &AccountId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO administrators (tenant_id, account_id, role, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, account_id, role) DO NOTHING",
    )
    .bind(administered)
    .bind(account.as_str())
    .bind(role.word())
    .bind(now.0)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn remove(c: &mut AnyConnection, administered: &str, account: &AccountId, role: Role) -> Result<()> {
    sqlx::query("DELETE FROM administrators WHERE tenant_id = $1 AND account_id = $2 AND role = $3")
        .bind(administered)
        .bind(account.as_str())
        .bind(role.word())
        .execute(c)
        .await?;
    Ok(())
}

/// What the application may do in `administered` by itself.
pub async fn permissions(
    db: &Db,
    tenant: &TenantId,
    application: &ApplicationId,
    administered: &TenantId,
) -> Result<Vec<Permission>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT permission FROM application_roles
         WHERE tenant_id = $1 AND application_id = $2 AND administered IN ($3, $4) ORDER BY permission",
    )
    .bind(tenant.as_str())
    .bind(application.as_str())
    .bind(administered.as_str())
    .bind(ALL)
    .fetch_all(db.reader())
    .await?;
    let mut permissions: Vec<Permission> = rows.iter().filter_map(|(word,)| Permission::named(word)).collect();
    permissions.dedup();
    Ok(permissions)
}

/// What the application may do anywhere: what its tokens say in `roles`. What was taken away in this second it cannot do all
/// the same: whoever believes a token asks again.
pub async fn all_permissions(db: &Db, tenant: &TenantId, application: &ApplicationId) -> Result<Arc<Vec<Permission>>> {
    let load = async {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT DISTINCT permission FROM application_roles WHERE tenant_id = $1 AND application_id = $2
             ORDER BY permission",
        )
        .bind(tenant.as_str())
        .bind(application.as_str())
        .fetch_all(db.reader())
        .await?;
        let found: Vec<Permission> = rows.iter().filter_map(|(word,)| Permission::named(word)).collect();
        Ok::<_, crate::error::Error>((!found.is_empty()).then_some(found))
    };
    Ok(db.recents.permissions.get_or(format!("{tenant} {application}"), load).await?.unwrap_or_default())
}

/// One thing that an application may do by itself, in a tenant or in `ALL`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowed {
    pub administered: String,
    pub permission: Permission,
    pub since: Timestamp,
}

pub async fn allowed(db: &Db, tenant: &TenantId, application: &ApplicationId) -> Result<Vec<Allowed>> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT administered, permission, since FROM application_roles
         WHERE tenant_id = $1 AND application_id = $2 ORDER BY permission, administered",
    )
    .bind(tenant.as_str())
    .bind(application.as_str())
    .fetch_all(db.reader())
    .await?;
    let read = |(administered, permission, since): (String, String, i64)| {
        Some(Allowed { administered, permission: Permission::named(&permission)?, since: Timestamp(since) })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

pub async fn allow(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    administered: &str,
    permission: Permission,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO application_roles (tenant_id, application_id, administered, permission, since)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, application_id, administered, permission) DO NOTHING",
    )
    .bind(tenant.as_str())
    .bind(application.as_str())
    .bind(administered)
    .bind(permission.word())
    .bind(now.0)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn disallow(
    c: &mut AnyConnection,
    tenant: &TenantId,
    application: &ApplicationId,
    administered: &str,
    permission: Permission,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM application_roles
         WHERE tenant_id = $1 AND application_id = $2 AND administered = $3 AND permission = $4",
    )
    .bind(tenant.as_str())
    .bind(application.as_str())
    .bind(administered)
    .bind(permission.word())
    .execute(c)
    .await?;
    Ok(())
}
