//! The way back to the application: its redirect URI with the answer on it. Nothing else in the house sends a browser away.

use crate::{
    assets,
    client::{error_number, tongue::Tongue},
    directory::{application::Application, tenant::Tenant},
    error::Refusal,
    guard::{IsPopup, MayBeFramed},
    html,
    request::response::{ResponseMode, Return},
    state::AppState,
    wishes,
};
use app::{
    hosted::{FormPost, WebMessage},
    shell, text,
};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The person's own word.
pub const CALLED_OFF: u32 = 65_004;

/// Who answers whom: what goes with every answer, and what its page says where the answer is one.
#[derive(Clone, Copy)]
pub struct Answering<'a> {
    pub state: &'a AppState,
    pub tenant: &'a Tenant,
    pub application: &'a Application,
    pub headers: &'a HeaderMap,
    pub ui_locales: &'a str,
    /// Who says so.
    pub issuer: &'a str,
    /// In which numbers, and under which name the request is known.
    pub tongue: Tongue,
    pub trace: &'a str,
}

impl Return {
    pub fn with_refusal(&self, from: Answering, refusal: &Refusal) -> Response {
        let Answering { state, tongue, trace, .. } = from;
        let description = tongue.description(refusal.number, &refusal.description, trace, state.clock.now());
        let about = error_number::address(&state.config.public_url, tongue, refusal.number);
        let mut pairs = vec![("error", refusal.error), ("error_description", description.as_str())];
        pairs.extend(about.as_deref().map(|about| ("error_uri", about)));
        // By which MSAL on phones tells a person who did not want to from something that went wrong (entra-protocol §2).
        pairs.extend((refusal.number == CALLED_OFF).then_some(("error_subcode", "cancel")));
        self.with(from, &pairs)
    }

    pub fn with(&self, from: Answering, answer: &[(&str, &str)]) -> Response {
        let pairs = self.named(from.issuer, answer);
        let mut response = match self.mode {
            ResponseMode::FormPost => self.posted(from, &pairs),
            ResponseMode::WebMessage => self.told(from, &pairs),
            mode => see_other(&with_pairs(&self.uri, mode, &pairs)),
        };
        response.extensions_mut().insert(MayBeFramed);
        self.in_its_window(response)
    }

    pub fn in_its_window(&self, mut response: Response) -> Response {
        if self.popup {
            response.extensions_mut().insert(IsPopup);
        }
        response
    }

    /// RFC 9207 §2: every answer names its issuer, refusals too.
    fn named<'a>(&'a self, issuer: &'a str, answer: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let always = [("state", self.state.as_deref()), ("iss", Some(issuer))];
        let always = always.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        answer.iter().copied().chain(always).collect()
    }

    /// OAuth 2.0 Form Post Response Mode §2: a page whose form posts the pairs; without scripts somebody presses its button.
    fn posted(&self, from: Answering, fields: &[(&str, &str)]) -> Response {
        let language = wishes::language(from.ui_locales, from.headers.get(header::ACCEPT_LANGUAGE));
        let nonce = html::nonce(&from.state.chance);
        let page = FormPost { brand: &from.tenant.brand, application: &from.application.name, uri: &self.uri, fields };
        let body = shell::form_post(&page, &text::texts(language), assets::scripts(language), &nonce);
        html::document_posting(body, nonce)
    }

    fn told(&self, from: Answering, pairs: &[(&str, &str)]) -> Response {
        let language = wishes::language(from.ui_locales, from.headers.get(header::ACCEPT_LANGUAGE));
        let location = with_pairs(&self.uri, ResponseMode::Query, pairs);
        let page = WebMessage { brand: &from.tenant.brand, application: &from.application.name, location: &location };
        message(from.state, &page, &self.uri, language)
    }
}

/// A page whose script tells the window that opened it, if that shows a page of the very origin, and closes.
pub fn message(state: &AppState, page: &WebMessage, origin: &str, language: &str) -> Response {
    let nonce = html::nonce(&state.chance);
    let body = shell::web_message(page, origin, &text::texts(language), assets::scripts(language), &nonce);
    html::document(body, nonce, Vec::new())
}

/// `uri` with the pairs where the mode wants them. A query that is registered stays (RFC 6749 §3.1.2).
pub fn with_pairs(uri: &str, mode: ResponseMode, pairs: &[(&str, &str)]) -> String {
    let mut text = String::from(uri);
    let mut separator = match mode {
        ResponseMode::Fragment => '#',
        _ if uri.contains('?') => '&',
        _ => '?',
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

/// 303: whatever the request was, what follows is a GET (RFC 9700 §4.12).
pub fn see_other(location: &str) -> Response {
    match HeaderValue::try_from(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        // A redirect URI is checked before anything is sent to it, and what we add is encoded.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r29_every_answer_names_its_issuer_and_gives_the_state_back() {
        let to = Return {
            uri: "https://app.example/cb".into(),
            mode: ResponseMode::Query,
            popup: false,
            state: Some("a b&c=ü#\r\n".into()),
        };
        let location =
            |answer: &[(&str, &str)]| with_pairs(&to.uri, to.mode, &to.named("https://login.example/t/v2.0", answer));
        assert_eq!(
            location(&[("code", "c0de")]),
            "https://app.example/cb?code=c0de&state=a%20b%26c%3D%C3%BC%23%0D%0A&iss=https%3A%2F%2Flogin.example%2Ft%2Fv2.0"
        );
        let refused = location(&[("error", "access_denied"), ("error_description", "AADSTS65004: No.")]);
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
