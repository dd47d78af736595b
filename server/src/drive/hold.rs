//! Whom a journey lets in at its end: whoever still is who they showed on its earlier pages that they are.

use super::visit::Visit;
use crate::{
    directory::{
        Durability, Unit, account,
        identity::{self, Folded},
        second_address,
    },
    error::{Error, Result},
    journey::{Came, Proof, Stage},
    state::AppState,
};
use app::contract::{id::AccountId, journey::is_address, time::Timestamp};

/// What was shown on an earlier page is worth something as long as nobody took it back: with a new password, by ending what
/// the account had open, with the account itself, or with the address at which mail was read. (That of a second step is
/// looked at apart.)
pub fn hold(visit: &Visit, unit: &mut Unit, account: &AccountId, proved: &[Proof], came: Came) {
    hold_to_password(visit, unit, account, proved, came);
    let let_in = account::lets_in(&visit.tenant.id, account, &visit.row.id, shown_at(visit, came));
    unit.say(Durability::Fleeting, let_in);
    // What a session of before has shown was not shown in this journey.
    if !matches!(came, Came::Before { .. }) {
        hold_to_address(visit, unit, account, proved);
    }
}

/// Mail was read at an address: whoever has another one since has ended this journey (security R11).
pub fn hold_to_address(visit: &Visit, unit: &mut Unit, account: &AccountId, proved: &[Proof]) {
    if let Some(address) = proved_address(visit, proved) {
        let is_known = identity::is_known_by(&visit.tenant.id, account, &Folded::address(address));
        return unit.say(Durability::Fleeting, is_known);
    }
    if let Some(mailbox) = visit.journey.stage.mailbox().filter(|_| proved.contains(&Proof::Code)) {
        let (tenant, account, mailbox) = (visit.tenant.id.clone(), account.clone(), Folded::address(mailbox));
        unit.add(Durability::Fleeting, move |c| {
            Box::pin(async move { identity::is_reached_at(c, &tenant, &account, &mailbox).await })
        });
    }
}

/// A code of the second step came back: whoever's account keeps another address for it since has shown nothing by that
/// (security R18).
pub async fn hold_to_second_step(state: &AppState, visit: &Visit, account: &AccountId) -> Result<()> {
    let Some(shown) = visit.journey.stage.second_address() else { return Ok(()) };
    let kept = second_address::find(&state.db, &visit.tenant.id, account).await?;
    if kept.as_deref() == Some(shown) { Ok(()) } else { Err(Error::JourneyOver) }
}

/// When they showed who they are, where that is known to be later than the journey's beginning.
fn shown_at(visit: &Visit, came: Came) -> Option<Timestamp> {
    match came {
        Came::Now => is_password_shown_now(visit).then_some(visit.now),
        // By the session of this browser, which is looked for in this very answer.
        Came::Before { .. } => Some(visit.now),
        Came::Renewed { at } | Came::New { at } => Some(at),
    }
}

fn is_password_shown_now(visit: &Visit) -> bool {
    matches!(visit.journey.stage, Stage::Password { .. })
}

/// The password was shown, or chosen, on an earlier page: whoever has a new one since has ended this journey as well.
fn hold_to_password(visit: &Visit, unit: &mut Unit, account: &AccountId, proved: &[Proof], came: Came) {
    let tenant = &visit.tenant.id;
    let is_shown_now = is_password_shown_now(visit);
    match came {
        Came::Now | Came::Before { .. } if is_shown_now || !proved.contains(&Proof::Password) => {}
        Came::Now | Came::Before { .. } => {
            unit.say(Durability::Fleeting, account::has_password_since(tenant, account, &visit.row.id));
        }
        Came::Renewed { at } | Came::New { at } => {
            let (tenant, account) = (tenant.clone(), account.clone());
            unit.add(Durability::Fleeting, move |c| {
                Box::pin(async move { account::has_password_of(c, &tenant, &account, at).await })
            });
        }
    }
}

/// The address from which a code came back in this journey, if it was not somebody's for resets.
pub fn proved_address<'a>(visit: &'a Visit, proved: &[Proof]) -> Option<&'a str> {
    visit.journey.stage.address().filter(|name| proved.contains(&Proof::Code) && is_address(name))
}
