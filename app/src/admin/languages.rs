//! *Languages*: any sentence of the pages in the administrator's own words, with ours beside it.

use super::{
    activity::words,
    client::client,
    frame::head,
    session::portal,
    ui::{
        button::{Act, primary},
        empty::nothing_found,
        field::{Label, select},
        load::{Loaded, load},
        search::{fits, search},
        toast::toasts,
    },
};
use crate::{
    contract::resource::organization::{Branding, Sentence},
    text::{Key, Texts},
};
use gloo_net::http::Request;
use leptos::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use strum::IntoEnumIterator;

/// One sentence: its name, what we say, what the administrator says.
#[derive(Clone)]
struct Row {
    name: &'static str,
    ours: String,
    own: RwSignal<String>,
}

pub fn screen() -> AnyView {
    let client = client();
    let language = RwSignal::new("en".to_owned());
    let loaded = load(move || {
        let tag = language.get();
        async move {
            let directory = client.directory.get_untracked();
            Ok((tag.clone(), client.branding(&directory, &tag).await?, sentences(&tag).await))
        }
    });
    let choices = portal().languages.into_iter().map(|language| (language.tag, language.name)).collect();
    view! {
        <div class="screen">
            {head(Vec::new(), "Languages".into(), ().into_any())}
            <p class="lead">"Every sentence of your pages can be said in your own words. What stays empty is said in ours."</p>
            <div class="facts">{select(Label::new("language", "Language"), language, choices)}</div>
            {loaded.show(8, move |(tag, branding, ours)| editing(loaded, tag, &branding, &ours))}
        </div>
    }
    .into_any()
}

/// Ours, in the order of their names.
async fn sentences(tag: &str) -> Vec<String> {
    let Some(language) = portal().languages.into_iter().find(|language| language.tag == tag) else { return Vec::new() };
    let Ok(answer) = Request::get(&language.text).send().await else { return Vec::new() };
    let texts = answer.text().await.ok().and_then(|text| Texts::from_array_json(&text));
    texts.map(|texts| Key::iter().map(|key| texts.say(key).to_owned()).collect()).unwrap_or_default()
}

fn editing(
    loaded: Loaded<(String, Branding, Vec<String>)>,
    tag: String,
    branding: &Branding,
    ours: &[String],
) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let said: BTreeMap<String, String> = branding
        .content_customization
        .iter()
        .flat_map(|content| &content.attribute_collection)
        .map(|sentence| (sentence.key.clone(), sentence.value.clone()))
        .collect();
    let rows: Vec<Row> = Key::iter()
        .zip(ours)
        .map(|(key, ours)| {
            let name: &'static str = key.into();
            Row { name, ours: ours.clone(), own: RwSignal::new(said.get(name).cloned().unwrap_or_default()) }
        })
        .collect();
    let rows = StoredValue::new(rows);
    let (typed, act, tag) = (RwSignal::new(String::new()), Act::new(), StoredValue::new(tag));
    let save = move || {
        let said = |row: &Row| {
            let value = row.own.get_untracked().trim().to_owned();
            (!value.is_empty()).then(|| Sentence { key: row.name.into(), value })
        };
        let sentences: Vec<Sentence> = rows.with_value(|rows| rows.iter().filter_map(said).collect());
        let changes = json!({ "contentCustomization": { "attributeCollection": sentences } });
        let directory = client.directory.get_untracked();
        act.run(async move { client.update_branding(&directory, &tag.get_value(), &changes).await }, move |saved| match saved {
            Ok(()) => {
                toasts.good("Saved. The next page that somebody opens says it.");
                loaded.again();
            }
            Err(trouble) => toasts.bad(trouble.sentence()),
        });
    };
    view! {
        <div class="card">
            <div class="tools">{search("Search sentences", typed)}<span class="gap"></span>{primary("Save", "Saving …", act, save)}</div>
            {move || {
                let found: Vec<_> = rows.with_value(|rows| {
                    let fitting = |row: &&Row| fits(&typed.get(), &[&row.ours, row.name, &row.own.get_untracked()]);
                    rows.iter().filter(fitting).map(|row| sentence(row, &tag.get_value())).collect()
                });
                if found.is_empty() { nothing_found() } else { found.into_any() }
            }}
        </div>
    }
    .into_any()
}

fn sentence(row: &Row, tag: &str) -> AnyView {
    let own = row.own;
    let placeholders: Vec<_> = row.ours.match_indices('{').filter_map(|(at, _)| row.ours[at..].split_inclusive('}').next()).collect();
    let keep = (!placeholders.is_empty()).then(|| format!("Keep {}.", placeholders.join(", ")));
    let lost = {
        let placeholders: Vec<String> = placeholders.iter().map(|text| (*text).to_owned()).collect();
        move || own.with(|own| !own.is_empty() && placeholders.iter().any(|placeholder| !own.contains(placeholder)))
    };
    view! {
        <div class="sentence">
            <span class="two"><strong>{words(row.name)}</strong><small lang=tag.to_owned() dir="auto">{row.ours.clone()}</small></span>
            <span class="two">
                <input
                    class="input small"
                    lang=tag.to_owned()
                    dir="auto"
                    aria-label=format!("{} in your words", words(row.name))
                    placeholder=row.ours.clone()
                    prop:value=own
                    on:input=move |event| own.set(event_target_value(&event))
                />
                {move || keep.clone().map(|keep| view! { <small class:fault=lost.clone()>{keep}</small> })}
            </span>
        </div>
    }
    .into_any()
}
