//! *Administrators*: who may do what in this directory, and who was asked to join.

use super::{
    browser::{focus_fault, moment},
    client::client,
    frame::head,
    ui::{
        ask::{Question, asking, dialog},
        button::{Act, plain, run, submit},
        field::{Label, line, radio, tick, typed},
        icon::{Icon, icon},
        load::{Loaded, both, load},
        menu::{entry, more},
        panel::panel,
        shown_once::{show_once, shown_once},
        toast::toasts,
    },
};
use crate::admin::ui::listen::{on_click, on_submit};
use crate::contract::permission::Role;
use leptos::prelude::*;
use serde_json::{Value, json};

/// Who has a role, and who was invited to one.
type Team = (Vec<Value>, Vec<Value>);

pub fn screen() -> AnyView {
    let client = client();
    let team = load(move || both(client.administrators(), client.invitations()));
    let inviting = RwSignal::new(false);
    let invite = view! {
        <button class="button primary" type="button" on:click=on_click(move |_| inviting.set(true))>{icon(Icon::Plus)}<span>"Invite"</span></button>
    };
    let given = RwSignal::new(None::<Giving>);
    let link = RwSignal::new(None::<String>);
    view! {
        <div class="screen">
            {head(Vec::new(), "Administrators".into(), invite.into_any())}
            <p class="lead">"Everybody here signs in with an account of their own and an authenticator app. What each role may do is said where you give it."</p>
            {team.show(4, move |(assigned, invited)| view! { {people(team, given, &assigned)}{waiting(team, &invited)} }.into_any())}
            {move || inviting.get().then(|| inviting_window(team, inviting, link))}
            {move || given.get().map(|giving| giving_window(team, given, giving))}
            {move || link.get().map(|address| link_window(link, address))}
        </div>
    }
    .into_any()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

/// The name of a role by its id.
fn role_name(id: &str) -> &'static str {
    Role::known_as(id).map_or("", Role::word)
}

fn reach(row: &Value) -> Option<AnyView> {
    (row["allTenants"] == true).then(|| view! { <small>"in every directory"</small> }.into_any())
}

