//! Many people at once: a few statements for a thousand of them.

use super::{
    NewPerson,
    change::{part, tally_part},
};
use crate::{
    directory::{account, clause::Clause, db::taken, identity, search, tenant},
    error::Result,
};
use app::contract::{id::TenantId, time::Timestamp, user_flow::Method};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// All of them or, where one of their names is in use, none: `Error::Taken`.
pub async fn insert_many(c: &mut AnyConnection, tenant: &TenantId, people: &[NewPerson], now: Timestamp) -> Result<()> {
    let (mut accounts, mut identities, mut addresses, mut credentials, mut values, mut words) = (
        Rows::new(
            "INSERT INTO accounts (tenant_id, id, method, created_at, disabled_at, user_type, must_change_password_at, sort_name) VALUES ",
        ),
        Rows::new(
            "INSERT INTO identities (tenant_id, sign_in_type, issuer, folded, issuer_assigned_id, account_id) VALUES ",
        ),
        Rows::new("INSERT INTO addresses (tenant_id, account_id, kind, address, verified_at) VALUES "),
        Rows::new("INSERT INTO credentials (tenant_id, account_id, kind, secret, changed_at) VALUES "),
        Rows::new("INSERT INTO attribute_values (tenant_id, account_id, attribute_id, value) VALUES "),
        Rows::new("INSERT INTO search_words (tenant_id, word, account_id) VALUES "),
    );
    let mut parts: BTreeMap<i64, i64> = BTreeMap::new();
    let (tenant_id, mut methods) = (tenant.as_str(), Vec::new());
    for person in people {
        let id = person.id.as_str();
        let method = if person.password.is_some() { Method::Password } else { Method::Passcode };
        if !methods.contains(&method) {
            methods.push(method);
        }
        *parts.entry(part(&person.id)).or_default() += 1;
        let names = ["displayName", "givenName", "surname"].into_iter().filter_map(|name| person.attributes.get(name));
        let known_as: Vec<&str> = person
            .identities
            .iter()
            .filter(|identity| identity.sign_in_type != "federated")
            .map(|identity| identity.issuer_assigned_id.as_str())
            .collect();
        let first = person.attributes.get("displayName").map(String::as_str).or(known_as.first().copied());
        let sort_name = search::sort_name(first.unwrap_or_default());
        let row = accounts.row();
        row.bind(tenant_id).say(", ").bind(id).say(", ").bind(account::write_method(method)).say(", ").bind(now.0);
        moment(row, person.disabled.then_some(now));
        row.say(", ").bind(person.user_type.as_str());
        moment(row, person.must_change_password.then_some(now));
        row.say(", ").bind(sort_name).say(")");
        for identity in &person.identities {
            let row = identities.row();
            row.bind(tenant_id).say(", ").bind(identity.sign_in_type.as_str()).say(", ").bind(identity.issuer.as_str());
            row.say(", ").bind(identity.folded()).say(", ").bind(identity.issuer_assigned_id.as_str());
            row.say(", ").bind(id).say(")");
            if identity.sign_in_type == identity::EMAIL_ADDRESS {
                let row = addresses.row();
                row.bind(tenant_id).say(", ").bind(id).say(", 'signIn', ").bind(identity.issuer_assigned_id.as_str());
                moment(row, person.vouched.then_some(now));
                row.say(")");
            }
        }
        if let Some(contact) = &person.contact {
            let row = addresses.row();
            row.bind(tenant_id).say(", ").bind(id).say(", 'contact', ").bind(contact.as_str());
            moment(row, Some(now));
            row.say(")");
        }
        for address in &person.other_addresses {
            addresses.row().bind(tenant_id).say(", ").bind(id).say(", 'other', ").bind(address.as_str()).say(", NULL)");
        }
        if let Some(password) = &person.password {
            let row = credentials.row();
            row.bind(tenant_id).say(", ").bind(id).say(", 'password', ").bind(password.reveal());
            row.say(", ").bind(now.0).say(")");
        }
        for (name, value) in &person.attributes {
            let row = values.row();
            row.bind(tenant_id)
                .say(", ")
                .bind(id)
                .say(", ")
                .bind(name.as_str())
                .say(", ")
                .bind(value.as_str())
                .say(")");
        }
        for word in search::words(names.map(String::as_str), known_as) {
            words.row().bind(tenant_id).say(", ").bind(word).say(", ").bind(id).say(")");
        }
    }
    for rows in [accounts, identities, addresses, credentials, values, words] {
        rows.execute(c).await?;
    }
    for (part, people) in parts {
        tally_part(c, tenant, "", part, people).await?;
    }
    for method in methods {
        tenant::note_method(c, tenant, method, now).await?;
    }
    Ok(())
}

/// PostgreSQL finds out by itself what its tables have become, a minute later; whoever brings a million people asks before.
pub async fn take_stock(c: &mut AnyConnection) -> Result<()> {
    if c.backend_name() == "PostgreSQL" {
        sqlx::query("ANALYZE accounts, identities, addresses, attribute_values, search_words").execute(c).await?;
    }
    Ok(())
}

/// NULL is said, not bound: a parameter that is always empty has no type on PostgreSQL.
fn moment(row: &mut Clause, at: Option<Timestamp>) {
    match at {
        Some(at) => row.say(", ").bind(at.0),
        None => row.say(", NULL"),
    };
}

/// Rows of one table, cut into statements that both databases take (SQLite binds 32,766 values, PostgreSQL 65,535).
struct Rows {
    sql: &'static str,
    done: Vec<Clause>,
    open: Option<(Clause, usize)>,
}

const MOST_ROWS: usize = 1000;

impl Rows {
    fn new(sql: &'static str) -> Self {
        Self { sql, done: Vec::new(), open: None }
    }

    fn row(&mut self) -> &mut Clause {
        if let Some((clause, rows)) = self.open.take() {
            match rows < MOST_ROWS {
                true => self.open = Some((clause, rows)),
                false => self.done.push(clause),
            }
        }
        let sql = self.sql;
        let (clause, rows) = self.open.get_or_insert_with(|| (Clause::new(sql), 0));
        clause.say(if *rows == 0 { "(" } else { ", (" });
        *rows += 1;
        clause
    }

    async fn execute(self, c: &mut AnyConnection) -> Result<()> {
        for clause in self.done.into_iter().chain(self.open.map(|(clause, _)| clause)) {
            clause.execute(c).await.map_err(taken)?;
        }
        Ok(())
    }
}
