//! *New person*: an account that an administrator makes for somebody who has none.

use super::super::{
    browser::{focus_fault, random},
    client::client,
    route::{Route, Stay, stay},
    ui::{
        button::{Act, plain, submit},
        field::{Label, line, radio, typed},
        panel::panel,
        shown_once::{show_once, shown_once},
        toast::toasts,
    },
};
use crate::admin::ui::listen::on_submit;
use leptos::prelude::*;
use serde_json::{Value, json};

/// Of a temporary password, written with four letters for every three of them.
const PASSWORD_BYTES: usize = 15;

const PASSWORD_LOST: &str = "The account is there. Its temporary password can be shown no more, because you went on \
                             before it was made: reset the password of the account to get another.";

/// Who was made: their id, and the password with which they come in once.
type Made = RwSignal<Option<(String, String)>>;

pub fn window(open: RwSignal<bool>) -> AnyView {
    let made: Made = RwSignal::new(None);
    let shown = move || match made.get() {
        Some((id, password)) => told(open, id, password),
        None => asked(open, made),
    };
    shown.into_any()
}

fn asked(open: RwSignal<bool>, made: Made) -> AnyView {
    let (client, toasts, act) = (client(), toasts(), Act::new());
    let (name, address) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (name_fault, address_fault) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let by_password = RwSignal::new(true);
    let create = move || {
        let stay = stay();
        let password = by_password.get_untracked().then(|| random(PASSWORD_BYTES));
        let new = account(name.get_untracked().trim(), address.get_untracked().trim(), password.as_deref());
        act.run(async move { client.create_person(&new).await }, move |outcome| match outcome {
            Ok(person) => match password {
                Some(password) => show_once(made, (person.id, password), PASSWORD_LOST),
                None => {
                    toasts.good("The account is there.");
                    if act.is_there() {
                        go_to(open, stay, person.id);
                    }
                }
            },
            Err(trouble) => {
                name_fault.try_set(trouble.about("displayName"));
                address_fault.try_set(trouble.about("identities"));
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        });
    };
    let by = move |own: bool| (move || by_password.get() == own, move || by_password.set(own));
    let (is_password, choose_password) = by(true);
    let (is_code, choose_code) = by(false);
    let content = view! {
        <form class="stack" novalidate on:submit=on_submit(move |event| { event.prevent_default(); create() })>
            {line(Label::new("person-name", "Name"), name, name_fault)}
            {typed("email", Label::new("person-address", "Email address").hint("With it they sign in. You vouch that it is theirs."), address, address_fault)}
            <fieldset>
                <legend>"They sign in with"</legend>
                {radio("first", "A temporary password", Some("You are shown it once, to pass on. At the first sign-in they choose their own.".into()), is_password, None, choose_password)}
                {radio("first", "A code by email", Some("Each time a code is sent to their address.".into()), is_code, None, choose_code)}
            </fieldset>
            <div class="buttons end">
                {plain("Cancel", move || open.set(false))}
                {submit("Create", "Creating …", act)}
            </div>
        </form>
    };
    panel("New person", move || open.set(false), content.into_any())
}

fn account(name: &str, address: &str, password: Option<&str>) -> Value {
    let mut new = json!({
        "displayName": name,
        "identities": [{ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": address }],
    });
    if let Some(password) = password {
        new["passwordProfile"] = json!({ "password": password, "forceChangePasswordNextSignIn": true });
    }
    new
}

fn told(open: RwSignal<bool>, id: String, password: String) -> AnyView {
    let stay = stay();
    let why = "Copy it now; it cannot be shown again. It works once.";
    shown_once("The temporary password", why, "Password", password, move || go_to(open, stay, id.clone()))
}

fn go_to(open: RwSignal<bool>, stay: Stay, id: String) {
    open.try_set(false);
    stay.go(&Route::Person { id });
}
