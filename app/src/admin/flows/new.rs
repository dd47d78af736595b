//! *New user flow*: a name, how people prove who they are, and what they are asked.

use super::super::{
    browser::focus_fault,
    client::client,
    frame::head,
    route::{Route, place, stay},
    trouble::Trouble,
    ui::{
        ask::dialog,
        button::{Act, plain, submit},
        field::{Label, line, radio, tick},
        load::{both, load},
        toast::toasts,
    },
};
use super::{
    kinds::{self, KINDS, RECOMMENDED, asks_attributes, makes_accounts},
    methods::{email_accounts, flip, others},
    names,
    overview::NAMELESS,
    properties::version,
};
use crate::admin::ui::listen::{on_click, on_submit};
use crate::contract::{
    attribute::EMAIL,
    flow_rules::{FlowVersion, SignInName},
    resource::{
        identity_provider::{EMAIL_PASSWORD, IdentityProvider, Switch},
        user_flow::{FlowProvider, UserFlow},
        user_flow_attribute::UserFlowAttribute,
    },
    user_flow::FlowKind,
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What is offered at once; *Show more* has the rest.
const OFFERED_FIRST: [&str; 4] = ["displayName", "givenName", "surname", "country"];

/// What was chosen so far.
#[derive(Clone, Copy)]
struct Draft {
    kind: RwSignal<FlowKind>,
    version: RwSignal<FlowVersion>,
    name: RwSignal<String>,
    name_fault: RwSignal<Option<String>>,
    email: RwSignal<bool>,
    /// Id of the way in which email accounts prove themselves.
    method: RwSignal<&'static str>,
    sign_in_name: RwSignal<SignInName>,
    providers: RwSignal<BTreeSet<String>>,
    attributes: RwSignal<BTreeSet<String>>,
    fault: RwSignal<Option<String>>,
}

#[derive(Clone, PartialEq)]
struct Offer {
    providers: Vec<IdentityProvider>,
    attributes: Vec<UserFlowAttribute>,
    passcode: bool,
}

pub fn new() -> AnyView {
    let client = client();
    let draft = Draft {
        kind: RwSignal::new(FlowKind::default()),
        version: RwSignal::new(FlowVersion::default()),
        name: RwSignal::new(String::new()),
        name_fault: RwSignal::new(None),
        email: RwSignal::new(false),
        method: RwSignal::new(EMAIL_PASSWORD),
        sign_in_name: RwSignal::new(SignInName::default()),
        providers: RwSignal::new(BTreeSet::new()),
        attributes: RwSignal::new(BTreeSet::new()),
        fault: RwSignal::new(None),
    };
    let offer = load(move || async move {
        let ((method, providers), attributes) =
            both(both(client.email_method(), client.providers()), client.attributes()).await?;
        let passcode = method.allow_external_id_to_use_email_otp == Switch::Enabled;
        Ok(Offer { providers, attributes, passcode })
    });
    place().hold(move || draft.name.with(|name| !name.trim().is_empty()));
    view! {
        <div class="screen narrow">
            {head(vec![("User flows".into(), Route::Flows)], "Create".into(), ().into_any())}
            {offer.show(6, move |offer| form(draft, offer))}
        </div>
    }
    .into_any()
}

fn form(draft: Draft, offer: Offer) -> AnyView {
    let act = Act::new();
    let offered = offer.attributes.clone();
    let create = move || create(draft, act, &offered);
    let (more, all) = (RwSignal::new(false), offer.attributes.clone());
    // Beside the form, not in it: Enter there is not meant for the flow.
    let window = move || more.get().then(|| every(draft, all.clone(), more));
    view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); create() })>
            {types(draft)}
            <section class="card pad">
                {line(Label::new("name", "Name").hint("For example, SignInSignUpSample."), draft.name, draft.name_fault)}
            </section>
            {providers(draft, &offer)}
            {move || asks_attributes(draft.kind.get()).then(|| attributes(draft, more, offer.attributes.clone()))}
            {move || draft.fault.get().map(|fault| view! { <p class="notice bad" role="alert">{fault}</p> })}
            <div class="buttons">
                {submit("Create", "Creating …", act)}
                <a class="button" href=Route::Flows.path()>"Cancel"</a>
            </div>
        </form>
        {window}
    }
    .into_any()
}

