//! Many people at once, in as few statements as their database takes gladly.

use super::{
    Identity, NewPerson,
    change::{part, tally_part},
};
use crate::{
    directory::{
        account,
        clause::{Bound, Clause},
        db::taken,
        identity, search, tenant,
    },
    error::Result,
};
use app::contract::{id::TenantId, time::Timestamp, user_flow::Method};
use sqlx::AnyConnection;
use std::collections::{BTreeMap, HashSet};

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
            let found: Vec<(Option<String>,)> =
                said_names(tenant, sign_in_type, issuer, some).fetch_all(&mut *c).await?;
            let found = found.into_iter().filter_map(|(folded,)| folded);
            used.extend(found.map(|folded| (sign_in_type, issuer, folded)));
        }
    }
    Ok(used)
}

/// Each is looked up by itself. Asked for those IN a list, PostgreSQL reads every name of the tenant, until it knows how many
/// there are: for each hundred that come.
pub(super) fn said_names(tenant: &TenantId, sign_in_type: &str, issuer: &str, folded: &[String]) -> Clause {
    let mut clause = Clause::new("SELECT (SELECT i.folded FROM identities i WHERE i.tenant_id = ");
    clause.bind(tenant.as_str()).say(" AND i.sign_in_type = ").bind(sign_in_type).say(" AND i.issuer = ").bind(issuer);
    clause.say(" AND i.folded = asked.column1) FROM (VALUES ");
    for (n, name) in folded.iter().enumerate() {
        if n > 0 {
            clause.say(", ");
        }
        clause.bind_list([name]);
    }
    clause.say(") asked");
    clause
}

async fn insert_all(c: &mut AnyConnection, tenant: &TenantId, people: &[&NewPerson], now: Timestamp) -> Result<()> {
    let mut tables = Tables::default();
    let mut parts: BTreeMap<i64, i64> = BTreeMap::new();
    let mut methods = Vec::new();
    for person in people {
        let method = if person.password.is_some() { Method::Password } else { Method::Passcode };
        if !methods.contains(&method) {
            methods.push(method);
        }
        *parts.entry(part(&person.id)).or_default() += 1;
        tables.add(tenant, person, method, now);
    }
    tables.execute(c).await?;
    for (part, people) in parts {
        tally_part(c, tenant, "", part, people).await?;
    }
    for method in methods {
        tenant::note_method(c, tenant, method, now).await?;
    }
    Ok(())
}

/// What is written of people, table by table.
struct Tables {
    accounts: Rows<8>,
    identities: Rows<6>,
    addresses: Rows<5>,
    credentials: Rows<5>,
    values: Rows<5>,
    words: Rows<3>,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            accounts: Rows::of(
                "INSERT INTO accounts (sort_name, tenant_id, id, method, created_at, disabled_at, user_type, must_change_password_at) VALUES ",
            ),
            identities: Rows::of(
                "INSERT INTO identities (tenant_id, sign_in_type, issuer, folded, issuer_assigned_id, account_id) VALUES ",
            ),
            addresses: Rows::of("INSERT INTO addresses (tenant_id, account_id, kind, address, verified_at) VALUES "),
            credentials: Rows::of("INSERT INTO credentials (tenant_id, account_id, kind, secret, changed_at) VALUES "),
            values: Rows::of(
                "INSERT INTO attribute_values (attribute_id, value, tenant_id, account_id, beginning) VALUES ",
            ),
            words: Rows::of("INSERT INTO search_words (tenant_id, word, account_id) VALUES "),
        }
    }
}

