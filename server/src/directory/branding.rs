//! How a tenant's pages look and what they say in its own words: the settings by locale, the pictures, the sentences.

use super::{Db, recent::Recents};
use crate::error::{Error, Result};
use app::contract::{brand::Brand, id::TenantId, time::Timestamp};
use sqlx::AnyConnection;
use std::{collections::BTreeMap, sync::Arc};

/// The locale of everybody: what a language has no settings or words of its own for.
pub const FOR_ALL: &str = "0";

/// The settings of one locale, as they were written.
pub async fn find(db: &Db, tenant: &TenantId, locale: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT body FROM brandings WHERE tenant_id = $1 AND locale = $2")
        .bind(tenant.as_str())
        .bind(locale)
        .fetch_optional(db.reader())
        .await?;
    Ok(row.map(|(body,)| body))
}

/// Every locale that has settings of its own.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query_as("SELECT locale, body FROM brandings WHERE tenant_id = $1 ORDER BY locale")
        .bind(tenant.as_str())
        .fetch_all(db.reader())
        .await?;
    Ok(rows)
}

pub async fn save(c: &mut AnyConnection, tenant: &TenantId, locale: &str, body: &str, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO brandings (tenant_id, locale, body, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, locale) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at",
    )
    .bind(tenant.as_str())
    .bind(locale)
    .bind(body)
    .bind(now.0)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn delete(c: &mut AnyConnection, tenant: &TenantId, locale: &str) -> Result<()> {
    sqlx::query("DELETE FROM brandings WHERE tenant_id = $1 AND locale = $2")
        .bind(tenant.as_str())
        .bind(locale)
        .execute(c)
        .await?;
    Ok(())
}

/// What pages are drawn with.
pub async fn set_brand(c: &mut AnyConnection, tenant: &TenantId, brand: &Brand) -> Result<()> {
    sqlx::query("UPDATE tenants SET brand = $1 WHERE id = $2")
        .bind(serde_json::to_string(brand)?)
        .bind(tenant.as_str())
        .execute(c)
        .await?;
    Ok(())
}

pub struct Picture {
    pub media_type: String,
    /// In base64.
    pub body: String,
}

/// By its content: whoever names the hash may see it.
pub async fn picture(db: &Db, hash: &str) -> Result<Option<Picture>> {
    let row: Option<(String, String)> = sqlx::query_as("SELECT media_type, body FROM pictures WHERE hash = $1 LIMIT 1")
        .bind(hash)
        .fetch_optional(db.reader())
        .await?;
    Ok(row.map(|(media_type, body)| Picture { media_type, body }))
}

pub async fn keep_picture(
    c: &mut AnyConnection,
    tenant: &TenantId,
    hash: &str,
    picture: &Picture,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO pictures (tenant_id, hash, media_type, body, made_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (hash, tenant_id) DO NOTHING",
    )
    .bind(tenant.as_str())
    .bind(hash)
    .bind(&picture.media_type)
    .bind(&picture.body)
    .bind(now.0)
    .execute(c)
    .await?;
    Ok(())
}

/// What the tenant says in its own words in a language, by `pages.signInHeading` or `mail.codeSubject`.
pub async fn sentences(db: &Db, tenant: &TenantId, language: &str) -> Result<Arc<BTreeMap<String, String>>> {
    let load = async {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT name, sentence FROM sentences WHERE tenant_id = $1 AND language = $2")
                .bind(tenant.as_str())
                .bind(language)
                .fetch_all(db.reader())
                .await?;
        Ok::<_, Error>(Some(rows.into_iter().collect()))
    };
    let recents: &Recents = &db.recents;
    Ok(recents.sentences.get_or(format!("{tenant} {language}"), load).await?.unwrap_or_default())
}

/// Nothing takes the sentence back to its default.
pub async fn set_sentence(
    c: &mut AnyConnection,
    tenant: &TenantId,
    language: &str,
    name: &str,
    sentence: Option<&str>,
) -> Result<()> {
    sqlx::query("DELETE FROM sentences WHERE tenant_id = $1 AND language = $2 AND name = $3")
        .bind(tenant.as_str())
        .bind(language)
        .bind(name)
        .execute(&mut *c)
        .await?;
    if let Some(sentence) = sentence {
        sqlx::query("INSERT INTO sentences (tenant_id, language, name, sentence) VALUES ($1, $2, $3, $4)")
            .bind(tenant.as_str())
            .bind(language)
            .bind(name)
            .bind(sentence)
            .execute(c)
            .await?;
    }
    Ok(())
}
