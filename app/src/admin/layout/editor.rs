//! The layout while it is edited: its rows, what was saved last, and the way back and forth between.

use super::{super::route::place, taken_in::taken_in};
use crate::contract::{
    attribute::{Attribute, EMAIL, Origin},
    resource::{
        input::{Input, InputType},
        user_flow::UserFlow,
        user_flow_attribute::{AttributeType, DataType, UserFlowAttribute},
    },
    user_flow::Layout,
};
use leptos::prelude::*;
use std::collections::VecDeque;

/// As far back as undo leads.
const REMEMBERED: usize = 100;

#[derive(Clone, Copy)]
pub struct Editor {
    pub flow: RwSignal<UserFlow>,
    attributes: StoredValue<Vec<UserFlowAttribute>>,
    /// What people are asked, top to bottom. The address, which is proved and never typed, is not among them.
    pub rows: RwSignal<Vec<Input>>,
    pub saved: RwSignal<Vec<Input>>,
    past: RwSignal<VecDeque<Vec<Input>>>,
    future: RwSignal<Vec<Vec<Input>>>,
    /// What the last change was about: typing into one field is one change, however many letters.
    last: StoredValue<Option<String>>,
    /// The attribute of the row that the buttons move.
    pub chosen: RwSignal<Option<String>>,
    /// Who saved while this was edited.
    pub overtaken: RwSignal<Option<String>>,
    /// Said to who cannot see a row move.
    pub told: RwSignal<String>,
}

impl Editor {
    pub fn new(flow: UserFlow, attributes: Vec<UserFlowAttribute>) -> Self {
        let rows = asked(&flow);
        Self {
            flow: RwSignal::new(flow),
            attributes: StoredValue::new(attributes),
            chosen: RwSignal::new(rows.first().map(|row| row.attribute.clone())),
            saved: RwSignal::new(rows.clone()),
            rows: RwSignal::new(rows),
            past: RwSignal::new(VecDeque::new()),
            future: RwSignal::new(Vec::new()),
            last: StoredValue::new(None),
            overtaken: RwSignal::new(None),
            told: RwSignal::new(String::new()),
        }
    }

    /// The portal asks before it leaves a page with changes.
    pub fn hold_unsaved(self) {
        place().hold(move || self.is_changed());
    }

    /// With its page, while an answer was on its way.
    pub fn is_gone(self) -> bool {
        self.flow.try_with_untracked(|_| ()).is_none()
    }

    pub fn is_changed(self) -> bool {
        self.rows.with(|rows| self.saved.with(|saved| rows != saved))
    }

