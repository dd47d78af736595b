//! What the engine asks of the hands for a second step: codes to the address that an account keeps for it, and that address.

use super::{finish, perform, visit::Visit};
use crate::{
    directory::{
        Durability, Unit, account, guess,
        identity::{self, Folded},
        second_address,
        sign_in_failure::{self, Why},
    },
    error::{Error, Result},
    journey::{Came, Event, Stage},
    mail::compose::{Mail, compose},
    post::NOTICE_LIFETIME,
    secret::{seal::Purpose, token},
    state::AppState,
};
use app::contract::{id::AccountId, secret::Secret, user_flow::Method};

pub async fn find_known(state: &AppState, visit: &Visit, account: &AccountId) -> Result<Event> {
    let known = identity::find_by_account(&state.db, &visit.tenant.id, account).await?;
    Ok(Event::AccountFound(known.map(|known| perform::account_of(state, visit, known, None))))
}

/// Counted under the account: strangers who ask for codes to the same address use none of them up.
pub async fn send_code(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    to: &str,
) -> Result<Event> {
    let asker = perform::subject(state, &["second code", account.as_str()]);
    perform::mail_code(state, visit, unit, asker, Some(Folded::address(to))).await
}

pub async fn send_enrolment_code(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    to: &str,
    own: Option<&str>,
) -> Result<Event> {
    let to = Folded::address(to);
    if own.is_some_and(|own| Folded::address(own) == to) {
        return Ok(Event::IsOwnAddress);
    }
    let asker = perform::asker(state, visit, "address", &to).await?;
    perform::mail_code(state, visit, unit, asker, Some(to)).await
}

/// Counted as a guess at the account before it is judged, whichever journey it comes from.
pub async fn check_code(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    code: &Secret,
    hash: &Secret,
) -> Result<Event> {
    let (db, tenant) = (&state.db, &visit.tenant.id);
    let guesser = perform::second_factor_guesser(state, account);
    if !guess::reserve(db, tenant, &guesser, perform::guesses(visit), visit.now).await? {
        return Ok(Event::CodeChecked(false));
    }
    let right = token::keyed_hash_is(&state.seal, Purpose::Code, &perform::code_of(visit, code), hash.reveal());
    if right {
        perform::forgive(unit, visit, guesser);
    } else {
        let (tenant, failure) =
            (tenant.clone(), perform::failure(state, visit, Some(account.clone()), Why::SecondFactor));
        let noted = db.write(Durability::Fleeting, move |c| {
            Box::pin(async move { sign_in_failure::note(c, &tenant, &failure).await })
        });
        noted.await?;
    }
    Ok(Event::CodeChecked(right))
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
    finish::hold(visit, unit, account, &entering.proved, entering.came);
    let first = entering.mailbox.as_deref().filter(|_| entering.method == Method::Passcode).map(Folded::address);
    let (tenant, id, address, now) = (visit.tenant.id.clone(), account.clone(), Folded::address(to), visit.now);
    unit.add(Durability::Lasting, move |c| {
        Box::pin(async move { second_address::keep(c, &tenant, &id, &address, first.as_ref(), now).await })
    });
    if !matches!(entering.came, Came::New { .. }) {
        tell(state, visit, unit, account).await?;
    }
    Ok(Event::SecondAddressKept)
}

async fn tell(state: &AppState, visit: &Visit, unit: &mut Unit, account: &AccountId) -> Result<()> {
    let profile = account::profile(&state.db, &visit.tenant.id, account).await?.ok_or(Error::JourneyOver)?;
    let Some(address) = profile.mailbox() else { return Ok(()) };
    let mail = Mail::SecondStepChanged { application: visit.application.name.clone() };
    let letter = compose(&mail, Folded::address(address).as_str(), &visit.tenant.brand, &visit.texts);
    perform::write(state, visit, unit, &letter, visit.now + NOTICE_LIFETIME)
}
