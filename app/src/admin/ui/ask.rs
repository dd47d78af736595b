//! A question before something is done that cannot be undone, or is large. One at a time, for the whole portal.

use super::{
    super::desk::desk,
    icon::{Icon, icon},
};
use crate::admin::ui::listen::on_click;
use leptos::{html::Dialog, prelude::*};
use std::sync::Arc;

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

/// A window above the page: it takes the focus and gives it back, Escape closes it, and all below waits.
pub fn dialog(
    class: &'static str,
    title: impl Into<String>,
    close: impl Fn() + Clone + Send + Sync + 'static,
    content: AnyView,
) -> AnyView {
    let node = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            // Fails only for one that is open already.
            let _ = dialog.show_modal();
        }
    });
    let (by_key, by_button, by_ground) = (close.clone(), close.clone(), close);
    let title = title.into();
    let name = title.clone();
    view! {
        <dialog
            class=class
            aria-label=name
            node_ref=node
            on:cancel=move |event: web_sys::Event| { event.prevent_default(); by_key() }
            on:mousedown=move |event| {
                // Only the ground around the window is the dialog itself.
                if event.target() == node.get_untracked().map(|dialog| web_sys::HtmlElement::from(dialog).into()) {
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
        </dialog>
    }
    .into_any()
}
