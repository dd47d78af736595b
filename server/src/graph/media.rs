//! In which forms requests and answers come: JSON, but for pictures, and numbers that are plain text.

use crate::error::{Error, Result};
use axum::{
    body::HttpBody,
    extract::Request,
    http::{HeaderMap, HeaderName, Method, header},
};

/// RFC 9110 §15.5.7 and §15.5.16.
pub fn judge(request: &Request) -> Result<()> {
    let path = request.uri().path();
    // Pictures look at their bytes themselves.
    if path.contains("/branding/") || path.ends_with("/$count") {
        return Ok(());
    }
    // A design is also written for people to read.
    let is_good = |kind: &str| is_json(kind) || matches!(path, "/export" | "/import") && kind == "application/toml";
    let brings = request.method() != Method::GET && !request.body().is_end_stream();
    if brings && !named(request.headers(), header::CONTENT_TYPE, is_good) {
        return Err(Error::UnsupportedMediaType);
    }
    match named(request.headers(), header::ACCEPT, |kind| is_good(kind) || matches!(kind, "*/*" | "application/*")) {
        true => Ok(()),
        false => Err(Error::NotAcceptable),
    }
}

/// Whoever says nothing means JSON. Parameters of a type (`odata.metadata`, `charset`, `q`) change nothing here.
fn named(headers: &HeaderMap, name: HeaderName, good: impl Fn(&str) -> bool) -> bool {
    let mut told = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).peekable();
    let silent = told.peek().is_none();
    let kind = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    silent || told.flat_map(|value| value.split(',')).any(|value| good(&kind(value)))
}

fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
}
