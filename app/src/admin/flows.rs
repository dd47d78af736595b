//! User flows: the list, a new one, and one with its tabs.

mod applications;
mod attributes;
mod history;
mod kinds;
mod languages;
mod list;
mod methods;
mod names;
mod new;
mod overview;
mod properties;
mod run;
mod simulate;

use super::{
    client::client,
    frame::head,
    layout,
    route::{FLOW_TABS, FlowTab, Named, Route},
    ui::{
        load::{Loaded, load},
        tabs::{Group, Tab, tabs},
    },
};
use crate::contract::resource::user_flow::UserFlow;
pub use history::who;
use leptos::prelude::*;
pub use list::list;
pub use new::new;

pub fn flow(id: String, tab: FlowTab) -> AnyView {
    let client = client();
    if tab == FlowTab::Layout {
        // The page that is being laid out has a top of its own, with what can be saved.
        let links = {
            let id = id.clone();
            move || links(&id, tab)
        };
        return view! { <div class="screen wide">{layout::screen(id, links)}</div> }.into_any();
    }
    let links = links(&id, tab);
    let flow = {
        let id = id.clone();
        load(move || {
            let id = id.clone();
            async move { client.flow(&id).await }
        })
    };
    let run = Route::Flow { id: id.clone(), tab: FlowTab::Run }.path();
    let title = Memo::new(move |_| flow.get().map_or_else(String::new, |flow| flow.display_name));
    let top = move || {
        let run = (tab != FlowTab::Run).then(|| view! { <a class="button" href=run.clone()>"Run user flow"</a> });
        head(vec![("User flows".into(), Route::Flows)], title.get(), run.into_any())
    };
    let content = section(tab, flow, id);
    view! { <div class="screen" class:wide=tab == FlowTab::Run>{top}{links}{content}</div> }.into_any()
}

fn links(id: &str, here: FlowTab) -> AnyView {
    let link = |(tab, _, name): &Named| Tab {
        path: Route::Flow { id: id.into(), tab: *tab }.path(),
        name,
        here: *tab == here,
    };
    let group =
        |(caption, tabs): &(&'static str, &'static [Named])| Group { caption, tabs: tabs.iter().map(link).collect() };
    tabs("User flow", FLOW_TABS.iter().map(group).collect())
}

/// What needs more than the flow asks for it at the same time.
fn section(tab: FlowTab, loaded: Loaded<UserFlow>, id: String) -> AnyView {
    let alone = move |draw: fn(Loaded<UserFlow>, UserFlow) -> AnyView| loaded.show(5, move |flow| draw(loaded, flow));
    match tab {
        FlowTab::Overview => overview::section(loaded, id),
        FlowTab::Properties => alone(|loaded, flow| properties::section(loaded, &flow)),
        FlowTab::Applications => alone(applications::section),
        FlowTab::Providers => methods::section(loaded),
        FlowTab::Attributes => attributes::section(loaded),
        FlowTab::Languages => alone(languages::section),
        FlowTab::Run => {
            let walk = simulate::section(loaded, id);
            view! { {loaded.show(5, |flow| run::section(&flow))}{walk} }.into_any()
        }
        FlowTab::History => history::section(loaded, id),
        FlowTab::Layout => ().into_any(),
    }
}
