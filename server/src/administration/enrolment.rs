//! The authenticator app of an administrator: offered under a one-time link, and taken away by whoever runs the server.

use super::{PORTAL_NAME, TENANT_ID, server_entry};
use crate::{
    directory::{
        Durability, Unit, account, audit, guess,
        identity::{self, Folded},
        outbox::{self, Waiting},
        second_factor::{self, Enrolment},
        tenant,
    },
    drive,
    error::{Error, Result},
    mail::compose::Mail,
    post,
    secret::{token::Token, totp},
    state::AppState,
};
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use serde_json::json;
use std::time::Duration;

/// How long the page may be open.
const LASTS: Duration = Duration::from_secs(30 * 60);

/// A secret of its own, and the address of the page that shows it.
pub fn prepare(state: &AppState, account: &AccountId, now: Timestamp) -> (Enrolment, String) {
    let link = Token::random(&state.chance);
    let context = second_factor::context(&TenantId::from(TENANT_ID), account);
    let enrolment = Enrolment {
        hash: link.hash(),
        account: account.clone(),
        sealed: state.seal.seal(&state.chance, &context, &totp::secret(&state.chance)),
        expires_at: now + LASTS,
    };
    (enrolment, format!("/admin/enrol?token={}", link.reveal()))
}

/// The same, written with everything else of a unit.
pub fn offer(state: &AppState, unit: &mut Unit, account: &AccountId, now: Timestamp) -> String {
    let (enrolment, location) = prepare(state, account, now);
    unit.add(Durability::Lasting, move |c| {
        Box::pin(async move { second_factor::offer(c, &TenantId::from(TENANT_ID), &enrolment).await })
    });
    location
}

/// `portico administrator reset`: whoever lost app and codes sets another app up at the next sign-in. Everything that the
/// account had open ends, and its owner is told by mail: whoever runs the server may have been talked into it (security R11,
/// R18). `Error::NotFound` where no administrator has the address.
pub async fn reset(state: &AppState, address: &str) -> Result<()> {
    let (tenant, now) = (TenantId::from(TENANT_ID), state.clock.now());
    let known = identity::find_by_name(&state.db, &tenant, &Folded::address(address)).await?.ok_or(Error::NotFound)?;
    let guesser = drive::second_step_guesser(state, &known.account);
    let letters = notices(state, &known.account).await?;
    let before = json!({ "secondFactor": if known.has_second_factor { "authenticator app" } else { "none" } });
    let entry = audit::Entry {
        operation: audit::Operation::Update,
        before: Some(before),
        after: Some(json!({ "secondFactor": "none" })),
        ..server_entry(&state.chance, now, "Reset second factor", audit::Target::user(&known.account, address))
    };
    let reset = state.db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            second_factor::remove(c, &tenant, &known.account).await?;
            guess::forget(&tenant, &guesser).run(c).await?;
            account::end_everything(c, &tenant, &known.account, now).await?;
            outbox::insert_all(c, &tenant, &letters, now).await?;
            audit::insert(c, &tenant, &entry).await
        })
    });
    reset.await
}

/// The server that runs posts them.
async fn notices(state: &AppState, account: &AccountId) -> Result<Vec<Waiting>> {
    let home = tenant::get(&state.db, TENANT_ID).await?;
    let mailboxes = identity::list_mailboxes(&state.db, &home.id, account).await?;
    let texts = post::texts(state, &home.id, account).await?;
    let mail = Mail::SecondStepChanged { application: PORTAL_NAME.into() };
    post::notices(state, &home, &mailboxes, &mail, &texts)
}
