//! Public keys that others brought, and what they signed with them.

use super::jwt::{Claims, Distrust};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk},
};
use std::collections::HashSet;

/// What discovery tells.
pub const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// The key says by which algorithms it is used (RFC 8725 §3.1). Nothing but the signature is judged.
pub(super) fn claims(token: &str, algorithm: Algorithm, key: &Jwk) -> Result<Claims, Distrust> {
    let allowed: &[Algorithm] = match &key.algorithm {
        AlgorithmParameters::RSA(_) => &[Algorithm::RS256, Algorithm::PS256],
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::OctetKeyPair(ed) if ed.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => return Err(Distrust::Key),
    };
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
