//! What is counted so that nobody tries for ever: guesses under their account, codes under their address, failures under their
//! network; and how a failed sign-in is noted.

use super::visit::Visit;
use crate::{
    directory::{
        Durability, Unit,
        counter::{self, Asked, Spent},
        device,
        guess::{self, Rule},
        identity::{self, Folded, Known},
        outbox::{self, Waiting},
        sign_in_failure::{self, Failure, Why},
    },
    error::{Error, Result},
    guard::{Caller, network_of},
    journey::limits,
    secret::{seal::Purpose, token},
    state::AppState,
};
use app::contract::{
    id::{AccountId, ApplicationId, TenantId, UserFlowId},
    secret::Secret,
    time::Timestamp,
};
use std::{net::IpAddr, time::Duration};

/// Where somebody shows a name or a proof, and from where.
pub struct Asking<'a> {
    pub tenant: &'a TenantId,
    pub application: &'a ApplicationId,
    pub user_flow: &'a UserFlowId,
    pub caller: &'a Caller,
}

pub fn failure(state: &AppState, asking: &Asking<'_>, account: Option<AccountId>, why: Why) -> Failure {
    Failure {
        id: state.chance.id(),
        first_at: state.clock.now(),
        network: network_in_words(asking.caller),
        account,
        application: asking.application.clone(),
        user_flow: asking.user_flow.clone(),
        code: why.code(),
        times: 1,
    }
}

fn network_in_words(caller: &Caller) -> String {
    match network_of(caller.address) {
        IpAddr::V4(network) => format!("{network}/24"),
        IpAddr::V6(network) => format!("{network}/56"),
    }
}

/// What nobody is told as a failure of somebody's is counted and not noted.
pub async fn count_failure(
    state: &AppState,
    tenant: &TenantId,
    network: Asked,
    failure: Option<Failure>,
    now: Timestamp,
) -> Result<()> {
    let tenant = tenant.clone();
    let spend = state.db.write(Durability::Fleeting, move |c| {
        Box::pin(async move {
            let spent = counter::spend(c, &tenant, &[network], now).await?;
            if let (Spent::Allowed { .. }, Some(failure)) = (spent, failure) {
                sign_in_failure::note(c, &tenant, &failure).await?;
            }
            Ok(spent)
        })
    });
    match spend.await? {
        Spent::Allowed { .. } => Ok(()),
        Spent::Refused { until } => Err(Error::TooMany { retry_after: now.until(until) }),
    }
}

/// One more account whose address nobody proved: free or taken, it is counted as a failed sign-in is, before anything is
/// made (security R2, R6).
pub async fn count_unproved(state: &AppState, visit: &Visit) -> Result<()> {
    count_failure(state, &visit.tenant.id, failure_from(state, &visit.caller), None, visit.now).await
}

/// Who has the name. Beyond the limit of what is counted nobody is told (security R2).
pub async fn find_within(
    state: &AppState,
    tenant: &TenantId,
    counted: &Asked,
    name: &Folded,
    now: Timestamp,
) -> Result<Option<Known>> {
    let (allowed_at, known) = identity::find_counted(&state.db, tenant, name, counted, now).await?;
    refuse_beyond(allowed_at, now).map(|()| known)
}

pub fn refuse_beyond(allowed_at: Timestamp, now: Timestamp) -> Result<()> {
    match now.until(allowed_at) {
        Duration::ZERO => Ok(()),
        retry_after => Err(Error::TooMany { retry_after }),
    }
}

/// Failed sign-ins, and what is counted as one, from wherever somebody is (security R2).
pub fn failure_from(state: &AppState, caller: &Caller) -> Asked {
    Asked {
        name: "failure from network",
        subject: network(state, caller),
        rule: |past| limits::next_allowed(&limits::FAILURES_PER_NETWORK, past),
    }
}

pub fn network(state: &AppState, caller: &Caller) -> String {
    subject(state, &["network", &network_of(caller.address).to_string()])
}

/// What is behind a name, and whether it had its codes already.
pub struct Behind {
    pub untold: Vec<Asked>,
    pub is_held: bool,
}

/// Counted with the letter, or not at all: of two answers of one page at once, the one that counts has its letter. Of two
/// names of one account at once that ask for the last code, one has it, and `Error::Changed` takes the other's back before
/// anybody guesses at it.
pub fn post_counted(
    unit: &mut Unit,
    visit: &Visit,
    told: Vec<Asked>,
    Behind { untold, is_held }: Behind,
    letter: Waiting,
) {
    let (tenant, now) = (visit.tenant.id.clone(), visit.now);
    unit.post_by(move |c| {
        Box::pin(async move {
            if let Spent::Refused { until } = counter::spend(c, &tenant, &told, now).await? {
                return Err(Error::TooMany { retry_after: now.until(until) });
            }
            match counter::spend(c, &tenant, &untold, now).await? {
                Spent::Refused { .. } if !is_held => Err(Error::Changed),
                _ => outbox::insert(&tenant, &letter, now).run(c).await,
            }
        })
    });
}

