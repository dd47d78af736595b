//! A question before something is done that cannot be undone, or is large. One at a time, for the whole portal.

use super::{
    super::{
        browser::{focus_again, focused},
        desk::desk,
    },
    icon::{Icon, icon},
    toast::toasts,
};
use crate::admin::ui::listen::{on_change, on_click};
use leptos::{html::Dialog, prelude::*};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement, MouseEvent};

#[derive(Clone)]
pub struct Question {
    pub title: String,
    pub text: String,
    /// What the button says: the act, never "OK".
    pub act: String,
    pub dangerous: bool,
}

/// What is done then. It lives on where the menu that asked has closed, unlike a `Callback`.
type Answer = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone, Copy)]
pub struct Asking {
    question: RwSignal<Option<Question>>,
    yes: StoredValue<Option<Answer>>,
}

pub fn asking() -> Asking {
    desk().asking
}

impl Asking {
    pub fn new() -> Self {
        Self { question: RwSignal::new(None), yes: StoredValue::new(None) }
    }

    pub fn ask(self, question: Question, yes: impl Fn() + Send + Sync + 'static) {
        self.yes.set_value(Some(Arc::new(yes)));
        self.question.set(Some(question));
    }

    /// Nobody answers it any more.
    pub fn withdraw(self) {
        if self.question.with_untracked(Option::is_some) {
            self.question.set(None);
        }
    }

    pub fn view(self) -> AnyView {
        let close = move || self.question.set(None);
        let yes = move || {
            close();
            if let Some(yes) = self.yes.get_value() {
                yes();
            }
        };
        let shown = move || {
            self.question.get().map(|question| {
                let Question { title, text, act, dangerous } = question;
                let content = view! {
                    <p class="second">{text}</p>
                    <div class="buttons end">
                        <button class="button" type="button" on:click=on_click(move |_| close())>"Cancel"</button>
                        <button
                            class=if dangerous { "button danger" } else { "button primary" }
                            type="button"
                            on:click=on_click(move |_| yes())
                        >{act}</button>
                    </div>
                };
                dialog("dialog small", title, close, content.into_any())
            })
        };
        shown.into_any()
    }
}

/// A window above the page: it takes the focus and gives it back, Escape closes it, and all below waits. A press beside it
/// closes it too, unless something was written in it: that is lost by a key or a button, never by a slip of the hand.
pub fn dialog(
    class: &'static str,
    title: impl Into<String>,
    close: impl Fn() + Clone + Send + Sync + 'static,
    content: AnyView,
) -> AnyView {
    window(class, title.into(), close, false, content)
}

/// The same; where it `stays`, a press beside it is not enough from the start.
pub(super) fn window(
    class: &'static str,
    title: String,
    close: impl Fn() + Clone + Send + Sync + 'static,
    stays: bool,
    content: AnyView,
) -> AnyView {
    let node = NodeRef::<Dialog>::new();
    let before = StoredValue::new_local(None::<HtmlElement>);
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            before.set_value(focused());
            // Fails only for one that is open already.
            let _ = dialog.show_modal();
            focus_first(&dialog);
        }
    });
    // The browser gives the focus back when a window is closed; this one is taken out of the document.
    on_cleanup(move || focus_again(before.try_get_value().flatten()));
    let (by_key, by_button, by_ground) = (close.clone(), close.clone(), close);
    let stays = StoredValue::new(stays);
    let name = title.clone();
    view! {
        <dialog
            class=class
            aria-label=name
            node_ref=node
            on:cancel=move |event: web_sys::Event| { event.prevent_default(); by_key() }
            on:input=on_change(move |_| stays.set_value(true))
            on:mousedown=move |event| {
                if !stays.get_value() && node.get_untracked().is_some_and(|dialog| is_beside(&dialog, &event)) {
                    by_ground();
                }
            }
        >
            <div class="sheet">
                <header>
                    <h2>{title}</h2>
                    <button class="bare" type="button" aria-label="Close" on:click=on_click(move |_| by_button())>{icon(Icon::Close)}</button>
                </header>
                {content}
            </div>
            // Those of the page lie below the window.
            {toasts().view()}
        </dialog>
    }
    .into_any()
}

/// Only the ground around a window is the dialog itself, and so is the bar that scrolls it.
fn is_beside(dialog: &HtmlDialogElement, event: &MouseEvent) -> bool {
    let (x, y, window) = (f64::from(event.client_x()), f64::from(event.client_y()), dialog.get_bounding_client_rect());
    let inside = (window.left()..window.right()).contains(&x) && (window.top()..window.bottom()).contains(&y);
    event.target().as_ref() == Some(dialog.as_ref()) && !inside
}

/// What the window is about comes before the button that closes it; of a question, that is the way back.
fn focus_first(dialog: &HtmlDialogElement) {
    let first = dialog.query_selector(".sheet > :not(header) :is(input, select, textarea, button):not(:disabled)");
    if let Some(first) = first.ok().flatten().and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        // Fails only for an element that is gone.
        let _ = first.focus();
    }
}
