//! `/invitations`: asking somebody to administer with us. What Graph makes a guest of becomes an administrator here: an
//! account in the tenant of the administrators, once its owner has used the link.

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
    roles::{administered, role},
};
use crate::{
    administration::TENANT_ID,
    directory::{
        account,
        administrator::{self, ALL},
        identity::{self, Folded},
        invitation::{self, Invitation},
        outbox, tenant,
    },
    error::{Error, Flaw, Result},
    mail::compose,
    post,
    secret::token::Token,
    state::AppState,
};
use app::contract::{
    id::AccountId,
    resource::{
        invitation::{Invitation as Shown, InvitedUser},
        moment::Moment,
    },
    validate,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use std::time::Duration;

const OF: &str = "invitations";
pub const FIELDS: [&str; 3] = ["id", "invitedUserEmailAddress", "expiresDateTime"];
const LINK_LASTS: Duration = Duration::from_secs(3 * 24 * 3600);
const LONGEST_NAME: usize = 256;

fn shown(invitation: &Invitation) -> Shown {
    Shown {
        id: invitation.id.clone(),
        invited_user_email_address: invitation.address.clone(),
        invited_user_display_name: invitation.name.clone(),
        role_definition_id: invitation.role.id().into(),
        all_tenants: invitation.administered == ALL,
        status: "PendingAcceptance".into(),
        invited_user: Some(InvitedUser { id: invitation.account.to_string() }),
        expires_date_time: Some(Moment(invitation.expires_at)),
        ..Shown::default()
    }
}

/// Those that nobody has used yet.
pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let open = invitation::list(&state.db, &caller.tenant.id, state.clock.now()).await?;
    let value = open.iter().map(|it| serde_json::to_value(shown(it))).collect::<Result<_, _>>()?;
    wishes.listed(&state, &caller, OF, &FIELDS, value)
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, body: Bytes) -> Result<Response> {
    let sent: Shown = body::created(&body)?;
    let address = judged(&state, &sent)?;
    let new = Invitation {
        id: state.chance.id(),
        administered: administered(&state, &caller, sent.all_tenants).await?,
        account: AccountId::from(state.chance.id()),
        address,
        name: sent.invited_user_display_name.trim().into(),
        role: role(&sent.role_definition_id)?,
        made_by: caller.actor.id.clone(),
        expires_at: state.clock.now() + LINK_LASTS,
    };
    let home = tenant::get(&state.db, TENANT_ID).await?;
    if let Some(known) = identity::find_by_name(&state.db, &home.id, &Folded::address(&new.address)).await? {
        let profile = account::profile(&state.db, &home.id, &known.account).await?;
        // An address that nobody proved may be another's: its owner shows by the link that it is theirs (security R12).
        if profile.and_then(|profile| profile.address).is_some_and(|address| address.is_proved) {
            return join(&state, &caller, &wishes, Invitation { account: known.account, ..new }).await;
        }
    }
    // A link that is shown proves no address: only who could do everything anyway may pass it on by hand.
    if !sent.send_invitation_message && !caller.rules_everywhere(&state).await? {
        let why = "The link goes by mail: set sendInvitationMessage to true.";
        return Err(Flaw::new("sendInvitationMessage", why).into());
    }
    let token = Token::random(&state.chance);
    let link = state.config.public_url.at(&format!("/admin/invitation?token={}", token.reveal()));
    let letter = match sent.send_invitation_message {
        true => {
            let letter = compose::invitation(&new.address, &home.brand, &caller.tenant.name, &caller.actor.name, &link);
            Some(post::sealed(&state, &home.id, &letter, new.expires_at)?)
        }
        false => None,
    };
    let mut after = shown(&new);
    let change = Change::added("Invite administrator", change::ROLES, &new.id, &new.address, &after)?;
    let (id, hash, home) = (new.id.clone(), token.hash(), home.id.clone());
    change::make(&state, &caller, change, move |c, _, now| {
        Box::pin(async move {
            invitation::insert(c, &new, &hash, now).await?;
            match &letter {
                Some(letter) => outbox::insert(&home, letter, now).run(c).await,
                None => Ok(()),
            }
        })
    })
    .await?;
    after.send_invitation_message = sent.send_invitation_message;
    match sent.send_invitation_message {
        true => state.post.notify_one(),
        false => after.invite_redeem_url = Some(link),
    }
    wishes.created(OF, &id, &after)
}

/// Whoever is an administrator somewhere already needs no link.
async fn join(state: &AppState, caller: &Caller, wishes: &Wishes, new: Invitation) -> Result<Response> {
    let after = Shown { status: "Completed".into(), expires_date_time: None, ..shown(&new) };
    let change = Change::added("Invite administrator", change::ROLES, &new.id, &new.address, &after)?;
    change::make(state, caller, change, move |c, _, now| {
        Box::pin(async move { administrator::insert(c, &new.administered, &new.account, new.role, now).await })
    })
    .await?;
    wishes.created(OF, &after.id, &after)
}

fn judged(state: &AppState, sent: &Shown) -> Result<String> {
    let said_by_us = Shown {
        invited_user_email_address: sent.invited_user_email_address.clone(),
        invited_user_display_name: sent.invited_user_display_name.clone(),
        invite_redirect_url: sent.invite_redirect_url.clone(),
        send_invitation_message: sent.send_invitation_message,
        role_definition_id: sent.role_definition_id.clone(),
        all_tenants: sent.all_tenants,
        ..Shown::default()
    };
    if *sent != said_by_us {
        return Err(Error::BadRequest("Ids, links and status of an invitation are the server's to say.".into()));
    }
    let portal = state.config.public_url.at("/admin/");
    if !sent.invite_redirect_url.is_empty() && sent.invite_redirect_url != portal {
        let why = format!("Whoever accepts comes to the portal: leave it out, or say {portal}.");
        return Err(Flaw::new("inviteRedirectUrl", why).into());
    }
    let name = sent.invited_user_display_name.trim();
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let why = format!("A name has {LONGEST_NAME} characters at most.");
        return Err(Flaw::new("invitedUserDisplayName", why).into());
    }
    let wrong = |_| Flaw::new("invitedUserEmailAddress", "This is no e-mail address, like ada@example.org.");
    Ok(validate::address(&sent.invited_user_email_address).map_err(wrong)?)
}

/// The link opens nothing any more.
pub async fn withdraw(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let open = invitation::list(&state.db, &caller.tenant.id, state.clock.now()).await?;
    let known = open.into_iter().find(|known| known.id == id).ok_or(Error::NotFound)?;
    administered(&state, &caller, known.administered == ALL).await?;
    let change = Change::deleted("Withdraw invitation", change::ROLES, &id, &known.address, &shown(&known))?;
    change::make(&state, &caller, change, move |c, _, _| {
        Box::pin(async move { invitation::remove(c, &known.id).await })
    })
    .await?;
    Ok(answer::nothing())
}
