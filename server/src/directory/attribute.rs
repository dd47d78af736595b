//! A tenant's own attributes. The built-in ones are `app::contract::attribute::built_in`.

use super::{Db, Durability, db::taken};
use crate::error::{Error, Result};
use app::contract::{
    attribute::{Attribute, CUSTOM_MAX_LENGTH, DataType, Origin, built_in},
    id::TenantId,
    time::Timestamp,
};
use sqlx::AnyConnection;

/// Built-in ones first, then the tenant's own by label.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Attribute>> {
    let rows: Vec<(String, String, String, Option<String>)> = sqlx::query_as(
        "SELECT id, label, data_type, description FROM attributes WHERE tenant_id = $1 ORDER BY label, id",
    )
    .bind(tenant.as_str())
    .fetch_all(db.reader())
    .await?;
    let custom = rows.into_iter().map(|(id, label, data_type, description)| {
        Ok(Attribute {
            id,
            label,
            data_type: read(&data_type)?,
            description,
            origin: Origin::Custom,
            max_length: CUSTOM_MAX_LENGTH,
        })
    });
    built_in().map(Ok).chain(custom).collect()
}

pub async fn insert(db: &Db, tenant: &TenantId, attribute: Attribute, now: Timestamp) -> Result<()> {
    let tenant = tenant.clone();
    db.write(Durability::Lasting, move |c| Box::pin(async move { add(c, &tenant, &attribute, now).await })).await
}

pub async fn add(c: &mut AnyConnection, tenant: &TenantId, attribute: &Attribute, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO attributes (tenant_id, id, label, data_type, description, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant.as_str())
    .bind(&attribute.id)
    .bind(&attribute.label)
    .bind(word(attribute.data_type))
    .bind(&attribute.description)
    .bind(now.0)
    .execute(c)
    .await
    .map_err(taken)?;
    Ok(())
}

pub async fn describe(c: &mut AnyConnection, tenant: &TenantId, id: &str, description: Option<&str>) -> Result<()> {
    let described = sqlx::query("UPDATE attributes SET description = $1 WHERE tenant_id = $2 AND id = $3")
        .bind(description.map(str::to_owned))
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await?;
    if described.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Whether anybody has told theirs.
pub async fn is_known_of_somebody(db: &Db, tenant: &TenantId, id: &str) -> Result<bool> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT attribute_id FROM attribute_values WHERE tenant_id = $1 AND attribute_id = $2 LIMIT 1")
            .bind(tenant.as_str())
            .bind(id)
            .fetch_optional(db.reader())
            .await?;
    Ok(row.is_some())
}

/// The attribute, and what people said of it.
pub async fn delete(c: &mut AnyConnection, tenant: &TenantId, id: &str) -> Result<()> {
    let deleted = sqlx::query("DELETE FROM attributes WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(&mut *c)
        .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    sqlx::query("DELETE FROM attribute_values WHERE tenant_id = $1 AND attribute_id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

fn word(data_type: DataType) -> &'static str {
    match data_type {
        DataType::String => "string",
        DataType::Boolean => "boolean",
        DataType::Int => "int",
    }
}

fn read(text: &str) -> Result<DataType> {
    [DataType::String, DataType::Boolean, DataType::Int]
        .into_iter()
        .find(|data_type| word(*data_type) == text)
        .ok_or_else(|| Error::Internal(format!("no such data type: {text}")))
}
