//! What an application sends, by name: from a query or a form, each parameter once.

use crate::{error::Refusal, wishes::is_form};
use axum::http::HeaderMap;

#[derive(Clone)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub fn of_query(query: Option<&str>) -> Self {
        Self::decoded(query.unwrap_or_default().as_bytes())
    }

    /// RFC 6749 §3.2: requests come as a form, and as nothing else.
    pub fn of_form(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        if !is_form(headers) {
            let why = "The request body must be application/x-www-form-urlencoded.";
            return Err(Refusal::new("invalid_request", 90013, why));
        }
        Ok(Self::decoded(body))
    }

    fn decoded(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// As a query again.
    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
        self
    }

    /// This value and no other.
    pub fn with(self, name: &str, value: &str) -> Self {
        let Self(mut pairs) = self.without(&[name]);
        pairs.push((name.into(), value.into()));
        Self(pairs)
    }

    /// A parameter without a value counts as left out (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| {
            Refusal::new("invalid_request", 900144, format!("The request must contain the parameter '{name}'."))
        })
    }

    /// RFC 6749 §3.1: no parameter twice. Of two, this server and whoever stands before it might each read another one
    /// (security cve 33). What we do not read may come as often as it likes.
    pub fn once(&self, names: &[&str]) -> Result<(), Refusal> {
        let times = |name: &str| self.0.iter().filter(|(known, _)| known == name).count();
        match names.iter().find(|name| times(name) > 1) {
            Some(name) => {
                Err(Refusal::new("invalid_request", 90100, format!("The parameter '{name}' is there more than once.")))
            }
            None => Ok(()),
        }
    }
}
