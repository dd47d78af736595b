//! *Activity*: who signed in and up, where people stop, what administrators changed.

mod funnel;
mod sign_ins;

use super::{
    browser::moment,
    client::client,
    frame::head,
    route::{ACTIVITY_TABS, ActivityTab, Route},
    ui::{
        ask::dialog,
        button::plain,
        empty::empty,
        load::load,
        pages::pages,
        search::{AMONG_SHOWN, fits, none_fits, search},
        tabs::{Group, Tab, tabs},
    },
};
use crate::contract::{attribute::CUSTOM_PREFIX, resource::directory_audit::DirectoryAudit};
pub use funnel::{days_ago, remember_busiest, step_name, steps};
use leptos::prelude::*;

pub fn screen(tab: ActivityTab) -> AnyView {
    let content = match tab {
        ActivityTab::SignIns => sign_ins::sign_ins(None),
        ActivityTab::Changes => changes(),
        ActivityTab::Funnel => funnel::funnels(),
    };
    under_tabs(tab, content)
}

/// The sign-ins of one person, from where the list goes on to everybody's.
pub fn of_person(id: String) -> AnyView {
    let client = client();
    let person = load(move || {
        let id = id.clone();
        async move { client.person(&id).await }
    });
    under_tabs(ActivityTab::SignIns, person.show(6, |person| sign_ins::sign_ins(Some(person))))
}

fn under_tabs(tab: ActivityTab, content: AnyView) -> AnyView {
    let links = ACTIVITY_TABS
        .iter()
        .map(|(each, _, name)| Tab { path: Route::Activity { tab: *each }.path(), name, here: *each == tab })
        .collect();
    view! {
        <div class="screen">
            {head(Vec::new(), "Activity".into(), ().into_any())}
            {tabs("Activity", vec![Group { caption: "", tabs: links }])}
            {content}
        </div>
    }
    .into_any()
}

/// Time ranges, in days.
const SPANS: [(&str, &str); 4] =
    [("1", "Last day"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("90", "Last 90 days")];

/// `signedIn` as people write it: `Signed in`.
pub fn words(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.chars().enumerate() {
        match letter {
            letter if at == 0 => out.extend(letter.to_uppercase()),
            letter if letter.is_uppercase() => {
                out.push(' ');
                out.extend(letter.to_lowercase());
            }
            letter => out.push(letter),
        }
    }
    out
}

fn changes() -> AnyView {
    let client = client();
    let pages = pages(move || client.changes());
    let (typed, open) = (RwSignal::new(String::new()), RwSignal::new(None::<DirectoryAudit>));
    let list = pages.show(6, move |first| {
        if first.is_empty() {
            return empty("No changes yet", "Whatever an administrator changes is listed here, with before and after; of people, only what was changed.", None);
        }
        view! {
            <div class="card">
                <div class="tools">{search(AMONG_SHOWN, typed)}</div>
                {move || {
                    let found = |row: &DirectoryAudit| fits(&typed.get(), &[&row.activity_display_name, &actor(row), &target(row)]);
                    let rows: Vec<_> = first.iter().chain(&pages.more()).filter(|row| found(row)).map(|row| change(row, open)).collect();
                    if rows.is_empty() { return none_fits(pages.goes_on()) }
                    view! {
                        <div class="scroll"><table>
                            <thead><tr><th scope="col">"When"</th><th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"Of what"</th><th scope="col"><span class="unseen">"Acts"</span></th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table></div>
                    }.into_any()
                }}
                {pages.foot()}
            </div>
        }
        .into_any()
    });
    let window = move || open.get().map(|row| differences(&row, open));
    view! { {list}{window} }.into_any()
}

fn actor(row: &DirectoryAudit) -> String {
    let user =
        row.initiated_by.user.as_ref().map(|user| user.user_principal_name.clone().unwrap_or_else(|| user.id.clone()));
    let app =
        || row.initiated_by.app.as_ref().map(|app| app.display_name.clone().unwrap_or_else(|| app.app_id.clone()));
    user.or_else(app).unwrap_or_else(|| "The server".into())
}

fn target(row: &DirectoryAudit) -> String {
    row.target_resources.first().map(|it| it.display_name.clone().unwrap_or_else(|| it.id.clone())).unwrap_or_default()
}

fn change(row: &DirectoryAudit, open: RwSignal<Option<DirectoryAudit>>) -> AnyView {
    let own = row.clone();
    let told = match names(row) {
        Some(names) => view! { <td>{names}</td> }.into_any(),
        None => {
            view! { <td class="acts">{plain("Before and after", move || open.set(Some(own.clone())))}</td> }.into_any()
        }
    };
    view! {
        <tr>
            <td>{moment(&row.activity_date_time.text())}</td>
            <td>{actor(row)}</td>
            <th scope="row">{row.activity_display_name.clone()}</th>
            <td>{target(row)}</td>
            {told}
        </tr>
    }
    .into_any()
}

/// `Changed: Display name, City`, where only that is kept. Nothing where before and after are.
fn names(row: &DirectoryAudit) -> Option<String> {
    let changed: Vec<_> = row.target_resources.iter().flat_map(|target| &target.modified_properties).collect();
    if changed.iter().any(|property| property.old_value.is_some() || property.new_value.is_some()) {
        return None;
    }
    let name = |name: &str| words(name.strip_prefix(CUSTOM_PREFIX).unwrap_or(name));
    let names: Vec<String> = changed.iter().map(|property| name(&property.display_name)).collect();
    Some(if names.is_empty() { String::new() } else { format!("Changed: {}", names.join(", ")) })
}

fn differences(row: &DirectoryAudit, open: RwSignal<Option<DirectoryAudit>>) -> AnyView {
    let rows: Vec<_> = row
        .target_resources
        .iter()
        .flat_map(|target| &target.modified_properties)
        .map(|property| {
            view! {
                <li>
                    <strong>{words(&property.display_name)}</strong>
                    {property.old_value.clone().map(|value| view! { <pre class="was">{value}</pre> })}
                    {property.new_value.clone().map(|value| view! { <pre class="now">{value}</pre> })}
                </li>
            }
        })
        .collect();
    dialog(
        "dialog",
        row.activity_display_name.clone(),
        move || open.set(None),
        view! { <ul class="differences">{rows}</ul> }.into_any(),
    )
}
