//! Tenants and the names they are known by in URLs.

use super::{Db, Durability, db::taken};
use crate::error::{Error, Result};
use app::contract::{
    brand::{Brand, Link},
    id::TenantId,
    time::Timestamp,
    user_flow::Method,
};
use sqlx::AnyConnection;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: TenantId,
    pub kind: Kind,
    pub name: String,
    pub brand: Brand,
    pub passcode_enabled_at: Option<Timestamp>,
    pub password_accounts_since: Option<Timestamp>,
    pub passcode_accounts_since: Option<Timestamp>,
    pub sign_out: SignOut,
}

/// What a request to sign out gets that brings no ID token of the session (what clients need, 2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SignOut {
    /// The person is asked, unless their own application asks; then the browser goes back.
    #[default]
    Ask,
    /// It goes back at once to whatever address is registered.
    AtOnce,
    /// The person is asked, and stays here.
    Stay,
}

impl SignOut {
    const ALL: [(&str, SignOut); 3] = [("ask", SignOut::Ask), ("at_once", SignOut::AtOnce), ("stay", SignOut::Stay)];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("ask", |(word, _)| word)
    }

    fn read(text: &str) -> Self {
        Self::ALL.iter().find(|(word, _)| *word == text).map(|(_, known)| *known).unwrap_or_default()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Customers.
    External,
    /// Employees, and guests from outside.
    Workforce,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::External => "external",
            Kind::Workforce => "workforce",
        }
    }
}

type Row = (String, String, String, String, Option<i64>, Option<i64>, Option<i64>, String);

/// By id or by one of its names; names are compared in lower case.
pub async fn get(db: &Db, word: &str) -> Result<Arc<Tenant>> {
    let word = word.to_lowercase();
    let load = async {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, kind, name, brand, passcode_enabled_at, password_accounts_since, passcode_accounts_since,
                    sign_out
             FROM tenants WHERE id = $1 OR id = (SELECT tenant_id FROM tenant_names WHERE name = $1)",
        )
        .bind(&word)
        .fetch_optional(db.reader())
        .await?;
        row.map(read).transpose()
    };
    db.recents.tenants.get_or(word.clone(), load).await?.ok_or(Error::NotFound)
}

/// The words by which the tenant is known in URLs.
pub async fn names(db: &Db, tenant: &TenantId) -> Result<Vec<String>> {
    let names: Vec<(String,)> = sqlx::query_as("SELECT name FROM tenant_names WHERE tenant_id = $1 ORDER BY name")
        .bind(tenant.as_str())
        .fetch_all(db.reader())
        .await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

pub async fn list(db: &Db) -> Result<Vec<Tenant>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, kind, name, brand, passcode_enabled_at, password_accounts_since, passcode_accounts_since,
                    sign_out
         FROM tenants ORDER BY name",
    )
    .fetch_all(db.reader())
    .await?;
    rows.into_iter().map(read).collect()
}

fn read((id, kind, name, brand, passcode, by_password, by_passcode, sign_out): Row) -> Result<Tenant> {
    let mut brand: Brand = serde_json::from_str(&brand)?;
    // Whoever wrote it there, and however: no page of ours shows it.
    brand.links.retain(Link::is_safe);
    Ok(Tenant {
        id: id.into(),
        kind: if kind == Kind::Workforce.as_str() { Kind::Workforce } else { Kind::External },
        name,
        brand,
        passcode_enabled_at: passcode.map(Timestamp),
        password_accounts_since: by_password.map(Timestamp),
        passcode_accounts_since: by_passcode.map(Timestamp),
        sign_out: SignOut::read(&sign_out),
    })
}

pub async fn insert(db: &Db, tenant: Tenant, names: Vec<String>, now: Timestamp) -> Result<()> {
    db.write(Durability::Lasting, move |c| Box::pin(async move { insert_with(c, &tenant, &names, now).await })).await?;
    db.recents.forget();
    Ok(())
}

