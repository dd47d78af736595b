//! What an application asks to know: the scopes of OpenID Connect, and a token for itself or for the management API.

use crate::{config::PublicUrl, error::Refusal};
use app::contract::{id::ApplicationId, permission::Permission};
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
    /// `<public url>/graph/User.Read.All`: an access token for the management API. What it is worth depends on the roles
    /// of whoever signs in.
    Graph(Permission),
}

/// Whose tokens can be asked for: the application itself, and the management API.
#[derive(Clone, Copy)]
pub struct Apis<'a> {
    pub application: &'a ApplicationId,
    pub public_url: &'a PublicUrl,
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
    /// token for it would be for somebody else, and one token cannot be for two.
    pub fn asked(text: &str, apis: Apis) -> Result<Self, Refusal> {
        let unknown = |why: &str| Refusal::new("invalid_scope", 70011, why);
        let mut scopes = Vec::new();
        for word in text.split_ascii_whitespace() {
            let known = WORDS.iter().find(|(_, known)| *known == word).map(|(scope, _)| vec![*scope]);
            let known = known.or_else(|| is_itself(word, apis.application).then(|| vec![Scope::Itself]));
            match known.or_else(|| of_graph(word, apis.public_url)) {
                Some(found) => scopes.extend(found),
                None if word.contains(['/', ':']) => {
                    return Err(unknown("A scope in the request belongs to an API that this tenant does not know."));
                }
                None => {}
            }
        }
        let scopes = Self(once(scopes));
        if scopes.0.iter().all(|scope| *scope == Scope::OfflineAccess) {
            return Err(unknown("The request asks for no scope that can be granted; 'openid' is the usual one."));
        }
        if scopes.has(Scope::Itself) && scopes.is_for_graph() {
            let why = "The scopes of the request belong to two APIs: ask for one token for each.";
            return Err(Refusal::new("invalid_scope", 28000, why));
        }
        Ok(scopes)
    }

    /// As a family of refresh tokens remembers them.
    pub fn read(text: &str, apis: Apis) -> Self {
        Self::asked(text, apis).unwrap_or_default()
    }

    /// Whether the access token is for the management API.
    pub fn is_for_graph(&self) -> bool {
        self.0.iter().any(|scope| matches!(scope, Scope::Graph(_)))
    }

    /// `scp` of a token for the management API: its own words, and nothing that another API would read.
    pub fn permissions(&self) -> String {
        let word = |scope: &Scope| match scope {
            Scope::Graph(permission) => Some(permission.word()),
            _ => None,
        };
        self.0.iter().filter_map(word).collect::<Vec<_>>().join(" ")
    }

    /// As an answer tells them that brings no refresh token.
    pub fn without_refresh(&self) -> Scopes {
        Self(self.0.iter().copied().filter(|scope| *scope != Scope::OfflineAccess).collect())
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
    pub fn text(&self, apis: Apis) -> String {
        let word = |scope: &Scope| match (scope, WORDS.iter().find(|(known, _)| known == scope)) {
            (Scope::Graph(permission), _) => format!("{}/{}", apis.public_url.graph(), permission.word()),
            (_, Some((_, word))) => (*word).to_owned(),
            (_, None) => apis.application.to_string(),
        };
        self.0.iter().map(word).collect::<Vec<_>>().join(" ")
    }
}

/// Each at most once, in the order in which they came.
fn once(scopes: Vec<Scope>) -> Vec<Scope> {
    scopes.iter().enumerate().filter(|(at, scope)| !scopes[..*at].contains(scope)).map(|(_, scope)| *scope).collect()
}

/// By its id, bare or as Entra proposes it (`api://id`), with `/.default` or without.
fn is_itself(word: &str, application: &ApplicationId) -> bool {
    let word = word.strip_suffix("/.default").unwrap_or(word);
    word.strip_prefix("api://").unwrap_or(word) == application.as_str()
}

/// One permission by its name, or `.default`: whatever the roles of the person allow.
fn of_graph(word: &str, public_url: &PublicUrl) -> Option<Vec<Scope>> {
    let name = word.strip_prefix(&public_url.graph())?.strip_prefix('/')?;
    if name == ".default" {
        return Some(Permission::all().map(Scope::Graph).collect());
    }
    Permission::named(name).map(|permission| vec![Scope::Graph(permission)])
}
