//! *Page layouts*: what a new person is asked, in which order and in which words, with the page itself beside it.

mod editor;
mod options;
mod rows;
mod save;
mod settings;
mod taken_in;

use super::{
    branding::brand_of,
    client::client,
    desk::desk,
    frame::head,
    preview::{Look, Said, Sample, preview},
    route::Route,
    ui::load::{both, load},
};
use crate::contract::{
    journey::{Path, Step},
    resource::{organization::Branding, user_flow::UserFlow, user_flow_attribute::UserFlowAttribute},
    user_flow::FlowKind,
};
use editor::Editor;
use leptos::prelude::*;

#[derive(Clone, PartialEq)]
struct Read {
    flow: UserFlow,
    attributes: Vec<UserFlowAttribute>,
    branding: Branding,
}

/// `top`: whose flow this is; `tabs`: the flow's other pages.
pub fn screen(id: String, tabs: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let (client, look) = (client(), Look::new());
    let read = load(move || {
        let id = id.clone();
        async move {
            let directory = client.directory.get_untracked();
            let of_flow = both(client.flow(&id), client.attributes());
            let ((flow, attributes), branding) = both(of_flow, client.branding(&directory)).await?;
            Ok(Read { flow, attributes, branding })
        }
    });
    read.show(8, move |read| editing(read, look, tabs()))
}

fn editing(read: Read, look: Look, tabs: AnyView) -> AnyView {
    let Read { flow, attributes, branding } = read;
    let name = flow.display_name.clone();
    let open = flow.open_pages;
    let application =
        flow.applications().first().map_or_else(|| "your application".to_owned(), |it| it.display_name.clone());
    let path = if flow.kind == FlowKind::ProfileEdit { Path::EditProfile } else { Path::SignUp };
    let editor = Editor::new(flow, attributes);
    editor.hold_unsaved();
    let brand = StoredValue::new((branding, application));
    let sample = Signal::derive(move || {
        let layout = editor.layout();
        let (branding, application) = brand.get_value();
        let fields = look.language.with(|language| layout.fields(language));
        Some(Sample {
            brand: brand_of(&branding, desk().directory.get().as_ref()),
            application,
            step: Step::Attributes { path, revision: layout.revision, fields },
            said: Said::default(),
            words: Vec::new(),
        })
    });
    let open = open.filter(|open| *open > 0).map(|open| {
        let people = if open == 1 { "person has".to_owned() } else { "people have".to_owned() };
        view! { <p class="live">{format!("{open} {people} this page open")}</p> }
    });
    let acts = view! {
        {open}
        {save::buttons(editor)}
    };
    view! {
        {head(vec![("User flows".into(), Route::Flows)], name, acts.into_any())}
        {tabs}
        {save::conflict(editor)}
        <div class="layout">
            <div class="stack">
                {rows::rows(editor)}
                {settings::settings(editor, look)}
                {save::changes(editor)}
            </div>
            <div class="beside">{preview(sample, look)}</div>
        </div>
    }
    .into_any()
}
