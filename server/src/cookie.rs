//! The cookies of the house: which there are, how they are read and how they are set.

use crate::{
    clock::Chance,
    secret::token::{self, Token},
};
use app::contract::id::TenantId;
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cookie {
    /// Binds journeys and grants to the browser in which they began.
    Browser,
    /// A person signed in to a tenant.
    Session(TenantId),
    /// A browser from which somebody signed in before (security R1).
    Device,
    /// By which our page in a frame knows which session there is. It opens nothing, and a script reads it.
    BrowserState(TenantId),
}

/// How long the browser keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    UntilClosed,
    For(Duration),
    Gone,
}

/// 256 bits in base64url.
const LENGTH: usize = 43;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl Cookie {
    /// `__Host-` promises browser and server that no other host or path has set it; plain http cannot keep the promise.
    pub fn name(&self, https: bool) -> String {
        let prefix = if https { "__Host-" } else { "" };
        match self {
            Cookie::Browser => format!("{prefix}browser"),
            Cookie::Session(tenant) => format!("{prefix}session-{tenant}"),
            Cookie::Device => format!("{prefix}device"),
            Cookie::BrowserState(tenant) => format!("{prefix}browser-state-{tenant}"),
        }
    }

    /// The secret that the browser sent, if it could be one of ours.
    pub fn read(&self, headers: &HeaderMap, https: bool) -> Option<String> {
        let name = self.name(https);
        let mut values = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value);
        // Two cookies of one name: somebody planted one of them, and nothing tells which.
        let value = values.next().filter(|value| value.len() == LENGTH)?;
        values.next().is_none().then(|| value.to_owned())
    }

    /// The hash under which the directory knows what the browser sent.
    pub fn hash(&self, headers: &HeaderMap, https: bool) -> Option<String> {
        self.read(headers, https).map(|value| token::hash(&value))
    }

    pub fn set(&self, value: &str, keep: Keep, https: bool) -> HeaderValue {
        let name = self.name(https);
        let secure = if https { "; Secure" } else { "" };
        let age = match keep {
            Keep::UntilClosed => String::new(),
            Keep::For(span) => format!("; Max-Age={}", span.as_secs()),
            Keep::Gone => "; Max-Age=0".into(),
        };
        let hidden = if matches!(self, Cookie::BrowserState(_)) { "" } else { "; HttpOnly" };
        let text = format!("{name}={value}; Path=/{hidden}; SameSite=Lax{secure}{age}");
        // Names and values are made here, of letters, digits, `-` and `_`.
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    pub fn clear(&self, https: bool) -> HeaderValue {
        self.set("", Keep::Gone, https)
    }
}

/// The browser's or device's secret: the one it sent, or a new one with the header that gives it to the browser.
pub fn known_or_new(
    cookie: &Cookie,
    headers: &HeaderMap,
    https: bool,
    chance: &Chance,
) -> (String, Option<HeaderValue>) {
    if let Some(hash) = cookie.hash(headers, https) {
        return (hash, None);
    }
    let fresh = Token::random(chance);
    let keep = if *cookie == Cookie::Device { Keep::For(YEAR) } else { Keep::UntilClosed };
    (fresh.hash(), Some(cookie.set(fresh.reveal(), keep, https)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(text).unwrap())])
    }

    #[test]
    fn r19_a_cookie_is_locked_to_host_path_and_http() {
        let set = Cookie::Session("t".into()).set("v", Keep::UntilClosed, true);
        assert_eq!(set.to_str().unwrap(), "__Host-session-t=v; Path=/; HttpOnly; SameSite=Lax; Secure");
        // What opens nothing is no secret of the browser's.
        let set = Cookie::BrowserState("t".into()).set("v", Keep::UntilClosed, true);
        assert_eq!(set.to_str().unwrap(), "__Host-browser-state-t=v; Path=/; SameSite=Lax; Secure");
    }

    #[test]
    fn only_one_whole_secret_is_read() {
        let value = "v".repeat(LENGTH);
        let read = |text: &str| Cookie::Browser.read(&sent(text), false);
        assert_eq!(read(&format!("a=b; browser={value}")), Some(value.clone()));
        assert_eq!(read("browser=short"), None);
        assert_eq!(read(&format!("__Host-browser={value}")), None);
        assert_eq!(read(&format!("browser={value}; browser={value}")), None);
    }
}
