//! What the first administrator is told once, above the first screen: what they are now, and what is worth doing first.

use super::{
    browser::focus_again,
    desk::desk,
    frame::is_for_customers,
    route::Route,
    ui::{button::bare, icon::Icon},
};
use crate::contract::permission::Role;
use leptos::prelude::*;

type Step = (Route, &'static str, &'static str);

/// Until it is put away, or the document is left. Anybody can make a link to it: whoever may less is not told of it.
pub fn welcome() -> AnyView {
    let is_first = desk().is_first;
    let shown = move || (is_first.get() && may_everything()).then(|| told(is_first));
    shown.into_any()
}

/// Nobody is here before the directories are known.
fn may_everything() -> bool {
    let directories = desk().directories.get_untracked().unwrap_or_default();
    directories.iter().all(|directory| directory.roles.iter().any(|role| role == Role::GlobalAdministrator.word()))
}

fn told(is_first: RwSignal<bool>) -> AnyView {
    let put_away = move || {
        is_first.set(false);
        focus_again(None);
    };
    let steps: Vec<_> =
        steps().map(|(route, act, about)| view! { <li><a href=route.path()>{act}</a>": "{about}</li> }).collect();
    view! {
        <section class="notice welcome" aria-labelledby="welcome">
            <div class="stack">
                <h2 id="welcome">"Welcome, you are an administrator now"</h2>
                <p>"As a Global Administrator you may do everything, in every directory of this server. Worth doing first:"</p>
                <ul>{steps}</ul>
            </div>
            {bare(Icon::Close, "Put the welcome away", put_away)}
        </section>
    }
    .into_any()
}

/// Development has a directory for customers from the start.
fn steps() -> impl Iterator<Item = Step> {
    let directories = desk().directories.get_untracked().unwrap_or_default();
    let is_needed = !directories.iter().any(is_for_customers);
    let directory: Step =
        (Route::Directories, "Make a directory", "your customers live in one, with their user flows and applications.");
    let others: [Step; 3] = [
        (
            Route::Applications,
            "Register an application",
            "people sign in to it. Its page tells a developer what to enter where.",
        ),
        (Route::Branding, "Give the pages your look", "with your logo, your colour and your words."),
        (Route::Administrators, "Invite somebody else", "so that the server does not hang on one person."),
    ];
    is_needed.then_some(directory).into_iter().chain(others)
}
