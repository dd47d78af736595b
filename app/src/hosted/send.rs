//! Sends an answer without leaving the page: the form's own fields as flat JSON, to the path that the form would post to.

use super::{check, problem::sentence, read, title, visit::Visit};
use crate::{
    contract::{
        journey::{Page, Step},
        problem::ProblemKind,
    },
    text::Key,
    ui::browser::{after, document, window},
};
use any_spawner::Executor;
use gloo_net::http::Request;
use js_sys::{Array, JSON, Object, Reflect};
use reactive_graph::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
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
    let mut answer = pairs(&form);
    let faults =
        if button.has_attribute("formnovalidate") { Vec::new() } else { check::faults(&visit.page.step, &answer) };
    visit.faults.set(faults.clone());
    visit.told.set(faults);
    if visit.faults.with_untracked(|faults| !faults.is_empty()) {
        return lead_the_eye();
    }
    answer.push((name, value.clone()));
    visit.sending.set(Some(value));
    visit.trouble.set(None);
    let visit = visit.clone();
    let request = Request::post(&visit.page.path)
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .body(flat(&answer));
    ask(request.ok(), Box::new(move |answer| arrived(&visit, answer)));
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

/// What comes back goes to `then`; None where nothing readable did, or nothing was asked: then it is called as soon as what
/// is being drawn is drawn.
pub fn ask(request: Option<Request>, then: Box<dyn FnOnce(Option<String>)>) {
    Executor::spawn_local(async move {
        let response = match request {
            Some(request) => request.send().await.ok(),
            None => None,
        };
        then(match response {
            Some(response) => response.text().await.ok(),
            None => None,
        });
    });
}

/// One value as a string, several of one name as an array.
fn flat(answer: &Pairs) -> JsValue {
    let object = Object::new();
    for (name, value) in answer {
        let (name, value) = (JsValue::from(name), JsValue::from(value));
        let before = Reflect::get(&object, &name).unwrap_or_default();
        let now = match before.dyn_ref::<Array>() {
            _ if before.is_undefined() => value,
            Some(list) => list.concat(&Array::of1(&value)).into(),
            None => Array::of2(&before, &value).into(),
        };
        // Fails only for a frozen object.
        let _ = Reflect::set(&object, &name, &now);
    }
    JSON::stringify(&object).map(Into::into).unwrap_or_default()
}

fn arrived(visit: &Visit, answer: Option<String>) {
    if let Some(page) = answer.as_deref().and_then(read::page) {
        return show(visit, page);
    }
    let problem = answer.as_deref().and_then(read::problem);
    visit.trouble.set(Some(match problem {
        // There is nothing here to come back to, and the page that says so knows the way to the application.
        Some(ProblemKind::JourneyOver) => return go(&visit.page.path),
        Some(kind) => visit.say(sentence(kind)),
        None => visit.fill(Key::NoConnection, &[("tenant", &visit.page.brand.name)]),
    }));
    visit.sending.set(None);
}

/// Wherever the journey stands now.
pub fn show(visit: &Visit, page: Page) {
    match &page.step {
        Step::Done { location } => go(location),
        _ if page.language != visit.page.language => go(&page.path),
        _ => turn(visit, page),
    }
}

fn go(location: &str) {
    // Fails only for an address that cannot be read, and it comes from our own server.
    let _ = window().location().assign(location);
}

/// Shows the next page.
fn turn(visit: &Visit, page: Page) {
    document().set_title(&title(&page, &visit.texts));
    visit.shown.set(page.into());
    lead_the_eye();
}

/// Once the page is drawn: to what has to be mended, else to where to type, else to the heading.
pub fn lead_the_eye() {
    let lead = || {
        let targets = [".summary", "[aria-invalid=true]", "[autofocus]", "h1"];
        let found = targets.iter().find_map(|target| document().query_selector(target).ok().flatten());
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
