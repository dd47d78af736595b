//! `/identity/authenticationEventsFlows/{id}/simulate`: what somebody would see who gives these answers, step by step, and
//! what an application would be told of them. Writes nothing, and sends no mail.

use super::{answer::Wishes, body, caller::Caller, flow_shape::Flows, user_flows::OF};
use crate::{
    claims::{self, Told},
    directory::account::{Address, Profile},
    error::{Flaw, Result},
    journey::{
        Entry, Outcome, Reached, Setting, SomeSignInBy,
        simulate::{Pretended, Walk, right_code, simulate as walk},
    },
    secret::jwt::Claims,
    state::AppState,
};
use app::{
    contract::{
        id::AccountId,
        journey::{Answer, Pairs, is_address},
        resource::simulation::{SimulatedAnswer, Simulation, Typed},
        secret::Secret,
        user_flow::UserFlow,
    },
    text,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

const MOST_ANSWERS: usize = 200;
const MOST_ACCOUNTS: usize = 50;

pub async fn simulate(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let sent: Simulation = body::created(&body)?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    let flow = &flows.get(&id)?.flow;
    bounded(&sent)?;
    let people = people(&sent);
    let answers = sent.answers.iter().enumerate().map(|(at, sent)| answer(at, sent)).collect::<Result<_>>()?;
    let some = |by_password: bool| people.iter().any(|person| person.password.is_some() == by_password);
    let setting = Setting {
        flow,
        some_sign_in_by: SomeSignInBy {
            password: caller.tenant.password_accounts_since.is_some() || some(true),
            passcode: caller.tenant.passcode_accounts_since.is_some() || some(false),
        },
        languages: flow.languages(text::languages()),
    };
    let entry = Entry {
        path: sent.path,
        language: sent.language.clone(),
        hint: None,
        known: None,
        profile: None,
        popup: false,
        can_cancel: false,
    };
    let walk = walk(&setting, entry, &people, answers, state.clock.now());
    wishes.entity(&format!("{OF}/{id}/simulate"), &shown(flow, &sent, &walk))
}

fn bounded(sent: &Simulation) -> Result<()> {
    if sent.answers.len() > MOST_ANSWERS {
        return Err(Flaw::new("answers", format!("A simulation takes {MOST_ANSWERS} answers at most.")).into());
    }
    if sent.accounts.len() > MOST_ACCOUNTS {
        return Err(Flaw::new("accounts", format!("A simulation takes {MOST_ACCOUNTS} accounts at most.")).into());
    }
    if !text::languages().contains(&sent.language.as_str()) {
        return Err(Flaw::new("language", format!("The pages are in {}.", text::languages().join(", "))).into());
    }
    Ok(())
}

fn people(sent: &Simulation) -> Vec<Pretended> {
    let person = |(at, account): (usize, &app::contract::resource::simulation::SimulatedAccount)| Pretended {
        id: AccountId::from(at.to_string()),
        address: account.address.clone(),
        password: account.password.clone().map(Secret::from),
        disabled: account.disabled,
        attributes: account.attributes.clone(),
    };
    sent.accounts.iter().enumerate().map(person).collect()
}

/// Read as the page's own form would be.
fn answer(at: usize, sent: &SimulatedAnswer) -> Result<(Duration, Answer)> {
    let mut pairs: Pairs = vec![("token".into(), String::new())];
    for (name, typed) in &sent.fields {
        match typed {
            Typed::One(value) => pairs.push((name.clone(), value.clone())),
            Typed::Several(values) => pairs.extend(values.iter().map(|value| (name.clone(), value.clone()))),
        }
    }
    let (answer, _) = Answer::read(pairs)
        .map_err(|why| Flaw::new(format!("answers/{at}/fields"), format!("No page sends this: {why:?}.")))?;
    Ok((Duration::from_secs(sent.after.into()), answer))
}

fn shown(flow: &UserFlow, sent: &Simulation, walk: &Walk) -> Value {
    let steps: Vec<Value> = walk
        .seen
        .iter()
        .map(|seen| {
            json!({
                "page": seen.step,
                "address": seen.address,
                "faults": seen.faults,
                "typed": seen.typed,
                "notice": seen.notice,
            })
        })
        .collect();
    json!({
        "code": right_code(),
        "steps": steps,
        "answersUsed": walk.answered,
        "outcome": walk.outcome.as_ref().map(word),
        "claims": walk.outcome.as_ref().and_then(|outcome| told(flow, sent, outcome)),
    })
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::SignedIn { .. } | Outcome::ContinuedAs { .. } => "signedIn",
        Outcome::Recovered { .. } => "recovered",
        Outcome::SignedUp { .. } => "signedUp",
        Outcome::ProfileEdited { .. } => "profileEdited",
        Outcome::ForgotPassword => "forgotPassword",
        // No pretended account has a second factor.
        Outcome::MustEnrol { .. } | Outcome::Cancelled => "cancelled",
    }
}

/// What an application would be told that asks for `openid profile email`.
fn told(flow: &UserFlow, sent: &Simulation, outcome: &Outcome) -> Option<Claims> {
    let (name, attributes): (&str, BTreeMap<String, String>) = match outcome {
        Outcome::SignedUp { address, attributes, .. } => (address, attributes.iter().cloned().collect()),
        Outcome::SignedIn { account, .. } | Outcome::Recovered { account, .. } | Outcome::ContinuedAs { account } => {
            let known = sent.accounts.get(account.as_str().parse::<usize>().ok()?)?;
            (&known.address, known.attributes.clone())
        }
        Outcome::ProfileEdited { account, attributes, .. } => {
            let known = sent.accounts.get(account.as_str().parse::<usize>().ok()?)?;
            let mut all = known.attributes.clone();
            for (attribute, value) in attributes {
                match value {
                    Some(value) => all.insert(attribute.clone(), value.clone()),
                    None => all.remove(attribute),
                };
            }
            (&known.address, all)
        }
        Outcome::MustEnrol { .. } | Outcome::ForgotPassword | Outcome::Cancelled => return None,
    };
    let as_typed = matches!(outcome, Outcome::SignedUp { reached: Reached::AsTyped, .. });
    let address = is_address(name).then(|| Address { text: name.to_owned(), is_proved: !as_typed });
    let profile = Profile {
        account: AccountId::from("simulated"),
        disabled: false,
        name: name.to_owned(),
        address,
        contact: None,
        attributes,
    };
    Some(claims::person(&profile, Told { profile: true, email: true }, flow))
}
