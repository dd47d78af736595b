//! How people of this flow prove who they are.

use super::{
    super::{
        client::client,
        route::{place, stay},
        ui::{
            button::{Act, submit},
            field::{radio, tick},
            listen::on_submit,
            load::{Loaded, both, load},
            toast::toasts,
        },
    },
    names,
};
use crate::contract::{
    flow_rules::{AddressProof, SignInName},
    resource::{
        identity_provider::{EMAIL_PASSCODE, EMAIL_PASSWORD, EmailMethod, IdentityProvider, Switch},
        user_flow::UserFlow,
    },
};
use leptos::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

/// Why a passcode cannot be chosen while the directory has it switched off.
const PASSCODE_IS_OFF: &str =
    "Switched off in this directory. Switch it on under All identity providers, Email one-time passcode.";

/// The ways in which email accounts prove themselves; each flow has one of them.
pub fn email_accounts(
    passcode: bool,
    is: impl Fn(&str) -> bool + Copy + Send + Sync + 'static,
    choose: impl Fn(&'static str) + Copy + Send + Sync + 'static,
) -> Vec<AnyView> {
    let one = |id: &'static str, name: &'static str, about: &'static str, why_not: Option<String>| {
        radio("method", name, Some(about.into()), move || is(id), why_not, move || choose(id))
    };
    let why_not = (!passcode).then(|| PASSCODE_IS_OFF.to_owned());
    vec![
        one(EMAIL_PASSWORD, "Email with password", "People sign in with their email address and a password.", None),
        one(
            EMAIL_PASSCODE,
            "Email one-time passcode",
            "People sign in with their email address and a code that is mailed to it.",
            why_not,
        ),
    ]
}

/// Everybody else who says for people who they are.
pub fn others(chosen: RwSignal<BTreeSet<String>>, providers: &[IdentityProvider]) -> Vec<AnyView> {
    let one = |provider: &IdentityProvider| {
        let (id, asked) = (provider.id().to_owned(), provider.id().to_owned());
        let is = move || chosen.with(|chosen| chosen.contains(&asked));
        tick(provider.display_name(), None, is, None, move |on| flip(chosen, &id, on))
    };
    providers.iter().filter(|provider| !matches!(provider, IdentityProvider::BuiltIn(_))).map(one).collect()
}

pub fn flip(set: RwSignal<BTreeSet<String>>, id: &str, on: bool) {
    set.update(|set| {
        if on {
            set.insert(id.into())
        } else {
            set.remove(id)
        };
    });
}

pub fn section(loaded: Loaded<UserFlow>) -> AnyView {
    let client = client();
    let all = load(move || both(client.providers(), client.email_method()));
    loaded.show(4, move |flow| of_flow(loaded, all, flow))
}

fn of_flow(loaded: Loaded<UserFlow>, all: Loaded<(Vec<IdentityProvider>, EmailMethod)>, flow: UserFlow) -> AnyView {
    let before: BTreeSet<String> = flow
        .on_authentication_method_load_start
        .identity_providers
        .iter()
        .map(|provider| provider.id.clone())
        .collect();
    let (flow, before) = (StoredValue::new(flow), StoredValue::new(before));
    all.show(4, move |(providers, method)| {
        let passcode = method.allow_external_id_to_use_email_otp == Switch::Enabled;
        choosing(loaded, flow, before, &providers, passcode)
    })
}

fn choosing(
    loaded: Loaded<UserFlow>,
    flow: StoredValue<UserFlow>,
    before: StoredValue<BTreeSet<String>>,
    providers: &[IdentityProvider],
    passcode: bool,
) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (chosen, act) = (RwSignal::new(before.get_value()), Act::new());
    let called = RwSignal::new(flow.with_value(|flow| flow.rules.sign_in_name));
    place().hold(move || {
        let renamed = flow.with_value(|flow| called.get() != flow.rules.sign_in_name);
        renamed || chosen.with(|chosen| before.with_value(|before| chosen != before))
    });
    let has = move |id: &str| chosen.with(|chosen| chosen.contains(id));
    let only = move |id: &'static str| {
        chosen.update(|chosen| {
            chosen.remove(EMAIL_PASSWORD);
            chosen.remove(EMAIL_PASSCODE);
            chosen.insert(id.into());
        });
    };
    let social = others(chosen, providers);
    let save = move || {
        let stay = stay();
        let (id, etag) = flow.with_value(|flow| (flow.id.clone(), flow.etag.clone()));
        let providers: Vec<_> = chosen.get_untracked().into_iter().map(|id| json!({ "id": id })).collect();
        // Where there are no passwords, nobody signs in with a user name, and a code proves every address.
        let rules = match has(EMAIL_PASSWORD) {
            true => json!({ "signInName": called.get_untracked() }),
            false => json!({ "signInName": SignInName::Email, "address": AddressProof::ByCode }),
        };
        let changes = json!({ "rules": rules, "onAuthenticationMethodLoadStart": {
            "@odata.type": "#microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp",
            "identityProviders": providers,
        }});
        act.run(async move { client.update_flow(&id, etag.as_deref(), changes).await }, move |saved| match saved {
            Ok(()) => {
                stay.let_go();
                toasts.good("Saved. Accounts that are there keep the way they signed up with.");
                loaded.again();
            }
            Err(trouble) => toasts.bad(trouble.sentence()),
        });
    };
    view! {
        <form class="card pad" on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            <fieldset>
                <legend>"Email accounts"</legend>
                {email_accounts(passcode, has, only)}
            </fieldset>
            {move || has(EMAIL_PASSWORD).then(|| names::choice(called))}
            {(!social.is_empty()).then(|| view! { <fieldset><legend>"Others"</legend>{social}</fieldset> })}
            <p class="hint">"Others appear here once they are set up under All identity providers."</p>
            <div class="buttons">{submit("Save", "Saving …", act)}</div>
        </form>
    }
    .into_any()
}