/// The type of the flow: those that are recommended, or all of them in each of their versions.
fn types(draft: Draft) -> AnyView {
    let every = RwSignal::new(false);
    let tab = |name: &'static str, all: bool| {
        let choose = move |_| {
            every.set(all);
            if !all {
                draft.version.set(FlowVersion::Recommended);
                if !KINDS[..RECOMMENDED].iter().any(|one| one.kind == draft.kind.get_untracked()) {
                    draft.kind.set(FlowKind::default());
                }
            }
        };
        view! {
            <button type="button" aria-pressed=move || if every.get() == all { "true" } else { "false" } on:click=on_click(choose)>{name}</button>
        }
    };
    let kinds = move || {
        let shown = if every.get() { KINDS.len() } else { RECOMMENDED };
        let one = |one: &'static kinds::Kind| {
            let (kind, about) = (one.kind, Some(one.about.into()));
            radio("kind", one.name, about, move || draft.kind.get() == kind, None, move || draft.kind.set(kind))
        };
        KINDS[..shown].iter().map(one).collect::<Vec<_>>()
    };
    let versions = move || {
        let one = |this: FlowVersion, about: &'static str| {
            let is = move || draft.version.get() == this;
            radio("version", version(this), Some(about.into()), is, None, move || draft.version.set(this))
        };
        every.get().then(|| {
            view! {
                <fieldset class="inner">
                    <legend>"Version"</legend>
                    {one(FlowVersion::Recommended, "What is new comes to it.")}
                    {one(FlowVersion::Legacy, "Behaves as the first version did, for applications that count on it.")}
                </fieldset>
            }
        })
    };
    view! {
        <section class="card pad">
            <fieldset>
                <legend>"User flow type"</legend>
                <p class="hint">"Type and version stay as they are once the flow is made."</p>
                <span class="pair words" role="group" aria-label="Which types are shown">{tab("Recommended", false)}{tab("All versions", true)}</span>
                {kinds}
                {versions}
            </fieldset>
        </section>
    }
    .into_any()
}

fn providers(draft: Draft, offer: &Offer) -> AnyView {
    let social = others(draft.providers, &offer.providers);
    let passcode = offer.passcode;
    let methods = move || {
        draft.email.get().then(|| {
            view! {
                <fieldset class="inner">
                    <legend>"Email accounts"</legend>
                    {email_accounts(passcode, move |id| draft.method.get() == id, move |id| draft.method.set(id))}
                </fieldset>
                {move || (draft.method.get() == EMAIL_PASSWORD).then(|| names::choice(draft.sign_in_name))}
            }
        })
    };
    view! {
        <section class="card pad">
            <fieldset>
                <legend>"Identity providers"</legend>
                <p class="hint">"How people prove who they are. Others appear here once they are set up under All identity providers."</p>
                {tick("Email Accounts", None, move || draft.email.get(), None, move |on| {
                    draft.fault.set(None);
                    draft.email.set(on);
                })}
                {methods}
                {social}
            </fieldset>
        </section>
    }
    .into_any()
}

/// Those that most flows ask for, and those that were chosen among the rest.
fn attributes(draft: Draft, more: RwSignal<bool>, all: Vec<UserFlowAttribute>) -> AnyView {
    let first = move || {
        let shown = |attribute: &&UserFlowAttribute| {
            let is_chosen = || draft.attributes.with(|chosen| chosen.contains(&attribute.id));
            OFFERED_FIRST.contains(&attribute.id.as_str()) || is_chosen()
        };
        all.iter().filter(shown).map(|attribute| choice(draft.attributes, attribute)).collect::<Vec<_>>()
    };
    view! {
        <section class="card pad">
            <fieldset>
                <legend>"User attributes"</legend>
                <p class="hint">{if makes_accounts(draft.kind.get_untracked()) {
                    "What people are asked when they sign up. They are asked once, the first time."
                } else {
                    "What people see of themselves and may correct."
                }}</p>
                <div class="columns">{first}</div>
                <button class="way" type="button" on:click=on_click(move |_| more.set(true))>"Show more"</button>
            </fieldset>
        </section>
    }
    .into_any()
}

