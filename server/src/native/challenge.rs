//! `…/challenge`: the person is asked for what comes next. A code is sent; once more where it is called again, as often as
//! the limits allow.

use super::{
    asked::Call,
    continuation::Challenges,
    opened::Opened,
    sign_up::brought,
    start::redirect,
    told::{already_exists, is_told_taken, told},
    trouble::Trouble,
};
use crate::{
    error::Error,
    journey::{covered, limits::CODE},
};
use app::contract::journey::{Answer, Asks, Notice, Path, Resend, Step};
use serde_json::{Value, json};
use std::time::Duration;

/// Digits that an authenticator app shows, and for how many seconds (RFC 6238).
const APP_DIGITS: u8 = 6;
const APP_SECONDS: u32 = 30;

pub async fn challenge(call: Call, way: Path) -> Result<Value, Trouble> {
    let challenges = call.form.get("challenge_type").map(Challenges::read).transpose()?;
    let (_hearing, mut opened) = call.open(way).await?;
    opened.held.challenges = challenges.unwrap_or(opened.held.challenges);
    let step = match opened.present() {
        Step::Address { asks, .. } if asks != Asks::Contact => {
            opened.hear(Answer::Address { address: opened.held.name.clone() }).await?
        }
        Step::SecondStep { .. } if opened.held.asks_second_factor => opened.hear(Answer::UseCode).await?,
        Step::Code { resend: Resend::Now, .. } | Step::SecondCode { resend: Resend::Now, enrols: false, .. } => {
            opened.hear(Answer::Resend).await?
        }
        Step::Code { resend: Resend::In { seconds }, .. }
        | Step::SecondCode { resend: Resend::In { seconds }, enrols: false, .. }
            if opened.is_present && !opened.held.has_untold_code =>
        {
            return Err(wait(seconds));
        }
        step => step,
    };
    opened.held.has_untold_code = false;
    let step = if way == Path::SignUp { brought(&mut opened, step).await? } else { step };
    match (way, step, opened.held.challenges) {
        (Path::SignUp, Step::Code { .. }, _) if is_told_taken(&opened) => Err(already_exists()),
        (_, Step::Code { resend, .. }, Challenges { oob: true, .. }) => {
            let to = covered(&opened.held.name);
            sent(opened, "challenge_target_label", &to, resend).await
        }
        (Path::SignIn, Step::SecondCode { to, resend, enrols: false, .. }, Challenges { oob: true, .. }) => {
            sent(opened, "challenge_target_label", &to, resend).await
        }
        (Path::SignIn, Step::Password { .. }, Challenges { password: true, .. })
        | (Path::SignUp, Step::NewPassword { path: Path::SignUp, .. }, Challenges { password: true, .. }) => {
            Ok(json!({ "challenge_type": "password", "continuation_token": opened.hand_over().await? }))
        }
        (Path::SignIn, Step::SecondFactor, _) if opened.held.asks_second_factor => Ok(json!({
            "challenge_type": "oob",
            "binding_method": "prompt",
            "challenge_channel": "totp",
            "challenge_target_label": "Authenticator app",
            "code_length": APP_DIGITS,
            "interval": APP_SECONDS,
            "continuation_token": opened.hand_over().await?,
        })),
        (
            _,
            Step::Code { .. }
            | Step::SecondCode { enrols: false, .. }
            | Step::Password { .. }
            | Step::NewPassword { .. },
            _,
        ) => Ok(redirect("The challenge_type does not have what this address proves itself by.")),
        (_, step, _) => told(opened, step).await,
    }
}

/// A code was sent to this address, which is told by that name.
pub async fn sent(mut opened: Opened, name: &str, to: &str, resend: Resend) -> Result<Value, Trouble> {
    let seconds = interval(&opened, resend)?;
    Ok(json!({
        "challenge_type": "oob",
        "binding_method": "prompt",
        "challenge_channel": "email",
        name: to,
        "code_length": CODE.length,
        "interval": seconds,
        "continuation_token": opened.hand_over().await?,
    }))
}

/// Seconds until another code can be asked for, of somebody to whom one was sent.
fn interval(opened: &Opened, resend: Resend) -> Result<u32, Trouble> {
    let seconds = match resend {
        Resend::Now => 0,
        Resend::In { seconds } => seconds,
    };
    match opened.visit.journey.said.notice {
        Some(Notice::CodesExhausted) => Err(wait(seconds)),
        _ => Ok(seconds),
    }
}

fn wait(seconds: u32) -> Trouble {
    Error::TooMany { retry_after: Duration::from_secs(seconds.into()) }.into()
}
