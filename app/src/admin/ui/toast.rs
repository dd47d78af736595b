//! What is told in the corner for a moment: what was done, with its undo, or what went wrong.

use super::{
    super::desk::desk,
    icon::{Icon, icon},
};
use crate::admin::ui::listen::on_click;
use crate::ui::browser::after;
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    bad: bool,
    undo: Option<Undo>,
}

/// It lives on where the screen that told it is gone, unlike a `Callback`.
type Undo = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    count: StoredValue<u32>,
}

/// Long enough to be read and regretted.
const STAYS: Duration = Duration::from_secs(8);

pub fn toasts() -> Toasts {
    desk().toasts
}

impl Toasts {
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), count: StoredValue::new(0) }
    }

    pub fn good(self, text: impl Into<String>) {
        self.tell(text.into(), false, None);
    }

    pub fn bad(self, text: impl Into<String>) {
        self.tell(text.into(), true, None);
    }

    pub fn with_undo(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.tell(text.into(), false, Some(Arc::new(undo)));
    }

    fn tell(self, text: String, bad: bool, undo: Option<Undo>) {
        self.count.update_value(|count| *count += 1);
        let number = self.count.get_value();
        self.shown.update(|shown| shown.push(Toast { number, text, bad, undo }));
        // What went wrong stays until it is put away.
        if !bad {
            after(STAYS, move || self.close(number));
        }
    }

    fn close(self, number: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.number != number));
    }

    pub fn view(self) -> AnyView {
        view! {
            <div class="toasts" role="status">
                <For each=move || self.shown.get() key=|toast| toast.number let(toast)>
                    {self.one(toast)}
                </For>
            </div>
        }
        .into_any()
    }

    fn one(self, toast: Toast) -> AnyView {
        let number = toast.number;
        let undo = toast.undo.map(|undo| {
            let press = move |_| {
                self.close(number);
                undo();
            };
            view! { <button class="way" type="button" on:click=on_click(press)>"Undo"</button> }
        });
        view! {
            <div class="toast" class:bad=toast.bad>
                {icon(if toast.bad { Icon::Alert } else { Icon::Check })}
                <p>{toast.text}</p>
                {undo}
                <button class="bare" type="button" aria-label="Close" on:click=on_click(move |_| self.close(number))>
                    {icon(Icon::Close)}
                </button>
            </div>
        }
        .into_any()
    }
}
