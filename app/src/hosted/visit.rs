//! One page while it is on the screen: what the server said, and what has happened since.

use super::{
    check,
    frame::{self, hidden},
    send,
};
use crate::{
    contract::{
        journey::{Page, Step},
        validate::{self, Fault},
    },
    text::{Key, Texts, explain},
    ui::{
        button::{self, Sends},
        element::{El, Told, el},
        ground::Ground,
        summary,
    },
};
use reactive_graph::{prelude::*, signal::RwSignal};
use std::{rc::Rc, sync::Arc};
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;

#[derive(Clone)]
pub struct Visit {
    pub page: Arc<Page>,
    pub texts: Arc<Texts>,
    pub faults: RwSignal<Vec<Fault>>,
    /// The faults as they were when the answer was sent; the summary does not change while they are mended,
    /// and goes with the last of them.
    pub told: RwSignal<Vec<Fault>>,
    /// The answer that is on its way.
    pub sending: RwSignal<Option<String>>,
    /// Why the last one did not arrive.
    pub trouble: RwSignal<Option<String>>,
    /// Where the next page goes.
    pub shown: RwSignal<Arc<Page>>,
    pub ground: Ground,
}

impl Visit {
    pub fn new(page: Arc<Page>, texts: Arc<Texts>, shown: RwSignal<Arc<Page>>, ground: Ground) -> Self {
        let faults = RwSignal::new(page.faults.clone());
        let told = RwSignal::new(page.faults.clone());
        Self { page, texts, faults, told, sending: RwSignal::new(None), trouble: RwSignal::new(None), shown, ground }
    }

    pub fn say(&self, key: Key) -> String {
        self.texts.say(key).into()
    }

    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        self.texts.fill(key, values)
    }

    pub fn lead(&self, sentence: String) -> El {
        frame::lead(&sentence)
    }

    /// What is wrong with a field, in words.
    pub fn fault(&self, field: &str) -> Told {
        let (faults, texts, field) = (self.faults, self.texts.clone(), field.to_owned());
        Rc::new(move || {
            faults.with(|faults| {
                faults.iter().find(|fault| fault.field == field).map(|fault| explain(&texts, &fault.why))
            })
        })
    }

    /// What was typed into a field last.
    pub fn typed(&self, field: &str) -> Option<&[String]> {
        self.page.typed.get(field).map(Vec::as_slice)
    }

    /// A form of this page: it posts to the page's own path, with the proof that it came from here.
    pub fn form(&self, class: &'static str) -> El {
        let (submits, leaves, types) = (self.clone(), self.clone(), self.clone());
        el("form")
            .class(class)
            .attr("method", "post")
            .attr("action", self.page.path.clone())
            .on("submit", move |event| send::submit(&submits, event))
            .on("focusout", move |event| check::on_leaving(&leaves, event))
            .on("input", move |event| check::on_typing(&types, event))
            // From now on we judge, in the person's language and below the field.
            .taken_over(|form| form.unchecked_ref::<HtmlFormElement>().set_no_validate(true))
            .with(hidden("token", &self.page.token))
    }

    pub fn primary(&self, answer: &'static str, label: String, working: Key) -> El {
        button::primary(sends(answer), label, self.say(working), self.sending)
    }

    pub fn way(&self, answer: &'static str, label: Key) -> El {
        button::way(sends(answer), self.say(label))
    }

    /// The summary of several faults.
    pub fn summary(&self) -> El {
        let visit = self.clone();
        let lines = move || {
            visit.told.with(|faults| match faults.len() {
                0 | 1 => Vec::new(),
                _ => faults.iter().map(|fault| (fault.field.clone(), visit.sentence(fault))).collect(),
            })
        };
        summary::summary(self.say(Key::LookAgain), lines)
    }

    /// A fault with the name of its field before it.
    fn sentence(&self, fault: &Fault) -> String {
        let why = explain(&self.texts, &fault.why);
        let fields = if let Step::Attributes { fields, .. } = &self.page.step { fields.as_slice() } else { &[] };
        match fields.iter().find(|field| validate::field_name(&field.attribute) == fault.field) {
            Some(field) if !field.label.contains('[') => format!("{}: {why}", field.label),
            _ => why,
        }
    }
}

pub fn sends(value: &'static str) -> Sends {
    Sends { name: "answer", value }
}
