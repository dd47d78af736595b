//! Applications that prove themselves with a key of their own (RFC 7523, security R33).

use super::{ADA, ada_with_code, refused};
use crate::harness::{Answered, Application, Asked, ORIGIN, TestServer, on_both};
use app::contract::permission::Permission;
use serde_json::{Value, json};
use server::secret::jwt::{self, Algorithm, SigningKey};
use std::time::Duration;

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn key(algorithm: Algorithm) -> SigningKey {
    let made = jwt::generate(algorithm).unwrap();
    SigningKey::parse(algorithm, &made.pkcs8, &made.kid).unwrap()
}

async fn with_key(server: &TestServer, key: &SigningKey) -> Application {
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
            for audience in [shop.issuer(), endpoint] {
                let (_, asked, code) = ada_with_code(&server, &shop).await;
                let mut claims = claims(&shop);
                claims["aud"] = audience.into();
                let assertion = key.sign("JWT", &claims).unwrap();
                let tokens = shop.checked(redeem(&shop, &code, &asked, &assertion).await).await;
                assert_eq!(tokens.access["azpacr"], "2");
            }
        }
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
        let changed = |name: &str, value: Value| {
            let mut claims = claims(&shop);
            claims[name] = value;
            own.sign("JWT", &claims).unwrap()
        };
        for (what, assertion) in [
            ("another's key", strange.sign("JWT", &good).unwrap()),
            ("another issuer", changed("iss", "x".into())),
            ("another audience", changed("aud", "https://evil.example/".into())),
            ("a list of audiences", changed("aud", json!([shop.issuer()]))),
            ("no audience", changed("aud", Value::Null)),
            ("no name", changed("jti", Value::Null)),
            ("no end", changed("exp", Value::Null)),
            ("ended", changed("exp", (now - 1).into())),
            ("too long", changed("exp", (now + 3600).into())),
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
    })
    .await;
}
