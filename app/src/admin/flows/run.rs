//! *Run user flow*: opens the real page, as one of the applications would.

use super::super::{
    browser::random,
    desk::desk,
    route::{FlowTab, Route},
    ui::{
        copy,
        empty::empty,
        field::{Label, select},
        icon::{Icon, icon},
    },
};
use crate::{
    contract::resource::{
        application::Platform,
        user_flow::{FlowApplication, UserFlow},
    },
    ui::browser::window,
};
use leptos::prelude::*;

pub fn section(flow: &UserFlow) -> AnyView {
    let runnable: Vec<FlowApplication> =
        flow.applications().iter().filter(|application| !application.redirect_uris.is_empty()).cloned().collect();
    let Some(first) = runnable.first() else {
        let add = Route::Flow { id: flow.id.clone(), tab: FlowTab::Applications }.path();
        return empty(
            "No application to run it for",
            "Add an application that has a redirect URI; the page then opens as its people meet it.",
            Some(view! { <a class="button primary" href=add>"Add application"</a> }.into_any()),
        );
    };
    let chosen = RwSignal::new(first.app_id.clone());
    let choices =
        runnable.iter().map(|application| (application.app_id.clone(), application.display_name.clone())).collect();
    let runnable = StoredValue::new(runnable);
    let addresses: Vec<_> =
        named_addresses(&flow.display_name).into_iter().map(|(name, address)| copy::value(name, address)).collect();
    let address = Memo::new(move |_| {
        let application = runnable.with_value(|all| all.iter().find(|it| it.app_id == chosen.get()).cloned());
        application.as_ref().and_then(address).unwrap_or_default()
    });
    view! {
        <section class="card pad">
            {select(Label::new("application", "Application").hint("People come back to its redirect URI afterwards."), chosen, choices)}
            {move || copy::value("Address", address.get())}
            <div class="buttons">
                <a class="button primary" href=move || address.get() target="_blank" rel="noopener">{icon(Icon::Play)}<span>"Run user flow"</span></a>
            </div>
            <p class="hint">"It opens in a new tab and signs in for real. Use a private window to begin as a stranger."</p>
        </section>
        <section class="card pad">
            <h2>"Endpoints of this user flow"</h2>
            <p class="hint">"An application that uses several user flows names the one it wants: in its requests, or by the discovery document that it reads."</p>
            <div>{addresses}</div>
        </section>
    }
    .into_any()
}

/// Where this directory begins.
fn tenant_address() -> Option<String> {
    let directory = desk().directory.get_untracked()?;
    let tenant = directory.names.first().unwrap_or(&directory.id);
    Some(format!("{}/{}", window().location().origin().unwrap_or_default(), encode(tenant)))
}

/// How applications of Azure AD B2C name a flow.
fn named_addresses(flow: &str) -> Vec<(&'static str, String)> {
    let Some(tenant) = tenant_address() else { return Vec::new() };
    let flow = encode(flow);
    vec![
        ("With p=", format!("{tenant}/oauth2/v2.0/authorize?p={flow}")),
        ("By path", format!("{tenant}/{flow}/oauth2/v2.0/authorize")),
        ("Discovery", format!("{tenant}/{flow}/v2.0/.well-known/openid-configuration")),
    ]
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The authorization request that the application would make (OpenID Connect Core §3.1.2.1). Its code is good for nobody: the
/// verifier is thrown away.
fn address(application: &FlowApplication) -> Option<String> {
    let redirect = application
        .redirect_uris
        .iter()
        .find(|redirect| redirect.platform == Platform::Web)
        .or(application.redirect_uris.first())?;
    let tenant = tenant_address()?;
    Some(format!(
        "{tenant}/oauth2/v2.0/authorize?client_id={}&response_type=code&redirect_uri={}&scope=openid&state=run&nonce={}&code_challenge={}&code_challenge_method=S256&prompt=login",
        encode(&application.app_id),
        encode(&redirect.uri),
        random(16),
        random(32),
    ))
}
