//! What a new person is asked: the chosen attributes, saved together.

use super::{
    super::{
        client::client,
        route::Route,
        ui::{
            button::{Act, primary},
            load::{Loaded, load},
            search::{fits, search},
            toast::toasts,
        },
    },
    new::choice,
};
use crate::contract::{
    attribute::EMAIL,
    resource::{user_flow::UserFlow, user_flow_attribute::UserFlowAttribute},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

pub fn section(loaded: Loaded<UserFlow>, flow: UserFlow) -> AnyView {
    let client = client();
    let all = load(move || client.attributes());
    let before: BTreeSet<String> =
        flow.inputs().iter().map(|input| input.attribute.clone()).filter(|id| id != EMAIL).collect();
    let id = StoredValue::new(flow.id);
    let before = StoredValue::new(before);
    all.show(6, move |all| choosing(loaded, id, before, all))
}

fn choosing(
    loaded: Loaded<UserFlow>,
    id: StoredValue<String>,
    before: StoredValue<BTreeSet<String>>,
    all: Vec<UserFlowAttribute>,
) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (chosen, typed, act) = (RwSignal::new(before.get_value()), RwSignal::new(String::new()), Act::new());
    let save = move || {
        let (before, now, id) = (before.get_value(), chosen.get_untracked(), id.get_value());
        let work = async move {
            for added in now.difference(&before) {
                client.add_attribute(&id, added).await?;
            }
            for removed in before.difference(&now) {
                client.remove_attribute(&id, removed).await?;
            }
            Ok(())
        };
        act.run(work, move |saved| {
            match saved {
                Ok(()) => toasts.good("Saved. Their order and words are set under Page layouts."),
                Err(trouble) => toasts.bad(trouble.sentence()),
            }
            loaded.again();
        });
    };
    let rows = move || {
        all.iter()
            .filter(|attribute| attribute.id != EMAIL && fits(&typed.get(), &[&attribute.display_name, &attribute.id]))
            .map(|attribute| choice(chosen, attribute))
            .collect::<Vec<_>>()
    };
    let sentence = move || match chosen.with(BTreeSet::len) {
        0 => "Nothing is asked".to_owned(),
        1 => "1 attribute is asked".to_owned(),
        many => format!("{many} attributes are asked"),
    };
    view! {
        <div class="card">
            <div class="tools">{search("Search attributes", typed)}<span class="second">{sentence}</span><span class="gap"></span>{primary("Save", "Saving …", act, save)}</div>
            <div class="columns pad">{rows}</div>
            <p class="foot">"Not what you look for? "<a href=Route::Attributes.path()>"Add a custom user attribute"</a>"."</p>
        </div>
    }
    .into_any()
}
