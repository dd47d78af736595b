//! The way back to the application: its redirect URI with the answer on it. Nothing else in the house sends a browser away.

use crate::{config::PublicUrl, error::Refusal, guard::MayBeFramed};
use app::contract::id::TenantId;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// How the answer travels. `form_post` will be the third arm: a page of ours that posts the same pairs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    Query,
    Fragment,
}

impl ResponseMode {
    pub const ALL: [ResponseMode; 2] = [ResponseMode::Query, ResponseMode::Fragment];

    pub fn name(self) -> &'static str {
        match self {
            ResponseMode::Query => "query",
            ResponseMode::Fragment => "fragment",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Where an answer goes. Made only of a redirect URI that was found among the application's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Return {
    pub uri: String,
    pub mode: ResponseMode,
    /// The application's own word, given back as it came (RFC 6749 §4.1.2).
    pub state: Option<String>,
}

impl Return {
    pub fn with_code(&self, issuer: &str, code: &str) -> Response {
        self.carrying(issuer, &[("code", code)])
    }

    pub fn with_refusal(&self, issuer: &str, refusal: &Refusal) -> Response {
        let description = format!("AADSTS{}: {}", refusal.number, refusal.description);
        self.carrying(issuer, &[("error", refusal.error), ("error_description", &description)])
    }

    fn carrying(&self, issuer: &str, answer: &[(&str, &str)]) -> Response {
        // RFC 9207 §2: every answer names its issuer, refusals too.
        let always = [("state", self.state.as_deref()), ("iss", Some(issuer))];
        let always = always.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        let pairs: Vec<(&str, &str)> = answer.iter().copied().chain(always).collect();
        let mut response = see_other(&with_pairs(&self.uri, self.mode, &pairs));
        response.extensions_mut().insert(MayBeFramed);
        response
    }
}

/// `uri` with the pairs where the mode wants them. A query that is registered stays (RFC 6749 §3.1.2).
pub fn with_pairs(uri: &str, mode: ResponseMode, pairs: &[(&str, &str)]) -> String {
    let mut text = String::from(uri);
    let mut separator = match mode {
        ResponseMode::Fragment => '#',
        ResponseMode::Query if uri.contains('?') => '&',
        ResponseMode::Query => '?',
    };
    for (name, value) in pairs {
        text.push(separator);
        text.push_str(name);
        text.push('=');
        text.extend(utf8_percent_encode(value, ENCODED));
        separator = '&';
    }
    text
}

/// All but RFC 3986's unreserved characters: a space becomes `%20`, which every reader understands.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A word as part of a path.
pub fn segment(word: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(word, ENCODED)
}

/// 303: whatever the request was, what follows is a GET (RFC 9700 §4.12).
pub fn see_other(location: &str) -> Response {
    match HeaderValue::try_from(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        // A redirect URI is checked before anything is sent to it, and what we add is encoded.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The tenant's name in tokens and answers: always by its id, whatever name it was asked by.
pub fn issuer(public_url: &PublicUrl, tenant: &TenantId) -> String {
    public_url.at(&format!("/{tenant}/v2.0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(to: &Return, refusal: Option<Refusal>) -> String {
        let response = match refusal {
            Some(refusal) => to.with_refusal("https://login.example/t/v2.0", &refusal),
            None => to.with_code("https://login.example/t/v2.0", "c0de"),
        };
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        response.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    #[test]
    fn r29_every_answer_names_its_issuer_and_gives_the_state_back() {
        let to = Return {
            uri: "https://app.example/cb".into(),
            mode: ResponseMode::Query,
            state: Some("a b&c=ü#\r\n".into()),
        };
        assert_eq!(
            location(&to, None),
            "https://app.example/cb?code=c0de&state=a%20b%26c%3D%C3%BC%23%0D%0A&iss=https%3A%2F%2Flogin.example%2Ft%2Fv2.0"
        );
        let refused = location(&to, Some(Refusal::new("access_denied", 65004, "No.")));
        assert!(
            refused.starts_with("https://app.example/cb?error=access_denied&error_description=AADSTS65004%3A%20No.")
        );
        assert!(refused.ends_with("&iss=https%3A%2F%2Flogin.example%2Ft%2Fv2.0"));
    }

    #[test]
    fn the_answer_goes_where_the_mode_says_and_a_registered_query_stays() {
        let pairs = [("code", "1")];
        assert_eq!(with_pairs("https://a/cb?x=y", ResponseMode::Query, &pairs), "https://a/cb?x=y&code=1");
        assert_eq!(with_pairs("https://a/cb?x=y", ResponseMode::Fragment, &pairs), "https://a/cb?x=y#code=1");
        assert_eq!(with_pairs("com.example.app:/cb", ResponseMode::Query, &pairs), "com.example.app:/cb?code=1");
    }
}
