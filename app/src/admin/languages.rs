//! *Languages*: any sentence of the pages in the administrator's own words, with ours beside it.

use super::{
    activity::words,
    client::{Said, client},
    frame::head,
    route::place,
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
use crate::admin::ui::listen::on_change;
use leptos::prelude::*;
use serde_json::{Map, Value};

/// One sentence while it is edited.
#[derive(Clone)]
struct Row {
    said: Said,
    own: RwSignal<String>,
}

impl Row {
    fn is_changed(&self) -> bool {
        self.own.with(|own| own.trim() != self.said.value.as_deref().unwrap_or_default())
    }
}

pub fn screen() -> AnyView {
    let client = client();
    let language = RwSignal::new("en".to_owned());
    let loaded = load(move || {
        let tag = language.get();
        async move {
            let directory = client.directory.get_untracked();
            Ok((tag.clone(), client.sentences(&directory, &tag).await?))
        }
    });
    let choices = portal().languages.into_iter().map(|language| (language.tag, language.name)).collect();
    view! {
        <div class="screen">
            {head(Vec::new(), "Languages".into(), ().into_any())}
            <p class="lead">"Every sentence of your pages can be said in your own words. What stays empty is said in ours."</p>
            <div class="facts">{select(Label::new("language", "Language"), language, choices)}</div>
            {loaded.show(8, move |(tag, sentences)| editing(loaded, tag, sentences))}
        </div>
    }
    .into_any()
}

fn editing(loaded: Loaded<(String, Vec<Said>)>, tag: String, sentences: Vec<Said>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let row = |said: Said| Row { own: RwSignal::new(said.value.clone().unwrap_or_default()), said };
    let rows: Vec<Row> = sentences.into_iter().map(row).collect();
    let rows = StoredValue::new(rows);
    place().hold(move || rows.with_value(|rows| rows.iter().any(Row::is_changed)));
    let (typed, act, tag) = (RwSignal::new(String::new()), Act::new(), StoredValue::new(tag));
    let save = move || {
        let changed = |row: &Row| {
            let own = row.own.get_untracked().trim().to_owned();
            untrack(|| row.is_changed())
                .then(|| (row.said.key.clone(), if own.is_empty() { Value::Null } else { own.into() }))
        };
        let changes: Map<String, Value> = rows.with_value(|rows| rows.iter().filter_map(changed).collect());
        if changes.is_empty() {
            toasts.good("Nothing has changed since the last save.");
            return;
        }
        let directory = client.directory.get_untracked();
        let work = async move { client.say(&directory, &tag.get_value(), &Value::Object(changes)).await };
        act.run(work, move |saved| match saved {
            Ok(()) => {
                place().let_go();
                toasts.good("Saved. The next page that somebody opens says it.");
                loaded.again();
            }
            Err(trouble) => toasts.bad(trouble.sentence()),
        });
    };
    let list = move || {
        let typed = typed.get();
        let found: Vec<_> = rows.with_value(|rows| {
            let fitting = |row: &&Row| fits(&typed, &[&row.said.default, &row.said.key, &row.own.get_untracked()]);
            rows.iter().filter(fitting).map(|row| sentence(row, &tag.get_value())).collect()
        });
        if found.is_empty() { nothing_found() } else { found.into_any() }
    };
    view! {
        <div class="card">
            <div class="tools">{search("Search sentences", typed)}<span class="gap"></span>{primary("Save", "Saving …", act, save)}</div>
            {list}
        </div>
    }
    .into_any()
}

fn sentence(row: &Row, tag: &str) -> AnyView {
    let (own, ours) = (row.own, row.said.default.clone());
    let name = words(row.said.key.rsplit('.').next().unwrap_or(&row.said.key));
    let placeholders: Vec<String> =
        ours.match_indices('{').filter_map(|(at, _)| ours[at..].split_inclusive('}').next()).map(Into::into).collect();
    let keep = (!placeholders.is_empty()).then(|| format!("Keep {}.", placeholders.join(", ")));
    let lost = move || own.with(|own| !own.is_empty() && placeholders.iter().any(|it| !own.contains(it.as_str())));
    view! {
        <div class="sentence">
            <span class="two"><strong>{name.clone()}</strong><small lang=tag.to_owned() dir="auto">{ours.clone()}</small></span>
            <span class="two">
                <input
                    class="input small"
                    lang=tag.to_owned()
                    dir="auto"
                    aria-label=format!("{name} in your words")
                    placeholder=ours
                    prop:value=own
                    on:input=on_change(move |event| own.set(event_target_value(&event)))
                />
                {keep.map(|keep| view! { <small class:fault=lost>{keep}</small> })}
            </span>
        </div>
    }
    .into_any()
}
