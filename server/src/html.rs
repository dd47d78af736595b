//! An HTML document of ours on its way out, and where its forms may lead.

use crate::{
    clock::Chance,
    directory::application::{Application, Platform, RedirectUri},
    guard::PagePolicy,
};
use axum::{
    Extension,
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use std::collections::BTreeSet;
use url::Url;

/// A word that only scripts and styles of this one document know.
pub fn nonce(chance: &Chance) -> String {
    STANDARD_NO_PAD.encode(chance.bytes::<18>())
}

/// A page, with the policy that the guard writes for it.
pub fn document(body: String, nonce: String, form_targets: Vec<String>) -> Response {
    let policy = PagePolicy { nonce, form_targets: Some(form_targets), frames: Vec::new(), framed_by: None };
    (Extension(policy), Html(body)).into_response()
}

/// A page whose one form posts to an application, which may send the browser on to whatever host: Chromium applies
/// `form-action` to every redirect after a post (w3c/webappsec-csp #8), and nobody but the application knows where those lead.
/// Where the form itself goes is registered, and nothing on the page can be changed without its nonce.
pub fn document_posting(body: String, nonce: String) -> Response {
    let policy = PagePolicy { nonce, form_targets: None, frames: Vec::new(), framed_by: None };
    (Extension(policy), Html(body)).into_response()
}

/// A page with pages of others inside it.
pub fn document_with_frames(body: String, nonce: String, frames: Vec<String>) -> Response {
    let policy = PagePolicy { nonce, form_targets: Some(Vec::new()), frames, framed_by: None };
    (Extension(policy), Html(body)).into_response()
}

/// A page that shows nothing, inside a page of that origin.
pub fn document_framed_by(body: String, nonce: String, framed_by: Option<String>) -> Response {
    let policy = PagePolicy { nonce, form_targets: Some(Vec::new()), frames: Vec::new(), framed_by };
    (Extension(policy), Html(body)).into_response()
}

/// Chromium applies `form-action` to the redirects after a post as well, and the last of them leads to the application.
pub fn form_targets(application: &Application) -> Vec<String> {
    let targets: BTreeSet<String> = application.redirect_uris.iter().filter_map(registered_source).collect();
    targets.into_iter().collect()
}

fn registered_source(redirect: &RedirectUri) -> Option<String> {
    let url = Url::parse(&redirect.uri).ok()?;
    match (url.scheme(), url.host_str()) {
        // RFC 8252 §7.3: on loopback the port is a native application's choice of the moment.
        ("http", Some(host @ ("127.0.0.1" | "[::1]" | "localhost"))) if redirect.platform == Platform::Native => {
            Some(format!("http://{host}:*"))
        }
        _ => source(&redirect.uri),
    }
}

/// An address as a CSP source: its origin, or the bare scheme of a native application.
pub fn source(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(_)) => Some(url.origin().ascii_serialization()),
        (scheme, _) => Some(format!("{scheme}:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_may_lead_to_where_the_application_lives() {
        let source = |platform, uri: &str| registered_source(&RedirectUri { platform, uri: uri.into() });
        assert_eq!(source(Platform::Web, "https://shop.example/a?b").as_deref(), Some("https://shop.example"));
        assert_eq!(source(Platform::Web, "http://localhost:3000/cb").as_deref(), Some("http://localhost:3000"));
        assert_eq!(source(Platform::Native, "http://localhost/cb").as_deref(), Some("http://localhost:*"));
        assert_eq!(source(Platform::Native, "http://127.0.0.1/cb").as_deref(), Some("http://127.0.0.1:*"));
        assert_eq!(source(Platform::Native, "com.example.app:/cb").as_deref(), Some("com.example.app:"));
        assert_eq!(source(Platform::Web, "not a uri"), None);
    }
}
