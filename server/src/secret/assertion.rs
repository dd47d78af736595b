//! Tokens by which applications prove which one they are: signed by a key of their own (RFC 7523 §2.2, §3).

use super::{
    jwk,
    jwt::{Claims, Distrust, SKEW},
};
use app::contract::{resource::application::JsonWebKey, time::Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Header;
use serde_json::Value;
use std::time::Duration;

/// How long an assertion may be used, and is remembered. Entra's clients say ten minutes, others an hour, or a day that they
/// never need.
const LONGEST: Duration = Duration::from_secs(60 * 60);

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
    let mut distrust = Distrust::Key;
    for key in keys_of(&header, keys) {
        match claims_by(token, &header, key) {
            Ok(claims) => return judge(&claims, expected),
            Err(why) => distrust = why,
        }
    }
    Err(distrust)
}

fn claims_by(token: &str, header: &Header, key: &JsonWebKey) -> Result<Claims, Distrust> {
    jwk::claims(token, header.alg, &jwk::read(key)?)
}

/// By its name, or by its certificate's. Where that tells us nothing (a library may name a key by what an administrator did not
/// write down, RFC 7515 §4.1.4), any key of the application's may be the one.
fn keys_of<'a>(header: &Header, keys: &'a [JsonWebKey]) -> Vec<&'a JsonWebKey> {
    let is_named = |key: &&JsonWebKey| {
        header.kid.is_some() && key.kid == header.kid || header.x5t_s256.is_some() && key.certificate == header.x5t_s256
    };
    let named: Vec<&JsonWebKey> = keys.iter().filter(is_named).collect();
    if named.is_empty() { keys.iter().collect() } else { named }
}

/// RFC 7523 §3.
fn judge(claims: &Claims, expected: &Expected) -> Result<Assertion, Distrust> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.application) || text("sub") != Some(expected.application) {
        return Err(Distrust::Issuer);
    }
    if !is_for_us_alone(claims.get("aud"), expected.audiences) {
        return Err(Distrust::Audience);
    }
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
    let expires = seconds("exp").ok_or(Distrust::Time("exp"))?;
    let (now, latest) = (expected.now.seconds(), (expected.now + SKEW).seconds());
    if [seconds("nbf"), seconds("iat")].into_iter().flatten().any(|from| from > latest) {
        return Err(Distrust::Early);
    }
    let longest = LONGEST.as_secs() as i64;
    // One that says when it was made is not used later than an hour after that, whatever else it says.
    let expires = seconds("iat").map_or(expires, |made| expires.min(made.saturating_add(longest)));
    if expires <= now || expires > latest + longest {
        return Err(Distrust::Expired);
    }
    let id = text("jti").filter(|id| !id.is_empty() && id.len() <= 256).ok_or(Distrust::Malformed)?;
    Ok(Assertion { id: id.into(), expires_at: Timestamp(expires * 1000) })
}

/// One name of ours, or a list of nothing but names of ours (RFC 7519 §4.1.3): whoever else is named in one could use here what
/// they were given (draft-ietf-oauth-rfc7523bis §4).
fn is_for_us_alone(audience: Option<&Value>, ours: &[&str]) -> bool {
    let is_ours = |name: &Value| name.as_str().is_some_and(|name| ours.contains(&name));
    match audience {
        Some(Value::Array(names)) => !names.is_empty() && names.iter().all(is_ours),
        Some(name) => is_ours(name),
        None => false,
    }
}
