//! What an application asks to know: the scopes of OpenID Connect, and a token for itself, for an API of the tenant's
//! applications or for the management API.

use super::offered::{Api, NOTHING, Offered};
use crate::{config::PublicUrl, error::Refusal};
use app::contract::{id::ApplicationId, permission::Permission};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Each scope at most once, in this order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<Scope>);

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
    /// `api://<application>/Tasks.Read`: an access token for an API of the tenant's applications.
    Api(OfApi),
}

/// One scope of an application's API.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OfApi {
    pub api: ApplicationId,
    /// As the API reads it in `scp`. Nothing for the word `…/.default` itself, which stands beside what it stands for.
    pub value: Option<String>,
    /// As it was asked for: clients look for what they have under the very words (what clients need, 6).
    pub name: String,
}

/// Whose tokens can be asked for: the application itself, the management API, and the APIs that the request names.
#[derive(Clone, Copy)]
pub struct Apis<'a> {
    pub application: &'a ApplicationId,
    pub public_url: &'a PublicUrl,
    pub offered: &'a Offered,
}

impl<'a> Apis<'a> {
    /// Where no scope of another API is read.
    pub fn usual(application: &'a ApplicationId, public_url: &'a PublicUrl) -> Self {
        Self { application, public_url, offered: &NOTHING }
    }
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

/// Whatever is allowed, without naming it (`entra-protocol` §2).
pub const DEFAULT: &str = ".default";

/// More than any application asks for at once. Each may stand for all that an API offers.
const MOST_WORDS: usize = 128;

impl Scopes {
    /// A word that we do not know is ignored (OpenID Connect Core §3.1.2.1); a scope of an API is granted or refused, because
    /// a token without it would be for somebody else, and one token cannot be for two.
    pub fn asked(text: &str, apis: Apis) -> Result<Self, Refusal> {
        let words = distinct(text);
        if words.len() > MOST_WORDS {
            return Err(unknown("The request asks for too many scopes at once."));
        }
        let mut scopes = Vec::new();
        for word in words {
            scopes.extend(meant(word, apis)?);
        }
        let scopes = Self(once(scopes));
        if scopes.open_nothing() {
            return Err(unknown("The request asks for no scope that can be granted; 'openid' is the usual one."));
        }
        scopes.for_one(apis.application)
    }

    /// As a family of refresh tokens remembers them. What was taken away since is not among them.
    pub fn read(text: &str, apis: Apis) -> Self {
        Self(once(distinct(text).into_iter().filter_map(|word| meant(word, apis).ok()).flatten().collect()))
    }

    /// One token cannot be for two. Words that were for one API once may be for two when they are read again: names of APIs
    /// come and go.
    pub fn for_one(self, application: &ApplicationId) -> Result<Self, Refusal> {
        if self.are_for_two(application) {
            let why = "The scopes of the request belong to two APIs: ask for one token for each.";
            return Err(Refusal::new("invalid_scope", 28000, why));
        }
        Ok(self)
    }

    /// Whether the access token is for the management API.
    pub fn is_for_graph(&self) -> bool {
        self.0.iter().any(|scope| matches!(scope, Scope::Graph(_)))
    }

    /// Whose API the access token is for, where its scopes were asked for.
    pub fn api(&self) -> Option<&ApplicationId> {
        self.of_api().next().map(|scope| &scope.api)
    }

    fn of_api(&self) -> impl Iterator<Item = &OfApi> {
        self.0.iter().filter_map(|scope| match scope {
            Scope::Api(of_api) => Some(of_api),
            _ => None,
        })
    }

    /// Whether the access token would say something that its API does not offer, or that the application may not have.
    pub fn are_beyond(&self, in_force: &[String]) -> bool {
        self.of_api().filter_map(|scope| scope.value.as_ref()).any(|value| !in_force.contains(value))
    }

    fn are_for_two(&self, application: &ApplicationId) -> bool {
        let own = self.has(&Scope::Itself).then_some(application);
        let mut apis = self.of_api().map(|scope| &scope.api).chain(own);
        match apis.next() {
            Some(first) => self.is_for_graph() || apis.any(|api| api != first),
            None => false,
        }
    }

    /// `scp` of a token for the management API or for an application's: its own words, and nothing that another API would
    /// read.
    pub fn permissions(&self) -> String {
        let reader = self.api().filter(|_| !self.is_for_graph());
        let word = |scope: &'_ Scope| match scope {
            Scope::Graph(permission) => Some(permission.word().to_owned()),
            Scope::Api(of_api) if Some(&of_api.api) == reader => of_api.value.clone(),
            _ => None,
        };
        self.0.iter().filter_map(word).collect::<Vec<_>>().join(" ")
    }

    /// As an answer tells them that brings no refresh token.
    pub fn without_refresh(&self) -> Scopes {
        self.only(|scope| *scope != Scope::OfflineAccess)
    }

    /// A refresh token alone is good for nothing.
    pub fn open_nothing(&self) -> bool {
        self.0.iter().all(|scope| *scope == Scope::OfflineAccess)
    }

