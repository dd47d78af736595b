//! Applications that prove themselves with a key of their own (RFC 7523, security R33).

use super::{ADA, ada_with_code, refused};
use crate::harness::{Answered, Application, Asked, ORIGIN, TestServer, on_both};
use app::contract::{permission::Permission, resource::application::JsonWebKey};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PSS_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use server::secret::jwt::{self, Algorithm, SigningKey};
use std::time::Duration;

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) fn key(algorithm: Algorithm) -> SigningKey {
    let made = jwt::generate(algorithm).unwrap();
    SigningKey::parse(algorithm, &made.pkcs8, &made.kid).unwrap()
}

pub(super) async fn with_key(server: &TestServer, key: &SigningKey) -> Application {
    let flow = server.application().await.flow;
    let jwk = serde_json::from_value(key.public_jwk().unwrap()).unwrap();
    server
        .application_over(&flow, |made| {
            made.secrets.clear();
            made.protocol.keys = vec![jwk];
        })
        .await
}

/// As it should be; tests change what they are about.
fn claims(shop: &Application) -> Value {
    let now = shop.server.now().seconds();
    let id = shop.server.state.chance.id();
    json!({ "iss": shop.id, "sub": shop.id, "aud": shop.issuer(), "jti": id, "iat": now, "exp": now + 60 })
}

async fn redeem(shop: &Application, code: &str, asked: &Asked, assertion: &str) -> Answered {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &shop.redirect_uri),
        ("code_verifier", &asked.verifier),
        ("client_assertion_type", KIND),
        ("client_assertion", assertion),
    ];
    shop.post_token(&form, None).await
}

#[tokio::test]
async fn an_application_proves_itself_with_its_key() {
    on_both(async |server| {
        for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
            let key = key(algorithm);
            let shop = with_key(&server, &key).await;
            if server.count("SELECT count(*) FROM accounts").await == 0 {
                server.account(&shop, ADA).await;
            }
            let endpoint = format!("{ORIGIN}/{}/oauth2/v2.0/token", server.tenant);
            let for_pushed = format!("{ORIGIN}/{}/oauth2/v2.0/par", server.tenant);
            let now = server.now().seconds();
            // As libraries write it: one name, a list of it, both; for minutes, for an hour, for a day.
            for (audience, expires) in [
                (json!(shop.issuer()), now + 60),
                (json!(endpoint), now + 600),
                (json!([shop.issuer()]), now + 3600),
                (json!([endpoint, shop.issuer(), for_pushed]), now + 24 * 3600),
            ] {
                let (_, asked, code) = ada_with_code(&server, &shop).await;
                let mut claims = claims(&shop);
                claims["aud"] = audience;
                claims["exp"] = expires.into();
                let assertion = key.sign("JWT", &claims).unwrap();
                let tokens = shop.checked(redeem(&shop, &code, &asked, &assertion).await).await;
                assert_eq!(tokens.access["azpacr"], "2");
            }
            // By the tenant's name, whoever calls it so.
            let (_, asked, code) = ada_with_code(&server, &shop).await;
            let mut claims = claims(&shop);
            claims["aud"] = format!("{ORIGIN}/Woodgrove/oauth2/v2.0/token").into();
            let mut by_name = shop.clone();
            by_name.tenant = "Woodgrove".into();
            let assertion = key.sign("JWT", &claims).unwrap();
            shop.checked(redeem(&by_name, &code, &asked, &assertion).await).await;
        }
    })
    .await;
}

/// As Entra's clients sign with a certificate (RFC 7518 §3.5), and we never do.
fn signed_by_pss(pkcs8: &[u8], claims: &Value) -> String {
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encoded(&json!({ "typ": "JWT", "alg": "PS256" })), encoded(claims));
    let pair = RsaKeyPair::from_pkcs8(pkcs8).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A key that says for which algorithm it is is registered with each that discovery tells, and what it signs is believed.
