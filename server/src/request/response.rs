//! What an application wants back from the authorization endpoint, and how it travels (OAuth 2.0 Multiple Response Type
//! Encoding Practices, Form Post Response Mode).

use serde::{Deserialize, Serialize};

/// Which of the three the answer holds. None of them is `none`: the application only wants to know that it went well.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResponseType {
    pub code: bool,
    pub id_token: bool,
    pub token: bool,
}

impl Default for ResponseType {
    fn default() -> Self {
        Self::CODE
    }
}

impl ResponseType {
    pub const CODE: ResponseType = ResponseType { code: true, id_token: false, token: false };

    const fn of(code: bool, id_token: bool, token: bool) -> Self {
        Self { code, id_token, token }
    }

    /// What discovery tells. An access token alone is not among them: nothing would say for whom it was made.
    pub const ALL: [(&str, ResponseType); 6] = [
        ("code", Self::CODE),
        ("id_token", Self::of(false, true, false)),
        ("code id_token", Self::of(true, true, false)),
        ("id_token token", Self::of(false, true, true)),
        ("code id_token token", Self::of(true, true, true)),
        ("none", Self::of(false, false, false)),
    ];

    /// The words may come in any order (OAuth 2.0 Multiple Response Types §3).
    pub fn named(text: &str) -> Option<Self> {
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        let asked = sorted(text);
        Self::ALL.into_iter().find(|(name, _)| sorted(name) == asked).map(|(_, response)| response)
    }

    pub fn is_code(&self) -> bool {
        *self == Self::CODE
    }

    /// Tokens never stand in a query, where servers write them into their logs (OAuth 2.0 Multiple Response Types §5).
    pub fn holds_tokens(self) -> bool {
        self.id_token || self.token
    }

    pub fn usual_mode(self) -> ResponseMode {
        if self.holds_tokens() { ResponseMode::Fragment } else { ResponseMode::Query }
    }
}

/// How the answer travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    Query,
    Fragment,
    /// A page of ours posts it.
    FormPost,
    /// A window tells it the page that opened it, and closes: where the answer goes is the origin of a page that shows the
    /// widget (draft-sakimura-oauth-wmrm §4).
    WebMessage,
}

impl ResponseMode {
    /// What discovery tells: those for every redirect URI.
    pub const ALL: [ResponseMode; 3] = [ResponseMode::Query, ResponseMode::Fragment, ResponseMode::FormPost];

    pub fn name(self) -> &'static str {
        match self {
            ResponseMode::Query => "query",
            ResponseMode::Fragment => "fragment",
            ResponseMode::FormPost => "form_post",
            ResponseMode::WebMessage => "web_message",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::WebMessage]).find(|mode| mode.name() == name)
    }

    /// Where even a refusal goes: as was asked, if that is allowed for what was asked.
    pub fn of(response_mode: Option<&str>, response_type: Option<&str>) -> Self {
        let usual = response_type.and_then(ResponseType::named).unwrap_or_default().usual_mode();
        match response_mode.and_then(Self::named) {
            None | Some(ResponseMode::Query) => usual,
            Some(mode) => mode,
        }
    }
}

/// Where an answer goes. Made only of a redirect URI that was found among the application's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Return {
    pub uri: String,
    pub mode: ResponseMode,
    /// In a window that the application's page opened.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub popup: bool,
    /// The application's own word, given back as it came (RFC 6749 §4.1.2).
    pub state: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_type_is_a_set_of_words() {
        assert_eq!(ResponseType::named("token id_token code"), Some(ResponseType::of(true, true, true)));
        assert_eq!(ResponseType::named("id_token code"), ResponseType::named("code id_token"));
        for unknown in ["", "token", "code token", "CODE", "code code", "none code", "code  id_token", " code"] {
            assert_eq!(ResponseType::named(unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn tokens_never_travel_in_a_query() {
        for (mode, kind, travels) in [
            (None, "code", ResponseMode::Query),
            (None, "none", ResponseMode::Query),
            (None, "id_token", ResponseMode::Fragment),
            (Some("query"), "code id_token", ResponseMode::Fragment),
            (Some("query"), "code", ResponseMode::Query),
            (Some("fragment"), "code", ResponseMode::Fragment),
            (Some("form_post"), "code id_token", ResponseMode::FormPost),
            (Some("web_message"), "code", ResponseMode::WebMessage),
            (Some("message"), "id_token", ResponseMode::Fragment),
            (None, "unknown", ResponseMode::Query),
        ] {
            assert_eq!(ResponseMode::of(mode, Some(kind)), travels, "{mode:?} {kind}");
        }
    }
}