impl Tables {
    fn add(&mut self, tenant: &TenantId, person: &NewPerson, method: Method, now: Timestamp) {
        let (tenant, id) = (tenant.as_str(), person.id.as_str());
        let names = ["displayName", "givenName", "surname"].into_iter().filter_map(|name| person.attributes.get(name));
        let known_as: Vec<&str> = person
            .identities
            .iter()
            .filter(|identity| identity.sign_in_type != "federated")
            .map(|identity| identity.issuer_assigned_id.as_str())
            .collect();
        let first = person.attributes.get("displayName").map(String::as_str).or(known_as.first().copied());
        self.accounts.add([
            search::sort_name(first.unwrap_or_default()).into(),
            tenant.into(),
            id.into(),
            account::write_method(method).into(),
            now.0.into(),
            person.disabled.then_some(now).into(),
            person.user_type.as_str().into(),
            person.must_change_password.then_some(now).into(),
        ]);
        for identity in &person.identities {
            let (kind, name) = (identity.sign_in_type.as_str(), identity.issuer_assigned_id.as_str());
            self.identities.add([
                tenant.into(),
                kind.into(),
                identity.issuer.as_str().into(),
                identity.folded().into(),
                name.into(),
                id.into(),
            ]);
            if kind == identity::EMAIL_ADDRESS {
                let proved_at = person.vouched.then_some(now);
                self.addresses.add([tenant.into(), id.into(), "signIn".into(), name.into(), proved_at.into()]);
            }
        }
        if let Some(contact) = &person.contact {
            self.addresses.add([tenant.into(), id.into(), "contact".into(), contact.into(), Some(now).into()]);
        }
        for address in &person.other_addresses {
            self.addresses.add([tenant.into(), id.into(), "other".into(), address.into(), None::<Timestamp>.into()]);
        }
        if let Some(password) = &person.password {
            self.credentials.add([tenant.into(), id.into(), "password".into(), password.reveal().into(), now.0.into()]);
        }
        for (name, value) in &person.attributes {
            let beginning = search::beginning(name, value);
            self.values.add([name.into(), value.into(), tenant.into(), id.into(), beginning.into()]);
        }
        for word in search::words(names.map(String::as_str), known_as) {
            self.words.add([tenant.into(), word.into(), id.into()]);
        }
    }

    async fn execute(self, c: &mut AnyConnection) -> Result<()> {
        self.accounts.execute(c).await?;
        self.identities.execute(c).await?;
        self.addresses.execute(c).await?;
        self.credentials.execute(c).await?;
        self.values.execute(c).await?;
        self.words.execute(c).await
    }
}

/// For whoever brings so many, on the connection that writes: tells how many are best written together.
///
/// Databases change pages here and there in their indexes for each person. SQLite is given room for many of them; PostgreSQL's
/// room is its operator's, and the more who come at once the more of them belong on one page.
pub async fn make_room(c: &mut AnyConnection) -> Result<usize> {
    if c.backend_name() != "SQLite" {
        return Ok(20_000);
    }
    for pragma in ["PRAGMA cache_size = -262144", "PRAGMA wal_autocheckpoint = 32768"] {
        sqlx::query(pragma).execute(&mut *c).await?;
    }
    Ok(5_000)
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

    fn said<const COLUMNS: usize>(self, sql: &'static str, rows: Vec<[Bound; COLUMNS]>) -> Clause {
        let (mut clause, between) = match self {
            Way::Together => (Clause::default(), ", "),
            Way::OneByOne => (Clause::of_several(), "; "),
        };
        for (n, row) in rows.into_iter().enumerate() {
            if n > 0 {
                clause.say(between);
            }
            if n == 0 || self == Way::OneByOne {
                clause.say(sql);
            }
            clause.bind_list(row);
        }
        clause
    }

    fn most(self) -> usize {
        match self {
            // It binds 65,535 values.
            Way::Together => 500,
            Way::OneByOne => 64,
        }
    }
}

/// Rows of one table. Its first columns are those by which its largest index is sorted.
struct Rows<const COLUMNS: usize> {
    sql: &'static str,
    rows: Vec<[Bound; COLUMNS]>,
}

impl<const COLUMNS: usize> Rows<COLUMNS> {
    fn of(sql: &'static str) -> Self {
        Self { sql, rows: Vec::new() }
    }

    fn add(&mut self, row: [Bound; COLUMNS]) {
        self.rows.push(row);
    }

    /// In the order of that index: each of its pages is read and written once for all who belong there, and not for each.
    async fn execute(mut self, c: &mut AnyConnection) -> Result<()> {
        self.rows.sort();
        let way = Way::to(c);
        let mut rows = self.rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<[Bound; COLUMNS]> = rows.by_ref().take(way.most()).collect();
            let is_full = some.len() == way.most();
            let clause = way.said(self.sql, some);
            let done = if is_full { clause.execute(c).await } else { clause.execute_once(c).await };
            done.map_err(taken)?;
        }
        Ok(())
    }
}
