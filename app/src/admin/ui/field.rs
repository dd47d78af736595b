//! Fields: label above, hint and fault below.

use crate::admin::ui::listen::on_change;
use leptos::{html::Select, prelude::*};

#[derive(Clone, Default)]
pub struct Label {
    pub id: &'static str,
    pub text: &'static str,
    pub hint: Option<&'static str>,
    pub optional: bool,
}

impl Label {
    pub fn new(id: &'static str, text: &'static str) -> Self {
        Self { id, text, hint: None, optional: false }
    }

    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    pub fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// Label, control, hint and fault, tied together for who cannot see them beside one another.
pub fn field(label: Label, fault: RwSignal<Option<String>>, control: AnyView) -> AnyView {
    let Label { id, text, hint, optional } = label;
    view! {
        <div class="field">
            <label for=id>{text}{optional.then(|| view! { <span class="optional">"optional"</span> })}</label>
            {control}
            <div id=format!("{id}-about")>
                {move || match fault.get() {
                    Some(fault) => Some(view! { <p class="fault">{fault}</p> }.into_any()),
                    None => hint.map(|hint| view! { <p class="hint">{hint}</p> }.into_any()),
                }}
            </div>
        </div>
    }
    .into_any()
}

pub fn line(label: Label, value: RwSignal<String>, fault: RwSignal<Option<String>>) -> AnyView {
    typed("text", label, value, fault)
}

pub fn typed(kind: &'static str, label: Label, value: RwSignal<String>, fault: RwSignal<Option<String>>) -> AnyView {
    let id = label.id;
    let control = view! {
        <input
            class="input"
            id=id
            type=kind
            autocomplete="off"
            aria-describedby=format!("{id}-about")
            aria-invalid=move || fault.with(Option::is_some).then_some("true")
            prop:value=value
            on:input=on_change(move |event| { fault.set(None); value.set(event_target_value(&event)) })
        />
    };
    field(label, fault, control.into_any())
}

pub fn lines(label: Label, rows: u32, value: RwSignal<String>, fault: RwSignal<Option<String>>) -> AnyView {
    let id = label.id;
    let control = view! {
        <textarea
            class="input"
            id=id
            rows=rows
            aria-describedby=format!("{id}-about")
            aria-invalid=move || fault.with(Option::is_some).then_some("true")
            prop:value=value
            on:input=on_change(move |event| { fault.set(None); value.set(event_target_value(&event)) })
        ></textarea>
    };
    field(label, fault, control.into_any())
}

/// One of several; `choices`: the value, and what people read.
pub fn select(label: Label, value: RwSignal<String>, choices: Vec<(String, String)>) -> AnyView {
    select_judged(label, value, RwSignal::new(None), choices)
}

/// The same where something can be wrong with the choice.
pub fn select_judged(
    label: Label,
    value: RwSignal<String>,
    fault: RwSignal<Option<String>>,
    choices: Vec<(String, String)>,
) -> AnyView {
    let id = label.id;
    let options: Vec<_> = choices.into_iter().map(|(own, text)| view! { <option value=own>{text}</option> }).collect();
    let control = view! {
        <select
            class="input"
            id=id
            node_ref=showing(move || value.get())
            aria-describedby=format!("{id}-about")
            aria-invalid=move || fault.with(Option::is_some).then_some("true")
            on:change=on_change(move |event| { fault.set(None); value.set(event_target_value(&event)) })
        >{options}</select>
    };
    field(label, fault, control.into_any())
}

/// A list that opens, and shows this one of what it holds: one ear for all of its options.
pub fn showing(value: impl Fn() -> String + 'static) -> NodeRef<Select> {
    let node = NodeRef::<Select>::new();
    Effect::new(move |_| {
        if let Some(select) = node.get() {
            select.set_value(&value());
        }
    });
    node
}

/// A box beside its words; `why_not` greys it and says why.
pub fn tick(
    text: impl Into<String>,
    hint: Option<String>,
    on: impl Fn() -> bool + Send + Sync + 'static,
    why_not: Option<String>,
    change: impl Fn(bool) + Send + Sync + 'static,
) -> AnyView {
    let greyed = why_not.is_some();
    view! {
        <label class="tick" class:greyed=greyed>
            <input type="checkbox" prop:checked=on disabled=greyed on:change=on_change(move |event| change(event_target_checked(&event))) />
            <span>{text.into()}{why_not.or(hint).map(|hint| view! { <small>{hint}</small> })}</span>
        </label>
    }
    .into_any()
}

/// One of a group, beside its words.
pub fn radio(
    group: &'static str,
    text: impl Into<String>,
    hint: Option<String>,
    on: impl Fn() -> bool + Send + Sync + 'static,
    why_not: Option<String>,
    choose: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let greyed = why_not.is_some();
    view! {
        <label class="tick" class:greyed=greyed>
            <input type="radio" name=group prop:checked=on disabled=greyed on:change=on_change(move |_| choose()) />
            <span>{text.into()}{why_not.or(hint).map(|hint| view! { <small>{hint}</small> })}</span>
        </label>
    }
    .into_any()
}
