//! An invited administrator: a page behind a link that works once. The account is made here, by its owner.

use super::set_up::{Shown, drawn, judge};
use crate::{
    administration::{TENANT_ID, flow_id},
    directory::{
        Durability,
        account::{self, NewAccount},
        administrator,
        invitation::{self, Invitation},
    },
    error::{Error, Result},
    secret::token,
    state::AppState,
};
use app::{
    contract::{id::TenantId, secret::Secret, validate::Fault},
    hosted::Whom,
};
use axum::{
    Form,
    extract::{
        Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Link {
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filled {
    token: String,
    name: String,
    password: Secret,
}

/// `GET /admin/invitation?token=…`. Asking for it uses nothing up: a mail scanner may have been here first.
pub async fn page(State(state): State<AppState>, link: Result<Query<Link>, QueryRejection>) -> Result<Response> {
    let Ok(Query(Link { token })) = link else { return Err(Error::NotFound) };
    let invitation = invitation::by_link(&state.db, &token::hash(&token), state.clock.now()).await?;
    show(&state, &invitation, &token, &invitation.name, &[]).await
}

/// `POST /admin/invitation`. Whose address it is was said by whoever invited, and is never taken from the form.
pub async fn accept(State(state): State<AppState>, filled: Result<Form<Filled>, FormRejection>) -> Result<Response> {
    let Ok(Form(Filled { token, name, password })) = filled else { return Err(Error::NotFound) };
    let invitation = invitation::by_link(&state.db, &token::hash(&token), state.clock.now()).await?;
    let (address, faults) = judge(&name, &invitation.address, &password);
    let Some(address) = address.filter(|_| faults.is_empty()) else {
        let mut response = show(&state, &invitation, &token, &name, &faults).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let new = NewAccount {
        id: invitation.account.clone(),
        user_flow: flow_id(),
        address,
        password: Some(state.hasher.hash(&password).await?),
        attributes: vec![("displayName".into(), name.trim().into())],
    };
    let now = state.clock.now();
    let made = state.db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            // Of two who use the link at once, one finds it used.
            invitation::remove(c, &invitation.id).await?;
            account::insert(c, &TenantId::from(TENANT_ID), &new, now).await?;
            administrator::insert(c, &invitation.administered, &new.id, invitation.role, now).await
        })
    });
    made.await.map_err(|error| match error {
        // Meanwhile somebody else has made an account of this address: the invitation is over.
        Error::Taken => Error::NotFound,
        error => error,
    })?;
    tracing::info!("an invited administrator has come");
    Ok(Redirect::to("/admin/").into_response())
}

async fn show(
    state: &AppState,
    invitation: &Invitation,
    token: &str,
    name: &str,
    faults: &[Fault],
) -> Result<Response> {
    let path = "/admin/invitation";
    drawn(state, Shown { whom: Whom::Invited, path, token, name, address: &invitation.address, faults }).await
}