fn people(team: Loaded<Team>, given: RwSignal<Option<Giving>>, assigned: &[Value]) -> AnyView {
    let me = client().session.who.with_value(|who| who.email.clone());
    let rows: Vec<_> = assigned
        .iter()
        .map(|row| {
            let person = &row["principal"];
            let (name, mail) = (text(person, "displayName").to_owned(), text(person, "mail").to_owned());
            let is_me = mail.eq_ignore_ascii_case(&me);
            let off = person["accountEnabled"] == false;
            let role = role_name(text(row, "roleDefinitionId"));
            let since = row["createdDateTime"].as_str().map(moment);
            let giving = Giving {
                account: text(row, "principalId").to_owned(),
                name: if name.is_empty() { mail.clone() } else { name.clone() },
                everywhere: row["allTenants"] == true,
                role,
                instead: None,
            };
            let id = text(row, "id").to_owned();
            let acts = more(format!("Acts on {mail}, {role}"), move |open| {
                let (another, change, remove) = (giving.clone(), giving.clone(), giving.clone());
                let (changed, removed) = (id.clone(), id.clone());
                view! {
                    {entry("Change role …", open, move || given.set(Some(Giving { instead: Some(changed.clone()), ..change.clone() })))}
                    {entry("Give another role …", open, move || given.set(Some(another.clone())))}
                    {entry("Remove …", open, move || remove_role(team, &remove, &removed, is_me))}
                }
                .into_any()
            });
            view! {
                <tr>
                    <th scope="row">
                        <span class="two"><strong>{name}</strong><small>{mail}</small></span>
                    </th>
                    <td><span class="two"><span>{role}</span>{reach(row)}</span></td>
                    <td class="second">{since}</td>
                    <td>
                        {is_me.then(|| view! { <span class="badge good">"You"</span> })}
                        {off.then(|| view! { <span class="badge bad">"Disabled"</span> })}
                    </td>
                    <td class="acts">{acts}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="card"><div class="scroll"><table>
            <thead><tr>
                <th scope="col">"Person"</th><th scope="col">"Role"</th><th scope="col">"Since"</th>
                <th scope="col"><span class="unseen">"State"</span></th><th scope="col"><span class="unseen">"Acts"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div></div>
    }
    .into_any()
}

fn waiting(team: Loaded<Team>, invited: &[Value]) -> Option<AnyView> {
    if invited.is_empty() {
        return None;
    }
    let rows: Vec<_> = invited
        .iter()
        .map(|row| {
            let (id, address) = (text(row, "id").to_owned(), text(row, "invitedUserEmailAddress").to_owned());
            let until = row["expiresDateTime"].as_str().map(|until| format!("until {}", moment(until)));
            let (own, toasts, client) = (address.clone(), toasts(), client());
            let withdraw = move || {
                let question = Question {
                    title: format!("Withdraw the invitation of {own}?"),
                    text: "The link in their mail opens nothing from then on. You can invite them again.".into(),
                    act: "Withdraw".into(),
                    dangerous: true,
                };
                let (id, address) = (id.clone(), own.clone());
                asking().ask(question, move || {
                    let (id, address) = (id.clone(), address.clone());
                    run(async move { client.withdraw(&id).await }, move |()| {
                        toasts.good(format!("The invitation of {address} opens nothing any more."));
                        team.again();
                    });
                });
            };
            view! {
                <tr>
                    <th scope="row">{address}</th>
                    <td><span class="two"><span>{role_name(text(row, "roleDefinitionId"))}</span>{reach(row)}</span></td>
                    <td class="second">{until}</td>
                    <td class="acts">{plain("Withdraw", withdraw)}</td>
                </tr>
            }
        })
        .collect();
    let shown = view! {
        <section class="card">
            <header><h2>"Invited, not here yet"</h2></header>
            <div class="scroll"><table>
                <thead><tr><th scope="col">"Email"</th><th scope="col">"Role"</th><th scope="col">"Link works"</th><th scope="col"><span class="unseen">"Acts"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </section>
    };
    Some(shown.into_any())
}

fn remove_role(team: Loaded<Team>, of: &Giving, assignment: &str, is_me: bool) {
    let (client, toasts) = (client(), toasts());
    let (name, assignment) = (of.name.clone(), assignment.to_owned());
    let question = Question {
        title: format!("Take {} from {name}?", of.role),
        text: match (of.everywhere, is_me) {
            (_, true) => "This is yourself. What the role allows ends at once, this page perhaps too.".into(),
            (true, _) => "It counts in every directory. What the role allows ends at once; the account stays.".into(),
            (false, _) => "What the role allows in this directory ends at once; the account stays.".into(),
        },
        act: "Remove".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let (name, assignment) = (name.clone(), assignment.clone());
        run(async move { client.take_role(&assignment).await }, move |()| {
            toasts.good(format!("{name} has this role no longer."));
            team.again();
        });
    });
}

/// A role on its way to somebody.
#[derive(Clone)]
struct Giving {
    account: String,
    name: String,
    everywhere: bool,
    role: &'static str,
    /// The assignment that goes for it.
    instead: Option<String>,
}

/// Every role with what it may do; the name of the chosen one is its value.
fn roles(chosen: RwSignal<&'static str>) -> AnyView {
    let all: Vec<_> = Role::all()
        .map(Role::word)
        .zip(Role::all().map(Role::says))
        .map(|(word, says)| {
            radio("role", word, Some(says.into()), move || chosen.get() == word, None, move || chosen.set(word))
        })
        .collect();
    view! { <fieldset><legend>"Role"</legend>{all}</fieldset> }.into_any()
}

fn giving_window(team: Loaded<Team>, open: RwSignal<Option<Giving>>, giving: Giving) -> AnyView {
    let (client, toasts, act) = (client(), toasts(), Act::new());
    let chosen = RwSignal::new(giving.role);
    let title = match &giving.instead {
        Some(_) => format!("Change the role of {}", giving.name),
        None => format!("Give {} another role", giving.name),
    };
    let name = giving.name.clone();
    let save = move || {
        let (Giving { account, everywhere, role, instead, .. }, name) = (giving.clone(), name.clone());
        let new = chosen.get_untracked();
        if new == role {
            open.set(None);
            return;
        }
        let work = async move {
            client.give_role(&account, new, everywhere).await?;
            // The new one first: whoever is interrupted in between has both, not none, and the list says so.
            match instead {
                Some(before) => client.take_role(&before).await.inspect_err(|_| team.again()),
                None => Ok(()),
            }
        };
        act.run(work, move |done| {
            match done {
                Ok(()) => toasts.good(format!("{name} is {new} now.")),
                Err(trouble) => toasts.bad(trouble.sentence()),
            }
            act.close(open, None);
            team.again();
        });
    };
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            {roles(chosen)}
            <div class="buttons end">
                {plain("Cancel", move || open.set(None))}
                {submit("Save", "Saving …", act)}
            </div>
        </form>
    };
    dialog("dialog", title, move || open.set(None), content.into_any())
}

