//! Tokens that are nearly right: what was ever tried so that a forged one is believed (security R31; RFC 8725 §2). Made by
//! another's code than ours, with the true key where a forger would be nearest to the truth.

use super::TestServer;
use app::contract::id::TenantId;
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{EncodingKey, crypto};
use serde_json::{Map, Value, json};
use server::{
    directory::signing_key,
    secret::jwt::{self, Algorithm, NewKey},
};

/// A token that is believed, with all that it is made of.
#[derive(Clone)]
pub struct Genuine {
    algorithm: Algorithm,
    kid: String,
    pkcs8: Vec<u8>,
    pub header: Value,
    pub claims: Map<String, Value>,
}

/// What was done to it, and what came of that.
pub type Counterfeit = (String, String);

impl TestServer {
    /// The token with the private key that signed it: nobody has that, so tests look it up.
    pub async fn genuine(&self, tenant: &TenantId, token: &str) -> Genuine {
        let [header, claims, _] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
        let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let (header, claims) = (read(header), read(claims));
        let kid = header["kid"].as_str().unwrap().to_owned();
        let keys = signing_key::list(&self.state.db, tenant, self.now()).await.unwrap();
        let sealed = &keys.iter().find(|key| key.id == kid).unwrap().sealed;
        let pkcs8 = self.state.seal.open(&format!("{tenant}|signing_keys|sealed|{kid}"), sealed).unwrap();
        let algorithm = Algorithm::named(header["alg"].as_str().unwrap()).unwrap();
        Genuine { algorithm, kid, pkcs8: pkcs8.to_vec(), header, claims: claims.as_object().unwrap().clone() }
    }
}

impl Genuine {
    /// What an application signs with a key of its own.
    pub fn by(key: &NewKey, algorithm: Algorithm, claims: &Value) -> Self {
        let header = json!({ "alg": algorithm.name(), "typ": "JWT", "kid": key.kid });
        let claims = claims.as_object().unwrap().clone();
        Self { algorithm, kid: key.kid.clone(), pkcs8: key.pkcs8.to_vec(), header, claims }
    }

    pub fn token(&self) -> String {
        self.signed(&self.header, &self.claims)
    }

    /// The same with a claim changed, or without it; rightly signed.
    pub fn saying(&self, claim: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        match value {
            Value::Null => claims.remove(claim),
            value => claims.insert(claim.into(), value),
        };
        self.signed(&self.header, &claims)
    }

    fn signed(&self, header: &Value, claims: &Map<String, Value>) -> String {
        self.signed_text(&header.to_string(), &json!(claims).to_string())
    }

    fn signed_text(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = signature(self.algorithm, &self.pkcs8, message.as_bytes());
        format!("{message}.{signature}")
    }

    fn header_with(&self, changes: &Value) -> Value {
        let mut header = self.header.clone();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => header.as_object_mut().unwrap().remove(name),
                value => header.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        header
    }

    /// All of them. `published` is the key set in which the key stands.
    pub fn counterfeits(&self, published: &[u8]) -> Vec<Counterfeit> {
        let mut made = self.without_a_signature();
        made.extend(self.with_a_public_key_as_secret(published));
        made.extend(self.with_another_s_key());
        made.extend(self.under_another_header());
        made.extend(self.spelled_otherwise());
        made.extend(no_tokens());
        made
    }

