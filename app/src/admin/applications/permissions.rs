//! What an application may do: for people, with the APIs of others; with the management API by itself, and, where
//! administrators sign in, through it.

use super::{
    super::{
        client::client,
        desk::desk,
        session::portal,
        ui::{
            ask::{Question, asking},
            button::{bare, plain, run},
            icon::Icon,
            index::{Section, heading},
            load::{Loaded, both, load},
            toast::toasts,
        },
    },
    delegated::{self, Granted},
    is_portal,
};
use crate::admin::ui::listen::on_change;
use crate::contract::{
    permission::Permission,
    resource::{app_role::GRAPH, organization::Organization},
};
use leptos::prelude::*;
use serde_json::Value;

const BY_ITSELF: Section = Section { id: "by-itself", name: "What it may do by itself" };
const THROUGH_IT: Section = Section { id: "through-it", name: "What administrators may do through it" };

/// What an application is allowed.
#[derive(Clone, Copy)]
pub struct Permissions {
    id: StoredValue<String>,
    by_itself: Loaded<Vec<Value>>,
    /// Not of the portal: what it may do is no choice.
    granted: Option<Loaded<Granted>>,
    /// People have roles in the administrators' directory alone.
    is_home: bool,
}

impl Permissions {
    /// As they are drawn, one below the other.
    pub fn sections(self) -> impl Iterator<Item = Section> {
        let for_people = self.granted.map(|_| delegated::SECTION);
        let through = self.granted.filter(|_| self.is_home).map(|_| THROUGH_IT);
        for_people.into_iter().chain([BY_ITSELF]).chain(through)
    }
}

/// Asked for at the same time as the application itself.
pub fn permissions(id: &str) -> Permissions {
    let client = client();
    let is_home = desk().directory.get_untracked().is_some_and(|here| is_home(&here));
    let is_portal = is_portal(id);
    let id = StoredValue::new(id.to_owned());
    let granted = move || both(async move { client.grants(&id.get_value()).await }, client.apis());
    let by_itself = load(move || async move { client.permissions(&id.get_value()).await });
    Permissions { id, by_itself, granted: (!is_portal).then(|| load(granted)), is_home }
}

pub fn section(permissions: Permissions) -> AnyView {
    let Permissions { id, by_itself, granted, is_home } = permissions;
    let for_people = granted.map(|granted| delegated::section(id, granted));
    let through = granted.filter(|_| is_home).map(|granted| administrators(id, granted));
    view! { {for_people}{alone(id, by_itself)}{through} }.into_any()
}

/// The portal signs in at the directory of the administrators.
fn is_home(here: &Organization) -> bool {
    portal().authority.contains(&here.id)
}

fn alone(id: StoredValue<String>, allowed: Loaded<Vec<Value>>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let list = allowed.show(1, move |allowed_now| {
        let rows = allowed_now.iter().map(|row| {
            let (own, word) = (of(row, "id"), of(row, "appRoleValue"));
            let name = word.clone();
            let everywhere = row["allTenants"] == true;
            let remove = move || {
                let (own, word) = (own.clone(), word.clone());
                run(async move { client.disallow(&id.get_value(), &own).await }, move |()| {
                    toasts.good(format!("{word} is taken back. Tokens that are out are worth it no longer."));
                    allowed.again();
                });
            };
            one(name, everywhere, remove)
        });
        let rows: Vec<_> = rows.collect();
        let known: Vec<String> = allowed_now.iter().map(|row| of(row, "appRoleValue")).collect();
        let add = adding(&known, "permission", move |word| {
            run(async move { client.allow(&id.get_value(), word).await }, move |()| allowed.again());
        });
        view! { {shown(rows, "It can do nothing by itself. A script gets a permission here and a secret above, and then tokens of its own.")}{add} }
            .into_any()
    });
    view! {
        <section class="card">
            <header>
                <div class="two">
                    {heading(BY_ITSELF)}
                    <small>"With its own secret or key and nobody signed in: permissions of the management API. For the APIs of other applications it needs none."</small>
                </div>
            </header>
            {list}
        </section>
    }
    .into_any()
}

fn administrators(id: StoredValue<String>, granted: Loaded<Granted>) -> AnyView {
    let client = client();
    let list = granted.show(1, move |(grants, _)| {
        let grant = grants.into_iter().find(|grant| grant.resource_id == GRAPH);
        let scopes: Vec<String> =
            grant.iter().flat_map(|grant| grant.scope.split_whitespace()).map(String::from).collect();
        let known = grant.map(|grant| grant.id);
        let save = move |scopes: Vec<String>| {
            let known = known.clone();
            run(async move { client.grant(&id.get_value(), GRAPH, known.as_deref(), &scopes).await }, move |()| {
                granted.again();
            });
        };
        let rows = scopes.iter().map(|word| {
            let rest: Vec<String> = scopes.iter().filter(|other| *other != word).cloned().collect();
            let save = save.clone();
            one(word.clone(), false, move || save(rest.clone()))
        });
        let rows: Vec<_> = rows.collect();
        let now = scopes.clone();
        let add = adding(&scopes, "scope", move |word| {
            let mut more = now.clone();
            more.push(word.into());
            save(more);
        });
        view! { {shown(rows, "Administrators can do nothing through it yet.")}{add} }.into_any()
    });
    view! {
        <section class="card">
            <header>
                <div class="two">
                    {heading(THROUGH_IT)}
                    <small>"While one of them is signed in: no more than this, and no more than their own roles allow."</small>
                </div>
            </header>
            {list}
        </section>
    }
    .into_any()
}

fn of(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().into()
}

fn shown(rows: Vec<AnyView>, nothing: &'static str) -> AnyView {
    match rows.is_empty() {
        true => view! { <p class="nothing">{nothing}</p> }.into_any(),
        false => view! { <div class="scroll"><table><tbody>{rows}</tbody></table></div> }.into_any(),
    }
}

fn one(word: String, everywhere: bool, remove: impl Fn() + Clone + Send + Sync + 'static) -> AnyView {
    let name = format!("Take back {word}");
    let asked = word.clone();
    let ask = move || {
        let question = Question {
            title: format!("Take back {asked}?"),
            text: "Whatever still counts on it is refused from that moment on. It can be given again.".into(),
            act: "Take back".into(),
            dangerous: true,
        };
        asking().ask(question, remove.clone());
    };
    view! {
        <tr>
            <th scope="row"><code>{word}</code></th>
            <td>{everywhere.then_some("in every directory")}</td>
            <td class="acts">{bare(Icon::Trash, name, ask)}</td>
        </tr>
    }
    .into_any()
}

/// The permissions that are not there yet, and the button that adds the chosen one.
fn adding(known: &[String], what: &'static str, add: impl Fn(&'static str) + Send + Sync + 'static) -> AnyView {
    let left: Vec<&str> =
        Permission::all().map(Permission::word).filter(|word| !known.iter().any(|it| it == word)).collect();
    let Some(first) = left.first().copied() else { return ().into_any() };
    let chosen = RwSignal::new(first);
    let options: Vec<_> = left.iter().map(|word| view! { <option value=*word>{*word}</option> }).collect();
    let choose = move |event| {
        let word = event_target_value(&event);
        if let Some(permission) = Permission::named(&word) {
            chosen.set(permission.word());
        }
    };
    view! {
        <div class="foot buttons">
            <select class="input small narrow" aria-label=format!("Another {what}") on:change=on_change(choose)>{options}</select>
            {plain("Add", move || add(chosen.get_untracked()))}
        </div>
    }
    .into_any()
}
