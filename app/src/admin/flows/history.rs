//! *History*: every save of a flow; two are compared, an older one comes back as a new one.

use super::{
    super::{
        activity::words,
        browser::moment,
        client::client,
        ui::{
            ask::{Question, asking, dialog},
            button::{plain, run},
            load::{Loaded, load},
            pages::{Pages, pages},
            settings::Form,
            toast::toasts,
        },
        understood::understood,
    },
    properties::setting,
};
use crate::contract::resource::{
    revision::{Change, Revision},
    user_flow::UserFlow,
};
use leptos::prelude::*;

pub fn section(loaded: Loaded<UserFlow>, id: String) -> AnyView {
    let client = client();
    let id = StoredValue::new(id);
    let pages = pages(move || async move { client.revisions(&id.get_value()).await });
    loaded.show(4, move |flow| saves(Saved { flow: loaded, pages }, id, flow.revision))
}

/// What stands in the history, and what is there now.
#[derive(Clone, Copy)]
struct Saved {
    flow: Loaded<UserFlow>,
    pages: Pages<Revision>,
}

fn saves(saved: Saved, id: StoredValue<String>, current: i64) -> AnyView {
    let pages = saved.pages;
    let compared = RwSignal::new(None::<i64>);
    let list = pages.show(4, move |first| {
        let rows = move || {
            let all = pages.more();
            first.iter().chain(&all).map(|revision| row(saved, id, current, compared, revision)).collect::<Vec<_>>()
        };
        view! {
            <div class="card">
                <div class="scroll"><table>
                    <thead><tr><th scope="col">"Revision"</th><th scope="col">"Saved"</th><th scope="col">"By"</th><th scope="col"><span class="unseen">"Acts"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
                {pages.foot()}
            </div>
        }
        .into_any()
    });
    let window = move || compared.get().map(|revision| comparison(saved, id, revision, current, compared));
    view! { {list}{window} }.into_any()
}

fn row(
    saved: Saved,
    id: StoredValue<String>,
    current: i64,
    compared: RwSignal<Option<i64>>,
    revision: &Revision,
) -> AnyView {
    let number = revision.revision;
    let acts = (number != current).then(|| {
        view! {
            <div class="buttons end">
                {plain("Compare", move || compared.set(Some(number)))}
                {plain("Restore", move || restore(saved, id, number))}
            </div>
        }
    });
    view! {
        <tr>
            <th scope="row" data-what="Revision">{number}" "{(number == current).then(|| view! { <span class="badge good">"Current"</span> })}</th>
            <td>{moment(&revision.created_date_time.text())}</td>
            <td>{who(revision)}</td>
            <td class="acts">{acts}</td>
        </tr>
    }
    .into_any()
}

/// Whoever has gone since has an id only.
pub fn who(revision: &Revision) -> String {
    let known = revision.created_by_name.clone().or_else(|| revision.created_by.clone());
    known.unwrap_or_else(|| "The server".into())
}

fn restore(saved: Saved, id: StoredValue<String>, revision: i64) {
    let (client, toasts) = (client(), toasts());
    let question = Question {
        title: format!("Restore revision {revision}?"),
        text: "It is published as a new revision at once. What is there now stays in the history.".into(),
        act: "Restore".into(),
        dangerous: false,
    };
    asking().ask(question, move || {
        run(async move { client.restore(&id.get_value(), revision).await }, move |()| {
            toasts.good(format!("Revision {revision} is published again."));
            saved.pages.again();
            saved.flow.again();
        });
    });
}

fn comparison(saved: Saved, id: StoredValue<String>, from: i64, to: i64, open: RwSignal<Option<i64>>) -> AnyView {
    let client = client();
    let diff = load(move || async move { client.diff(&id.get_value(), from, to).await });
    let content = diff.show(3, move |diff| {
        if diff.changes.is_empty() {
            return view! { <p class="nothing">"These two are alike."</p> }.into_any();
        }
        let flow = saved.flow.get_untracked().unwrap_or_default();
        let rows: Vec<_> = diff.changes.iter().map(|change| self::change(&flow, change)).collect();
        view! { <ul class="differences">{rows}</ul> }.into_any()
    });
    dialog("dialog", format!("From revision {from} to {to}"), move || open.set(None), content)
}

fn change(flow: &UserFlow, change: &Change) -> AnyView {
    let written = |value: &String| written(&change.path, value);
    view! {
        <li>
            <strong>{name(flow, &change.path)}</strong>
            {change.before.as_ref().map(|value| view! { <pre class="was">{written(value)}</pre> })}
            {change.after.as_ref().map(|value| view! { <pre class="now">{written(value)}</pre> })}
        </li>
    }
    .into_any()
}

/// What *Properties* has no words for.
const NAMES: [(&str, &str); 9] = [
    ("displayName", "Name"),
    ("onInteractiveAuthFlowStart/isSignUpAllowed", "Sign-up"),
    ("onUserCreateStart/userTypeToCreate", "Accounts are made as"),
    ("identityProviders", "Identity providers"),
    ("claims", "Attributes that applications are told"),
    ("disabledLanguages", "Languages that are not offered"),
    ("inputs", "Page layouts · Rows from top to bottom"),
    ("kind", "User flow type"),
    ("rules/version", "Version"),
];

/// The properties of a row, as *Page layouts* calls them.
const OF_A_ROW: [(&str, &str); 3] =
    [("defaultValue", "Default"), ("validationRegEx", "Pattern"), ("translations", "In other languages")];

fn name(flow: &UserFlow, path: &str) -> String {
    if let Some((group, setting)) = setting(path) {
        // Several words of one list have one place: the group has the name of all of them.
        let is_one = matches!(setting.form, Form::Listed(_)) || group == setting.name;
        return if is_one { group.into() } else { format!("{group} · {}", setting.name) };
    }
    if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == path) {
        return (*name).into();
    }
    match path.strip_prefix("inputs/").and_then(|row| row.split_once('/')) {
        Some((attribute, property)) => {
            let property = OF_A_ROW.iter().find(|(known, _)| *known == property).map(|(_, name)| (*name).to_owned());
            format!("{} · {}", called(flow, attribute), property.unwrap_or_else(|| words(last(path))))
        }
        None => words(last(path)),
    }
}

/// One that is asked no longer has its id only.
fn called(flow: &UserFlow, attribute: &str) -> String {
    let known = flow.on_attribute_collection.attributes.iter().find(|known| known.id == attribute);
    known.map_or_else(|| attribute.into(), |known| known.display_name.clone())
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A value comes as JSON; it is read better as the form says it.
fn written(path: &str, value: &str) -> String {
    match value {
        "true" => return "On".into(),
        "false" => return "Off".into(),
        "null" | "[]" | "{}" | "\"\"" => return "Nothing".into(),
        _ => {}
    }
    let text = understood::<String>(value).unwrap_or_else(|| value.into());
    match setting(path).map(|(_, setting)| setting.form) {
        Some(Form::OneOf(choices)) => {
            let chosen = choices.iter().find(|(known, _)| *known == text);
            chosen.map_or(text, |(_, words)| (*words).into())
        }
        _ => text,
    }
}
