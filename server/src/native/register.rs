//! `/register/v1.0/…`: another way to prove that it is them, set up by whoever has none where the flow asks for one.
//! `introspect` lists the ways, `challenge` mails a code to the address that shall be theirs for it, `continue` hears the code.
//! Then the token endpoint takes the token, whichever way it began.

use super::{
    asked::{Asked, Call},
    challenge::sent,
    continuation::{Challenges, Continuation},
    opened::Opened,
    told::told,
    trouble::{Trouble, out_of_order},
};
use crate::{drive, journey::covered};
use app::contract::{
    journey::{Answer, Step, is_address},
    secret::Secret,
};
use axum::response::Response;
use serde_json::{Value, json};

pub async fn introspect(asked: Asked) -> Response {
    asked.answered(methods).await
}

pub async fn challenge(asked: Asked) -> Response {
    asked.answered(challenged).await
}

pub async fn resume(asked: Asked) -> Response {
    asked.answered(continued).await
}

async fn methods(call: Call) -> Result<Value, Trouble> {
    let (_hearing, mut opened) = call.open_any().await?;
    let mut method = json!({ "id": "email", "challenge_type": "oob", "challenge_channel": "email" });
    match opened.present() {
        Step::SecondAddress { own } => {
            // Whoever typed it at the start is told it, and no other.
            if own.is_some() && is_address(&opened.held.name) {
                method["login_hint"] = opened.held.name.clone().into();
            }
        }
        Step::SecondCode { enrols: true, .. } => {}
        step => return Err(elsewhere(opened, step).await),
    }
    Ok(json!({ "continuation_token": opened.hand_over().await?, "methods": [method] }))
}

async fn challenged(call: Call) -> Result<Value, Trouble> {
    let by_code = call.form.get("challenge_type").is_none_or(Challenges::has_oob);
    if !by_code || call.form.get("challenge_channel").is_some_and(|channel| channel != "email") {
        let why =
            "Nothing but a code by e-mail can be registered: the challenge_type is oob, the challenge_channel email.";
        return Err(Trouble::new("invalid_request", 901_001, why));
    }
    let target = call.form.required("challenge_target")?.to_owned();
    let (_hearing, mut opened) = call.open_any().await?;
    match opened.present() {
        Step::SecondAddress { .. } | Step::SecondCode { enrols: true, .. } => {}
        step => return Err(elsewhere(opened, step).await),
    }
    match opened.hear(Answer::Address { address: target.clone() }).await? {
        Step::SecondCode { resend, .. } => sent(opened, "challenge_target", &covered(&target), resend).await,
        // Their own address: it was proved before.
        Step::Done { .. } => Ok(json!({
            "challenge_type": "preverified",
            "challenge_channel": "email",
            "challenge_target": covered(&target),
            "continuation_token": opened.done().await?,
        })),
        step => told(opened, step).await,
    }
}

async fn continued(call: Call) -> Result<Value, Trouble> {
    match call.form.required("grant_type")? {
        "oob" => {
            let code = Secret::from(call.form.required("oob")?);
            let (hearing, opened) = call.open_any().await?;
            let answer = Answer::Code { code, keep: false };
            drive::to_its_end(hearing, answer, |answer| heard(opened, answer)).await
        }
        "continuation_token" => match call.unsealed()? {
            done @ Continuation::Done { .. } => Ok(json!({ "continuation_token": call.sealed(&done)? })),
            Continuation::Journey(_) => Err(out_of_order("A code is asked for: this address was not proved before.")),
        },
        _ => {
            let why = "The grant_type is not supported: it is oob or continuation_token.";
            Err(Trouble::new("unsupported_grant_type", 70003, why))
        }
    }
}

async fn heard(mut opened: Opened, answer: Answer) -> Result<Value, Trouble> {
    match opened.present() {
        Step::SecondCode { enrols: true, .. } => {}
        step => return Err(elsewhere(opened, step).await),
    }
    match opened.hear(answer).await? {
        Step::Done { .. } => Ok(json!({ "continuation_token": opened.done().await? })),
        step => told(opened, step).await,
    }
}

/// Nothing is to be registered where this journey is.
async fn elsewhere(opened: Opened, step: Step) -> Trouble {
    match told(opened, step).await {
        Err(trouble) => trouble,
        Ok(_) => out_of_order("Nothing is to be registered with this continuation_token."),
    }
}
