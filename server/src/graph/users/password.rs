//! Passwords of others, set by administrators, and one's own, changed by whoever knows it.

use super::{OF, letter, living};
use crate::{
    administration::TENANT_ID,
    directory::{
        account,
        audit::Operation,
        counter, guess, identity, outbox,
        person::{self, Identity, Person},
        tenant,
    },
    drive,
    error::{Error, Flaw, Result},
    graph::{
        answer::{Wishes, nothing},
        body,
        caller::Caller,
        change::{self, Change},
    },
    guard,
    journey::limits,
    mail::compose::Mail,
    secret::{password::Verified, popular, token},
    state::AppState,
};
use app::contract::{
    flow_rules::Lockout,
    secret::Secret,
    user_flow::{Composition, PasswordRule},
    validate::{self, Why},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What is asked of passwords that administrators make: the least that any flow may ask.
const RULE: PasswordRule = PasswordRule { min_length: 8, max_length: 256, composition: Composition::Any };

pub async fn hashed(state: &AppState, caller: &Caller, password: &Secret, known_as: &[Identity]) -> Result<Secret> {
    let mut context = vec![caller.tenant.name.as_str()];
    context.extend(known_as.iter().filter_map(|identity| identity.issuer_assigned_id.split('@').next()));
    let why = validate::new_password(RULE, password.reveal()).err().or_else(|| popular::judge(password, &context));
    if let Some(why) = why {
        return Err(Flaw::new("passwordProfile/password", told(&why)).into());
    }
    state.hasher.hash(password).await
}

fn told(why: &Why) -> &'static str {
    match why {
        Why::PasswordCommon => "The password is one of those that are tried first. Please choose another.",
        Why::PasswordGuessable => "The password is made of names that others know. Please choose another.",
        _ => "A password has 8 to 256 characters.",
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Reset {
    #[serde(skip_serializing_if = "Option::is_none")]
    new_password: Option<Secret>,
    /// Not in Graph: false keeps the password after the next sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    force_change_password_next_sign_in: Option<bool>,
}

/// A new password for somebody else: the one that was sent, or one that we make and tell once. Its owner chooses another at
/// the next sign-in.
pub async fn reset_password(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((word, _method)): Path<(String, String)>,
    sent: Bytes,
) -> Result<Response> {
    let reset: Reset = if sent.is_empty() { Reset::default() } else { body::created(&sent)? };
    let person = living(&state, &caller, &word).await?;
    let must_change = reset.force_change_password_next_sign_in.unwrap_or(true);
    let made = reset.new_password.is_none();
    let password = reset.new_password.unwrap_or_else(|| temporary(&state));
    let hash = hashed(&state, &caller, &password, &person.identities).await?;
    let what = json!({ "passwordProfile": { "forceChangePasswordNextSignIn": must_change } });
    let id = person.id.to_string();
    let change = Change::of_person("Reset user password", Operation::Update, &person.id, &json!({}), &what)?;
    let guessers = [drive::strangers_at(&state, &person.id)];
    let letters = letter::notices(&state, &caller, &person, |application| Mail::PasswordReset { application }).await?;
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move {
            person::reset_password(c, tenant, &person.id, &hash, must_change, &guessers, now).await?;
            outbox::insert_all(c, tenant, &letters, now).await
        })
    })
    .await?;
    state.post.notify_one();
    let context = format!("{}/$metadata#microsoft.graph.passwordResetResponse", wishes.root);
    let told = match made {
        true => json!({ "@odata.context": context, "newPassword": password.reveal() }),
        false => json!({ "@odata.context": context }),
    };
    let location = format!("{}/{OF}/{id}", wishes.root);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(told)).into_response())
}

