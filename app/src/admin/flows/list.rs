//! Every user flow of the directory: what kind it is, who uses it, how many signed up through it.

use super::super::{
    activity::remember_busiest,
    browser::number,
    client::client,
    frame::head,
    route::{FlowTab, Route},
    ui::{
        empty::{empty, nothing_found},
        icon::{Icon, icon},
        load::load,
        search::{fits, search},
    },
    welcome::welcome,
};
use super::kinds;
use crate::contract::resource::user_flow::UserFlow;
use leptos::prelude::*;

pub fn list() -> AnyView {
    let client = client();
    let flows = load(move || client.flows());
    let typed = RwSignal::new(String::new());
    let acts = move || new_flow().into_any();
    let content = flows.show(4, move |flows| {
        remember_busiest(&flows);
        if flows.is_empty() {
            return empty(
                "No user flow yet",
                "A user flow is what people walk through when they sign up or sign in: how they prove who they are, and what \
                 they are asked the first time.",
                Some(new_flow()),
            );
        }
        view! {
            <div class="card">
                <div class="tools">{search("Search user flows", typed)}</div>
                {move || table(&flows, &typed.get())}
            </div>
        }
        .into_any()
    });
    view! { <div class="screen">{head(Vec::new(), "User flows".into(), acts())}{welcome()}{content}</div> }.into_any()
}

fn new_flow() -> AnyView {
    view! { <a class="button primary" href=Route::NewFlow.path()>{icon(Icon::Plus)}<span>"New user flow"</span></a> }
        .into_any()
}

fn table(flows: &[UserFlow], typed: &str) -> AnyView {
    let rows: Vec<_> = flows.iter().filter(|flow| fits(typed, &[&flow.display_name])).map(row).collect();
    if rows.is_empty() {
        return nothing_found();
    }
    view! {
        <div class="scroll">
            <table>
                <thead><tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Type"</th>
                    <th scope="col">"Applications"</th>
                    <th scope="col" class="number">"People signed up"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(flow: &UserFlow) -> AnyView {
    let to = |tab| Route::Flow { id: flow.id.clone(), tab }.path();
    view! {
        <tr>
            <th scope="row"><a href=to(FlowTab::Overview)>{flow.display_name.clone()}</a></th>
            <td><span class="badge">{kinds::name(flow.kind)}</span></td>
            <td>{applications(flow)}</td>
            <td class="number" data-unit="signed up">{number(flow.people_signed_up)}</td>
        </tr>
    }
    .into_any()
}

fn applications(flow: &UserFlow) -> AnyView {
    let names: Vec<&str> = flow.applications().iter().map(|application| application.display_name.as_str()).collect();
    match names.as_slice() {
        [] => {
            let add = Route::Flow { id: flow.id.clone(), tab: FlowTab::Applications }.path();
            view! { <a class="quiet" href=add>"Add application"</a> }.into_any()
        }
        [one] => (*one).to_owned().into_any(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()).into_any(),
    }
}
