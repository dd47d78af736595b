//! Where a browser may be sent: to what is registered, and of that only to what is safe (security R27).

use crate::{
    directory::application::{Application, Platform, RedirectUri},
    error::Refusal,
};
use url::{Host, Url};

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
    let is_nobody_s = |url: Url| url.username().is_empty() && url.password().is_none();
    plain && place && !climbs(uri) && Url::parse(uri).is_ok_and(is_nobody_s)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Behind the colon: a host that no two readers take for two, perhaps a port, and nobody's name before it.
fn is_web_address(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of an IPv6 address without a port is inside the brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_host = |host: &str| Host::parse(host).is_ok_and(|read| read.to_string().eq_ignore_ascii_case(host));
    !authority.contains(['@', '%']) && is_host(host) && port.is_none_or(is_port)
}

/// A path with `..` in it, in whatever spelling, is a path to somewhere else.
fn climbs(uri: &str) -> bool {
    let path = uri.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').skip(1).any(|segment| segment == "." || segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::contract::id::ApplicationId;
    use proptest::{collection::vec, prelude::*, sample::select};

    const WEB: &str = "https://shop.example/a/cb?k=v";

    /// What means something to some reader of addresses.
    const PIECES: [&str; 48] = [
        "https",
        "http",
        "HTTPS",
        "javascript",
        "com.example.app",
        ":",
        "/",
        "//",
        "\\",
        "?",
        "#",
        "@",
        "%",
        "%2e",
        "%2F",
        "%5c",
        "%00",
        "%40",
        "..",
        ".",
        ";",
        "&",
        "=",
        "*",
        " ",
        "\t",
        "\r\n",
        "\0",
        "[",
        "]",
        "[::1]",
        "127.0.0.1",
        "localhost",
        "shop.example",
        "evil.example",
        "xn--",
        ":443",
        ":0",
        ":65536",
        ":1",
        "a",
        "cb",
        "k=v",
        "。",
        "／",
        "\u{202e}",
        "ſ",
        "",
    ];

    fn application(platform: Platform, uris: &[&str]) -> Application {
        Application {
            id: ApplicationId::from("shop"),
            name: String::new(),
            user_flow: None,
            algorithm: String::new(),
            home_url: None,
            disabled_at: None,
            redirect_uris: uris.iter().map(|uri| RedirectUri { platform, uri: (*uri).into() }).collect(),
            protocol: Default::default(),
            native_authentication: Default::default(),
            scopes: Vec::new(),
            widget_origins: Vec::new(),
            secrets: Vec::new(),
        }
    }

    fn pieces() -> impl Strategy<Value = String> {
        vec(select(PIECES.to_vec()), 0..9).prop_map(|pieces| pieces.concat())
    }

    /// An address with a few places of it changed.
    fn near(uri: &'static str) -> impl Strategy<Value = String> {
        vec((0..=uri.len(), 0..=2_usize, select(PIECES.to_vec())), 0..4).prop_map(move |edits| {
            edits.into_iter().fold(uri.to_owned(), |text, (at, gone, put)| {
                let letters: Vec<char> = text.chars().collect();
                let at = at.min(letters.len());
                let behind = letters.iter().skip(at + gone);
                letters[..at].iter().copied().chain(put.chars()).chain(behind.copied()).collect()
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn r27_a_page_is_accepted_where_it_is_registered_byte_by_byte(uri in prop_oneof![near(WEB), pieces()]) {
            for platform in [Platform::Web, Platform::SinglePage] {
                prop_assert_eq!(registered(&application(platform, &[WEB]), &uri).is_ok(), uri == WEB, "{:?}", uri);
            }
        }

        /// Another's reading of what a port is.
        #[test]
        fn r27_a_native_application_s_port_is_free_and_nothing_else(
            uri in prop_oneof![near("http://127.0.0.1:8080/cb"), near("http://127.0.0.1/cb"), pieces()]
        ) {
            let port = uri.strip_prefix("http://127.0.0.1").and_then(|rest| rest.strip_suffix("/cb"));
            let is_port = |text: &str| {
                text.strip_prefix(':').is_some_and(|digits| {
                    digits.parse::<u16>().is_ok_and(|port| port > 0 && port.to_string() == digits)
                })
            };
            let expected = port.is_some_and(|port| port.is_empty() || is_port(port));
            let accepted = registered(&application(Platform::Native, &["http://127.0.0.1/cb"]), &uri).is_ok();
            prop_assert_eq!(accepted, expected, "{:?}", uri);
        }

        /// Whatever was registered, a browser goes where it reads that it goes (RFC 3986 and the URL standard agree on it).
        #[test]
        fn r27_where_a_browser_may_be_sent_all_readers_read_the_same(uri in prop_oneof![near(WEB), pieces()]) {
            for platform in [Platform::Web, Platform::SinglePage, Platform::Native] {
                if !may_be_sent_to(platform, &uri) {
                    continue;
                }
                let url = Url::parse(&uri);
                prop_assert!(url.is_ok(), "{:?}", uri);
                let url = url.unwrap();
                let safe = match url.scheme() {
                    "https" => true,
                    "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
                    scheme => platform == Platform::Native && platform.may_own_scheme(scheme),
                };
                prop_assert!(safe && url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
                if ["http", "https"].contains(&url.scheme()) {
                    let (_, rest) = uri.split_once("://").unwrap();
                    let host = rest.split(['/', '?']).next().unwrap().to_lowercase();
                    let named = host.split(':').next().unwrap();
                    let read = url.host_str().unwrap();
                    prop_assert!(read == named || host.starts_with(read), "{:?} leads to {}", uri, read);
                }
            }
        }
    }
}
