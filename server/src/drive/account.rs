//! What a journey writes of an account: it is made, its address proved, its password replaced, its profile corrected.

use super::{
    counted::strangers_at,
    finish::note,
    hold::{hold_to_address, hold_to_second_step, proved_address},
    perform::write,
    visit::Visit,
};
use crate::{
    directory::{
        Durability, Unit,
        account::{self, NewAccount, NewName},
        activity::Kind,
        device, guess,
        identity::{self, Folded},
        person, second_address,
    },
    error::Result,
    journey::{Proof, Reached},
    mail::compose::{Mail, compose},
    post::NOTICE_LIFETIME,
    state::AppState,
};
use app::contract::{id::AccountId, secret::Secret, time::Timestamp};

/// The account of somebody new.
pub fn make_account(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    address: String,
    reached: Reached,
    password: Option<Secret>,
    attributes: Vec<(String, String)>,
) -> AccountId {
    let id = AccountId::from(state.chance.id());
    let name = match reached {
        Reached::Proved => NewName::Proved(address),
        Reached::AsTyped => NewName::AsTyped(address),
        Reached::Contact(contact) => NewName::UserName(address, Some(contact)),
        Reached::Nowhere => NewName::UserName(address, None),
    };
    let new = NewAccount { id: id.clone(), user_flow: visit.flow.id.clone(), name, password, attributes };
    let (tenant, now) = (visit.tenant.id.clone(), visit.now);
    unit.add(Durability::Lasting, move |c| Box::pin(async move { account::insert(c, &tenant, &new, now).await }));
    note(state, visit, unit, Kind::SignedUp, Some(&id));
    id
}

/// An address that was taken as typed belongs, from the first code that comes back from it, to whoever reads its mail. What
/// somebody opened who may be another ends, unless it was shown by the password that they are the same (security R12).
pub fn prove_address(visit: &Visit, unit: &mut Unit, account: &AccountId, proved: &[Proof]) {
    let Some(address) = proved_address(visit, proved) else { return };
    let same_person = proved.contains(&Proof::Password);
    let (tenant, account, address, now) =
        (visit.tenant.id.clone(), account.clone(), Folded::address(address), visit.now);
    unit.add(Durability::Lasting, move |c| {
        Box::pin(async move {
            if account::prove_address(c, &tenant, &account, &address, now).await? && !same_person {
                account::end_everything(c, &tenant, &account, now).await?;
                device::forget_all(c, &tenant, &account).await?;
                second_address::remove(c, &tenant, &account).await?;
            }
            Ok(())
        })
    });
}

/// A password that somebody chose in place of another.
pub struct NewPassword<'a> {
    pub account: &'a AccountId,
    pub hash: Secret,
    /// The old one was an administrator's, since then; otherwise it was forgotten.
    pub temporary_since: Option<Timestamp>,
    pub proved: &'a [Proof],
}

/// The new password replaces the old one and ends whatever the old one had opened; its owner is told by mail.
pub async fn replace_password(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    NewPassword { account, hash, temporary_since, proved }: NewPassword<'_>,
) -> Result<()> {
    prove_address(visit, unit, account, proved);
    let strangers = strangers_at(state, account);
    let (tenant, id, journey, now) = (visit.tenant.id.clone(), account.clone(), visit.row.id.clone(), visit.now);
    unit.add(Durability::Lasting, move |c| {
        Box::pin(async move {
            match temporary_since {
                Some(since) => account::replace_temporary(c, &tenant, &id, &hash, since, now).await?,
                None => account::recover_password(c, &tenant, &id, &hash, &journey, now).await?,
            }
            account::end_everything(c, &tenant, &id, now).await?;
            device::forget_all(c, &tenant, &id).await?;
            guess::forget(&tenant, &strangers).run(c).await
        })
    });
    // Whoever knew an administrator's password knew it since then.
    let let_in = account::lets_in(&visit.tenant.id, account, &visit.row.id, temporary_since);
    unit.say(Durability::Fleeting, let_in);
    hold_to_address(visit, unit, account, proved);
    hold_to_second_step(state, visit, account).await?;
    note(state, visit, unit, Kind::Recovered, Some(account));
    let mail = Mail::PasswordChanged { application: visit.application.name.clone() };
    tell_owner(state, visit, unit, account, proved_address(visit, proved), &mail).await
}

/// At all their mailboxes as they were before, and at the one that was read in this journey: whoever has one of them has not
/// all (security R11). An account may be somebody's to whom nobody can write.
pub async fn tell_owner(
    state: &AppState,
    visit: &Visit,
    unit: &mut Unit,
    account: &AccountId,
    read: Option<&str>,
    mail: &Mail,
) -> Result<()> {
    let mut mailboxes = identity::list_mailboxes(&state.db, &visit.tenant.id, account).await?;
    let read = read.map(Folded::address).filter(|read| !mailboxes.contains(read));
    mailboxes.extend(read);
    for mailbox in &mailboxes {
        let letter = compose(mail, mailbox.as_str(), &visit.tenant.brand, &visit.texts);
        write(state, visit, unit, &letter, visit.now + NOTICE_LIFETIME)?;
    }
    Ok(())
}

/// What the person corrected, in one piece with how the journey ends.
pub fn edit_profile(visit: &Visit, unit: &mut Unit, account: &AccountId, attributes: Vec<(String, Option<String>)>) {
    let (tenant, account) = (visit.tenant.id.clone(), account.clone());
    unit.add(Durability::Lasting, move |c| {
        Box::pin(async move {
            for (attribute, value) in &attributes {
                person::set_attribute(c, &tenant, &account, attribute, value.as_deref()).await?;
            }
            person::index(c, &tenant, &account).await
        })
    });
}
