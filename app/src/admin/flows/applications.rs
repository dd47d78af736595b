//! The applications whose people walk through this flow.

use super::super::{
    client::client,
    route::Route,
    ui::{
        ask::{Question, asking, dialog},
        button::{Act, plain, run, submit},
        empty::{empty, nothing_found},
        icon::{Icon, icon},
        load::{Loaded, load},
        search::{fits, search},
        toast::toasts,
    },
};
use crate::admin::ui::listen::{on_change, on_click, on_submit};
use crate::contract::resource::{application::Application, user_flow::UserFlow};
use leptos::prelude::*;

pub fn section(loaded: Loaded<UserFlow>, flow: UserFlow) -> AnyView {
    let adding = RwSignal::new(false);
    let add = move || {
        view! {
            <button class="button primary" type="button" on:click=on_click(move |_| adding.set(true))>{icon(Icon::Plus)}<span>"Add application"</span></button>
        }
        .into_any()
    };
    let id = flow.id.clone();
    let list = if flow.applications().is_empty() {
        empty(
            "No application yet",
            "Whoever visits an application that you add here signs up and signs in through this flow.",
            Some(add()),
        )
    } else {
        let rows: Vec<_> = flow
            .applications()
            .iter()
            .map(|application| {
                let (name, app) = (application.display_name.clone(), application.app_id.clone());
                let flow = id.clone();
                let to = Route::Application { id: app.clone() }.path();
                view! {
                    <tr>
                        <th scope="row"><a href=to>{name.clone()}</a></th>
                        <td><code>{app.clone()}</code></td>
                        <td class="acts">{plain("Remove", move || remove(loaded, &flow, &app, &name))}</td>
                    </tr>
                }
            })
            .collect();
        view! {
            <div class="card">
                <div class="tools end">{add()}</div>
                <div class="scroll"><table>
                    <thead><tr><th scope="col">"Name"</th><th scope="col">"Client ID"</th><th scope="col"><span class="unseen">"Acts"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            </div>
        }
        .into_any()
    };
    let window = move || adding.get().then(|| choosing(loaded, flow.clone(), adding));
    view! { {list}{window} }.into_any()
}

fn remove(loaded: Loaded<UserFlow>, flow: &str, application: &str, name: &str) {
    let (client, toasts) = (client(), toasts());
    let (flow, application, name) = (flow.to_owned(), application.to_owned(), name.to_owned());
    let question = Question {
        title: format!("Remove {name}?"),
        text: "Nobody can sign up or sign in there until it is added to a user flow again. Accounts stay as they are."
            .into(),
        act: "Remove".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let (flow, application, name) = (flow.clone(), application.clone(), name.clone());
        run(async move { client.detach(&flow, &application).await }, move |()| {
            toasts.good(format!("{name} is removed from this flow."));
            loaded.again();
        });
    });
}

/// A list with a search box; one that another flow has says so, and moves on demand.
fn choosing(loaded: Loaded<UserFlow>, flow: UserFlow, open: RwSignal<bool>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let all = load(move || client.applications());
    let (typed, chosen, act) = (RwSignal::new(String::new()), RwSignal::new(None::<Application>), Act::new());
    let id = StoredValue::new(flow.id.clone());
    let list = all.show(4, move |all| {
        let here = id.get_value();
        let others: Vec<_> = all
            .into_iter()
            .filter(|application| application.user_flow.as_ref().is_none_or(|flow| flow.id != here))
            .collect();
        (move || {
            let found: Vec<_> = others
                .iter()
                .filter(|application| fits(&typed.get(), &[&application.display_name, &application.app_id]))
                .map(|application| choice(chosen, application))
                .collect();
            if found.is_empty() { nothing_found() } else { view! { <div class="choices">{found}</div> }.into_any() }
        })
        .into_any()
    });
    let select = move || {
        let Some(application) = chosen.get_untracked() else {
            toasts.bad("Select an application first.");
            return;
        };
        let name = application.display_name.clone();
        let work = async move {
            let from = application.user_flow.as_ref().map(|flow| flow.id.as_str());
            client.attach(&id.get_value(), &application.app_id, from).await
        };
        act.run(work, move |added| match added {
            Ok(()) => {
                act.close(open, false);
                toasts.good(format!("{name} uses this flow now."));
                loaded.again();
            }
            Err(trouble) => toasts.bad(trouble.sentence()),
        });
    };
    let label = move || {
        let moves = chosen.with(|chosen| chosen.as_ref().is_some_and(|application| application.user_flow.is_some()));
        if moves { "Move here and select" } else { "Select" }
    };
    let content = view! {
        {search("Search applications", typed)}
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); select() })>
            {list}
            <div class="buttons end">
                {plain("Cancel", move || open.set(false))}
                {move || submit(label(), "Adding …", act)}
            </div>
        </form>
    };
    dialog("dialog", "Add application", move || open.set(false), content.into_any())
}

fn choice(chosen: RwSignal<Option<Application>>, application: &Application) -> AnyView {
    let (own, asked) = (application.clone(), application.app_id.clone());
    let is_chosen = move || chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.app_id == asked));
    let elsewhere = application.user_flow.as_ref().map(|flow| {
        view! { <small>{format!("Uses {} now. Selecting it here moves it.", flow.display_name)}</small> }
    });
    view! {
        <label class="tick">
            <input type="radio" name="application" prop:checked=is_chosen on:change=on_change(move |_| chosen.set(Some(own.clone()))) />
            <span>{application.display_name.clone()}{elsewhere}</span>
        </label>
    }
    .into_any()
}
