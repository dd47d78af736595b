//! Sends an answer without leaving the page: the form's own fields, to the path that the form would post to.

use super::{check, problem::sentence, read, title, visit::Visit};
use crate::{
    contract::{
        journey::{Page, Step},
        problem::ProblemKind,
    },
    text::Key,
    ui::{browser::after, ground::Ground},
};
use js_sys::Array;
use reactive_graph::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement, SubmitEvent};

pub type Pairs = Vec<(String, String)>;

pub fn submit(visit: &Visit, event: &SubmitEvent) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
    // A form that sends itself has no button; the first one speaks for it, as it does when Enter is pressed.
    let Some(button) = event.submitter().map(Into::into).or_else(|| find(&form, "button[name=answer]")) else { return };
    let attribute = |name| button.get_attribute(name).unwrap_or_default();
    let (name, value) = (attribute("name"), attribute("value"));
    // Another language is another document: the browser fetches it.
    if name == "language" {
        return;
    }
    event.prevent_default();
    if visit.sending.with_untracked(Option::is_some) {
        return;
    }
    let answer = pairs(&form);
    let faults =
        if button.has_attribute("formnovalidate") { Vec::new() } else { check::faults(&visit.page.step, &answer) };
    visit.faults.set(faults.clone());
    visit.told.set(faults);
    if visit.faults.with_untracked(|faults| !faults.is_empty()) {
        return lead_the_eye(&visit.ground);
    }
    let Ok(fields) = FormData::new_with_form(&form) else { return };
    // Fails only for a form that is gone.
    let _ = fields.append_with_str(&name, &value);
    visit.sending.set(Some(value));
    visit.trouble.set(None);
    let ground = visit.ground.clone();
    let visit = visit.clone();
    ask(&ground, &visit.page.path.clone(), Some(fields), move |answer| arrived(&visit, answer));
}

/// The fields that the browser would send.
pub fn pairs(form: &HtmlFormElement) -> Pairs {
    let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
    let text = |value: &JsValue| value.as_string().unwrap_or_default();
    Array::from(&data)
        .iter()
        .map(|pair| Array::from(&pair))
        .map(|pair| (text(&pair.get(0)), text(&pair.get(1))))
        .collect()
}

/// What comes back goes to `then`; None where nothing did.
pub fn ask(ground: &Ground, path: &str, fields: Option<FormData>, then: impl FnOnce(Option<String>) + 'static) {
    ground.ask(path, fields, Closure::once_into_js(then));
}

fn arrived(visit: &Visit, answer: Option<String>) {
    if let Some(page) = answer.as_deref().and_then(read::page) {
        return show(visit, page);
    }
    let problem = answer.as_deref().and_then(read::problem);
    visit.trouble.set(Some(match problem {
        // There is nothing here to come back to, and the page that says so knows the way to the application.
        Some(ProblemKind::JourneyOver) => return visit.ground.go(&visit.page.path),
        Some(kind) => visit.say(sentence(kind)),
        None => visit.fill(Key::NoConnection, &[("tenant", &visit.page.brand.name)]),
    }));
    visit.sending.set(None);
}

/// Wherever the journey stands now.
pub fn show(visit: &Visit, page: Page) {
    match &page.step {
        Step::Done { location } => visit.ground.go(location),
        _ if page.language != visit.page.language => visit.ground.go(&page.path),
        _ => turn(visit, page),
    }
}

/// Shows the next page.
fn turn(visit: &Visit, page: Page) {
    visit.ground.turned(&title(&page, &visit.texts));
    visit.shown.set(page.into());
    lead_the_eye(&visit.ground);
}

/// Once the page is drawn: to what has to be mended, else to where to type, else to the heading.
pub fn lead_the_eye(ground: &Ground) {
    let ground = ground.clone();
    let lead = move || {
        let targets = [".summary", "[aria-invalid=true]", "[autofocus]", ".ext-title"];
        let found = targets.iter().find_map(|target| ground.find(target));
        if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // Fails only for an element that is gone.
            let _ = element.focus();
        }
    };
    after(Duration::ZERO, lead);
}

fn find(form: &HtmlFormElement, selector: &str) -> Option<Element> {
    form.query_selector(selector).ok().flatten()
}
