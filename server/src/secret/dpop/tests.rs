//! A proof is for one key, one call and one moment (RFC 9449 §4.3, security R34).

use super::*;
use crate::secret::jwt::{self, Algorithm, SigningKey};
use serde_json::json;

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const URL: &str = "https://door.example/tenant-a/oidc/userinfo";

struct Key(SigningKey);

impl Key {
    fn new(algorithm: Algorithm) -> Self {
        let made = jwt::generate(algorithm).unwrap();
        Self(SigningKey::parse(algorithm, &made.pkcs8, &made.kid).unwrap())
    }

    fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": self.0.algorithm().name(), "jwk": self.0.public_jwk().unwrap() })
    }

    /// Rightly signed, whatever it says.
    fn sign(&self, header: &Value, claims: &Value) -> String {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.0.sign_bytes(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn claims() -> Value {
    json!({ "htm": "GET", "htu": URL, "iat": NOW.seconds(), "jti": "1", "ath": token::hash("the token") })
}

fn expected<'a>() -> Expected<'a> {
    Expected { method: "GET", url: URL, access_token: Some("the token"), now: NOW }
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

#[test]
fn a_proof_tells_which_key_its_caller_holds() {
    for algorithm in Algorithm::ALL {
        let key = Key::new(algorithm);
        let proof = verify(&key.sign(&key.header(), &claims()), &expected()).unwrap();
        // Our own keys are named by their thumbprints.
        assert_eq!(proof.thumbprint, key.0.kid());
        assert_eq!((proof.id.as_str(), proof.nonce), ("1", None));
        assert_eq!(proof.expires_at.seconds(), NOW.seconds() + 61);
    }
}

#[test]
fn r34_what_is_no_proof_by_its_header_proves_nothing() {
    let (key, other) = (Key::new(Algorithm::ES256), Key::new(Algorithm::ES256));
    let good = key.header();
    let mut keyless = good.clone();
    keyless.as_object_mut().unwrap().remove("jwk");
    for (header, why) in [
        (with(good.clone(), "typ", "JWT".into()), Distrust::Typ),
        (with(good.clone(), "typ", Value::Null), Distrust::Typ),
        (with(good.clone(), "alg", "none".into()), Distrust::Malformed),
        (with(good.clone(), "alg", "HS256".into()), Distrust::Algorithm),
        (with(good.clone(), "alg", "EdDSA".into()), Distrust::Algorithm),
        (with(good.clone(), "crit", json!(["exp"])), Distrust::Critical),
        (with(good.clone(), "jwk", other.0.public_jwk().unwrap()), Distrust::Signature),
        (with(good.clone(), "jwk", json!({ "kty": "oct", "k": "c2VjcmV0" })), Distrust::Key),
        (with(with(keyless.clone(), "kid", "x".into()), "jku", "https://evil.example/".into()), Distrust::Key),
        (keyless, Distrust::Key),
    ] {
        assert_eq!(verify(&key.sign(&header, &claims()), &expected()), Err(why), "{header}");
    }
    for member in PRIVATE {
        let leaking = with(key.0.public_jwk().unwrap(), member, "AQAB".into());
        let proof = key.sign(&with(good.clone(), "jwk", leaking), &claims());
        assert_eq!(verify(&proof, &expected()), Err(Distrust::Key), "{member}");
    }
    for nonsense in ["", ".", "..", "a.b.c", "e30.e30.", "\u{ff}"] {
        assert_eq!(verify(nonsense, &expected()), Err(Distrust::Malformed), "{nonsense}");
    }
}

#[test]
fn r34_a_proof_is_for_one_call() {
    let key = Key::new(Algorithm::EdDSA);
    let verdict =
        |name: &str, value: Value| verify(&key.sign(&key.header(), &with(claims(), name, value)), &expected());
    for (name, value) in [
        ("htm", json!("POST")),
        ("htm", json!("get")),
        ("htm", Value::Null),
        ("htu", json!("https://door.example/tenant-b/oidc/userinfo")),
        ("htu", json!("http://door.example/tenant-a/oidc/userinfo")),
        ("htu", json!("https://door.example:8443/tenant-a/oidc/userinfo")),
        ("htu", json!("https://door.example.evil.example/tenant-a/oidc/userinfo")),
        ("htu", json!("/tenant-a/oidc/userinfo")),
        ("htu", Value::Null),
        ("ath", json!(token::hash("another token"))),
        ("ath", json!("the token")),
        ("ath", Value::Null),
    ] {
        assert_eq!(verdict(name, value.clone()), Err(Distrust::Call), "{name}: {value}");
    }
    for same in [
        "https://door.example/tenant-a/oidc/userinfo?x=y#z",
        "https://DOOR.example:443/tenant-a/oidc/userinfo",
        "HTTPS://door.example/tenant-a/./oidc/userinfo",
    ] {
        assert!(verdict("htu", same.into()).is_ok(), "{same}");
    }
    // At the token endpoint there is no access token yet.
    let bare = Expected { access_token: None, ..expected() };
    assert!(verify(&key.sign(&key.header(), &with(claims(), "ath", Value::Null)), &bare).is_ok());
}

#[test]
fn r34_a_proof_is_of_this_minute_and_has_a_name() {
    let key = Key::new(Algorithm::EdDSA);
    let verdict =
        |name: &str, value: Value| verify(&key.sign(&key.header(), &with(claims(), name, value)), &expected()).err();
    for offset in [-60, -59, 0, 60] {
        assert_eq!(verdict("iat", json!(NOW.seconds() + offset)), None, "{offset}");
    }
    assert_eq!(verdict("iat", json!(NOW.seconds() - 61)), Some(Distrust::Expired));
    assert_eq!(verdict("iat", json!(NOW.seconds() + 61)), Some(Distrust::Early));
    for odd in [json!(NOW.seconds().to_string()), json!(1.5), json!(1e300), json!(1u64 << 63), Value::Null] {
        assert_eq!(verdict("iat", odd.clone()), Some(Distrust::Time("iat")), "{odd}");
    }
    assert_eq!(verdict("iat", json!(i64::MIN)), Some(Distrust::Expired));
    for odd in [json!(""), json!(1), json!("x".repeat(257)), Value::Null] {
        assert_eq!(verdict("jti", odd.clone()), Some(Distrust::Malformed), "{odd}");
    }
}