    /// `about`: changes about the same thing one after the other are undone together.
    pub fn change(self, about: &str, change: impl FnOnce(&mut Vec<Input>)) {
        let before = self.rows.get_untracked();
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return;
        }
        let same = self.last.with_value(|last| last.as_deref() == Some(about));
        if !same {
            self.past.update(|past| {
                past.push_back(before);
                if past.len() > REMEMBERED {
                    past.pop_front();
                }
            });
        }
        self.last.set_value(Some(about.into()));
        self.future.update(Vec::clear);
        self.rows.set(after);
    }

    pub fn change_row(self, attribute: &str, property: &str, change: impl FnOnce(&mut Input)) {
        self.change(&format!("{attribute}/{property}"), |rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.attribute == attribute) {
                change(row);
            }
        });
    }

    /// One value of a row, wherever it stands now.
    pub fn row<T: Default>(self, attribute: &str, read: impl FnOnce(&Input) -> T) -> T {
        self.rows.with(|rows| rows.iter().find(|row| row.attribute == attribute).map(read)).unwrap_or_default()
    }

    pub fn can_undo(self) -> bool {
        self.past.with(|past| !past.is_empty())
    }

    pub fn can_redo(self) -> bool {
        self.future.with(|future| !future.is_empty())
    }

    pub fn undo(self) {
        if let Some(before) = self.past.try_update(VecDeque::pop_back).flatten() {
            self.future.update(|future| future.push(self.rows.get_untracked()));
            self.step_to(before);
        }
    }

    pub fn redo(self) {
        if let Some(after) = self.future.try_update(Vec::pop).flatten() {
            self.past.update(|past| past.push_back(self.rows.get_untracked()));
            self.step_to(after);
        }
    }

    fn step_to(self, rows: Vec<Input>) {
        self.last.set_value(None);
        self.rows.set(rows);
    }

    /// Back to what was saved; undo brings the changes back.
    pub fn discard(self) {
        let saved = self.saved.get_untracked();
        self.last.set_value(None);
        self.change("discard", |rows| *rows = saved);
    }

    /// Puts the row at another place of the list.
    pub fn move_to(self, attribute: &str, about: &str, place: impl FnOnce(usize, usize) -> usize) {
        let mut arrived = None;
        self.change(about, |rows| {
            let Some(from) = rows.iter().position(|row| row.attribute == attribute) else { return };
            let to = place(from, rows.len() - 1).min(rows.len() - 1);
            let row = rows.remove(from);
            arrived = Some(format!("{}: {} of {}", row.label, to + 1, rows.len() + 1));
            rows.insert(to, row);
        });
        self.told.set(arrived.unwrap_or_default());
    }

    /// A move by button or key is one change each.
    pub fn step(self, attribute: &str, place: impl FnOnce(usize, usize) -> usize) {
        self.last.set_value(None);
        self.move_to(attribute, "move", place);
        self.last.set_value(None);
    }

    /// The flow as it stands now at the server.
    pub fn read(self, flow: UserFlow) {
        self.saved.set(asked(&flow));
        self.flow.set(flow);
    }

    /// The flow as somebody else saved it while this was edited: what they did stays, here and wherever undo leads.
    pub fn take_in(self, flow: UserFlow) {
        let (base, theirs) = (self.saved.get_untracked(), asked(&flow));
        let take_in = |rows: &mut Vec<Input>| *rows = taken_in(&base, &theirs, std::mem::take(rows));
        self.learn_attributes(&flow);
        self.past.update(|past| past.iter_mut().for_each(take_in));
        self.future.update(|future| future.iter_mut().for_each(take_in));
        self.last.set_value(None);
        self.rows.update(take_in);
        self.read(flow);
        let is_there = |id: &String| self.rows.with_untracked(|rows| rows.iter().any(|row| row.attribute == *id));
        if !self.chosen.with_untracked(|chosen| chosen.as_ref().is_some_and(is_there)) {
            self.chosen.set(None);
        }
    }

    /// One that came with a row is asked by its own controls.
    fn learn_attributes(self, flow: &UserFlow) {
        self.attributes.update_value(|all| {
            for attribute in &flow.on_attribute_collection.attributes {
                if !all.iter().any(|known| known.id == attribute.id) {
                    all.push(attribute.clone());
                }
            }
        });
    }

    /// Every row as the API takes it, the address first.
    pub fn inputs(self) -> Vec<Input> {
        let email = |flow: &UserFlow| flow.inputs().iter().filter(|row| row.attribute == EMAIL).cloned().collect();
        let mut inputs: Vec<Input> = self.flow.with_untracked(email);
        inputs.extend(self.rows.get_untracked());
        inputs
    }

    /// The page that these rows make.
    pub fn layout(self) -> Layout {
        let inputs =
            self.rows.with(|rows| rows.iter().map(|row| row.to_layout(&self.attribute(&row.attribute))).collect());
        Layout { revision: self.flow.with(|flow| flow.revision), inputs }
    }

    pub fn attribute(self, id: &str) -> Attribute {
        let known = self.attributes.with_value(|all| all.iter().find(|attribute| attribute.id == id).cloned());
        let known = known.unwrap_or_default();
        Attribute {
            id: id.into(),
            label: if known.display_name.is_empty() { id.into() } else { known.display_name },
            data_type: known.data_type.into(),
            description: known.description,
            origin: if known.user_flow_attribute_type == AttributeType::BuiltIn {
                Origin::BuiltIn
            } else {
                Origin::Custom
            },
            max_length: if known.max_length == 0 { 250 } else { known.max_length },
        }
    }

    /// The controls that can ask for an attribute of this type.
    pub fn controls(self, attribute: &str) -> &'static [InputType] {
        match DataType::from(self.attribute(attribute).data_type) {
            DataType::String => &[
                InputType::Text,
                InputType::RadioSingleSelect,
                InputType::DropdownSingleSelect,
                InputType::CheckboxMultiSelect,
                InputType::DateTimeDropdown,
            ],
            DataType::Boolean => &[InputType::Boolean],
            DataType::Int64 => &[InputType::Number, InputType::RadioSingleSelect, InputType::DropdownSingleSelect],
        }
    }
}

