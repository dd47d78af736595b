//! An invited administrator: a page behind a link that works once. The account is made here, by its owner.

use super::{
    link::{Filled, Link, Tongue},
    set_up::{Shown, drawn, judge},
};
use crate::{
    administration::{TENANT_ID, enrolment, entry, flow_id},
    directory::{
        Durability,
        account::{self, NewAccount, NewName},
        administrator,
        audit::{self, Actor, ActorKind, Entry, Target},
        identity::{self, Folded},
        invitation::{self, Invitation, Taker},
        second_factor,
    },
    drive,
    error::{Error, Result},
    guard::Caller,
    secret::token,
    state::AppState,
};
use app::{
    contract::{id::TenantId, secret::Secret, validate::Fault},
    hosted::Whom,
    text::Texts,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    token: String,
    name: String,
    password: Secret,
}

/// `GET /admin/invitation?token=…`. Asking for it uses nothing up: a mail scanner may have been here first.
pub async fn page(State(state): State<AppState>, Tongue(texts): Tongue, Link(token): Link) -> Result<Response> {
    let invitation = invitation::by_link(&state.db, &token::hash(&token), state.clock.now()).await?;
    show(&state, &texts, &invitation, &token, &invitation.name, &[]).await
}

/// `POST /admin/invitation`. Whose address it is was said by whoever invited, and is never taken from the form.
/// But on a developer's own machine, the next thing is an authenticator app: a password alone opens nothing.
pub async fn accept(
    State(state): State<AppState>,
    caller: Caller,
    Tongue(texts): Tongue,
    Filled(Invited { token, name, password }): Filled<Invited>,
) -> Result<Response> {
    let invitation = invitation::by_link(&state.db, &token::hash(&token), state.clock.now()).await?;
    let (address, faults) = judge(&name, &invitation.address, &password);
    let Some(address) = address.filter(|_| faults.is_empty()) else {
        let mut response = show(&state, &texts, &invitation, &token, &name, &faults).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let (now, home) = (state.clock.now(), TenantId::from(TENANT_ID));
    let hash = state.hasher.hash(&password).await?;
    // An account that somebody made with this address, and did not prove, is its owner's from now on (security R12).
    let known = identity::find_by_name(&state.db, &home, &Folded::address(&address)).await?.map(|known| known.account);
    let account = known.clone().unwrap_or_else(|| invitation.account.clone());
    let guessers = [drive::strangers_at(&state, &account), drive::second_step_guesser(&state, &account)];
    let offer = (!state.config.is_development()).then(|| enrolment::prepare(&state, &account, now));
    let (enrolment, onward) = offer.unzip();
    let actor = Actor { kind: ActorKind::Account, id: account.to_string(), name: address.clone() };
    let entry = Entry {
        address: caller.address.to_string(),
        after: Some(json!({ "displayName": name.trim(), "mail": address, "role": invitation.role.word() })),
        ..entry(&state.chance, now, actor, "Accept invitation", Target::user(&account, &address))
    };
    let made = state.db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            // Of two who use the link at once, one finds it used.
            invitation::remove(c, &invitation.id).await?;
            if !invitation::still_stands(c, &home, &invitation).await? {
                return Err(Error::NotFound);
            }
            let name = name.trim();
            match known {
                Some(known) => {
                    let address = Folded::address(&address);
                    let taker = Taker { account: &known, address: &address, hash: &hash, name, guessers: &guessers };
                    invitation::take_over(c, &home, taker, now).await?;
                }
                None => {
                    let new = NewAccount {
                        id: account.clone(),
                        user_flow: flow_id(),
                        name: NewName::Proved(address),
                        password: Some(hash),
                        attributes: vec![("displayName".into(), name.into())],
                    };
                    account::insert(c, &home, &new, now).await?;
                }
            }
            if let Some(enrolment) = &enrolment {
                second_factor::offer(c, &home, enrolment).await?;
            }
            administrator::insert(c, &invitation.administered, &account, invitation.role, now).await?;
            audit::insert(c, &home, &entry).await
        })
    });
    made.await.map_err(|error| match error {
        // Meanwhile somebody else has made an account of this address: the invitation is over.
        Error::Taken => Error::NotFound,
        error => error,
    })?;
    tracing::info!("an invited administrator has come");
    Ok(Redirect::to(onward.as_deref().unwrap_or("/admin/")).into_response())
}

async fn show(
    state: &AppState,
    texts: &Texts,
    invitation: &Invitation,
    token: &str,
    name: &str,
    faults: &[Fault],
) -> Result<Response> {
    let path = "/admin/invitation";
    drawn(state, texts, Shown { whom: Whom::Invited, path, token, name, address: &invitation.address, faults }).await
}
