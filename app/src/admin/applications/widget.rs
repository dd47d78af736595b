//! What a developer puts into a page for the widget, ready to copy.

use super::{super::session::portal, tenant};
use crate::{
    admin::ui::{
        copy,
        index::{Section, heading},
    },
    contract::resource::application::Application,
    ui::browser::window,
};
use leptos::prelude::*;

pub const SECTION: Section = Section { id: "widget", name: "Widget" };

pub fn section(application: &Application) -> AnyView {
    let content = if application.widget_origins.is_empty() {
        view! { <p class="second">"Sign-up and sign-in inside a page of yours. Name its origin above, under Pages with the widget; then this tells what to put into the page."</p> }
            .into_any()
    } else {
        let portal = portal();
        let origin = window().location().origin().unwrap_or_default();
        let policy = format!("script-src {origin} 'wasm-unsafe-eval'; connect-src {origin}; img-src {origin}");
        view! {
            <p class="second">"The script has the version in its address and the hash of its content beside it: browsers run this one and no other."</p>
            {copy::lines("In the page", snippet(&portal.loader, &portal.integrity, &tenant(), &application.app_id))}
            <p class="second">"A host name of the directory’s own serves /widget.js too. Where the script comes from is who issues the tokens, and what the policy below names."</p>
            <p class="second">"A page with a Content-Security-Policy of its own adds to it:"</p>
            {copy::lines("Policy", policy)}
        }
        .into_any()
    };
    view! { <section class="card pad">{heading(SECTION)}{content}</section> }.into_any()
}

fn snippet(loader: &str, integrity: &str, tenant: &str, client_id: &str) -> String {
    format!(
        "<script type=\"module\" src=\"{loader}\"\n        integrity=\"{integrity}\"></script>\n\
         <portico-sign-in tenant=\"{tenant}\" client-id=\"{client_id}\"></portico-sign-in>"
    )
}
