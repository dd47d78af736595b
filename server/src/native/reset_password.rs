//! `/resetpassword/v1.0/…`: a new password for whoever forgot theirs. `start` names the address, `challenge` mails the code,
//! `continue` hears it, `submit` sets the password, `poll_completion` says that it is set.

use super::{
    asked::{Asked, Call},
    challenge,
    continuation::Continuation,
    opened::Opened,
    start::{Brought, redirect},
    told::{told, user_not_found},
    trouble::{Trouble, out_of_order},
};
use crate::{drive, journey::recovers};
use app::contract::{
    flow_rules::ForgotPassword,
    journey::{Answer, Path, Step},
    secret::Secret,
    user_flow::Method,
};
use axum::response::Response;
use serde_json::{Value, json};

pub async fn start(asked: Asked) -> Response {
    asked.answered(begun).await
}

pub async fn challenge(asked: Asked) -> Response {
    asked.answered(async |call| challenge::challenge(call, Path::Recover).await).await
}

pub async fn resume(asked: Asked) -> Response {
    asked.answered(continued).await
}

pub async fn submit(asked: Asked) -> Response {
    asked.answered(submitted).await
}

pub async fn poll_completion(asked: Asked) -> Response {
    asked.answered(polled).await
}

async fn begun(call: Call) -> Result<Value, Trouble> {
    let start = call.start().await?;
    if recovers(&start.flow) != ForgotPassword::BuiltIn {
        return Ok(redirect("The user flow of the application does not reset passwords."));
    }
    if !start.challenges.oob {
        return Ok(redirect("The challenge_type does not have the code that a reset begins with."));
    }
    if !call.is_silent() {
        let known = call.whose(&start, false).await?.ok_or_else(user_not_found)?;
        if known.method != Method::Password {
            return Err(no_password());
        }
    }
    call.begin(start, Path::Recover, Brought::default()).await
}

fn no_password() -> Trouble {
    Trouble::new("invalid_request", 500_207, "The account signs in without a password: there is none to reset.")
}

async fn continued(call: Call) -> Result<Value, Trouble> {
    if call.form.required("grant_type")? != "oob" {
        return Err(Trouble::new("unsupported_grant_type", 70003, "The grant_type is not supported: it is oob."));
    }
    let code = Secret::from(call.form.required("oob")?);
    let (hearing, opened) = call.open(Path::Recover).await?;
    let answer = Answer::Code { code, keep: false };
    drive::to_its_end(hearing, answer, |answer| heard(opened, answer)).await
}

async fn heard(mut opened: Opened, answer: Answer) -> Result<Value, Trouble> {
    match opened.hear(answer).await? {
        // By the code alone they are in, and came for something else.
        Step::Done { .. } => Err(no_password()),
        step => told(opened, step).await,
    }
}

async fn submitted(call: Call) -> Result<Value, Trouble> {
    let password = Secret::from(call.form.required("new_password")?);
    let (_hearing, mut opened) = call.open(Path::Recover).await?;
    match opened.hear(Answer::NewPassword { password }).await? {
        // It is set by now; whoever polls is told so at once.
        Step::Done { .. } => Ok(json!({ "continuation_token": opened.done().await?, "poll_interval": 1 })),
        // So it is where another proof has to be registered before they are in.
        step @ Step::SecondAddress { .. } => {
            let mut answer = told(opened, step).await?;
            if answer.get("continuation_token").is_some() {
                answer["poll_interval"] = 1.into();
            }
            Ok(answer)
        }
        step => told(opened, step).await,
    }
}

async fn polled(call: Call) -> Result<Value, Trouble> {
    match call.unsealed()? {
        done @ Continuation::Done { .. } => {
            Ok(json!({ "status": "succeeded", "continuation_token": call.sealed(&done)? }))
        }
        Continuation::Journey(_) => {
            let (_hearing, mut opened) = call.open(Path::Recover).await?;
            match opened.present() {
                Step::SecondAddress { .. } => {
                    Ok(json!({ "status": "succeeded", "continuation_token": opened.hand_over().await? }))
                }
                _ => Err(out_of_order("No new password was submitted.")),
            }
        }
    }
}
