//! `/users/{id}/sendRecoveryMail`: asks somebody to choose a new password by the way that everybody has. The letter opens
//! nothing: whoever has it must still prove the address, by a code, where they sign in. Not in Graph.

use super::{letter, living};
use crate::{
    directory::{
        account::{self, Profile},
        application, attachment,
        audit::Operation,
        identity::Folded,
        outbox,
    },
    error::{Error, Result},
    graph::{
        answer::nothing,
        caller::Caller,
        change::{self, Change},
    },
    mail::compose::{Mail, compose},
    post::{self, NOTICE_LIFETIME},
    state::AppState,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use serde_json::json;

pub async fn send_recovery_mail(
    State(state): State<AppState>,
    caller: Caller,
    Path(word): Path<String>,
) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    if person.disabled_at.is_some() {
        return Err(Error::BadRequest(
            "The account is switched off: whoever proves the address gets no further.".into(),
        ));
    }
    let profile = account::profile(&state.db, &caller.tenant.id, &person.id).await?.ok_or(Error::NotFound)?;
    let address = address(&profile)?;
    let attached = attachment::list(&state.db, &caller.tenant.id).await?;
    let nowhere =
        || Error::BadRequest("Nobody can sign in anywhere yet: attach an application to a user flow first.".into());
    let door = letter::door(&person, &attached).ok_or_else(nowhere)?;
    let application = application::find(&state.db, &caller.tenant.id, &door.application).await?;
    let home = application.and_then(|application| application.home_url.clone());
    let texts = post::texts(&state, &caller.tenant.id, &person.id).await?;
    let mail = Mail::Recovery { application: door.name.clone(), home };
    let letter = compose(&mail, &address, &caller.tenant.brand, &texts);
    let waiting = post::sealed(&state, &caller.tenant.id, &letter, state.clock.now() + NOTICE_LIFETIME)?;
    let change = Change::of_person("Send recovery mail", Operation::Update, &person.id, &json!({}), &json!({}))?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move { outbox::insert(tenant, &waiting, now).run(c).await })
    })
    .await?;
    state.post.notify_one();
    Ok(nothing())
}

/// The one by which the person signs in, or that for resets: no other can be proved there. Who administers is told what the
/// person signs in with, and never that one.
fn address(profile: &Profile) -> Result<String> {
    let by_mail = profile.address.as_ref().map(|address| address.text.as_str()).or(profile.contact.as_deref());
    let nowhere = || Error::BadRequest("Nobody can write to this person: there is no e-mail address for it.".into());
    Ok(Folded::address(by_mail.ok_or_else(nowhere)?).as_str().into())
}
