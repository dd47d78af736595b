//! Public keys that others brought, and what they signed with them.

use super::jwt::{Claims, Distrust};
use app::contract::resource::application::JsonWebKey;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use std::collections::HashSet;

/// What discovery tells.
pub const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// The key says by which algorithms it is used, and a token has no say in that (RFC 8725 §3.1).
fn algorithms(key: &Jwk) -> &'static [Algorithm] {
    match &key.algorithm {
        AlgorithmParameters::RSA(_) => &[Algorithm::RS256, Algorithm::PS256],
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::OctetKeyPair(ed) if ed.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => &[],
    }
}

/// As an administrator wrote it down.
pub(super) fn read(key: &JsonWebKey) -> Result<Jwk, Distrust> {
    serde_json::to_value(key).and_then(serde_json::from_value).map_err(|_| Distrust::Key)
}

/// Whether `claims` would believe its owner. Where a key says what it is for, it is for that (RFC 7517 §4.2, §4.4).
pub fn may_sign(key: &JsonWebKey) -> bool {
    let Ok(key) = read(key) else { return false };
    let named = key.common.key_algorithm;
    let is_for = |algorithm: &Algorithm| named.is_none_or(|named| named == KeyAlgorithm::from(*algorithm));
    let for_signing = key.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    let is_readable = key.common.key_id.is_some() && DecodingKey::from_jwk(&key).is_ok();
    algorithms(&key).iter().any(is_for) && for_signing && is_readable
}

/// Nothing but the signature is judged.
pub(super) fn claims(token: &str, algorithm: Algorithm, key: &Jwk) -> Result<Claims, Distrust> {
    let allowed = algorithms(key);
    if allowed.is_empty() {
        return Err(Distrust::Key);
    }
    if !allowed.contains(&algorithm) {
        return Err(Distrust::Algorithm);
    }
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_jwk(key).map_err(|_| Distrust::Key)?;
    jsonwebtoken::decode(token, &key, &validation).map(|data| data.claims).map_err(|_| Distrust::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::jwt::{self, SigningKey};
    use serde_json::{Value, json};

    fn public(algorithm: jwt::Algorithm) -> Value {
        let made = jwt::generate(algorithm).unwrap();
        SigningKey::parse(algorithm, &made.pkcs8, &made.kid).unwrap().public_jwk().unwrap()
    }

    fn is_taken(key: &Value, changes: &Value) -> bool {
        let mut key = key.clone();
        key.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        may_sign(&serde_json::from_value(key).unwrap())
    }

    #[test]
    fn a_key_may_sign_by_what_discovery_tells_and_by_nothing_else() {
        for (algorithm, told) in [
            (jwt::Algorithm::RS256, &["RS256", "PS256"][..]),
            (jwt::Algorithm::ES256, &["ES256"]),
            (jwt::Algorithm::EdDSA, &["EdDSA"]),
        ] {
            let key = public(algorithm);
            assert!(is_taken(&key, &json!({ "alg": null, "use": null })), "{told:?}");
            for named in
                ["RS384", "RS512", "PS384", "PS512", "ES384", "HS256", "RSA-OAEP", "none"].iter().chain(&ALGORITHMS)
            {
                assert_eq!(is_taken(&key, &json!({ "alg": named })), told.contains(named), "{named} {told:?}");
            }
            for (name, value) in [("use", json!("enc")), ("kid", Value::Null), ("kty", json!("oct"))] {
                assert!(!is_taken(&key, &json!({ name: value })), "{name} {told:?}");
            }
        }
        assert!(!is_taken(&public(jwt::Algorithm::ES256), &json!({ "crv": "P-384" })));
    }
}
