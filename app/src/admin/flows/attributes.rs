//! What a new person is asked: the chosen attributes, saved together.

use super::{
    super::{
        client::client,
        route::{Route, place, stay},
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
use serde_json::json;
use std::collections::BTreeSet;

pub fn section(loaded: Loaded<UserFlow>) -> AnyView {
    let client = client();
    let all = load(move || client.attributes());
    loaded.show(6, move |flow| {
        let flow = StoredValue::new(flow);
        all.show(6, move |all| choosing(loaded, flow, all))
    })
}

fn choosing(loaded: Loaded<UserFlow>, flow: StoredValue<UserFlow>, all: Vec<UserFlowAttribute>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let asked = flow.with_value(|flow| flow.inputs().iter().map(|input| input.attribute.clone()).collect());
    let claims = RwSignal::new(flow.with_value(|flow| flow.claims.iter().cloned().collect::<BTreeSet<_>>()));
    let (chosen, typed, act) = (RwSignal::new(asked), RwSignal::new(String::new()), Act::new());
    follow(chosen, claims);
    let as_it_is = (chosen.get_untracked(), claims.get_untracked());
    place().hold(move || (chosen.get(), claims.get()) != as_it_is);
    let save = move || {
        let stay = stay();
        let (id, etag) = flow.with_value(|flow| (flow.id.clone(), flow.etag.clone()));
        let attributes: Vec<_> = chosen.get_untracked().into_iter().map(|id| json!({ "id": id })).collect();
        let changes = json!({
            "onAttributeCollection": {
                "@odata.type": "#microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp",
                "attributes": attributes,
            },
            "claims": claims.get_untracked(),
        });
        act.run(async move { client.update_flow(&id, etag.as_deref(), changes).await }, move |saved| match saved {
            Ok(()) => {
                stay.let_go();
                toasts.good("Saved. Their order and words are set under Page layouts.");
                loaded.again();
            }
            Err(trouble) => toasts.bad(trouble.sentence()),
        });
    };
    let all: Vec<_> = all.into_iter().filter(|attribute| attribute.id != EMAIL).collect();
    let told: Vec<_> =
        all.iter().map(|it| choice(claims, &UserFlowAttribute { description: None, ..it.clone() })).collect();
    let rows = move || {
        all.iter()
            .filter(|attribute| fits(&typed.get(), &[&attribute.display_name, &attribute.id]))
            .map(|attribute| choice(chosen, attribute))
            .collect::<Vec<_>>()
    };
    let sentence = move || match chosen.with(|chosen| chosen.iter().filter(|id| *id != EMAIL).count()) {
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
        <section class="card">
            <header><h2>"Claims in tokens"</h2></header>
            <fieldset class="pad">
                <legend class="unseen">"Claims in tokens"</legend>
                <p class="second">"What the applications of this flow are told of a person. Saved together with the attributes above."</p>
                <div class="columns">{told}</div>
            </fieldset>
        </section>
    }
    .into_any()
}

/// What is asked from now on is also told to applications, and what is not asked any more is not; either can be changed.
fn follow(chosen: RwSignal<BTreeSet<String>>, claims: RwSignal<BTreeSet<String>>) {
    Effect::new(move |before: Option<BTreeSet<String>>| {
        let now = chosen.get();
        if let Some(before) = before {
            claims.update(|claims| {
                claims.retain(|id| now.contains(id) || !before.contains(id));
                claims.extend(now.difference(&before).cloned());
            });
        }
        now
    });
}
