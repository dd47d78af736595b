//! What is signed is believed, and nothing else is (security R31).

use super::*;
use aws_lc_rs::hmac;
use serde_json::json;

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const ISSUER: &str = "https://door.example/tenant-a/v2.0";
const AUDIENCE: &str = "client-1";

fn key(algorithm: Algorithm) -> SigningKey {
    let new = generate(algorithm).unwrap();
    SigningKey::parse(algorithm, &new.pkcs8, &new.kid).unwrap()
}

fn claims() -> Value {
    let now = NOW.seconds();
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "person-1", "iat": now, "nbf": now, "exp": now + 3600})
}

fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn expected<'a>() -> Expected<'a> {
    Expected { typ: "at+jwt", issuer: &|issuer| issuer == ISSUER, audience: Some(AUDIENCE), age: Age::Valid, now: NOW }
}

fn verdict(token: &str, key: &SigningKey) -> Result<Claims, Distrust> {
    verify(token, &[key.verifying_key().clone()], &expected())
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header at all, rightly signed by the key.
fn signed_with_header(key: &SigningKey, header: &Value) -> String {
    let message = format!("{}.{}", encoded(header), encoded(&claims()));
    let signature = key.pair.sign(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header(key: &SigningKey, changes: &Value) -> Value {
    let mut header = json!({"typ": "at+jwt", "alg": key.algorithm().name(), "kid": key.kid()});
    header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    header
}

#[test]
fn every_algorithm_signs_what_its_published_key_verifies() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let token = key.sign("at+jwt", &claims()).unwrap();
        assert_eq!(Value::Object(verdict(&token, &key).unwrap()), claims());

        let published: Jwk = serde_json::from_value(key.public_jwk().unwrap()).unwrap();
        let read = DecodingKey::from_jwk(&published).unwrap();
        let published = VerifyingKey { kid: published.common.key_id.unwrap(), algorithm, key: read };
        assert!(verify(&token, &[published], &expected()).is_ok());

        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!(header, json!({"typ": "at+jwt", "alg": algorithm.name(), "kid": key.kid()}));
    }
}

#[test]
fn a_published_key_tells_what_it_must_and_no_more() {
    let names = |key: &SigningKey| {
        let jwk = key.public_jwk().unwrap();
        assert_eq!((&jwk["use"], &jwk["alg"]), (&json!("sig"), &json!(key.algorithm().name())));
        assert_eq!(jwk["kid"], key.kid());
        jwk.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&key(Algorithm::RS256)), "alg e kid kty n use");
    assert_eq!(names(&key(Algorithm::ES256)), "alg crv kid kty use x y");
    assert_eq!(names(&key(Algorithm::EdDSA)), "alg crv kid kty use x");
}

/// The key and the thumbprint of RFC 8037 appendix A.
#[test]
fn a_key_is_named_by_its_thumbprint() {
    let pkcs8 = [
        &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20][..],
        &URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap(),
    ]
    .concat();
    let pair = Pair::Ed(Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).unwrap());
    let public = pair.public(Algorithm::EdDSA).unwrap();
    assert_eq!(public.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_key_is_not_parsed_as_one_of_another_kind() {
    for made_as in Algorithm::ALL {
        let new = generate(made_as).unwrap();
        for read_as in Algorithm::ALL {
            assert_eq!(SigningKey::parse(read_as, &new.pkcs8, &new.kid).is_ok(), made_as == read_as);
        }
    }
}

#[test]
fn r31_no_algorithm_is_no_signature() {
    let key = key(Algorithm::RS256);
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let message = format!("{}.{}", encoded(&header(&key, &json!({"alg": none}))), encoded(&claims()));
        assert_eq!(verdict(&format!("{message}."), &key), Err(Distrust::Malformed), "{none}");
        assert_eq!(verdict(&message, &key), Err(Distrust::Malformed), "{none}");
    }
    let unsigned = format!("{}.{}.", encoded(&header(&key, &json!({}))), encoded(&claims()));
    assert_eq!(verdict(&unsigned, &key), Err(Distrust::Signature));
}