const LINK_LOST: &str = "The invitation is made. Its link can be shown no more, because you went on before that: \
                         withdraw the invitation, and invite them again.";

fn inviting_window(team: Loaded<Team>, open: RwSignal<bool>, link: RwSignal<Option<String>>) -> AnyView {
    let (client, toasts, act) = (client(), toasts(), Act::new());
    let (address, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (address_fault, name_fault) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let (everywhere, by_hand) = (RwSignal::new(false), RwSignal::new(false));
    let chosen = RwSignal::new(Role::UserFlowAdministrator.word());
    let invite = move || {
        let new = json!({
            "invitedUserEmailAddress": address.get_untracked().trim(),
            "invitedUserDisplayName": name.get_untracked().trim(),
            "roleDefinitionId": chosen.get_untracked(),
            "allTenants": everywhere.get_untracked(),
            "sendInvitationMessage": !by_hand.get_untracked(),
        });
        act.run(async move { client.invite(&new).await }, move |made| match made {
            Ok(made) => {
                let address = text(&made, "invitedUserEmailAddress");
                match made["inviteRedeemUrl"].as_str() {
                    Some(address) => show_once(link, address.to_owned(), LINK_LOST),
                    None if text(&made, "status") == "Completed" => {
                        toasts.good(format!("{address} administers already, and has the role now."));
                    }
                    None => toasts.good(format!("An invitation is on its way to {address}.")),
                }
                act.close(open, false);
                team.again();
            }
            Err(trouble) => {
                address_fault.try_set(trouble.about("invitedUserEmailAddress"));
                name_fault.try_set(trouble.about("invitedUserDisplayName"));
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        });
    };
    let rule = "Only a Global Administrator of every directory can do this.";
    let content = view! {
        <form class="stack" novalidate on:submit=on_submit(move |event| { event.prevent_default(); invite() })>
            {typed("email", Label::new("invited-address", "Email address"), address, address_fault)}
            {line(Label::new("invited-name", "Name").optional(), name, name_fault)}
            {roles(chosen)}
            <div>
                {tick("In every directory", Some(rule.into()), move || everywhere.get(), None, move |on| everywhere.set(on))}
                {tick("Show me the link instead of mailing it", Some(rule.into()), move || by_hand.get(), None, move |on| by_hand.set(on))}
            </div>
            <div class="buttons end">
                {plain("Cancel", move || open.set(false))}
                {submit("Invite", "Inviting …", act)}
            </div>
        </form>
    };
    panel("Invite an administrator", move || open.set(false), content.into_any())
}

fn link_window(open: RwSignal<Option<String>>, address: String) -> AnyView {
    let why = "Pass it on by a way that only they read: whoever opens it becomes the administrator. It works once, for three days, and is not shown again.";
    shown_once("The invitation’s link", why, "Link", address, move || open.set(None))
}
