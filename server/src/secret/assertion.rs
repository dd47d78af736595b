//! Tokens by which applications prove which one they are: signed by a key of their own (RFC 7523 §2.2, §3).

use super::{
    jwk,
    jwt::{Claims, Distrust, SKEW},
};
use app::contract::{resource::application::JsonWebKey, time::Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Header, jwk::Jwk};
use serde_json::Value;
use std::time::Duration;

/// An assertion says soon when it ends; Entra's clients say ten minutes.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// What an assertion must be for.
pub struct Expected<'a> {
    pub application: &'a str,
    /// Our own names, one of which it is for.
    pub audiences: &'a [&'a str],
    pub now: Timestamp,
}

/// It works once: so it has a name, until its time is over.
pub struct Assertion {
    pub id: String,
    pub expires_at: Timestamp,
}

/// Whom it says that it is from. Believed only after `verify`.
pub fn subject(token: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

pub fn verify(token: &str, keys: &[JsonWebKey], expected: &Expected) -> Result<Assertion, Distrust> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Distrust::Malformed)?;
    if header.crit.is_some() {
        return Err(Distrust::Critical);
    }
    let key = key_of(&header, keys).ok_or(Distrust::Key)?;
    let key: Jwk = serde_json::to_value(key).and_then(serde_json::from_value).map_err(|_| Distrust::Key)?;
    let claims = jwk::claims(token, header.alg, &key)?;
    judge(&claims, expected)
}

/// By its name, by its certificate's, or because there is only one.
fn key_of<'a>(header: &Header, keys: &'a [JsonWebKey]) -> Option<&'a JsonWebKey> {
    match (&header.kid, &header.x5t_s256, keys) {
        (Some(kid), _, _) => keys.iter().find(|key| key.kid.as_ref() == Some(kid)),
        (None, Some(certificate), _) => keys.iter().find(|key| key.certificate.as_ref() == Some(certificate)),
        (None, None, [only]) => Some(only),
        (None, None, _) => None,
    }
}

/// RFC 7523 §3, and the audience as one word: a list is for several, and any of them could use it here
/// (draft-ietf-oauth-rfc7523bis §4).
fn judge(claims: &Claims, expected: &Expected) -> Result<Assertion, Distrust> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.application) || text("sub") != Some(expected.application) {
        return Err(Distrust::Issuer);
    }
    if !text("aud").is_some_and(|audience| expected.audiences.contains(&audience)) {
        return Err(Distrust::Audience);
    }
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
    let expires = seconds("exp").ok_or(Distrust::Time("exp"))?;
    let (now, latest) = (expected.now.seconds(), (expected.now + SKEW).seconds());
    if [seconds("nbf"), seconds("iat")].into_iter().flatten().any(|from| from > latest) {
        return Err(Distrust::Early);
    }
    if expires <= now || expires > (expected.now + LONGEST + SKEW).seconds() {
        return Err(Distrust::Expired);
    }
    let id = text("jti").filter(|id| !id.is_empty() && id.len() <= 256).ok_or(Distrust::Malformed)?;
    Ok(Assertion { id: id.into(), expires_at: Timestamp(expires * 1000) })
}
