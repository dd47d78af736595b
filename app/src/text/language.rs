//! The languages there are, and which of them suits a person best.

use super::{Key, Texts, administrator, developer, mail};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};
use strum::IntoEnumIterator;

/// Tag and file of every language, made by build.rs from the folder.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// What is spoken to those whose language is not here.
pub const DEFAULT: &str = "en";

/// A language's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// In the language itself: "Deutsch".
    name: String,
    direction: Direction,
    pages: BTreeMap<String, String>,
    mail: BTreeMap<String, String>,
    administrators: BTreeMap<String, String>,
    developers: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Ltr,
    Rtl,
}

struct Language {
    name: String,
    direction: Direction,
    texts: Arc<Texts>,
}

static TAGS: LazyLock<Vec<&'static str>> = LazyLock::new(|| FILES.iter().map(|(tag, _)| *tag).collect());

// A file that cannot be read stops the tests below, and so never reaches a release.
static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    FILES.iter().map(|(tag, file)| read(tag, file).unwrap_or_else(|fault| panic!("{tag}.json: {fault}"))).collect()
});

fn read(language: &'static str, file: &str) -> Result<Language, String> {
    let File { name, direction, pages, mail, administrators, developers } =
        serde_json::from_str(file).map_err(|fault| fault.to_string())?;
    let pages = in_order(Key::iter().map(Into::into), pages)?;
    let mail = in_order(mail::Key::iter().map(Into::into), mail)?;
    let administrators = in_order(administrator::Key::iter().map(Into::into), administrators)?;
    let developers = in_order(developer::Key::iter().map(Into::into), developers)?;
    Ok(Language { name, direction, texts: Arc::new(Texts { pages, mail, administrators, developers, language }) })
}

/// The sentences in the order of their keys; a missing or superfluous one is told.
fn in_order(
    keys: impl Iterator<Item = &'static str>,
    mut sentences: BTreeMap<String, String>,
) -> Result<Vec<String>, String> {
    let ordered = keys.map(|key| sentences.remove(key).ok_or(format!("{key} is missing"))).collect::<Result<_, _>>()?;
    match sentences.into_keys().next() {
        Some(key) => Err(format!("{key} belongs to no key")),
        None => Ok(ordered),
    }
}

/// The language with this tag, or the default one.
fn language(tag: &str) -> &'static Language {
    let position = |tag| TAGS.iter().position(|known| *known == tag);
    // The default language's file is one of FILES: a test reads it.
    let at = position(tag).or(position(DEFAULT)).expect("the default language has a file");
    &LANGUAGES[at]
}

/// The tags of all languages.
pub fn languages() -> &'static [&'static str] {
    &TAGS
}

pub fn texts(tag: &str) -> Arc<Texts> {
    language(tag).texts.clone()
}

/// Every sentence of a language by its full name, `pages.signIn` or `mail.codeSubject`, in the order of the keys.
pub fn sentences(tag: &str) -> Vec<(String, String)> {
    let texts = texts(tag);
    let named = |group: &str, name: &'static str, sentence: &String| (format!("{group}.{name}"), sentence.clone());
    let pages = Key::iter().zip(&texts.pages).map(|(key, sentence)| named("pages", key.into(), sentence));
    let mail = mail::Key::iter().zip(&texts.mail).map(|(key, sentence)| named("mail", key.into(), sentence));
    pages.chain(mail).collect()
}

/// A language as a tenant speaks it: some of its sentences in the tenant's own words, by their full names.
pub fn spoken(tag: &str, own: &BTreeMap<String, String>) -> Arc<Texts> {
    let plain = texts(tag);
    if own.is_empty() {
        return plain;
    }
    let mut texts = Texts::clone(&plain);
    let put = |group: &str, names: Vec<&'static str>, sentences: &mut Vec<String>| {
        for (name, sentence) in names.into_iter().zip(sentences) {
            if let Some(own) = own.get(&format!("{group}.{name}")) {
                own.clone_into(sentence);
            }
        }
    };
    put("pages", Key::iter().map(Into::into).collect(), &mut texts.pages);
    put("mail", mail::Key::iter().map(Into::into).collect(), &mut texts.mail);
    Arc::new(texts)
}

/// What a language calls itself.
pub fn name(tag: &str) -> &'static str {
    &language(tag).name
}

/// The value of HTML's `dir`.
pub fn direction(tag: &str) -> &'static str {
    match language(tag).direction {
        Direction::Ltr => "ltr",
        Direction::Rtl => "rtl",
    }
}

/// The first wish that can be met. A wish is met by its own language or, failing that, by a less particular one
/// (RFC 4647 §3.4, lookup: `de-AT` is met by `de`).
pub fn choose<'a>(wanted: impl Iterator<Item = &'a str>) -> &'static str {
    wanted.filter_map(lookup).next().unwrap_or(DEFAULT)
}

