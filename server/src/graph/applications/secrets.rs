//! The secrets of an application: made here, shown once, two at most, so that one can replace the other (security R33).

use super::{may_prove, registered};
use crate::{
    directory::application::{self, NewSecret},
    error::{Error, Flaw, Result},
    graph::{
        answer::{Wishes, nothing},
        body,
        caller::Caller,
        change::{self, Change},
    },
    secret::client_secret,
    state::AppState,
};
use app::contract::resource::{
    application::{AddPassword, PasswordCredential, RemovePassword},
    moment::Moment,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use serde_json::json;
use std::time::Duration;

/// Entra's default: two years.
const LIFETIME: Duration = Duration::from_secs(2 * 365 * 24 * 3600);
const NAME_MAX: usize = 120;

pub async fn add_password(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    let registered = registered(&state, &caller, &id).await?;
    let asked: AddPassword = if sent.is_empty() { AddPassword::default() } else { body::created(&sent)? };
    let asked = asked.password_credential;
    let now = state.clock.now();
    let name = asked.display_name.unwrap_or_default();
    if name.chars().count() > NAME_MAX {
        return Err(
            Flaw::new("passwordCredential/displayName", format!("It has at most {NAME_MAX} characters.")).into()
        );
    }
    let end = asked.end_date_time.map_or(now + LIFETIME, |end| end.0);
    if end <= now {
        return Err(Flaw::new("passwordCredential/endDateTime", "It is over already.").into());
    }
    may_prove(&state, &caller, &registered.application.id).await?;
    let made = client_secret::generate(&state.seal, &state.chance);
    let secret = NewSecret {
        id: state.chance.id(),
        name: name.clone(),
        hint: made.hint.clone(),
        hash: made.stored.reveal().into(),
        expires_at: end,
    };
    let mut told = PasswordCredential {
        key_id: secret.id.clone(),
        display_name: Some(name).filter(|name| !name.is_empty()),
        start_date_time: Some(Moment(now)),
        end_date_time: Some(Moment(end)),
        hint: Some(made.hint),
        secret_text: None,
        custom_key_identifier: None,
    };
    let change =
        Change::updated("Add application secret", "Application", &id, &registered.application.name, &json!({}), &told)?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move { application::add_secret(c, tenant, &registered.application.id, &secret, now).await })
    })
    .await
    .map_err(|error| match error {
        Error::Taken => Error::BadRequest("Two secrets are active already. Please remove one of them first.".into()),
        error => error,
    })?;
    // Here and nowhere else.
    told.secret_text = Some(made.shown.reveal().into());
    wishes.entity("microsoft.graph.passwordCredential", &told)
}

pub async fn remove_password(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    let registered = registered(&state, &caller, &id).await?;
    let RemovePassword { key_id } = body::created(&sent)?;
    let what = json!({ "keyId": key_id });
    let change = Change::updated(
        "Remove application secret",
        "Application",
        &id,
        &registered.application.name,
        &what,
        &json!({}),
    )?;
    change::make(&state, &caller, change, |c, tenant, _| {
        Box::pin(async move { application::remove_secret(c, tenant, &registered.application.id, &key_id).await })
    })
    .await?;
    Ok(nothing())
}
