//! Buttons say what they do while they do it, and cannot be pressed twice.

use super::{
    super::{client::Result, route::stay},
    icon::{Icon, icon},
    toast::toasts,
};
use crate::admin::ui::listen::on_click;
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

/// An act that is under way, or not. It is gone with the form, the window or the screen that it was made in.
#[derive(Clone, Copy)]
pub struct Act {
    pub running: RwSignal<bool>,
}

impl Act {
    pub fn new() -> Self {
        Self { running: RwSignal::new(false) }
    }

    /// Whether what it was made in is still before somebody.
    pub fn is_there(self) -> bool {
        !self.running.is_disposed()
    }

    /// Closes the window that it was made in, by what has it open: not another one that was opened there since.
    pub fn close<T: Send + Sync + 'static>(self, window: RwSignal<T>, closed: T) {
        if self.is_there() {
            window.set(closed);
        }
    }

    /// Runs unless it is running; then `done` is given what came of it. What is refused once nobody has the form before
    /// them is told in a corner instead: there is no field any more to say it, and the keyboard is where they are now. What
    /// was done is told wherever they are: `done` may write to what has gone, which is nothing, but must not read it.
    pub fn run<T: 'static>(
        self,
        work: impl Future<Output = Result<T>> + 'static,
        done: impl FnOnce(Result<T>) + 'static,
    ) {
        if self.running.try_get_untracked() != Some(false) {
            return;
        }
        self.running.set(true);
        let toasts = toasts();
        spawn_local(async move {
            let outcome = work.await;
            let is_gone = self.running.try_set(false).is_some();
            match outcome {
                Err(trouble) if is_gone => toasts.bad(trouble.sentence_elsewhere()),
                outcome => done(outcome),
            }
        });
    }
}

/// Runs an act whose failure is told in a corner of the page.
pub fn run<T: 'static>(work: impl Future<Output = Result<T>> + 'static, done: impl FnOnce(T) + 'static) {
    let (toasts, stay) = (toasts(), stay());
    spawn_local(async move {
        match work.await {
            Ok(value) => done(value),
            Err(trouble) if stay.lasts() => toasts.bad(trouble.sentence()),
            Err(trouble) => toasts.bad(trouble.sentence_elsewhere()),
        }
    });
}

pub fn primary(
    label: impl Into<String>,
    working: &'static str,
    act: Act,
    press: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let label = label.into();
    view! {
        <button
            class="button primary"
            type="button"
            aria-disabled=move || act.running.get().then_some("true")
            on:click=on_click(move |_| { if !act.running.get_untracked() { press() } })
        >
            {move || if act.running.get() { working.to_owned() } else { label.clone() }}
        </button>
    }
    .into_any()
}

/// The primary button of a form. It leaves the act to the form's `submit`, so that Enter in a field does the same.
pub fn submit(label: &'static str, working: &'static str, act: Act) -> AnyView {
    submit_of(None, label, working, act)
}

/// The same where it may stand outside of its form: `form` is that one's id.
pub fn submit_of(form: Option<&'static str>, label: &'static str, working: &'static str, act: Act) -> AnyView {
    view! {
        <button class="button primary" type="submit" form=form aria-disabled=move || act.running.get().then_some("true")>
            {move || if act.running.get() { working } else { label }}
        </button>
    }
    .into_any()
}

pub fn plain(label: impl Into<String>, press: impl Fn() + Send + Sync + 'static) -> AnyView {
    view! { <button class="button" type="button" on:click=on_click(move |_| press())>{label.into()}</button> }
        .into_any()
}

pub fn with_icon(which: Icon, label: impl Into<String>, press: impl Fn() + Send + Sync + 'static) -> AnyView {
    view! {
        <button class="button" class:risky=which == Icon::Trash type="button" on:click=on_click(move |_| press())>
            {icon(which)}<span>{label.into()}</span>
        </button>
    }
    .into_any()
}

/// A drawing alone, with its name for who cannot see it.
pub fn bare(which: Icon, name: impl Into<String>, press: impl Fn() + Send + Sync + 'static) -> AnyView {
    let name = name.into();
    view! {
        <button class="bare" type="button" aria-label=name.clone() title=name on:click=on_click(move |_| press())>{icon(which)}</button>
    }
    .into_any()
}
