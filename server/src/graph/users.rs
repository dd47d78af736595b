//! `/users` and `/me`: people, their names and attributes, and what ends their sessions.

mod deleted;
mod judge;
mod letter;
mod list;
mod methods;
mod password;
mod recovery;
mod shown;
#[cfg(test)]
mod tests;

use super::{
    answer::{Wishes, nothing},
    body,
    caller::Caller,
    change::{self, Change},
};
use crate::{
    directory::{
        Durability, activity, attribute,
        audit::Operation,
        counter::{self, Asked, Spent},
        outbox,
        person::{self, NewPerson, Person},
        tenant,
    },
    drive,
    error::{Error, Flaw, Refusal, Result},
    journey::limits,
    mail::compose::Mail,
    secret::{seal::Purpose, token},
    state::AppState,
};
use app::contract::{
    attribute::Attribute,
    id::AccountId,
    permission::Permission,
    resource::{moment::Moment, user::User},
    user_flow::Method,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
pub use deleted::{list as list_deleted, purge, restore};
use judge::Judged;
pub use list::{count, list};
pub use methods::{FIELDS as METHOD_FIELDS, add_email, get_email, list as list_methods, list_email, remove_email};
pub use password::{change_my_password, change_password, reset_password};
pub use recovery::send_recovery_mail;
use serde_json::json;
use shown::{as_asked, shown};

const OF: &str = "users";

/// What is needed to show and to judge people of a tenant.
struct Tongue {
    attributes: Vec<Attribute>,
    /// The names of the tenant in URLs; the first is the issuer of its own names.
    names: Vec<String>,
    tenant_id: String,
}

impl Tongue {
    async fn of(state: &AppState, caller: &Caller) -> Result<Tongue> {
        Ok(Tongue {
            attributes: attribute::list(&state.db, &caller.tenant.id).await?,
            names: tenant::names(&state.db, &caller.tenant.id).await?,
            tenant_id: caller.tenant.id.to_string(),
        })
    }

    /// As it stands in the directory: the tenant's own names have its id for an issuer.
    fn kept_issuer(&self, issuer: &str) -> String {
        let ours = issuer.is_empty() || issuer == self.tenant_id || self.names.contains(&issuer.to_lowercase());
        if ours { self.tenant_id.clone() } else { issuer.into() }
    }

    fn issuer(&self) -> &str {
        self.names.first().unwrap_or(&self.tenant_id)
    }
}

/// By id, or by the name with which they sign in. The deleted are not there.
async fn living(state: &AppState, caller: &Caller, word: &str) -> Result<Person> {
    let found = person::find(&state.db, &caller.tenant.id, &AccountId::from(word)).await?;
    let found = match found {
        Some(person) => Some(person),
        None => person::find_by_name(&state.db, &caller.tenant.id, word).await?,
    };
    found.filter(|person| person.deleted_at.is_none()).ok_or(Error::NotFound)
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(word): Path<String>,
) -> Result<Response> {
    one(&state, &caller, &wishes, &living(&state, &caller, &word).await?).await
}

async fn one(state: &AppState, caller: &Caller, wishes: &Wishes, person: &Person) -> Result<Response> {
    let tongue = Tongue::of(state, caller).await?;
    let user = serde_json::to_value(whole(state, caller, &tongue, person).await?)?;
    wishes.entity(OF, &as_asked(&tongue, user, &wishes.selects()?))
}

/// With when they last signed in, which lists do not tell.
async fn whole(state: &AppState, caller: &Caller, tongue: &Tongue, person: &Person) -> Result<User> {
    let last = activity::last_sign_in(&state.db, &caller.tenant.id, &person.id).await?;
    Ok(User { last_sign_in_date_time: last.map(Moment), ..shown(tongue, person) })
}

/// Whoever calls, in the tenant where they are at home.
pub async fn me(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    if !caller.sees_self {
        let why = "This needs the permission User.Read.All, and somebody's consent that the application uses it.";
        return Err(Refusal::new("insufficient_scope", 65001, why).into());
    }
    let caller = password::at_home(&state, caller).await?;
    let me = caller.account.clone().ok_or(Error::NotFound)?;
    one(&state, &caller, &wishes, &living(&state, &caller, me.as_str()).await?).await
}

/// What people may change of themselves, through an application that may.
pub async fn update_me(State(state): State<AppState>, caller: Caller, wishes: Wishes, sent: Bytes) -> Result<Response> {
    if !caller.changes_self {
        let why = "This needs the permission User.ReadWrite.All, and somebody's consent that the application uses it.";
        return Err(Refusal::new("insufficient_scope", 65001, why).into());
    }
    let caller = password::at_home(&state, caller).await?;
    let me = caller.account.clone().ok_or(Error::NotFound)?;
    count_self_change(&state, &caller, &me).await?;
    judge::own(&sent)?;
    change_person(&state, &caller, &wishes, living(&state, &caller, me.as_str()).await?, &sent).await
}

/// Before anything of it is read.
async fn count_self_change(state: &AppState, caller: &Caller, me: &AccountId) -> Result<()> {
    let (tenant, now) = (caller.tenant.id.clone(), state.clock.now());
    let asked = Asked {
        name: "self change",
        subject: token::keyed_hash(&state.seal, Purpose::Limit, &["self change".as_bytes(), me.as_str().as_bytes()]),
        rule: |past| limits::next_allowed(&limits::SELF_CHANGES, past),
    };
    let spend = state
        .db
        .write(Durability::Fleeting, move |c| Box::pin(async move { counter::spend(c, &tenant, &[asked], now).await }));
    match spend.await? {
        Spent::Allowed { .. } => Ok(()),
        Spent::Refused { until } => Err(Error::TooMany { retry_after: now.until(until) }),
    }
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, sent: Bytes) -> Result<Response> {
    let tongue = Tongue::of(&state, &caller).await?;
    let user: User = body::created(&judge::in_our_words(&tongue, &sent)?)?;
    judge::fresh(&user)?;
    let Judged { identities, attributes, other_addresses } = judge::whole(&tongue, &user)?;
    let profile = user.password_profile.clone().unwrap_or_default();
    let password = match &profile.password {
        Some(password) => Some(password::hashed(&state, &caller, password, &identities).await?),
        None => None,
    };
    judge::opened(&identities, password.is_some())?;
    let new = NewPerson {
        id: AccountId::from(state.chance.id()),
        user_type: user.user_type.clone().unwrap_or_else(|| "Member".into()),
        disabled: user.account_enabled == Some(false),
        identities,
        vouched: true,
        contact: None,
        other_addresses,
        must_change_password: password.is_some() && profile.force_change_password_next_sign_in,
        password,
        attributes,
    };
    let id = new.id.clone();
    let change = Change::of_person("Add user", Operation::Add, &id, &User::default(), &user)?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move { person::insert(c, tenant, &new, now).await })
    })
    .await
    .map_err(known_already)?;
    let person = living(&state, &caller, id.as_str()).await?;
    wishes.created(OF, id.as_str(), &shown(&tongue, &person))
}