    fn without_a_signature(&self) -> Vec<Counterfeit> {
        let token = self.token();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let payload = message.split('.').nth(1).unwrap();
        let mut made = Vec::new();
        for none in ["none", "None", "NONE", "nOnE", "", "null", "HS256", "hs256", "rs256", "RS256 ", "dir", "A128KW"] {
            let header = URL_SAFE_NO_PAD.encode(self.header_with(&json!({ "alg": none })).to_string());
            made.push((format!("alg {none:?}, unsigned"), format!("{header}.{payload}.")));
            made.push((format!("alg {none:?}, in two parts"), format!("{header}.{payload}")));
            made.push((format!("alg {none:?}, with the old signature"), format!("{header}.{payload}.{signature}")));
        }
        let length = URL_SAFE_NO_PAD.decode(signature).unwrap().len();
        // CVE-2022-21449: r = s = 0, and what else is no number of a signature.
        for (what, bytes) in [
            ("nothing", Vec::new()),
            ("one byte", vec![0]),
            ("zeros", vec![0; length]),
            ("ones", vec![0xff; length]),
            ("half", vec![1; length / 2]),
            ("twice", vec![1; length * 2]),
            ("the sequence 0, 0", vec![0x30, 6, 2, 1, 0, 2, 1, 0]),
        ] {
            made.push((format!("a signature of {what}"), format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes))));
        }
        made.push(("no third part".into(), message.to_owned()));
        made.push(("an empty third part".into(), format!("{message}.")));
        made.push(("a cut signature".into(), token[..token.len() - 4].to_owned()));
        made.push(("a fourth part".into(), format!("{token}.{signature}")));
        made
    }

    /// CVE-2015-9235: whoever lets the token say the algorithm takes a published key for a shared secret.
    fn with_a_public_key_as_secret(&self, published: &[u8]) -> Vec<Counterfeit> {
        let set: Value = serde_json::from_slice(published).unwrap();
        let own = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == self.kid.as_str()).cloned().unwrap();
        let mut secrets: Vec<(&str, Vec<u8>)> = vec![
            ("key set", published.to_vec()),
            ("key as JSON", own.to_string().into_bytes()),
            ("kid", self.kid.clone().into_bytes()),
            ("nothing", Vec::new()),
        ];
        for member in ["n", "x", "y", "e"] {
            if let Some(text) = own[member].as_str() {
                secrets.push((member, text.as_bytes().to_vec()));
                secrets.push((member, URL_SAFE_NO_PAD.decode(text).unwrap()));
            }
        }
        for (kind, der) in public_halves(self.algorithm, &self.pkcs8) {
            for end in ["\n", ""] {
                let body = STANDARD.encode(&der);
                secrets
                    .push(("PEM", format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----{end}").into_bytes()));
            }
            secrets.push(("DER", der));
        }
        let mut made = Vec::new();
        for (name, algorithm) in [
            ("HS256", jsonwebtoken::Algorithm::HS256),
            ("HS384", jsonwebtoken::Algorithm::HS384),
            ("HS512", jsonwebtoken::Algorithm::HS512),
        ] {
            for (what, secret) in &secrets {
                let header = self.header_with(&json!({ "alg": name })).to_string();
                let message = format!(
                    "{}.{}",
                    URL_SAFE_NO_PAD.encode(header),
                    URL_SAFE_NO_PAD.encode(json!(self.claims).to_string())
                );
                let mac = crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), algorithm).unwrap();
                made.push((format!("{name} with {what} as secret"), format!("{message}.{mac}")));
            }
        }
        made
    }

    fn with_another_s_key(&self) -> Vec<Counterfeit> {
        let mut made = Vec::new();
        for algorithm in Algorithm::ALL {
            let stranger = jwt::generate(algorithm).unwrap();
            let forger = Genuine { algorithm, pkcs8: stranger.pkcs8.to_vec(), ..self.clone() };
            let key = jwt::SigningKey::parse(algorithm, &stranger.pkcs8, &stranger.kid).unwrap();
            let mut jwk = key.public_jwk().unwrap();
            for (what, kid) in [("our kid", &self.kid), ("its own kid", &stranger.kid)] {
                jwk["kid"] = kid.as_str().into();
                let brought = json!({
                    "alg": algorithm.name(), "kid": kid, "jwk": jwk, "jku": "https://evil.example/keys",
                    "x5u": "https://evil.example/certificate", "x5c": ["AAAA"], "x5t": "AAAA", "x5t#S256": "AAAA",
                });
                let brings = self.header_with(&brought);
                let bare = self.header_with(&json!({ "alg": algorithm.name(), "kid": kid }));
                let name = algorithm.name();
                made.push((format!("a stranger's {name} under {what}"), forger.signed(&bare, &self.claims)));
                made.push((
                    format!("a stranger's {name} under {what}, brought along"),
                    forger.signed(&brings, &self.claims),
                ));
            }
        }
        made
    }

    /// Rightly signed, and still nothing that we would have signed.
    fn under_another_header(&self) -> Vec<Counterfeit> {
        let mut changes = Vec::new();
        for kid in [
            "",
            " ",
            "*",
            "0",
            "../../../../dev/null",
            "/etc/passwd",
            "..\\..\\windows\\win.ini",
            "' OR '1'='1",
            "x' UNION SELECT 'key' --",
            "https://evil.example/keys",
            "$(id)",
            "`id`",
            "%00",
            "\u{0}",
            "\u{202e}",
            "💥",
        ] {
            changes.push(json!({ "kid": kid }));
        }
        changes.extend([
            json!({ "kid": null }),
            json!({ "kid": 1 }),
            json!({ "kid": [self.kid] }),
            json!({ "kid": {} }),
        ]);
        for critical in
            [json!(["b64"]), json!(["exp"]), json!(["alg"]), json!([]), json!("b64"), json!({ "b64": true })]
        {
            changes.push(json!({ "crit": critical, "b64": false }));
        }
        for algorithm in
            Algorithm::ALL.map(Algorithm::name).into_iter().chain(["RS384", "RS512", "PS256", "ES384", "ES256K"])
        {
            changes.push(json!({ "alg": algorithm }));
        }
        changes.retain(|change| change["alg"] != self.algorithm.name());
        changes.extend([json!({ "alg": null }), json!({ "alg": 1 }), json!({ "alg": [self.algorithm.name()] })]);
        let under = |change: Value| (format!("header {change}"), self.signed(&self.header_with(&change), &self.claims));
        let mut made: Vec<Counterfeit> = changes.into_iter().map(under).collect();
        // RFC 7515 §4: each name once.
        let (header, claims) = (self.header.to_string(), json!(self.claims).to_string());
        for twice in ["\"alg\":\"none\"", "\"typ\":\"JWT\"", "\"kid\":\"x\"", "\"crit\":[]"] {
            made.push((
                format!("{twice} before the header"),
                self.signed_text(&header.replacen('{', &format!("{{{twice},"), 1), &claims),
            ));
        }
        for text in ["", "{}", "[]", "null", "\"x\"", "{", "{\"alg\":}", "\u{feff}{}"] {
            made.push((format!("header {text:?}"), self.signed_text(text, &claims)));
            made.push((format!("claims {text:?}"), self.signed_text(&header, text)));
        }
        // RFC 7797: the payload as it is.
        let detached = URL_SAFE_NO_PAD.encode(self.header_with(&json!({ "b64": false, "crit": ["b64"] })).to_string());
        let mac = signature(self.algorithm, &self.pkcs8, format!("{detached}.{claims}").as_bytes());
        made.push(("a payload that is not encoded".into(), format!("{detached}.{claims}.{mac}")));
        made.push(("a payload that is elsewhere".into(), format!("{detached}..{mac}")));
        made
    }

    /// One token has one spelling (RFC 7515 §2: base64url, no padding, nothing else).
    fn spelled_otherwise(&self) -> Vec<Counterfeit> {
        let token = self.token();
        let parts: Vec<&str> = token.split('.').collect();
        let bytes: Vec<Vec<u8>> = parts.iter().map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let mut made = Vec::new();
        for (what, spelled) in [
            ("padded", bytes.iter().map(|it| URL_SAFE.encode(it)).collect::<Vec<_>>()),
            ("in the alphabet of mail", bytes.iter().map(|it| STANDARD_NO_PAD.encode(it)).collect()),
            ("as text", bytes.iter().map(|it| String::from_utf8_lossy(it).into_owned()).collect()),
            ("encoded twice", parts.iter().map(|it| URL_SAFE_NO_PAD.encode(it)).collect()),
        ] {
            made.push((what.to_owned(), spelled.join(".")));
        }
        for between in [" ", "\t", "%2E", "..", ".\u{a0}", "·"] {
            made.push((format!("{between:?} between its parts"), token.replace('.', between)));
        }
        made.push(("in quotes".into(), format!("\"{token}\"")));
        made.push(("twice".into(), format!("{token} {token}")));
        made.push(("two in a list".into(), format!("{token},{token}")));
        made.push(("upside down".into(), format!("{}.{}.{}", parts[1], parts[0], parts[2])));
        let object = json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] });
        made.push(("as JSON (RFC 7515 §7.2.2)".into(), object.to_string()));
        made.push(("as if encrypted".into(), format!("{token}.{}.{}", parts[2], parts[2])));
        // Bits behind the last whole byte: the same bytes, another spelling.
        let last = token.chars().last().unwrap();
        for other in ('A'..='Z').chain('a'..='z').chain('0'..='9').filter(|other| *other != last) {
            made.push((format!("the last letter {other}"), format!("{}{other}", &token[..token.len() - 1])));
        }
        // Any one letter another's.
        for at in (0..token.len()).step_by(7).filter(|at| token.as_bytes()[*at] != b'.') {
            let other = if &token[at..=at] == "A" { "B" } else { "A" };
            made.push((format!("letter {at} changed"), format!("{}{other}{}", &token[..at], &token[at + 1..])));
        }
        made.retain(|(_, spelled)| *spelled != token);
        made
    }
}

