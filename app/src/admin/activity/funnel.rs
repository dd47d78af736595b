//! *Where people stop*: how far people come in a flow, step by step.

use super::{
    super::{
        chart::{Bar, bars},
        client::client,
        desk::desk,
        ui::{
            empty::empty,
            field::{Label, select},
            load::{load, skeleton},
        },
    },
    SPANS, words,
};
use crate::contract::resource::{
    funnel::{Funnel, FunnelStep},
    user_flow::UserFlow,
};
use leptos::prelude::*;

pub fn funnels() -> AnyView {
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
        let spans = SPANS.iter().map(|(days, name)| ((*days).into(), (*name).into())).collect();
        view! {
            <section class="card pad">
                <div class="facts">
                    {select(Label::new("flow", "User flow"), chosen, choices)}
                    {select(Label::new("span", "Time range"), span, spans)}
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

/// How many reached each step, how many of them went no further, and what failed there.
pub fn steps(funnel: &Funnel) -> AnyView {
    if funnel.steps.iter().all(|step| step.reached == 0) {
        return view! { <p class="nothing">"Nobody has walked through it in this time."</p> }.into_any();
    }
    let bar = |step: &FunnelStep| Bar { name: step_name(&step.step), amount: step.reached, lost: Some(step.given_up) };
    let mut rows: Vec<Bar> = funnel.steps.iter().map(bar).collect();
    rows.push(Bar { name: "Finished".into(), amount: funnel.finished, lost: None });
    let failures: Vec<_> = funnel.steps.iter().flat_map(failures).collect();
    view! {
        <div class="charts">
            {bars("How many people reached each step, and how many gave up there", ["Step", "Reached", "Gave up"], &rows)}
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
