//! What the engine asks of the hands: one arm per Effect, one Event back.

use super::{
    account::{NewPassword, make_account, replace_password},
    counted::{
        Asker, Behind, asker, count_unproved, count_wrong, failure, failure_from, find_within, forgive, guesser,
        guesses, network, post_counted, refuse_beyond,
    },
    second_step,
    visit::Visit,
    whose::whose,
};
use crate::{
    administration::is_home,
    directory::{
        Durability, Unit, account,
        application::Application,
        counter::{self, Asked, Spent},
        guess,
        identity::{self, Folded, Known},
        outbox,
        sign_in_failure::Why,
        tenant::{self, Tenant},
    },
    error::Result,
    journey::{Account, Effect, Event, Profile, SecondFactor, Verdict, limits},
    mail::compose::{Letter, Mail, compose},
    post,
    secret::{password::Verified, popular, seal::Purpose, token},
    state::AppState,
};
use app::contract::{
    id::{AccountId, TenantId},
    journey::is_address,
    secret::Secret,
    time::Timestamp,
    validate::Why as NotGood,
};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

pub async fn perform(state: &AppState, visit: &Visit, unit: &mut Unit, effect: Effect) -> Result<Event> {
    match effect {
        Effect::FindAccount { address } => find_account(state, visit, &address).await,
        Effect::FindName { user_name } => find_name(state, visit, &user_name).await,
        Effect::ReadProfile { account } => read_profile(state, visit, &account).await,
        Effect::SendCode { address, .. } => send_code(state, visit, unit, &address).await,
        Effect::CheckCode { code, hash } => Ok(Event::CodeChecked(token::keyed_hash_is(
            &state.seal,
            Purpose::Code,
            &code_of(visit, &code),
            hash.reveal(),
        ))),
        Effect::CheckPassword { address, password } => check_password(state, visit, unit, &address, password).await,
        Effect::CheckSecondFactor { account, code } => {
            second_step::check_second_factor(state, visit, unit, &account, &code).await
        }
        Effect::HashPassword { password, address } => hash_password(state, visit, &password, &address).await,
        Effect::FindKnown { account } => second_step::find_known(state, visit, &account).await,
        Effect::SendSecondCode { account, to } => second_step::send_code(state, visit, unit, &account, &to).await,
        Effect::SendEnrolmentCode { to, own } => {
            second_step::send_enrolment_code(state, visit, unit, &to, own.as_deref()).await
        }
        Effect::CheckSecondCode { account, code, hash } => {
            second_step::check_code(state, visit, unit, &account, &code, &hash).await
        }
        Effect::KeepSecondAddress { account, to } => second_step::keep_address(state, visit, unit, &account, &to).await,
        Effect::ReplacePassword { account, password, proved, temporary_since } => {
            let new = NewPassword { account: &account, hash: password, temporary_since, proved: &proved };
            replace_password(state, visit, unit, new).await?;
            Ok(Event::PasswordReplaced)
        }
        Effect::MakeAccount { address, reached, password, attributes } => {
            if !reached.is_proved() {
                count_unproved(state, visit).await?;
            }
            Ok(Event::AccountMade(make_account(state, visit, unit, address, reached, password, attributes)))
        }
    }
}

async fn find_account(state: &AppState, visit: &Visit, address: &str) -> Result<Event> {
    let known = identity::find_by_name(&state.db, &visit.tenant.id, &Folded::address(address)).await?;
    Ok(Event::AccountFound(known.map(|known| account_of(state, visit, known, Some(address)))))
}

/// A user name that is taken has to be told.
async fn find_name(state: &AppState, visit: &Visit, user_name: &str) -> Result<Event> {
    Ok(Event::NameFound(whose(state, visit.asking(), user_name, true).await?.is_some()))
}

async fn read_profile(state: &AppState, visit: &Visit, account: &AccountId) -> Result<Event> {
    let profile = account::enabled_profile(&state.db, &visit.tenant.id, account).await?;
    let contact = contact(state, visit).await?;
    let second = visit.journey.stage.second_address().map(str::to_owned);
    Ok(Event::ProfileRead(profile.map(|it| Profile { contact, second, attributes: it.attributes })))
}

/// Where mail was read, whichever address the directory names by now (security R11).
async fn contact(state: &AppState, visit: &Visit) -> Result<Option<String>> {
    let stage = &visit.journey.stage;
    match (stage.mailbox(), stage.address().map(Folded::address)) {
        (Some(mailbox), _) => Ok(Some(mailbox.to_owned())),
        (None, Some(name)) if !is_address(name.as_str()) => {
            let known = identity::find_by_name(&state.db, &visit.tenant.id, &name).await?;
            Ok(known.and_then(|known| known.mailbox))
        }
        (None, _) => Ok(None),
    }
}

