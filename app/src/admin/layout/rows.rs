//! The rows, and the ways to move one: four buttons, the grip under mouse, finger or keys.

use super::{
    super::ui::{
        button::bare,
        field::showing,
        icon::{Icon, icon},
        toggle::toggle,
    },
    editor::{Editor, changes, has_options, name},
};
use crate::admin::ui::listen::{on_change, on_click};
use crate::{
    contract::resource::input::{Input, InputType},
    ui::browser::{after, document},
};
use leptos::{ev, html::Ul, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};

/// The attribute of the row that a mouse or a finger holds, and the number of this drag.
type Held = RwSignal<Option<(String, u32)>>;

pub fn rows(editor: Editor) -> AnyView {
    let list = NodeRef::<Ul>::new();
    let held: Held = RwSignal::new(None);
    follow(editor, list, held);
    let is_empty = move || editor.rows.with(Vec::is_empty);
    view! {
        <section class="card rows" aria-label="Attributes on the page">
            {toolbar(editor)}
            <div class="row names" aria-hidden="true"><span></span><span>"Label"</span><span>"Input type"</span><span>"Required"</span><span></span></div>
            <div class="row fixed">
                <span></span>
                <span class="two"><strong>"Email Address"</strong><small>"proved by a code, always first"</small></span>
                <span class="badge">"Email"</span><span class="second">"Always"</span><span></span>
            </div>
            <ul node_ref=list>
                <For each=move || editor.rows.get() key=|row| row.attribute.clone() let(row)>
                    {self::row(editor, held, row)}
                </For>
            </ul>
            {move || is_empty().then(|| view! {
                <p class="nothing">"Nothing is asked yet. Choose attributes under User attributes; they appear here."</p>
            })}
            <p class="unseen" role="status">{move || editor.told.get()}</p>
        </section>
    }
    .into_any()
}

fn toolbar(editor: Editor) -> AnyView {
    let mover = move |drawing: Icon, where_to: [&'static str; 2], place: fn(usize, usize) -> usize| {
        let press = move |_| {
            if let Some(chosen) = editor.chosen.get_untracked() {
                editor.step(&chosen, place);
            }
        };
        view! {
            <button class="button small" type="button" disabled=move || editor.chosen.with(Option::is_none) on:click=on_click(press)>
                {icon(drawing)}<span><span>{where_to[0]}</span><span>{where_to[1]}</span></span>
            </button>
        }
    };
    view! {
        <div class="tools" role="toolbar" aria-label="Move the selected attribute">
            {mover(Icon::Up, ["Move ", "up"], |from, _| from.saturating_sub(1))}
            {mover(Icon::Down, ["Move ", "down"], |from, _| from + 1)}
            {mover(Icon::Top, ["Move to the ", "top"], |_, _| 0)}
            {mover(Icon::Bottom, ["Move to the ", "bottom"], |_, last| last)}
            <span class="gap"></span>
            <button class="bare" type="button" aria-label="Undo" title="Undo" disabled=move || !editor.can_undo() on:click=on_click(move |_| editor.undo())>
                {icon(Icon::Undo)}
            </button>
            <button class="bare" type="button" aria-label="Redo" title="Redo" disabled=move || !editor.can_redo() on:click=on_click(move |_| editor.redo())>
                {icon(Icon::Redo)}
            </button>
        </div>
    }
    .into_any()
}

