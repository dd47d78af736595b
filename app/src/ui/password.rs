//! A password: Show and Hide, any paste and any manager, and for a new one how well it would stand.

use super::field::{Control, below};
use leptos::prelude::*;
use std::sync::Arc;

pub struct Password {
    pub control: Control,
    /// `current-password` or `new-password`.
    pub autocomplete: &'static str,
    pub words: ShowWords,
    pub judge: Option<Judge>,
}

/// What the button says, and what it is called by a screen reader.
pub struct ShowWords {
    pub show: String,
    pub show_name: String,
    pub hide: String,
    pub hide_name: String,
}

/// How well a password would stand, from 0 to 4, and the word for it.
pub type Judge = Arc<dyn Fn(&str) -> (u8, String) + Send + Sync>;

pub fn password(password: Password) -> AnyView {
    let Password { control, autocomplete, words, judge } = password;
    let ShowWords { show, show_name, hide, hide_name } = words;
    let shown = RwSignal::new(false);
    let standing = RwSignal::new(None::<(u8, String)>);
    let judges = judge.is_some();
    let (class, invalid, described_by) = (control.class(), control.invalid(), control.described_by());
    let Control { name, label, optional: _, hint, fault } = control;
    view! {
        <div class="field">
            <label for=name.clone()>{label}</label>
            <div class="secret">
                <input
                    class=class
                    type=move || if shown.get() { "text" } else { "password" }
                    id=name.clone()
                    name=name.clone()
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus
                    aria-invalid=invalid
                    aria-describedby=described_by
                    on:input=move |event| {
                        if let Some(judge) = &judge {
                            let typed = event_target_value(&event);
                            standing.set((!typed.is_empty()).then(|| judge(&typed)));
                        }
                    }
                />
                <button
                    class="show"
                    type="button"
                    aria-label=move || if shown.get() { hide_name.clone() } else { show_name.clone() }
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { hide.clone() } else { show.clone() }}
                </button>
            </div>
            {judges.then(|| meter(standing))}
            {below(&name, hint, fault)}
        </div>
    }
    .into_any()
}

/// Four bars and a word; the place of the word is kept, so that nothing moves when it comes.
fn meter(standing: RwSignal<Option<(u8, String)>>) -> AnyView {
    let class =
        move || standing.with(|standing| format!("meter m{}", standing.as_ref().map_or(0, |(level, _)| *level)));
    view! {
        <div class=class>
            <i></i><i></i><i></i><i></i>
            <output>{move || standing.get().map(|(_, word)| word)}</output>
        </div>
    }
    .into_any()
}
