//! What a request's headers say of its form: which one it came in, and in which form and language it wants its answer.

use app::text;
use axum::http::{HeaderMap, HeaderValue, header};

/// Our own pages' scripts ask for JSON by its name alone; a browser that loads a page asks for HTML first.
pub fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"))
}

pub fn is_form(headers: &HeaderMap) -> bool {
    is_sent_as(headers, "application/x-www-form-urlencoded")
}

pub fn is_json(headers: &HeaderMap) -> bool {
    is_sent_as(headers, "application/json")
}

/// Without its parameters (RFC 9110 §8.3.1).
fn is_sent_as(headers: &HeaderMap, media_type: &str) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let bare = sent.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    bare.eq_ignore_ascii_case(media_type.as_bytes())
}

/// What the application asks for (OpenID Connect Core §3.1.2.1, `ui_locales`), then what the browser likes.
pub fn language(ui_locales: &str, accept_language: Option<&HeaderValue>) -> &'static str {
    let accepted = accept_language.and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    text::choose(ui_locales.split_whitespace().chain(text::accept_language(accepted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_form_is_known_whatever_its_parameters_and_case() {
        for (sent, form, json) in [
            ("application/x-www-form-urlencoded", true, false),
            ("Application/X-WWW-Form-Urlencoded ; charset=utf-8", true, false),
            ("application/json;charset=utf-8", false, true),
            ("application/jsonp", false, false),
            ("", false, false),
        ] {
            let headers = headers(header::CONTENT_TYPE, sent);
            assert_eq!((is_form(&headers), is_json(&headers)), (form, json), "{sent}");
        }
        assert!(!is_form(&HeaderMap::new()) && !is_json(&HeaderMap::new()));
    }

    #[test]
    fn a_browser_that_loads_a_page_is_not_sent_json() {
        assert!(wants_json(&headers(header::ACCEPT, "application/json")));
        assert!(!wants_json(&headers(header::ACCEPT, "text/html,application/xhtml+xml,application/json;q=0.9")));
        assert!(!wants_json(&HeaderMap::new()));
    }

    #[test]
    fn the_application_says_the_language_before_the_browser_does() {
        let german = HeaderValue::from_static("de-AT, en;q=0.5");
        assert_eq!(language("", Some(&german)), "de");
        assert_eq!(language("tlh ar", Some(&german)), "ar");
        assert_eq!(language("", None), "en");
    }
}
