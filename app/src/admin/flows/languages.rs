//! The languages of a flow's pages: every sentence of ours is there in each; the administrator's own are counted here.

use super::super::{
    client::client,
    route::{FlowTab, Route},
    session::portal,
    ui::{button::run, load::Loaded, toast::toasts, toggle::toggle},
};
use crate::contract::{attribute::EMAIL, resource::user_flow::UserFlow};
use leptos::prelude::*;
use serde_json::json;

pub fn section(loaded: Loaded<UserFlow>, flow: UserFlow) -> AnyView {
    let layout = Route::Flow { id: flow.id.clone(), tab: FlowTab::Layout }.path();
    let asked: Vec<_> = flow.inputs().iter().filter(|input| input.attribute != EMAIL).collect();
    let whole = StoredValue::new(flow.clone());
    let rows: Vec<_> = portal()
        .languages
        .into_iter()
        .map(|language| {
            let offered = !flow.disabled_languages.contains(&language.tag);
            let (name, tag) = (format!("Offer {}", language.name), language.tag.clone());
            let switch = toggle(name, move || offered, move |on| offer(loaded, &whole.get_value(), &tag, on));
            let label = |translation: &crate::contract::resource::input::Translation| translation.label.is_some();
            let translated =
                asked.iter().filter(|input| input.translations.get(&language.tag).is_some_and(label)).count();
            view! {
                <tr>
                    <th scope="row"><span lang=language.tag.clone()>{language.name}</span></th>
                    <td><code>{language.tag}</code></td>
                    <td>{match translated {
                        0 => "As written under Page layouts".to_owned(),
                        some => format!("{some} of {} translated", asked.len()),
                    }}</td>
                    <td class="acts">{switch}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <p class="second">"People get the language that their browser asks for, and can change it below every page, as far as it is offered here. Labels are translated under "<a href=layout>"Page layouts"</a>", all other sentences under "<a href=Route::Languages.path()>"Languages"</a>"."</p>
        <div class="card"><div class="scroll"><table>
            <thead><tr><th scope="col">"Language"</th><th scope="col">"Tag"</th><th scope="col">"Labels"</th><th scope="col" class="acts">"Offered"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div></div>
    }
    .into_any()
}

/// Whoever reads a language that is not offered is shown another.
fn offer(loaded: Loaded<UserFlow>, flow: &UserFlow, tag: &str, on: bool) {
    let (client, toasts) = (client(), toasts());
    let (id, etag) = (flow.id.clone(), flow.etag.clone());
    let mut off: Vec<String> = flow.disabled_languages.iter().filter(|known| *known != tag).cloned().collect();
    if !on {
        off.push(tag.into());
    }
    let changes = json!({ "disabledLanguages": off });
    run(async move { client.update_flow(&id, etag.as_deref(), changes).await }, move |()| {
        toasts.good("Saved. The next page that somebody opens has it.");
        loaded.again();
    });
}
