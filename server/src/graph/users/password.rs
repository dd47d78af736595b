//! Passwords of others, set by administrators, and one's own, changed by whoever knows it.

use super::{OF, living};
use crate::{
    directory::{
        administrator::ADMIN,
        guess,
        identity::{self, Folded},
        person::{self, Identity},
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
    journey::limits,
    secret::{password::Verified, popular, seal::Purpose, token},
    state::AppState,
};
use app::contract::{
    flow_rules::Lockout,
    id::AccountId,
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
    let (id, name) = (person.id.to_string(), person.display_name().to_owned());
    let change = Change::updated("Reset user password", "User", &id, &name, &json!({}), &what)?;
    let guessers = guessers(&state, &person.id);
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move { person::reset_password(c, tenant, &person.id, &hash, must_change, &guessers, now).await })
    })
    .await?;
    let context = format!("{}/$metadata#microsoft.graph.passwordResetResponse", wishes.root);
    let told = match made {
        true => json!({ "@odata.context": context, "newPassword": password.reveal() }),
        false => json!({ "@odata.context": context }),
    };
    let location = format!("{}/{OF}/{id}", wishes.root);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(told)).into_response())
}

/// Under which names guesses at somebody's password are counted: at the door by strangers, and here. (Those of browsers that
/// they knew end with the browsers.)
pub fn guessers(state: &AppState, account: &AccountId) -> [String; 2] {
    [drive::strangers_at(state, account), guesser_here(state, account)]
}

fn guesser_here(state: &AppState, account: &AccountId) -> String {
    token::keyed_hash(&state.seal, Purpose::Limit, &[b"password", account.as_str().as_bytes(), b"graph"])
}

/// Sixteen letters: 79 bits.
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
    let name = Folded::address(person.name().unwrap_or_default());
    // Counted like every other guess at this password (security R1).
    let subject = guesser_here(state, &me);
    let rule = guess::Rule { hold_after: limits::hold_after, lockout: Lockout::default(), most: limits::GUESSES };
    let wrong = || Error::from(Flaw::new("currentPassword", "The current password is not right."));
    if !guess::reserve(&state.db, &caller.tenant.id, &subject, rule, state.clock.now()).await? {
        return Err(wrong());
    }
    let known = identity::find_by_name(&state.db, &caller.tenant.id, &name).await?;
    let stored = known.filter(|known| known.account == me).and_then(|known| known.password);
    let current = asked.current_password.unwrap_or_else(|| "".into());
    if state.hasher.verify(&current, stored.as_ref()).await? == Verified::Wrong {
        return Err(wrong());
    }
    let new = asked.new_password.ok_or_else(|| Flaw::new("newPassword", "A new password is needed."))?;
    let hash = hashed(state, caller, &new, &person.identities).await?;
    let change =
        Change::updated("Change own password", "User", me.as_str(), person.display_name(), &json!({}), &json!({}))?;
    let guessers = guessers(state, &me);
    change::make(state, caller, change, move |c, tenant, now| {
        Box::pin(async move { person::reset_password(c, tenant, &me, &hash, false, &guessers, now).await })
    })
    .await?;
    Ok(nothing())
}

/// Administrators are at home in their own tenant, whichever they administer.
pub async fn at_home(state: &AppState, caller: Caller) -> Result<Caller> {
    let Some(me) = &caller.account else { return Err(Error::NotFound) };
    if person::find(&state.db, &caller.tenant.id, me).await?.is_some() {
        return Ok(caller);
    }
    Ok(caller.in_tenant(tenant::get(&state.db, ADMIN).await?))
}
