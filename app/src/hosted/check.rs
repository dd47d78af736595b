//! The server's own rules, asked in the browser: when an answer is sent, when a field is left, while a fault is mended.

use super::{
    send::{Pairs, pairs},
    visit::Visit,
};
use crate::{
    contract::{
        journey::{Asks, Step},
        validate::{self, Fault, Why},
    },
    ui::browser::after,
};
use reactive_graph::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlFormElement};

/// Everything that is wrong with an answer to this step, as far as a browser can know.
pub fn faults(step: &Step, sent: &Pairs) -> Vec<Fault> {
    let names: Vec<String> = match step {
        Step::Address { .. } | Step::SecondAddress { .. } => vec!["address".into()],
        Step::Password { .. } | Step::NewPassword { .. } => vec!["password".into()],
        Step::Code { .. } | Step::SecondCode { .. } => vec!["code".into()],
        #[cfg(feature = "ssr")]
        Step::SecondFactor => Vec::new(),
        Step::Attributes { fields, .. } => fields.iter().map(|field| validate::field_name(&field.attribute)).collect(),
        Step::SecondStep { .. } | Step::Account { .. } | Step::Stopped { .. } | Step::Done { .. } => Vec::new(),
    };
    names.into_iter().filter_map(|field| fault(step, &field, sent).map(|why| Fault { field, why })).collect()
}

fn fault(step: &Step, name: &str, sent: &Pairs) -> Option<Why> {
    let values: Vec<String> = sent.iter().filter(|(sent, _)| sent == name).map(|(_, value)| value.clone()).collect();
    let one = values.first().map_or("", String::as_str);
    match step {
        Step::Address { asks, .. } if name == "address" => asks.read(one).err(),
        Step::SecondAddress { .. } if name == "address" => Asks::Contact.read(one).err(),
        Step::Password { .. } if name == "password" => one.is_empty().then_some(Why::Required),
        Step::NewPassword { rule, .. } if name == "password" => validate::new_password(*rule, one).err(),
        Step::Code { length, .. } | Step::SecondCode { length, .. } if name == "code" => {
            validate::code(one, *length).err()
        }
        Step::Attributes { fields, .. } => {
            let field =
                fields.iter().find(|field| !field.read_only && validate::field_name(&field.attribute) == name)?;
            validate::value(field, &values).err()
        }
        _ => None,
    }
}

/// A field that was left is judged a moment later, or the fault below it would move a button away under the finger that
/// is pressing it. An empty one is not judged before the answer is sent.
pub fn on_leaving(visit: &Visit, event: &FocusEvent) {
    let Some((name, form)) = field_of(event) else { return };
    let visit = visit.clone();
    let judge = move || {
        let sent = pairs(&form);
        let filled = sent.iter().any(|(sent, value)| *sent == name && !value.is_empty());
        if filled && visit.sending.try_get_untracked() == Some(None) {
            judge(&visit, name.clone(), &sent);
        }
    };
    after(Duration::from_millis(200), judge);
}

/// A fault goes as soon as it is mended; none comes while somebody types.
pub fn on_typing(visit: &Visit, event: &Event) {
    let Some((name, form)) = field_of(event) else { return };
    if visit.faults.with_untracked(|faults| faults.iter().any(|fault| fault.field == name)) {
        let sent = pairs(&form);
        if fault(&visit.page.step, &name, &sent).is_none() {
            judge(visit, name, &sent);
        }
    }
}

fn judge(visit: &Visit, field: String, sent: &Pairs) {
    let why = fault(&visit.page.step, &field, sent);
    visit.faults.update(|faults| {
        faults.retain(|fault| fault.field != field);
        faults.extend(why.map(|why| Fault { field, why }));
    });
    // The summary stays as it was told until there is nothing left to look at again.
    if visit.faults.with_untracked(Vec::is_empty) && !visit.told.with_untracked(Vec::is_empty) {
        visit.told.set(Vec::new());
    }
}

/// The name of the field where something happened, and its form.
fn field_of(event: &Event) -> Option<(String, HtmlFormElement)> {
    let element: Element = event.target()?.dyn_into().ok()?;
    let name = element.get_attribute("name")?;
    Some((name, element.closest("form").ok()??.unchecked_into()))
}