/// `read` is the name whose mailbox was read in this journey, if one was.
pub fn account_of(state: &AppState, visit: &Visit, known: Known, read: Option<&str>) -> Account {
    // Administrators have a second factor, but on a developer's own machine (security R37).
    let wanted = is_home(&visit.tenant.id) && !state.config.is_development();
    let second_factor = match known.has_second_factor {
        true => SecondFactor::Enrolled,
        false if wanted => SecondFactor::Missing,
        false => SecondFactor::NotWanted,
    };
    Account {
        id: known.account,
        method: known.method,
        disabled: known.disabled_at.is_some(),
        temporary_since: known.temporary_since,
        second_factor,
        // What somebody set up who never proved an address is nothing to whoever proves it (security R12).
        second_address: known.second_address.filter(|_| read.is_none() || known.mailbox.is_some()),
        mailbox: read
            .filter(|name| is_address(name))
            .or(known.mailbox.as_deref())
            .map(|address| Folded::address(address).as_str().into()),
    }
}

/// A code to whatever address, known or not: counted alike, written alike, sent alike (security R4–R6).
///
/// It goes to the folded address, by which the account is looked up: a name that only looks like somebody's shares their
/// mailbox, or a stranger's code would prove the owner's address (security R10). By a user name it goes to its owner's
/// address for resets or, where nobody has the name, nowhere: for either the same is done.
async fn send_code(state: &AppState, visit: &Visit, unit: &mut Unit, address: &str) -> Result<Event> {
    let name = Folded::address(address);
    let known = identity::find_by_name(&state.db, &visit.tenant.id, &name).await?;
    let to = match is_address(name.as_str()) {
        true => Some(name.clone()),
        false => known.as_ref().and_then(|known| known.mailbox.as_deref()).map(Folded::address),
    };
    let asker = asker(state, visit, &name, known.as_ref(), to.as_ref()).await?;
    mail_code(state, visit, unit, asker, to).await
}

/// Where nobody is to be written to, or has been often enough by other names, the same is done.
pub async fn mail_code(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    Asker { told, untold }: Asker,
    to: Option<Folded>,
) -> Result<Event> {
    let told = vec![
        Asked {
            name: "code to address",
            subject: told,
            rule: |past| limits::next_allowed(&limits::SENDS_PER_ADDRESS, past),
        },
        Asked {
            name: "code from network",
            subject: network(state, &visit.caller),
            rule: |past| limits::next_allowed(&limits::SENDS_PER_NETWORK, past),
        },
    ];
    let resend_at = match counter::foresee(&state.db, &visit.tenant.id, &told, visit.now).await? {
        Spent::Refused { until } => return Ok(Event::CodeRefused { resend_at: until }),
        Spent::Allowed { next } => next,
    };
    let behind = counter::foresee(&state.db, &visit.tenant.id, &untold, visit.now).await?;
    let is_held = matches!(behind, Spent::Refused { .. });
    let to = to.filter(|_| !is_held);
    let code = token::code(&state.chance);
    // Nobody types an empty code: guesses at one that is not sent are worth nothing.
    let right = if is_held { Secret::from("") } else { code.clone() };
    let hash = token::keyed_hash(&state.seal, Purpose::Code, &code_of(visit, &right));
    let lifetime = limits::CODE.lifetime;
    let minutes = u32::try_from(lifetime.as_secs() / 60).unwrap_or(u32::MAX);
    let mail = Mail::Code { code, application: visit.application.name.clone(), minutes };
    let letter = compose(&mail, to.as_ref().map_or("", Folded::as_str), &visit.tenant.brand, &visit.texts);
    let letter = post::sealed(state, &visit.tenant.id, &letter, visit.now + lifetime)?;
    post_counted(unit, visit, told, Behind { untold, is_held }, letter);
    Ok(Event::CodeSent { hash: hash.into(), resend_at, to: to.map(|to| to.as_str().to_owned()) })
}

/// The letter goes into the outbox with everything else that this answer changes, or not at all.
pub fn write(state: &AppState, visit: &Visit, unit: &mut Unit, letter: &Letter, expires_at: Timestamp) -> Result<()> {
    let waiting = post::sealed(state, &visit.tenant.id, letter, expires_at)?;
    unit.post(outbox::insert(&visit.tenant.id, &waiting, visit.now));
    Ok(())
}

