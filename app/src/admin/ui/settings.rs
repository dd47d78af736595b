//! Many settings in one form, each described as data: where it stands in the JSON, what it is called, what it does. All are
//! drawn, compared and saved by the same code.

use super::{
    button::{Act, submit},
    field::{Label, lines, select_judged, tick, typed},
    load::Loaded,
    toast::toasts,
};
use crate::admin::{browser::focus_fault, client, route::place, trouble::Trouble};
use crate::json;
use leptos::prelude::*;
use serde_json::Value;

pub struct Setting {
    /// Where it stands in the JSON, as the server names it in a fault: `rules/tokens/minutes`.
    pub place: &'static str,
    pub name: &'static str,
    /// A short sentence of what it does.
    pub about: &'static str,
    pub form: Form,
}

#[derive(Clone, Copy)]
pub enum Form {
    Switch,
    Whole,
    /// A number, or an empty field, which the server calls 0.
    WholeOrNone,
    /// An address, or nothing.
    Address,
    /// One of several: the value, and what people read.
    OneOf(&'static [(&'static str, &'static str)]),
    /// Whether a list has this word in it.
    Listed(&'static str),
    /// JSON as it is: a list.
    List,
}

const ON: &str = "on";

/// A setting as it stands in the form, as text.
#[derive(Clone, Copy)]
struct Entry {
    setting: &'static Setting,
    saved: RwSignal<String>,
    now: RwSignal<String>,
    fault: RwSignal<Option<String>>,
}

/// The settings of one form, group by group.
#[derive(Clone, Copy)]
pub struct Settings(StoredValue<Vec<Entry>>);

impl Settings {
    /// What is written in the form and not saved is asked about before it is lost.
    pub fn new(all: impl Iterator<Item = &'static Setting>, saved: &Value) -> Self {
        let entries: Vec<Entry> = all.map(|setting| Entry::new(setting, saved)).collect();
        let settings = Self(StoredValue::new(entries));
        place().hold(move || settings.is_changed());
        settings
    }

    pub fn is_changed(self) -> bool {
        // Each is asked, so that a change of each is heard.
        self.0.with_value(|all| all.iter().filter(|entry| entry.is_changed()).count() > 0)
    }

    /// These, one after the other.
    pub fn drawn(self, which: &[Setting]) -> Vec<AnyView> {
        let is_one = |entry: &&Entry| which.iter().any(|one| std::ptr::eq(one, entry.setting));
        self.0.with_value(|all| all.iter().filter(is_one).map(|entry| entry.draw()).collect())
    }

    /// Those whose place begins so, one after the other.
    pub fn under(self, beginning: &str) -> Vec<AnyView> {
        let is_one = |entry: &&Entry| entry.setting.place.starts_with(beginning);
        self.0.with_value(|all| all.iter().filter(is_one).map(|entry| entry.draw()).collect())
    }

    /// A switch of the form once more, in the words of another place where people look for it.
    pub fn switch_again(self, place: &str, name: &'static str, about: &'static str) -> Option<AnyView> {
        self.find(place).map(|entry| entry.switch(name, about))
    }

    /// What a field holds now.
    pub fn get(self, place: &str) -> String {
        self.find(place).map_or_else(String::new, |entry| entry.now.get())
    }

    pub fn set(self, place: &str, text: &str) {
        if let Some(entry) = self.find(place) {
            entry.now.set(text.into());
        }
    }

    fn find(self, place: &str) -> Option<Entry> {
        self.0.with_value(|all| all.iter().find(|entry| entry.setting.place == place).copied())
    }

    /// What is told to the server: `saved` with everything that the form holds. Nothing where a field cannot be read; it says so.
    pub fn merged(self, mut saved: Value) -> Option<Value> {
        let all = self.0.get_value();
        // Each is read, so that each says what is wrong with it.
        let good = all.iter().filter(|entry| entry.write(&mut saved)).count();
        if good < all.len() {
            focus_fault();
            return None;
        }
        Some(saved)
    }

    /// Each of them; none where the form is gone from the page.
    fn all(self) -> Vec<Entry> {
        self.0.try_get_value().unwrap_or_default()
    }

    /// What came of saving.
    pub fn answered<T: Clone + Send + Sync + 'static>(self, outcome: client::Result<()>, loaded: Loaded<T>) {
        match outcome {
            Ok(()) => {
                toasts().good("Saved.");
                self.all().iter().for_each(|entry| entry.saved.set(entry.now.get_untracked()));
                // What is written in another form of the page is not drawn over.
                if !place().is_unsaved() {
                    loaded.again();
                }
            }
            Err(trouble) => self.refused(&trouble),
        }
    }

    /// The button that saves, and whether there is anything to save.
    pub fn foot(self, label: &'static str, act: Act) -> AnyView {
        view! {
            <div class="buttons">
                {submit(label, "Saving …", act)}
                <span class="hint" role="status">{move || self.is_changed().then_some("There are unsaved changes.")}</span>
            </div>
        }
        .into_any()
    }

    /// Each fault that the server found stands at its field; what is about none of them is told in a corner.
    fn refused(self, trouble: &Trouble) {
        let all = self.all();
        all.iter().for_each(|entry| entry.fault.set(trouble.about(entry.setting.place)));
        if all.iter().any(|entry| entry.fault.with_untracked(Option::is_some)) {
            focus_fault();
        } else {
            toasts().bad(trouble.sentence());
        }
    }
}

impl Entry {
    fn new(setting: &'static Setting, saved: &Value) -> Self {
        let text = text(setting.form, at(saved, setting.place));
        Self { setting, saved: RwSignal::new(text.clone()), now: RwSignal::new(text), fault: RwSignal::new(None) }
    }

