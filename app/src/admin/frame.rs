//! What is around every screen: the directory switch, the menu, who is signed in; on a phone all of it behind one button.

use super::{
    client::client,
    desk::desk,
    parts,
    route::{ActivityTab, Place, Route, place},
    ui::{
        ask::{Question, asking},
        icon::{Icon, icon},
        load::{Loaded, skeleton},
        menu::{Opened, menu},
    },
};
use crate::admin::ui::listen::on_click;
use crate::{contract::resource::organization::Organization, ui::browser::document};
use leptos::prelude::*;

const DIRECTORY: &str = "portico.directory";

/// The screen of all directories, as the seed documents call it.
pub const DIRECTORIES: &str = "Directories + subscriptions";

struct Entry {
    icon: Icon,
    name: &'static str,
    route: Route,
}

fn entry(icon: Icon, name: &'static str, route: Route) -> Entry {
    Entry { icon, name, route }
}

/// The menu, group by group.
fn groups() -> [(&'static str, Vec<Entry>); 4] {
    [
        (
            "External Identities",
            vec![
                entry(Icon::Flow, "User flows", Route::Flows),
                entry(Icon::Attribute, "Custom user attributes", Route::Attributes),
                entry(Icon::Provider, "All identity providers", Route::Providers),
            ],
        ),
        (
            "Directory",
            vec![
                entry(Icon::Application, "Applications", Route::Applications),
                entry(Icon::People, "People", Route::People),
                entry(Icon::Administrator, "Administrators", Route::Administrators),
                entry(Icon::Design, "Export and import", Route::Design),
            ],
        ),
        (
            "Look",
            vec![
                entry(Icon::Branding, "Branding", Route::Branding),
                entry(Icon::Language, "Languages", Route::Languages),
            ],
        ),
        ("Watch", vec![entry(Icon::Activity, "Activity", Route::Activity { tab: ActivityTab::SignIns })]),
    ]
}

pub fn frame() -> AnyView {
    let (place, client) = (place(), client());
    let directories = desk().directories;
    choose_first(directories);
    let here = desk().directory;
    Effect::new(move |_| {
        let all = directories.get().unwrap_or_default();
        here.set(client.directory.with(|id| all.into_iter().find(|directory| directory.id == *id)));
    });
    let drawer = RwSignal::new(false);
    Effect::new(move |_| {
        place.route.track();
        drawer.set(false);
    });
    // A screen is not drawn anew, with what is typed there, when the list of directories is read again.
    let is_nowhere = Memo::new(move |_| directories.get().is_some_and(|all| all.is_empty()));
    let content = move || {
        // Another directory is another screen, whatever the address.
        let directory = client.directory.get();
        match (is_nowhere.get(), directory.is_empty()) {
            (true, _) => nowhere(),
            (false, true) => directories.show(6, |_| skeleton(6)),
            (false, false) => parts::screen(place.route.get()),
        }
    };
    view! {
        <a class="skip" href="#content">"Skip to the content"</a>
        <header class="bar">
            <button
                class="bare"
                type="button"
                aria-label="Menu"
                aria-expanded=move || if drawer.get() { "true" } else { "false" }
                on:click=on_click(move |_| drawer.update(|open| *open = !*open))
            >{icon(Icon::Menu)}</button>
            {mark()}
        </header>
        <div class="shell">
            <aside class="side" class:open=move || drawer.get() on:keydown=move |event| {
                if event.key() == "Escape" { drawer.set(false) }
            }>
                {mark()}
                {switch(directories, here)}
                {main_menu(place)}
                {who()}
            </aside>
            <div class="shade" class:open=move || drawer.get() on:click=on_click(move |_| drawer.set(false))></div>
            <main id="content" tabindex="-1">{content}</main>
            <div class="busy" class:on=move || client.under_way.get() != 0></div>
        </div>
        {leaving(place)}
    }
    .into_any()
}

pub fn mark() -> AnyView {
    view! {
        <a class="mark" href="/admin/user-flows">
            <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
                <rect width="32" height="32" rx="8" />
                <path d="M9 25V14a7 7 0 0 1 14 0v11h-4V14a3 3 0 0 0-6 0v11z" />
            </svg>
            <span>"Portico"</span>
        </a>
    }
    .into_any()
}

/// The directory that was chosen last in this tab, or else the first that holds customers.
fn choose_first(directories: Loaded<Vec<Organization>>) {
    let client = client();
    Effect::new(move |_| {
        let Some(all) = directories.get() else { return };
        if !client.directory.with_untracked(String::is_empty) {
            return;
        }
        let last = super::browser::storage(DIRECTORY);
        let known = all.iter().find(|directory| Some(&directory.id) == last.as_ref());
        let first = known.or_else(|| all.iter().find(|directory| is_for_customers(directory))).or(all.first());
        if let Some(first) = first {
            client.directory.set(first.id.clone());
        }
    });
}

pub fn is_for_customers(directory: &Organization) -> bool {
    directory.tenant_type == "CIAM"
}

pub fn kind(directory: &Organization) -> &'static str {
    if is_for_customers(directory) { "customers" } else { "employees and guests" }
}

fn about(directory: &Organization) -> String {
    match directory.names.first() {
        Some(name) => format!("{} · {name}", kind(directory)),
        None => kind(directory).into(),
    }
}

