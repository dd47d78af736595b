//! *Sign-ins and sign-ups*: what happened, of whom and when, as the server finds it; what was typed narrows those shown.

use super::{
    super::{
        browser::{focus_soon, moment},
        client::{WhichSignIns, client},
        people::{address, name},
        route::Route,
        ui::{
            button::{plain, run},
            empty::empty,
            pages::pages,
            search::{AMONG_SHOWN, fits, none_fits, search},
            toast::toasts,
        },
    },
    SPANS, days_ago, words,
};
use crate::admin::ui::listen::on_change;
use crate::contract::resource::{sign_in::SignIn, user::User};
use leptos::prelude::*;

/// What can have happened, by the API's word and by the one that people read.
const EVENTS: [(&str, &str); 9] = [
    ("", "Everything"),
    ("signedIn", "Sign-ins"),
    ("signInFailed", "Failed sign-ins"),
    ("signedUp", "Sign-ups"),
    ("recovered", "Recoveries"),
    ("profileEdited", "Edited profiles"),
    ("signedOut", "Sign-outs"),
    ("refreshTokenReused", "Refresh tokens used twice"),
    ("codeReused", "Codes used twice"),
];

/// So many people are offered where several are called what was typed.
const OFFERED: usize = 8;

/// Where the button stands that is pressed next: the one that had the focus goes when its work is done.
const NEXT: &str = "#whose button";

/// What the list is asked for.
#[derive(Clone, Copy)]
struct Wanted {
    event: RwSignal<String>,
    /// In days.
    span: RwSignal<String>,
    person: RwSignal<Option<User>>,
    /// Narrows those shown, and begins the search for a person.
    typed: RwSignal<String>,
    /// Several people who are called so.
    offered: RwSignal<Vec<User>>,
}

impl Wanted {
    fn of(person: Option<User>) -> Self {
        let text = || RwSignal::new(String::new());
        let wanted = Self {
            event: text(),
            span: text(),
            person: RwSignal::new(person),
            typed: text(),
            offered: RwSignal::new(Vec::new()),
        };
        Effect::new(move |_| {
            wanted.typed.track();
            wanted.offered.set(Vec::new());
        });
        wanted
    }

    fn which(self) -> WhichSignIns {
        WhichSignIns {
            event: self.event.get(),
            since: self.span.get().parse::<u32>().ok().map(days_ago),
            person: self.person.with(|person| person.as_ref().map(|person| person.id.clone())),
        }
    }

    fn is_everything(self) -> bool {
        untrack(move || self.which() == WhichSignIns::default())
    }

    fn choose(self, person: User) {
        self.typed.try_set(String::new());
        self.person.try_set(Some(person));
        focus_soon(NEXT);
    }

    fn choose_everybody(self) {
        self.person.try_set(None);
        focus_soon(".search input");
    }

    /// The server finds sign-ins by account: first it is asked whose name begins so.
    fn find_person(self) {
        let (client, toasts) = (client(), toasts());
        let typed = self.typed.get_untracked().trim().to_owned();
        let asked = typed.clone();
        run(async move { client.people(&typed).await }, move |found| {
            // Something else was typed meanwhile: these are not the people who are meant now.
            if self.typed.try_get_untracked().is_none_or(|now| now.trim() != asked) {
                return;
            }
            match found.value.as_slice() {
                [] => toasts.bad("Nobody’s name or address begins like that."),
                [one] => self.choose(one.clone()),
                several => {
                    self.offered.try_set(several.iter().take(OFFERED).cloned().collect());
                    focus_soon(NEXT);
                }
            }
        });
    }
}

