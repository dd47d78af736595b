//! Somebody is signed in at this browser already: go on as them, or as somebody else?

use super::visit::{Visit, sends};
use crate::{text::Key, ui::button};
use leptos::prelude::*;

pub fn screen(visit: &Visit, address: &str, name: Option<&str>) -> AnyView {
    let label = visit.fill(Key::ContinueAs, &[("name", name.unwrap_or(address))]);
    let content = view! {
        <p class="known">
            {name.map(|name| view! { <strong dir="auto">{name.to_owned()}</strong> }.into_any())}
            <bdi dir="ltr">{address.to_owned()}</bdi>
        </p>
        {visit.primary("continueAs", label, Key::SigningIn)}
        {button::secondary(sends("signIn"), visit.say(Key::UseAnotherAccount))}
    };
    view! {
        {visit.lead(visit.fill(Key::AccountLead, &[("application", &visit.page.application)]))}
        {visit.form("answer", content.into_any())}
    }
    .into_any()
}
