//! *Export and import*: the design of the directory as one document; a document that comes in is planned before anything
//! changes.

use super::{
    activity::words,
    browser::{download, text_of},
    client::{Dialect, Result, client},
    desk::desk,
    frame::head,
    trouble::Trouble,
    ui::{
        ask::{Question, asking},
        button::{Act, plain, primary, run},
        load::skeleton,
        toast::toasts,
    },
};
use crate::admin::ui::listen::on_change;
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

pub fn screen() -> AnyView {
    view! {
        <div class="screen">
            {head(Vec::new(), "Export and import".into(), ().into_any())}
            <p class="lead">"User flows, custom attributes, identity providers, applications and the look of the pages, as one document: to keep under version control, or to bring to another directory. It holds no people and no secrets."</p>
            {export()}
            {import()}
        </div>
    }
    .into_any()
}

fn export() -> AnyView {
    let client = client();
    let save = move |dialect: Dialect| {
        // Of the directory that is exported: they may be in another by then.
        let directory = desk().directory.get_untracked();
        let name = directory.and_then(|directory| directory.names.first().cloned()).unwrap_or("portico".into());
        run(async move { client.export(dialect).await }, move |document| {
            download(&format!("{name}.{}", dialect.ending()), dialect.media_type(), &document);
        });
    };
    view! {
        <section class="card pad">
            <div>
                <h2>"Export"</h2>
                <p class="second">"The same design always makes the same document, to the byte."</p>
            </div>
            <div class="buttons">
                {plain("Download TOML", move || save(Dialect::Toml))}
                {plain("Download JSON", move || save(Dialect::Json))}
            </div>
        </section>
    }
    .into_any()
}

/// A document that was chosen.
#[derive(Clone, PartialEq)]
struct Chosen {
    name: String,
    dialect: Dialect,
    text: String,
}

/// The document that was chosen last, and what the server says of it; nothing while it is asked.
#[derive(Clone, Copy)]
struct Import {
    chosen: RwSignal<Option<Chosen>>,
    planned: RwSignal<Option<Result<Value>>>,
}

impl Import {
    /// Whether somebody still looks at this document: another may have been chosen while an answer was under way.
    fn is_about(self, document: &Chosen) -> bool {
        self.chosen.try_with_untracked(|chosen| chosen.as_ref() == Some(document)) == Some(true)
    }

    fn plan(self, document: Chosen) {
        let client = client();
        self.planned.set(None);
        spawn_local(async move {
            let answer = client.plan(document.dialect, &document.text).await;
            if self.is_about(&document) {
                self.planned.set(Some(answer));
            }
        });
    }
}

fn import() -> AnyView {
    let import = Import { chosen: RwSignal::new(None), planned: RwSignal::new(None) };
    let choose = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let name = file.name();
        let dialect = if name.ends_with(".json") { Dialect::Json } else { Dialect::Toml };
        spawn_local(async move {
            let Some(text) = text_of(&file).await else { return };
            // The same file can be chosen again, once it has been mended.
            input.set_value("");
            let document = Chosen { name, dialect, text };
            if import.chosen.try_set(Some(document.clone())).is_none() {
                import.plan(document);
            }
        });
    };
    let told = move || {
        import.chosen.get().map(|document| {
            let plan = match import.planned.get() {
                None => skeleton(3),
                Some(Ok(plan)) => changes(import, &document, &plan),
                Some(Err(trouble)) => faults(&trouble),
            };
            view! { <p class="second">{format!("From {}:", document.name)}</p>{plan} }
        })
    };
    view! {
        <section class="card pad">
            <div>
                <h2>"Import"</h2>
                <p class="second">"Choose a document. You see what it would change, and nothing changes before you say so. People are never touched."</p>
            </div>
            <input class="file" type="file" accept=".toml,.json" aria-label="A document to import" on:change=on_change(choose) />
            {told}
        </section>
    }
    .into_any()
}

