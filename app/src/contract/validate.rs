//! A value against its rules: one verdict, in the browser while typing and on the server before storing.
//! It ships in WebAssembly, so it is small. What needs tables (Unicode forms, lists of passwords) is the server's matter.

use super::{
    attribute::DataType,
    journey::ATTRIBUTE_FIELD,
    user_flow::{Composition, Field, InputKind, PasswordRule},
};
#[cfg(feature = "ssr")]
use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is wrong with one field. The words for it are in `text`, by language.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// The field's name in the form: `address`, `code`, `attribute.city`.
    pub field: String,
    pub why: Why,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Why {
    Required,
    /// A box that must be ticked.
    MustAgree,
    TooLong {
        max: u16,
    },
    NotAnAddress,
    NotAUserName,
    /// The address that somebody signs in with already, where another is asked for.
    OwnAddress,
    /// Somebody else has this user name.
    NameTaken,
    NotANumber,
    NotADate,
    NotAnOption,
    /// The administrator's pattern does not match; the field's hint says what does.
    Pattern {
        hint: Option<String>,
    },
    /// Characters that no form field sends: controls, direction overrides.
    Unprintable,
    PasswordTooShort {
        min: u16,
    },
    PasswordTooLong {
        max: u16,
    },
    PasswordDigits {
        min: u16,
    },
    PasswordClasses {
        classes: u8,
    },
    /// On the list of passwords that are tried first.
    PasswordCommon,
    /// Made of the address, the tenant's or the application's name.
    PasswordGuessable,
    /// Address and password do not match; never which of the two.
    WrongPassword,
    /// The same, where a user name was typed.
    WrongPasswordForName,
    NotACode {
        length: u8,
    },
    WrongCode {
        tries_left: u8,
    },
    /// Older than its ten minutes.
    CodeExpired,
}

/// The longest address, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
pub const ADDRESS_MAX: usize = 254;
/// RFC 5321 §4.5.3.1.1.
const LOCAL_PART_MAX: usize = 64;
/// RFC 1035 §2.3.4.
const LABEL_MAX: usize = 63;

/// An e-mail address that can receive a code, trimmed and otherwise as typed. It is strict about what could mean two
/// addresses or smuggle a header, and leaves the rest to the code that has to come back.
pub fn address(typed: &str) -> Result<String, Why> {
    let address = typed.trim();
    let Some((local, domain)) = address.split_once('@') else {
        return Err(if address.is_empty() { Why::Required } else { Why::NotAnAddress });
    };
    let good = address.len() <= ADDRESS_MAX && is_local_part(local) && is_domain(domain);
    good.then(|| address.into()).ok_or(Why::NotAnAddress)
}

/// The longest user name.
pub const USER_NAME_MAX: usize = 64;

/// A user name, trimmed: it begins with a letter or digit of ASCII, and has only those, `-` and `_`. So it is never an
/// address, and no two of them look alike but by case.
pub fn user_name(typed: &str) -> Result<String, Why> {
    let name = typed.trim();
    let good = name.len() <= USER_NAME_MAX
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    match () {
        () if name.is_empty() => Err(Why::Required),
        () => good.then(|| name.into()).ok_or(Why::NotAUserName),
    }
}

/// RFC 5322 §3.2.3, dot-atom; with letters of any script (RFC 6531 §3.3). Quoted names are left out on purpose.
fn is_local_part(local: &str) -> bool {
    let atom = |part: &str| !part.is_empty() && part.chars().all(|c| is_letter(c) || "!#$%&'*+-/=?^_`{|}~".contains(c));
    local.len() <= LOCAL_PART_MAX && local.split('.').all(atom)
}

/// At least two labels, and the last is not a number, which would be an IP address.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=LABEL_MAX).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| is_letter(c) || c == '-')
    };
    let last_is_name = domain.rsplit_once('.').is_some_and(|(_, last)| !last.bytes().all(|b| b.is_ascii_digit()));
    last_is_name && domain.split('.').all(label)
}

/// A letter or digit, or anything visible beyond ASCII. Full-width forms fold to ASCII on the way, `＠` to a second `@`.
fn is_letter(c: char) -> bool {
    let folds_to_ascii = matches!(c, '\u{ff00}'..='\u{ffef}' | '\u{fe00}'..='\u{fe6f}');
    c.is_ascii_alphanumeric() || (!c.is_ascii() && !c.is_whitespace() && !is_unprintable(c) && !folds_to_ascii)
}

