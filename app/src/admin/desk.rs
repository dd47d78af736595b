//! What every screen and every handler of the portal may reach. There is one portal in a document, so there is one desk.

use super::{
    client::Client,
    route::Place,
    ui::{ask::Asking, load::Loaded, toast::Toasts},
};
use crate::contract::resource::organization::Organization;
use leptos::prelude::*;
use std::cell::Cell;

#[derive(Clone, Copy)]
pub struct Desk {
    pub client: Client,
    pub place: Place,
    pub asking: Asking,
    pub toasts: Toasts,
    /// Every directory that the administrator may enter.
    pub directories: Loaded<Vec<Organization>>,
    /// The one that is being administered.
    pub directory: RwSignal<Option<Organization>>,
    /// Whether they are the first administrator, and were not told yet what that means.
    pub is_first: RwSignal<bool>,
    /// The id of its flow through which most people came, as far as a screen has seen; or nothing.
    pub busiest: StoredValue<String>,
}

thread_local! {
    // Handlers run outside the tree of components, so Leptos's own context does not reach them.
    static DESK: Cell<Option<Desk>> = const { Cell::new(None) };
}

pub fn open(desk: Desk) {
    DESK.set(Some(desk));
}

pub fn desk() -> Desk {
    DESK.get().expect("the portal opens its desk before it draws anything")
}