#[tokio::test]
async fn a_key_for_every_algorithm_that_is_told_is_registered_and_believed() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let flow = server.application().await.flow;
        let document = server.get(&format!("/{}/v2.0/.well-known/openid-configuration", server.tenant)).await.json();
        let told = document["token_endpoint_auth_signing_alg_values_supported"].as_array().unwrap();
        assert!(told.contains(&"PS256".into()), "{told:?}");
        for name in told.iter().map(|name| name.as_str().unwrap()) {
            let algorithm = Algorithm::named(name).unwrap_or(Algorithm::RS256);
            let made = jwt::generate(algorithm).unwrap();
            let key = SigningKey::parse(algorithm, &made.pkcs8, &made.kid).unwrap();
            let mut public = key.public_jwk().unwrap();
            let shop = server.application_over(&flow, |made| made.secrets.clear()).await;
            let path = format!("/applications/{}", shop.id);
            public["alg"] = "RS384".into();
            let refused = admin.patch(&path, json!({ "protocol": { "keys": [&public] } })).await;
            assert_eq!(refused.status, 400, "{name}");
            assert_eq!(refused.json()["error"]["details"][0]["target"], "protocol/keys/0", "{name}");
            public["alg"] = name.into();
            let registered = admin.patch(&path, json!({ "protocol": { "keys": [&public] } })).await;
            assert_eq!(registered.status, 204, "{name}: {}", registered.text());

            let assertion = match name {
                "PS256" => signed_by_pss(&made.pkcs8, &claims(&shop)),
                _ => key.sign("JWT", &claims(&shop)).unwrap(),
            };
            let form = [("token", "x"), ("client_assertion_type", KIND), ("client_assertion", assertion.as_str())];
            let answered = shop.post("introspect-token", &form, None).await;
            assert_eq!(answered.status, 200, "{name}: {}", answered.text());
        }
    })
    .await;
}

/// RFC 7515 §4.1.4: a name is a hint, and some libraries have one of their own for a key.
#[tokio::test]
async fn a_key_is_found_under_whatever_name() {
    on_both(async |server| {
        let (own, other, strange) = (key(Algorithm::ES256), key(Algorithm::ES256), key(Algorithm::ES256));
        let jwk = |key: &SigningKey, name: &str| {
            let jwk: JsonWebKey = serde_json::from_value(key.public_jwk().unwrap()).unwrap();
            JsonWebKey { kid: Some(name.into()), ..jwk }
        };
        let flow = server.application().await.flow;
        let shop = server
            .application_over(&flow, |made| {
                made.secrets.clear();
                made.protocol.keys = vec![jwk(&other, "last year's"), jwk(&own, "this year's")];
            })
            .await;
        server.account(&shop, ADA).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let by_stranger = strange.sign("JWT", &claims(&shop)).unwrap();
        assert_eq!(refused(&redeem(&shop, &code, &asked, &by_stranger).await), "invalid_client");
        let assertion = own.sign("JWT", &claims(&shop)).unwrap();
        shop.checked(redeem(&shop, &code, &asked, &assertion).await).await;
    })
    .await;
}

/// entra-protocol §4: `azpacr` is 2 where a key was the proof, whoever the token is about.
#[tokio::test]
async fn an_application_that_calls_for_itself_proves_itself_with_its_key() {
    on_both(async |server| {
        let key = key(Algorithm::ES256);
        let shop = with_key(&server, &key).await;
        server.allow(&shop, &[Permission::UserRead]).await;
        let (scope, assertion) = (format!("{ORIGIN}/graph/.default"), key.sign("JWT", &claims(&shop)).unwrap());
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", scope.as_str()),
            ("client_assertion_type", KIND),
            ("client_assertion", assertion.as_str()),
        ];
        let told = shop.post_token(&form, None).await;
        assert_eq!(told.status, 200, "{}", told.text());
        let told = told.json();
        let daemon = server.genuine(&server.tenant, told["access_token"].as_str().unwrap()).await;
        assert_eq!(daemon.claims["azpacr"], "2");
    })
    .await;
}

