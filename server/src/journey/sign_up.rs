//! Sign up: the address and its code (`address`, `code`), or a user name and the address of its owner; a new password where
//! the flow wants one, what the layout asks, the account.

use super::{
    Effect, Mailed, Move, NewPasswordFor, Outcome, Proof, Reached, Setting, Stage,
    code::{self, Asked},
    kind, proved,
};
use app::contract::{
    journey::{Asks, Notice, Path, Stop, is_address},
    secret::Secret,
    time::Timestamp,
    user_flow::{Field, Input, InputKind, Layout, Method, Visibility},
    validate::{self, Why, field_name},
};
use std::collections::BTreeMap;

/// What is known of somebody whose account is not made yet.
pub(super) struct NewAccount {
    /// What they will sign in with: their address, or a user name.
    pub address: String,
    pub reached: Reached,
    pub password: Option<Secret>,
    pub keep: bool,
}

pub(super) fn is_open(setting: &Setting) -> bool {
    kind::signs_up(setting.flow)
}

/// Somebody new said what they will sign in with.
pub(super) fn begin(setting: &Setting, address: String, mailed: &mut Option<Mailed>, now: Timestamp) -> Move {
    if !is_address(&address) {
        let find = Effect::FindName { user_name: address.clone() };
        return Move::ask(Stage::Wished { user_name: address }, find);
    }
    if kind::takes_as_typed(setting.flow) {
        return ask_password(address, Reached::AsTyped);
    }
    code::send(Asked::of(Path::SignUp, address), mailed, now)
}

/// An address that is not proved would open nothing to the owner of a user name, so none is asked.
pub(super) fn name_found(setting: &Setting, user_name: String, taken: bool) -> Move {
    match taken {
        true => name_taken(user_name),
        false if kind::takes_as_typed(setting.flow) => ask_password(user_name, Reached::Nowhere),
        false => Move::show(Stage::Contact { user_name }),
    }
}

fn name_taken(user_name: String) -> Move {
    Move::show(Stage::Address { path: Path::SignUp }).fault("address", Why::NameTaken).typed("address", user_name)
}

pub(super) fn contact(user_name: String, typed: String, mailed: &mut Option<Mailed>, now: Timestamp) -> Move {
    match Asks::Contact.read(&typed) {
        Ok(address) => {
            code::send(Asked { user_name: Some(user_name), ..Asked::of(Path::SignUp, address) }, mailed, now)
        }
        Err(why) => Move::show(Stage::Contact { user_name }).fault("address", why).typed("address", typed),
    }
}

/// The account was not made: somebody has its name. Whoever took an address as typed shows now that it is theirs.
pub(super) fn taken(address: String, reached: Reached, mailed: &mut Option<Mailed>, now: Timestamp) -> Move {
    match reached {
        Reached::Proved => proved::find_account(Path::SignUp, address, None),
        Reached::AsTyped => code::send(Asked::of(Path::SignUp, address), mailed, now),
        Reached::Contact(_) | Reached::Nowhere => name_taken(address),
    }
}

fn ask_password(address: String, reached: Reached) -> Move {
    Move::show(Stage::NewPassword { address, reached, purpose: NewPasswordFor::SignUp })
}

/// Nobody has the address or user name.
pub(super) fn go_on(setting: &Setting, language: &str, new: NewAccount) -> Move {
    if !is_open(setting) {
        return Move::stop(Stop::NoAccount, new.address);
    }
    match setting.flow.method {
        Method::Password => ask_password(new.address, new.reached),
        Method::Passcode => ask_attributes(setting, language, new),
    }
}

/// A new password, here and in recovery.
pub(super) fn new_password(
    setting: &Setting,
    address: String,
    reached: Reached,
    purpose: NewPasswordFor,
    password: Secret,
) -> Move {
    if let Err(why) = validate::new_password(setting.flow.password, password.reveal()) {
        return Move::show(Stage::NewPassword { address, reached, purpose }).fault("password", why);
    }
    let hash = Effect::HashPassword { password, address: address.clone() };
    Move::ask(Stage::NewPassword { address, reached, purpose }, hash)
}

/// A layout that shows nothing needs no page.
pub(super) fn ask_attributes(setting: &Setting, language: &str, new: NewAccount) -> Move {
    if setting.flow.layout.fields(language).is_empty() {
        return attributes(setting, language, new, setting.flow.layout.revision, BTreeMap::new());
    }
    show_attributes(new)
}

fn show_attributes(new: NewAccount) -> Move {
    Move::show(Stage::Attributes { address: new.address, reached: new.reached, password: new.password })
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
    let mut page = show_attributes(new).faults(faults);
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
    let NewAccount { address, reached, password, keep } = new;
    if !is_open(setting) {
        return Move::stop(Stop::NoAccount, address);
    }
    if kind::asks_second_step(setting.flow) {
        let stage = Stage::Making { address: address.clone(), reached: reached.clone() };
        return Move::ask(stage, Effect::MakeAccount { address, reached, password, attributes });
    }
    let proved = reached.proofs();
    Move::finish(Outcome::SignedUp { address, reached, password, attributes, proved, keep })
}

impl Reached {
    /// The address that a code came back from, of somebody who signs in with that name.
    pub(super) fn mailbox<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        match self {
            Reached::Proved => Some(name),
            Reached::Contact(address) => Some(address.as_str()),
            Reached::AsTyped | Reached::Nowhere => None,
        }
    }

    pub fn is_proved(&self) -> bool {
        matches!(self, Reached::Proved | Reached::Contact(_))
    }

    pub(super) fn proofs(&self) -> Vec<Proof> {
        if self.is_proved() { vec![Proof::Code] } else { Vec::new() }
    }
}

/// The fields that a new account gets values from. A hidden one is read-only to whoever sends it all the same
/// (security R14).
fn fields_stored(layout: &Layout, language: &str) -> Vec<Field> {
    let stored = |input: &Input| Field { read_only: input.visibility != Visibility::Editable, ..input.field(language) };
    layout.asked().map(stored).collect()
}