fn row(editor: Editor, held: Held, row: Input) -> AnyView {
    let id = StoredValue::new(row.attribute.clone());
    let own = move || id.get_value();
    let is_chosen = move || editor.chosen.with(|chosen| id.with_value(|id| chosen.as_ref() == Some(id)));
    let told = Memo::new(move |_| {
        editor.saved.with(|saved| editor.rows.with(|rows| id.with_value(|id| changes(saved, rows, id))))
    });
    let attribute = editor.attribute(&row.attribute);
    let about = attribute.id.clone();
    let label = Memo::new(move |_| editor.row(&own(), |row| row.label.clone()));
    let required = move || editor.row(&own(), |row| row.required);
    let choose = move || editor.chosen.set(Some(own()));
    let select = move |event| {
        let word = event_target_value(&event);
        if let Ok(kind) = InputType::try_from(word) {
            editor.change_row(&own(), "input type", |row| {
                row.input_type = kind;
                // Nobody could take them away where they are not shown, and no save would be taken with them.
                if !has_options(kind) {
                    row.options.clear();
                }
            });
        }
    };
    let kind = showing(move || editor.row(&own(), |row| row.input_type).word().into());
    let kinds: Vec<_> = editor
        .controls(&row.attribute)
        .iter()
        .map(|kind| view! { <option value=kind.word()>{name(*kind)}</option> })
        .collect();
    let hidden = move || editor.row(&own(), |row| row.hidden);
    view! {
        <li
            class="row"
            class:chosen=is_chosen
            class:changed=move || !told.with(Vec::is_empty)
            class:hidden=hidden
            aria-current=move || is_chosen().then_some("true")
            on:click=on_click(move |_| choose())
            on:focusin=move |_| choose()
        >
            {grip(editor, held, id)}
            <span class="two">
                <input
                    class="plain"
                    aria-label=format!("Label of {}", attribute.label)
                    prop:value=label
                    on:input=on_change(move |event| editor.change_row(&own(), "label", |row| row.label = event_target_value(&event)))
                />
                <small>
                    {move || if told.with(Vec::is_empty) { about.clone() } else { told.with(|told| told.join(" · ")) }}
                </small>
            </span>
            <select class="input small" node_ref=kind aria-label=move || format!("Input type of {}", label.get()) on:change=on_change(select)>{kinds}</select>
            {toggle(
                format!("{} is required", attribute.label),
                required,
                move |on| editor.change_row(&own(), "required", |row| row.required = on),
            )}
            {bare(Icon::More, format!("Settings of {}", attribute.label), move || {
                choose();
                after(Duration::ZERO, || {
                    if let Some(place) = document().get_element_by_id("settings") {
                        place.scroll_into_view();
                        // Fails only for an element that is gone.
                        let _ = place.unchecked_into::<HtmlElement>().focus();
                    }
                });
            })}
        </li>
    }
    .into_any()
}

/// The held row goes where the pointer is. The window hears of it: a row that moves is taken out of the document and put
/// back, and with that it loses the pointer.
fn follow(editor: Editor, list: NodeRef<Ul>, held: Held) {
    let moved = window_event_listener(ev::pointermove, move |event| {
        let Some((id, drag)) = held.get_untracked() else { return };
        if let Some(place) = place_at(list, &id, editor, event.client_y().into()) {
            editor.move_to(&id, &format!("drag {id} {drag}"), |_, _| place);
        }
    });
    let up = window_event_listener(ev::pointerup, move |_| held.set(None));
    let cancelled = window_event_listener(ev::pointercancel, move |_| held.set(None));
    on_cleanup(move || [moved, up, cancelled].into_iter().for_each(|listener| listener.remove()));
}

/// Held by a mouse or a finger the row follows; with keys it goes a step, or all the way.
fn grip(editor: Editor, held: Held, id: StoredValue<String>) -> AnyView {
    let drags = StoredValue::new(0_u32);
    let down = move |event: PointerEvent| {
        event.prevent_default();
        if let Some(grip) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            // Fails only for an element that is gone.
            let _ = grip.focus();
        }
        drags.update_value(|drags| *drags += 1);
        held.set(Some((id.get_value(), drags.get_value())));
        editor.chosen.set(Some(id.get_value()));
    };
    let key = move |event: KeyboardEvent| {
        let place: fn(usize, usize) -> usize = match event.key().as_str() {
            "ArrowUp" => |from, _| from.saturating_sub(1),
            "ArrowDown" => |from, _| from + 1,
            "Home" => |_, _| 0,
            "End" => |_, last| last,
            _ => return,
        };
        event.prevent_default();
        editor.step(&id.get_value(), place);
        if let Some(grip) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            // A row that moved was taken out of the document and put back.
            after(Duration::ZERO, move || {
                let _ = grip.focus();
            });
        }
    };
    let label = move || format!("Move {}: arrow keys, Home, End", editor.row(&id.get_value(), |row| row.label.clone()));
    view! {
        <button
            class="grip"
            type="button"
            class:held=move || held.with(|held| held.as_ref().is_some_and(|(held, _)| id.with_value(|id| held == id)))
            aria-label=label
            on:pointerdown=down
            on:keydown=key
        >{icon(Icon::Grip)}</button>
    }
    .into_any()
}

/// The place in the list that lies at this height of the window: behind all rows whose middle is above it.
fn place_at(list: NodeRef<Ul>, dragged: &str, editor: Editor, height: f64) -> Option<usize> {
    let children = list.get_untracked()?.children();
    let own = editor.rows.with_untracked(|rows| rows.iter().position(|row| row.attribute == dragged))?;
    let mut place = 0;
    for at in 0..children.length() {
        let middle =
            children.item(at).map(|child| child.get_bounding_client_rect()).map(|it| it.top() + it.height() / 2.0)?;
        let at = usize::try_from(at).ok()?;
        if at != own && middle < height {
            place += 1;
        }
    }
    Some(place)
}
