//! What can be chosen, in a row of radio buttons, checkboxes or a list that opens: what people read, and what is stored.

use super::{
    super::{
        preview::Look,
        session::portal,
        ui::{
            button::bare,
            icon::{Icon, icon},
        },
    },
    editor::Editor,
};
use crate::admin::ui::listen::{on_change, on_click};
use crate::contract::resource::input::{Input, InputOption};
use leptos::prelude::*;

pub fn options(editor: Editor, look: Look, id: StoredValue<String>) -> AnyView {
    let count = Memo::new(move |_| editor.row(&id.get_value(), |row| row.options.len()));
    let change = move |about: String, change: &dyn Fn(&mut Vec<InputOption>)| {
        editor.change_row(&id.get_value(), &about, |row| change(&mut row.options));
    };
    let rows = move || (0..count.get()).map(|at| row(editor, look, id, at, count.get())).collect::<Vec<_>>();
    let add = move |_| {
        let number = count.get_untracked() + 1;
        change(format!("add option {number}"), &move |options| {
            options.push(InputOption {
                label: format!("Option {number}"),
                value: format!("option{number}"),
                ..InputOption::default()
            })
        });
    };
    let sort =
        move |_| change("sort options".into(), &|options| options.sort_by_key(|option| option.label.to_lowercase()));
    view! {
        <fieldset>
            <legend>"Options"</legend>
            <div class="option names" aria-hidden="true"><span>"Text"</span><span>"Value"</span></div>
            {rows}
            <div class="buttons">
                <button class="button small" type="button" on:click=on_click(add)>"Add an option"</button>
                <button class="button small" type="button" disabled=move || count.get() < 2 on:click=on_click(sort)>"Sort by text"</button>
            </div>
        </fieldset>
    }
    .into_any()
}

fn row(editor: Editor, look: Look, id: StoredValue<String>, at: usize, count: usize) -> AnyView {
    let read = move |part: fn(&InputOption) -> String| {
        Memo::new(move |_| editor.row(&id.get_value(), |row| row.options.get(at).map(part)).unwrap_or_default())
    };
    let (text, value) = (read(|option| option.label.clone()), read(|option| option.value.clone()));
    let write = move |about: &'static str, part: fn(&mut InputOption) -> &mut String| {
        move |event: web_sys::Event| {
            let typed = event_target_value(&event);
            editor.change_row(&id.get_value(), &format!("{about} {at}"), |row| {
                if let Some(option) = row.options.get_mut(at) {
                    *part(option) = typed;
                }
            });
        }
    };
    let number = at + 1;
    let open = RwSignal::new(false);
    view! {
        <div class="option">
            <input class="input small" aria-label=format!("Text of option {number}") prop:value=text on:input=on_change(write("option text", |option| &mut option.label)) />
            <input class="input small" aria-label=format!("Value of option {number}") prop:value=value on:input=on_change(write("option value", |option| &mut option.value)) />
            <button
                class="bare"
                type="button"
                aria-label=format!("Option {number} in other languages")
                title="In other languages"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=on_click(move |_| open.update(|open| *open = !*open))
            >{icon(Icon::Language)}</button>
            <button
                class="bare"
                type="button"
                disabled=at == 0
                aria-label=format!("Move option {number} up")
                on:click=on_click(move |_| editor.change_row(&id.get_value(), &format!("option up {at} {count}"), |row| row.options.swap(at - 1, at)))
            >{icon(Icon::Up)}</button>
            {bare(Icon::Trash, format!("Remove option {number}"), move || {
                editor.change_row(&id.get_value(), &format!("remove option {at} {count}"), |row| { row.options.remove(at); });
            })}
        </div>
        // Drawn on demand: there may be hundreds of options.
        {move || open.get().then(|| translations(editor, look, id, at))}
    }
    .into_any()
}

/// The text in each language; one that is left empty says what the first one says.
fn translations(editor: Editor, look: Look, id: StoredValue<String>, at: usize) -> AnyView {
    let languages = portal().languages.into_iter();
    let fields: Vec<_> = languages
        .map(|language| {
            let tag = StoredValue::new(language.tag);
            let now = Memo::new(move |_| {
                let said = |row: &Input| row.options.get(at)?.translations.get(&tag.get_value()).cloned();
                editor.row(&id.get_value(), said).unwrap_or_default()
            });
            let write = move |event: web_sys::Event| {
                let (tag, typed) = (tag.get_value(), event_target_value(&event));
                editor.change_row(&id.get_value(), &format!("option translation {at} {tag}"), |row| {
                    let Some(option) = row.options.get_mut(at) else { return };
                    match typed.is_empty() {
                        true => option.translations.remove(&tag),
                        false => option.translations.insert(tag.clone(), typed),
                    };
                });
            };
            let show = move |_| look.language.set(tag.get_value());
            view! {
                <div class="translation one" on:focusin=show lang=tag.get_value()>
                    <span class="name">{language.name.clone()}</span>
                    <input class="input small" aria-label=format!("Option {} in {}", at + 1, language.name) dir="auto" prop:value=now on:input=on_change(write) />
                </div>
            }
        })
        .collect();
    fields.into_any()
}
