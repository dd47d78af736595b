//! A flow at a glance: its name, what it does, how far people come.

use super::super::{
    activity::{days_ago, steps},
    browser::{focus_fault, number},
    client::client,
    route::{FlowTab, Route, place, stay},
    ui::{
        ask::{Question, asking},
        button::{Act, run, submit, with_icon},
        field::{Label, line},
        icon::Icon,
        load::{Loaded, load},
        toast::toasts,
        toggle::toggle,
    },
};
use crate::admin::ui::listen::on_submit;
use crate::contract::resource::{funnel::Funnel, user_flow::UserFlow};
use leptos::prelude::*;
use serde_json::{Value, json};

pub const NAMELESS: &str = "Give the user flow a name, like SignInSignUpSample.";

pub fn section(loaded: Loaded<UserFlow>, id: String) -> AnyView {
    let client = client();
    let funnel = load(move || {
        let id = id.clone();
        async move { client.funnel(&id, &days_ago(30)).await }
    });
    loaded.show(5, move |flow| at_a_glance(loaded, funnel, flow))
}

fn at_a_glance(loaded: Loaded<UserFlow>, funnel: Loaded<Funnel>, flow: UserFlow) -> AnyView {
    let providers: Vec<_> = flow
        .on_authentication_method_load_start
        .identity_providers
        .iter()
        .map(|provider| provider.display_name.clone())
        .collect();
    let layout = Route::Flow { id: flow.id.clone(), tab: FlowTab::Layout }.path();
    view! {
        <section class="card pad">
            <dl class="facts">
                <div><dt>"People signed up"</dt><dd class="big">{number(flow.people_signed_up)}</dd></div>
                <div><dt>"Applications"</dt><dd class="big">{flow.applications().len()}</dd></div>
                <div><dt>"Revision"</dt><dd class="big">{flow.revision}</dd></div>
                <div><dt>"Identity providers"</dt><dd>{providers.join(", ")}</dd></div>
            </dl>
        </section>
        {settings(loaded, &flow)}
        <section class="card">
            <header><h2>"Where people stop, last 30 days"</h2><a class="button small" href=layout>"Page layouts"</a></header>
            <div class="pad">{funnel.show(3, |funnel| steps(&funnel))}</div>
        </section>
        {deletion(&flow)}
    }
    .into_any()
}

fn settings(loaded: Loaded<UserFlow>, flow: &UserFlow) -> AnyView {
    let name = RwSignal::new(flow.display_name.clone());
    let fault = RwSignal::new(None::<String>);
    let act = Act::new();
    let before = flow.display_name.clone();
    place().hold(move || name.with(|name| name.trim() != before));
    let (sign_up, keep) =
        (RwSignal::new(flow.on_interactive_auth_flow_start.is_sign_up_allowed), RwSignal::new(flow.keep_signed_in));
    let flow = StoredValue::new(flow.clone());
    let set = move |changes: Value| change(loaded, &flow.get_value(), changes);
    let rename = move || {
        let (client, toasts, stay) = (client(), toasts(), stay());
        let (before, new) = (flow.get_value(), name.get_untracked().trim().to_owned());
        if new.is_empty() {
            fault.set(Some(NAMELESS.into()));
            focus_fault();
            return;
        }
        let changes = json!({ "displayName": new });
        act.run(async move { client.update_flow(&before.id, before.etag.as_deref(), changes).await }, move |saved| {
            match saved {
                Ok(()) => {
                    stay.let_go();
                    toasts.good("Saved.");
                    loaded.again();
                }
                Err(trouble) => {
                    fault.set(Some(trouble.sentence()));
                    focus_fault();
                }
            }
        });
    };
    view! {
        <section class="card pad">
            <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); rename() })>
                {line(Label::new("name", "Name"), name, fault)}
                <div class="buttons">{submit("Save", "Saving …", act)}</div>
            </form>
            <div class="line">
                <div class="two"><strong>"Sign-up"</strong><small>"People without an account can make one."</small></div>
                {toggle("Sign-up", move || sign_up.get(), move |on| {
                    sign_up.set(on);
                    set(json!({ "onInteractiveAuthFlowStart": {
                        "@odata.type": "#microsoft.graph.onInteractiveAuthFlowStartExternalUsersSelfServiceSignUp",
                        "isSignUpAllowed": on,
                    }}));
                })}
            </div>
            <div class="line">
                <div class="two"><strong>"Keep me signed in"</strong><small>"The page offers to stay signed in after the browser is closed."</small></div>
                {toggle("Keep me signed in", move || keep.get(), move |on| {
                    keep.set(on);
                    set(json!({ "keepSignedIn": on }));
                })}
            </div>
        </section>
    }
    .into_any()
}

fn change(loaded: Loaded<UserFlow>, flow: &UserFlow, changes: Value) {
    let (client, toasts) = (client(), toasts());
    let (id, etag) = (flow.id.clone(), flow.etag.clone());
    leptos::task::spawn_local(async move {
        if let Err(trouble) = client.update_flow(&id, etag.as_deref(), changes).await {
            toasts.bad(trouble.sentence());
        }
        loaded.again();
    });
}

fn deletion(flow: &UserFlow) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (id, name) = (flow.id.clone(), flow.display_name.clone());
    let ask = move || {
        let (stay, id, name) = (stay(), id.clone(), name.clone());
        let question = Question {
            title: format!("Delete {name}?"),
            text: "Its applications are without a flow then: nobody can sign in there until they are added to another. Accounts stay.".into(),
            act: "Delete user flow".into(),
            dangerous: true,
        };
        asking().ask(question, move || {
            let (id, name) = (id.clone(), name.clone());
            run(async move { client.delete_flow(&id).await }, move |()| {
                toasts.good(format!("{name} is deleted."));
                stay.leave_for(&Route::Flows);
            });
        });
    };
    view! { <div class="buttons">{with_icon(Icon::Trash, "Delete user flow", ask)}</div> }.into_any()
}