    fn is_changed(self) -> bool {
        self.now.with(|now| self.saved.with(|saved| now != saved))
    }

    fn draw(self) -> AnyView {
        let Setting { place, name, about, form } = *self.setting;
        let label = Label::new(place, name).hint(about);
        match form {
            Form::Switch | Form::Listed(_) => self.switch(name, about),
            Form::Whole => typed("number", label, self.now, self.fault),
            Form::WholeOrNone => typed("number", label.optional(), self.now, self.fault),
            Form::Address => typed("url", label.optional(), self.now, self.fault),
            Form::List => lines(label.optional(), 4, self.now, self.fault),
            Form::OneOf(choices) => {
                let words = choices.iter().map(|(value, words)| ((*value).into(), (*words).into())).collect();
                select_judged(label, self.now, self.fault, words)
            }
        }
    }

    fn switch(self, name: &'static str, about: &'static str) -> AnyView {
        let is_on = move || self.now.with(|now| now == ON);
        let set = move |on: bool| self.now.set(if on { ON.into() } else { String::new() });
        tick(name, Some(about.into()), is_on, None, set)
    }

    fn write(self, json: &mut Value) -> bool {
        let place = at_mut(json, self.setting.place);
        match value(self.setting.form, &self.now.get_untracked(), place) {
            Ok(value) => {
                *place = value;
                true
            }
            Err(why) => {
                self.fault.set(Some(why.into()));
                false
            }
        }
    }
}

fn at<'a>(json: &'a Value, place: &str) -> &'a Value {
    place.split('/').fold(json, |json, word| &json[word])
}

fn at_mut<'a>(json: &'a mut Value, place: &str) -> &'a mut Value {
    place.split('/').fold(json, |json, word| &mut json[word])
}

fn text(form: Form, value: &Value) -> String {
    let switch = |on: bool| if on { ON.into() } else { String::new() };
    match (form, value) {
        (Form::Switch, value) => switch(value.as_bool() == Some(true)),
        (Form::Listed(word), value) => {
            switch(value.as_array().is_some_and(|all| all.iter().any(|one| one.as_str() == Some(word))))
        }
        (Form::List, Value::Array(all)) if all.is_empty() => String::new(),
        (_, Value::Null) => String::new(),
        (Form::WholeOrNone, value) if value.as_u64() == Some(0) => String::new(),
        (_, Value::String(text)) => text.clone(),
        (_, value) => json::text(value),
    }
}

fn value(form: Form, text: &str, before: &Value) -> Result<Value, &'static str> {
    let text = text.trim();
    Ok(match form {
        Form::Switch => Value::Bool(text == ON),
        Form::Listed(word) => {
            let mut all = before.as_array().cloned().unwrap_or_default();
            all.retain(|one| one.as_str() != Some(word));
            if text == ON {
                all.push(word.into());
            }
            Value::Array(all)
        }
        Form::WholeOrNone if text.is_empty() => Value::Number(0.into()),
        Form::Address if text.is_empty() => Value::Null,
        Form::Whole | Form::WholeOrNone => {
            let number: u32 = text.parse().map_err(|_| "A whole number, like 60.")?;
            Value::Number(number.into())
        }
        Form::OneOf(_) | Form::Address => text.into(),
        Form::List if text.is_empty() => Value::Array(Vec::new()),
        Form::List => json::parse(text).ok_or("This is not JSON. A list of keys begins with [ and ends with ].")?,
    })
}
