//! People as administrators see them: listed and found here, changed in `change`, forgotten in `purge`.

mod bulk;
mod change;
mod condition;
mod held;
mod list;
mod purge;

use super::{Db, account, clause::Clause, identity, search};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, TenantId, UserFlowId},
    time::Timestamp,
    user_flow::Method,
};
pub use bulk::{insert_many, make_room, take_stock};
pub(super) use change::tally;
pub use change::{
    NewPerson, delete, index, insert, reset_password, restore, revoke_sessions, set_attribute, set_disabled,
    set_identities, set_other_addresses,
};
pub use condition::{Comparison, Condition};
pub use held::everything;
pub use list::{Order, Wanted, count_wanted, list};
pub use purge::{purge, purge_expired};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How long a deleted person can be brought back.
pub const RESTORABLE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Graph's most.
pub const MOST_IDENTITIES: usize = 10;

#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    pub id: AccountId,
    pub method: Method,
    /// `Member` or `Guest`.
    pub user_type: String,
    pub user_flow: Option<UserFlowId>,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    pub must_change_password_at: Option<Timestamp>,
    pub sessions_valid_from: Option<Timestamp>,
    pub identities: Vec<Identity>,
    /// Told by other providers; nobody signs in with them.
    pub other_addresses: Vec<String>,
    pub attributes: BTreeMap<String, String>,
}

/// One of the ways by which somebody is known. The issuer of the tenant's own names is the tenant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    pub sign_in_type: String,
    pub issuer: String,
    pub issuer_assigned_id: String,
}

impl Identity {
    pub(super) fn folded(&self) -> String {
        match self.sign_in_type.as_str() {
            // What another provider assigned is exactly that.
            "federated" => self.issuer_assigned_id.clone(),
            _ => identity::Folded::address(&self.issuer_assigned_id).as_str().to_owned(),
        }
    }
}

impl Person {
    pub fn display_name(&self) -> &str {
        self.attributes.get("displayName").map_or("", String::as_str)
    }

    /// The address with which they sign in.
    pub fn address(&self) -> Option<&str> {
        self.of_kind(identity::EMAIL_ADDRESS)
    }

    /// What they sign in with on our pages: their address, or else their user name.
    pub fn name(&self) -> Option<&str> {
        self.address().or_else(|| self.of_kind(identity::USER_NAME))
    }

    /// By these names and no others, however they are spelled, and in whichever order.
    pub fn is_known_as(&self, identities: &[Identity]) -> bool {
        names(&self.identities) == names(identities)
    }

    fn of_kind(&self, kind: &str) -> Option<&str> {
        let found = self.identities.iter().find(|identity| identity.sign_in_type == kind);
        found.map(|identity| identity.issuer_assigned_id.as_str())
    }
}

/// As they are unique.
fn names(identities: &[Identity]) -> BTreeSet<(&str, &str, String)> {
    identities.iter().map(|it| (it.sign_in_type.as_str(), it.issuer.as_str(), it.folded())).collect()
}

pub struct People {
    pub people: Vec<Person>,
    pub next: Option<String>,
}

type Row = (
    String,
    String,
    String,
    Option<String>,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    String,
);

/// All but the last column of a row: by what it is sorted.
const COLUMNS: &str = "SELECT a.id, a.method, a.user_type, a.user_flow_id, a.created_at, a.disabled_at, a.deleted_at, \
                       a.must_change_password_at, a.sessions_valid_from, a.deleted_identities, ";

pub async fn find(db: &Db, tenant: &TenantId, id: &AccountId) -> Result<Option<Person>> {
    Ok(by_ids(db, tenant, std::slice::from_ref(id)).await?.into_iter().next())
}

/// By one of the names that the tenant itself gave them.
pub async fn find_by_name(db: &Db, tenant: &TenantId, name: &str) -> Result<Option<Person>> {
    let known_as = Condition::KnownAs { sign_in_type: None, issuer: tenant.to_string(), name: name.to_owned() };
    let wanted = Wanted { conditions: vec![known_as], limit: 1, ..Wanted::default() };
    Ok(list(db, tenant, &wanted).await?.people.into_iter().next())
}

/// In the order of the ids; who is not there is left out.
pub async fn by_ids(db: &Db, tenant: &TenantId, ids: &[AccountId]) -> Result<Vec<Person>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut clause = Clause::new(COLUMNS);
    clause.say("a.sort_name FROM accounts a WHERE a.tenant_id = ").bind(tenant.as_str()).say(" AND a.id IN ");
    clause.bind_list(ids.iter().map(AccountId::as_str));
    let mut people = complete(db, tenant, clause.fetch_all(db.reader()).await?).await?;
    people.sort_by_key(|person| ids.iter().position(|id| *id == person.id));
    Ok(people)
}

/// What is asked of everybody whom somebody types, for a list that is narrowed or ordered otherwise as well.
pub fn typed(text: &str) -> Vec<Condition> {
    match search::terms_of(text) {
        // What has no letters in it is nobody's name.
        terms if terms.is_empty() => vec![Condition::Id(String::new())],
        terms => terms.into_iter().map(Condition::Word).collect(),
    }
}

