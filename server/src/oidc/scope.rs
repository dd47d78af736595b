//! What an application asks to know: the scopes of OpenID Connect, and a token for itself.

use crate::error::Refusal;
use app::contract::id::ApplicationId;
use serde::{Deserialize, Serialize};

/// Each scope at most once, in this order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<Scope>);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Openid,
    Profile,
    Email,
    OfflineAccess,
    /// The application's own id: an access token for itself, as B2C's clients ask for it.
    Itself,
}

const WORDS: [(Scope, &str); 4] = [
    (Scope::Openid, "openid"),
    (Scope::Profile, "profile"),
    (Scope::Email, "email"),
    (Scope::OfflineAccess, "offline_access"),
];

/// What discovery tells.
pub fn words() -> [&'static str; 4] {
    WORDS.map(|(_, word)| word)
}

impl Scopes {
    /// A word that we do not know is ignored (OpenID Connect Core §3.1.2.1); a scope of another API is refused, because a
    /// token for it would be for somebody else.
    pub fn asked(text: &str, application: &ApplicationId) -> Result<Self, Refusal> {
        let unknown = |why: String| Refusal::new("invalid_scope", 70011, why);
        let mut scopes = Vec::new();
        for word in text.split_ascii_whitespace() {
            let known = WORDS.iter().find(|(_, known)| *known == word).map(|(scope, _)| *scope);
            match known.or_else(|| is_itself(word, application).then_some(Scope::Itself)) {
                Some(scope) if !scopes.contains(&scope) => scopes.push(scope),
                Some(_) => {}
                None if word.contains(['/', ':']) => {
                    return Err(unknown(
                        "A scope in the request belongs to an API that this tenant does not know.".into(),
                    ));
                }
                None => {}
            }
        }
        if scopes.iter().all(|scope| *scope == Scope::OfflineAccess) {
            return Err(unknown(
                "The request asks for no scope that can be granted; 'openid' is the usual one.".into(),
            ));
        }
        Ok(Self(scopes))
    }

    /// As a family of refresh tokens remembers them.
    pub fn read(text: &str, application: &ApplicationId) -> Self {
        Self::asked(text, application).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Those that both have: a refresh may ask for less than was granted, never for more (RFC 6749 §6).
    pub fn and(&self, other: &Scopes) -> Scopes {
        Self(self.0.iter().copied().filter(|scope| other.has(*scope)).collect())
    }

    /// As tokens and answers tell them (RFC 6749 §3.3).
    pub fn text(&self, application: &ApplicationId) -> String {
        let word = |scope: &Scope| match WORDS.iter().find(|(known, _)| known == scope) {
            Some((_, word)) => (*word).to_owned(),
            None => application.to_string(),
        };
        self.0.iter().map(word).collect::<Vec<_>>().join(" ")
    }
}

fn is_itself(word: &str, application: &ApplicationId) -> bool {
    word.strip_suffix("/.default").unwrap_or(word) == application.as_str()
}
