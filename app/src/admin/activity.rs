//! *Activity*: who signed in and up, where people stop, what administrators changed.

use super::{
    browser::moment,
    chart::{Bar, bars},
    client::client,
    desk::desk,
    frame::head,
    route::{ACTIVITY_TABS, ActivityTab, Route},
    ui::{
        ask::dialog,
        button::plain,
        empty::{empty, nothing_found},
        field::{Label, select},
        load::{load, skeleton},
        pages::pages,
        search::{fits, search},
        tabs::{Tab, tabs},
    },
};
use crate::admin::ui::listen::on_change;
use crate::contract::{
    attribute::CUSTOM_PREFIX,
    resource::{
        directory_audit::DirectoryAudit,
        funnel::{Funnel, FunnelStep},
        sign_in::SignIn,
        user_flow::UserFlow,
    },
};
use leptos::prelude::*;

pub fn screen(tab: ActivityTab) -> AnyView {
    let links = ACTIVITY_TABS
        .iter()
        .map(|(each, _, name)| Tab { path: Route::Activity { tab: *each }.path(), name, here: *each == tab })
        .collect();
    let content = match tab {
        ActivityTab::SignIns => sign_ins(),
        ActivityTab::Changes => changes(),
        ActivityTab::Funnel => funnels(),
    };
    view! {
        <div class="screen">
            {head(Vec::new(), "Activity".into(), ().into_any())}
            {tabs("Activity", links)}
            {content}
        </div>
    }
    .into_any()
}

/// What can have happened, by the API's word and by the one that people read.
const EVENTS: [(&str, &str); 7] = [
    ("", "Everything"),
    ("signedIn", "Sign-ins"),
    ("signedUp", "Sign-ups"),
    ("recovered", "Recoveries"),
    ("signedOut", "Sign-outs"),
    ("refreshTokenReused", "Refresh tokens used twice"),
    ("codeReused", "Codes used twice"),
];

fn sign_ins() -> AnyView {
    let client = client();
    let (typed, event) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let pages = pages(move || {
        let event = event.get();
        async move { client.sign_ins(&event).await }
    });
    let list = pages.show(6, move |first| {
        if first.is_empty() {
            return match event.with_untracked(String::is_empty) {
                true => empty("Nobody has signed in yet", "Every sign-in, sign-up and recovery is listed here, newest first.", None),
                false => nothing_found(),
            };
        }
        view! {
            {move || {
                let found = |row: &SignIn| fits(&typed.get(), &[&row.user_principal_name, &row.user_display_name, &row.app_display_name]);
                let rows: Vec<_> = first.iter().chain(&pages.more()).filter(|row| found(row)).map(sign_in).collect();
                if rows.is_empty() { return nothing_found() }
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
    let choices: Vec<_> = EVENTS.iter().map(|(word, name)| view! { <option value=*word>{*name}</option> }).collect();
    view! {
        <div class="card">
            <div class="tools">
                {search("Search sign-ins", typed)}
                <select class="input small narrow" aria-label="What happened" on:change=on_change(move |chosen| event.set(event_target_value(&chosen)))>{choices}</select>
            </div>
            {list}
        </div>
    }
    .into_any()
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
                <div class="tools">{search("Search changes", typed)}</div>
                {move || {
                    let found = |row: &DirectoryAudit| fits(&typed.get(), &[&row.activity_display_name, &actor(row), &target(row)]);
                    let rows: Vec<_> = first.iter().chain(&pages.more()).filter(|row| found(row)).map(|row| change(row, open)).collect();
                    if rows.is_empty() { return nothing_found() }
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

fn funnels() -> AnyView {
    let client = client();
    let flows = load(move || client.flows());
    let (chosen, span) = (RwSignal::new(desk().busiest.get_value()), RwSignal::new("30".to_owned()));
    let funnel = load(move || {
        let (id, days) = (chosen.get(), span.get().parse().unwrap_or(30));
        async move { if id.is_empty() { Ok(None) } else { client.funnel(&id, &days_ago(days)).await.map(Some) } }
    });
    flows.show(4, move |flows| {
        remember_busiest(&flows);
        let Some(first) = busiest(&flows) else {
            return empty("No user flow yet", "How far people come in each flow is drawn here.", None);
        };
        if !flows.iter().any(|flow| flow.id == chosen.get_untracked()) {
            chosen.set(first.id.clone());
        }
        let choices = flows.into_iter().map(|flow| (flow.id, flow.display_name)).collect();
        let spans = [("1", "Last day"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("90", "Last 90 days")];
        view! {
            <section class="card pad">
                <div class="facts">
                    {select(Label::new("flow", "User flow"), chosen, choices)}
                    {select(Label::new("span", "Time range"), span, spans.map(|(days, name)| (days.into(), name.into())).into())}
                </div>
                {funnel.show(4, |funnel| funnel.map_or_else(|| skeleton(4), |funnel| steps(&funnel)))}
            </section>
        }
        .into_any()
    })
}

fn busiest(flows: &[UserFlow]) -> Option<&UserFlow> {
    flows.iter().max_by_key(|flow| flow.people_signed_up)
}

/// Whoever opens the charts after the list of flows waits for one answer, not for two.
pub fn remember_busiest(flows: &[UserFlow]) {
    desk().busiest.set_value(busiest(flows).map_or_else(String::new, |flow| flow.id.clone()));
}

/// A moment so many days ago, as the API reads it.
pub fn days_ago(days: u32) -> String {
    let now = js_sys::Date::now() - f64::from(days) * 86_400_000.0;
    js_sys::Date::new(&now.into()).to_iso_string().into()
}

/// How many reached each step, and what failed there.
pub fn steps(funnel: &Funnel) -> AnyView {
    if funnel.steps.iter().all(|step| step.reached == 0) {
        return view! { <p class="nothing">"Nobody has walked through it in this time."</p> }.into_any();
    }
    let mut rows: Vec<Bar> =
        funnel.steps.iter().map(|step| Bar { name: step_name(&step.step), amount: step.reached }).collect();
    rows.push(Bar { name: "Finished".into(), amount: funnel.finished });
    let failures: Vec<_> = funnel.steps.iter().flat_map(failures).collect();
    view! {
        <div class="charts">
            {bars("How many people reached each step", &rows)}
            {(!failures.is_empty()).then(|| view! {
                <div class="scroll"><table>
                    <thead><tr><th scope="col">"Step"</th><th scope="col">"Field"</th><th scope="col">"What was wrong"</th><th scope="col" class="number">"Times"</th></tr></thead>
                    <tbody>{failures}</tbody>
                </table></div>
            })}
        </div>
    }
    .into_any()
}

pub fn step_name(step: &str) -> String {
    match step {
        "address" => "Email address".into(),
        "code" => "Code".into(),
        "newPassword" => "New password".into(),
        "attributes" => "Attributes".into(),
        other => words(other),
    }
}

fn failures(step: &FunnelStep) -> Vec<AnyView> {
    let name = step_name(&step.step);
    step.failures
        .iter()
        .map(|failure| {
            view! {
                <tr>
                    <td>{name.clone()}</td>
                    <td>{words(failure.field.trim_start_matches("attribute."))}</td>
                    <td>{words(&failure.why)}</td>
                    <td class="number" data-unit="times">{failure.times}</td>
                </tr>
            }
            .into_any()
        })
        .collect()
}
