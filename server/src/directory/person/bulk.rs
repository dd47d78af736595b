//! Many people at once, in as few statements as their database takes gladly.

use super::{
    Identity, NewPerson,
    change::{part, tally_part},
};
use crate::{
    directory::{account, clause::Clause, db::taken, identity, search, tenant},
    error::Result,
};
use app::contract::{id::TenantId, time::Timestamp, user_flow::Method};
use sqlx::AnyConnection;
use std::{
    collections::{BTreeMap, HashSet},
    mem,
};

/// A name as it is unique in a tenant: sign-in type, issuer, folded.
type Name<'a> = (&'a str, &'a str, String);

fn name(identity: &Identity) -> Name<'_> {
    (&identity.sign_in_type, &identity.issuer, identity.folded())
}

/// All but those one of whose names is in use already, or is that of somebody before them: their places are given back.
/// `Error::Taken` where a name was taken at this very moment: then nobody was added, and it may be tried again.
pub async fn insert_many(
    c: &mut AnyConnection,
    tenant: &TenantId,
    people: &[NewPerson],
    now: Timestamp,
) -> Result<Vec<usize>> {
    let mut used = names_in_use(c, tenant, people).await?;
    let (mut new, mut left_out) = (Vec::with_capacity(people.len()), Vec::new());
    for (at, person) in people.iter().enumerate() {
        let names: HashSet<Name> = person.identities.iter().map(name).collect();
        // Twice the same is one too many as well.
        if names.len() == person.identities.len() && names.is_disjoint(&used) {
            used.extend(names);
            new.push(person);
        } else {
            left_out.push(at);
        }
    }
    if !new.is_empty() {
        insert_all(c, tenant, &new, now).await?;
    }
    Ok(left_out)
}

/// SQLite looks for each numbered value among all before it: more at once would cost more.
const NAMES_AT_ONCE: usize = 100;

/// Those of their names that somebody has.
async fn names_in_use<'a>(
    c: &mut AnyConnection,
    tenant: &TenantId,
    people: &'a [NewPerson],
) -> Result<HashSet<Name<'a>>> {
    let mut names: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for (sign_in_type, issuer, folded) in people.iter().flat_map(|person| &person.identities).map(name) {
        names.entry((sign_in_type, issuer)).or_default().push(folded);
    }
    let mut used = HashSet::new();
    for ((sign_in_type, issuer), folded) in names {
        for some in folded.chunks(NAMES_AT_ONCE) {
            let mut clause = Clause::new("SELECT folded FROM identities WHERE tenant_id = ");
            clause.bind(tenant.as_str()).say(" AND sign_in_type = ").bind(sign_in_type);
            clause.say(" AND issuer = ").bind(issuer).say(" AND folded IN ").bind_list(some.iter().map(String::as_str));
            let found: Vec<(String,)> = clause.fetch_all(&mut *c).await?;
            used.extend(found.into_iter().map(|(folded,)| (sign_in_type, issuer, folded)));
        }
    }
    Ok(used)
}