fn lookup(wish: &str) -> Option<&'static str> {
    let mut range = wish.trim();
    loop {
        if let Some(tag) = TAGS.iter().find(|tag| tag.eq_ignore_ascii_case(range)) {
            return Some(tag);
        }
        range = range.rsplit_once('-')?.0;
    }
}

/// The languages of an Accept-Language header, the dearest first (RFC 9110 §12.5.4); `q=0` means never.
pub fn accept_language(header: &str) -> Vec<&str> {
    let mut wishes: Vec<(&str, u16)> = header.split(',').filter_map(wish).filter(|(_, weight)| *weight > 0).collect();
    wishes.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    wishes.into_iter().map(|(tag, _)| tag).collect()
}

/// `de-AT;q=0.8` as the tag and its weight in thousandths.
fn wish(text: &str) -> Option<(&str, u16)> {
    let (tag, parameter) = text.split_once(';').unwrap_or((text, "q=1"));
    let weight: f32 = parameter.trim().strip_prefix("q=")?.trim().parse().ok()?;
    let tag = tag.trim();
    let readable = !tag.is_empty() && tag != "*" && (0.0..=1.0).contains(&weight);
    // Between 0 and 1000, checked above.
    readable.then_some((tag, (weight * 1000.0) as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_exactly_the_sentences_of_the_keys() {
        for (tag, file) in FILES {
            if let Err(fault) = read(tag, file) {
                panic!("{tag}.json: {fault}");
            }
        }
        assert!(TAGS.contains(&DEFAULT));
    }

    #[test]
    fn every_language_has_the_placeholders_of_english() {
        let english = texts(DEFAULT);
        for tag in languages() {
            let other = texts(tag);
            for key in Key::iter() {
                assert_eq!(placeholders(other.say(key)), placeholders(english.say(key)), "{tag}: {key:?}");
            }
            for key in mail::Key::iter() {
                assert_eq!(
                    placeholders(&other.mail[key as usize]),
                    placeholders(&english.mail[key as usize]),
                    "{tag}: {key:?}"
                );
            }
            for key in developer::Key::iter() {
                assert_eq!(
                    placeholders(&other.developers[key as usize]),
                    placeholders(&english.developers[key as usize]),
                    "{tag}: {key:?}"
                );
            }
        }
    }

    fn placeholders(sentence: &str) -> Vec<&str> {
        let mut names: Vec<&str> = sentence
            .split('{')
            .skip(1)
            .map(|part| part.split_once('}').expect("a placeholder ends with }").0)
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn no_sentence_is_empty_or_has_loose_spaces() {
        for tag in languages() {
            let texts = texts(tag);
            let server_s_own = texts.mail.iter().chain(&texts.administrators).chain(&texts.developers);
            let tenant_s_own = [Key::SignInPageText, Key::UsernameHintText];
            assert!(tenant_s_own.iter().all(|key| texts.say(*key).is_empty()), "{tag}");
            let pages = Key::iter().filter(|key| !tenant_s_own.contains(key)).map(|key| &texts.pages[key as usize]);
            for sentence in pages.chain(server_s_own) {
                assert!(
                    !sentence.is_empty() && sentence.trim() == sentence && !sentence.contains("  "),
                    "{tag}: {sentence:?}"
                );
            }
        }
    }

    #[test]
    fn the_best_language_is_chosen() {
        for (wanted, chosen) in [
            (&["de"][..], "de"),
            (&["de-AT"], "de"),
            (&["DE-at"], "de"),
            (&["ar-SA", "en"], "ar"),
            (&["fr", "de-CH"], "de"),
            (&["fr", "tlh"], "en"),
            (&["zh-Hant-TW", "ar"], "ar"),
            (&["deu"], "en"),
            (&["", "-", "*"], "en"),
            (&[], "en"),
        ] {
            assert_eq!(choose(wanted.iter().copied()), chosen, "{wanted:?}");
        }
    }

    #[test]
    fn accept_language_is_read_in_order_of_weight() {
        for (header, wishes) in [
            ("de", &["de"][..]),
            ("de-AT,de;q=0.9,en;q=0.8", &["de-AT", "de", "en"]),
            ("en;q=0.5, ar;q=0.75 , de", &["de", "ar", "en"]),
            ("en;q=0,de;q=0.1", &["de"]),
            ("*,de;q=0.2", &["de"]),
            ("de;q=2,en;q=x,ar;level=1", &[]),
            ("", &[]),
        ] {
            assert_eq!(accept_language(header), wishes, "{header:?}");
        }
    }

    #[test]
    fn a_browser_reads_what_the_server_sends() {
        let german = texts("de");
        let sent = Texts::from_array_json(&german.to_array_json()).expect("an array of sentences");
        for key in Key::iter() {
            assert_eq!(sent.say(key), german.say(key));
        }
    }
}