/// Sixteen letters and digits that are not taken for each other: 79 bits.
fn temporary(state: &AppState) -> Secret {
    let groups: Vec<String> = (0..4).map(|_| token::letters(&state.chance, 4)).collect();
    groups.join("-").into()
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ChangePassword {
    current_password: Option<Secret>,
    new_password: Option<Secret>,
}

/// Graph's address names a user; it can only be oneself.
pub async fn change_password(
    State(state): State<AppState>,
    caller: Caller,
    Path(word): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    if caller.account.as_ref() != Some(&person.id) {
        return Err(Error::NotFound);
    }
    change_own(&state, &caller, &sent).await
}

pub async fn change_my_password(State(state): State<AppState>, caller: Caller, sent: Bytes) -> Result<Response> {
    let caller = at_home(&state, caller).await?;
    change_own(&state, &caller, &sent).await
}

async fn change_own(state: &AppState, caller: &Caller, sent: &Bytes) -> Result<Response> {
    let asked: ChangePassword = body::created(sent)?;
    let me = caller.account.clone().ok_or(Error::NotFound)?;
    let person = living(state, caller, me.as_str()).await?;
    let current = asked.current_password.unwrap_or_else(|| "".into());
    let judged = judge_current(state, caller, &person, &current).await?;
    let new = asked.new_password.ok_or_else(|| Flaw::new("newPassword", "A new password is needed."))?;
    let hash = hashed(state, caller, &new, &person.identities).await?;
    let change = Change::of_person("Change own password", Operation::Update, &me, &json!({}), &json!({}))?;
    let guessers = [drive::strangers_at(state, &me)];
    let letters = letter::notices(state, caller, &person, |application| Mail::PasswordChanged { application }).await?;
    change::make(state, caller, change, move |c, tenant, now| {
        Box::pin(async move {
            // A password that is reset while it is judged overwrites nothing (security R12).
            account::still_has(tenant, &me, &judged).run(c).await?;
            person::reset_password(c, tenant, &me, &hash, false, &guessers, now).await?;
            outbox::insert_all(c, tenant, &letters, now).await
        })
    })
    .await?;
    state.post.notify_one();
    Ok(nothing())
}

/// Guesses at one's own password are counted with those of strangers at the door, before they are judged, and with the
/// failures of the network (security R1, R2). The hash that was judged.
async fn judge_current(state: &AppState, caller: &Caller, person: &Person, current: &Secret) -> Result<Secret> {
    let (db, tenant, now) = (&state.db, &caller.tenant.id, state.clock.now());
    let here = guard::Caller { trace: caller.correlation.clone(), address: caller.address };
    let network = drive::failure_from(state, &here);
    drive::refuse_beyond(counter::next_allowed(db, tenant, &network, now).await?, now)?;
    let known = identity::find_by_account(db, tenant, &person.id).await?;
    let guesser = drive::strangers_at(state, &person.id);
    let rule = guess::Rule { hold_after: limits::hold_after, lockout: Lockout::default(), most: limits::GUESSES };
    let may_guess = guess::reserve(db, tenant, &guesser, rule, now).await?;
    let stored = known.and_then(|known| known.password).filter(|_| may_guess);
    let verified = match state.hasher.verify(current, stored.as_ref()).await {
        Ok(verified) => verified,
        Err(error) => {
            // Nobody had time to look at it.
            if may_guess {
                guess::give_back(db, tenant, &guesser).await?;
            }
            return Err(error);
        }
    };
    match stored {
        Some(judged) if verified != Verified::Wrong => {
            // Whatever is wrong with the new one is no guess.
            guess::give_back(db, tenant, &guesser).await?;
            Ok(judged)
        }
        _ => {
            if may_guess {
                drive::remember_mistake(state, tenant, &guesser, current).await?;
            }
            drive::count_failure(state, tenant, network, None, now).await?;
            Err(Flaw::new("currentPassword", "The current password is not right.").into())
        }
    }
}

/// Administrators are at home in their own tenant, whichever they administer.
pub async fn at_home(state: &AppState, caller: Caller) -> Result<Caller> {
    let Some(me) = &caller.account else { return Err(Error::NotFound) };
    if person::find(&state.db, &caller.tenant.id, me).await?.is_some() {
        return Ok(caller);
    }
    Ok(caller.in_tenant(tenant::get(&state.db, TENANT_ID).await?))
}
