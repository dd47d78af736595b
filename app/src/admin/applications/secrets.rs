//! The secrets of an application: two good ones at most, so that one replaces the other without a pause; each has a name and
//! an end, and is shown once.

use super::{
    super::{
        browser::{focus_fault, moment},
        client::client,
        ui::{
            ask::{Question, asking},
            button::{Act, bare, plain, run, submit, with_icon},
            field::{Label, line, radio},
            icon::Icon,
            index::{Section, heading},
            panel::panel,
            shown_once::{show_once, shown_once},
            toast::toasts,
        },
    },
    Open, now,
};
use crate::admin::ui::listen::on_submit;
use crate::contract::{
    resource::{application::PasswordCredential, moment::Moment},
    time::Timestamp,
};
use leptos::prelude::*;

pub const SECTION: Section = Section { id: "secrets", name: "Secrets" };

/// As many as may be good at once; the server counts too.
const MOST: usize = 2;

/// How long a secret may be good: months, and what people read.
const LIFETIMES: [(u32, &str); 3] = [(6, "6 months"), (12, "12 months"), (24, "24 months")];

pub fn section(open: Open) -> AnyView {
    let adding = RwSignal::new(false);
    let list = move || {
        let rows: Vec<_> = open.secrets.get().into_iter().map(|secret| row(open, secret)).collect();
        if rows.is_empty() {
            return view! { <p class="nothing">"Only applications on a server need one. Two can be active, so that one replaces the other without a pause."</p> }.into_any();
        }
        view! { <div class="scroll"><table><tbody>{rows}</tbody></table></div> }.into_any()
    };
    // One that has ended opens nothing, and leaves its place.
    let is_full = move || open.secrets.with(|secrets| secrets.iter().filter(|secret| is_good(secret)).count() >= MOST);
    let add = move || (!is_full()).then(|| with_icon(Icon::Plus, "New secret", move || adding.set(true)));
    view! {
        <section class="card">
            <header>{heading(SECTION)}{add}</header>
            {list}
            {move || adding.get().then(|| making(open, adding))}
            {move || open.made.get().map(|secret| new_secret(open, secret))}
        </section>
    }
    .into_any()
}

fn is_good(secret: &PasswordCredential) -> bool {
    secret.end_date_time.is_none_or(|end| end.0 > now())
}

fn row(open: Open, secret: PasswordCredential) -> AnyView {
    let own = secret.clone();
    let good = is_good(&secret);
    let end = secret.end_date_time.map(|end| {
        let day = moment(&end.text());
        match good {
            true => view! { <span>{format!("until {day}")}</span> }.into_any(),
            false => view! { <span class="badge bad">{format!("ended {day}")}</span> }.into_any(),
        }
    });
    view! {
        <tr>
            <th scope="row"><code>{secret.hint}"…"</code></th>
            <td>{secret.display_name}</td>
            <td>{end}</td>
            <td class="acts">{bare(Icon::Trash, "Remove the secret", move || remove(open, &own))}</td>
        </tr>
    }
    .into_any()
}

fn remove(open: Open, secret: &PasswordCredential) {
    let (client, toasts) = (client(), toasts());
    let (key, hint) = (secret.key_id.clone(), secret.hint.clone().unwrap_or_default());
    let question = Question {
        title: format!("Remove the secret {hint}…?"),
        text: "Whatever still uses it can get no tokens from that moment on.".into(),
        act: "Remove".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let key = key.clone();
        run(async move { client.remove_password(&open.id(), &key).await }, move |()| {
            toasts.good("The secret is removed.");
            open.again();
        });
    });
}

const SECRET_LOST: &str = "The secret is made. It can be shown no more, because you went on before that: remove it, \
                           and make another.";

fn making(open: Open, adding: RwSignal<bool>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (name, fault, act) = (RwSignal::new(String::new()), RwSignal::new(None::<String>), Act::new());
    let months = RwSignal::new(LIFETIMES[1].0);
    let create = move || {
        let today = || format!("Made {}", moment(&String::from(js_sys::Date::new_0().to_iso_string())));
        let name = Some(name.get_untracked().trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(today);
        let end = in_months(months.get_untracked());
        act.run(async move { client.add_password(&open.id(), &name, end).await }, move |outcome| match outcome {
            Ok(secret) => {
                act.close(adding, false);
                show_once(open.made, secret, SECRET_LOST);
            }
            Err(trouble) => {
                fault.try_set(trouble.about("passwordCredential/displayName"));
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        });
    };
    let lifetimes: Vec<_> = LIFETIMES
        .iter()
        .map(|(own, words)| {
            radio("lifetime", *words, None, move || months.get() == *own, None, move || months.set(*own))
        })
        .collect();
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); create() })>
            {line(Label::new("secret-name", "What it is for").optional().hint("It stands beside the secret, like: the shop’s server."), name, fault)}
            <fieldset><legend>"Good for"</legend>{lifetimes}</fieldset>
            <p class="hint">"A secret that ends soon is told of in the list of applications. Make the next one before that."</p>
            <div class="buttons end">
                {plain("Cancel", move || adding.set(false))}
                {submit("Create", "Creating …", act)}
            </div>
        </form>
    };
    panel("New secret", move || adding.set(false), content.into_any())
}

/// So many months from now, by the calendar.
fn in_months(months: u32) -> Moment {
    let date = js_sys::Date::new_0();
    date.set_month(date.get_month() + months);
    Moment(Timestamp(date.get_time() as i64))
}

fn new_secret(open: Open, secret: PasswordCredential) -> AnyView {
    let close = move || {
        open.made.set(None);
        open.again();
    };
    let why = "Copy it now. It is stored as a fingerprint and cannot be shown again.";
    shown_once("The new secret", why, "Secret", secret.secret_text.unwrap_or_default(), close)
}
