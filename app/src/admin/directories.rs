//! *Directories + subscriptions*: the directories that the administrator may enter, the name of this one, and a new one.

mod names;

use super::{
    browser::focus_fault,
    client::client,
    desk::desk,
    frame::{DIRECTORIES, enter, head, kind},
    route::place,
    ui::{
        button::{Act, plain, submit},
        field::{Label, line, radio, select},
        icon::{Icon, icon},
        panel::panel,
        toast::toasts,
    },
};
use crate::admin::ui::listen::{on_click, on_submit};
use crate::contract::resource::organization::Organization;
use leptos::prelude::*;
use serde_json::json;

/// Graph's word for whom a directory is, the name that people know, and what it means.
const KINDS: [(&str, &str, &str); 2] = [
    ("CIAM", "Customers", "People sign up by themselves."),
    ("AAD", "Employees and guests", "Partners become guests through a user flow."),
];

pub fn screen() -> AnyView {
    let adding = RwSignal::new(false);
    let new = view! {
        <button class="button primary" type="button" on:click=on_click(move |_| adding.set(true))>{icon(Icon::Plus)}<span>"New directory"</span></button>
    };
    // The names stay as they are drawn, and what is typed there, when the directory itself is saved.
    let here = Memo::new(|_| desk().directory.get().map(|here| here.id));
    let rows = move || desk().directories.get().unwrap_or_default().iter().map(row).collect::<Vec<_>>();
    view! {
        <div class="screen">
            {head(Vec::new(), DIRECTORIES.into(), new.into_any())}
            <p class="lead">"Each directory has people, applications, user flows, keys and a look of its own, and nothing of the others."</p>
            <div class="card"><div class="scroll"><table>
                <thead><tr>
                    <th scope="col">"Directory name"</th><th scope="col">"In addresses"</th><th scope="col">"For"</th>
                    <th scope="col">"Your roles"</th><th scope="col"><span class="unseen">"Acts"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div></div>
            {move || desk().directory.get().map(|here| this_one(&here))}
            {move || here.get().map(names::section)}
            {move || adding.get().then(|| creating(adding))}
        </div>
    }
    .into_any()
}

fn row(directory: &Organization) -> AnyView {
    let is_here = client().directory.with(|here| *here == directory.id);
    let id = directory.id.clone();
    let act = match is_here {
        true => view! { <span class="badge good">"You are here"</span> }.into_any(),
        false => plain("Switch", move || enter(&id)),
    };
    view! {
        <tr>
            <th scope="row">{directory.display_name.clone()}</th>
            <td><code>{directory.names.join(", ")}</code></td>
            <td>{kind(directory)}</td>
            <td>{directory.roles.join(", ")}</td>
            <td class="acts">{act}</td>
        </tr>
    }
    .into_any()
}

/// What a sign-out does that brings no ID token, by the server's words.
const SIGN_OUTS: [(&str, &str); 3] = [
    ("askThenReturn", "Asks the person, then goes back to the application"),
    ("returnAtOnce", "Goes back to the application at once"),
    ("askAndStay", "Asks the person, and stays on our page"),
];

fn this_one(here: &Organization) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (name, fault, act) = (RwSignal::new(here.display_name.clone()), RwSignal::new(None::<String>), Act::new());
    let sign_out = RwSignal::new(here.sign_out_without_hint.clone());
    let id = StoredValue::new(here.id.clone());
    let written = move || (name.with(|name| name.trim().to_owned()), sign_out.get());
    let saved = RwSignal::new((here.display_name.clone(), here.sign_out_without_hint.clone()));
    place().hold(move || saved.with(|saved| written() != *saved));
    let save = move || {
        let now = untrack(written);
        let changes = json!({ "displayName": now.0, "signOutWithoutHint": now.1 });
        act.run(async move { client.update_directory(&id.get_value(), &changes).await }, move |done| match done {
            Ok(()) => {
                saved.try_set(now);
                toasts.good("Saved.");
                desk().directories.again();
            }
            Err(trouble) => {
                fault.try_set(Some(trouble.sentence()));
                focus_fault();
            }
        });
    };
    let sign_outs = SIGN_OUTS.iter().map(|(value, words)| ((*value).into(), (*words).into())).collect();
    view! {
        <section class="card pad">
            <h2>"This directory"</h2>
            <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); save() })>
                {line(Label::new("name", "Name").hint("Administrators read it. What people read is under Branding."), name, fault)}
                {select(Label::new("sign-out", "Sign-out without an ID token").hint("When an application signs somebody out and shows no ID token, anybody may have sent the request."), sign_out, sign_outs)}
                <div class="buttons">{submit("Save", "Saving …", act)}</div>
            </form>
        </section>
    }
    .into_any()
}

fn creating(open: RwSignal<bool>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (name, word) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (name_fault, word_fault) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let chosen = RwSignal::new(KINDS[0].0);
    let act = Act::new();
    let create = move || {
        let mut new = json!({ "displayName": name.get_untracked().trim(), "tenantType": chosen.get_untracked() });
        let word = word.get_untracked().trim().to_owned();
        if !word.is_empty() {
            new["names"] = json!([word]);
        }
        act.run(async move { client.create_directory(&new).await }, move |made| match made {
            Ok(made) => {
                desk().directories.again();
                if act.is_there() {
                    open.set(false);
                    toasts.good(format!("{} is there, and you are in it.", made.display_name));
                    enter(&made.id);
                } else {
                    toasts.good(format!("{} is there.", made.display_name));
                }
            }
            Err(trouble) => {
                name_fault.try_set(trouble.about("displayName"));
                word_fault.try_set(trouble.about("names"));
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        });
    };
    let kinds: Vec<_> = KINDS
        .iter()
        .map(|(word, name, about)| {
            let on = move || chosen.get() == *word;
            radio("kind", *name, Some((*about).into()), on, None, move || chosen.set(word))
        })
        .collect();
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); create() })>
            {line(Label::new("directory-name", "Name").hint("Like Woodgrove Groceries."), name, name_fault)}
            {line(Label::new("directory-word", "Name in addresses").optional().hint("Small letters, digits and dashes; it stays. Left empty, it is made of the name."), word, word_fault)}
            <fieldset><legend>"Who has accounts in it"</legend>{kinds}</fieldset>
            <div class="buttons end">
                {plain("Cancel", move || open.set(false))}
                {submit("Create", "Creating …", act)}
            </div>
        </form>
    };
    panel("New directory", move || open.set(false), content.into_any())
}