pub async fn update(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(word): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    change_person(&state, &caller, &wishes, living(&state, &caller, &word).await?, &sent).await
}

async fn change_person(
    state: &AppState,
    caller: &Caller,
    wishes: &Wishes,
    person: Person,
    sent: &[u8],
) -> Result<Response> {
    let tongue = Tongue::of(state, caller).await?;
    let before = whole(state, caller, &tongue, &person).await?;
    wishes.still(before.etag.as_deref().unwrap_or_default())?;
    let after: User = body::patched(&before, &judge::in_our_words(&tongue, sent)?)?;
    judge::fixed(&before, &after)?;
    let judged = judge::whole(&tongue, &after)?;
    let profile = after.password_profile.clone().unwrap_or_default();
    let password = match &profile.password {
        Some(password) => Some(password::hashed(state, caller, password, &judged.identities).await?),
        None => None,
    };
    if judged.identities != person.identities {
        judge::opened(&judged.identities, password.is_some() || person.method == Method::Password)?;
    }
    let (id, enabled, was_enabled) =
        (person.id.clone(), after.account_enabled != Some(false), person.disabled_at.is_none());
    if password.is_none() && enabled == was_enabled && judged.is_so_of(&person) {
        // A row of the audit stays for good: of nothing there is none (security R41).
        return wishes.changed(OF, &before);
    }
    let change = Change::of_person("Update user", Operation::Update, &person.id, &before, &after)?;
    let must_change = profile.force_change_password_next_sign_in;
    let guessers = [drive::strangers_at(state, &person.id)];
    let mut letters = Vec::new();
    if !person.is_known_as(&judged.identities) {
        let renamed = |application| Mail::SignInNameChanged { application };
        letters.extend(letter::notices(state, caller, &person, renamed).await?);
    }
    if password.is_some() {
        let reset = |application| Mail::PasswordReset { application };
        letters.extend(letter::notices(state, caller, &person, reset).await?);
    }
    let is_told = !letters.is_empty();
    change::make(state, caller, change, move |c, tenant, now| {
        Box::pin(async move {
            if judged.identities != person.identities {
                person::set_identities(c, tenant, &person.id, &judged.identities, now).await?;
            }
            if judged.other_addresses != person.other_addresses {
                person::set_other_addresses(c, tenant, &person.id, &judged.other_addresses).await?;
            }
            for name in person.attributes.keys().filter(|name| !judged.attributes.contains_key(*name)) {
                person::set_attribute(c, tenant, &person.id, name, None).await?;
            }
            for (name, value) in
                judged.attributes.iter().filter(|(name, value)| person.attributes.get(*name) != Some(value))
            {
                person::set_attribute(c, tenant, &person.id, name, Some(value)).await?;
            }
            person::index(c, tenant, &person.id).await?;
            if let Some(password) = &password {
                person::reset_password(c, tenant, &person.id, password, must_change, &guessers, now).await?;
            }
            if enabled != was_enabled {
                person::set_disabled(c, tenant, &person.id, (!enabled).then_some(now)).await?;
            }
            outbox::insert_all(c, tenant, &letters, now).await
        })
    })
    .await
    .map_err(known_already)?;
    if is_told {
        state.post.notify_one();
    }
    let person = living(state, caller, id.as_str()).await?;
    wishes.changed(OF, &whole(state, caller, &tongue, &person).await?)
}

