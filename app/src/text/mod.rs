//! Every sentence shown or mailed, by key, a file per language. The server holds all of them; a browser is sent the pages'
//! sentences of one language, as an array in the order of `Key`.

#[cfg(feature = "ssr")]
pub mod administrator;
#[cfg(feature = "ssr")]
pub mod developer;
mod fault;
mod key;
#[cfg(feature = "ssr")]
mod language;
#[cfg(feature = "ssr")]
pub mod mail;

pub use fault::explain;
pub use key::Key;
#[cfg(feature = "ssr")]
pub use language::{DEFAULT, accept_language, choose, direction, languages, name, sentences, spoken, texts};

#[cfg(feature = "ssr")]
use serde_json::Value;

/// The sentences of one language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Texts {
    pages: Vec<String>,
    #[cfg(feature = "ssr")]
    mail: Vec<String>,
    #[cfg(feature = "ssr")]
    administrators: Vec<String>,
    #[cfg(feature = "ssr")]
    developers: Vec<String>,
    #[cfg(feature = "ssr")]
    language: &'static str,
}

impl Texts {
    pub fn say(&self, key: Key) -> &str {
        self.pages.get(key as usize).map_or("", String::as_str)
    }

    /// The same language with one sentence in other words.
    pub fn saying(mut self, key: Key, words: &str) -> Self {
        if let Some(sentence) = self.pages.get_mut(key as usize) {
            words.clone_into(sentence);
        }
        self
    }

    /// The sentence with its `{placeholders}` filled in.
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        filled(self.say(key), values)
    }

    /// A sentence of a mail, filled in.
    #[cfg(feature = "ssr")]
    pub fn mail(&self, key: mail::Key, values: &[(&str, &str)]) -> String {
        filled(self.mail.get(key as usize).map_or("", String::as_str), values)
    }

    /// A sentence of the pages that make administrators.
    #[cfg(feature = "ssr")]
    pub fn administer(&self, key: administrator::Key) -> &str {
        self.administrators.get(key as usize).map_or("", String::as_str)
    }

    /// A sentence of the page that says what an error's number means, filled in.
    #[cfg(feature = "ssr")]
    pub fn tell(&self, key: developer::Key, values: &[(&str, &str)]) -> String {
        filled(self.developers.get(key as usize).map_or("", String::as_str), values)
    }

    /// The tag of the language.
    #[cfg(feature = "ssr")]
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// What a browser is sent.
    #[cfg(feature = "ssr")]
    pub fn to_array_json(&self) -> String {
        Value::from(self.pages.clone()).to_string()
    }

    /// None where it is no array of sentences.
    pub fn from_array_json(array: &str) -> Option<Self> {
        let array = crate::json::parse(array)?;
        let pages =
            array.as_array()?.iter().map(|sentence| sentence.as_str().map(Into::into)).collect::<Option<_>>()?;
        Some(Self {
            pages,
            #[cfg(feature = "ssr")]
            mail: Vec::new(),
            #[cfg(feature = "ssr")]
            administrators: Vec::new(),
            #[cfg(feature = "ssr")]
            developers: Vec::new(),
            #[cfg(feature = "ssr")]
            language: "",
        })
    }
}

/// One pass over the sentence, so that a value which looks like a placeholder stays what it is.
fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            out.push_str(value);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn placeholders_are_filled_once() {
        assert_eq!(filled("to {a} and {b}!", &[("a", "{b}"), ("b", "B")]), "to {b} and B!");
        assert_eq!(filled("plain", &[("a", "x")]), "plain");
        assert_eq!(filled("{a}", &[("a", "x")]), "x");
    }
}
