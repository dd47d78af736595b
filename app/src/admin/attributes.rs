//! *Custom user attributes*: what can be asked of people besides the built-in attributes.

use super::{
    browser::focus_fault,
    client::client,
    frame::head,
    ui::{
        ask::{Question, asking},
        button::{Act, plain, run, submit},
        empty::nothing_found,
        field::{Label, line, lines, select},
        icon::{Icon, icon},
        load::{Loaded, load},
        menu::{entry, more},
        panel::panel,
        search::{fits, search},
        toast::toasts,
    },
};
use crate::admin::ui::listen::{on_click, on_submit};
use crate::contract::resource::user_flow_attribute::{AttributeType, DataType, UserFlowAttribute};
use leptos::prelude::*;
use serde_json::json;

/// The window at the side: a new one, or one whose description is changed.
#[derive(Clone, PartialEq)]
enum Open {
    Nothing,
    New,
    One(UserFlowAttribute),
}

pub fn list() -> AnyView {
    let client = client();
    let attributes = load(move || client.attributes());
    let (typed, open) = (RwSignal::new(String::new()), RwSignal::new(Open::Nothing));
    let add = view! {
        <button class="button primary" type="button" on:click=on_click(move |_| open.set(Open::New))>{icon(Icon::Plus)}<span>"Add"</span></button>
    };
    let content = attributes.show(6, move |all| {
        view! {
            <div class="card">
                <div class="tools">{search("Search attributes", typed)}</div>
                {move || table(attributes, open, &all, &typed.get())}
            </div>
        }
        .into_any()
    });
    let window = move || match open.get() {
        Open::Nothing => None,
        Open::New => Some(new(attributes, open)),
        Open::One(attribute) => Some(one(attributes, open, &attribute)),
    };
    view! {
        <div class="screen">
            {head(Vec::new(), "Custom user attributes".into(), add.into_any())}
            <p class="lead">"Built-in attributes are there in every directory. Your own can be asked on sign-up pages and are told to applications like the others."</p>
            {content}
            {window}
        </div>
    }
    .into_any()
}

fn table(
    loaded: Loaded<Vec<UserFlowAttribute>>,
    open: RwSignal<Open>,
    all: &[UserFlowAttribute],
    typed: &str,
) -> AnyView {
    let mut found: Vec<_> = all
        .iter()
        .filter(|it| fits(typed, &[&it.display_name, &it.id, it.description.as_deref().unwrap_or_default()]))
        .collect();
    // One's own first: those can be changed.
    found.sort_by_key(|attribute| attribute.user_flow_attribute_type == AttributeType::BuiltIn);
    if found.is_empty() {
        return nothing_found();
    }
    let rows: Vec<_> = found.into_iter().map(|attribute| row(loaded, open, attribute.clone())).collect();
    view! {
        <div class="scroll">
            <table>
                <thead><tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Data type"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Description"</th>
                    <th scope="col"><span class="unseen">"Acts"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

pub fn data_type(attribute: &UserFlowAttribute) -> &'static str {
    match attribute.data_type {
        DataType::String => "String",
        DataType::Boolean => "Boolean",
        DataType::Int64 => "Int",
    }
}

fn row(loaded: Loaded<Vec<UserFlowAttribute>>, open: RwSignal<Open>, attribute: UserFlowAttribute) -> AnyView {
    let custom = attribute.user_flow_attribute_type == AttributeType::Custom;
    let shown = attribute.clone();
    let acts = custom.then(|| {
        more(format!("Acts on {}", attribute.display_name), move |menu| {
            let (changed, deleted) = (attribute.clone(), attribute.clone());
            view! {
                {entry("Change the description", menu, move || open.set(Open::One(changed.clone())))}
                {entry("Delete …", menu, move || delete(loaded, deleted.clone()))}
            }
            .into_any()
        })
    });
    view! {
        <tr>
            <th scope="row"><span class="two"><span>{shown.display_name.clone()}</span><code>{shown.id.clone()}</code></span></th>
            <td>{data_type(&shown)}</td>
            <td><span class="badge">{if custom { "Custom" } else { "Built-in" }}</span></td>
            <td class="second">{shown.description.clone()}</td>
            <td class="acts">{acts}</td>
        </tr>
    }
    .into_any()
}

fn delete(loaded: Loaded<Vec<UserFlowAttribute>>, attribute: UserFlowAttribute) {
    let (client, toasts) = (client(), toasts());
    let question = Question {
        title: format!("Delete {}?", attribute.display_name),
        text: "What people have told goes with it. This cannot be undone. An attribute that a user flow asks for cannot be deleted.".into(),
        act: "Delete".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let (id, name) = (attribute.id.clone(), attribute.display_name.clone());
        run(async move { client.delete_attribute(&id).await }, move |()| {
            toasts.good(format!("{name} is deleted."));
            loaded.again();
        });
    });
}

