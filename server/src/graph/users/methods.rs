//! `/users/{id}/authentication`: by what a person proves a second time that it is them. Graph's shapes.

use super::{letter, living};
use crate::{
    directory::{audit::Operation, guess, identity::Folded, outbox, person::Person, second_address, second_factor},
    drive,
    error::{Error, Flaw, Result},
    graph::{
        answer::{Wishes, nothing},
        body,
        caller::Caller,
        change::{self, Change},
    },
    mail::compose::Mail,
    state::AppState,
};
use app::contract::{resource::authentication_method::EmailAuthenticationMethod, user_flow::Method, validate};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use serde_json::{Value, json};

pub const FIELDS: [&str; 1] = ["id"];

/// Every account's password has this id, and its second address that: Graph's own.
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";
const EMAIL: &str = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f";
/// And its authenticator app this one, which is ours.
const APP: &str = "6f1d2c84-0b7e-4a53-9c1e-5d40a7e3b9f2";

fn of(person: &Person, which: &str) -> String {
    format!("users/{}/authentication/{which}", person.id)
}

async fn email_of(state: &AppState, caller: &Caller, person: &Person) -> Result<Option<EmailAuthenticationMethod>> {
    let address = second_address::find(&state.db, &caller.tenant.id, &person.id).await?;
    Ok(address.map(|email_address| EmailAuthenticationMethod { id: EMAIL.into(), email_address }))
}

/// All that there are, each with its type.
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(word): Path<String>,
) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    let typed = |kind: &str, mut method: Value| {
        method["@odata.type"] = format!("#microsoft.graph.{kind}").into();
        method
    };
    let has_app = second_factor::find(&state.db, &caller.tenant.id, &person.id).await?.is_some();
    let has_password = person.method == Method::Password;
    let email = email_of(&state, &caller, &person).await?.map(serde_json::to_value).transpose()?;
    let value = [
        has_password.then(|| typed("passwordAuthenticationMethod", json!({ "id": PASSWORD, "password": null }))),
        email.map(|method| typed("emailAuthenticationMethod", method)),
        has_app.then(|| typed("softwareOathAuthenticationMethod", json!({ "id": APP, "secretKey": null }))),
    ];
    let value = value.into_iter().flatten().collect();
    wishes.listed(&state, &caller, &of(&person, "methods"), &FIELDS, value)
}

pub async fn list_email(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(word): Path<String>,
) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    let method = email_of(&state, &caller, &person).await?.map(serde_json::to_value).transpose()?;
    let value = method.into_iter().collect();
    wishes.listed(&state, &caller, &of(&person, "emailMethods"), &FIELDS, value)
}

pub async fn get_email(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((word, method)): Path<(String, String)>,
) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    let found = email_of(&state, &caller, &person).await?.filter(|found| found.id == method).ok_or(Error::NotFound)?;
    wishes.entity(&of(&person, "emailMethods"), &found)
}

/// An administrator vouches for the address.
pub async fn add_email(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(word): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    let asked: EmailAuthenticationMethod = body::created(&sent)?;
    let person = living(&state, &caller, &word).await?;
    let address = validate::address(&asked.email_address)
        .map_err(|_| Flaw::new("emailAddress", "This is no e-mail address, like name@example.com."))?;
    let address = Folded::address(&address);
    let signs_in = person.identities.iter().any(|identity| Folded::address(&identity.issuer_assigned_id) == address);
    if person.method == Method::Passcode && signs_in {
        let why = "The person's first code goes to this address already: it is no second one.";
        return Err(Flaw::new("emailAddress", why).into());
    }
    if email_of(&state, &caller, &person).await?.is_some() {
        return Err(Error::There("This person has an address for the second step already: remove that one first."));
    }
    let made = EmailAuthenticationMethod { id: EMAIL.into(), email_address: address.as_str().into() };
    let of = of(&person, "emailMethods");
    let what = json!({ "emailMethod": true });
    let change = Change::of_person("Add email method", Operation::Update, &person.id, &json!({}), &what)?;
    let letters = letter::notices(&state, &caller, &person, changed).await?;
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move {
            second_address::keep(c, tenant, &person.id, &address, None, now).await?;
            outbox::insert_all(c, tenant, &letters, now).await
        })
    })
    .await?;
    state.post.notify_one();
    wishes.created(&of, EMAIL, &made)
}

/// Whoever lost the mailbox sets another up when a flow asks for it next.
pub async fn remove_email(
    State(state): State<AppState>,
    caller: Caller,
    Path((word, method)): Path<(String, String)>,
) -> Result<Response> {
    let person = living(&state, &caller, &word).await?;
    email_of(&state, &caller, &person).await?.filter(|found| found.id == method).ok_or(Error::NotFound)?;
    let before = json!({ "emailMethod": true });
    let change = Change::of_person("Remove email method", Operation::Update, &person.id, &before, &json!({}))?;
    let letters = letter::notices(&state, &caller, &person, changed).await?;
    // Whoever guessed at the old one closes no new one.
    let guesser = drive::second_step_guesser(&state, &person.id);
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move {
            second_address::remove(c, tenant, &person.id).await?;
            guess::forget(tenant, &guesser).run(c).await?;
            outbox::insert_all(c, tenant, &letters, now).await
        })
    })
    .await?;
    state.post.notify_one();
    Ok(nothing())
}

fn changed(application: String) -> Mail {
    Mail::SecondStepChanged { application }
}