fn no_tokens() -> Vec<Counterfeit> {
    let deep = URL_SAFE_NO_PAD.encode(format!("{}{}", "[".repeat(2000), "]".repeat(2000)));
    let texts = [
        "",
        ".",
        "..",
        "...",
        "....",
        "a.b.c",
        "a.b",
        "a.b.c.d",
        "e30.e30.",
        "e30.e30.e30",
        "%00",
        "null",
        "-",
        "=",
        "💥",
    ];
    let mut made: Vec<Counterfeit> = texts.map(|text| (format!("the text {text:?}"), text.into())).into();
    made.push(("depth".into(), format!("{deep}.{deep}.AAAA")));
    made.push(("dots".into(), ".".repeat(4096)));
    made.push(("length".into(), format!("{0}.{0}.{0}", "A".repeat(15_000))));
    made
}

fn signature(algorithm: Algorithm, pkcs8: &[u8], message: &[u8]) -> String {
    let (key, algorithm) = match algorithm {
        Algorithm::RS256 => (EncodingKey::from_rsa_der(pkcs1(pkcs8)), jsonwebtoken::Algorithm::RS256),
        Algorithm::ES256 => (EncodingKey::from_ec_der(pkcs8), jsonwebtoken::Algorithm::ES256),
        Algorithm::EdDSA => (EncodingKey::from_ed_der(pkcs8), jsonwebtoken::Algorithm::EdDSA),
    };
    crypto::sign(message, &key, algorithm).unwrap()
}