    pub fn has(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Those that a refresh gives: it may ask for less than the resource owner granted, never for more (RFC 6749 §6). For an
    /// application's API that is no person but an administrator, who grants it to the client for everybody; so its scopes,
    /// of which none but granted ones are ever among those that were asked, need not have been asked for at the sign-in.
    /// MSAL signs in first and asks for each API when it is called. Neither need its own id: a token for the application itself
    /// is what `openid` gives as well, and B2C's clients find it again by this word alone.
    pub fn at_refresh(&self, granted: &Scopes) -> Scopes {
        self.only(|scope| matches!(scope, Scope::Api(_) | Scope::Itself) || granted.has(scope))
    }

    fn only(&self, wanted: impl Fn(&Scope) -> bool) -> Scopes {
        Self(self.0.iter().filter(|scope| wanted(scope)).cloned().collect())
    }

    /// As tokens and answers tell them (RFC 6749 §3.3).
    pub fn text(&self, apis: Apis) -> String {
        self.0.iter().map(|scope| name(scope, apis)).collect::<Vec<_>>().join(" ")
    }
}

fn name(scope: &Scope, apis: Apis) -> String {
    match scope {
        Scope::Openid => "openid".to_owned(),
        Scope::Profile => "profile".to_owned(),
        Scope::Email => "email".to_owned(),
        Scope::OfflineAccess => "offline_access".to_owned(),
        Scope::Itself => apis.application.to_string(),
        Scope::Graph(permission) => format!("{}/{}", apis.public_url.graph(), permission.word()),
        Scope::Api(of_api) => of_api.name.clone(),
    }
}

/// What one word of a request asks for; nothing where it is none of ours.
fn meant(word: &str, apis: Apis) -> Result<Vec<Scope>, Refusal> {
    if let Some((scope, _)) = WORDS.iter().find(|(_, known)| *known == word) {
        return Ok(vec![scope.clone()]);
    }
    if let Some(scopes) = of_graph(word, apis.public_url) {
        return Ok(scopes);
    }
    if let Some((api, value)) = apis.offered.find(word)
        && (api.id != *apis.application || value != DEFAULT || !api.granted.is_empty())
    {
        return of_an_api(word, api, value);
    }
    if is_itself(word, apis) {
        return Ok(vec![Scope::Itself]);
    }
    match word.contains(['/', ':']) {
        true => Err(unknown("A scope in the request belongs to an API that this tenant does not know.")),
        false => Ok(Vec::new()),
    }
}

fn of_an_api(word: &str, api: &Api, asked: &str) -> Result<Vec<Scope>, Refusal> {
    let scope =
        |value: Option<&String>, name: String| Scope::Api(OfApi { api: api.id.clone(), value: value.cloned(), name });
    if asked == DEFAULT {
        if api.granted.is_empty() {
            return Err(not_granted());
        }
        let prefix = word.strip_suffix(DEFAULT).unwrap_or(word);
        let granted = api.granted.iter().map(|value| scope(Some(value), format!("{prefix}{value}")));
        return Ok(granted.chain([scope(None, word.to_owned())]).collect());
    }
    // A value has the letters of ASCII alone, and no two differ by their case: as Entra takes them.
    let known = |values: &'_ [String]| values.iter().find(|value| value.eq_ignore_ascii_case(asked)).cloned();
    match (known(&api.granted), known(&api.enabled)) {
        (Some(value), _) => Ok(vec![scope(Some(&value), word.to_owned())]),
        (None, Some(_)) => Err(not_granted()),
        (None, None) => Err(unknown("A scope in the request is none of those that its API offers.")),
    }
}

fn unknown(why: &str) -> Refusal {
    Refusal::new("invalid_scope", 70011, why)
}

/// No permission of anybody who signs in would change it.
pub const NOT_GRANTED: u32 = 65_001;

/// The error by which applications know that asking silently is no use (OpenID Connect Core §3.1.2.6).
fn not_granted() -> Refusal {
    let why = "The application was not granted a scope that it asks for: an administrator grants it in the portal, under \
               the application's API permissions.";
    Refusal::new("consent_required", NOT_GRANTED, why)
}

/// The words of a text, each once: whatever is said a thousand times is looked at once.
fn distinct(text: &str) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    text.split_ascii_whitespace().filter(|word| seen.insert(*word)).collect()
}

/// Each at most once, in the order in which they came.
fn once(scopes: Vec<Scope>) -> Vec<Scope> {
    let mut known: Vec<Scope> = Vec::new();
    for scope in scopes {
        if !known.iter().any(|known| is_same(known, &scope)) {
            known.push(scope);
        }
    }
    known
}

/// Under the names of its API, and in upper and lower case, a scope is one. `…/.default` is told under each name: it stands
/// for more than itself.
fn is_same(known: &Scope, scope: &Scope) -> bool {
    match (known, scope) {
        (Scope::Api(known), Scope::Api(scope)) if scope.value.is_some() => {
            (&known.api, &known.value) == (&scope.api, &scope.value)
        }
        (known, scope) => known == scope,
    }
}

/// By its id, bare or as Entra proposes it (`api://id`), with `/.default` or without; or as it calls its API, where it offers
/// no scopes.
fn is_itself(word: &str, apis: Apis) -> bool {
    let bare = word.strip_suffix("/.default").unwrap_or(word);
    let is_found =
        || apis.offered.find(word).is_some_and(|(api, value)| api.id == *apis.application && value == DEFAULT);
    bare.strip_prefix("api://").unwrap_or(bare) == apis.application.as_str() || is_found()
}

/// One permission by its name, or `.default`: whatever the roles of the person allow.
fn of_graph(word: &str, public_url: &PublicUrl) -> Option<Vec<Scope>> {
    let name = word.strip_prefix(&public_url.graph())?.strip_prefix('/')?;
    if name == DEFAULT {
        return Some(Permission::all().map(Scope::Graph).collect());
    }
    Permission::named(name).map(|permission| vec![Scope::Graph(permission)])
}

#[cfg(test)]
mod tests;
