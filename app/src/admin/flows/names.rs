//! What people of a flow are called: by their email address, by a user name, or by either.

use super::super::ui::field::radio;
use crate::contract::flow_rules::SignInName;
use leptos::prelude::*;

/// As the server names them, and as people read them.
pub const NAMES: [(&str, &str); 3] =
    [("email", "Email address"), ("userName", "User name"), ("emailOrUserName", "Email address or user name")];

const ABOUT: [(SignInName, &str); 3] = [
    (SignInName::Email, "The address by which they are written to."),
    (SignInName::UserName, "A name of their choice. Their address serves for resets only, and nobody is told."),
    (SignInName::EmailOrUserName, "Whichever they typed when they signed up."),
];

/// The choice between them. A user name goes with a password.
pub fn choice(chosen: RwSignal<SignInName>) -> AnyView {
    let one = |((name, about), (_, words)): (&(SignInName, &'static str), &(&'static str, &'static str))| {
        let name = *name;
        let is = move || chosen.get() == name;
        radio("sign-in-name", *words, Some((*about).into()), is, None, move || chosen.set(name))
    };
    view! {
        <fieldset class="inner">
            <legend>"People sign in with"</legend>
            {ABOUT.iter().zip(&NAMES).map(one).collect::<Vec<_>>()}
        </fieldset>
    }
    .into_any()
}