/// All attributes, in a window of their own; *OK* keeps what was chosen.
fn every(draft: Draft, all: Vec<UserFlowAttribute>, open: RwSignal<bool>) -> AnyView {
    let chosen = RwSignal::new(draft.attributes.get_untracked());
    let rows: Vec<_> =
        all.iter().filter(|attribute| attribute.id != EMAIL).map(|attribute| choice(chosen, attribute)).collect();
    let keep = move || {
        draft.attributes.set(chosen.get_untracked());
        open.set(false);
    };
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); keep() })>
            <div class="columns tall">{rows}</div>
            <div class="buttons end">
                {plain("Cancel", move || open.set(false))}
                <button class="button primary" type="submit">"OK"</button>
            </div>
        </form>
    };
    dialog("dialog", "User attributes", move || open.set(false), content.into_any())
}

pub fn choice(chosen: RwSignal<BTreeSet<String>>, attribute: &UserFlowAttribute) -> AnyView {
    let (id, asked) = (attribute.id.clone(), attribute.id.clone());
    tick(
        attribute.display_name.clone(),
        attribute.description.clone(),
        move || chosen.with(|chosen| chosen.contains(&asked)),
        None,
        move |on| flip(chosen, &id, on),
    )
}

fn create(draft: Draft, act: Act, offered: &[UserFlowAttribute]) {
    let name = draft.name.get_untracked().trim().to_owned();
    if name.is_empty() {
        draft.name_fault.set(Some(NAMELESS.into()));
        focus_fault();
        return;
    }
    let mut providers: Vec<String> = draft.providers.get_untracked().into_iter().collect();
    if draft.email.get_untracked() {
        providers.insert(0, draft.method.get_untracked().into());
    }
    if providers.is_empty() {
        draft.fault.set(Some("Choose at least one identity provider, for example Email Accounts.".into()));
        return;
    }
    let mut flow = UserFlow { display_name: name, ..UserFlow::default() };
    flow.kind = draft.kind.get_untracked();
    flow.rules.version = draft.version.get_untracked();
    if draft.method.get_untracked() == EMAIL_PASSWORD {
        flow.rules.sign_in_name = draft.sign_in_name.get_untracked();
    }
    flow.on_interactive_auth_flow_start.is_sign_up_allowed = makes_accounts(flow.kind);
    flow.on_authentication_method_load_start.identity_providers =
        providers.into_iter().map(|id| FlowProvider { id, ..FlowProvider::default() }).collect();
    if asks_attributes(flow.kind) {
        let chosen = draft.attributes.get_untracked();
        flow.on_attribute_collection.attributes =
            offered.iter().filter(|attribute| chosen.contains(&attribute.id)).cloned().collect();
        // What is asked is told to the applications; the flow's User attributes can be set otherwise.
        flow.claims = chosen.into_iter().collect();
    }
    let (client, toasts, stay) = (client(), toasts(), stay());
    act.run(async move { client.create_flow(&flow).await }, move |made| match made {
        Ok(made) => {
            toasts.good(format!("{} is ready. Add an application to it to use it.", made.display_name));
            stay.leave_for(&Route::Flows);
        }
        Err(trouble) => tell(draft, &trouble),
    });
}

fn tell(draft: Draft, trouble: &Trouble) {
    match trouble.about("displayName") {
        Some(fault) => draft.name_fault.set(Some(fault)),
        None => draft.fault.set(Some(trouble.sentence())),
    }
    focus_fault();
}
