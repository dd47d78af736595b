//! Whether a form came from a page of ours. The browser says so; a page elsewhere cannot make it lie (security R20).

use crate::{
    config::PublicUrl,
    error::{Error, Result},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// For groups of routes that a cookie opens. What an application calls with its own secret (token, management) has no
/// cookie to abuse, and is not behind this.
pub async fn only_from_our_pages(State(public_url): State<PublicUrl>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !reads && let Err(forged) = same_origin(request.headers(), &public_url) {
        return forged.into_response();
    }
    next.run(request).await
}

/// `Sec-Fetch-Site` decides where the browser sends it. Where it doesn't (before 2023, or plain http), `Origin` does.
///
/// Under our Referrer-Policy a plain form post has `Origin: null` (Fetch, "append a request Origin header"), so `Origin`
/// alone would refuse our own forms.
pub fn same_origin(headers: &HeaderMap, public_url: &PublicUrl) -> Result<()> {
    if let Some(site) = headers.get("sec-fetch-site") {
        let ours = site == "same-origin" && headers.get_all("sec-fetch-site").iter().count() == 1;
        return ours.then_some(()).ok_or(Error::Forged("Sec-Fetch-Site is not same-origin"));
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) if origin == public_url.origin() => Ok(()),
        (None, _) => Err(Error::Forged("neither Sec-Fetch-Site nor Origin")),
        _ => Err(Error::Forged("Origin is not ours")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn is_ours(headers: &[(&str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()));
        same_origin(&headers.collect(), &PublicUrl::parse("https://login.example.org").unwrap()).is_ok()
    }

    #[test]
    fn r20_our_own_forms_pass() {
        assert!(is_ours(&[("sec-fetch-site", "same-origin")]));
        assert!(is_ours(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(is_ours(&[("sec-fetch-site", "same-origin"), ("origin", "https://login.example.org")]));
        assert!(is_ours(&[("origin", "https://login.example.org")]));
    }

    #[test]
    fn r20_every_other_form_is_refused() {
        for headers in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "https://evil.example")],
            &[("origin", "https://login.example.org.evil.example")],
            &[("origin", "https://login.example.org:8443")],
            &[("origin", "http://login.example.org")],
            &[("origin", "https://LOGIN.example.org")],
            &[("origin", "https://login.example.org/")],
            &[("origin", "https://login.example.org"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://login.example.org")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("referer", "https://login.example.org/")],
        ] {
            assert!(!is_ours(headers), "{headers:?}");
        }
    }
}
