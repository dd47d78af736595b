//! `/oauth2/v2.0/…`: signing in. `initiate` names the address, `challenge` asks for what it proves itself by, `introspect`
//! lists that; the proof itself goes to the token endpoint (`token`).

use super::{
    asked::{Asked, Call},
    challenge,
    start::{Brought, Start, redirect},
    told::{closed, user_not_found},
    trouble::Trouble,
};
use crate::journey::{begins, covered};
use app::contract::{
    journey::{Path, Step},
    user_flow::Method,
};
use axum::response::Response;
use serde_json::{Value, json};

pub async fn initiate(asked: Asked) -> Response {
    asked.answered(begun).await
}

pub async fn challenge(asked: Asked) -> Response {
    asked.answered(async |call| challenge::challenge(call, Path::SignIn).await).await
}

pub async fn introspect(asked: Asked) -> Response {
    asked.answered(methods).await
}

async fn begun(call: Call) -> Result<Value, Trouble> {
    let start = call.start().await?;
    if begins(&start.flow, Path::SignIn) != Path::SignIn {
        return Err(closed("Nobody signs in by the user flow of the application."));
    }
    let method = if call.is_silent() { of_everybody(&call, &start) } else { Some(of_somebody(&call, &start).await?) };
    match method.filter(|method| start.challenges.has(*method)) {
        Some(method) => {
            let brought = Brought { method: Some(method), ..Brought::default() };
            call.begin(start, Path::SignIn, brought).await
        }
        None => Ok(redirect("The challenge_type does not have what this address proves itself by.")),
    }
}

/// How this address signs in.
async fn of_somebody(call: &Call, start: &Start) -> Result<Method, Trouble> {
    let known = call.whose(start, false).await?;
    known.map(|known| known.method).ok_or_else(user_not_found)
}

/// Whoever it is: as the flow has it, or else as any account of the tenant does (security R4).
fn of_everybody(call: &Call, start: &Start) -> Option<Method> {
    let usual = start.flow.method;
    let (other, since) = match usual {
        Method::Password => (Method::Passcode, call.tenant.passcode_accounts_since),
        Method::Passcode => (Method::Password, call.tenant.password_accounts_since),
    };
    let offered = [Some(usual), since.map(|_| other)];
    offered.into_iter().flatten().find(|method| start.challenges.has(*method))
}

async fn methods(call: Call) -> Result<Value, Trouble> {
    let (_hearing, mut opened) = call.open(Path::SignIn).await?;
    let method = match (opened.present(), opened.held.method) {
        (Step::SecondFactor, _) => json!({
            "id": "totp",
            "challenge_type": "oob",
            "challenge_channel": "totp",
            "login_hint": "Authenticator app",
        }),
        (Step::SecondStep { to } | Step::SecondCode { to, enrols: false, .. }, _) => json!({
            "id": "email",
            "challenge_type": "oob",
            "challenge_channel": "email",
            "login_hint": to,
        }),
        (_, Some(Method::Password)) => json!({ "id": "password", "challenge_type": "password" }),
        (_, Some(Method::Passcode) | None) => json!({
            "id": "email",
            "challenge_type": "oob",
            "challenge_channel": "email",
            "login_hint": covered(&opened.held.name),
        }),
    };
    Ok(json!({ "continuation_token": opened.hand_over().await?, "methods": [method] }))
}
