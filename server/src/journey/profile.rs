//! Profile editing: whoever has arrived looks at what the flow lists, and corrects it.

use super::{Effect, Entered, Move, Outcome, Profile, Setting, Stage};
use app::contract::{
    id::AccountId,
    journey::{Notice, Stop},
    user_flow::{Field, FlowKind, InputKind, Layout, Visibility},
    validate::{self, field_name},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Somebody who proved who they are, before their profile.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Arrived {
    pub account: AccountId,
    /// By which they came: not always the one that the directory names first.
    pub address: Option<String>,
    #[serde(default)]
    pub contact: Option<String>,
    #[serde(default)]
    pub second: Option<String>,
    pub by: Entered,
}

/// Nobody leaves a flow for profile editing before they have seen their profile.
pub(super) fn before_leaving(setting: &Setting, address: Option<String>, outcome: Outcome) -> Move {
    match (setting.flow.kind, outcome) {
        (FlowKind::ProfileEdit, Outcome::SignedIn { account, proved, keep, came }) => {
            read(account, address, Entered::Now { proved, keep, came })
        }
        (FlowKind::ProfileEdit, Outcome::ContinuedAs { account }) => read(account, address, Entered::Before),
        (_, outcome) => Move::finish(outcome),
    }
}

fn read(account: AccountId, address: Option<String>, by: Entered) -> Move {
    Move::ask(Stage::Reading { account: account.clone(), address, by }, Effect::ReadProfile { account })
}

pub(super) fn found(
    setting: &Setting,
    account: AccountId,
    address: Option<String>,
    by: Entered,
    profile: Option<Profile>,
) -> Move {
    let Some(Profile { contact, second, attributes }) = profile else {
        return Move::show(Stage::Stopped { why: Stop::Expired, address: None });
    };
    let mut page = Move::show(Stage::Profile { arrived: Arrived { account, address, contact, second, by } });
    page.said.typed = filled_in(&setting.flow.layout, &attributes);
    page
}

/// The fields as the directory knows them.
pub fn filled_in(layout: &Layout, attributes: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let known = |attribute: &str, kind: InputKind| match (attributes.get(attribute), kind) {
        (Some(value), InputKind::MultiSelect) => value.split(',').map(str::to_owned).collect(),
        (Some(value), _) => vec![value.clone()],
        // Nothing is known, and no default may pretend otherwise.
        (None, _) => Vec::new(),
    };
    let shown = layout.asked().filter(|input| input.visibility != Visibility::Hidden);
    shown.map(|input| (field_name(&input.attribute), known(&input.attribute, input.kind))).collect()
}

/// Only what the layout lets a person change, judged by the layout as it stands now (security R14). A field that an older
/// page did not have stays as it is.
pub(super) fn answered(
    setting: &Setting,
    language: &str,
    arrived: Arrived,
    revision: i64,
    values: BTreeMap<String, Vec<String>>,
    before: &BTreeMap<String, Vec<String>>,
) -> Move {
    let layout = &setting.flow.layout;
    let changed = revision != layout.revision;
    let fields: Vec<Field> = layout
        .asked()
        .filter(|input| input.visibility == Visibility::Editable)
        .filter(|input| !changed || values.contains_key(&input.attribute))
        .map(|input| input.field(language))
        .collect();
    match validate::fields(&fields, &values) {
        Ok(stored) => {
            let mut stored: BTreeMap<String, String> = stored.into_iter().collect();
            let attributes = fields.into_iter().map(|field| {
                let value = stored.remove(&field.attribute);
                (field.attribute, value)
            });
            Move::finish(Outcome::ProfileEdited {
                account: arrived.account,
                attributes: attributes.collect(),
                by: arrived.by,
            })
        }
        Err(faults) => {
            let mut page = Move::show(Stage::Profile { arrived }).faults(faults);
            page.said.typed = before.clone();
            page.said.typed.extend(
                fields.into_iter().map(|field| (field_name(&field.attribute), sent(&values, &field.attribute))),
            );
            if changed { page.notice(Notice::LayoutChanged) } else { page }
        }
    }
}

fn sent(values: &BTreeMap<String, Vec<String>>, attribute: &str) -> Vec<String> {
    values.get(attribute).cloned().unwrap_or_default()
}