/// As programs write public keys into files: bare, and with their kind (RFC 5280 §4.1).
fn public_halves(algorithm: Algorithm, pkcs8: &[u8]) -> [(&'static str, Vec<u8>); 2] {
    let named = |der: PublicKeyX509Der| der.as_ref().to_vec();
    match algorithm {
        Algorithm::RS256 => {
            let pair = RsaKeyPair::from_pkcs8(pkcs8).unwrap();
            let key = pair.public_key();
            [("RSA PUBLIC KEY", key.as_ref().to_vec()), ("PUBLIC KEY", named(key.as_der().unwrap()))]
        }
        Algorithm::ES256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap();
            let key = pair.public_key();
            [("EC PUBLIC KEY", key.as_ref().to_vec()), ("PUBLIC KEY", named(key.as_der().unwrap()))]
        }
        Algorithm::EdDSA => {
            let pair = Ed25519KeyPair::from_pkcs8(pkcs8).unwrap();
            let key = pair.public_key();
            [("ED25519 PUBLIC KEY", key.as_ref().to_vec()), ("PUBLIC KEY", named(key.as_der().unwrap()))]
        }
    }
}

/// PKCS #8 (RFC 5958) holds PKCS #1 as its last octet string; `jsonwebtoken` wants that.
fn pkcs1(pkcs8: &[u8]) -> &[u8] {
    let at = pkcs8.windows(2).skip(8).position(|pair| pair == [0x30, 0x82]).unwrap() + 8;
    &pkcs8[at..]
}
