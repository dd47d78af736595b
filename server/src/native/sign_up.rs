//! `/signup/v1.0/…`: a new account. `start` names the address, `challenge` mails the code, `continue` hears code, password and
//! attributes, whichever is asked. Where the flow takes addresses as typed there is no code: `challenge` asks for what is still
//! needed, and is the end where nothing is.

use super::{
    asked::{Asked, Call},
    attributes::{self, Values},
    challenge,
    opened::Opened,
    start::{Brought, redirect},
    told::{ASKS_CONTACT, already_exists, closed, told, weak},
    trouble::Trouble,
};
use crate::{
    drive::{self, judge_password},
    journey::{begins, takes_as_typed},
};
use app::contract::{
    journey::{Answer, Path, Step, is_address},
    secret::Secret,
    user_flow::{Method, UserFlow},
    validate,
};
use axum::response::Response;
use serde_json::Value;

pub async fn start(asked: Asked) -> Response {
    asked.answered(begun).await
}

pub async fn challenge(asked: Asked) -> Response {
    asked.answered(async |call| challenge::challenge(call, Path::SignUp).await).await
}

pub async fn resume(asked: Asked) -> Response {
    asked.answered(continued).await
}

async fn begun(call: Call) -> Result<Value, Trouble> {
    let start = call.start().await?;
    let flow = start.flow.clone();
    if begins(&flow, Path::SignUp) != Path::SignUp {
        return Err(closed("Nobody signs up by the user flow of the application."));
    }
    let (needs_code, needs_password) = (!takes_as_typed(&flow), flow.method == Method::Password);
    if (needs_code && !start.challenges.oob) || (needs_password && !start.challenges.password) {
        return Ok(redirect("The challenge_type does not have what new people prove themselves by."));
    }
    if needs_code && !is_address(&start.name) {
        return Ok(redirect(ASKS_CONTACT));
    }
    let told = call.form.get("attributes").map(|text| attributes::read(text, &flow.layout)).transpose()?;
    let told = told.unwrap_or_default();
    attributes::refuse_invalid(&flow.layout.fields(""), &told)?;
    let password = new_password(&call, &flow, &start.name)?;
    if !call.is_silent() && call.whose(&start, true).await?.is_some() {
        return Err(already_exists());
    }
    call.begin(start, Path::SignUp, Brought { method: None, password, attributes: told }).await
}

/// Judged at once, although it is set later: whoever typed it is still before the field.
fn new_password(call: &Call, flow: &UserFlow, name: &str) -> Result<Option<Secret>, Trouble> {
    let Some(password) = call.form.get("password").filter(|_| flow.method == Method::Password) else { return Ok(None) };
    validate::new_password(flow.password, password).map_err(|why| weak(&why))?;
    let password = Secret::from(password);
    match judge_password(&call.tenant, &call.application, &password, name) {
        Some(why) => Err(weak(&why)),
        None => Ok(Some(password)),
    }
}

async fn continued(call: Call) -> Result<Value, Trouble> {
    match call.form.required("grant_type")? {
        "oob" => {
            let code = Secret::from(call.form.required("oob")?);
            let (hearing, opened) = call.open(Path::SignUp).await?;
            let answer = Answer::Code { code, keep: false };
            drive::to_its_end(hearing, answer, |answer| heard(opened, answer)).await
        }
        "password" => {
            let password = Secret::from(call.form.required("password")?);
            let (hearing, opened) = call.open(Path::SignUp).await?;
            drive::to_its_end(hearing, Answer::NewPassword { password }, |answer| heard(opened, answer)).await
        }
        "attributes" => {
            let text = call.form.required("attributes")?.to_owned();
            let (_hearing, opened) = call.open(Path::SignUp).await?;
            let values = attributes::read(&text, &opened.visit.flow.layout)?;
            completed(opened, values).await
        }
        _ => {
            let why = "The grant_type is not supported: it is oob, password or attributes.";
            Err(Trouble::new("unsupported_grant_type", 70003, why))
        }
    }
}

async fn heard(mut opened: Opened, answer: Answer) -> Result<Value, Trouble> {
    let step = opened.hear(answer).await?;
    let step = brought(&mut opened, step).await?;
    told(opened, step).await
}

/// Whatever was told at the start and is asked by now is not asked again.
pub async fn brought(opened: &mut Opened, mut step: Step) -> Result<Step, Trouble> {
    if let Step::NewPassword { path: Path::SignUp, .. } = step
        && let Some(password) = opened.held.password.take()
    {
        step = match opened.hear(Answer::NewPassword { password }).await {
            // It would not do any more: it is asked for.
            Err(trouble) if trouble.is_refusal() => opened.present(),
            led => led?,
        };
    }
    match step {
        Step::Attributes { path: Path::SignUp, revision, fields }
            if attributes::suffice(&fields, &opened.held.attributes) =>
        {
            let values = opened.held.attributes.clone();
            opened.hear(Answer::Attributes { revision, values }).await
        }
        step => Ok(step),
    }
}

/// Attributes, beside those of before.
async fn completed(mut opened: Opened, told_now: Values) -> Result<Value, Trouble> {
    let Step::Attributes { path: Path::SignUp, revision, fields } = opened.present() else {
        let step = opened.present();
        return told(opened, step).await;
    };
    let mut values = opened.held.attributes.clone();
    values.extend(told_now);
    attributes::refuse_invalid(&fields, &values)?;
    if !attributes::suffice(&fields, &values) {
        // The same token: what was wrong was the answer.
        return Err(attributes::required(&fields, &values).with("continuation_token", opened.token()?));
    }
    let step = opened.hear(Answer::Attributes { revision, values }).await?;
    told(opened, step).await
}