/// Controls, line separators, and what turns the direction of the text around it (security R15).
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A whole attribute page: what is stored, by attribute in the layout's order, or everything that is wrong.
/// A read-only field keeps its default whatever was sent; an attribute that no field asks for is not looked at.
pub fn fields(fields: &[Field], sent: &BTreeMap<String, Vec<String>>) -> Result<Vec<(String, String)>, Vec<Fault>> {
    let (mut stored, mut faults) = (Vec::new(), Vec::new());
    for field in fields {
        let verdict = if field.read_only {
            Ok(default(field))
        } else {
            value(field, sent.get(&field.attribute).map_or(&[], Vec::as_slice))
        };
        match verdict {
            Ok(value) => stored.extend(value.map(|value| (field.attribute.clone(), value))),
            Err(why) => faults.push(Fault { field: field_name(&field.attribute), why }),
        }
    }
    if faults.is_empty() { Ok(stored) } else { Err(faults) }
}

/// An attribute's name in the form.
pub fn field_name(attribute: &str) -> String {
    format!("{ATTRIBUTE_FIELD}{attribute}")
}

/// A default that breaks the field's own rules counts as none: the person could do nothing about it.
fn default(field: &Field) -> Option<String> {
    let several = field.kind == InputKind::MultiSelect;
    let parts: Vec<String> = match &field.default {
        Some(default) if several => default.split(',').map(Into::into).collect(),
        default => default.iter().cloned().collect(),
    };
    value(field, &parts).ok().flatten()
}

/// One field: the canonical text that is stored, None where nothing was said and nothing had to be.
pub fn value(field: &Field, raw: &[String]) -> Result<Option<String>, Why> {
    match field.kind {
        InputKind::Checkbox => tick(field, raw).map(Some),
        InputKind::MultiSelect => several(field, raw),
        InputKind::Text | InputKind::Number | InputKind::Radio | InputKind::Dropdown | InputKind::Date => {
            single(field, raw)
        }
    }
}

/// An unticked box sends nothing.
fn tick(field: &Field, raw: &[String]) -> Result<String, Why> {
    let ticked = match raw {
        [] => false,
        [one] => match one.as_str() {
            "true" | "on" => true,
            "false" | "" => false,
            _ => return Err(Why::NotAnOption),
        },
        _ => return Err(Why::NotAnOption),
    };
    if field.required && !ticked { Err(Why::MustAgree) } else { Ok(ticked.to_string()) }
}

fn several(field: &Field, raw: &[String]) -> Result<Option<String>, Why> {
    let is_option = |value: &String| field.options.iter().any(|option| option.value == *value);
    if !raw.iter().filter(|value| !value.is_empty()).all(is_option) {
        return Err(Why::NotAnOption);
    }
    let ticked = field.options.iter().map(|option| &option.value).filter(|value| raw.contains(value));
    let joined = ticked.map(String::as_str).collect::<Vec<_>>().join(",");
    if joined.is_empty() {
        return nothing(field);
    }
    within(field, &joined)?;
    Ok(Some(joined))
}

fn single(field: &Field, raw: &[String]) -> Result<Option<String>, Why> {
    let text = match raw {
        [] => "",
        [one] => one.trim(),
        _ => return Err(Why::NotAnOption),
    };
    if text.is_empty() {
        return nothing(field);
    }
    if text.chars().any(is_unprintable) {
        return Err(Why::Unprintable);
    }
    within(field, text)?;
    let chosen = matches!(field.kind, InputKind::Radio | InputKind::Dropdown);
    if chosen && !field.options.iter().any(|option| option.value == text) {
        return Err(Why::NotAnOption);
    }
    let stored = match (field.kind, field.data_type) {
        (InputKind::Date, _) => date(text)?,
        (InputKind::Number, _) | (_, DataType::Int) => integer(text)?,
        (_, DataType::Boolean) => boolean(text)?,
        _ => text.into(),
    };
    if breaks_pattern(field, &stored) { Err(Why::Pattern { hint: field.hint.clone() }) } else { Ok(Some(stored)) }
}

#[cfg(feature = "ssr")]
fn breaks_pattern(field: &Field, stored: &str) -> bool {
    field.pattern.as_deref().and_then(|text| pattern(text).ok()).is_some_and(|rule| !rule.is_match(stored))
}

/// The engine for patterns weighs 10 KiB in a browser (brotli): there the server's verdict is awaited.
#[cfg(not(feature = "ssr"))]
fn breaks_pattern(_: &Field, _: &str) -> bool {
    false
}

fn nothing(field: &Field) -> Result<Option<String>, Why> {
    if field.required { Err(Why::Required) } else { Ok(None) }
}

fn within(field: &Field, text: &str) -> Result<(), Why> {
    let max = field.max_length;
    if text.chars().count() > usize::from(max) { Err(Why::TooLong { max }) } else { Ok(()) }
}

