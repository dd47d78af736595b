//! `/organization/{id}/sentences/{language}`: what the tenant says in its own words, beside what everybody says. Not in Graph.

use super::{own, texts};
use crate::{
    directory::branding::{self, FOR_ALL},
    error::{Error, Flaw, Result},
    graph::{
        answer::{Wishes, nothing},
        body,
        caller::Caller,
        change::{self, Change},
        query::page::Page,
    },
    state::AppState,
};
use app::text;
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const LONGEST: usize = 1000;
/// What only tenants say, by its name in Graph, and how long it may be: Graph's most.
pub const OWN_TEXTS: [(&str, usize); 2] = [(PARAGRAPHS, 1024), ("usernameHintText", 64)];
/// It may have several lines.
const PARAGRAPHS: &str = "signInPageText";

/// Every sentence in the order of the pages: its name, what is said where this language says nothing of its own, and the
/// tenant's own where it has one.
pub async fn list_sentences(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, language)): Path<(String, String)>,
) -> Result<Response> {
    own(&caller, &id)?;
    wishes.asks_no_option()?;
    let language = known(&language)?;
    let own = branding::sentences(&state.db, &caller.tenant.id, language).await?;
    let for_all = branding::sentences(&state.db, &caller.tenant.id, FOR_ALL).await?;
    let said = |(name, house): (String, String)| {
        let default = for_all.get(&name).unwrap_or(&house);
        json!({ "key": name, "default": default, "value": own.get(&name) })
    };
    let value = text::sentences(language).into_iter().map(said).collect();
    Ok(wishes.collection("organization/sentences", Page { value, ..Page::default() }))
}

/// `{"pages.signInHeading": "Welcome back", "pages.signIn": null}`: null takes a sentence back to its default.
pub async fn change_sentences(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, language)): Path<(String, String)>,
    sent: Bytes,
) -> Result<Response> {
    own(&caller, &id)?;
    let language = known(&language)?;
    let Value::Object(asked) = body::json(&sent)? else {
        return Err(Error::BadRequest("An object is asked for.".into()));
    };
    let defaults: BTreeMap<String, String> = text::sentences(language).into_iter().collect();
    let mut changes = Vec::new();
    let mut flaws = Vec::new();
    for (name, value) in &asked {
        match judged(name, defaults.get(name), value) {
            Ok(sentence) => changes.push((name.clone(), sentence)),
            Err(why) => flaws.push(Flaw::new(name, why)),
        }
    }
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws));
    }
    let before = branding::sentences(&state.db, &caller.tenant.id, language).await?;
    let before: BTreeMap<_, _> = asked.keys().map(|name| (name, before.get(name))).collect();
    let change = Change::updated("Update sentences", "Branding", language, language, &before, &asked)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move {
            for (name, sentence) in changes {
                branding::set_sentence(c, tenant, language, &name, sentence.as_deref()).await?;
            }
            Ok(())
        })
    })
    .await?;
    Ok(nothing())
}

fn known(language: &str) -> Result<&'static str> {
    text::languages().iter().find(|tag| **tag == language).copied().ok_or(Error::NotFound)
}

/// A sentence keeps the places where a name or a number comes in. One that says what the house says is kept only where the
/// words of every language would be said instead of the house's.
pub fn judged(name: &str, default: Option<&String>, value: &Value) -> Result<Option<String>, String> {
    let default = default.ok_or("There is no sentence of this name.")?;
    let sentence = match value {
        Value::Null => return Ok(None),
        Value::String(sentence) => sentence.trim().replace("\r\n", "\n"),
        _ => return Err("A sentence is text, or null.".into()),
    };
    let own = OWN_TEXTS.iter().find(|(own, _)| name.strip_prefix("pages.") == Some(*own));
    let longest = own.map_or(LONGEST, |(_, longest)| *longest);
    let has_lines = own.is_some_and(|(own, _)| *own == PARAGRAPHS);
    let is_bad = |c: char| c.is_control() && !(c == '\n' && has_lines);
    if sentence.is_empty() || sentence.chars().count() > longest || sentence.chars().any(is_bad) {
        let lines = if has_lines { "" } else { " in one line" };
        return Err(format!("A sentence has one to {longest} characters{lines}."));
    }
    if own.is_some() {
        return Ok(Some(sentence));
    }
    let (wanted, found) = (places(default), places(&sentence));
    if found != wanted {
        return Err(format!("The sentence must have {} in it, as the default has.", wanted.join(", ")));
    }
    let counts = |sentence: &String| sentence != default || texts::names(FOR_ALL).contains(&name);
    Ok(Some(sentence).filter(counts))
}

fn places(sentence: &str) -> Vec<&str> {
    let mut places: Vec<&str> =
        sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    places.sort_unstable();
    places
}
