//! The ways by which an account is known, and when two names are the same name.

use super::{
    Db, Statement,
    account::{self, NewName},
    counter::{self, Asked},
    db::taken,
};
use crate::error::{Error, Result};
use app::contract::{
    id::{AccountId, TenantId},
    journey::is_address,
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The sign-in type of an account known by its e-mail address.
pub const EMAIL_ADDRESS: &str = "emailAddress";
/// And of one known by a user name.
pub(super) const USER_NAME: &str = "userName";

/// Mailboxes to which one notice goes, at most.
const MOST_MAILBOXES: usize = 10;

/// A name in the form in which it is unique: no case, no compatibility look-alikes, international domains in ASCII.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Folded(String);

impl Folded {
    /// An address; or a user name, which has no `@`.
    pub fn address(address: &str) -> Folded {
        // Lower case can leave the normal form and the other way round; once more settles it.
        let fold = |text: &str| text.nfkc().collect::<String>().to_lowercase().nfkc().collect::<String>();
        let folded = fold(address.trim());
        Folded(match folded.rsplit_once('@') {
            Some((local, domain)) => {
                let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
                format!("{local}@{}", domain.trim_end_matches('.'))
            }
            None => folded,
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn sign_in_type(&self) -> &'static str {
        if is_address(&self.0) { EMAIL_ADDRESS } else { USER_NAME }
    }
}

/// What is asked before somebody is signed in.
#[derive(Clone, Debug)]
pub struct Known {
    pub account: AccountId,
    pub method: Method,
    pub disabled_at: Option<Timestamp>,
    pub password: Option<Secret>,
    /// Since when the password is one that an administrator made.
    pub temporary_since: Option<Timestamp>,
    pub has_second_factor: bool,
    /// Where codes of the second step go.
    pub second_address: Option<String>,
    /// Where its owner is reached: at the name itself, where that is a proved address; else at a proved one that is there for
    /// it or, failing that, with which they sign in too.
    pub mailbox: Option<String>,
}

const KNOWN: &str = "
    a.id, a.method, a.disabled_at, c.secret, a.must_change_password_at, f.since, s.address,
    COALESCE(
      (SELECT d.address FROM addresses d
        WHERE d.tenant_id = a.tenant_id AND d.account_id = a.id AND d.kind = 'signIn'
          AND d.verified_at IS NOT NULL AND d.address = i.issuer_assigned_id),
      (SELECT d.address FROM addresses d
        WHERE d.tenant_id = a.tenant_id AND d.account_id = a.id AND d.kind IN ('contact', 'signIn')
          AND d.verified_at IS NOT NULL
        ORDER BY d.kind, d.address LIMIT 1))";

/// Behind an identity `i`. The account is always there.
const OF_IDENTITY: &str = "
      LEFT JOIN accounts a ON a.tenant_id = i.tenant_id AND a.id = i.account_id
      LEFT JOIN credentials c ON c.tenant_id = a.tenant_id AND c.account_id = a.id AND c.kind = 'password'
      LEFT JOIN second_factors f ON f.tenant_id = a.tenant_id AND f.account_id = a.id
      LEFT JOIN addresses s ON s.tenant_id = a.tenant_id AND s.account_id = a.id AND s.kind = 'secondStep'";

const NAMED: &str = "i.tenant_id = $1 AND i.sign_in_type = $2 AND i.issuer = $1 AND i.folded =";

type Row = (String, String, Option<i64>, Option<String>, Option<i64>, Option<i64>, Option<String>, Option<String>);

fn known(row: Row) -> Known {
    let (account, method, disabled_at, password, temporary_since, second_factor, second_address, mailbox) = row;
    Known {
        account: account.into(),
        method: account::read_method(&method),
        disabled_at: disabled_at.map(Timestamp),
        password: password.map(Secret::from),
        temporary_since: temporary_since.map(Timestamp),
        has_second_factor: second_factor.is_some(),
        second_address,
        mailbox,
    }
}

/// By the address or the user name with which they sign in.
pub async fn find_by_name(db: &Db, tenant: &TenantId, name: &Folded) -> Result<Option<Known>> {
    let sql = format!("SELECT {KNOWN} FROM identities i {OF_IDENTITY} WHERE {NAMED} $3");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(name.sign_in_type())
        .bind(name.as_str())
        .fetch_optional(db.reader())
        .await?;
    Ok(row.map(known))
}

type CountedRow = (
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

/// When the next of what is counted is allowed, and who has the name: in one question where nothing has been counted. Where
/// something has, the name is looked up after it was judged: how long that takes would tell whoever may not ask (security R2).
pub async fn find_counted(
    db: &Db,
    tenant: &TenantId,
    name: &Folded,
    asked: &Asked,
    now: Timestamp,
) -> Result<(Timestamp, Option<Known>)> {
    static ASK: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT o.moments, {KNOWN}
             FROM (SELECT (SELECT moments FROM counters WHERE tenant_id = $1 AND name = $4 AND subject = $5) AS moments) o
             LEFT JOIN identities i ON {NAMED} CASE WHEN COALESCE(o.moments, '') = '' THEN $3 END {OF_IDENTITY}"
        )
    });
    let (moments, id, method, disabled_at, password, temporary_since, second_factor, second_address, mailbox): CountedRow =
        sqlx::query_as(ASK.as_str())
            .bind(tenant.as_str())
            .bind(name.sign_in_type())
            .bind(name.as_str())
            .bind(asked.name)
            .bind(&asked.subject)
            .fetch_one(db.reader())
            .await?;
    let allowed_at = counter::next_allowed_after(asked, moments.as_deref(), now);
    let found = match moments.as_deref() {
        None | Some("") => id.zip(method).map(|(id, method)| {
            known((id, method, disabled_at, password, temporary_since, second_factor, second_address, mailbox))
        }),
        Some(_) if allowed_at > now => None,
        Some(_) => find_by_name(db, tenant, name).await?,
    };
    Ok((allowed_at, found))
}

/// By the column itself SQLite would walk all names of the tenant in their order.
static BY_ACCOUNT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {KNOWN} FROM identities i {OF_IDENTITY}
         WHERE i.tenant_id = $1 AND i.account_id = $2 ORDER BY i.sign_in_type || '', i.folded LIMIT 1"
    )
});

