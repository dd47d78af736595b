//! The password of the account with this address. The page is the same whether there is one or not (security R4).

use super::visit::Visit;
use crate::{
    text::Key,
    ui::{
        choice,
        field::Control,
        password::{self, Judge, Password, ShowWords},
    },
};
use leptos::prelude::*;

pub fn screen(visit: &Visit, offers_code: bool, offers_to_keep: bool) -> AnyView {
    let content = view! {
        {username(visit)}
        {field(visit, Key::PasswordLabel, None, "current-password", None)}
        {offers_to_keep.then(|| keep(visit))}
        {visit.primary("password", visit.say(Key::SignIn), Key::SigningIn)}
        <div class="ways">
            {visit.way("recover", Key::ForgotPassword)}
            {offers_code.then(|| visit.way("useCode", Key::UseCode))}
        </div>
    };
    view! {
        {visit.lead(visit.fill(Key::SignInLead, &[("application", &visit.page.application)]))}
        {visit.form("answer", content.into_any())}
    }
    .into_any()
}

pub fn field(
    visit: &Visit,
    label: Key,
    hint: Option<String>,
    autocomplete: &'static str,
    judge: Option<Judge>,
) -> AnyView {
    let words = ShowWords {
        show: visit.say(Key::Show),
        show_name: visit.say(Key::ShowPassword),
        hide: visit.say(Key::Hide),
        hide_name: visit.say(Key::HidePassword),
    };
    let control = Control {
        name: "password".into(),
        label: visit.say(label),
        optional: None,
        hint,
        fault: visit.fault("password"),
    };
    password::password(Password { control, autocomplete, words, judge })
}

/// For password managers: whose password this is. Nameless, so it is never sent.
pub fn username(visit: &Visit) -> AnyView {
    view! { <input type="email" autocomplete="username" value=visit.page.address.clone() readonly hidden/> }.into_any()
}

pub fn keep(visit: &Visit) -> AnyView {
    let label = visit.say(Key::KeepSignedIn).into_any();
    choice::tick("keep".into(), label, None, None, false, false, visit.fault("keep"))
}
