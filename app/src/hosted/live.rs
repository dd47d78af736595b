//! The attribute page while its layout may change: hears that it was saved anew, takes the new one, and loses nothing of what
//! was typed, nor the place where somebody is typing.

use super::{
    frame::told,
    read,
    send::{ask, lead_the_eye, pairs, show},
    visit::Visit,
};
use crate::{
    contract::{
        journey::{Notice, Page, Step},
        user_flow::Field,
        validate::field_name,
    },
    ui::{
        browser::after,
        ground::{Ground, Line},
    },
};
use any_spawner::Executor;
use reactive_graph::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{HtmlElement, HtmlInputElement};

/// A server that has not heard of the new layout yet, or a line that broke, is asked again after this.
const AGAIN: Duration = Duration::from_millis(500);
/// A screen reader says what changes inside an element that it has seen before.
const NOTICED: Duration = Duration::from_millis(100);

/// The stream of news. Dropped, it is closed.
pub struct Listening {
    line: Line,
    _heard: Closure<dyn FnMut()>,
}

/// Nothing is heard on a page of no journey (a preview).
pub fn listen(visit: &Visit, revision: i64) -> impl FnOnce() -> Option<Listening> + use<> {
    let visit = visit.clone();
    move || {
        if visit.page.path.is_empty() {
            return None;
        }
        let (ground, path) = (visit.ground.clone(), visit.page.path.clone());
        let heard = Closure::<dyn FnMut()>::new(move || look(visit.clone(), revision));
        let line = ground.listen(&path, &revision.to_string(), heard.as_ref());
        Some(Listening { line, _heard: heard })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.line.close();
    }
}

fn look(visit: Visit, revision: i64) {
    // An answer on its way comes back with the new layout by itself; a page that was left wants none.
    if visit.sending.try_get_untracked() != Some(None) {
        return;
    }
    let ground = visit.ground.clone();
    ask(&ground, &visit.page.path.clone(), None, move |answer| compare(visit, revision, answer));
}

fn compare(visit: Visit, revision: i64, answer: Option<String>) {
    if visit.sending.try_get_untracked() != Some(None) {
        return;
    }
    let page = answer.as_deref().and_then(read::page);
    match page.as_ref().map(|page| &page.step) {
        Some(Step::Attributes { revision: newest, .. }) if *newest > revision => {}
        // Another tab went on with the journey.
        Some(step) if !matches!(step, Step::Attributes { .. }) => {}
        _ => return after(AGAIN, move || look(visit, revision)),
    }
    match page {
        Some(page) if page.language == visit.page.language => take(&visit, page),
        other => other.into_iter().for_each(|page| show(&visit, page)),
    }
}

/// Draws the new layout around what was typed. Nothing is drawn before this has run to its end, and no key is pressed.
fn take(visit: &Visit, mut page: Page) {
    let Step::Attributes { fields: before, .. } = &visit.page.step else { return };
    let Step::Attributes { fields, .. } = &page.step else { return show(visit, page) };
    let form = visit.ground.find("form.answer");
    let sent = form.map(|form| pairs(form.unchecked_ref())).unwrap_or_default();
    let stays = |field: &&Field| {
        !field.read_only && before.iter().any(|before| before.attribute == field.attribute && !before.read_only)
    };
    for field in fields.iter().filter(stays) {
        let name = field_name(&field.attribute);
        let values = sent.iter().filter(|(sent, _)| *sent == name).map(|(_, value)| value.clone()).collect();
        page.typed.insert(name, values);
    }
    // As they stand here: what was mended since the last answer is not told again.
    page.faults = visit.faults.get_untracked();
    page.faults.retain(|fault| page.typed.contains_key(&fault.field));
    page.notice = Some(Notice::LayoutChanged);
    let ground = visit.ground.clone();
    let (place, sentence) = (Place::now(&ground), told(visit, Notice::LayoutChanged));
    visit.shown.set(page.into());
    let again = ground.clone();
    // In the queue behind the drawing: no key is pressed between the two.
    Executor::spawn_local(async move { place.into_iter().for_each(|place| place.find_again(&again)) });
    let tell = move || {
        if let Some(notice) = ground.find("[role=status].notice") {
            notice.set_text_content(Some(&sentence));
        }
    };
    after(NOTICED, tell);
}

/// Where somebody is on the page: at which control, and between which letters.
struct Place {
    selector: String,
    from: Option<u32>,
    to: Option<u32>,
}

impl Place {
    fn now(ground: &Ground) -> Option<Self> {
        let control = ground.focused()?;
        let mut selector = ["[name=\"", &control.get_attribute("name")?, "\"]"].concat();
        let kind = control.get_attribute("type");
        if let Some("radio" | "checkbox" | "submit") = kind.as_deref() {
            selector = [&selector, "[value=\"", &control.get_attribute("value").unwrap_or_default(), "\"]"].concat();
        }
        let input: HtmlInputElement = control.unchecked_into();
        Some(Self { selector, from: input.selection_start().ok().flatten(), to: input.selection_end().ok().flatten() })
    }

    fn find_again(self, ground: &Ground) {
        let Some(control) = ground.find(&self.selector) else { return lead_the_eye(ground) };
        // Both fail only for an element that is gone.
        let _ = control.unchecked_ref::<HtmlElement>().focus();
        if let (Some(from), Some(to)) = (self.from, self.to) {
            let _ = control.unchecked_into::<HtmlInputElement>().set_selection_range(from, to);
        }
    }
}
