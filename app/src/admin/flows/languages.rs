//! The languages of a flow's pages: every sentence of ours is there in each; the administrator's own are counted here.

use super::super::{
    route::{FlowTab, Route},
    session::portal,
};
use crate::contract::{attribute::EMAIL, resource::user_flow::UserFlow};
use leptos::prelude::*;

pub fn section(flow: UserFlow) -> AnyView {
    let layout = Route::Flow { id: flow.id.clone(), tab: FlowTab::Layout }.path();
    let asked: Vec<_> = flow.inputs().iter().filter(|input| input.attribute != EMAIL).collect();
    let rows: Vec<_> = portal()
        .languages
        .into_iter()
        .map(|language| {
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
                </tr>
            }
        })
        .collect();
    view! {
        <p class="second">"People get the language that their browser asks for, and can change it below every page. Labels are translated under "<a href=layout>"Page layouts"</a>", all other sentences under "<a href=Route::Languages.path()>"Languages"</a>"."</p>
        <div class="card"><div class="scroll"><table>
            <thead><tr><th scope="col">"Language"</th><th scope="col">"Tag"</th><th scope="col">"Labels"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div></div>
    }
    .into_any()
}
