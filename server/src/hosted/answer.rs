//! POST: an answer to the present step, from a form or as JSON.

use super::page::show_step;
use crate::{
    drive::{self, Driven, Holder, Visit},
    error::{Error, Result},
    guard::Caller,
    state::AppState,
    wishes,
};
use app::contract::{
    id::JourneyId,
    journey::{Answer, Pairs, Step, Unreadable},
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
        let next = match step {
            Step::Done { location } => location,
            _ => visit.path(),
        };
        visit.in_its_window(Redirect::to(&next).into_response())
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