fn new(loaded: Loaded<Vec<UserFlowAttribute>>, open: RwSignal<Open>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (name, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let data_type = RwSignal::new("string".to_owned());
    let (name_fault, fault) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let act = Act::new();
    let create = move || {
        if name.with_untracked(|name| name.trim().is_empty()) {
            name_fault.set(Some("Give the attribute a name, like Loyalty number.".into()));
            focus_fault();
            return;
        }
        let new = json!({
            "displayName": name.get_untracked().trim(),
            "description": description.get_untracked().trim(),
            "dataType": data_type.get_untracked(),
        });
        act.run(async move { client.create_attribute(&new).await }, move |made| match made {
            Ok(made) => {
                act.close(open, Open::Nothing);
                toasts.good(format!("{} can be asked in user flows now.", made.display_name));
                loaded.again();
            }
            Err(trouble) => {
                match trouble.about("displayName") {
                    Some(told) => name_fault.set(Some(told)),
                    None => fault.set(Some(trouble.sentence())),
                }
                focus_fault();
            }
        });
    };
    let types = [("string", "String"), ("boolean", "Boolean"), ("int64", "Int")];
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); create() })>
            {line(Label::new("attribute-name", "Name").hint("For example, Loyalty number."), name, name_fault)}
            {select(
                Label::new("data-type", "Data Type").hint("It stays as it is from now on."),
                data_type,
                types.map(|(value, text)| (value.into(), text.into())).into(),
            )}
            {lines(Label::new("description", "Description").optional().hint("For administrators; people never see it."), 3, description, fault)}
            <div class="buttons end">
                {plain("Cancel", move || open.set(Open::Nothing))}
                {submit("Create", "Creating …", act)}
            </div>
        </form>
    };
    panel("Add an attribute", move || open.set(Open::Nothing), content.into_any())
}

fn one(loaded: Loaded<Vec<UserFlowAttribute>>, open: RwSignal<Open>, attribute: &UserFlowAttribute) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let description = RwSignal::new(attribute.description.clone().unwrap_or_default());
    let fault = RwSignal::new(None::<String>);
    let id = StoredValue::new(attribute.id.clone());
    let act = Act::new();
    let save = move || {
        let text = description.get_untracked();
        act.run(
            async move { client.describe_attribute(&id.get_value(), text.trim()).await },
            move |saved| match saved {
                Ok(()) => {
                    act.close(open, Open::Nothing);
                    toasts.good("The description is saved.");
                    loaded.again();
                }
                Err(trouble) => {
                    fault.set(Some(trouble.sentence()));
                    focus_fault();
                }
            },
        );
    };
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            {lines(Label::new("description", "Description").optional().hint("For administrators; people never see it."), 3, description, fault)}
            <div class="buttons end">
                {plain("Cancel", move || open.set(Open::Nothing))}
                {submit("Save", "Saving …", act)}
            </div>
        </form>
    };
    panel(attribute.display_name.clone(), move || open.set(Open::Nothing), content.into_any())
}
