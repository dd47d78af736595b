//! The headers that every answer wears (security R21, R23, R26).

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};

/// What a page of ours may do. A handler that answers HTML puts it into the response's extensions.
#[derive(Clone, Debug)]
pub struct PagePolicy {
    /// As the page's own script elements say it.
    pub nonce: String,
    /// Where a form of this page may end besides here: Chromium applies `form-action` to every redirect behind a form
    /// (w3c/webappsec-csp #8). Nothing where nobody knows.
    pub form_targets: Option<Vec<String>>,
    /// Whose pages it shows inside itself.
    pub frames: Vec<String>,
    /// The origin whose pages may show it inside them: one at which there is something registered, and nothing to click here.
    pub framed_by: Option<String>,
}

/// In a response's extensions: what a silent sign-in in a frame of the application's own page is answered with. Browsers
/// apply frame rules to redirects as well, and there is nothing on this one to click (what clients need, 12).
#[derive(Clone, Copy, Debug)]
pub struct MayBeFramed;

/// In a response's extensions: part of a sign-in in a window that the application's page opened, and waits for. Both would
/// lose sight of each other under `same-origin` (`entra-protocol` 6.2).
#[derive(Clone, Copy, Debug)]
pub struct IsPopup;

const NOTHING_FRAMED: HeaderValue = HeaderValue::from_static("default-src 'none'");

const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Where a handler said something itself, its word stands.
const UNLESS_SAID: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_SECURITY_POLICY, NOTHING),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
             midi=(), payment=(), usb=()",
        ),
    ),
];

/// `https_for_ever` is nothing where it is not promised, and says whether our names below it are meant as well: what stands
/// below a tenant's own name is the tenant's (RFC 6797 §6.1.2).
pub(super) fn dress(response: &mut Response, https_for_ever: Option<bool>) {
    let policy = response.extensions_mut().remove::<PagePolicy>();
    let is_framed = policy.as_ref().is_some_and(|policy| policy.framed_by.is_some());
    let policy = policy.map(|policy| policy.header().unwrap_or(NOTHING));
    let may_be_framed = response.status().is_redirection() && response.extensions().get::<MayBeFramed>().is_some();
    let is_popup = response.extensions().get::<IsPopup>().is_some();
    let headers: &mut HeaderMap = response.headers_mut();
    headers.reserve(10);
    if is_popup {
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("unsafe-none"));
    }
    if let Some(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in UNLESS_SAID {
        headers.entry(name).or_insert(value);
    }
    headers.extend(ALWAYS);
    if is_framed {
        headers.remove(header::X_FRAME_OPTIONS);
        // For pages that let in only what says that it may be let in (`Cross-Origin-Embedder-Policy`).
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        headers.append(header::VARY, HeaderValue::from_static("Referer"));
    }
    if may_be_framed {
        headers.remove(header::X_FRAME_OPTIONS);
        headers.insert(header::CONTENT_SECURITY_POLICY, NOTHING_FRAMED);
    }
    if let Some(with_names_below) = https_for_ever {
        let year = match with_names_below {
            true => HeaderValue::from_static("max-age=31536000; includeSubDomains"),
            false => HeaderValue::from_static("max-age=31536000"),
        };
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

impl PagePolicy {
    fn header(&self) -> Option<HeaderValue> {
        let Self { nonce, form_targets, frames, framed_by } = self;
        let ancestors = framed_by.as_deref().unwrap_or("'none'");
        let targets = form_targets.as_ref().map(|targets| format!("form-action 'self' {}; ", targets.join(" ")));
        let targets = targets.unwrap_or_default();
        let frame = if frames.is_empty() { String::new() } else { format!("frame-src {}; ", frames.join(" ")) };
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
             style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
             {frame}{targets}base-uri 'none'; object-src 'none'; frame-ancestors {ancestors}"
        );
        // Either part could otherwise add a directive of its own.
        let plain = |text: &str| !text.contains([';', ',', '\'', ' ']);
        (plain(nonce) && form_targets.iter().flatten().chain(frames).chain(framed_by).all(|target| plain(target)))
            .then(|| HeaderValue::try_from(policy).ok())
            .flatten()
    }
}