/// Graph's words for a name that somebody has.
fn known_already(error: Error) -> Error {
    match error {
        Error::Taken => {
            Flaw::new("identities", "Another object with the same value for property identities already exists.").into()
        }
        error => error,
    }
}

pub async fn delete(State(state): State<AppState>, caller: Caller, Path(word): Path<String>) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    if caller.account.as_ref() == Some(&person.id) {
        return Err(Error::BadRequest("Nobody deletes themselves here. Please ask another administrator.".into()));
    }
    let change = Change::of_person("Delete user", Operation::Delete, &person.id, &json!({}), &json!({}))?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move { person::delete(c, tenant, &person, now).await })
    })
    .await?;
    Ok(nothing())
}

/// Ends every session and refresh token of the person.
pub async fn revoke_sessions(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(word): Path<String>,
) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    if !caller.may(Permission::UserWrite) && caller.account.as_ref() != Some(&person.id) {
        return Err(Error::NotFound);
    }
    let what = json!({ "signInSessionsValidFromDateTime": state.clock.now() });
    let change = Change::of_person("Revoke sign-in sessions", Operation::Update, &person.id, &json!({}), &what)?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move { person::revoke_sessions(c, tenant, &person.id, now).await })
    })
    .await?;
    Ok(Json(json!({ "@odata.context": format!("{}/$metadata#Edm.Boolean", wishes.root), "value": true }))
        .into_response())
}
