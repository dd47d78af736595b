//! Which pages elsewhere may read what we answer (security R25). No answer here depends on a cookie.

use crate::directory::application::{Application, Platform, origin_of};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// RFC 6454 §7.2. `null` is the origin of nobody in particular.
pub fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN).map(|value| value.to_str().unwrap_or("unreadable"))
}

/// Whether the application has a single-page redirect URI there, or shows the widget: scheme, host and port as browsers write
/// them.
pub fn is_origin_of(application: &Application, origin: &str) -> bool {
    if application.widget_origins.iter().any(|known| known == origin) {
        return true;
    }
    let mut pages = application.redirect_uris.iter().filter(|known| known.platform == Platform::SinglePage);
    pages.any(|page| origin_of(&page.uri).as_deref() == Some(origin))
}

/// The layer around what is published: every page may read it, and also that there is none.
pub async fn everybody(request: Request, next: Next) -> Response {
    allow_everybody(next.run(request).await)
}

/// Lets every page read what holds nothing of anybody's. A refusal that came before the application was known is such: a page
/// that is not told why takes it for a fault of the network.
pub fn allow_everybody(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Lets the application's own pages read the answer, and no others.
pub fn allow_pages_of(application: &Application, headers: &HeaderMap, mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = headers.get(header::ORIGIN)
        && origin.to_str().is_ok_and(|origin| is_origin_of(application, origin))
    {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        let readable = HeaderValue::from_static("x-ms-request-id, www-authenticate, dpop-nonce");
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, readable);
    }
    response
}

/// The question before a request. It cannot say for which application it asks, so it is answered yes, and the answer to
/// the request itself decides who reads it. Credentials are never allowed. Some clients send headers of their application's
/// own, which the star stands for; older browsers, which do not know it, find the usual ones by name.
pub async fn preflight() -> Response {
    const HEADERS: &str = "authorization, content-type, dpop, client-request-id, x-client-sku, x-client-ver, x-client-os, \
                           x-client-cpu, x-client-current-telemetry, x-client-last-telemetry, x-ms-lib-capability, \
                           x-anchormailbox, x-app-name, x-app-ver, *";
    [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS)),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600")),
    ]
    .into_response()
}
