//! The window in which a scope is made, or changed.

use super::{
    super::{
        browser::focus_fault,
        client::client,
        trouble::Trouble,
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

/// What is written in the window.
#[derive(Clone, Copy)]
struct Draft {
    value: RwSignal<String>,
    title: RwSignal<String>,
    about: RwSignal<String>,
    /// Of these three, in this order.
    faults: [RwSignal<Option<String>>; 3],
    kind: RwSignal<String>,
    enabled: RwSignal<bool>,
    /// As it is, or as a new one begins.
    before: StoredValue<PermissionScope>,
}

impl Draft {
    fn of(scope: PermissionScope) -> Self {
        let text = |told: &Option<String>| RwSignal::new(told.clone().unwrap_or_default());
        Self {
            value: RwSignal::new(scope.value.clone()),
            title: text(&scope.admin_consent_display_name),
            about: text(&scope.admin_consent_description),
            faults: [(); 3].map(|()| RwSignal::new(None)),
            kind: RwSignal::new(scope.kind.clone()),
            enabled: RwSignal::new(scope.is_enabled),
            before: StoredValue::new(scope),
        }
    }

    fn is_new(self) -> bool {
        self.before.with_value(|scope| scope.id.is_empty())
    }

    fn scope(self) -> PermissionScope {
        PermissionScope {
            value: self.value.get_untracked().trim().to_owned(),
            kind: self.kind.get_untracked(),
            is_enabled: self.enabled.get_untracked(),
            admin_consent_display_name: written(self.title),
            admin_consent_description: written(self.about),
            ..self.before.get_value()
        }
    }

    /// `at`: where it stands among the scopes that were sent. Whether something was said at a field.
    fn blame(self, trouble: &Trouble, at: usize) -> bool {
        let of = |member: &str| trouble.about(&format!("{SCOPES}/{at}/{member}"));
        let (title, about) = (of("adminConsentDisplayName"), of("adminConsentDescription"));
        // What is wrong with the whole is told at its name.
        let elsewhere = title.is_some() || about.is_some();
        let value = of("value").or_else(|| trouble.about(SCOPES).filter(|_| !elsewhere));
        let is_told = value.is_some() || elsewhere;
        for (fault, told) in self.faults.iter().zip([value, title, about]) {
            fault.try_set(told);
        }
        is_told
    }
}

fn save(open: Open, edited: RwSignal<Option<PermissionScope>>, draft: Draft, act: Act) {
    let (client, toasts) = (client(), toasts());
    let (scope, is_new) = (draft.scope(), draft.is_new());
    let value = scope.value.clone();
    let (scopes, at) = open.api.with_untracked(|api| with(api, scope));
    let work = async move { client.set_scopes(&open.id(), open.etag().as_deref(), &scopes).await };
    act.run(work, move |outcome| match outcome {
        Ok(()) => {
            act.close(edited, None);
            toasts.good(if is_new { format!("{value} is there.") } else { format!("{value} is saved.") });
            open.read();
        }
        Err(trouble) => {
            if !draft.blame(&trouble, at) {
                toasts.bad(trouble.sentence());
            }
            focus_fault();
        }
    });
}

pub fn window(open: Open, edited: RwSignal<Option<PermissionScope>>, scope: PermissionScope) -> AnyView {
    let act = Act::new();
    let heading = if scope.id.is_empty() { "Add a scope".to_owned() } else { format!("Edit {}", scope.value) };
    let draft = Draft::of(scope);
    let Draft { value, title, about, kind, enabled, .. } = draft;
    let [of_value, of_title, of_about] = draft.faults;
    let audiences: Vec<_> = AUDIENCES
        .iter()
        .map(|(own, words, about)| {
            let on = move || kind.with(|kind| kind == own);
            radio("audience", *words, Some((*about).into()), on, None, move || kind.set((*own).into()))
        })
        .collect();
    let (name_hint, label) = match draft.is_new() {
        true => ("As applications ask for it, like Tasks.Read: without spaces, quotes, slashes and colons.", "Add"),
        false => ("Applications ask for it by its name: under another one it has to be granted anew.", "Save"),
    };
    let content = view! {
        <form class="stack" novalidate on:submit=on_submit(move |event| { event.prevent_default(); save(open, edited, draft, act) })>
            {line(Label::new("scope-value", "Name").hint(name_hint), value, of_value)}
            {line(Label::new("scope-title", "Title").optional().hint("What it allows, in a few words, like: Read tasks."), title, of_title)}
            {lines(Label::new("scope-about", "Description").optional().hint("For whoever grants it."), 3, about, of_about)}
            <fieldset><legend>"Meant for"</legend>{audiences}</fieldset>
            {tick("Enabled", Some("While it is off, no tokens are given with it.".into()), move || enabled.get(), None, move |on| enabled.set(on))}
            <div class="buttons end">
                {plain("Cancel", move || edited.set(None))}
                {submit(label, "Saving …", act)}
            </div>
        </form>
    };
    panel(heading, move || edited.set(None), content.into_any())
}

fn written(field: RwSignal<String>) -> Option<String> {
    let text = field.get_untracked().trim().to_owned();
    (!text.is_empty()).then_some(text)
}