/// What is wrong with the document, place by place.
fn faults(trouble: &Trouble) -> AnyView {
    let details = match trouble {
        Trouble::Refused(fault) => fault.details.as_slice(),
        _ => &[],
    };
    if details.is_empty() {
        return view! { <div class="notice bad" role="alert"><p>{trouble.sentence()}</p></div> }.into_any();
    }
    let rows: Vec<_> = details
        .iter()
        .map(|detail| {
            let place = detail.target.clone().unwrap_or_default();
            view! { <tr><th scope="row"><code>{place}</code></th><td>{detail.message.clone()}</td></tr> }
        })
        .collect();
    view! {
        <div class="notice bad" role="alert"><p>"Nothing was changed. Mend these places in the document, then choose it again."</p></div>
        <div class="scroll"><table>
            <thead><tr><th scope="col">"Where"</th><th scope="col">"What is wrong"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

fn changes(import: Import, document: &Chosen, plan: &Value) -> AnyView {
    let steps = plan["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    if steps.is_empty() {
        return view! { <div class="notice" role="status"><p>"Nothing to change: the directory is as the document says."</p></div> }
            .into_any();
    }
    let rows: Vec<_> = steps.iter().map(step).collect();
    let act = Act::new();
    let base = plan["base"].as_str().unwrap_or_default().to_owned();
    let deleted = steps.iter().filter(|step| step["operation"] == "delete").count();
    let document = StoredValue::new((document.clone(), base));
    let press = move || match deleted {
        0 => apply(import, document, act),
        gone => {
            let question = Question {
                title: "Apply, and delete what is not in the document?".into(),
                text: format!("{gone} of the changes delete something. What is deleted has to be made anew."),
                act: "Apply".into(),
                dangerous: true,
            };
            asking().ask(question, move || apply(import, document, act));
        }
    };
    view! {
        <ul class="plan">{rows}</ul>
        <div class="buttons">{primary("Apply", "Applying …", act, press)}</div>
    }
    .into_any()
}

/// One thing that comes, changes or goes, and how.
fn step(step: &Value) -> AnyView {
    let operation = step["operation"].as_str().unwrap_or_default();
    let word = match operation {
        "add" => "Add",
        "delete" => "Delete",
        _ => "Change",
    };
    let name = step["displayName"].as_str().unwrap_or_default().to_owned();
    let kind = words(step["kind"].as_str().unwrap_or_default());
    let differences = step["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<_> = differences.iter().map(difference).collect();
    view! {
        <li>
            <span class="badge" class:good=operation == "add" class:bad=operation == "delete">{word}</span>
            <span class="two"><strong>{name}</strong><small>{kind}</small></span>
            {(!rows.is_empty()).then(|| view! { <details><summary>{counted(rows.len())}</summary><ul class="differences">{rows}</ul></details> })}
        </li>
    }
    .into_any()
}

fn counted(properties: usize) -> String {
    if properties == 1 { "1 property".into() } else { format!("{properties} properties") }
}

fn difference(difference: &Value) -> AnyView {
    let written = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let place = difference["path"].as_str().unwrap_or_default().replace('/', " · ");
    view! {
        <li>
            <strong>{place}</strong>
            {written(&difference["before"]).map(|value| view! { <pre class="was">{value}</pre> })}
            {written(&difference["after"]).map(|value| view! { <pre class="now">{value}</pre> })}
        </li>
    }
    .into_any()
}

fn apply(import: Import, document: StoredValue<(Chosen, String)>, act: Act) {
    let (client, toasts) = (client(), toasts());
    let Some((chosen, base)) = document.try_get_value() else { return };
    let again = chosen.clone();
    act.run(async move { client.import(chosen.dialect, &chosen.text, &base).await }, move |done| match done {
        Ok(_) => {
            toasts.good("Applied. The directory is as the document says.");
            if import.is_about(&again) {
                import.plan(again);
            }
        }
        Err(Trouble::ChangedMeanwhile) => {
            toasts.bad("Somebody changed the design meanwhile. Here is the plan as it would be now.");
            import.plan(again);
        }
        Err(trouble) => import.planned.set(Some(Err(trouble))),
    });
}
