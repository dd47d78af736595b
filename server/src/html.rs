//! An HTML document of ours on its way out, and where its forms may lead.

use crate::{clock::Chance, config::PublicUrl, directory::application::Application, guard::PagePolicy};
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

/// Whether redirects behind a form may end there: here, and at an application on the person's own device, which browsers open
/// only behind what was pressed just now. One on the web may send the browser on to whatever host, and Chromium applies
/// `form-action` to that as well: the way there has to begin anew.
pub fn may_end_a_form(uri: &str, public_url: &PublicUrl) -> bool {
    match Url::parse(uri) {
        Ok(url) if is_web(&url) => url.origin().ascii_serialization() == public_url.origin(),
        // A path of ours is no whole address.
        Ok(_) | Err(_) => true,
    }
}

/// Where the forms of the application's pages may lead besides here.
pub fn form_targets(application: &Application) -> Vec<String> {
    let schemes: BTreeSet<String> = application.redirect_uris.iter().filter_map(|it| own_scheme(&it.uri)).collect();
    schemes.into_iter().collect()
}

/// RFC 8252 §7.1.
fn own_scheme(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    (!is_web(&url)).then(|| format!("{}:", url.scheme()))
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
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
    fn redirects_behind_a_form_end_here_or_on_the_person_s_own_device() {
        let here = PublicUrl::parse("https://login.example").unwrap();
        for (uri, may, scheme) in [
            ("https://login.example/admin/", true, None),
            ("https://login.example:443/admin/", true, None),
            ("/t/oauth2/deviceauth?user_code=X", true, None),
            ("com.example.app:/cb", true, Some("com.example.app:")),
            ("com.example.app://cb", true, Some("com.example.app:")),
            ("https://shop.example/a?b", false, None),
            ("https://login.example:8443/", false, None),
            ("https://login.example@shop.example/", false, None),
            ("http://localhost:3000/cb", false, None),
            ("http://127.0.0.1/cb", false, None),
        ] {
            assert_eq!((may_end_a_form(uri, &here), own_scheme(uri).as_deref()), (may, scheme), "{uri}");
        }
    }
}
