//! What is fetched when a screen opens: a quiet place-holder of the same height first, then the thing, or what went wrong.

use super::super::{
    browser::{focus_same, focused},
    client::Result,
    trouble::Trouble,
};
use crate::admin::ui::listen::on_click;
use leptos::{prelude::*, task::spawn_local};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

pub struct Loaded<T: Send + Sync + 'static> {
    now: RwSignal<Option<Result<T>>>,
    round: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

/// Fetches now, and again whenever what `fetch` reads changes. What was there stays until the new one is.
pub fn load<T, F>(fetch: impl Fn() -> F + 'static) -> Loaded<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T>> + 'static,
{
    let (now, round) = (RwSignal::new(None), RwSignal::new(0));
    let newest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        round.track();
        let fetched = fetch();
        newest.update_value(|newest| *newest += 1);
        let mine = newest.get_value();
        spawn_local(async move {
            let fetched = fetched.await;
            // A slow answer does not replace a newer one; nobody waits any more where the screen is gone.
            if newest.try_get_value() == Some(mine) {
                let before = focused();
                now.try_set(Some(fetched));
                focus_same(before);
            }
        });
    });
    Loaded { now, round }
}

/// Two things asked for at once: a screen is one round trip away, whatever it is made of.
pub async fn both<A, B>(
    one: impl Future<Output = Result<A>>,
    other: impl Future<Output = Result<B>>,
) -> Result<(A, B)> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(answer) = one.as_mut().poll(context)
        {
            first = Some(answer);
        }
        if second.is_none()
            && let Poll::Ready(answer) = other.as_mut().poll(context)
        {
            second = Some(answer);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready(first.and_then(|first| Ok((first, second?)))),
            waiting => {
                (first, second) = waiting;
                Poll::Pending
            }
        }
    })
    .await
}

impl<T: Clone + Send + Sync + 'static> Loaded<T> {
    pub fn again(self) {
        self.round.update(|round| *round += 1);
    }

    /// Nothing before it is there.
    pub fn get(self) -> Option<T> {
        self.now.with(|now| now.as_ref().and_then(|now| now.as_ref().ok().cloned()))
    }

    pub fn get_untracked(self) -> Option<T> {
        self.now.with_untracked(|now| now.as_ref().and_then(|now| now.as_ref().ok().cloned()))
    }

    /// Whether there was trouble, and there is nothing to show.
    pub fn has_failed(self) -> bool {
        self.now.with(|now| matches!(now, Some(Err(_))))
    }

    /// `rows`: how high the place-holder stands.
    pub fn show(self, rows: usize, view: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView {
        let shown = move || match self.now.get() {
            None => skeleton(rows),
            Some(Ok(value)) => view(value),
            Some(Err(trouble)) => failed(&trouble, move || self.again()),
        };
        shown.into_any()
    }
}

pub fn skeleton(rows: usize) -> AnyView {
    let rows: Vec<_> = (0..rows).map(|_| view! { <div class="bone"></div> }).collect();
    view! { <div class="skeleton" role="status" aria-label="Loading">{rows}</div> }.into_any()
}

pub fn failed(trouble: &Trouble, again: impl Fn() + Send + Sync + 'static) -> AnyView {
    let retry = !matches!(trouble, Trouble::NotAllowed | Trouble::Gone);
    view! {
        <div class="notice bad" role="alert">
            <p>{trouble.sentence()}</p>
            {retry.then(|| view! { <button class="button" type="button" on:click=on_click(move |_| again())>"Try again"</button> })}
        </div>
    }
    .into_any()
}
