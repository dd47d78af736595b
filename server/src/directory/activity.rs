//! What happened, written in the transaction in which it happened.

use super::{Db, Statement, clause::Clause};
use crate::error::Result;
use app::contract::{
    id::{AccountId, ApplicationId, TenantId, UserFlowId},
    time::Timestamp,
};

#[derive(Clone, PartialEq, Debug)]
pub struct Activity {
    pub id: String,
    pub at: Timestamp,
    pub kind: Kind,
    pub account: Option<AccountId>,
    pub application: Option<ApplicationId>,
    pub user_flow: Option<UserFlowId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    SignedUp,
    SignedIn,
    SignedOut,
    Recovered,
    ProfileEdited,
    /// A used refresh token came back: its family was revoked.
    RefreshTokenReused,
    /// A used code came back: what was issued from it was revoked.
    CodeReused,
}

const KINDS: [(Kind, &str); 7] = [
    (Kind::SignedUp, "signedUp"),
    (Kind::SignedIn, "signedIn"),
    (Kind::SignedOut, "signedOut"),
    (Kind::Recovered, "recovered"),
    (Kind::ProfileEdited, "profileEdited"),
    (Kind::RefreshTokenReused, "refreshTokenReused"),
    (Kind::CodeReused, "codeReused"),
];

impl Kind {
    pub fn as_str(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

pub fn insert(tenant: &TenantId, activity: &Activity) -> Statement {
    Statement::new(
        "INSERT INTO activities (tenant_id, id, at, kind, account_id, application_id, user_flow_id, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '')",
    )
    .bind(tenant.as_str())
    .bind(&activity.id)
    .bind(activity.at.0)
    .bind(activity.kind.as_str())
    .bind(activity.account.as_ref().map(AccountId::as_str))
    .bind(activity.application.as_ref().map(ApplicationId::as_str))
    .bind(activity.user_flow.as_ref().map(UserFlowId::as_str))
}

type Row = (String, i64, String, Option<String>, Option<String>, Option<String>);

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub since: Option<Timestamp>,
    pub before: Option<Timestamp>,
    /// Of one of these people. Nobody is one of none.
    pub accounts: Option<Vec<String>>,
    pub application: Option<String>,
    pub kind: Option<String>,
    /// Zero of what went well.
    pub error_code: Option<i64>,
    /// When and which was the last one of the page before.
    pub after: Option<(i64, String)>,
}

impl Wanted {
    /// What is walked by time. Of a few people their own rows are: with the bare column the index by time would lead, past what
    /// all the others did since.
    pub(super) fn walked(&self, column: &'static str, aside: &'static str) -> &'static str {
        if self.accounts.is_some() { aside } else { column }
    }
}

/// Newest first.
pub async fn list(db: &Db, tenant: &TenantId, limit: i64) -> Result<Vec<Activity>> {
    list_wanted(db, tenant, &Wanted::default(), limit).await
}

pub async fn list_wanted(db: &Db, tenant: &TenantId, wanted: &Wanted, limit: i64) -> Result<Vec<Activity>> {
    let rows: Vec<Row> = asked(tenant, wanted, limit).fetch_all(db.reader()).await?;
    Ok(rows.into_iter().filter_map(read).collect())
}

/// What the database is asked.
pub fn asked(tenant: &TenantId, wanted: &Wanted, limit: i64) -> Clause {
    let time = wanted.walked("at", "at + 0");
    let mut clause = Clause::new("SELECT id, at, kind, account_id, application_id, user_flow_id FROM activities");
    clause.say(" WHERE tenant_id = ").bind(tenant.as_str());
    if let Some(since) = wanted.since {
        clause.say(" AND ").say(time).say(" >= ").bind(since.0);
    }
    if let Some(before) = wanted.before {
        clause.say(" AND ").say(time).say(" < ").bind(before.0);
    }
    if let Some(accounts) = &wanted.accounts {
        clause.say(" AND account_id IN ").bind_list(accounts);
    }
    if let Some(application) = &wanted.application {
        clause.say(" AND application_id = ").bind(application.as_str());
    }
    if let Some(kind) = &wanted.kind {
        clause.say(" AND kind = ").bind(kind.as_str());
    }
    if let Some((at, id)) = &wanted.after {
        clause.say(" AND (").say(time).say(" < ").bind(*at).say(" OR (").say(time).say(" = ").bind(*at);
        clause.say(" AND id > ").bind(id.as_str()).say("))");
    }
    clause.say(" ORDER BY ").say(time).say(" DESC, id LIMIT ").bind(limit);
    clause
}

/// When somebody last signed in, which whoever signs up does as well. Asked of the person's own rows: with `at` alone the
/// index by time would lead, past what all the others did since.
pub async fn last_sign_in(db: &Db, tenant: &TenantId, account: &AccountId) -> Result<Option<Timestamp>> {
    let (at,): (i64,) = sqlx::query_as(
        "SELECT CAST(COALESCE(MAX(at + 0), -1) AS BIGINT) FROM activities
         WHERE tenant_id = $1 AND account_id = $2 AND kind IN ('signedIn', 'signedUp')",
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_one(db.reader())
    .await?;
    Ok((at >= 0).then_some(Timestamp(at)))
}

fn read((id, at, kind, account, application, user_flow): Row) -> Option<Activity> {
    let (kind, _) = KINDS.into_iter().find(|(_, word)| *word == kind)?;
    Some(Activity {
        id,
        at: Timestamp(at),
        kind,
        account: account.map(AccountId::from),
        application: application.map(ApplicationId::from),
        user_flow: user_flow.map(UserFlowId::from),
    })
}
