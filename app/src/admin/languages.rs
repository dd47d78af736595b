//! *Languages*: any sentence of the pages in the administrator's own words, with what is said otherwise beside it.

use super::{
    activity::words,
    browser::focus_fault,
    client::{Said, client},
    frame::head,
    route::{place, stay},
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
use web_sys::{Element, Event};

/// So many sentences are drawn when the screen opens; the others when somebody asks for them.
const AT_ONCE: usize = 40;

/// The id of the form. Above it the search, in which Enter saves nothing, and the button that saves.
const FORM: &str = "sentences";

/// The one that may have several lines.
const PARAGRAPHS: &str = "pages.signInPageText";

/// One sentence while it is edited.
struct Row {
    said: Said,
    own: String,
    /// Why the server took it not, until something else is written.
    fault: Option<String>,
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

    /// What is said below the field.
    fn note(&self) -> String {
        let placeholders: Vec<&str> = self.placeholders().collect();
        match &self.fault {
            Some(fault) => fault.clone(),
            None if placeholders.is_empty() => String::new(),
            None => format!("Keep {}.", placeholders.join(", ")),
        }
    }

    /// And how.
    fn tone(&self) -> &'static str {
        if self.fault.is_some() || self.has_lost_one() { "fault" } else { "" }
    }
}

pub fn screen() -> AnyView {
    let client = client();
    // What is searched for is looked at in one language after the other.
    let (language, typed) = (RwSignal::new("en".to_owned()), RwSignal::new(String::new()));
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
            <p class="lead">"Every sentence of your pages can be said in your own words. Where you write nothing, ours is said, which stands at each field."</p>
            <div class="facts">{select(Label::new("language", "Language"), language, choices)}</div>
            {loaded.show(8, move |(tag, sentences)| editing(loaded, typed, tag, sentences))}
        </div>
    }
    .into_any()
}

fn editing(loaded: Loaded<(String, Vec<Said>)>, typed: RwSignal<String>, tag: String, sentences: Vec<Said>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let row = |said: Said| Row { own: said.value.clone().unwrap_or_default(), said, fault: None };
    let rows = StoredValue::new(sentences.into_iter().map(row).collect::<Vec<_>>());
    let changed = RwSignal::new(false);
    place().hold(move || changed.get());
    let (act, tag) = (Act::new(), StoredValue::new(tag));
    // How often the server found something wrong: then the rows are drawn anew, with what it is.
    let refused = RwSignal::new(0_u32);
    let save = move || {
        let stay = stay();
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
                stay.let_go();
                toasts.good("Saved. The next page that somebody opens says it.");
                loaded.again();
            }
            Err(trouble) => {
                toasts.bad(trouble.sentence());
                let named = rows.try_update_value(|rows| {
                    for row in rows.iter_mut() {
                        row.fault = trouble.about(&row.said.key);
                    }
                    rows.iter().any(|row| row.fault.is_some())
                });
                if named == Some(true) {
                    refused.try_update(|refused| *refused += 1);
                    focus_fault();
                }
            }
        });
    };
    // One ear for all of them: there are hundreds.
    let hear = move |event: Event| {
        let Some(field) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let Some(at) = field.get_attribute("name").and_then(|name| name.parse::<usize>().ok()) else { return };
        rows.update_value(|rows| {
            if let Some(row) = rows.get_mut(at) {
                row.own = event_target_value(&event);
                row.fault = None;
                mark(&field, row);
            }
        });
        changed.set(rows.with_value(|rows| rows.iter().any(Row::is_changed)));
    };
    // Where those stand that fit what is searched for, or have to be mended.
    let found = Memo::new(move |_| {
        refused.track();
        let typed = typed.get();
        let fitting = |(_, row): &(usize, &Row)| {
            row.fault.is_some() || fits(&typed, &[&row.said.default, &row.said.key, &row.own])
        };
        rows.with_value(|rows| rows.iter().enumerate().filter(fitting).map(|(at, _)| at).collect::<Vec<_>>())
    });
    let shown = RwSignal::new(AT_ONCE);
    let list = move || {
        refused.track();
        let (most, tag) = (shown.get(), tag.get_value());
        let one = |(nth, at): (usize, &usize)| {
            rows.with_value(|rows| {
                let row = rows.get(*at).filter(|row| nth < most || row.fault.is_some())?;
                Some(sentence(*at, row, &tag))
            })
        };
        let drawn: Vec<_> = found.with(|found| found.iter().enumerate().filter_map(one).collect());
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
    let silent = ours.is_empty().then(|| view! { <small>"Nothing is said until you say something."</small> });
    // A word that is its own name is read once.
    let ours = (ours != name).then(|| view! { <small lang=tag.to_owned() dir="auto">{ours}</small> });
    view! {
        <div class="sentence">
            <span class="two"><strong>{name.clone()}</strong>{silent}{ours}</span>
            <span class="two">
                {field(at, row, tag, format!("{name} in your words"))}
                <small id=about(at) class=row.tone()>{row.note()}</small>
            </span>
        </div>
    }
    .into_any()
}

fn field(at: usize, row: &Row, tag: &str, label: String) -> AnyView {
    let (id, name, tag) = (format!("sentence-{at}"), at.to_string(), tag.to_owned());
    let own = row.own.clone();
    let invalid = row.fault.is_some().then_some("true");
    if row.said.key == PARAGRAPHS {
        return view! {
            <textarea
                class="input small"
                id=id
                name=name
                rows="3"
                lang=tag
                dir="auto"
                aria-label=label
                aria-describedby=about(at)
                aria-invalid=invalid
                prop:value=own
            ></textarea>
        }
        .into_any();
    }
    view! {
        <input
            class="input small"
            id=id
            name=name
            lang=tag
            dir="auto"
            aria-label=label
            aria-describedby=about(at)
            aria-invalid=invalid
            value=own
        />
    }
    .into_any()
}

/// The id of what stands below the field.
fn about(at: usize) -> String {
    format!("sentence-{at}-about")
}

fn mark(field: &Element, row: &Row) {
    // Fails only for a name that no attribute can have.
    let _ = field.remove_attribute("aria-invalid");
    if let Some(note) = field.next_element_sibling() {
        // The text itself stays: it is drawn anew where the server refuses the row.
        if let Some(text) = note.first_child() {
            text.set_text_content(Some(&row.note()));
        }
        note.set_class_name(row.tone());
    }
}