/// A code is worth something in its own journey only (security R3).
pub fn code_of<'a>(visit: &'a Visit, code: &'a Secret) -> [&'a [u8]; 3] {
    [visit.tenant.id.as_str().as_bytes(), visit.row.id.as_str().as_bytes(), code.reveal().as_bytes()]
}

async fn check_password(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    address: &str,
    password: Secret,
) -> Result<Event> {
    let tenant = &visit.tenant.id;
    let network = failure_from(state, &visit.caller);
    let folded = Folded::address(address);
    let known = find_within(state, tenant, &network, &folded, visit.now).await?;
    let guesser = guesser(state, visit, known.as_ref(), &folded).await?;
    let among_foreign = tenant::has_foreign_hashes(&state.db, tenant).await?;
    let rule = guesses(visit);
    let may_guess = guess::reserve(&state.db, tenant, &guesser, rule, visit.now).await?;
    // Held or unknown, the same work is done, so that neither answer nor time tells which (security R1, R5).
    let stored = known.as_ref().and_then(|known| known.password.as_ref()).filter(|_| may_guess);
    // Judged and counted at once, and told when it is time: to wait before would hold the count back (security R2), and no
    // wrong answer comes earlier than another (security R5).
    let told_at = Instant::now() + if among_foreign { state.hasher.wrong_after() } else { Duration::ZERO };
    let counted_as = may_guess.then_some(guesser.as_str());
    let verified = verify(state, tenant, &password, stored, counted_as).await?;
    let why = match &known {
        _ if !may_guess => Why::Held,
        Some(known) if verified != Verified::Wrong && known.disabled_at.is_some() => Why::SwitchedOff,
        _ => Why::WrongPassword,
    };
    let tried = known.as_ref().map(|known| known.account.clone());
    let Some(known) = known.filter(|known| verified != Verified::Wrong && known.disabled_at.is_none()) else {
        let failure = failure(state, &visit.asking(), tried, why);
        let counted = count_wrong(state, visit, network, failure, counted_as, &password).await;
        sleep_until(told_at).await;
        return counted.map(|()| Event::PasswordChecked(Verdict::Wrong));
    };
    // All of a burst come in before the first is counted; what comes out beyond the limit is told nothing (security R2), not
    // even by its time.
    let allowed_at = counter::next_allowed(&state.db, tenant, &network, visit.now).await?;
    if allowed_at > visit.now {
        sleep_until(told_at).await;
    }
    refuse_beyond(allowed_at, visit.now)?;
    if let Some(judged) = &known.password {
        hold_to(unit, visit, &known.account, judged);
    }
    forgive(unit, visit, &guesser);
    if let (Verified::RightButWeak, Some(before)) = (verified, &known.password) {
        strengthen(unit, visit, &known.account, before, &state.hasher.hash(&password).await?);
    }
    Ok(Event::PasswordChecked(Verdict::Right(account_of(state, visit, known, None))))
}

/// A server that was too busy to look must not close an account to its owner.
async fn verify(
    state: &AppState,
    tenant: &TenantId,
    password: &Secret,
    stored: Option<&Secret>,
    counted_as: Option<&str>,
) -> Result<Verified> {
    let verified = state.hasher.verify(password, stored).await;
    if let (Err(_), Some(guesser)) = (&verified, counted_as) {
        guess::give_back(&state.db, tenant, guesser).await?;
    }
    verified
}

/// A password that is reset while it is judged opens nothing.
fn hold_to(unit: &mut Unit, visit: &Visit, account: &AccountId, judged: &Secret) {
    unit.say(Durability::Fleeting, account::still_has(&visit.tenant.id, account, judged));
}

fn strengthen(unit: &mut Unit, visit: &Visit, account: &AccountId, before: &Secret, after: &Secret) {
    unit.say(Durability::Lasting, account::rehash(&visit.tenant.id, account, before, after));
}

/// What only the server knows of a new password: whether it is among the first that everybody tries.
async fn hash_password(state: &AppState, visit: &Visit, password: &Secret, address: &str) -> Result<Event> {
    if let Some(why) = judge_password(&visit.tenant, &visit.application, password, address) {
        return Ok(Event::PasswordHashed(Err(why)));
    }
    Ok(Event::PasswordHashed(Ok(state.hasher.hash(password).await?)))
}

pub fn judge_password(tenant: &Tenant, application: &Application, password: &Secret, address: &str) -> Option<NotGood> {
    let local_part = address.split('@').next().unwrap_or(address);
    popular::judge(password, &[local_part, &tenant.name, &application.name])
}
