//! The loop that every face with journeys turns: the engine says what to do, the hands do it, until there is something to
//! show or the journey is over. `perform` does it, `counted` knows what nobody may try for ever, `account` writes what
//! becomes of an account and `finish` how the journey ended, `hold` for whom, `funnel` counts how far people come.

mod account;
mod begin;
mod counted;
mod finish;
mod funnel;
mod hold;
mod holder;
mod page;
mod perform;
mod second_step;
mod visit;
mod whose;

pub use begin::{begin, new_grant};
pub use counted::{
    Asking, count_failure, failure_from, refuse_beyond, remember_mistake, second_step_guesser, strangers_at,
};
pub use holder::{CODE_LIFETIME, Carried, Holder, hand_over, issue_code};
pub use perform::judge_password;
pub use visit::Visit;
pub use whose::whose;

use finish::Finished;
use funnel::Led;

use crate::{
    directory::{self, Durability, Unit},
    error::{Error, Result},
    hearings::Hearing,
    journey::{Event, Journey, Outcome, Turn, advance, show},
    state::AppState,
};
use app::contract::{
    journey::{Answer, Step},
    time::Timestamp,
};
use axum::http::HeaderValue;
use std::{mem, panic};
use tracing::Instrument;

/// What there is to show, and the cookies that go with it.
pub struct Driven {
    pub step: Step,
    pub cookies: Vec<HeaderValue>,
}

pub async fn drive(state: &AppState, visit: &mut Visit, answer: Answer) -> Result<Driven> {
    if visit.row.finished_at.is_some() {
        return Ok(done(visit));
    }
    let before = show(&visit.setting(), &visit.journey, visit.now);
    let mut unit = Unit::new(Durability::Fleeting);
    let mut event = Event::Answered(answer);
    let mut cookies = Vec::new();
    let mut sending = None;
    loop {
        let (journey, turn) = advance(&visit.setting(), visit.journey.clone(), event, visit.now);
        match turn {
            Turn::Do(effect) => {
                if effect.is_counted_first() {
                    match count(state, visit, &journey).await {
                        Ok(()) => {}
                        Err(Error::Stale) => return present(state, visit).await,
                        Err(error) => return Err(error),
                    }
                }
                sending = effect.sends_by_name().then(|| effect.clone());
                event = perform::perform(state, visit, &mut unit, effect).await?;
                visit.journey = journey;
            }
            Turn::Show(step) => {
                save(&mut unit, visit, &journey, None)?;
                match commit(state, &mut unit).await {
                    Ok(()) => {
                        funnel::note(state, visit, &before, Led::To(&step, &journey.said.faults));
                        visit.journey = journey;
                        // A face may go on with what it knows already.
                        visit.row.version += 1;
                        return Ok(Driven { step, cookies });
                    }
                    Err(Error::Stale) => return present(state, visit).await,
                    // Somebody else asked for a code to this address in the same moment.
                    Err(Error::TooMany { retry_after }) => {
                        event = Event::CodeRefused { resend_at: visit.now + retry_after };
                    }
                    // Or for the last code behind another name of theirs, which nobody is told: it is done once more as for
                    // whoever comes later.
                    Err(Error::Changed) => {
                        let effect = sending.take().ok_or(Error::Changed)?;
                        event = perform::perform(state, visit, &mut unit, effect).await?;
                    }
                    // Or signed up by it.
                    Err(Error::Taken) => event = Event::AddressTaken,
                    Err(error) => return Err(error),
                }
            }
            Turn::Finish(outcome) => {
                if signs_up_unproved(&outcome) {
                    counted::count_unproved(state, visit).await?;
                }
                let led = Led::out(&outcome);
                let Finished { location, cookies: set } = finish::finish(state, visit, &mut unit, outcome).await?;
                cookies = set;
                save(&mut unit, visit, &journey, Some(visit.now))?;
                match commit(state, &mut unit).await {
                    Ok(()) => {
                        funnel::note(state, visit, &before, led);
                        visit.row.finished_at = Some(visit.now);
                        return Ok(Driven { step: Step::Done { location }, cookies });
                    }
                    Err(Error::Stale) => return present(state, visit).await,
                    Err(Error::Taken) => {
                        cookies.clear();
                        event = Event::AddressTaken;
                        visit.journey = journey;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

/// A client that is clicked twice gives the first answer up. A code that was counted in it gets its verdict all the same.
/// (Every other answer that is given up stops at once: nobody's password is hashed for somebody who has gone.)
pub async fn to_its_end<T, F>(hearing: Hearing, answer: Answer, work: impl FnOnce(Answer) -> F) -> T
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let is_code = answer.is_code();
    let work = work(answer);
    let work = async move {
        let _hearing = hearing;
        work.await
    };
    if !is_code {
        return work.await;
    }
    match tokio::spawn(work.in_current_span()).await {
        Ok(done) => done,
        // The guard counts panics. Nobody aborts it.
        Err(fault) => panic::resume_unwind(fault.into_panic()),
    }
}

/// An account that nobody has shown an address for: it tells whether the name was free, and takes it from whoever has the
/// mailbox.
fn signs_up_unproved(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::SignedUp { reached, .. } if !reached.is_proved())
}

/// The journey with the guess in it, before anybody looks at the guess.
async fn count(state: &AppState, visit: &mut Visit, journey: &Journey) -> Result<()> {
    let mut unit = Unit::new(Durability::Fleeting);
    save(&mut unit, visit, journey, None)?;
    state.db.commit(unit).await?;
    visit.row.version += 1;
    Ok(())
}

fn save(unit: &mut Unit, visit: &Visit, journey: &Journey, finished_at: Option<Timestamp>) -> Result<()> {
    let (tenant, id, version) = (&visit.tenant.id, &visit.row.id, visit.row.version);
    let body = serde_json::to_string(journey)?;
    unit.say(Durability::Fleeting, directory::journey::save(tenant, id, version, body, finished_at));
    Ok(())
}

/// What follows a commit that fails is a unit of its own.
async fn commit(state: &AppState, unit: &mut Unit) -> Result<()> {
    let unit = mem::replace(unit, Unit::new(Durability::Fleeting));
    let has_letter = unit.has_letter();
    state.db.commit(unit).await?;
    if has_letter {
        state.post.notify_one();
    }
    Ok(())
}

/// Another answer of the same page was first: whatever this one found out is forgotten, and the page shows what is.
async fn present(state: &AppState, visit: &mut Visit) -> Result<Driven> {
    let found = directory::journey::find(&state.db, &visit.tenant.id, &visit.row.id).await?;
    let (row, _) = found.ok_or(Error::JourneyOver)?;
    visit.journey = serde_json::from_str(&row.body)?;
    visit.row = row;
    if visit.row.finished_at.is_some() {
        return Ok(done(visit));
    }
    let step = show(&visit.setting(), &visit.journey, visit.now);
    Ok(Driven { step, cookies: Vec::new() })
}

fn done(visit: &Visit) -> Driven {
    Driven { step: Step::Done { location: visit.resume() }, cookies: Vec::new() }
}