#[test]
fn r31_the_public_key_is_no_shared_secret() {
    let key = key(Algorithm::RS256);
    let Pair::Rsa(pair) = &key.pair else { unreachable!() };
    let der = pair.public_key().as_ref().to_vec();
    let spki = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der>::as_der(pair.public_key()).unwrap().as_ref().to_vec();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        base64::engine::general_purpose::STANDARD.encode(&spki)
    );
    for secret in [der, spki, pem.into_bytes(), key.public_jwk().unwrap().to_string().into_bytes()] {
        let message = format!("{}.{}", encoded(&header(&key, &json!({"alg": "HS256"}))), encoded(&claims()));
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac));
        assert_eq!(verdict(&token, &key), Err(Distrust::Algorithm));
    }
}

#[test]
fn r31_the_key_says_the_algorithm_not_the_token() {
    let key = key(Algorithm::RS256);
    for other in ["RS384", "RS512", "PS256", "ES256", "EdDSA"] {
        let token = signed_with_header(&key, &header(&key, &json!({"alg": other})));
        assert_eq!(verdict(&token, &key), Err(Distrust::Algorithm), "{other}");
    }
}

#[test]
fn r31_a_key_in_the_header_is_not_looked_at() {
    let (ours, theirs) = (key(Algorithm::ES256), key(Algorithm::ES256));
    let brought = json!({
        "jwk": theirs.public_jwk().unwrap(),
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/certificate",
        "x5c": ["AAAA"],
    });
    let forged = signed_with_header(&theirs, &header(&ours, &brought));
    assert_eq!(verdict(&forged, &ours), Err(Distrust::Signature));
}

#[test]
fn r31_a_critical_header_is_refused() {
    let key = key(Algorithm::ES256);
    for critical in [json!(["b64"]), json!(["exp"]), json!([])] {
        let token = signed_with_header(&key, &header(&key, &json!({"crit": critical, "b64": false})));
        assert_eq!(verdict(&token, &key), Err(Distrust::Critical));
    }
}

#[test]
fn r31_a_kid_is_a_name_and_nothing_else() {
    let ours = key(Algorithm::ES256);
    for kid in
        ["../../../../dev/null", "/etc/passwd", "' OR '1'='1", "x' UNION SELECT 'key", "https://evil.example/", "", "*"]
    {
        let token = signed_with_header(&ours, &header(&ours, &json!({"kid": kid})));
        assert_eq!(verdict(&token, &ours), Err(Distrust::Key), "{kid}");
    }
    let mut nameless = header(&ours, &json!({}));
    nameless.as_object_mut().unwrap().remove("kid");
    assert_eq!(verdict(&signed_with_header(&ours, &nameless), &ours), Err(Distrust::Key));
}

#[test]
fn r31_another_tenants_key_signs_nothing_here() {
    let (ours, theirs) = (key(Algorithm::EdDSA), key(Algorithm::EdDSA));
    assert_eq!(verdict(&theirs.sign("at+jwt", &claims()).unwrap(), &ours), Err(Distrust::Key));
    assert_eq!(verdict(&signed_with_header(&theirs, &header(&ours, &json!({}))), &ours), Err(Distrust::Signature));
}

#[test]
fn r31_a_token_for_one_thing_is_not_taken_for_another() {
    let key = key(Algorithm::EdDSA);
    for typ in ["JWT", "id+jwt", "logout+jwt", "", "at", "at+jwt2", "application/JWT", "text/at+jwt"] {
        assert_eq!(verdict(&key.sign(typ, &claims()).unwrap(), &key), Err(Distrust::Typ), "{typ}");
    }
    let mut untyped = header(&key, &json!({}));
    untyped.as_object_mut().unwrap().remove("typ");
    assert_eq!(verdict(&signed_with_header(&key, &untyped), &key), Err(Distrust::Typ));
    for same in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        assert!(verdict(&key.sign(same, &claims()).unwrap(), &key).is_ok(), "{same}");
    }
}

