//! A fault in words: what is wrong, and what right looks like.

use super::{Key, Texts};
use crate::contract::validate::Why;

pub fn explain(texts: &Texts, why: &Why) -> String {
    let with = |key, name, value: u32| texts.fill(key, &[(name, &value.to_string())]);
    match why {
        Why::Required => texts.say(Key::FaultRequired).into(),
        Why::MustAgree => texts.say(Key::FaultMustAgree).into(),
        Why::TooLong { max } => with(Key::FaultTooLong, "max", (*max).into()),
        Why::NotAnAddress => texts.say(Key::FaultNotAnAddress).into(),
        Why::NotAUserName => texts.say(Key::FaultNotAUserName).into(),
        Why::OwnAddress => texts.say(Key::FaultOwnAddress).into(),
        Why::NameTaken => texts.say(Key::FaultNameTaken).into(),
        Why::NotANumber => texts.say(Key::FaultNotANumber).into(),
        Why::NotADate => texts.say(Key::FaultNotADate).into(),
        Why::NotAnOption => texts.say(Key::FaultNotAnOption).into(),
        Why::Pattern { hint: Some(hint) } => texts.fill(Key::FaultPatternHint, &[("hint", hint)]),
        Why::Pattern { hint: None } => texts.say(Key::FaultPattern).into(),
        Why::Unprintable => texts.say(Key::FaultUnprintable).into(),
        Why::PasswordTooShort { min } => with(Key::FaultPasswordTooShort, "min", (*min).into()),
        Why::PasswordTooLong { max } => with(Key::FaultPasswordTooLong, "max", (*max).into()),
        Why::PasswordDigits { min } => with(Key::FaultPasswordDigits, "min", (*min).into()),
        Why::PasswordClasses { classes } => with(Key::FaultPasswordClasses, "classes", (*classes).into()),
        Why::PasswordCommon => texts.say(Key::FaultPasswordCommon).into(),
        Why::PasswordGuessable => texts.say(Key::FaultPasswordGuessable).into(),
        Why::WrongPassword => texts.say(Key::FaultWrongPassword).into(),
        Why::WrongPasswordForName => texts.say(Key::FaultWrongPasswordForName).into(),
        Why::NotACode { length } => with(Key::FaultNotACode, "length", (*length).into()),
        Why::WrongCode { tries_left } => with(Key::FaultWrongCode, "tries", (*tries_left).into()),
        Why::CodeExpired => texts.say(Key::FaultCodeExpired).into(),
    }
}
