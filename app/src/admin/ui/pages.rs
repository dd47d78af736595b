//! A long list, page by page: the first is fetched when the screen opens, the others when somebody asks for more.

use super::{
    super::client::{Result, client},
    button::{plain, run},
    load::{Loaded, load},
};
use crate::contract::resource::collection::Collection;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::future::Future;

pub struct Pages<T: Send + Sync + 'static> {
    first: Loaded<Collection<T>>,
    /// Pages that were asked for after the first.
    more: RwSignal<Vec<T>>,
    next: RwSignal<Option<String>>,
}

impl<T: Send + Sync + 'static> Clone for Pages<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Pages<T> {}

/// Begins again at the first page whenever what `fetch` reads changes.
pub fn pages<T, F>(fetch: impl Fn() -> F + 'static) -> Pages<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<Collection<T>>> + 'static,
{
    let pages = Pages { first: load(fetch), more: RwSignal::new(Vec::new()), next: RwSignal::new(None) };
    Effect::new(move |_| {
        if let Some(page) = pages.first.get() {
            pages.more.set(Vec::new());
            pages.next.set(page.next);
        }
    });
    pages
}

impl<T: Clone + DeserializeOwned + Send + Sync + 'static> Pages<T> {
    /// `rows`: how high the place-holder stands. `view` is given the first page.
    pub fn show(self, rows: usize, view: impl Fn(Vec<T>) -> AnyView + Send + Sync + 'static) -> AnyView {
        self.first.show(rows, move |page| view(page.value))
    }

    /// From the first page on, as it is now.
    pub fn again(self) {
        self.first.again();
    }

    /// What came after the first page so far.
    pub fn more(self) -> Vec<T> {
        self.more.get()
    }

    /// Whether there is another page.
    pub fn goes_on(self) -> bool {
        self.next.with(Option::is_some)
    }

    /// The button for the next page, while there is one.
    pub fn foot(self) -> AnyView {
        let go_on = move || {
            let Some(address) = self.next.get_untracked() else { return };
            let asked = address.clone();
            run(async move { client().next::<T>(&address).await }, move |page| {
                // Pressed twice, or another search has begun meanwhile: this page was for the list before.
                if self.next.try_get_untracked().flatten() == Some(asked) {
                    self.more.update(|more| more.extend(page.value));
                    self.next.set(page.next);
                }
            });
        };
        (move || self.goes_on().then(|| view! { <div class="foot">{plain("Show more", go_on)}</div> })).into_any()
    }
}