/// How many guesses are too many in this flow; those that close a password are no flow's to choose (security R1).
pub fn guesses(visit: &Visit) -> Rule {
    Rule { hold_after: limits::hold_after, lockout: visit.flow.rules.lockout, most: limits::GUESSES }
}

/// Guesses at a password are counted under its account, by whichever of its names it is guessed at; under the name where
/// nobody has it. All strangers together, and apart a browser from which the account was signed in to before, so that they
/// cannot lock its owner out (security R1). The same work is done whoever it is (security R5).
pub async fn guesser(state: &AppState, visit: &Visit, known: Option<&Known>, name: &Folded) -> Result<String> {
    let device = visit.holder.device(visit.https);
    if let Some(device) = device
        && let Some(account) = device::familiar(&state.db, &visit.tenant.id, name, &device).await?
    {
        return Ok(acquaintance(state, "password", &account, &device));
    }
    Ok(known.map_or_else(|| stranger(state, "password", name), |known| strangers_at(state, &known.account)))
}

/// As whom somebody asks for a code.
pub struct Asker {
    /// Counted by what they typed, known or not; they are told when they may ask again.
    pub told: String,
    /// Counted by what is behind the name, and told to nobody: that two names have one budget would tell that one person has
    /// both (security R6). Beyond it everything looks as ever, and no letter goes.
    pub untold: Vec<Asked>,
}

impl Asker {
    /// Whose budget nobody else shares.
    pub fn alone(told: String) -> Asker {
        Asker { told, untold: Vec::new() }
    }
}

/// Codes are counted by name, and behind it by the mailbox that they go to and the account that they open, or else who has
/// many names would get, and could have guessed at, many times the codes (security R3). All strangers together, and apart a
/// browser from which the account was signed in to before, so that strangers cannot use up its owner's codes; but only to a
/// mailbox that is known to be the account's, or else whoever opened it with an address that is not theirs would have as many
/// codes to that as they have browsers. Where nobody has the name, it stands for what would be behind it, and as much is
/// counted.
pub async fn asker(
    state: &AppState,
    visit: &Visit,
    name: &Folded,
    known: Option<&Known>,
    to: Option<&Folded>,
) -> Result<Asker> {
    let mailbox = known.and_then(|known| known.mailbox.as_deref()).map(Folded::address);
    if let Some(device) = visit.holder.device(visit.https)
        && let Some(account) = device::familiar(&state.db, &visit.tenant.id, name, &device).await?
        && mailbox.as_ref() == to
    {
        return Ok(Asker::alone(acquaintance(state, "address", &account, &device)));
    }
    let account = match known {
        Some(known) => subject(state, &["codes of", known.account.as_str()]),
        None => stranger(state, "codes of nobody", name),
    };
    let mailbox = stranger(state, "mailbox", to.unwrap_or(name));
    let untold = vec![behind_names("code to mailbox", mailbox), behind_names("code for account", account)];
    Ok(Asker { told: stranger(state, "address", name), untold })
}

fn behind_names(name: &'static str, subject: String) -> Asked {
    Asked { name, subject, rule: |past| limits::next_allowed(&limits::SENDS_BEHIND_NAMES, past) }
}

fn stranger(state: &AppState, what: &str, address: &Folded) -> String {
    subject(state, &[what, address.as_str()])
}

/// Who guesses at the account's password from a browser that is not familiar.
pub fn strangers_at(state: &AppState, account: &AccountId) -> String {
    subject(state, &["password of", account.as_str()])
}

pub fn acquaintance(state: &AppState, what: &str, account: &AccountId, device: &str) -> String {
    subject(state, &[what, account.as_str(), device])
}

/// Under which name guesses at somebody's second proof are counted.
pub fn second_step_guesser(state: &AppState, account: &AccountId) -> String {
    subject(state, &["second factor", account.as_str()])
}

/// Addresses and networks are counted under keyed hashes: who reads the table learns none of them.
pub fn subject(state: &AppState, parts: &[&str]) -> String {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    token::keyed_hash(&state.seal, Purpose::Limit, &parts)
}

/// What was not counted is not given back: a mistake made again while the password is held opens nothing.
pub async fn count_wrong(
    state: &AppState,
    visit: &Visit,
    network: Asked,
    failure: Failure,
    counted_as: Option<&str>,
    password: &Secret,
) -> Result<()> {
    let tenant = &visit.tenant.id;
    if let Some(guesser) = counted_as {
        remember_mistake(state, tenant, guesser, password).await?;
    }
    count_failure(state, tenant, network, Some(failure), visit.now).await
}

/// Some 32 bits: enough to know the same mistake again, too few to test passwords against (security R1).
pub async fn remember_mistake(state: &AppState, tenant: &TenantId, guesser: &str, password: &Secret) -> Result<()> {
    let mistake = token::keyed_hash(&state.seal, Purpose::Limit, &[guesser.as_bytes(), password.reveal().as_bytes()]);
    guess::remember(&state.db, tenant, guesser, &mistake[..6]).await
}

pub fn forgive(unit: &mut Unit, visit: &Visit, guesser: &str) {
    unit.say(Durability::Fleeting, guess::forget(&visit.tenant.id, guesser));
}
