//! How a journey ends: account, session, grant and activity are written together, or not at all.

use super::{
    account::{NewPassword, edit_profile, make_account, prove_address, replace_password},
    counted::acquaintance,
    hold::{hold, hold_to_second_step},
    visit::Visit,
};
use crate::{
    administration::{LONGEST_SESSION, REST_MINUTES, enrolment, is_home},
    cookie::{self, Cookie, Keep},
    directory::{
        Durability, Unit, account,
        activity::{self, Activity, Kind},
        device, grant, guess,
        session::{self, Begun, LONGEST, Session},
    },
    error::{Error, Result},
    journey::{Came, Entered, Outcome, Proof, assurance},
    secret::token::Token,
    session_state,
    state::AppState,
};
use app::contract::{flow_rules::SessionLifetime, id::AccountId};
use axum::http::{HeaderMap, HeaderValue};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Where the browser goes from here, and the cookies that go with it.
pub struct Finished {
    pub location: String,
    pub cookies: Vec<HeaderValue>,
}

/// Adds everything that follows from the outcome to the unit.
pub async fn finish(state: &AppState, visit: &Visit, unit: &mut Unit, outcome: Outcome) -> Result<Finished> {
    let must_enrol = match &outcome {
        Outcome::MustEnrol { account, .. } | Outcome::Recovered { account, must_enrol: true, .. } => {
            Some(account.clone())
        }
        _ => None,
    };
    let cookies = conclude_by(state, visit, unit, outcome).await?;
    let location = match must_enrol {
        Some(account) => enrolment::offer(state, unit, &account, visit.now),
        None => visit.resume(),
    };
    Ok(Finished { location, cookies })
}

async fn conclude_by(state: &AppState, visit: &Visit, unit: &mut Unit, outcome: Outcome) -> Result<Vec<HeaderValue>> {
    match outcome {
        Outcome::SignedIn { account, proved, keep, came } => {
            let_in(state, visit, unit, &account, &proved, came).await?;
            // A new password, or account, was noted when it was written.
            if matches!(came, Came::Now | Came::Before { .. }) {
                note(state, visit, unit, Kind::SignedIn, Some(&account));
            }
            let is_new = matches!(came, Came::New { .. });
            sign_in(state, visit, unit, account, &proved, keep, is_new)
        }
        Outcome::SignedUp { address, reached, password, attributes, proved, keep } => {
            let id = make_account(state, visit, unit, address, reached, password, attributes);
            sign_in(state, visit, unit, id, &proved, keep, true)
        }
        Outcome::Recovered { account, password, proved, temporary_since, must_enrol } => {
            let new = NewPassword { account: &account, hash: password, temporary_since, proved: &proved };
            replace_password(state, visit, unit, new).await?;
            if must_enrol {
                return Ok(Vec::new());
            }
            sign_in(state, visit, unit, account, &proved, false, false)
        }
        Outcome::ContinuedAs { account } => {
            note(state, visit, unit, Kind::SignedIn, Some(&account));
            go_on(state, visit, unit, &account).await
        }
        Outcome::ProfileEdited { account, attributes, by } => {
            if let Entered::Now { proved, came, .. } = &by {
                let_in(state, visit, unit, &account, proved, *came).await?;
            }
            edit_profile(visit, unit, &account, attributes);
            note(state, visit, unit, Kind::ProfileEdited, Some(&account));
            match by {
                Entered::Before => go_on(state, visit, unit, &account).await,
                Entered::Now { proved, keep, .. } => sign_in(state, visit, unit, account, &proved, keep, false),
            }
        }
        Outcome::MustEnrol { account, proved } => {
            hold(visit, unit, &account, &proved, Came::Now);
            Ok(Vec::new())
        }
        Outcome::ForgotPassword => {
            conclude_with(visit, unit, &grant::Outcome::ForgotPassword)?;
            Ok(Vec::new())
        }
        Outcome::Cancelled => {
            conclude_with(visit, unit, &grant::Outcome::Cancelled)?;
            Ok(Vec::new())
        }
    }
}

/// Whoever had an account before gets in by it, as long as what they showed still counts.
async fn let_in(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    proved: &[Proof],
    came: Came,
) -> Result<()> {
    hold(visit, unit, account, proved, came);
    hold_to_second_step(state, visit, account).await?;
    match came {
        Came::Now => prove_address(visit, unit, account, proved),
        Came::Before { .. } => {
            session_of(state, visit, account).await?;
        }
        // The address was proved with the new password, or the account.
        Came::Renewed { .. } | Came::New { .. } => {}
    }
    Ok(())
}

/// With the session that this browser had before.
async fn go_on(state: &AppState, visit: &Visit, unit: &mut Unit, account: &AccountId) -> Result<Vec<HeaderValue>> {
    let session = session_of(state, visit, account).await?;
    unit.say(Durability::Fleeting, account::lets_in(&visit.tenant.id, account, &visit.row.id, Some(visit.now)));
    conclude(visit, unit, &session, false)?;
    Ok(Vec::new())
}