fn asked(flow: &UserFlow) -> Vec<Input> {
    flow.inputs().iter().filter(|row| row.attribute != EMAIL).cloned().collect()
}

pub fn name(kind: InputType) -> &'static str {
    match kind {
        InputType::Text => "Text",
        InputType::Number => "Number",
        InputType::Boolean => "Checkbox",
        InputType::RadioSingleSelect => "Radio buttons",
        InputType::DropdownSingleSelect => "Dropdown",
        InputType::CheckboxMultiSelect => "Checkboxes",
        InputType::DateTimeDropdown => "Date",
    }
}

pub fn has_options(kind: InputType) -> bool {
    matches!(kind, InputType::RadioSingleSelect | InputType::DropdownSingleSelect | InputType::CheckboxMultiSelect)
}

/// What changed about one row since the last save, in words. Nothing: it stands as it was.
pub fn changes(saved: &[Input], rows: &[Input], attribute: &str) -> Vec<String> {
    let find = |list: &[Input]| list.iter().position(|row| row.attribute == attribute);
    let (Some(from), Some(to)) = (find(saved), find(rows)) else {
        return if find(rows).is_some() { vec!["new".into()] } else { Vec::new() };
    };
    let (before, now) = (&saved[from], &rows[to]);
    let mut told = Vec::new();
    if before.label != now.label {
        told.push(format!("was “{}”", before.label));
    }
    if before.input_type != now.input_type {
        told.push(format!("was {}", name(before.input_type).to_lowercase()));
    }
    if before.required != now.required {
        told.push(if now.required { "now required" } else { "now optional" }.into());
    }
    if (before.hidden, before.editable) != (now.hidden, now.editable) {
        told.push(
            if now.hidden {
                "now hidden"
            } else if now.editable {
                "now to be filled in"
            } else {
                "now read-only"
            }
            .into(),
        );
    }
    for (changed, what) in [
        (before.hint != now.hint, "hint"),
        (before.default_value != now.default_value, "default"),
        (before.options != now.options, "options"),
        (before.validation_reg_ex != now.validation_reg_ex, "pattern"),
        (before.translations != now.translations, "translations"),
        (before.max_length != now.max_length, "length"),
    ] {
        if changed {
            told.push(format!("{what} changed"));
        }
    }
    if let Some(moved) = moved(saved, rows, attribute) {
        told.push(moved);
    }
    told
}

/// How far a row went, among those that both lists have.
fn moved(saved: &[Input], rows: &[Input], attribute: &str) -> Option<String> {
    let place = |list: &[Input], other: &[Input]| {
        let both = |row: &&Input| other.iter().any(|other| other.attribute == row.attribute);
        list.iter().filter(both).position(|row| row.attribute == attribute)
    };
    let (from, to) = (place(saved, rows)?, place(rows, saved)?);
    match to.cmp(&from) {
        std::cmp::Ordering::Less => Some(format!("moved up {}", from - to)),
        std::cmp::Ordering::Greater => Some(format!("moved down {}", to - from)),
        std::cmp::Ordering::Equal => None,
    }
}
