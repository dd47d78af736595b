//! *Languages*: any sentence of the pages in the administrator's own words, with ours beside it.

use super::{
    activity::words,
    client::{Said, client},
    frame::head,
    route::place,
    session::portal,
    ui::{
        button::{Act, plain, submit_of},
        empty::nothing_found,
        field::{Label, select},
        load::{Loaded, load},
        search::{fits, search},
        toast::toasts,
    },
};
use crate::admin::ui::listen::{on_change, on_submit};
use leptos::prelude::*;
use serde_json::{Map, Value};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

/// So many sentences are drawn when the screen opens; the others when somebody asks for them.
const AT_ONCE: usize = 40;

/// The id of the form. Above it the search, in which Enter saves nothing, and the button that saves.
const FORM: &str = "sentences";

/// One sentence while it is edited.
struct Row {
    said: Said,
    own: String,
}

impl Row {
    fn is_changed(&self) -> bool {
        self.own.trim() != self.said.value.as_deref().unwrap_or_default()
    }

    fn placeholders(&self) -> impl Iterator<Item = &str> {
        let ours = &self.said.default;
        ours.match_indices('{').filter_map(|(at, _)| ours[at..].split_inclusive('}').next())
    }

    fn has_lost_one(&self) -> bool {
        !self.own.is_empty() && self.placeholders().any(|placeholder| !self.own.contains(placeholder))
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
    let row = |said: Said| Row { own: said.value.clone().unwrap_or_default(), said };
    let rows = StoredValue::new(sentences.into_iter().map(row).collect::<Vec<_>>());
    let changed = RwSignal::new(false);
    place().hold(move || changed.get());
    let (typed, act, tag) = (RwSignal::new(String::new()), Act::new(), StoredValue::new(tag));
    let save = move || {
        let change = |row: &Row| {
            let own = row.own.trim();
            (row.said.key.clone(), if own.is_empty() { Value::Null } else { own.into() })
        };
        let changes: Map<String, Value> =
            rows.with_value(|rows| rows.iter().filter(|row| row.is_changed()).map(change).collect());
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
    // One ear for all of them: there are hundreds.
    let hear = move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let Ok(at) = input.name().parse::<usize>() else { return };
        rows.update_value(|rows| {
            if let Some(row) = rows.get_mut(at) {
                row.own = input.value();
                mark(&input, row);
            }
        });
        changed.set(rows.with_value(|rows| rows.iter().any(Row::is_changed)));
    };
    // Where those stand that fit what is searched for.
    let found = Memo::new(move |_| {
        let typed = typed.get();
        let fitting = |(_, row): &(usize, &Row)| fits(&typed, &[&row.said.default, &row.said.key, &row.own]);
        rows.with_value(|rows| rows.iter().enumerate().filter(fitting).map(|(at, _)| at).collect::<Vec<_>>())
    });
    let shown = RwSignal::new(AT_ONCE);
    let list = move || {
        let drawn: Vec<_> = found.with(|found| {
            let one =
                |at: &usize| rows.with_value(|rows| rows.get(*at).map(|row| sentence(*at, row, &tag.get_value())));
            found.iter().take(shown.get()).filter_map(one).collect()
        });
        if drawn.is_empty() { nothing_found() } else { drawn.into_any() }
    };
    let rest = move || {
        let all = found.with(Vec::len);
        let label = format!("Show all {all}");
        (all > shown.get()).then(|| view! { <div class="foot">{plain(label, move || shown.set(all))}</div> })
    };
    view! {
        <div class="card">
            <div class="tools">{search("Search sentences", typed)}<span class="gap"></span>{submit_of(Some(FORM), "Save", "Saving …", act)}</div>
            <form id=FORM on:submit=on_submit(move |event| { event.prevent_default(); save() }) on:input=on_change(hear)>{list}</form>
            {rest}
        </div>
    }
    .into_any()
}

fn sentence(at: usize, row: &Row, tag: &str) -> AnyView {
    let ours = row.said.default.clone();
    let name = words(row.said.key.rsplit('.').next().unwrap_or(&row.said.key));
    let placeholders: Vec<&str> = row.placeholders().collect();
    let keep = (!placeholders.is_empty()).then(|| format!("Keep {}.", placeholders.join(", ")));
    let class = if row.has_lost_one() { LOST } else { "" };
    let silent = ours.is_empty().then(|| view! { <small>"Nothing is said until you say something."</small> });
    view! {
        <div class="sentence">
            <span class="two"><strong>{name.clone()}</strong>{silent}<small lang=tag.to_owned() dir="auto">{ours.clone()}</small></span>
            <span class="two">
                <input
                    class="input small"
                    id=format!("sentence-{at}")
                    name=at.to_string()
                    lang=tag.to_owned()
                    dir="auto"
                    aria-label=format!("{name} in your words")
                    placeholder=ours
                    value=row.own.clone()
                />
                {keep.map(|keep| view! { <small class=class>{keep}</small> })}
            </span>
        </div>
    }
    .into_any()
}

/// What is said to keep, where something of it is lost.
const LOST: &str = "fault";

fn mark(input: &HtmlInputElement, row: &Row) {
    if let Some(keep) = input.next_element_sibling() {
        // Fails only for a name with a space in it.
        let _ = keep.class_list().toggle_with_force(LOST, row.has_lost_one());
    }
}
