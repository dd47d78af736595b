//! Sign up: the address and its code (`address`, `code`), a new password where the flow wants one, what the layout asks,
//! the account.

use super::{Effect, Move, NewPasswordFor, Outcome, Proof, Setting, Stage, kind};
use app::contract::{
    journey::{Notice, Stop},
    secret::Secret,
    user_flow::{Field, Input, InputKind, Layout, Method, Visibility},
    validate::{self, field_name},
};
use std::collections::BTreeMap;

/// What is known of somebody whose account is not made yet. The address is proved.
pub(super) struct NewAccount {
    pub address: String,
    pub password: Option<Secret>,
    pub keep: bool,
}

pub(super) fn is_open(setting: &Setting) -> bool {
    kind::signs_up(setting.flow)
}

/// The proved address has no account.
pub(super) fn go_on(setting: &Setting, language: &str, new: NewAccount) -> Move {
    if !is_open(setting) {
        return Move::stop(Stop::NoAccount, new.address);
    }
    match setting.flow.method {
        Method::Password => Move::show(Stage::NewPassword { address: new.address, purpose: NewPasswordFor::SignUp }),
        Method::Passcode => ask_attributes(setting, language, new),
    }
}

/// A new password, here and in recovery.
pub(super) fn new_password(setting: &Setting, address: String, purpose: NewPasswordFor, password: Secret) -> Move {
    if let Err(why) = validate::new_password(setting.flow.password, password.reveal()) {
        return Move::show(Stage::NewPassword { address, purpose }).fault("password", why);
    }
    let hash = Effect::HashPassword { password, address: address.clone() };
    Move::ask(Stage::NewPassword { address, purpose }, hash)
}

/// A layout that shows nothing needs no page.
pub(super) fn ask_attributes(setting: &Setting, language: &str, new: NewAccount) -> Move {
    if setting.flow.layout.fields(language).is_empty() {
        return attributes(setting, language, new, setting.flow.layout.revision, BTreeMap::new());
    }
    Move::show(Stage::Attributes { address: new.address, password: new.password })
}

/// Judged by the layout as it stands now. Who answered an older one is not blamed for what they never saw.
pub(super) fn attributes(
    setting: &Setting,
    language: &str,
    new: NewAccount,
    revision: i64,
    mut values: BTreeMap<String, Vec<String>>,
) -> Move {
    let layout = &setting.flow.layout;
    let mut faults = match validate::fields(&fields_stored(layout, language), &values) {
        Ok(attributes) => return account(setting, new, attributes),
        Err(faults) => faults,
    };
    let changed = revision != layout.revision;
    if changed {
        faults.retain(|fault| values.keys().any(|sent| field_name(sent) == fault.field));
    }
    let mut page = Move::show(Stage::Attributes { address: new.address, password: new.password }).faults(faults);
    for input in layout.asked().filter(|input| input.visibility == Visibility::Editable) {
        match values.remove(&input.attribute) {
            // New on the page: its default may fill it in.
            None if changed && !is_silent_when_empty(input.kind) => {}
            sent => {
                page.said.typed.insert(field_name(&input.attribute), sent.unwrap_or_default());
            }
        }
    }
    if changed { page.notice(Notice::LayoutChanged) } else { page }
}

/// A box that a person left open says nothing, and must not be found ticked again by default.
fn is_silent_when_empty(kind: InputKind) -> bool {
    matches!(kind, InputKind::Checkbox | InputKind::Radio | InputKind::MultiSelect)
}

/// The last moment at which a flow that was closed meanwhile can say no.
fn account(setting: &Setting, new: NewAccount, attributes: Vec<(String, String)>) -> Move {
    let NewAccount { address, password, keep } = new;
    if !is_open(setting) {
        return Move::stop(Stop::NoAccount, address);
    }
    Move::finish(Outcome::SignedUp { address, password, attributes, proved: vec![Proof::Code], keep })
}

/// The fields that a new account gets values from. A hidden one is read-only to whoever sends it all the same
/// (security R14).
fn fields_stored(layout: &Layout, language: &str) -> Vec<Field> {
    let stored = |input: &Input| Field { read_only: input.visibility != Visibility::Editable, ..input.field(language) };
    layout.asked().map(stored).collect()
}