/// `Error::Taken` where another tenant is known by one of the names.
pub async fn insert_with(c: &mut AnyConnection, tenant: &Tenant, names: &[String], now: Timestamp) -> Result<()> {
    if let Some(link) = tenant.brand.links.iter().find(|link| !link.is_safe()) {
        return Err(Error::BadRequest(format!("a link leads to {:?}, which is neither https nor mailto", link.url)));
    }
    sqlx::query(
        "INSERT INTO tenants (id, kind, name, brand, created_at, passcode_enabled_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant.id.as_str())
    .bind(tenant.kind.as_str())
    .bind(&tenant.name)
    .bind(serde_json::to_string(&tenant.brand)?)
    .bind(now.0)
    .bind(tenant.passcode_enabled_at.map(|at| at.0))
    .execute(&mut *c)
    .await
    .map_err(taken)?;
    for name in names {
        insert_name(c, &tenant.id, &name.to_lowercase()).await?;
    }
    refuse_two_of_one_word(c).await
}

/// One more word in URLs; `Error::Taken` where it is known already.
pub async fn insert_name(c: &mut AnyConnection, tenant: &TenantId, name: &str) -> Result<()> {
    sqlx::query("INSERT INTO tenant_names (name, tenant_id) VALUES ($1, $2)")
        .bind(name)
        .bind(tenant.as_str())
        .execute(&mut *c)
        .await
        .map_err(taken)?;
    refuse_two_of_one_word(c).await
}

pub async fn delete_name(c: &mut AnyConnection, tenant: &TenantId, name: &str) -> Result<()> {
    sqlx::query("DELETE FROM tenant_names WHERE tenant_id = $1 AND name = $2")
        .bind(tenant.as_str())
        .bind(name)
        .execute(c)
        .await?;
    Ok(())
}

pub async fn set_sign_out(c: &mut AnyConnection, tenant: &TenantId, sign_out: SignOut) -> Result<()> {
    sqlx::query("UPDATE tenants SET sign_out = $1 WHERE id = $2")
        .bind(sign_out.as_str())
        .bind(tenant.as_str())
        .execute(c)
        .await?;
    Ok(())
}

pub async fn rename(c: &mut AnyConnection, tenant: &TenantId, name: &str) -> Result<()> {
    sqlx::query("UPDATE tenants SET name = $1 WHERE id = $2").bind(name).bind(tenant.as_str()).execute(c).await?;
    Ok(())
}

/// A word in a URL means one tenant: nobody's name is somebody else's id.
async fn refuse_two_of_one_word(c: &mut AnyConnection) -> Result<()> {
    let sql = "SELECT n.name FROM tenant_names n JOIN tenants t ON t.id = n.name WHERE t.id <> n.tenant_id LIMIT 1";
    let double: Option<(String,)> = sqlx::query_as(sql).fetch_optional(c).await?;
    if double.is_some() { Err(Error::Taken) } else { Ok(()) }
}

/// The tenant-wide switch for sign-in by e-mailed passcode: on since a moment, or off.
pub async fn switch_passcode(c: &mut AnyConnection, tenant: &TenantId, on: Option<Timestamp>) -> Result<()> {
    sqlx::query("UPDATE tenants SET passcode_enabled_at = $1 WHERE id = $2")
        .bind(on.map(|at| at.0))
        .bind(tenant.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// Writes down when password hashes came from elsewhere last.
pub async fn note_foreign_hashes(c: &mut AnyConnection, tenant: &TenantId, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE tenants SET foreign_hashes_since = $1 WHERE id = $2")
        .bind(now.0)
        .bind(tenant.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// Ends it where nobody has one any more: each gave way to one of ours at a sign-in, or went with its owner. Only where none came
/// since `before`: people who are being imported in this moment are not to be seen yet, and `note_foreign_hashes` of their
/// unit is.
pub async fn forget_foreign_hashes(db: &Db, before: Timestamp) -> Result<()> {
    db.change(Durability::Fleeting, move |c| {
        Box::pin(async move {
            sqlx::query(
                "UPDATE tenants SET foreign_hashes_since = NULL WHERE foreign_hashes_since < $1 AND NOT EXISTS
                   (SELECT 1 FROM credentials c
                     WHERE c.tenant_id = tenants.id AND c.kind = 'password' AND substr(c.secret, 1, 9) = '$foreign$')",
            )
            .bind(before.0)
            .execute(c)
            .await?;
            Ok(())
        })
    })
    .await
}

/// Whether some account's password hash came from elsewhere.
pub async fn has_foreign_hashes(db: &Db, tenant: &TenantId) -> Result<bool> {
    let load = async {
        let row: Option<(Option<i64>,)> = sqlx::query_as("SELECT foreign_hashes_since FROM tenants WHERE id = $1")
            .bind(tenant.as_str())
            .fetch_optional(db.reader())
            .await?;
        Ok::<_, Error>(row.map(|(since,)| since.is_some()))
    };
    Ok(db.recents.foreign_hashes.get_or(tenant.to_string(), load).await?.is_some_and(|has| *has))
}

/// Writes down, once, that some account of the tenant signs in so.
pub async fn note_method(c: &mut AnyConnection, tenant: &TenantId, method: Method, now: Timestamp) -> Result<()> {
    let sql = match method {
        Method::Password => {
            "UPDATE tenants SET password_accounts_since = $1 WHERE id = $2 AND password_accounts_since IS NULL"
        }
        Method::Passcode => {
            "UPDATE tenants SET passcode_accounts_since = $1 WHERE id = $2 AND passcode_accounts_since IS NULL"
        }
    };
    sqlx::query(sql).bind(now.0).bind(tenant.as_str()).execute(c).await?;
    Ok(())
}