/// Everything from here on is about this directory.
pub fn enter(directory: &str) {
    if place().is_unsaved() {
        let id = directory.to_owned();
        return asking().ask(not_saved(), move || {
            place().let_go();
            enter(&id);
        });
    }
    super::browser::set_storage(DIRECTORY, Some(directory));
    desk().busiest.set_value(String::new());
    client().directory.set(directory.into());
    place().go(&Route::Flows);
}

fn switch(directories: Loaded<Vec<Organization>>, here: RwSignal<Option<Organization>>) -> AnyView {
    let (client, place) = (client(), place());
    let face = view! {
        <span class="two">
            <strong>{move || here.get().map_or_else(|| "…".to_owned(), |directory| directory.display_name)}</strong>
            <small>{move || here.get().map_or_else(|| "Directory".to_owned(), |directory| about(&directory))}</small>
        </span>
        {icon(Icon::Chevron)}
    };
    let entries = move |menu: Opened| {
        let rows: Vec<_> = directories
            .get_untracked()
            .unwrap_or_default()
            .into_iter()
            .map(|directory| {
                let id = directory.id.clone();
                let is_here = client.directory.with_untracked(|here| *here == id);
                let choose = move |_| {
                    menu.close();
                    enter(&id);
                };
                let about = about(&directory);
                view! {
                    <button type="button" class="entry" aria-current=is_here.then_some("true") on:click=on_click(choose)>
                        <span class="two"><strong>{directory.display_name}</strong><small>{about}</small></span>
                        {is_here.then(|| icon(Icon::Check))}
                    </button>
                }
            })
            .collect();
        let all = move |_| {
            menu.close();
            place.go(&Route::Directories);
        };
        view! {
            <p class="caption">"Directories"</p>
            {rows}
            <button type="button" class="entry" on:click=on_click(all)>{DIRECTORIES}</button>
        }
        .into_any()
    };
    menu("directories", "Switch directory", face.into_any(), entries)
}

fn main_menu(place: Place) -> AnyView {
    let groups: Vec<_> = groups()
        .into_iter()
        .map(|(name, entries)| {
            let links: Vec<_> = entries
                .into_iter()
                .map(|Entry { icon: drawing, name, route }| {
                    let own = route.clone();
                    let here = move || place.route.with(|route| is_under(route, &own)).then_some("page");
                    view! { <li><a href=route.path() aria-current=here>{icon(drawing)}<span>{name}</span></a></li> }
                })
                .collect();
            view! { <p class="caption">{name}</p><ul>{links}</ul> }
        })
        .collect();
    view! { <nav class="main" aria-label="Main">{groups}</nav> }.into_any()
}

/// Whether a screen belongs to an entry of the menu.
fn is_under(route: &Route, entry: &Route) -> bool {
    match entry {
        Route::Flows => matches!(route, Route::Flows | Route::NewFlow | Route::Flow { .. }),
        Route::Applications => matches!(route, Route::Applications | Route::Application { .. }),
        Route::People => matches!(route, Route::People | Route::Person { .. }),
        Route::Activity { .. } => matches!(route, Route::Activity { .. } | Route::SignInsOf { .. }),
        entry => route == entry,
    }
}

fn who() -> AnyView {
    let session = client().session;
    let (name, email) = session.who.with_value(|who| (who.name.clone(), who.email.clone()));
    let name = if name.is_empty() { email.clone() } else { name };
    let face = view! {
        {icon(Icon::Person)}
        <span class="two"><strong>{name}</strong><small>{email}</small></span>
    };
    let entries = move |_| {
        view! {
            <a class="entry" href="/graph/v1.0/openapi.json" target="_blank">"Management API"</a>
            <button type="button" class="entry" on:click=on_click(move |_| session.sign_out())>"Sign out"</button>
        }
        .into_any()
    };
    menu("who", "Your account", face.into_any(), entries)
}

fn nowhere() -> AnyView {
    let told = super::ui::empty::empty(
        "You administer no directory yet",
        "A Global Administrator can give you a role. Ask the person who runs this server.",
        None,
    );
    view! { <div class="screen">{head(Vec::new(), DIRECTORIES.into(), ().into_any())}{told}</div> }.into_any()
}

/// Asks before changes are lost, whichever link led away.
fn leaving(place: Place) -> impl IntoView {
    let asking = asking();
    Effect::new(move |_| {
        if place.held.with(Option::is_some) {
            asking.ask(not_saved(), move || place.leave_unsaved());
        }
    });
}

fn not_saved() -> Question {
    Question {
        title: "Leave without saving?".into(),
        text: "What you changed on this page is not saved yet.".into(),
        act: "Leave without saving".into(),
        dangerous: true,
    }
}

/// The top of a screen: where it lies, its name, and what can be done with all of it.
pub fn head(crumbs: Vec<(String, Route)>, title: String, acts: AnyView) -> AnyView {
    document().set_title(&format!("{title} · Portico"));
    let crumbs: Vec<_> =
        crumbs.into_iter().map(|(name, route)| view! { <li><a href=route.path()>{name}</a></li> }).collect();
    let trail =
        (!crumbs.is_empty()).then(|| view! { <nav class="crumbs" aria-label="Where you are"><ol>{crumbs}</ol></nav> });
    view! {
        <header class="head">
            <div>{trail}<h1>{title}</h1></div>
            <div class="buttons">{acts}</div>
        </header>
    }
    .into_any()
}
