//! How people of this flow prove who they are.

use super::{
    super::{
        client::client,
        route::place,
        ui::{
            button::{Act, primary},
            field::{radio, tick},
            load::{Loaded, both, load},
            toast::toasts,
        },
    },
    names,
    new::PASSCODE_IS_OFF,
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
    let social: Vec<_> = providers
        .iter()
        .filter(|provider| !matches!(provider, IdentityProvider::BuiltIn(_)))
        .map(|provider| {
            let (own, asked) = (provider.id().to_owned(), provider.id().to_owned());
            tick(
                provider.display_name(),
                None,
                move || has(&asked),
                None,
                move |on| {
                    chosen.update(|chosen| {
                        if on {
                            chosen.insert(own.clone())
                        } else {
                            chosen.remove(&own)
                        };
                    });
                },
            )
        })
        .collect();
    let save = move || {
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
                place().let_go();
                toasts.good("Saved. Accounts that are there keep the way they signed up with.");
                loaded.again();
            }
            Err(trouble) => toasts.bad(trouble.sentence()),
        });
    };
    let why_not = (!passcode).then(|| PASSCODE_IS_OFF.to_owned());
    view! {
        <section class="card pad">
            <fieldset>
                <legend>"Email accounts"</legend>
                {radio("method", "Email with password", None, move || has(EMAIL_PASSWORD), None, move || only(EMAIL_PASSWORD))}
                {radio("method", "Email one-time passcode", None, move || has(EMAIL_PASSCODE), why_not, move || only(EMAIL_PASSCODE))}
            </fieldset>
            {move || has(EMAIL_PASSWORD).then(|| names::choice(called))}
            {(!social.is_empty()).then(|| view! { <fieldset><legend>"Others"</legend>{social}</fieldset> })}
            <p class="hint">"Others appear here once they are set up under All identity providers."</p>
            <div class="buttons">{primary("Save", "Saving …", act, save)}</div>
        </section>
    }
    .into_any()
}
