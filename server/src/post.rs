//! The way of a letter into the outbox, for whichever face writes it.

use crate::{
    directory::{identity::Folded, outbox, session, tenant::Tenant},
    error::Result,
    mail::compose::{Letter, Mail, compose},
    sentences,
    state::AppState,
    wishes,
};
use app::{
    contract::{
        id::{AccountId, TenantId},
        time::Timestamp,
    },
    text::Texts,
};
use std::{sync::Arc, time::Duration};

/// A notice is still worth sending after a day.
pub const NOTICE_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// The letter as it lies in the outbox: sealed, until it goes or nobody needs it any more.
pub fn sealed(state: &AppState, tenant: &TenantId, letter: &Letter, expires_at: Timestamp) -> Result<outbox::Waiting> {
    let id = state.chance.id();
    let plain = serde_json::to_vec(letter)?;
    let sealed = state.seal.seal(&state.chance, &outbox::context(tenant, &id), &plain);
    Ok(outbox::Waiting { id, address: letter.to.clone(), sealed, expires_at })
}

/// As the owner of an account read our pages last.
pub async fn texts(state: &AppState, tenant: &TenantId, account: &AccountId) -> Result<Arc<Texts>> {
    let language = session::last_language(&state.db, tenant, account).await?;
    let language = language.unwrap_or_else(|| wishes::language("", None).into());
    sentences::spoken(state, tenant, &language).await
}

/// What the owner of an account is told, at each of these mailboxes.
pub fn notices(
    state: &AppState,
    tenant: &Tenant,
    mailboxes: &[Folded],
    mail: &Mail,
    texts: &Texts,
) -> Result<Vec<outbox::Waiting>> {
    let expires_at = state.clock.now() + NOTICE_LIFETIME;
    let letters = mailboxes.iter().map(|mailbox| compose(mail, mailbox.as_str(), &tenant.brand, texts));
    letters.map(|letter| sealed(state, &tenant.id, &letter, expires_at)).collect()
}
