//! What the engine asks of the hands for a second step: codes to the address that an account keeps for it, that address, and
//! the codes of an authenticator app.

use super::{
    account::tell_owner,
    counted::{Asker, acquaintance, asker, failure, forgive, guesses, second_step_guesser, subject},
    hold::hold,
    perform,
    visit::Visit,
};
use crate::{
    directory::{
        Durability, Unit, device, guess,
        identity::{self, Folded},
        second_address, second_factor,
        sign_in_failure::{self, Why},
    },
    error::{Error, Result},
    journey::{Came, Event, Stage},
    mail::compose::Mail,
    secret::{seal::Purpose, token, totp},
    state::AppState,
};
use app::contract::{id::AccountId, secret::Secret, user_flow::Method};
use zeroize::Zeroizing;

pub async fn find_known(state: &AppState, visit: &Visit, account: &AccountId) -> Result<Event> {
    let known = identity::find_by_account(&state.db, &visit.tenant.id, account).await?;
    Ok(Event::AccountFound(known.map(|known| perform::account_of(state, visit, known, None))))
}

/// Counted under the account: strangers who ask for codes to the same address use none of them up. Whoever else knows the first
/// proof uses up none of a browser from which it was signed in to before (security R3).
pub async fn send_code(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    to: &str,
) -> Result<Event> {
    let asker = match visit.holder.device(visit.https) {
        Some(device) if device::is_familiar(&state.db, &visit.tenant.id, account, &device).await? => {
            acquaintance(state, "second code", account, &device)
        }
        _ => subject(state, &["second code", account.as_str()]),
    };
    perform::mail_code(state, visit, unit, Asker::alone(asker), Some(Folded::address(to))).await
}

pub async fn send_enrolment_code(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    to: &str,
    own: Option<&str>,
) -> Result<Event> {
    let to = Folded::address(to);
    if let (Some(own), Stage::SecondStep { entering, .. }) = (own, &visit.journey.stage) {
        let (tenant, account) = (&visit.tenant.id, &entering.account);
        if Folded::address(own) == to || second_address::is_another(&state.db, tenant, account, &to).await? {
            return Ok(Event::IsOwnAddress);
        }
    }
    let asker = asker(state, visit, &to, None, Some(&to)).await?;
    perform::mail_code(state, visit, unit, asker, Some(to)).await
}

pub async fn check_code(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    code: &Secret,
    hash: &Secret,
) -> Result<Event> {
    let is_right =
        async { Ok(token::keyed_hash_is(&state.seal, Purpose::Code, &perform::code_of(visit, code), hash.reveal())) };
    Ok(Event::CodeChecked(counted(state, visit, unit, account, is_right).await?))
}

/// What is right is used up before anything else is done.
pub async fn check_second_factor(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    code: &Secret,
) -> Result<Event> {
    let (db, tenant) = (&state.db, &visit.tenant.id);
    let is_right = async {
        let Some(kept) = second_factor::find(db, tenant, account).await? else { return Ok(false) };
        let secret = Zeroizing::new(state.seal.open(&second_factor::context(tenant, account), &kept.sealed)?);
        match totp::step_of(&secret, code.reveal(), kept.last_step, visit.now) {
            Some(step) => second_factor::use_step(db, tenant, account, step).await,
            None => {
                let hash = totp::recovery_hash(&state.seal, account.as_str(), code);
                second_factor::use_recovery_code(db, tenant, account, &hash).await
            }
        }
    };
    Ok(Event::SecondFactorChecked(counted(state, visit, unit, account, is_right).await?))
}

/// Counted as a guess at the account, whichever journey it comes from, before anybody looks whether it is right.
async fn counted(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    is_right: impl Future<Output = Result<bool>>,
) -> Result<bool> {
    let (db, tenant) = (&state.db, &visit.tenant.id);
    let guesser = second_step_guesser(state, account);
    if !guess::reserve(db, tenant, &guesser, guesses(visit), visit.now).await? {
        return Ok(false);
    }
    if is_right.await? {
        forgive(unit, visit, &guesser);
        return Ok(true);
    }
    let (tenant, failure) = (tenant.clone(), failure(state, &visit.asking(), Some(account.clone()), Why::SecondFactor));
    let noted = db.write(Durability::Fleeting, move |c| {
        Box::pin(async move { sign_in_failure::note(c, &tenant, &failure).await })
    });
    noted.await?;
    Ok(false)
}

/// Its owner is told by mail, unless the account was made just now (security R18).
pub async fn keep_address(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    to: &str,
) -> Result<Event> {
    let Stage::SecondStep { entering, .. } = &visit.journey.stage else { return Err(Error::JourneyOver) };
    hold(visit, unit, account, &entering.proved, entering.came);
    let first = entering.mailbox.as_deref().filter(|_| entering.method == Method::Passcode).map(Folded::address);
    let (tenant, id, address, now) = (visit.tenant.id.clone(), account.clone(), Folded::address(to), visit.now);
    unit.add(Durability::Lasting, move |c| {
        Box::pin(async move { second_address::keep(c, &tenant, &id, &address, first.as_ref(), now).await })
    });
    if !matches!(entering.came, Came::New { .. }) {
        let mail = Mail::SecondStepChanged { application: visit.application.name.clone() };
        tell_owner(state, visit, unit, account, None, &mail).await?;
    }
    Ok(Event::SecondAddressKept)
}
