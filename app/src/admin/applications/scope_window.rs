//! The window in which a scope is made, or changed.

use super::{
    super::{
        browser::focus_soon,
        client::client,
        ui::{
            button::{Act, plain, submit},
            field::{Label, line, lines, radio, tick},
            panel::panel,
            toast::toasts,
        },
    },
    Open,
    expose::AUDIENCES,
    scopes::with,
};
use crate::admin::ui::listen::on_submit;
use crate::contract::resource::application::PermissionScope;
use leptos::prelude::*;

/// Where the server says that something is wrong with the scopes.
const SCOPES: &str = "api/oauth2PermissionScopes";

pub fn window(open: Open, edited: RwSignal<Option<PermissionScope>>, scope: PermissionScope) -> AnyView {
    let (client, toasts, act) = (client(), toasts(), Act::new());
    let text = |told: &Option<String>| RwSignal::new(told.clone().unwrap_or_default());
    let value = RwSignal::new(scope.value.clone());
    let title = text(&scope.admin_consent_display_name);
    let about = text(&scope.admin_consent_description);
    let [value_fault, title_fault, about_fault] = [(); 3].map(|()| RwSignal::new(None::<String>));
    let kind = RwSignal::new(scope.kind.clone());
    let enabled = RwSignal::new(scope.is_enabled);
    let is_new = scope.id.is_empty();
    let heading = if is_new { "Add a scope".to_owned() } else { format!("Edit {}", scope.value) };
    let before = StoredValue::new(scope);
    let save = move || {
        let value = value.get_untracked().trim().to_owned();
        let scope = PermissionScope {
            value: value.clone(),
            kind: kind.get_untracked(),
            is_enabled: enabled.get_untracked(),
            admin_consent_display_name: written(title),
            admin_consent_description: written(about),
            ..before.get_value()
        };
        let (scopes, at) = open.api.with_untracked(|api| with(api, scope));
        let work = async move { client.set_scopes(&open.id(), open.etag().as_deref(), &scopes).await };
        act.run(work, move |outcome| match outcome {
            Ok(()) => {
                edited.try_set(None);
                toasts.good(if is_new { format!("{value} is there.") } else { format!("{value} is saved.") });
                open.read();
            }
            Err(trouble) => {
                let of = |member: &str| trouble.about(&format!("{SCOPES}/{at}/{member}"));
                let (of_title, of_about) = (of("adminConsentDisplayName"), of("adminConsentDescription"));
                // What is wrong with the whole is told at its name.
                let elsewhere = of_title.is_some() || of_about.is_some();
                let of_value = of("value").or_else(|| trouble.about(SCOPES).filter(|_| !elsewhere));
                if of_value.is_none() && !elsewhere {
                    toasts.bad(trouble.sentence());
                }
                value_fault.try_set(of_value);
                title_fault.try_set(of_title);
                about_fault.try_set(of_about);
                focus_soon("dialog [aria-invalid=true]");
            }
        });
    };
    let audiences: Vec<_> = AUDIENCES
        .iter()
        .map(|(own, words, about)| {
            let on = move || kind.with(|kind| kind == own);
            radio("audience", *words, Some((*about).into()), on, None, move || kind.set((*own).into()))
        })
        .collect();
    let name_hint = match is_new {
        true => "As applications ask for it, like Tasks.Read.",
        false => "Applications ask for it by its name: under another one it has to be granted anew.",
    };
    let content = view! {
        <form class="stack" novalidate on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            {line(Label::new("scope-value", "Name").hint(name_hint), value, value_fault)}
            {line(Label::new("scope-title", "Title").hint("What it allows, in a few words, like: Read tasks."), title, title_fault)}
            {lines(Label::new("scope-about", "Description").optional().hint("For whoever grants it."), 3, about, about_fault)}
            <fieldset><legend>"Who it is for"</legend>{audiences}</fieldset>
            {tick("Enabled", Some("While it is off, no tokens are given with it.".into()), move || enabled.get(), None, move |on| enabled.set(on))}
            <div class="buttons end">
                {plain("Cancel", move || edited.set(None))}
                {submit(if is_new { "Add" } else { "Save" }, "Saving …", act)}
            </div>
        </form>
    };
    panel(heading, move || edited.set(None), content.into_any())
}

fn written(field: RwSignal<String>) -> Option<String> {
    let text = field.get_untracked().trim().to_owned();
    (!text.is_empty()).then_some(text)
}
