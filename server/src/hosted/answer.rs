//! POST: an answer to the present step, from a form or as JSON.

use super::page::show_step;
use crate::{
    assets,
    directory::grant,
    drive::{self, Driven, Holder, Visit},
    error::{Error, Result},
    guard::Caller,
    html,
    request::{Kept, response::ResponseMode},
    state::AppState,
    wishes,
};
use app::{
    contract::{
        id::JourneyId,
        journey::{Answer, Pairs, Step, Unreadable},
    },
    hosted::Onward,
    shell,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;
use std::fmt;

pub async fn answer(
    State(state): State<AppState>,
    Path((tenant, journey)): Path<(String, JourneyId)>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let (answer, token) = Answer::read(pairs(&headers, &body)?).map_err(unreadable)?;
    let hearing = state.hearings.of(&journey).await;
    let as_json = wishes::wants_json(&headers);
    let visit = Visit::load(&state, &tenant, &journey, Holder::Browser(headers), caller).await?;
    if !visit.is_token(&state, &token) {
        return Err(Error::Forged("the journey token"));
    }
    visit.refuse_foreign_attributes(&answer)?;
    let owned = state.clone();
    let heard = drive::to_its_end(hearing, answer, |answer| heard(owned, visit, answer)).await;
    let (visit, Driven { step, cookies }) = heard?;
    let mut response = if as_json {
        // What the server alone draws, the browser fetches as a document.
        let step = if step == Step::SecondFactor { Step::Done { location: visit.path() } } else { step };
        show_step(&state, &visit, step, as_json).await?
    } else {
        // Post, redirect, get: reloading or going back never sends an answer again.
        let response = match step {
            Step::Done { location } => leave(&state, &visit, &location).await?,
            _ => Redirect::to(&visit.path()).into_response(),
        };
        visit.in_its_window(response)
    };
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn heard(state: AppState, mut visit: Visit, answer: Answer) -> Result<(Visit, Driven)> {
    let driven = drive::drive(&state, &mut visit, answer).await?;
    Ok((visit, driven))
}

/// From the last form of a journey to the application.
async fn leave(state: &AppState, visit: &Visit, location: &str) -> Result<Response> {
    let grant = grant::find(&state.db, &visit.tenant.id, &visit.row.grant).await?.ok_or(Error::JourneyOver)?;
    let to = serde_json::from_str::<Kept>(&grant.request)?.to;
    // The others are answered by a page of ours.
    let is_by_redirect = matches!(to.mode, ResponseMode::Query | ResponseMode::Fragment);
    if !is_by_redirect || html::may_end_a_form(&to.uri, &state.config.public_url) {
        return Ok(Redirect::to(location).into_response());
    }
    let page = Onward { brand: &visit.tenant.brand, application: &visit.application.name, location };
    let nonce = html::nonce(&state.chance);
    let body = shell::onward(&page, &visit.texts, assets::scripts(visit.texts.language()), &nonce);
    Ok(html::document(body, nonce, Vec::new()))
}

/// A form, or one flat JSON object of strings and lists of strings.
fn pairs(headers: &HeaderMap, body: &[u8]) -> Result<Pairs> {
    if wishes::is_form(headers) {
        return Ok(url::form_urlencoded::parse(body).into_owned().collect());
    }
    if !wishes::is_json(headers) {
        return Err(Error::BadRequest("an answer is a form or JSON".into()));
    }
    let Members(members) =
        serde_json::from_slice(body).map_err(|_| Error::BadRequest("the JSON is not an object".into()))?;
    let mut pairs = Pairs::with_capacity(members.len());
    for (name, value) in members {
        match value {
            Value::String(value) => pairs.push((name, value)),
            Value::Array(values) => {
                for value in values {
                    let Value::String(value) = value else {
                        return Err(Error::BadRequest(format!("{name:?}: not text")));
                    };
                    pairs.push((name.clone(), value));
                }
            }
            _ => return Err(Error::BadRequest(format!("{name:?}: neither text nor a list of texts"))),
        }
    }
    Ok(pairs)
}

/// The members of a JSON object as they came: a name that is there twice stays twice, to be refused (cve_2023_7028).
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = object.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        json.deserialize_map(InOrder)
    }
}

fn unreadable(why: Unreadable) -> Error {
    match why {
        // Without the token it is not our page that sent it, whatever else it holds.
        Unreadable::Missing("token") => Error::Forged("the journey token"),
        why => Error::BadRequest(format!("the answer cannot be read: {why:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_sent_stays_in_its_line_of_the_log() {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, "application/json".parse().unwrap())]);
        for json in [r#"{"a\nb": 1}"#, r#"{"a\nb": [1]}"#] {
            let told = pairs(&headers, json.as_bytes()).unwrap_err().to_string();
            assert!(!told.contains('\n'), "{told}");
        }
    }
}
