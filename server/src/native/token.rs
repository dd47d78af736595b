//! `POST /{tenant}/oauth2/v2.0/token`, before OpenID Connect hears it: whoever signs in on an application's own screens proves
//! here who they are. What goes on from here is the grant's code.

use super::{
    asked::{Asked, Call, Dress},
    continuation::Continuation,
    opened::Opened,
    told::{registration_required, told},
    trouble::{Trouble, out_of_order},
};
use crate::{
    client::{parameters::Parameters, place::Place},
    drive,
    guard::Caller,
    request::{
        asked_claims::AskedClaims,
        offered::Offered,
        scope::{Apis, Scopes},
    },
    state::AppState,
};
use app::contract::{
    journey::{Answer, Path, Step},
    secret::Secret,
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;

const GRANT_TYPES: [&str; 4] = ["continuation_token", "password", "oob", "mfa_oob"];

enum Led {
    In(Secret),
    To(Value),
}

pub async fn layer(
    State(state): State<AppState>,
    place: Place,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let body = match Bytes::from_request(Request::from_parts(parts.clone(), body), &state).await {
        Ok(body) => body,
        Err(rejection) => return rejection.into_response(),
    };
    let Some(form) = of_this_face(&Parameters::of_form(&headers, &body)) else {
        return next.run(Request::from_parts(parts, Body::from(body))).await;
    };
    let asked = Asked { state, place, caller, headers, body };
    let mut dress = Dress::of(&asked);
    let led = match asked.call(&mut dress).await {
        Ok(call) => signed_in(call).await,
        Err(trouble) => Err(trouble),
    };
    match led {
        Ok(Led::In(code)) => next.run(with_code(parts, form, &code)).await,
        Ok(Led::To(told)) => dress.told(Ok(told)),
        Err(trouble) => dress.told(Err(trouble)),
    }
}

fn of_this_face<E>(form: &Result<Parameters, E>) -> Option<Parameters> {
    let form = form.as_ref().ok()?;
    let is_ours = form.get("grant_type").is_some_and(|grant_type| GRANT_TYPES.contains(&grant_type));
    (is_ours && form.get("continuation_token").is_some()).then(|| form.clone())
}

fn with_code(mut parts: axum::http::request::Parts, form: Parameters, code: &Secret) -> Request {
    let form = form.without(&["password", "oob"]).with("grant_type", "continuation_token");
    let body = form.with("continuation_token", code.reveal()).encoded();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    Request::from_parts(parts, Body::from(body))
}

async fn signed_in(call: Call) -> Result<Led, Trouble> {
    // Before anything is used up.
    let (scope, public_url) = (call.form.required("scope")?, &call.state.config.public_url);
    let offered = Offered::to(&call.application, Some(scope), &call.state.db, &call.tenant.id, public_url).await?;
    Scopes::asked(scope, Apis { application: &call.application.id, public_url, offered: &offered })?;
    AskedClaims::asked(call.form.get("claims"))?;
    match call.form.required("grant_type")? {
        "continuation_token" => match call.unsealed()? {
            Continuation::Done { code } => Ok(Led::In(code)),
            Continuation::Journey(_) => {
                let (_hearing, mut opened) = call.open_any().await?;
                match opened.present() {
                    Step::SecondAddress { .. } if opened.held.registers => {
                        Err(registration_required(&mut opened).await?)
                    }
                    _ => Err(out_of_order("Nobody has signed in with this continuation_token yet.")),
                }
            }
        },
        "password" => {
            let password = Secret::from(call.form.required("password")?);
            let (hearing, opened) = call.open(Path::SignIn).await?;
            let answer = Answer::Password { password, keep: false };
            drive::to_its_end(hearing, answer, |answer| heard(opened, answer)).await
        }
        _ => {
            let code = Secret::from(call.form.required("oob")?);
            let (hearing, opened) = call.open(Path::SignIn).await?;
            let answer = Answer::Code { code, keep: false };
            drive::to_its_end(hearing, answer, |answer| heard(opened, answer)).await
        }
    }
}

async fn heard(mut opened: Opened, answer: Answer) -> Result<Led, Trouble> {
    match opened.hear(answer).await? {
        Step::Done { .. } => Ok(Led::In(opened.code().await?)),
        step => Ok(Led::To(told(opened, step).await?)),
    }
}
