//! Proofs of possession: a token that the caller's own key signed for this one call (RFC 9449 §4).

use super::{
    jwk,
    jwt::{Distrust, SKEW},
    token,
};
use app::contract::time::Timestamp;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde_json::{Map, Value};
use std::time::Duration;
use url::Url;

/// How old a proof may be, or how far ahead its caller's clock (security R34).
const WINDOW: Duration = SKEW;

/// RFC 7517 §9.3: what a private or shared key has and a public one has not.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The call that a proof must be for.
pub struct Expected<'a> {
    pub method: &'a str,
    pub url: &'a str,
    /// The one that is shown beside it.
    pub access_token: Option<&'a str>,
    pub now: Timestamp,
}

/// Whoever called holds the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// What tokens are bound to: the key's name (RFC 7638).
    pub thumbprint: String,
    /// No second proof of the key has it.
    pub id: String,
    pub nonce: Option<String>,
    /// When the proof is too old, and its id need not be remembered any more.
    pub expires_at: Timestamp,
}

/// RFC 9449 §4.3, but for what has to be remembered: that it comes once.
pub fn verify(proof: &str, expected: &Expected) -> Result<Proof, Distrust> {
    let header = jsonwebtoken::decode_header(proof).map_err(|_| Distrust::Malformed)?;
    if header.crit.is_some() {
        return Err(Distrust::Critical);
    }
    if header.typ.as_deref() != Some("dpop+jwt") {
        return Err(Distrust::Typ);
    }
    let key = public_key(proof).ok_or(Distrust::Key)?;
    let claims = jwk::claims(proof, header.alg, &key)?;

    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("htm") != Some(expected.method) || !text("htu").is_some_and(|told| is_same_place(told, expected.url)) {
        return Err(Distrust::Call);
    }
    if expected.access_token.is_some_and(|shown| text("ath") != Some(&token::hash(shown))) {
        return Err(Distrust::Call);
    }
    let made = claims.get("iat").and_then(Value::as_i64).ok_or(Distrust::Time("iat"))?;
    let window = i64::try_from(WINDOW.as_secs()).unwrap_or(i64::MAX);
    let age = expected.now.seconds().saturating_sub(made);
    if age < -window {
        return Err(Distrust::Early);
    }
    if age > window {
        return Err(Distrust::Expired);
    }
    let id = text("jti").filter(|id| !id.is_empty() && id.len() <= 256).ok_or(Distrust::Malformed)?;
    Ok(Proof {
        thumbprint: key.thumbprint(ThumbprintHash::SHA256).map_err(|_| Distrust::Key)?,
        id: id.into(),
        nonce: text("nonce").map(str::to_owned),
        expires_at: Timestamp((made + window + 1) * 1000),
    })
}

/// The one key that a token of somebody else's may bring along: it says nothing of who they are, only that they have it.
/// Whoever sends the private half has given it away.
fn public_key(proof: &str) -> Option<Jwk> {
    let header = URL_SAFE_NO_PAD.decode(proof.split('.').next()?).ok()?;
    let header: Map<String, Value> = serde_json::from_slice(&header).ok()?;
    let key = header.get("jwk")?;
    let is_public = !PRIVATE.iter().any(|member| key.get(member).is_some());
    serde_json::from_value(key.clone()).ok().filter(|_| is_public)
}

/// Without query and fragment, as RFC 3986 §6.2 writes addresses (RFC 9449 §4.3).
fn is_same_place(told: &str, own: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    bare(told).is_some_and(|told| Some(told) == bare(own))
}

#[cfg(test)]
mod tests;
