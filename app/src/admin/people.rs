//! *People*: search while typing, look at one, change what is known of them, switch off, delete.

mod deleted;
mod known;
mod new;

use super::{
    activity::words,
    browser::moment,
    client::client,
    frame::head,
    route::{Route, place, stay},
    ui::{
        ask::{Question, asking},
        button::{plain, run, with_icon},
        empty::empty,
        icon::{Icon, icon},
        load::{Loaded, both, load},
        pages::pages,
        search::{AMONG_SHOWN, search},
        shown_once::{show_once, shown_once},
        toast::toasts,
        toggle::toggle,
    },
};
use crate::admin::ui::listen::{on_change, on_click};
use crate::{
    contract::resource::{user::User, user_flow_attribute::UserFlowAttribute},
    ui::browser::after,
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::{Value, json};
use std::time::Duration;

/// A search begins when nobody has typed for so long.
const PAUSE: Duration = Duration::from_millis(120);

pub fn list() -> AnyView {
    let (typed, gone) = (RwSignal::new(String::new()), RwSignal::new(false));
    let adding = RwSignal::new(false);
    let new = view! {
        <button class="button primary" type="button" on:click=on_click(move |_| adding.set(true))>{icon(Icon::Plus)}<span>"New person"</span></button>
    };
    let box_above = move || search(if gone.get() { AMONG_SHOWN } else { "Search by name or email" }, typed);
    let content = move || if gone.get() { deleted::list(typed) } else { living(typed) };
    view! {
        <div class="screen">
            {head(Vec::new(), "People".into(), new.into_any())}
            <div class="card">
                <div class="tools">
                    {box_above}
                    <select class="input small narrow" aria-label="Which people" on:change=on_change(move |event| gone.set(event_target_value(&event) == GONE))>
                        <option value="">"All people"</option>
                        <option value=GONE>"Deleted"</option>
                    </select>
                </div>
                {content}
            </div>
            {move || adding.get().then(|| new::window(adding))}
        </div>
    }
    .into_any()
}

const GONE: &str = "deleted";

fn living(typed: RwSignal<String>) -> AnyView {
    let client = client();
    let asked = RwSignal::new(typed.get_untracked());
    Effect::new(move |_| {
        let now = typed.get();
        after(PAUSE, move || {
            let still = typed.try_get_untracked().as_ref() == Some(&now);
            if still && asked.try_get_untracked().is_some_and(|asked| asked != now) {
                asked.set(now);
            }
        });
    });
    let pages = pages(move || {
        let typed = asked.get();
        async move { client.people(typed.trim()).await }
    });
    pages.show(8, move |first| {
        if first.is_empty() {
            return match asked.get_untracked().is_empty() {
                true => empty("Nobody yet", "Whoever signs up through a user flow is listed here.", None),
                false => view! { <p class="nothing">"Nobody’s name or address begins like that."</p> }.into_any(),
            };
        }
        view! {
            <div class="scroll"><table>
                <thead><tr><th scope="col">"Name"</th><th scope="col">"Email"</th><th scope="col">"Since"</th><th scope="col">"State"</th></tr></thead>
                <tbody>{move || first.iter().chain(&pages.more()).map(row).collect::<Vec<_>>()}</tbody>
            </table></div>
            {pages.foot()}
        }
        .into_any()
    })
}

pub fn address(user: &User) -> String {
    let of = |kind: &str| {
        user.identities.iter().find(|identity| identity.sign_in_type == kind).map(|it| it.issuer_assigned_id.clone())
    };
    user.mail.clone().or_else(|| of("emailAddress")).or_else(|| of("userName")).unwrap_or_default()
}

pub fn name(user: &User) -> String {
    user.display_name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| address(user))
}

fn row(user: &User) -> AnyView {
    view! {
        <tr>
            <th scope="row"><a href=Route::Person { id: user.id.clone() }.path()>{name(user)}</a></th>
            <td>{address(user)}</td>
            <td class="second">{user.created_date_time.map(|since| moment(&since.text()))}</td>
            <td>{state(user.account_enabled != Some(false))}</td>
        </tr>
    }
    .into_any()
}

fn state(enabled: bool) -> AnyView {
    let word = if enabled { "Active" } else { "Disabled" };
    view! { <span class="badge" class:good=enabled class:bad=!enabled>{word}</span> }.into_any()
}

