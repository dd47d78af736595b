//! Everything that the database keeps of one tenant, row by row: for tests that say that nothing was written.

use super::TestServer;
use app::contract::id::TenantId;
use std::fs;

/// Each row as `table|column|column|…`, sorted.
pub async fn dump(server: &TestServer, tenant: &TenantId) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, columns) in tables() {
        let whose = match table.as_str() {
            "tenants" => "id",
            _ if columns.iter().any(|column| column == "tenant_id") => "tenant_id",
            _ => continue,
        };
        let whole = row(&table, &columns);
        rows.extend(server.texts(format!("SELECT {whole} FROM {table} WHERE {whose} = '{tenant}'")).await);
    }
    rows.sort();
    rows
}

/// The same of everybody: every row of every table.
pub async fn dump_all(server: &TestServer) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, columns) in tables() {
        rows.extend(server.texts(format!("SELECT {} FROM {table}", row(&table, &columns))).await);
    }
    rows.sort();
    rows
}

fn row(table: &str, columns: &[String]) -> String {
    let parts: Vec<String> = columns.iter().map(|column| format!("COALESCE(CAST({column} AS TEXT), 'null')")).collect();
    format!("'{table}|' || {}", parts.join(" || '|' || "))
}

/// Every migration, in their order.
fn migrations() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read_to_string(file).unwrap() + "\n").collect()
}

/// Tables and their columns, read from the migrations themselves, so that a new one cannot be forgotten.
pub fn tables() -> Vec<(String, Vec<String>)> {
    let text = migrations();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().starts_with("--")).collect();
    let text = lines.join("\n");
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for statement in text.split(';').map(str::trim) {
        if let Some(rest) = statement.strip_prefix("create table ") {
            let (name, columns) = rest.split_once('(').unwrap();
            tables.push((name.trim().into(), columns.lines().filter_map(column).collect()));
        } else if let Some(rest) = statement.strip_prefix("alter table ")
            && let Some((name, added)) = rest.split_once(" add column ")
        {
            let table = tables.iter_mut().find(|(known, _)| known == name).unwrap();
            table.1.extend(column(added));
        }
    }
    assert!(tables.len() > 40, "the migrations are written in another way now");
    tables
}

fn column(line: &str) -> Option<String> {
    let (name, rest) = line.trim().split_once(' ')?;
    ["text", "bigint"].iter().any(|kind| rest.starts_with(kind)).then(|| name.to_owned())
}