async fn session_of(state: &AppState, visit: &Visit, account: &AccountId) -> Result<Session> {
    let hash = visit.holder.session(&visit.tenant.id, visit.https).ok_or(Error::JourneyOver)?;
    let session = session::find(&state.db, &visit.tenant.id, &hash, visit.now).await?;
    session.filter(|session| session.account == *account).ok_or(Error::JourneyOver)
}

/// How long somebody stays signed in.
struct Stay {
    /// Of rest.
    minutes: u32,
    longest: Duration,
    keep: bool,
}

/// By the rules of the flow. Administrators stay no longer than that, however much they wish it (security R19).
fn stay(visit: &Visit, keep: bool) -> Stay {
    let rules = &visit.flow.rules.sessions;
    let longest = match rules.lifetime {
        _ if keep => DAY * rules.kept_days.into(),
        SessionLifetime::Rolling => LONGEST,
        SessionLifetime::Absolute => Duration::from_secs(60 * u64::from(rules.minutes)),
    };
    match is_home(&visit.tenant.id) {
        true => Stay { minutes: rules.minutes.min(REST_MINUTES), longest: longest.min(LONGEST_SESSION), keep: false },
        false => Stay { minutes: rules.minutes, longest, keep },
    }
}

/// A new session with a new secret; the one that this browser had before ends (security R19).
fn sign_in(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: AccountId,
    proved: &[Proof],
    keep: bool,
    new_account: bool,
) -> Result<Vec<HeaderValue>> {
    let secret = Token::random(&state.chance);
    let Stay { minutes, longest, keep } = stay(visit, keep);
    let begun = Begun {
        scope: visit.flow.rules.sessions.scope,
        application: Some(visit.application.id.clone()),
        user_flow: Some(visit.flow.id.clone()),
        expires_at: visit.now + longest,
        minutes,
        kept: keep,
    };
    let session = Session {
        id: state.chance.id().into(),
        hash: secret.hash(),
        account: account.clone(),
        amr: assurance::amr(proved).into_iter().map(str::to_owned).collect(),
        signed_in_at: visit.now,
        seen_at: visit.now,
        expires_at: begun.expires_at,
        kept_at: keep.then_some(visit.now),
        language: visit.journey.language.clone(),
        idle: begun.idle(),
        begun: vec![begun],
    };
    match visit.holder.session(&visit.tenant.id, visit.https) {
        None => unit.say(Durability::Lasting, session::insert(&visit.tenant.id, &session)?),
        Some(before) => {
            let (written, tenant) = (session.clone(), visit.tenant.id.clone());
            unit.add(Durability::Lasting, move |c| {
                Box::pin(async move { session::replace(c, &tenant, &before, written).await })
            });
        }
    }
    conclude(visit, unit, &session, new_account)?;
    // Whoever has no cookies is not known again by any: their session is told of in tokens alone.
    let Some(cookies) = visit.holder.cookies() else { return Ok(Vec::new()) };
    let new_device = remember_device(state, visit, unit, cookies, account);
    let kept = if keep { Keep::For(longest) } else { Keep::UntilClosed };
    let known_by = session_state::cookie(state, &visit.tenant.id, &session.id);
    let session = Cookie::Session(visit.tenant.id.clone()).set(secret.reveal(), kept, visit.https);
    Ok(new_device.into_iter().chain([session, known_by]).collect())
}

/// From here on the browser is familiar to the account; the cookie by which it is known where it has none yet.
fn remember_device(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    cookies: &HeaderMap,
    account: AccountId,
) -> Option<HeaderValue> {
    let (device, new_device) = cookie::known_or_new(&Cookie::Device, cookies, visit.https, &state.chance);
    unit.say(Durability::Lasting, device::remember(&visit.tenant.id, &account, &device, visit.now));
    // A browser that is new to us has guessed nothing.
    if new_device.is_none() {
        let guesser = acquaintance(state, "password", &account, &device);
        unit.say(Durability::Lasting, guess::forget(&visit.tenant.id, &guesser));
    }
    new_device
}

/// The session, which is written down by now, signs in to the application.
fn conclude(visit: &Visit, unit: &mut Unit, session: &Session, new_account: bool) -> Result<()> {
    let outcome = grant::Outcome::SignedIn {
        account: session.account.clone(),
        session: session.id.clone(),
        amr: session.amr.clone(),
        signed_in_at: session.signed_in_at,
        new_account,
    };
    let (tenant, application) = (&visit.tenant.id, &visit.application.id);
    unit.say(Durability::Fleeting, session::note_application(tenant, &session.id, application));
    conclude_with(visit, unit, &outcome)
}

fn conclude_with(visit: &Visit, unit: &mut Unit, outcome: &grant::Outcome) -> Result<()> {
    unit.say(Durability::Fleeting, grant::conclude(&visit.tenant.id, &visit.row.grant, outcome)?);
    Ok(())
}

pub fn note(state: &AppState, visit: &Visit, unit: &mut Unit, kind: Kind, account: Option<&AccountId>) {
    let activity = Activity {
        id: state.chance.id(),
        at: visit.now,
        kind,
        account: account.cloned(),
        application: Some(visit.application.id.clone()),
        user_flow: Some(visit.flow.id.clone()),
    };
    unit.say(Durability::Lasting, activity::insert(&visit.tenant.id, &activity));
}
