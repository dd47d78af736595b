//! Tokens that applications can check: signed with keys that are parsed once, believed only by the rules of RFC 8725.

use crate::error::{Error, Result};
use app::contract::time::Timestamp;
use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    DecodingKey, Header, Validation,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::{collections::HashSet, time::Duration};
use zeroize::Zeroizing;

/// How far apart the clocks of two servers may be when a token has only just become valid.
pub(super) const SKEW: Duration = Duration::from_secs(60);

pub type Claims = Map<String, Value>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    RS256,
    ES256,
    EdDSA,
}

impl Algorithm {
    pub const ALL: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

    pub fn name(self) -> &'static str {
        match self {
            Algorithm::RS256 => "RS256",
            Algorithm::ES256 => "ES256",
            Algorithm::EdDSA => "EdDSA",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    fn wire(self) -> jsonwebtoken::Algorithm {
        match self {
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

pub struct NewKey {
    pub kid: String,
    /// To be sealed before it is stored.
    pub pkcs8: Zeroizing<Vec<u8>>,
}

/// Takes up to seconds for RSA: not for an async thread. aws-lc draws from its own generator; no other can be handed in.
pub fn generate(algorithm: Algorithm) -> Result<NewKey> {
    let failed = |_| Error::Internal(format!("a {} key could not be made", algorithm.name()));
    let pkcs8 = match algorithm {
        Algorithm::RS256 => RsaKeyPair::generate(KeySize::Rsa2048)
            .and_then(|pair| Ok(pair.as_der()?.as_ref().to_vec()))
            .map_err(failed)?,
        Algorithm::ES256 => {
            let random = SystemRandom::new();
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(failed)?.as_ref().to_vec()
        }
        Algorithm::EdDSA => {
            Ed25519KeyPair::generate().and_then(|pair| Ok(pair.to_pkcs8()?.as_ref().to_vec())).map_err(failed)?
        }
    };
    let pkcs8 = Zeroizing::new(pkcs8);
    let kid = Pair::parse(algorithm, &pkcs8)?.public(algorithm)?.kid;
    Ok(NewKey { kid, pkcs8 })
}

/// A private key, parsed: `jsonwebtoken::encode` would parse it again for every signature, which costs more than half of
/// an RSA signature. Everything else about tokens is left to that crate.
pub struct SigningKey {
    pair: Pair,
    public: VerifyingKey,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl SigningKey {
    pub fn parse(algorithm: Algorithm, pkcs8: &[u8], kid: &str) -> Result<Self> {
        let pair = Pair::parse(algorithm, pkcs8)?;
        let public = VerifyingKey { kid: kid.into(), ..pair.public(algorithm)? };
        Ok(Self { pair, public })
    }

    pub fn kid(&self) -> &str {
        &self.public.kid
    }

    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm
    }

    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// `typ` says what the token is for, so that none can be passed off as another (RFC 8725 §3.11).
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String> {
        let header =
            Header { typ: Some(typ.into()), kid: Some(self.kid().into()), ..Header::new(self.algorithm().wire()) };
        // RFC 7515 §5.1.
        let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
        let signature = self.sign_bytes(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    pub(super) fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.pair.sign(message)
    }

    /// As it stands in the tenant's key set (RFC 7517 §4).
    pub fn public_jwk(&self) -> Result<Value> {
        let mut jwk = jwk(&self.public.key, self.algorithm())?;
        jwk.common.key_id = Some(self.kid().into());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(serde_json::to_value(jwk)?)
    }
}

impl Pair {
    fn parse(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self> {
        match algorithm {
            Algorithm::RS256 => RsaKeyPair::from_pkcs8(pkcs8).map(Pair::Rsa),
            Algorithm::ES256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Pair::Ec),
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::Ed),
        }
        .map_err(|error| Error::Internal(format!("a {} key is damaged: {error}", algorithm.name())))
    }

    fn public(&self, algorithm: Algorithm) -> Result<VerifyingKey> {
        let key = match self {
            Pair::Rsa(pair) => {
                let RsaPublicKeyComponents::<Vec<u8>> { n, e } = pair.public_key().into();
                DecodingKey::from_rsa_raw_components(&n, &e)
            }
            Pair::Ec(pair) => DecodingKey::from_ec_der(pair.public_key().as_ref()),
            Pair::Ed(pair) => DecodingKey::from_ed_der(pair.public_key().as_ref()),
        };
        // RFC 7638: a key's name is the hash of its public half, so no two keys share one.
        let kid = jwk(&key, algorithm)?.thumbprint(ThumbprintHash::SHA256).map_err(unusable)?;
        Ok(VerifyingKey { kid, algorithm, key })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
            Pair::Ec(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            Pair::Ed(pair) => pair.try_sign(message).map(|signature| signature.as_ref().to_vec()),
        }
        .map_err(|_| Error::Internal("a token could not be signed".into()))
    }
}

fn jwk(key: &DecodingKey, algorithm: Algorithm) -> Result<Jwk> {
    Jwk::from_decoding_key(key, Some(algorithm.wire())).map_err(unusable)
}

fn unusable(error: jsonwebtoken::errors::Error) -> Error {
    Error::Internal(format!("unusable key: {error}"))
}

/// The public half of a key. It knows the one algorithm it is for; a token has no say in that (RFC 8725 §3.1).
#[derive(Clone)]
pub struct VerifyingKey {
    pub kid: String,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// What a token must be to be believed.
pub struct Expected<'a> {
    pub typ: &'a str,
    /// Whether somebody of that name may have made it.
    pub issuer: &'a (dyn Fn(&str) -> bool + Sync),
    /// Nothing: whoever it is for, but it must be for somebody.
    pub audience: Option<&'a str>,
    pub age: Age,
    pub now: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Age {
    Valid,
    /// An ID token that only hints at who somebody is may be old (OpenID Connect RP-Initiated Logout 1.0 §4).
    ValidOrExpired,
}

/// Why a token was not believed: for the log. Whoever sent it is told nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Distrust {
    #[error("not a token")]
    Malformed,
    #[error("critical headers that we do not know")]
    Critical,
    #[error("a token for something else")]
    Typ,
    #[error("signed with a key that we do not know")]
    Key,
    #[error("not the algorithm of its key")]
    Algorithm,
    #[error("wrong signature")]
    Signature,
    #[error("somebody else's token")]
    Issuer,
    #[error("for somebody else")]
    Audience,
    #[error("for another call")]
    Call,
    #[error("{0} is missing or not a whole number")]
    Time(&'static str),
    #[error("not yet valid")]
    Early,
    #[error("expired")]
    Expired,
}

/// One rule after the other (security R31). What a header says about keys (`jku`, `jwk`, `x5u`, `x5c`) is never looked at.
pub fn verify(token: &str, keys: &[VerifyingKey], expected: &Expected) -> Result<Claims, Distrust> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Distrust::Malformed)?;
    // RFC 7515 §4.1.11: who does not understand a critical header must refuse; we understand none.
    check(header.crit.is_none(), Distrust::Critical)?;
    check(header.typ.is_some_and(|typ| is_media_type(&typ, expected.typ)), Distrust::Typ)?;
    let key = keys.iter().find(|key| header.kid.as_ref() == Some(&key.kid)).ok_or(Distrust::Key)?;
    check(header.alg == key.algorithm.wire(), Distrust::Algorithm)?;
    let claims = signed_claims(token, key)?;
    check(claims.get("iss").and_then(Value::as_str).is_some_and(expected.issuer), Distrust::Issuer)?;
    check(is_for(claims.get("aud"), expected.audience), Distrust::Audience)?;

    let [expires, from, issued] = [seconds(&claims, "exp")?, seconds(&claims, "nbf")?, seconds(&claims, "iat")?];
    let latest = (expected.now + SKEW).seconds();
    check(from <= latest && issued <= latest, Distrust::Early)?;
    check(expected.now.seconds() < expires || expected.age == Age::ValidOrExpired, Distrust::Expired)?;
    Ok(claims)
}

fn check(holds: bool, otherwise: Distrust) -> Result<(), Distrust> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// The signature and nothing else: the crate reads the machine's clock and takes fractions and lists where we do not.
fn signed_claims(token: &str, key: &VerifyingKey) -> Result<Claims, Distrust> {
    let mut validation = Validation::new(key.algorithm.wire());
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token, &key.key, &validation).map(|data| data.claims).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::InvalidSignature => Distrust::Signature,
        _ => Distrust::Malformed,
    })
}

/// RFC 7515 §4.1.9: `application/` may be left out, and case says nothing.
fn is_media_type(typ: &str, expected: &str) -> bool {
    let bare = match typ.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
        _ => typ,
    };
    bare.eq_ignore_ascii_case(expected)
}

/// RFC 7519 §4.1.3: one name or a list of names.
fn is_for(audience: Option<&Value>, expected: Option<&str>) -> bool {
    let is_it = |name: &Value| name.as_str().is_some_and(|name| expected.is_none_or(|expected| expected == name));
    match audience {
        Some(Value::Array(names)) => names.iter().all(Value::is_string) && names.iter().any(is_it),
        Some(name) => is_it(name),
        None => false,
    }
}

/// RFC 7519 §2 would allow fractions in a NumericDate. We write none, and who sends one is playing.
fn seconds(claims: &Claims, name: &'static str) -> Result<i64, Distrust> {
    claims.get(name).and_then(Value::as_i64).ok_or(Distrust::Time(name))
}

#[cfg(test)]
mod tests;