/// Whichever name they sign in with; an address first.
pub async fn find_by_account(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Option<Known>> {
    let row: Option<Row> = sqlx::query_as(BY_ACCOUNT.as_str())
        .bind(tenant.as_str())
        .bind(account.as_str())
        .fetch_optional(db.reader())
        .await?;
    Ok(row.map(known))
}

/// Where the owner of an account is told what became of it: at the mailboxes, ten at most, that are known to be theirs and by
/// which they sign in, recover, or show a second proof (security R11, R18). A second one alone may be a stranger's, who made
/// the account with an address that is not theirs (security R12).
pub async fn list_mailboxes(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Vec<Folded>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT kind, address FROM addresses
         WHERE tenant_id = $1 AND account_id = $2 AND kind IN ('contact', 'secondStep', 'signIn')
           AND verified_at IS NOT NULL
         ORDER BY kind, address",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(db.reader())
    .await?;
    let is_owned = rows.iter().any(|(kind, _)| kind != "secondStep");
    if !is_owned {
        return Ok(Vec::new());
    }
    let mut mailboxes = Vec::new();
    for (_, address) in &rows {
        let mailbox = Folded::address(address);
        if !mailboxes.contains(&mailbox) {
            mailboxes.push(mailbox);
        }
    }
    mailboxes.truncate(MOST_MAILBOXES);
    Ok(mailboxes)
}

/// Whether the account is known by this address still, which somebody read mail at: `Error::JourneyOver` where it has another
/// one meanwhile (security R11). Said behind `account::lets_in`, for which whoever would change it waits.
pub fn is_known_by(tenant: &TenantId, account: &AccountId, address: &Folded) -> Statement {
    Statement::new(
        "UPDATE accounts SET method = method
         WHERE tenant_id = $1 AND id = $2 AND EXISTS
           (SELECT 1 FROM identities WHERE tenant_id = $1 AND account_id = $2 AND sign_in_type = $3 AND folded = $4)",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(EMAIL_ADDRESS)
    .bind(address.as_str())
    .or(Error::JourneyOver)
}

/// The same of whoever is known by a user name, and was reached at this address.
pub async fn is_reached_at(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    address: &Folded,
) -> Result<()> {
    let addresses: Vec<String> = sqlx::query_scalar(
        "SELECT address FROM addresses
         WHERE tenant_id = $1 AND account_id = $2 AND kind IN ('contact', 'signIn') AND verified_at IS NOT NULL",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(c)
    .await?;
    match addresses.iter().any(|known| Folded::address(known) == *address) {
        true => Ok(()),
        false => Err(Error::JourneyOver),
    }
}

/// The name becomes the account's; nobody else in the tenant can have it.
pub(super) async fn insert_name(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    new: &NewName,
    now: Timestamp,
) -> Result<()> {
    let (name, address, kind, verified_at) = match new {
        NewName::Proved(address) => (address, Some(address), "signIn", Some(now)),
        NewName::AsTyped(address) => (address, Some(address), "signIn", None),
        NewName::UserName(name, contact) => (name, contact.as_ref(), "contact", Some(now)),
    };
    let folded = Folded::address(name);
    sqlx::query(
        "INSERT INTO identities (tenant_id, sign_in_type, issuer, folded, issuer_assigned_id, account_id)
         VALUES ($1, $2, $1, $3, $4, $5)",
    )
    .bind(tenant.as_str())
    .bind(folded.sign_in_type())
    .bind(folded.as_str())
    .bind(name)
    .bind(account.as_str())
    .execute(&mut *c)
    .await
    .map_err(taken)?;
    match address {
        Some(address) => insert_address(c, tenant, account, kind, address, verified_at).await,
        None => Ok(()),
    }
}

pub(super) async fn insert_address(
    c: &mut AnyConnection,
    tenant: &TenantId,
    account: &AccountId,
    kind: &str,
    address: &str,
    verified_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO addresses (tenant_id, account_id, kind, address, verified_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(kind)
    .bind(address)
    .bind(verified_at.map(|at| at.0))
    .execute(c)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;
    use sqlx::Row as _;

    #[tokio::test]
    async fn r39_who_is_asked_for_by_their_id_is_found_by_it() {
        let folder = Folder::new();
        let db = Db::open(&folder.database_url()).await.unwrap();
        db.migrate().await.unwrap();
        let plan = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", BY_ACCOUNT.as_str())));
        let plan = plan.fetch_all(db.reader()).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get(3)).collect();
        assert!(plan.iter().any(|line| line.contains("identities_of_account")), "{plan:?}");
    }

    #[test]
    fn names_that_look_alike_are_one_name() {
        let plain = Folded::address("ada@bücher.example");
        for same in
            ["Ada@Bücher.example", " ada@xn--bcher-kva.example", "ａｄａ@bücher．example", "ADA@BU\u{308}CHER.EXAMPLE."]
        {
            assert_eq!(Folded::address(same), plain, "{same}");
        }
        assert_ne!(Folded::address("a.da@bücher.example"), plain);
    }
}
