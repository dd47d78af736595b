//! The portal: where administrators design what people meet. It draws itself in the browser and speaks only the
//! management API.

mod activity;
mod administrators;
mod applications;
mod attributes;
mod branding;
mod browser;
mod chart;
mod client;
mod design;
mod desk;
mod directories;
mod flows;
mod frame;
mod languages;
mod layout;
mod panics;
mod parts;
mod people;
mod preview;
mod providers;
mod route;
mod session;
mod trouble;
mod ui;
mod understood;
mod welcome;

use crate::admin::ui::listen::on_click;
use crate::{contract::portal::WELCOME, ui::browser::document};
use client::Client;
use desk::Desk;
use leptos::{mount::mount_to, prelude::*, task::spawn_local};
use route::Place;
use session::Opened;
use ui::{ask::Asking, load::load, toast::Toasts};
use wasm_bindgen::JsCast;

/// Draws the portal into the document's `#admin`, once it is known who is there.
pub fn open() {
    panics::tell_of_panics();
    // Fails only where it has been done before.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    spawn_local(async {
        match session::open().await {
            Opened::Leaving => {}
            Opened::SignedOut => place(|| door("You are signed out", None)),
            Opened::Refused(told) => place(move || door("Signing in did not work", Some(told))),
            Opened::SignedIn(session, path) => place(move || portal(session, path)),
        }
    });
}

fn place(view: impl FnOnce() -> AnyView + 'static) {
    if let Some(admin) = document().get_element_by_id("admin") {
        mount_to(admin.unchecked_into(), view).forget();
    }
}

fn portal(session: session::Session, path: String) -> AnyView {
    parts::foresee();
    let (asking, toasts) = (Asking::new(), Toasts::new());
    let is_first = path == WELCOME;
    // Out of the address, too: who reloads has been told.
    let path = if is_first { "/admin/" } else { path.as_str() };
    let client = Client { session, directory: RwSignal::new(String::new()), under_way: RwSignal::new(0) };
    desk::open(Desk {
        client,
        directories: load(move || client.organizations()),
        place: Place::new(path),
        asking,
        toasts,
        directory: RwSignal::new(None),
        is_first: RwSignal::new(is_first),
        busiest: StoredValue::new(String::new()),
    });
    view! {
        {frame::frame()}
        {asking.view()}
        {toasts.view()}
    }
    .into_any()
}

/// The screen of an address that leads nowhere.
fn nothing_here() -> AnyView {
    let way = view! { <a class="button" href="/admin/user-flows">"Go to User flows"</a> };
    let told = ui::empty::empty(
        "There is nothing at this address",
        "It may have been deleted, or the link is not complete.",
        Some(way.into_any()),
    );
    view! { <div class="screen">{frame::head(Vec::new(), "Not found".into(), ().into_any())}{told}</div> }.into_any()
}

/// The page of somebody who is not signed in.
fn door(heading: &'static str, told: Option<String>) -> AnyView {
    let enter = |_| {
        spawn_local(async {
            session::leave(&session::portal(), "/admin/user-flows").await;
        });
    };
    view! {
        <main class="door">
            {frame::mark()}
            <h1>{heading}</h1>
            {told.map(|told| view! { <p class="second">{told}</p> })}
            <button class="button primary" type="button" on:click=on_click(enter)>"Sign in"</button>
        </main>
    }
    .into_any()
}
