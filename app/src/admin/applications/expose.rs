//! *Expose an API*: what others call the application when they ask for tokens for it, and the scopes that it has.

use super::{
    super::{
        browser::focus_fault,
        client::client,
        route::place,
        ui::{
            ask::{Question, asking},
            button::{Act, run, submit, with_icon},
            copy,
            field::{Label, lines},
            icon::Icon,
            index::{Section, heading},
            menu::{entry, more},
            toast::toasts,
        },
    },
    Open, lines_of,
    protocol::Protocol,
    scope_window,
    scopes::{ADMIN, asked, title, with, without},
};
use crate::admin::ui::listen::on_submit;
use crate::contract::resource::application::{Application, PermissionScope};
use leptos::prelude::*;
use serde_json::json;

pub const SECTION: Section = Section { id: "expose-an-api", name: "Expose an API" };

/// Whom a scope is meant for: Graph's word, the word on the page, and what it says to whoever grants it.
pub const AUDIENCES: [(&str, &str, &str); 2] = [
    ("User", "Everybody", "What people do with what is theirs."),
    (
        ADMIN,
        "Administrators",
        "What reaches further. It is a note to whoever grants it: your API still looks at who calls, for a scope makes \
         nobody an administrator.",
    ),
];

/// Said where scopes are exposed and access tokens are plain.
const PLAIN: &str = "Plain access tokens are on (Protocol): those that others get for this API look like ID tokens. Its \
                     backend must look in each for scp, or for idtyp app of a daemon that it knows, and take no other.";

/// Whether others can ask for anything of it.
pub fn offers(api: &Application) -> bool {
    !api.api.oauth2_permission_scopes.is_empty()
}

pub fn section(open: Open, protocol: Protocol, application: &Application) -> AnyView {
    // The one in the window: as it is, or as a new one begins.
    let edited = RwSignal::new(None::<PermissionScope>);
    let list = move || open.api.with(|api| table(open, edited, api));
    let warned = move || {
        let is_plain = open.api.with(|api| api.protocol.plain_access_tokens && offers(api));
        is_plain.then(|| view! { <div class="notice"><p>{PLAIN}</p></div> })
    };
    view! {
        <section class="card" aria-label=SECTION.name>
            <header>
                <div class="two">
                    {heading(SECTION)}
                    <small>"Other applications ask for tokens for this one, on behalf of people, by one of its scopes. Its tokens say which in scp."</small>
                </div>
                {with_icon(Icon::Plus, "Add a scope", move || edited.set(Some(PermissionScope::default())))}
            </header>
            <div class="pad stack">
                {copy::value("Application ID URI", format!("api://{}", application.id))}
                {names(open, application)}
                {protocol.plain_access_tokens()}
                {warned}
            </div>
            {list}
            {move || edited.get().map(|scope| scope_window::window(open, edited, scope))}
        </section>
    }
    .into_any()
}

/// What else it is called, as people would rather write it.
fn names(open: Open, application: &Application) -> AnyView {
    let (client, toasts, act) = (client(), toasts(), Act::new());
    let written = RwSignal::new(application.identifier_uris.join("\n"));
    let saved = RwSignal::new(written.get_untracked());
    let fault = RwSignal::new(None::<String>);
    place().hold(move || saved.with(|saved| written.with(|written| written != saved)));
    let save = move || {
        let text = written.get_untracked();
        let changes = json!({ "identifierUris": lines_of(&text) });
        let work = async move { client.update_application(&open.id(), open.etag().as_deref(), &changes).await };
        act.run(work, move |outcome| match outcome {
            Ok(()) => {
                toasts.good("Saved.");
                saved.try_set(text);
                open.again();
            }
            Err(trouble) => {
                let about = trouble.about("identifierUris");
                if about.is_none() {
                    toasts.bad(trouble.sentence());
                }
                fault.try_set(about);
                focus_fault();
            }
        });
    };
    let label = Label::new("identifier-uris", "Identifier URIs").optional().hint(
        "Other names of the API, like https://tasks.example.com. One in each line; the first stands before its scopes.",
    );
    view! {
        <form class="stack" novalidate on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            {lines(label, 2, written, fault)}
            <div class="buttons">{submit("Save the URIs", "Saving …", act)}</div>
        </form>
    }
    .into_any()
}

fn table(open: Open, edited: RwSignal<Option<PermissionScope>>, api: &Application) -> AnyView {
    if !offers(api) {
        return view! { <p class="nothing">"No scope yet. A scope is one thing that an application may do here for somebody, like Tasks.Read. Add one, then grant it to an application under its API permissions."</p> }.into_any();
    }
    let rows: Vec<_> = api.api.oauth2_permission_scopes.iter().map(|scope| row(open, edited, api, scope)).collect();
    view! {
        <div class="scroll"><table>
            <thead><tr>
                <th scope="col">"Scope"</th><th scope="col">"As it is asked for"</th><th scope="col">"Meant for"</th><th scope="col">"State"</th>
                <th scope="col"><span class="unseen">"Acts"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

fn row(open: Open, edited: RwSignal<Option<PermissionScope>>, api: &Application, scope: &PermissionScope) -> AnyView {
    let value = scope.value.clone();
    let audience = AUDIENCES.iter().find(|(kind, ..)| *kind == scope.kind).map_or("", |(_, words, _)| *words);
    let (class, state) = if scope.is_enabled { ("badge good", "On") } else { ("badge", "Off") };
    let own = scope.clone();
    let acts = more(format!("Acts on {value}"), move |menu| {
        let (changed, switched, deleted) = (own.clone(), own.clone(), own.clone());
        let turn = if own.is_enabled { "Switch off" } else { "Switch on" };
        view! {
            {entry("Edit …", menu, move || edited.set(Some(changed.clone())))}
            {entry(turn, menu, move || switch(open, &switched))}
            {entry("Delete …", menu, move || delete(open, &deleted))}
        }
        .into_any()
    });
    view! {
        <tr>
            <th scope="row"><div class="two"><span>{value.clone()}</span><small>{title(scope)}</small></div></th>
            <td>{copy::in_row(value.clone(), asked(api, &value))}</td>
            <td>{audience}</td>
            <td><span class=class>{state}</span></td>
            <td class="acts">{acts}</td>
        </tr>
    }
    .into_any()
}

fn switch(open: Open, scope: &PermissionScope) {
    let (value, on) = (&scope.value, !scope.is_enabled);
    let told = match on {
        true => format!("{value} is on. Whoever was granted it gets tokens with it again."),
        false => format!("{value} is off. No more tokens are given with it."),
    };
    let scope = PermissionScope { is_enabled: on, ..scope.clone() };
    let (scopes, _) = open.api.with_untracked(|api| with(api, scope));
    save(open, scopes, told);
}

fn delete(open: Open, scope: &PermissionScope) {
    let (id, value) = (scope.id.clone(), scope.value.clone());
    let question = Question {
        title: format!("Delete {value}?"),
        text: "It is taken back from every application that was granted it, and no more tokens are given with it."
            .into(),
        act: "Delete scope".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let scopes = open.api.with_untracked(|api| without(api, &id));
        save(open, scopes, format!("{value} is deleted."));
    });
}

fn save(open: Open, scopes: Vec<PermissionScope>, told: String) {
    let (client, toasts) = (client(), toasts());
    let work = async move { client.set_scopes(&open.id(), open.etag().as_deref(), &scopes).await };
    run(work, move |()| {
        toasts.good(told);
        open.read();
    });
}