#[test]
fn r31_times_are_there_and_whole_numbers() {
    let key = key(Algorithm::EdDSA);
    let exp = NOW.seconds() + 3600;
    for name in ["exp", "nbf", "iat"] {
        let refused = Err(Distrust::Time(name));
        assert_eq!(verdict(&key.sign("at+jwt", &claims_without(name)).unwrap(), &key), refused, "no {name}");
        for value in [
            json!(exp.to_string()),
            json!(f64::from(2_000_000_000) + 0.5),
            json!(2_000_000_000.0),
            json!(1e300),
            json!(1u64 << 63),
            json!(u64::MAX),
            json!(null),
            json!(true),
        ] {
            let token = key.sign("at+jwt", &claims_with(name, value.clone())).unwrap();
            assert_eq!(verdict(&token, &key), refused, "{name}: {value}");
        }
        for value in [json!([exp]), json!({"value": exp})] {
            let token = key.sign("at+jwt", &claims_with(name, value.clone())).unwrap();
            assert!(verdict(&token, &key).is_err(), "{name}: {value}");
        }
    }
}

#[test]
fn r31_a_token_is_valid_from_and_until() {
    let key = key(Algorithm::EdDSA);
    let at = |claim: &str, offset: i64| {
        verdict(&key.sign("at+jwt", &claims_with(claim, json!(NOW.seconds() + offset))).unwrap(), &key).map(|_| ())
    };
    assert_eq!(at("exp", 1), Ok(()));
    assert_eq!(at("exp", 0), Err(Distrust::Expired));
    assert_eq!(at("exp", -NOW.seconds() - 1), Err(Distrust::Expired));
    assert_eq!(at("exp", i64::MIN), Err(Distrust::Expired));
    for claim in ["nbf", "iat"] {
        assert_eq!(at(claim, 60), Ok(()));
        assert_eq!(at(claim, 61), Err(Distrust::Early));
        assert_eq!(at(claim, i64::MAX - NOW.seconds()), Err(Distrust::Early));
    }
}

#[test]
fn an_old_id_token_may_still_hint() {
    let key = key(Algorithm::EdDSA);
    let old = key.sign("at+jwt", &claims_with("exp", json!(NOW.seconds() - 86_400))).unwrap();
    let hint = Expected { age: Age::ValidOrExpired, audience: None, ..expected() };
    assert!(verify(&old, &[key.verifying_key().clone()], &hint).is_ok());
}

#[test]
fn r31_issuer_and_audience_are_exact() {
    let key = key(Algorithm::EdDSA);
    let verdict_of = |claims: Value| verdict(&key.sign("at+jwt", &claims).unwrap(), &key).map(|_| ());
    assert_eq!(verdict_of(claims_without("iss")), Err(Distrust::Issuer));
    for issuer in [json!("https://door.example/tenant-b/v2.0"), json!(format!("{ISSUER}/")), json!([ISSUER]), json!("")]
    {
        assert_eq!(verdict_of(claims_with("iss", issuer)), Err(Distrust::Issuer));
    }
    assert_eq!(verdict_of(claims_without("aud")), Err(Distrust::Audience));
    for audience in
        [json!("client-2"), json!("CLIENT-1"), json!([]), json!(["client-2"]), json!(1), json!([AUDIENCE, 1])]
    {
        assert_eq!(verdict_of(claims_with("aud", audience)), Err(Distrust::Audience));
    }
    assert_eq!(verdict_of(claims_with("aud", json!(["client-2", AUDIENCE]))), Ok(()));

    let anybody = Expected { audience: None, ..expected() };
    for nobody in [claims_without("aud"), claims_with("aud", json!([])), claims_with("aud", json!(1))] {
        let token = key.sign("at+jwt", &nobody).unwrap();
        assert_eq!(verify(&token, &[key.verifying_key().clone()], &anybody), Err(Distrust::Audience));
    }
}

#[test]
fn r31_no_changed_character_goes_unseen() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let token = key.sign("at+jwt", &claims()).unwrap();
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(verdict(std::str::from_utf8(&changed).unwrap(), &key).is_err(), "{} at {at}", algorithm.name());
        }
        for garbage in
            ["", ".", "..", "...", "a.b.c", &format!("{token}.x"), &format!(" {token}"), &token.replace('.', "")]
        {
            assert!(verdict(garbage, &key).is_err());
        }
    }
}
