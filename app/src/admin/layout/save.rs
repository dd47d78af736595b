//! *Save*: what would change, the publishing of it, and what to do when somebody else saved first.

use super::{
    super::{
        client::client,
        flows::who,
        route::stay,
        trouble::Trouble,
        ui::{
            ask::dialog,
            button::{Act, plain, primary},
            icon::{Icon, icon},
            toast::toasts,
        },
    },
    editor::{Editor, changes as changes_of},
};
use crate::admin::ui::listen::on_click;
use crate::contract::resource::input::Input;
use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

pub fn buttons(editor: Editor) -> AnyView {
    let act = Act::new();
    view! {
        {move || editor.is_changed().then(|| plain("Discard", move || editor.discard()))}
        {primary("Save", "Saving …", act, move || save(editor, act))}
    }
    .into_any()
}

fn save(editor: Editor, act: Act) {
    let (client, toasts, stay) = (client(), toasts(), stay());
    if !editor.is_changed() {
        toasts.good("Nothing has changed since the last save.");
        return;
    }
    let (id, etag) = editor.flow.with_untracked(|flow| (flow.id.clone(), flow.etag.clone()));
    let mut view = editor
        .flow
        .with_untracked(|flow| flow.on_attribute_collection.attribute_collection_page.views.first().cloned())
        .unwrap_or_default();
    view.inputs = editor.inputs();
    let changes = json!({ "onAttributeCollection": {
        "@odata.type": "#microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp",
        "attributeCollectionPage": { "views": [view] },
    }});
    let work = async move {
        client.update_flow(&id, etag.as_deref(), changes).await?;
        client.flow(&id).await
    };
    act.run(work, move |saved| match saved {
        Ok(flow) => {
            let revision = flow.revision;
            editor.read(flow);
            stay.let_go();
            toasts.good(format!("Saved as revision {revision}. Pages that are open have it now."));
        }
        Err(Trouble::ChangedMeanwhile) => learn(editor),
        Err(trouble) => toasts.bad(trouble.sentence()),
    });
}

/// Reads what the other one saved, and takes it in; the marks then say what the rows here would change of it.
fn learn(editor: Editor) {
    let (client, toasts) = (client(), toasts());
    let id = editor.flow.with_untracked(|flow| flow.id.clone());
    spawn_local(async move {
        match (client.flow(&id).await, client.revisions(&id).await) {
            _ if editor.is_gone() => {}
            (Ok(flow), revisions) => {
                let newest = revisions.ok().and_then(|page| page.value.into_iter().next());
                let who = newest.as_ref().map_or_else(|| "Somebody else".into(), who);
                editor.take_in(flow);
                editor.overtaken.set(Some(who));
            }
            (Err(trouble), _) => toasts.bad(trouble.sentence()),
        }
    });
}

/// Who saved meanwhile, told kindly.
pub fn conflict(editor: Editor) -> AnyView {
    let told = move || {
        editor.overtaken.get().map(|who| {
            view! {
                <div class="notice" role="alert">
                    <p>
                        <strong>{format!("{who} saved this page meanwhile.")}</strong>
                        " What they changed is here now, and so are all your changes; the marks in the rows say what yours would change of the new version. Save to publish them, or discard them to see it."
                    </p>
                    <button class="button small" type="button" on:click=on_click(move |_| editor.overtaken.set(None))>"Understood"</button>
                </div>
            }
        })
    };
    told.into_any()
}

/// How many rows differ from what was saved; a window lists them.
pub fn changes(editor: Editor) -> AnyView {
    let open = RwSignal::new(false);
    let list = Memo::new(move |_| {
        editor.saved.with(|saved| {
            editor.rows.with(|rows| {
                let told = |row: &Input| {
                    let told = changes_of(saved, rows, &row.attribute);
                    (!told.is_empty()).then(|| (row.label.clone(), told.join(", ")))
                };
                let gone = |row: &&Input| !rows.iter().any(|own| own.attribute == row.attribute);
                let gone = saved.iter().filter(gone).map(|row| (row.label.clone(), "would be removed".to_owned()));
                rows.iter().filter_map(told).chain(gone).collect::<Vec<_>>()
            })
        })
    });
    let window = move || {
        open.get().then(|| {
            let rows: Vec<_> = list
                .get()
                .into_iter()
                .map(|(label, told)| view! { <li><strong>{label}</strong><span class="second">{told}</span></li> })
                .collect();
            dialog(
                "dialog",
                "Not saved yet",
                move || open.set(false),
                view! { <ul class="differences">{rows}</ul> }.into_any(),
            )
        })
    };
    view! {
        {move || match list.with(Vec::len) {
            0 => None,
            1 => Some("1 row differs from what is published".to_owned()),
            many => Some(format!("{many} rows differ from what is published")),
        }.map(|sentence| view! {
            <p class="unsaved">{icon(Icon::Alert)}<span>{sentence}</span>
                <button class="way" type="button" on:click=on_click(move |_| open.set(true))>"Show what changed"</button>
            </p>
        })}
        {window}
    }
    .into_any()
}
