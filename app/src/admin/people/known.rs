//! What is known of a person: everything that was told, and can be corrected.

use super::{
    super::{
        browser::focus_fault,
        client::client,
        route::{place, stay},
        ui::{
            button::{Act, submit},
            load::Loaded,
            toast::toasts,
        },
    },
    Etag, Person,
};
use crate::admin::ui::listen::{on_change, on_submit};
use crate::contract::{
    attribute::EMAIL,
    resource::{
        user::User,
        user_flow_attribute::{AttributeType, DataType, UserFlowAttribute},
    },
};
use leptos::prelude::*;
use serde_json::{Map, Value};

/// One attribute while it is edited.
#[derive(Clone)]
struct Row {
    attribute: UserFlowAttribute,
    now: RwSignal<String>,
    before: String,
    fault: RwSignal<Option<String>>,
}

impl Row {
    fn new(attribute: UserFlowAttribute, told: &Value) -> Self {
        let before = match told.get(&attribute.id) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        Self { attribute, now: RwSignal::new(before.clone()), before, fault: RwSignal::new(None) }
    }
}

pub(super) fn section(loaded: Loaded<Person>, etag: Etag, user: &User, attributes: Vec<UserFlowAttribute>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let told = serde_json::to_value(user).unwrap_or_default();
    let asked = attributes.into_iter().filter(|attribute| attribute.id != EMAIL);
    let rows = StoredValue::new(asked.map(|attribute| Row::new(attribute, &told)).collect::<Vec<_>>());
    place().hold(move || rows.with_value(|all| all.iter().any(|row| row.now.with(|now| now.trim() != row.before))));
    let act = Act::new();
    let id = StoredValue::new(user.id.clone());
    etag.set_value(user.etag.clone());
    let save = move || {
        let stay = stay();
        let mut changes = Map::new();
        for Row { attribute, now, before, .. } in rows.get_value() {
            let now = now.get_untracked().trim().to_owned();
            if now != before {
                changes.insert(attribute.id.clone(), value(&attribute, now));
            }
        }
        let work = async move {
            client.update_person(&id.get_value(), etag.get_value().as_deref(), &Value::Object(changes)).await
        };
        act.run(work, move |saved| match saved {
            Ok(()) => {
                stay.let_go();
                toasts.good("Saved. Applications are told at the next sign-in.");
                loaded.again();
            }
            Err(trouble) => {
                for row in rows.get_value() {
                    row.fault.set(trouble.about(&row.attribute.id));
                }
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        });
    };
    let shown: Vec<_> = rows.with_value(|rows| rows.iter().map(control).collect());
    view! {
        <form class="card pad" novalidate on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            <h2>"Attributes"</h2>
            <div class="pairs">{shown}</div>
            <div class="buttons">{submit("Save", "Saving …", act)}</div>
        </form>
    }
    .into_any()
}

fn control(Row { attribute, now, fault, .. }: &Row) -> AnyView {
    let (now, fault) = (*now, *fault);
    let id = format!("attribute-{}", attribute.id);
    let about = format!("{id}-about");
    let custom = attribute.user_flow_attribute_type == AttributeType::Custom;
    let write = move |event| {
        fault.set(None);
        now.set(event_target_value(&event));
    };
    let is_wrong = move || fault.with(Option::is_some).then_some("true");
    let input = match attribute.data_type {
        DataType::Boolean => view! {
            <select class="input" id=id.clone() aria-describedby=about.clone() aria-invalid=is_wrong on:change=on_change(write)>
                <option value="" prop:selected=move || now.with(String::is_empty)>"Not told"</option>
                <option value="true" prop:selected=move || now.get() == "true">"Yes"</option>
                <option value="false" prop:selected=move || now.get() == "false">"No"</option>
            </select>
        }
        .into_any(),
        DataType::String | DataType::Int64 => view! {
            <input
                class="input"
                id=id.clone()
                autocomplete="off"
                aria-describedby=about.clone()
                aria-invalid=is_wrong
                inputmode=(attribute.data_type == DataType::Int64).then_some("numeric")
                prop:value=now
                on:input=on_change(write)
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=id>{attribute.display_name.clone()}{custom.then(|| view! { <span class="optional">"custom"</span> })}</label>
            {input}
            <div id=about>{move || fault.get().map(|fault| view! { <p class="fault">{fault}</p> })}</div>
        </div>
    }
    .into_any()
}

/// As the API takes it: numbers and truth values by their own kind, nothing where nothing is told.
fn value(attribute: &UserFlowAttribute, text: String) -> Value {
    match attribute.data_type {
        _ if text.is_empty() => Value::Null,
        DataType::Int64 => text.parse::<i64>().map_or(Value::String(text), Value::from),
        DataType::Boolean => Value::Bool(text == "true"),
        DataType::String => Value::String(text),
    }
}
