//! A password that is new: at sign-up, or after recovery.

use super::{
    Screen,
    password::{field, username},
    visit::Visit,
};
use crate::{
    contract::{
        journey::Path,
        user_flow::PasswordRule,
        validate::{Strength, Why, composed, strength},
    },
    text::{Key, Texts, explain},
    ui::password::Judge,
};
use std::sync::Arc;

pub fn heading(path: Path) -> Key {
    if path == Path::Recover { Key::ResetPasswordHeading } else { Key::CreatePasswordHeading }
}

pub fn screen(visit: &Visit, path: Path, rule: PasswordRule) -> Screen {
    let (label, working) =
        if path == Path::Recover { (Key::SaveAndSignIn, Key::Saving) } else { (Key::Continue, Key::OneMoment) };
    let hint = hint(&visit.texts, rule);
    let judge = judge(visit.texts.clone(), rule);
    let form = visit
        .form("answer")
        .with(username(visit))
        .with(field(visit, Key::NewPasswordLabel, Some(hint), "new-password", Some(judge)))
        .with(visit.primary("newPassword", visit.say(label), working));
    Screen { lead: visit.lead(visit.say(Key::NewPasswordLead)), form }
}

/// What the password must be, before anything is wrong with it.
pub fn hint(texts: &Texts, rule: PasswordRule) -> String {
    let long = texts.fill(Key::NewPasswordHint, &[("min", &rule.min_length.to_string())]);
    match composed(rule) {
        None => long,
        Some(digits @ Why::PasswordDigits { .. }) => explain(texts, &digits),
        Some(classes) => [&long, " ", &explain(texts, &classes)].concat(),
    }
}

fn judge(texts: Arc<Texts>, rule: PasswordRule) -> Judge {
    Box::new(move |password| {
        let (level, word) = match strength(rule, password) {
            Strength::TooShort => (0, Key::StrengthTooShort),
            Strength::Weak => (1, Key::StrengthWeak),
            Strength::Fair => (2, Key::StrengthFair),
            Strength::Good => (3, Key::StrengthGood),
            Strength::Strong => (4, Key::StrengthStrong),
        };
        (level, texts.say(word).into())
    })
}