fn integer(text: &str) -> Result<String, Why> {
    let ascii: String = text.chars().map(fold_digit).collect();
    ascii.parse::<i64>().map(|number| number.to_string()).map_err(|_| Why::NotANumber)
}

fn boolean(text: &str) -> Result<String, Why> {
    matches!(text, "true" | "false").then(|| text.into()).ok_or(Why::NotAnOption)
}

/// A day that exists in the Gregorian calendar, `2024-02-29` (RFC 3339 §5.6, full-date).
fn date(text: &str) -> Result<String, Why> {
    let ascii: String = text.chars().map(fold_digit).collect();
    let number = |from: usize, to: usize| {
        let digits = ascii.get(from..to).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse::<u32>().ok()
    };
    let shaped = ascii.len() == 10 && ascii.get(4..5) == Some("-") && ascii.get(7..8) == Some("-");
    match (number(0, 4), number(5, 7), number(8, 10)) {
        (Some(year @ 1..), Some(month), Some(day @ 1..)) if shaped && day <= days_in(year, month) => Ok(ascii),
        _ => Err(Why::NotADate),
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

/// The most memory that a compiled pattern takes (security R15).
#[cfg(feature = "ssr")]
const PATTERN_SIZE: usize = 64 * 1024;

/// An administrator's pattern, ready to match a whole value in linear time. The portal refuses what fails here; a value
/// is not judged by it.
#[cfg(feature = "ssr")]
pub fn pattern(text: &str) -> Result<Regex, regex_lite::Error> {
    let build = |text: &str| RegexBuilder::new(text).size_limit(PATTERN_SIZE).build();
    // Alone first, or `a)|(b` would slip out of the anchors.
    build(text)?;
    build(&format!("^(?:{text})$"))
}

/// A new password against what every side can check. The list of common passwords is asked by the server.
pub fn new_password(rule: PasswordRule, password: &str) -> Result<(), Why> {
    let length = password.chars().count();
    match () {
        () if length == 0 => Err(Why::Required),
        () if length < usize::from(rule.min_length) => Err(Why::PasswordTooShort { min: rule.min_length }),
        () if length > usize::from(rule.max_length) => Err(Why::PasswordTooLong { max: rule.max_length }),
        () => composed(rule).filter(|_| !is_composed(rule.composition, password)).map_or(Ok(()), Err),
    }
}

/// What a password of the wrong characters is told; where any will do, nothing.
pub fn composed(rule: PasswordRule) -> Option<Why> {
    match rule.composition {
        Composition::Any => None,
        Composition::Digits => Some(Why::PasswordDigits { min: rule.min_length }),
        several => Some(Why::PasswordClasses { classes: several.classes() }),
    }
}

/// Letters of other scripts, most of which know no capitals, count as everything else.
fn is_composed(composition: Composition, password: &str) -> bool {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 4,
        _ => 8,
    };
    let there = password.bytes().fold(0u8, |there, byte| there | class(byte));
    match composition {
        Composition::Digits => there == class(b'0'),
        several => there.count_ones() >= several.classes().into(),
    }
}

/// How well a new password would stand, while it is typed. A hint: only `TooShort` is a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Strength {
    TooShort,
    Weak,
    Fair,
    Good,
    Strong,
}

/// Counts the characters that surprise: neither the one before again nor its neighbour (`aaaa`, `4321`), and each
/// different character twice at most.
pub fn strength(rule: PasswordRule, password: &str) -> Strength {
    let letters: Vec<u32> = password.chars().map(u32::from).collect();
    if letters.len() < usize::from(rule.min_length) {
        return Strength::TooShort;
    }
    let jumps = 1 + letters.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) > 1).count();
    let different = letters.iter().enumerate().filter(|(at, letter)| !letters[..*at].contains(letter)).count();
    match jumps.min(2 * different) {
        0..=9 => Strength::Weak,
        10..=12 => Strength::Fair,
        13..=17 => Strength::Good,
        _ => Strength::Strong,
    }
}

/// A one-time code as it was typed or pasted: spaces, hyphens and direction marks fall away, digits of other scripts count.
pub fn code(typed: &str, length: u8) -> Result<String, Why> {
    let between = |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}');
    let digits: String = typed.chars().filter(|c| !between(c)).map(fold_digit).collect();
    let good = digits.len() == usize::from(length) && digits.bytes().all(|b| b.is_ascii_digit());
    good.then_some(digits).ok_or(Why::NotACode { length })
}

/// Arabic-Indic, Persian and full-width digits as ASCII; anything else as it is.
fn fold_digit(c: char) -> char {
    let from = match c {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return c,
    };
    char::from_digit(u32::from(c) - from, 10).unwrap_or(c)
}

#[cfg(test)]
mod tests;