/// A search as somebody types: by the beginnings of words of names and of sign-in names.
pub async fn search(db: &Db, tenant: &TenantId, typed: &str, after: Option<&str>, limit: i64) -> Result<People> {
    let after: Option<(String, String)> = after.map(read_key).transpose()?;
    let after = after.map(|(word, account)| search::After { word, account });
    let found = search::find(db, tenant, typed, after.as_ref(), limit).await?;
    let next = found.next.map(|at| write_key(&at.word, &at.account));
    Ok(People { people: by_ids(db, tenant, &found.people).await?, next })
}

/// A place in a list: the key that it is sorted by, and who stands there.
fn write_key(key: &str, id: &str) -> String {
    format!("{id} {key}")
}

fn read_key(text: &str) -> Result<(String, String)> {
    let (id, key) = text.split_once(' ').ok_or_else(|| Error::BadRequest("this is no place in the list".into()))?;
    Ok((key.into(), id.into()))
}

/// Everything else about a page of people, in three questions.
async fn complete(db: &Db, tenant: &TenantId, rows: Vec<Row>) -> Result<Vec<Person>> {
    let mut people = rows.into_iter().map(read).collect::<Result<Vec<Person>>>()?;
    if people.is_empty() {
        return Ok(people);
    }
    let ids: Vec<AccountId> = people.iter().map(|person| person.id.clone()).collect();
    let [identities, values, others] = details(tenant, &ids);
    let identities: Vec<(String, String, String, String)> = identities.fetch_all(db.reader()).await?;
    let values: Vec<(String, String, String)> = values.fetch_all(db.reader()).await?;
    let others: Vec<(String, String)> = others.fetch_all(db.reader()).await?;
    let at: BTreeMap<String, usize> = people.iter().enumerate().map(|(n, it)| (it.id.to_string(), n)).collect();
    for (account, sign_in_type, issuer, issuer_assigned_id) in identities {
        if let Some(n) = at.get(&account) {
            people[*n].identities.push(Identity { sign_in_type, issuer, issuer_assigned_id });
        }
    }
    for person in &mut people {
        person.identities.sort_by(|a, b| (&a.sign_in_type, a.folded()).cmp(&(&b.sign_in_type, b.folded())));
    }
    for (account, attribute, value) in values {
        if let Some(n) = at.get(&account) {
            people[*n].attributes.insert(attribute, value);
        }
    }
    for (account, address) in others {
        if let Some(n) = at.get(&account) {
            people[*n].other_addresses.push(address);
        }
    }
    Ok(people)
}

/// Identities, values of attributes, other addresses.
fn details(tenant: &TenantId, ids: &[AccountId]) -> [Clause; 3] {
    let of_them = |sql: &'static str, rest: &'static str| {
        let mut clause = Clause::new(sql);
        clause.say(" WHERE tenant_id = ").bind(tenant.as_str()).say(" AND account_id IN ");
        clause.bind_list(ids.iter().map(AccountId::as_str)).say(rest);
        clause
    };
    [
        // Sorted where they are read: SQLite would walk everybody in that order to save itself the sorting.
        of_them("SELECT account_id, sign_in_type, issuer, issuer_assigned_id FROM identities", ""),
        of_them("SELECT account_id, attribute_id, value FROM attribute_values", ""),
        of_them("SELECT account_id, address FROM addresses", " AND kind = 'other' ORDER BY address"),
    ]
}

fn read(row: Row) -> Result<Person> {
    let (id, method, user_type, flow, created, disabled, deleted, must_change, valid_from, deleted_identities, _) = row;
    Ok(Person {
        id: id.into(),
        method: account::read_method(&method),
        user_type,
        user_flow: flow.map(UserFlowId::from),
        created_at: Timestamp(created),
        disabled_at: disabled.map(Timestamp),
        deleted_at: deleted.map(Timestamp),
        must_change_password_at: must_change.map(Timestamp),
        sessions_valid_from: valid_from.map(Timestamp),
        identities: deleted_identities.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default(),
        other_addresses: Vec::new(),
        attributes: BTreeMap::new(),
    })
}

/// How many there are, without counting them.
pub async fn count(db: &Db, tenant: &TenantId) -> Result<i64> {
    let (people,): (i64,) =
        sqlx::query_as("SELECT CAST(COALESCE(SUM(people), 0) AS BIGINT) FROM people_counts WHERE tenant_id = $1")
            .bind(tenant.as_str())
            .fetch_one(db.reader())
            .await?;
    Ok(people)
}

/// What is asked of the database for a list and for a search, for whoever looks at how it goes about it.
#[cfg(test)]
pub mod asked {
    use super::{AccountId, Clause, TenantId, bulk::said_names, details};

    pub use super::list::asked as list;
    pub use crate::directory::search::asked as search;

    pub fn names_in_use(tenant: &TenantId) -> Clause {
        said_names(tenant, "emailAddress", tenant.as_str(), &["a", "b"].map(String::from))
    }

    pub fn everything_else(tenant: &TenantId) -> [Clause; 3] {
        details(tenant, &["a", "b"].map(AccountId::from))
    }
}