pub fn person(id: String) -> AnyView {
    let (client, id) = (client(), StoredValue::new(id));
    let loaded = load(move || async move { both(client.person(&id.get_value()), client.attributes()).await });
    // Asked at once with the rest, though it is shown below.
    let methods = load(move || async move { client.methods(&id.get_value()).await });
    let (etag, made): (Etag, Made) = (StoredValue::new(None), RwSignal::new(None));
    let title = Memo::new(move |_| loaded.get().map_or_else(String::new, |(user, _)| name(&user)));
    view! {
        <div class="screen narrow">
            {move || head(vec![("People".into(), Route::People)], title.get(), ().into_any())}
            {loaded.show(6, move |(user, attributes)| one(loaded, methods, etag, made, user, attributes))}
            {move || made.get().map(|password| shown(made, password))}
        </div>
    }
    .into_any()
}

type Person = (User, Vec<UserFlowAttribute>);

/// As the person was when they were read last.
type Etag = StoredValue<Option<String>>;

/// A new password that was made. It is kept here however often the person is drawn anew meanwhile: it is told once.
type Made = RwSignal<Option<String>>;

fn one(
    loaded: Loaded<Person>,
    methods: Loaded<Vec<Value>>,
    etag: Etag,
    made: Made,
    user: User,
    attributes: Vec<UserFlowAttribute>,
) -> AnyView {
    let identities: Vec<_> = user
        .identities
        .iter()
        .map(|identity| view! { <div><dt>{words(&identity.sign_in_type)}</dt><dd>{identity.issuer_assigned_id.clone()}</dd></div> })
        .collect();
    view! {
        <section class="card pad">
            <dl class="facts">
                {identities}
                <div><dt>"Since"</dt><dd>{user.created_date_time.map(|since| moment(&since.text()))}</dd></div>
                <div><dt>"Last sign-in"</dt><dd>{user.last_sign_in_date_time.map_or_else(|| "Never".to_owned(), |last| moment(&last.text()))}</dd></div>
            </dl>
            <p><a href=Route::SignInsOf { id: user.id.clone() }.path()>"Sign-ins of this person"</a></p>
        </section>
        {known::section(loaded, etag, &user, attributes)}
        {second_step(methods, &user)}
        {access(loaded, etag, made, &user)}
    }
    .into_any()
}

/// By what they prove a second time that it is them.
fn second_step(methods: Loaded<Vec<Value>>, user: &User) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (id, called) = (StoredValue::new(user.id.clone()), StoredValue::new(name(user)));
    let remove = move |method: String| {
        let id = id.get_value();
        let question = Question {
            title: format!("Take the second step of {} away?", called.get_value()),
            text: "Until they set another one up, which a user flow asks for at the next sign-in, their first proof alone \
                   opens the account. They are told by mail."
                .into(),
            act: "Take away".into(),
            dangerous: true,
        };
        asking().ask(question, move || {
            let (id, method) = (id.clone(), method.clone());
            run(async move { client.remove_second_step(&id, &method).await }, move |()| {
                toasts.good("The second step is taken away.");
                methods.again();
            });
        });
    };
    let shown = methods.show(1, move |methods| {
        let rows: Vec<_> = methods.iter().filter_map(|method| second_method(method, remove)).collect();
        match rows.is_empty() {
            true => view! { <p class="second">"None yet. Whoever signs in by a user flow that asks for one sets it up there."</p> }.into_any(),
            false => rows.into_any(),
        }
    });
    view! { <section class="card pad"><h2>"Second step"</h2>{shown}</section> }.into_any()
}

fn second_method(method: &Value, remove: impl Fn(String) + Copy + Send + Sync + 'static) -> Option<AnyView> {
    match method["@odata.type"].as_str()? {
        "#microsoft.graph.emailAuthenticationMethod" => {
            let (id, address) = (method["id"].as_str()?.to_owned(), method["emailAddress"].as_str()?.to_owned());
            Some(view! {
                <div class="line">
                    <div class="two"><strong>"Email code"</strong><small>{address}</small></div>
                    {plain("Take away", move || remove(id.clone()))}
                </div>
            }.into_any())
        }
        "#microsoft.graph.softwareOathAuthenticationMethod" => Some(view! {
            <div class="line">
                <div class="two"><strong>"Authenticator app"</strong><small>"Taken away on the server, by the command line."</small></div>
            </div>
        }.into_any()),
        _ => None,
    }
}