/// Everybody's, or at first one person's.
pub fn sign_ins(person: Option<User>) -> AnyView {
    let (client, wanted) = (client(), Wanted::of(person));
    let spans: Vec<_> = std::iter::once(("", "Any time")).chain(SPANS).collect();
    let pages = pages(move || {
        let which = wanted.which();
        async move { client.sign_ins(&which).await }
    });
    let list = pages.show(6, move |first| {
        if first.is_empty() {
            return match wanted.is_everything() {
                true => empty("Nobody has signed in yet", "Every sign-in, sign-up and recovery is listed here, newest first.", None),
                false => view! { <p class="nothing">"Nothing like that happened."</p> }.into_any(),
            };
        }
        view! {
            {move || {
                let typed = wanted.typed.get();
                let found = |row: &&SignIn| fits(&typed, &[&row.user_principal_name, &row.user_display_name, &row.app_display_name]);
                let rows: Vec<_> = first.iter().chain(&pages.more()).filter(found).map(sign_in).collect();
                if rows.is_empty() { return none_fits(pages.goes_on()) }
                view! {
                    <div class="scroll"><table>
                        <thead><tr><th scope="col">"When"</th><th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"Application"</th><th scope="col">"From"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table></div>
                }.into_any()
            }}
            {pages.foot()}
        }
        .into_any()
    });
    view! {
        <div class="card">
            <div class="tools">
                {search(AMONG_SHOWN, wanted.typed)}
                {choice("What happened", wanted.event, &EVENTS)}
                {choice("When it happened", wanted.span, &spans)}
            </div>
            {whose(wanted)}
            {list}
        </div>
    }
    .into_any()
}

fn choice(name: &'static str, chosen: RwSignal<String>, all: &[(&'static str, &'static str)]) -> AnyView {
    let choices: Vec<_> = all.iter().map(|(value, words)| view! { <option value=*value>{*words}</option> }).collect();
    view! {
        <select class="input small narrow" aria-label=name on:change=on_change(move |event| chosen.set(event_target_value(&event)))>{choices}</select>
    }
    .into_any()
}

/// Whose sign-ins are listed, or the way to somebody's.
fn whose(wanted: Wanted) -> AnyView {
    let has_typed = Memo::new(move |_| wanted.typed.with(|typed| !typed.trim().is_empty()));
    let shown = move || {
        if let Some(person) = wanted.person.get() {
            return Some(
                view! {
                    <div class="tools">
                        <span class="badge">{format!("Only {}", name(&person))}</span>
                        {plain("Everybody’s", move || wanted.choose_everybody())}
                    </div>
                }
                .into_any(),
            );
        }
        let people = wanted.offered.get();
        if !people.is_empty() {
            let may_be_more = people.len() >= OFFERED;
            let people: Vec<_> = people.into_iter().map(|person| offer(wanted, person)).collect();
            let more = may_be_more
                .then(|| view! { <span class="second">"There may be more: type more of the name."</span> }.into_any());
            return Some(
                view! { <div class="tools"><span class="second">"Who is it?"</span>{people}{more}</div> }.into_any(),
            );
        }
        has_typed.get().then(|| {
            view! { <div class="tools">{plain("Search everybody’s sign-ins", move || wanted.find_person())}</div> }
                .into_any()
        })
    };
    view! { <div id="whose" role="status">{shown}</div> }.into_any()
}

fn offer(wanted: Wanted, person: User) -> AnyView {
    let called = format!("{} · {}", name(&person), address(&person));
    plain(called, move || wanted.choose(person.clone()))
}

fn sign_in(row: &SignIn) -> AnyView {
    // What is good once came twice: somebody may have stolen it.
    let stolen = row.event.ends_with("Reused");
    let good = row.status.error_code == 0 && !stolen;
    let what = row.status.failure_reason.clone().unwrap_or_else(|| words(&row.event));
    let person = Route::Person { id: row.user_id.clone() }.path();
    let name = if row.user_principal_name.is_empty() {
        row.user_display_name.clone()
    } else {
        row.user_principal_name.clone()
    };
    view! {
        <tr>
            <td>{moment(&row.created_date_time.text())}</td>
            <th scope="row">{if row.user_id.is_empty() { name.into_any() } else { view! { <a href=person>{name}</a> }.into_any() }}</th>
            <td><span class="badge" class:good=good class:bad=!good>{what}</span></td>
            <td>{row.app_display_name.clone()}</td>
            <td class="second">{row.ip_address.clone()}</td>
        </tr>
    }
    .into_any()
}
