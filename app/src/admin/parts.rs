//! The portal travels in parts: with the first screen comes what every screen needs, with each other what it needs besides,
//! when somebody opens it. Each function marked `wasm_split` is where a part begins: what is reached from there alone travels
//! with it (server/build.rs cuts the module). What two parts share travels once, with whichever comes first.

use super::{
    activity, administrators, applications, attributes, branding,
    client::Result,
    design, directories, flows, languages, nothing_here, people, preview, providers,
    route::{Route, on, own_path},
    trouble::Trouble,
    ui::load::load,
};
use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use web_sys::Event;

/// Draws the screens of a part.
type Draw = fn(Route) -> AnyView;

type Fetched = std::result::Result<Draw, SplitLoaderError>;

#[derive(Clone, Copy)]
enum Part {
    Flow,
    Look,
    Directory,
}

impl Part {
    /// The first screen has come with the portal itself.
    fn of(route: &Route) -> Option<Self> {
        match route {
            Route::Flows | Route::Unknown => None,
            Route::NewFlow | Route::Flow { .. } => Some(Part::Flow),
            Route::Branding | Route::Languages => Some(Part::Look),
            _ => Some(Part::Directory),
        }
    }

    /// Travels once; from then on it is there at once. So does what its previews are made of.
    async fn fetch(self) -> Result<Draw> {
        if matches!(self, Part::Flow | Part::Look) {
            preview::foresee();
        }
        let fetched = match self {
            Part::Flow => flow().await,
            Part::Look => look().await,
            Part::Directory => directory().await,
        };
        fetched.map_err(|_| Trouble::NoConnection)
    }
}

/// What stands between the menu and the edge of the window.
pub fn screen(route: Route) -> AnyView {
    let Some(part) = Part::of(&route) else {
        return if route == Route::Flows { flows::list() } else { nothing_here() };
    };
    load(move || part.fetch()).show(5, move |draw| draw(route.clone()))
}

/// What somebody points at, or walks to by keyboard, is fetched before they press it.
pub fn foresee() {
    for name in ["pointerover", "focusin"] {
        on(name, |event: Event| {
            if let Some(part) = own_path(&event).and_then(|path| Part::of(&Route::of(&path))) {
                // Whoever opens the screen is told what failed.
                spawn_local(async move { drop(part.fetch().await) });
            }
        });
    }
}

#[wasm_split(flow, wasm_split_path = leptos::wasm_split, fallible)]
fn flow() -> Fetched {
    Ok(|route| match route {
        Route::NewFlow => flows::new(),
        Route::Flow { id, tab } => flows::flow(id, tab),
        _ => nothing_here(),
    })
}

#[wasm_split(look, wasm_split_path = leptos::wasm_split, fallible)]
fn look() -> Fetched {
    Ok(|route| match route {
        Route::Branding => branding::screen(),
        Route::Languages => languages::screen(),
        _ => nothing_here(),
    })
}

#[wasm_split(directory, wasm_split_path = leptos::wasm_split, fallible)]
fn directory() -> Fetched {
    Ok(|route| match route {
        Route::Applications => applications::list(),
        Route::Application { id } => applications::application(id),
        Route::Attributes => attributes::list(),
        Route::Providers => providers::list(),
        Route::People => people::list(),
        Route::Person { id } => people::person(id),
        Route::Design => design::screen(),
        Route::Directories => directories::screen(),
        Route::Administrators => administrators::screen(),
        Route::SignInsOf { id } => activity::of_person(id),
        Route::Activity { tab } => activity::screen(tab),
        _ => nothing_here(),
    })
}