fn access(loaded: Loaded<Person>, etag: Etag, made: Made, user: &User) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (id, called) = (StoredValue::new(user.id.clone()), StoredValue::new(name(user)));
    let enabled = RwSignal::new(user.account_enabled != Some(false));
    let set = move |id: String, on: bool| {
        enabled.set(on);
        spawn_local(async move {
            match client.update_person(&id, None, &json!({ "accountEnabled": on })).await {
                Ok(()) if on => toasts.good("The account is active again."),
                Ok(()) => toasts.good("The account is disabled, and its sessions have ended."),
                Err(trouble) => {
                    toasts.bad(trouble.sentence());
                    enabled.try_set(!on);
                }
            }
            // What is written in the form and not saved is not drawn over.
            if !place().is_unsaved() {
                loaded.again();
            } else if let Ok(now) = client.person(&id).await {
                etag.set_value(now.etag);
            }
        });
    };
    let switch = move |on: bool| {
        let id = id.get_value();
        if on {
            return set(id, true);
        }
        let question = Question {
            title: format!("Disable {}?", called.get_value()),
            text: "They can sign in nowhere, and every session of theirs ends at once. You can switch the account on again."
                .into(),
            act: "Disable".into(),
            dangerous: true,
        };
        asking().ask(question, move || set(id.clone(), false));
    };
    let recover = move || {
        run(async move { client.send_recovery_mail(&id.get_value()).await }, move |()| {
            toasts.good("A mail is on its way that asks them to choose a new password.");
        });
    };
    let end = move || {
        let id = id.get_value();
        let question = Question {
            title: format!("End all sessions of {}?", called.get_value()),
            text: "On every device they are asked to sign in again. Applications cannot renew their tokens until then."
                .into(),
            act: "End sessions".into(),
            dangerous: true,
        };
        asking().ask(question, move || {
            let id = id.clone();
            run(async move { client.end_sessions(&id).await }, move |()| {
                toasts.good("Every session has ended. The next visit asks to sign in.");
            });
        });
    };
    view! {
        <section class="card pad">
            <h2>"Access"</h2>
            <div class="line">
                <div class="two"><strong>"Account"</strong><small>"A disabled account cannot sign in anywhere."</small></div>
                {toggle("Account is active", move || enabled.get(), switch)}
            </div>
            <div class="buttons">
                {plain("End all sessions", end)}
                {plain("Send recovery mail", recover)}
                {reset(id, made)}
                {with_icon(Icon::Trash, "Delete", move || delete(id, called))}
            </div>
        </section>
    }
    .into_any()
}

const PASSWORD_LOST: &str = "The password is reset. The new one can be shown no more, because you went on before it \
                             was made: reset it once more to get another.";

/// For who cannot be helped by "Forgot password": a new one is made and shown once.
fn reset(id: StoredValue<String>, made: Made) -> AnyView {
    let client = client();
    let id = id.get_value();
    let ask = move || {
        let id = id.clone();
        let question = Question {
            title: "Reset the password?".into(),
            text: "The present password stops working and every session ends. You are shown a new one to pass on; with it \
                   the person chooses their own. A mail tells them, if an address of theirs is proved."
                .into(),
            act: "Reset password".into(),
            dangerous: true,
        };
        asking().ask(question, move || {
            let id = id.clone();
            run(async move { client.reset_password(&id).await }, move |new| {
                show_once(made, new.new_password, PASSWORD_LOST);
            });
        });
    };
    plain("Reset password", ask)
}

fn shown(made: Made, password: String) -> AnyView {
    let why = "Copy it now; it cannot be shown again. It works once.";
    shown_once("The new password", why, "Password", password, move || made.set(None))
}

fn delete(id: StoredValue<String>, called: StoredValue<String>) {
    let (client, toasts, stay) = (client(), toasts(), stay());
    let (id, called) = (id.get_value(), called.get_value());
    let question = Question {
        title: format!("Delete {called}?"),
        text: "The account can sign in nowhere from now on, and every session of theirs ends at once.".into(),
        act: "Delete".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let (gone, back, called) = (id.clone(), id.clone(), called.clone());
        run(async move { client.delete_person(&gone).await }, move |()| {
            stay.leave_for(&Route::People);
            toasts.with_undo(format!("{called} is deleted."), move || {
                let back = back.clone();
                run(async move { client.restore_person(&back).await }, move |()| toasts.good("The account is back."));
            });
        });
    });
}
