//! Where a browser may be sent: to what is registered, and of that only to what is safe (security R27).

use crate::{
    directory::application::{Application, Platform, RedirectUri},
    error::Refusal,
};

/// The redirect URI as it is registered: character by character, no wildcard, no normal form (RFC 9700 §4.1.3).
pub fn registered<'a>(application: &'a Application, uri: &str) -> Result<&'a RedirectUri, Refusal> {
    let is_it = |known: &&RedirectUri| {
        known.uri == uri || (known.platform == Platform::Native && same_but_for_the_port(&known.uri, uri))
    };
    let known = application.redirect_uris.iter().find(is_it).filter(|known| may_be_sent_to(known.platform, uri));
    known.ok_or_else(|| {
        let why = "The redirect URI in the request is not among those registered for the application.";
        Refusal::new("invalid_request", 50011, why)
    })
}

/// RFC 8252 §7.3: an application on the person's own machine listens wherever a port is free. `localhost` is taken as
/// loopback too: it is what the clients of Entra send, and browsers never ask the network for it.
fn same_but_for_the_port(registered: &str, asked: &str) -> bool {
    match (loopback(registered), loopback(asked)) {
        (Some((host, path)), Some((asked_host, asked_path))) => host == asked_host && path == asked_path,
        _ => false,
    }
}

/// Host and everything behind the port of an `http` loopback URI.
fn loopback(uri: &str) -> Option<(&'static str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (host, rest) = ["127.0.0.1", "[::1]", "localhost"]
        .into_iter()
        .find_map(|host| rest.strip_prefix(host).map(|rest| (host, rest)))?;
    let path = match rest.strip_prefix(':') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (port, path) = rest.split_at(digits);
            (!port.starts_with('0') && port.parse::<u16>().is_ok()).then_some(path)?
        }
        None => rest,
    };
    (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path))
}

/// Whether a browser may be sent there at all, whoever registered it: `https`, `http` on the person's own machine, and
/// for applications on it a scheme of their own (RFC 8252 §7.1). Never script, never a place that reads as another
/// (security R27, cve 27).
pub fn may_be_sent_to(platform: Platform, uri: &str) -> bool {
    let plain = uri.bytes().all(|byte| byte.is_ascii_graphic()) && !uri.contains(['\\', '#', '"', '<', '>']);
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let place = match scheme {
        "https" => is_web_address(rest),
        "http" => is_web_address(rest) && loopback(uri).is_some(),
        _ => platform.may_own_scheme(scheme) && is_scheme(scheme),
    };
    plain && place && !climbs(uri)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Behind the colon: a host, and nobody's name before it.
fn is_web_address(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    !authority.is_empty() && !authority.contains(['@', '%'])
}

/// A path with `..` in it, in whatever spelling, is a path to somewhere else.
fn climbs(uri: &str) -> bool {
    let path = uri.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').skip(1).any(|segment| segment == "." || segment == "..")
}
