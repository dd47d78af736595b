//! Everything about the chosen row that its line has no room for.

use super::{
    super::{
        preview::Look,
        session::portal,
        ui::field::{Label, field, radio},
    },
    editor::{Editor, has_options},
    options,
};
use crate::admin::ui::listen::on_change;
use crate::contract::resource::input::{Input, Translation};
use js_sys::{Array, Reflect, RegExp};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

pub fn settings(editor: Editor, look: Look) -> AnyView {
    let shown = move || {
        let id = editor.chosen.get()?;
        let known = editor.rows.with_untracked(|rows| rows.iter().any(|row| row.attribute == id));
        known.then(|| of(editor, look, &id))
    };
    shown.into_any()
}

fn of(editor: Editor, look: Look, id: &str) -> AnyView {
    let attribute = editor.attribute(id);
    let name = format!("Settings of {}", attribute.label);
    let id = StoredValue::new(id.to_owned());
    let kind = Memo::new(move |_| editor.row(&id.get_value(), |row| row.input_type));
    view! {
        <section class="card settings" id="settings" tabindex="-1" aria-label=name>
            <header><h2>{attribute.label}</h2><code>{attribute.id}</code></header>
            <div class="fields">
                {text(editor, id, Label::new("hint", "Hint").optional().hint("One sentence below the field."), HINT)}
                {text(editor, id, Label::new("default", "Default").optional().hint("Filled in before the person comes."), DEFAULT)}
                {move || has_options(kind.get()).then(|| options::options(editor, look, id))}
                {pattern(editor, id)}
                {visibility(editor, id)}
                {translations(editor, look, id)}
            </div>
        </section>
    }
    .into_any()
}

/// A property that is a text or nothing.
#[derive(Clone, Copy)]
struct Property {
    name: &'static str,
    read: fn(&Input) -> Option<String>,
    write: fn(&mut Input, Option<String>),
}

const HINT: Property = Property { name: "hint", read: |row| row.hint.clone(), write: |row, text| row.hint = text };
const DEFAULT: Property =
    Property { name: "default", read: |row| row.default_value.clone(), write: |row, text| row.default_value = text };
const PATTERN: Property = Property {
    name: "pattern",
    read: |row| row.validation_reg_ex.clone(),
    write: |row, text| row.validation_reg_ex = text,
};

fn text(editor: Editor, id: StoredValue<String>, label: Label, property: Property) -> AnyView {
    let now = Memo::new(move |_| editor.row(&id.get_value(), property.read).unwrap_or_default());
    let write = move |event| {
        let typed = event_target_value(&event);
        let typed = (!typed.is_empty()).then_some(typed);
        editor.change_row(&id.get_value(), property.name, |row| (property.write)(row, typed));
    };
    let control =
        view! { <input class="input" id=label.id autocomplete="off" prop:value=now on:input=on_change(write) /> };
    field(label, RwSignal::new(None), control.into_any())
}

/// The browser's own engine judges as a hint; the server's verdict comes with the save.
fn pattern(editor: Editor, id: StoredValue<String>) -> AnyView {
    let tried = RwSignal::new(String::new());
    let verdict = move || {
        let pattern = editor.row(&id.get_value(), |row| row.validation_reg_ex.clone()).unwrap_or_default();
        if pattern.is_empty() {
            return None;
        }
        let sentence = match (compiled(&pattern), tried.get()) {
            (None, _) => ("fault", "This pattern cannot be read. Look for a bracket that is not closed."),
            (Some(_), typed) if typed.is_empty() => ("hint", "The whole value must fit."),
            (Some(pattern), typed) if pattern.test(&typed) => ("good", "Fits."),
            (Some(_), _) => ("fault", "Does not fit."),
        };
        Some(view! { <p class=sentence.0 role="status">{sentence.1}</p> })
    };
    view! {
        <div class="try">
            {text(
                editor,
                id,
                Label::new("pattern", "Pattern").optional().hint("A regular expression, like [0-9]{4}."),
                PATTERN,
            )}
            <div class="field">
                <label for="try">"Try it"</label>
                <input class="input" id="try" autocomplete="off" prop:value=tried on:input=on_change(move |event| tried.set(event_target_value(&event))) />
                <div>{verdict}</div>
            </div>
        </div>
    }
    .into_any()
}

fn compiled(pattern: &str) -> Option<RegExp> {
    let make = Reflect::get(&js_sys::global(), &"RegExp".into()).ok()?;
    let whole = JsValue::from(format!("^(?:{pattern})$"));
    let make: js_sys::Function = make.dyn_into().ok()?;
    Reflect::construct(&make, &Array::of2(&whole, &"u".into())).ok()?.dyn_into().ok()
}

fn visibility(editor: Editor, id: StoredValue<String>) -> AnyView {
    let is = move |hidden, editable| {
        move || {
            editor.row(&id.get_value(), |row| Some((row.hidden, row.hidden || row.editable)))
                == Some((hidden, editable))
        }
    };
    let set = move |hidden, editable| {
        move || {
            editor.change_row(&id.get_value(), "visibility", |row| {
                row.hidden = hidden;
                row.editable = editable;
            });
        }
    };
    view! {
        <fieldset>
            <legend>"On the page"</legend>
            {radio("visibility", "To be filled in", None, is(false, true), None, set(false, true))}
            {radio("visibility", "Read-only", Some("Shown with its default.".into()), is(false, false), None, set(false, false))}
            {radio("visibility", "Hidden", Some("Not shown; its default is stored.".into()), is(true, true), None, set(true, true))}
        </fieldset>
    }
    .into_any()
}

/// Label and hint in the other languages; a field that is left empty says what the first one says.
fn translations(editor: Editor, look: Look, id: StoredValue<String>) -> AnyView {
    let languages: Vec<_> = portal()
        .languages
        .into_iter()
        .map(|language| {
            let tag = StoredValue::new(language.tag);
            let label = translation(editor, id, tag, |translation| &mut translation.label);
            let hint = translation(editor, id, tag, |translation| &mut translation.hint);
            let show = move |_| look.language.set(tag.get_value());
            view! {
                <div class="translation" on:focusin=show lang=tag.get_value()>
                    <span class="name">{language.name.clone()}</span>
                    <input class="input small" aria-label=format!("Label in {}", language.name) placeholder="Label" dir="auto" prop:value=label.0 on:input=on_change(label.1) />
                    <input class="input small" aria-label=format!("Hint in {}", language.name) placeholder="Hint" dir="auto" prop:value=hint.0 on:input=on_change(hint.1) />
                </div>
            }
        })
        .collect();
    view! { <fieldset><legend>"In other languages"</legend>{languages}</fieldset> }.into_any()
}

type Part = fn(&mut Translation) -> &mut Option<String>;

fn translation(
    editor: Editor,
    id: StoredValue<String>,
    tag: StoredValue<String>,
    part: Part,
) -> (Memo<String>, impl Fn(web_sys::Event) + 'static) {
    let now = Memo::new(move |_| {
        let said = |row: &Input| part(&mut row.translations.get(&tag.get_value()).cloned().unwrap_or_default()).clone();
        editor.row(&id.get_value(), said).unwrap_or_default()
    });
    let write = move |event: web_sys::Event| {
        let typed = event_target_value(&event);
        let tag = tag.get_value();
        editor.change_row(&id.get_value(), &format!("translation {tag}"), |row| {
            *part(row.translations.entry(tag.clone()).or_default()) = (!typed.is_empty()).then_some(typed);
            row.translations.retain(|_, translation| *translation != Translation::default());
        });
    };
    (now, write)
}