async fn insert_all(c: &mut AnyConnection, tenant: &TenantId, people: &[&NewPerson], now: Timestamp) -> Result<()> {
    let way = Way::to(c);
    let (mut accounts, mut identities, mut addresses, mut credentials, mut values, mut words) = (
        Rows::new(
            way,
            "INSERT INTO accounts (tenant_id, id, method, created_at, disabled_at, user_type, must_change_password_at, sort_name) VALUES ",
        ),
        Rows::new(
            way,
            "INSERT INTO identities (tenant_id, sign_in_type, issuer, folded, issuer_assigned_id, account_id) VALUES ",
        ),
        Rows::new(way, "INSERT INTO addresses (tenant_id, account_id, kind, address, verified_at) VALUES "),
        Rows::new(way, "INSERT INTO credentials (tenant_id, account_id, kind, secret, changed_at) VALUES "),
        Rows::new(way, "INSERT INTO attribute_values (tenant_id, account_id, attribute_id, value) VALUES "),
        Rows::new(way, "INSERT INTO search_words (tenant_id, word, account_id) VALUES "),
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
        row.say(", ").bind(person.disabled.then_some(now)).say(", ").bind(person.user_type.as_str());
        row.say(", ").bind(person.must_change_password.then_some(now)).say(", ").bind(sort_name).say(")");
        for identity in &person.identities {
            let row = identities.row();
            row.bind(tenant_id).say(", ").bind(identity.sign_in_type.as_str()).say(", ").bind(identity.issuer.as_str());
            row.say(", ").bind(identity.folded()).say(", ").bind(identity.issuer_assigned_id.as_str());
            row.say(", ").bind(id).say(")");
            if identity.sign_in_type == identity::EMAIL_ADDRESS {
                let row = addresses.row();
                row.bind(tenant_id).say(", ").bind(id).say(", ").bind("signIn");
                row.say(", ").bind(identity.issuer_assigned_id.as_str());
                row.say(", ").bind(person.vouched.then_some(now)).say(")");
            }
        }
        if let Some(contact) = &person.contact {
            let row = addresses.row();
            row.bind(tenant_id).say(", ").bind(id).say(", ").bind("contact").say(", ").bind(contact.as_str());
            row.say(", ").bind(Some(now)).say(")");
        }
        for address in &person.other_addresses {
            let row = addresses.row();
            row.bind(tenant_id).say(", ").bind(id).say(", ").bind("other").say(", ").bind(address.as_str());
            row.say(", ").bind(None::<Timestamp>).say(")");
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

/// SQLite changes pages here and there in its indexes for each person: with room for many of them, each is written once for
/// many people. For whoever brings so many, on the connection that writes.
pub async fn make_room(c: &mut AnyConnection) -> Result<()> {
    if c.backend_name() == "SQLite" {
        for pragma in ["PRAGMA cache_size = -262144", "PRAGMA wal_autocheckpoint = 32768"] {
            sqlx::query(pragma).execute(&mut *c).await?;
        }
    }
    Ok(())
}

/// PostgreSQL finds out by itself what its tables have become, a minute later; whoever brings a million people asks before.
pub async fn take_stock(c: &mut AnyConnection) -> Result<()> {
    if c.backend_name() == "PostgreSQL" {
        for sql in [
            "SET LOCAL statement_timeout = '5min'",
            "ANALYZE accounts, identities, addresses, attribute_values, search_words",
        ] {
            sqlx::query(sql).execute(&mut *c).await?;
        }
    }
    Ok(())
}

/// How rows of one table are brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// On PostgreSQL each statement is a way there and back: few, with many rows each.
    Together,
    /// SQLite keeps, for each statement of several rows, every page as it was before it. Single rows it just writes; so
    /// many statements go there in one message.
    OneByOne,
}

impl Way {
    fn to(c: &AnyConnection) -> Way {
        if c.backend_name() == "PostgreSQL" { Way::Together } else { Way::OneByOne }
    }

    fn most(self) -> usize {
        match self {
            // It binds 65,535 values.
            Way::Together => 500,
            Way::OneByOne => 64,
        }
    }
}

struct Rows {
    way: Way,
    sql: &'static str,
    full: Vec<Clause>,
    open: Clause,
    rows: usize,
}

impl Rows {
    fn new(way: Way, sql: &'static str) -> Self {
        Self { way, sql, full: Vec::new(), open: Clause::default(), rows: 0 }
    }

    fn row(&mut self) -> &mut Clause {
        if self.rows == self.way.most() {
            self.full.push(mem::take(&mut self.open));
            self.rows = 0;
        }
        match (self.rows, self.way) {
            (0, Way::Together) => self.open = Clause::new(self.sql),
            (0, Way::OneByOne) => {
                self.open = Clause::of_several();
                self.open.say(self.sql);
            }
            (_, Way::Together) => {
                self.open.say(", ");
            }
            (_, Way::OneByOne) => {
                self.open.say("; ").say(self.sql);
            }
        }
        self.rows += 1;
        self.open.say("(")
    }

    async fn execute(self, c: &mut AnyConnection) -> Result<()> {
        for clause in self.full {
            clause.execute(c).await.map_err(taken)?;
        }
        if self.rows > 0 {
            self.open.execute_once(c).await.map_err(taken)?;
        }
        Ok(())
    }
}
