//! A Page out of its JSON, by hand. What serde derives from the contract's types weighs 35 KiB in the browser (brotli), this
//! a few; a test holds it to what serde writes.

use crate::{
    contract::{
        attribute::DataType,
        brand::{Brand, Colour, Link, LinkKind},
        journey::{Asks, LanguageName, Notice, Page, Path, Resend, Step, Stop},
        problem::ProblemKind,
        user_flow::{Composition, Field, FieldOption, InputKind, PasswordRule},
        validate::{Fault, Why},
    },
    json,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// The page, or None where the JSON is anything else.
pub fn page(json: &str) -> Option<Page> {
    let json = json::parse(json)?;
    let mut typed = BTreeMap::new();
    for (name, values) in json.get("typed")?.as_object()? {
        typed.insert(name.clone(), all(values, words)?);
    }
    Some(Page {
        path: text(&json, "path")?,
        token: text(&json, "token")?,
        brand: brand(json.get("brand")?)?,
        application: text(&json, "application")?,
        language: text(&json, "language")?,
        languages: list(&json, "languages", |name| {
            Some(LanguageName { tag: text(name, "tag")?, name: text(name, "name")? })
        })?,
        address: text(&json, "address"),
        step: step(json.get("step")?)?,
        can_cancel: yes(&json, "canCancel")?,
        faults: list(&json, "faults", fault)?,
        typed,
        notice: match json.get("notice")? {
            Value::Null => None,
            told => Some(notice(word(told, "notice")?)?),
        },
        embedded: yes(&json, "embedded")?,
    })
}

/// What a problem document is about.
pub fn problem(json: &str) -> Option<ProblemKind> {
    let json = json::parse(json)?;
    Some(match word(&json, "kind")? {
        "notFound" => ProblemKind::NotFound,
        "badApplicationRequest" => ProblemKind::BadApplicationRequest,
        "forged" => ProblemKind::Forged,
        "journeyOver" => ProblemKind::JourneyOver,
        "badRequest" => ProblemKind::BadRequest,
        "tooMany" => ProblemKind::TooMany,
        "busy" => ProblemKind::Busy,
        "internal" => ProblemKind::Internal,
        _ => return None,
    })
}

fn brand(json: &Value) -> Option<Brand> {
    let link = |link: &Value| {
        let kind = match word(link, "kind")? {
            "privacy" => LinkKind::Privacy,
            "terms" => LinkKind::Terms,
            _ => return None,
        };
        Some(Link { kind, url: text(link, "url")? })
    };
    Some(Brand {
        name: text(json, "name")?,
        logo: text(json, "logo"),
        background: None,
        colour: Colour::read(word(json, "colour")?)?,
        links: list(json, "links", link)?,
    })
}

fn step(json: &Value) -> Option<Step> {
    Some(match word(json, "step")? {
        "address" => Step::Address {
            path: path(json)?,
            asks: asks(word(json, "asks")?)?,
            sends_code: yes(json, "sendsCode")?,
            can_sign_in: yes(json, "canSignIn")?,
            can_sign_up: yes(json, "canSignUp")?,
            can_recover: yes(json, "canRecover")?,
        },
        "password" => {
            let can_recover = yes(json, "canRecover")?;
            Step::Password {
                can_recover,
                offers_code: yes(json, "offersCode")?,
                offers_to_keep: yes(json, "offersToKeep")?,
            }
        }
        "code" => Step::Code {
            path: path(json)?,
            length: number(json, "length")?,
            alive: yes(json, "alive")?,
            resend: resend(json.get("resend")?)?,
            offers_to_keep: yes(json, "offersToKeep")?,
            offers_password: yes(json, "offersPassword")?,
        },
        "secondStep" => Step::SecondStep { to: text(json, "to")? },
        "secondAddress" => Step::SecondAddress { own: text(json, "own") },
        "secondCode" => Step::SecondCode {
            to: text(json, "to")?,
            length: number(json, "length")?,
            alive: yes(json, "alive")?,
            resend: resend(json.get("resend")?)?,
            enrols: yes(json, "enrols")?,
        },
        "newPassword" => {
            let rule = json.get("rule")?;
            let rule = PasswordRule {
                min_length: number(rule, "minLength")?,
                max_length: number(rule, "maxLength")?,
                composition: composition(rule)?,
            };
            Step::NewPassword { path: path(json)?, rule }
        }
        "attributes" => Step::Attributes {
            path: path(json)?,
            revision: number(json, "revision")?,
            fields: list(json, "fields", field)?,
        },
        "account" => Step::Account { address: text(json, "address")?, name: text(json, "name") },
        "stopped" => Step::Stopped { why: stop(word(json, "why")?)? },
        "done" => Step::Done { location: text(json, "location")? },
        _ => return None,
    })
}

fn composition(json: &Value) -> Option<Composition> {
    Some(match word(json, "composition") {
        None | Some("any") => Composition::Any,
        Some("digits") => Composition::Digits,
        Some("twoClasses") => Composition::TwoClasses,
        Some("threeClasses") => Composition::ThreeClasses,
        Some("fourClasses") => Composition::FourClasses,
        Some(_) => return None,
    })
}

fn asks(word: &str) -> Option<Asks> {
    Some(match word {
        "email" => Asks::Email,
        "userName" => Asks::UserName,
        "emailOrUserName" => Asks::EmailOrUserName,
        "contact" => Asks::Contact,
        _ => return None,
    })
}

fn path(json: &Value) -> Option<Path> {
    Some(match word(json, "path")? {
        "signIn" => Path::SignIn,
        "signUp" => Path::SignUp,
        "recover" => Path::Recover,
        "editProfile" => Path::EditProfile,
        _ => return None,
    })
}

fn resend(json: &Value) -> Option<Resend> {
    Some(match word(json, "when")? {
        "now" => Resend::Now,
        "in" => Resend::In { seconds: number(json, "seconds")? },
        _ => return None,
    })
}

fn stop(word: &str) -> Option<Stop> {
    Some(match word {
        "noAccount" => Stop::NoAccount,
        "disabled" => Stop::Disabled,
        "expired" => Stop::Expired,
        _ => return None,
    })
}

fn notice(word: &str) -> Option<Notice> {
    Some(match word {
        "codeSent" => Notice::CodeSent,
        "codesExhausted" => Notice::CodesExhausted,
        "codeDead" => Notice::CodeDead,
        "alreadyHaveAccount" => Notice::AlreadyHaveAccount,
        "layoutChanged" => Notice::LayoutChanged,
        _ => return None,
    })
}

fn field(json: &Value) -> Option<Field> {
    let data_type = match word(json, "dataType")? {
        "string" => DataType::String,
        "boolean" => DataType::Boolean,
        "int" => DataType::Int,
        _ => return None,
    };
    let kind = match word(json, "kind")? {
        "text" => InputKind::Text,
        "number" => InputKind::Number,
        "checkbox" => InputKind::Checkbox,
        "radio" => InputKind::Radio,
        "dropdown" => InputKind::Dropdown,
        "multiSelect" => InputKind::MultiSelect,
        "date" => InputKind::Date,
        _ => return None,
    };
    let option = |option: &Value| Some(FieldOption { value: text(option, "value")?, text: text(option, "text")? });
    Some(Field {
        attribute: text(json, "attribute")?,
        data_type,
        kind,
        label: text(json, "label")?,
        hint: text(json, "hint"),
        required: yes(json, "required")?,
        read_only: yes(json, "readOnly")?,
        default: text(json, "default"),
        options: list(json, "options", option)?,
        pattern: text(json, "pattern"),
        max_length: number(json, "maxLength")?,
    })
}

fn fault(json: &Value) -> Option<Fault> {
    let why = json.get("why")?;
    let why = match word(why, "why")? {
        "required" => Why::Required,
        "mustAgree" => Why::MustAgree,
        "tooLong" => Why::TooLong { max: number(why, "max")? },
        "notAnAddress" => Why::NotAnAddress,
        "notAUserName" => Why::NotAUserName,
        "ownAddress" => Why::OwnAddress,
        "nameTaken" => Why::NameTaken,
        "notANumber" => Why::NotANumber,
        "notADate" => Why::NotADate,
        "notAnOption" => Why::NotAnOption,
        "pattern" => Why::Pattern { hint: text(why, "hint") },
        "unprintable" => Why::Unprintable,
        "passwordTooShort" => Why::PasswordTooShort { min: number(why, "min")? },
        "passwordTooLong" => Why::PasswordTooLong { max: number(why, "max")? },
        "passwordDigits" => Why::PasswordDigits { min: number(why, "min")? },
        "passwordClasses" => Why::PasswordClasses { classes: number(why, "classes")? },
        "passwordCommon" => Why::PasswordCommon,
        "passwordGuessable" => Why::PasswordGuessable,
        "wrongPassword" => Why::WrongPassword,
        "wrongPasswordForName" => Why::WrongPasswordForName,
        "notACode" => Why::NotACode { length: number(why, "length")? },
        "wrongCode" => Why::WrongCode { tries_left: number(why, "triesLeft")? },
        "codeExpired" => Why::CodeExpired,
        _ => return None,
    };
    Some(Fault { field: text(json, "field")?, why })
}

fn word<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name)?.as_str()
}

/// A sentence; None where it is null.
fn text(json: &Value, name: &str) -> Option<String> {
    word(json, name).map(Into::into)
}

fn words(json: &Value) -> Option<String> {
    json.as_str().map(Into::into)
}

fn yes(json: &Value, name: &str) -> Option<bool> {
    json.get(name)?.as_bool()
}

fn number<N: TryFrom<i64>>(json: &Value, name: &str) -> Option<N> {
    N::try_from(json.get(name)?.as_i64()?).ok()
}

fn list<T>(json: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    all(json.get(name)?, read)
}

fn all<T>(json: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    json.as_array()?.iter().map(read).collect()
}
