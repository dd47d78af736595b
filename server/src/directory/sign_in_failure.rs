//! Sign-ins that failed, counted by hour, network and account: who tries a million times leaves a few rows, and of an hour
//! there are never more than `MOST_ROWS` and one.

use super::{Db, activity::Wanted, clause::Clause};
use crate::error::Result;
use app::contract::{
    id::{AccountId, ApplicationId, TenantId, UserFlowId},
    time::Timestamp,
};
use sqlx::AnyConnection;

/// In an hour of a tenant. Beyond them all failures of a kind are counted in one row.
const MOST_ROWS: i64 = 2000;
const HOUR: i64 = 3_600_000;

/// By the word that lists of sign-ins know it under.
pub const EVENT: &str = "signInFailed";

/// Why, as Entra numbers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    WrongPassword,
    /// After too many tries: whatever was typed was not looked at.
    Held,
    SwitchedOff,
    SecondFactor,
    /// An application's own screen asked for somebody who is not there, and was told so.
    Unknown,
}

impl Why {
    pub fn code(self) -> i64 {
        match self {
            Why::WrongPassword => 50126,
            Why::Held => 50053,
            Why::SwitchedOff => 50057,
            Why::SecondFactor => 500_121,
            Why::Unknown => 50034,
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    pub id: String,
    pub first_at: Timestamp,
    /// `203.0.113.0/24`
    pub network: String,
    pub account: Option<AccountId>,
    pub application: ApplicationId,
    pub user_flow: UserFlowId,
    pub code: i64,
    pub times: i64,
}

impl Failure {
    pub fn reason(&self) -> &'static str {
        match self.code {
            50126 => "Invalid username or password.",
            50053 => "The account is locked because somebody tried too often with a wrong password.",
            50057 => "The account is disabled.",
            50034 => "There is no such account.",
            _ => "The second factor was not shown.",
        }
    }
}

/// Begins with a write wherever it is called.
pub async fn note(c: &mut AnyConnection, tenant: &TenantId, failure: &Failure) -> Result<()> {
    let hour = failure.first_at.0.div_euclid(HOUR);
    if count_again(c, tenant, hour, failure).await? {
        return Ok(());
    }
    let (rows,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM sign_in_failures WHERE tenant_id = $1 AND hour = $2 LIMIT $3) f",
    )
    .bind(tenant.as_str())
    .bind(hour)
    .bind(MOST_ROWS)
    .fetch_one(&mut *c)
    .await?;
    let folded;
    let failure = if rows < MOST_ROWS {
        failure
    } else {
        folded = Failure { network: String::new(), account: None, ..failure.clone() };
        &folded
    };
    sqlx::query(
        "INSERT INTO sign_in_failures
           (tenant_id, hour, network, account_id, application_id, error_code, id, user_flow_id, first_at, times)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
         ON CONFLICT (tenant_id, hour, network, account_id, application_id, error_code)
         DO UPDATE SET times = sign_in_failures.times + 1",
    )
    .bind(tenant.as_str())
    .bind(hour)
    .bind(&failure.network)
    .bind(account_word(failure))
    .bind(failure.application.as_str())
    .bind(failure.code)
    .bind(&failure.id)
    .bind(failure.user_flow.as_str())
    .bind(failure.first_at.0)
    .execute(c)
    .await?;
    Ok(())
}

async fn count_again(c: &mut AnyConnection, tenant: &TenantId, hour: i64, failure: &Failure) -> Result<bool> {
    let counted = sqlx::query(
        "UPDATE sign_in_failures SET times = times + 1 WHERE tenant_id = $1 AND hour = $2 AND network = $3
           AND account_id = $4 AND application_id = $5 AND error_code = $6",
    )
    .bind(tenant.as_str())
    .bind(hour)
    .bind(&failure.network)
    .bind(account_word(failure))
    .bind(failure.application.as_str())
    .bind(failure.code)
    .execute(c)
    .await?;
    Ok(counted.rows_affected() == 1)
}

fn account_word(failure: &Failure) -> String {
    failure.account.as_ref().map(ToString::to_string).unwrap_or_default()
}

type Row = (String, i64, String, String, String, String, i64, i64);

/// Newest first; `wanted.kind` is the caller's to look at.
pub async fn list_wanted(db: &Db, tenant: &TenantId, wanted: &Wanted, limit: i64) -> Result<Vec<Failure>> {
    let rows: Vec<Row> = asked(tenant, wanted, limit).fetch_all(db.reader()).await?;
    let read = |(id, first_at, network, account, application, user_flow, code, times): Row| Failure {
        id,
        first_at: Timestamp(first_at),
        network,
        account: (!account.is_empty()).then(|| account.into()),
        application: application.into(),
        user_flow: user_flow.into(),
        code,
        times,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// What the database is asked.
pub fn asked(tenant: &TenantId, wanted: &Wanted, limit: i64) -> Clause {
    let time = wanted.walked("first_at", "first_at + 0");
    let mut clause = Clause::new(
        "SELECT id, first_at, network, account_id, application_id, user_flow_id, error_code, times FROM sign_in_failures",
    );
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
    if let Some(code) = wanted.error_code {
        clause.say(" AND error_code = ").bind(code);
    }
    if let Some((at, id)) = &wanted.after {
        clause.say(" AND (").say(time).say(" < ").bind(*at).say(" OR (").say(time).say(" = ").bind(*at);
        clause.say(" AND id > ").bind(id.as_str()).say("))");
    }
    clause.say(" ORDER BY ").say(time).say(" DESC, id LIMIT ").bind(limit);
    clause
}