/// cve 31 (Ory Hydra, CVE-2020-5300): the same assertion twice, and everything else that is not one.
#[tokio::test]
async fn r33_cve_2020_5300_an_assertion_is_for_us_for_now_and_for_once() {
    on_both(async |server| {
        let (own, strange) = (key(Algorithm::ES256), key(Algorithm::ES256));
        let shop = with_key(&server, &own).await;
        server.account(&shop, ADA).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let good = claims(&shop);
        let now = server.now().seconds();
        let altered = |change: &dyn Fn(&mut Value)| {
            let mut claims = claims(&shop);
            change(&mut claims);
            own.sign("JWT", &claims).unwrap()
        };
        let changed = |name: &str, value: Value| altered(&|claims| claims[name] = value.clone());
        for (what, assertion) in [
            ("another's key", strange.sign("JWT", &good).unwrap()),
            ("another issuer", changed("iss", "x".into())),
            ("another audience", changed("aud", "https://evil.example/".into())),
            ("another's audience beside ours", changed("aud", json!([shop.issuer(), "https://evil.example/"]))),
            ("a list in a list", changed("aud", json!([[shop.issuer()]]))),
            ("a list of nobody", changed("aud", json!([]))),
            ("no audience", changed("aud", Value::Null)),
            ("no name", changed("jti", Value::Null)),
            ("no end", changed("exp", Value::Null)),
            ("ended", changed("exp", (now - 1).into())),
            (
                "for a day, and nobody knows since when",
                altered(&|claims| {
                    claims["iat"] = Value::Null;
                    claims["exp"] = (now + 24 * 3600).into();
                }),
            ),
            (
                "for a day, and made an hour ago",
                altered(&|claims| {
                    claims["iat"] = (now - 3600).into();
                    claims["exp"] = (now + 24 * 3600).into();
                }),
            ),
            ("for ever", altered(&|claims| (claims["iat"], claims["exp"]) = (Value::Null, json!(1e300)))),
            ("made in the future", altered(&|claims| (claims["iat"], claims["exp"]) = (json!(1e300), json!(1e300)))),
            ("from tomorrow", changed("nbf", (now + 600).into())),
            ("no token", "x.y.z".into()),
            ("nothing", String::new()),
        ] {
            let answered = redeem(&shop, &code, &asked, &assertion).await;
            let error = refused(&answered);
            assert_eq!((answered.status.as_u16(), error.as_str()), (401, "invalid_client"), "{what}");
        }
        let bare = [("grant_type", "authorization_code"), ("code", &code), ("client_id", shop.id.as_str())];
        assert_ne!(shop.post_token(&bare, None).await.status, 200, "its name alone is no proof");

        let assertion = own.sign("JWT", &good).unwrap();
        shop.checked(redeem(&shop, &code, &asked, &assertion).await).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        assert_eq!(refused(&redeem(&shop, &code, &asked, &assertion).await), "invalid_client", "the second time");
        server.clock.advance(Duration::from_secs(1));
        shop.checked(redeem(&shop, &code, &asked, &changed("exp", (now + 30).into())).await).await;

        // What is remembered is forgotten no sooner than it is worthless.
        let for_a_day = changed("exp", (now + 24 * 3600).into());
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        shop.checked(redeem(&shop, &code, &asked, &for_a_day).await).await;
        for minutes in [59, 2, 60] {
            server.clock.advance(Duration::from_secs(minutes * 60));
            server::directory::sweep::sweep(&server.state.db, 100, server.now()).await.unwrap();
            let (_, asked, code) = ada_with_code(&server, &shop).await;
            assert_eq!(refused(&redeem(&shop, &code, &asked, &for_a_day).await), "invalid_client", "{minutes}");
        }
    })
    .await;
}
