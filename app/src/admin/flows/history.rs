//! *History*: every save of a flow; two are compared, an older one comes back as a new one.

use super::super::{
    browser::moment,
    client::client,
    ui::{
        ask::{Question, asking, dialog},
        button::{plain, run},
        load::{Loaded, load},
        pages::{Pages, pages},
        toast::toasts,
    },
    understood::understood,
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
    let window = move || compared.get().map(|revision| comparison(id, revision, current, compared));
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

fn comparison(id: StoredValue<String>, from: i64, to: i64, open: RwSignal<Option<i64>>) -> AnyView {
    let client = client();
    let diff = load(move || async move { client.diff(&id.get_value(), from, to).await });
    let content = diff.show(3, |diff| {
        if diff.changes.is_empty() {
            return view! { <p class="nothing">"These two are alike."</p> }.into_any();
        }
        let rows: Vec<_> = diff.changes.iter().map(change).collect();
        view! { <ul class="differences">{rows}</ul> }.into_any()
    });
    dialog("dialog", format!("From revision {from} to {to}"), move || open.set(None), content)
}

fn change(change: &Change) -> AnyView {
    // A value comes as JSON; a text is read better without its quotation marks.
    let written = |value: &str| understood::<String>(value).unwrap_or_else(|| value.into());
    view! {
        <li>
            <strong>{change.path.replace('/', " · ")}</strong>
            {change.before.as_ref().map(|value| view! { <pre class="was">{written(value)}</pre> })}
            {change.after.as_ref().map(|value| view! { <pre class="now">{written(value)}</pre> })}
        </li>
    }
    .into_any()
}
