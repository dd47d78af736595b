//! Every counterfeit at every door that a token opens: not one is believed (security R31; cve 35, 36).

use crate::harness::{Answered, Application, Genuine, ORIGIN, PASSWORD, TestServer, on_both};
use app::contract::id::TenantId;
use axum::{
    body::Body,
    http::{HeaderValue, Request},
};
use serde_json::{Value, json};
use server::{
    administration,
    graph::{Needs, declared},
    secret::jwt::{self, Algorithm, SigningKey},
};
use std::collections::BTreeSet;

const ADA: &str = "ada@example.org";

async fn published(server: &TestServer, tenant: &TenantId) -> Vec<u8> {
    server.get(&format!("/{tenant}/discovery/v2.0/keys")).await.body.to_vec()
}

async fn shop_by(server: &TestServer, algorithm: Algorithm) -> Application {
    let flow = server.application().await.flow;
    server.application_over(&flow, |made| made.algorithm = algorithm.name().into()).await
}

/// Ada's tokens, and the browser in which she is signed in.
async fn ada(server: &TestServer, shop: &Application) -> (crate::harness::Browser, crate::harness::Tokens) {
    let here = "SELECT count(*) FROM accounts a JOIN tenants t ON t.id = a.tenant_id WHERE t.name = 'Woodgrove'";
    if server.count(here).await == 0 {
        server.account(shop, ADA).await;
    }
    let mut ada = server.browser();
    let asked = shop.asks(&mut ada).await;
    ada.sign_in(ADA, PASSWORD).await;
    let tokens = shop.tokens(&ada, &asked).await;
    (ada, tokens)
}

/// Our own key under what we never say: the times, and for whom and by whom it is.
fn lies(genuine: &Genuine, server: &TestServer) -> Vec<(String, String)> {
    let now = server.now().seconds();
    let mut lies = Vec::new();
    for typ in ["JWT", "id", "id+jwt", "logout+jwt", "dpop+jwt", "userinfo+jwt", "at", "at+jwt ", " at+jwt", ""] {
        lies.push((json!({ "typ": typ }), None));
    }
    lies.extend([(json!({ "typ": null }), None), (json!({ "typ": 1 }), None), (json!({ "typ": ["at+jwt"] }), None)]);
    for claim in ["exp", "nbf", "iat"] {
        for value in [
            json!("9999999999"),
            json!(9_999_999_999.5),
            json!(9_999_999_999.0),
            json!(9_223_372_036_854_775_808_u64),
            json!(u64::MAX),
            json!(1e300),
            json!(true),
            json!([now]),
            json!({ "value": now }),
            Value::Null,
        ] {
            lies.push((json!({}), Some((claim, value))));
        }
    }
    for (claim, value) in [
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(i64::MIN)),
        ("nbf", json!(now + 61)),
        ("nbf", json!(i64::MAX)),
        ("iat", json!(now + 61)),
        ("iss", json!("https://evil.example/")),
        ("iss", json!(format!("{ORIGIN}/other/v2.0"))),
        ("iss", json!(format!("{ORIGIN}/v2.0"))),
        ("iss", json!(format!("{}/", genuine.claims["iss"].as_str().unwrap()))),
        ("iss", json!(genuine.claims["iss"].as_str().unwrap().to_uppercase())),
        ("iss", json!([genuine.claims["iss"]])),
        ("iss", json!("")),
        ("iss", Value::Null),
        ("aud", json!("https://evil.example/")),
        ("aud", json!("nobody")),
        ("aud", json!(["nobody"])),
        ("aud", json!([])),
        ("aud", json!([1])),
        ("aud", json!({})),
        ("aud", json!("")),
        ("aud", Value::Null),
        ("client_id", json!("nobody")),
        ("client_id", Value::Null),
        ("oid", json!("nobody")),
        ("oid", Value::Null),
        ("sid", json!("nobody")),
        ("sid", Value::Null),
        ("jti", Value::Null),
    ] {
        lies.push((json!({}), Some((claim, value))));
    }
    lies.into_iter()
        .map(|(header, claim)| {
            let mut liar = genuine.clone();
            let what = format!("{header} {claim:?}");
            for (name, value) in header.as_object().unwrap() {
                match value {
                    Value::Null => liar.header.as_object_mut().unwrap().remove(name),
                    value => liar.header.as_object_mut().unwrap().insert(name.clone(), value.clone()),
                };
            }
            let token = match claim {
                Some((claim, value)) => liar.saying(claim, value),
                None => liar.token(),
            };
            (what, token)
        })
        .collect()
}

/// As it is, if a header can hold it at all.
fn bearer(token: &str) -> HeaderValue {
    HeaderValue::from_bytes(format!("Bearer {token}").as_bytes()).unwrap_or(HeaderValue::from_static("Bearer"))
}

async fn shown(server: &TestServer, method: &str, path: &str, token: &str) -> Answered {
    let request = Request::builder().method(method).uri(path).header("authorization", bearer(token));
    server.send(request.body(Body::empty()).unwrap()).await
}

fn is_refused(answered: &Answered, what: &str) {
    let status = answered.status.as_u16();
    assert!([400, 401, 413, 431].contains(&status), "{what}: {status}: {}", answered.text());
    assert!(status != 401 || answered.headers.contains_key("www-authenticate"), "{what}");
    for told in [ADA, "Ada Lovelace"] {
        assert!(!answered.text().contains(told), "{what}");
    }
}

#[tokio::test]
async fn r31_cve_2026_25537_no_counterfeit_tells_of_anybody() {
    on_both(async |server| {
        server.make_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into(), "Fabrikam").await;
        for algorithm in Algorithm::ALL {
            let shop = shop_by(&server, algorithm).await;
            let (_, tokens) = ada(&server, &shop).await;
            let genuine = server.genuine(&server.tenant, &tokens.access_token).await;
            let mut forged = genuine.counterfeits(&published(&server, &server.tenant).await);
            forged.extend(lies(&genuine, &server));
            forged.push(("its ID token".into(), tokens.id_token.clone()));
            forged.push(("its refresh token".into(), tokens.refresh_token.clone()));
            assert!(forged.len() > 300, "{}", forged.len());

            let path = format!("/{}/oidc/userinfo", server.tenant);
            assert_eq!(
                shown(&server, "GET", &path, &genuine.token()).await.json()["email"],
                ADA,
                "our forger knows how"
            );
            for (what, token) in &forged {
                is_refused(&shown(&server, "GET", &path, token).await, what);
            }
            // The same by every other way in.
            let flow = server.text("SELECT name FROM user_flows ORDER BY name LIMIT 1").await.replace(' ', "%20");
            for (at, (what, token)) in forged.iter().enumerate() {
                let doors = [
                    format!("/{}/openid/v2.0/userinfo", server.tenant),
                    format!("/{}/{flow}/openid/v2.0/userinfo", server.tenant),
                    format!("/tfp/{}/{flow}/openid/v2.0/userinfo", server.tenant),
                ];
                is_refused(
                    &shown(&server, if at % 2 == 0 { "POST" } else { "GET" }, &doors[at % 3], token).await,
                    what,
                );
                let form =
                    url::form_urlencoded::Serializer::new(String::new()).append_pair("access_token", token).finish();
                let request = Request::post(&path).header("content-type", "application/x-www-form-urlencoded");
                is_refused(&server.send(request.body(Body::from(form)).unwrap()).await, what);
            }
            // cve 36: what is true of one tenant is not of another.
            let elsewhere = shown(&server, "GET", "/fabrikam/oidc/userinfo", &tokens.access_token).await;
            is_refused(&elsewhere, "at another tenant");
            let in_address = server.get(&format!("{path}?access_token={}", tokens.access_token)).await;
            is_refused(&in_address, "in the address");

            // Whoever asks what they are worth is told: nothing. Whoever gives them back gives nothing back.
            for (what, token) in forged.iter().filter(|(what, token)| !token.is_empty() && what != "its refresh token")
            {
                let told = shop.call("introspect-token", &[("token", token)]).await;
                assert_eq!(told.json(), json!({ "active": false }), "{what}");
            }
            // Our own word about nobody, for nobody or in another header is our own word all the same: its jti would be given
            // back, as it is while an API is switched off.
            let ours = ["oid", "sid", "aud", "\"typ\":\"JWT\"", "refresh"];
            let is_nobody_s = |what: &str| !ours.iter().any(|word| what.contains(word));
            for (what, token) in forged.iter().filter(|(what, token)| !token.is_empty() && is_nobody_s(what)) {
                let status = shop.call("revoke", &[("token", token)]).await.status.as_u16();
                assert!([200, 400].contains(&status), "{what}: {status}");
            }
            assert_eq!(shop.userinfo(&tokens.access_token).await.status, 200);
            assert_eq!(shop.refresh(&tokens.refresh_token).await.status, 200);
        }
    })
    .await;
}

/// Every route of the management API, by everything that is no token of an administrator.
#[tokio::test]
async fn r31_no_counterfeit_administers_anything() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let issuing = TenantId::from(administration::TENANT_ID);
        let genuine = server.genuine(&issuing, &admin.token).await;
        let mut forged = genuine.counterfeits(&published(&server, &issuing).await);
        forged.extend(lies(&genuine, &server));
        // The same words, signed by the tenant that is administered: it has keys of its own.
        let shop = shop_by(&server, Algorithm::ES256).await;
        let (_, tokens) = ada(&server, &shop).await;
        let theirs = server.genuine(&server.tenant, &tokens.access_token).await;
        let mut posing = theirs.clone();
        posing.claims = genuine.claims.clone();
        forged.push(("another tenant's key".into(), posing.token()));
        posing.claims["iss"] = theirs.claims["iss"].clone();
        forged.push(("another tenant's key and issuer".into(), posing.token()));
        posing.claims["tid"] = theirs.claims["tid"].clone();
        forged.push(("another tenant's key, issuer and tid".into(), posing.token()));
        forged.push(("a customer's token for an application".into(), tokens.access_token));
        forged.push(("an ID token".into(), tokens.id_token));
        let aud = genuine.claims["aud"].as_str().unwrap();
        for (claim, value) in [
            ("aud", json!(format!("{aud}/"))),
            ("aud", json!(aud.to_uppercase())),
            ("aud", json!("00000003-0000-0000-c000-000000000000")),
            ("aud", json!("https://graph.microsoft.com")),
            ("tid", Value::Null),
            ("tid", json!("nobody")),
            ("tid", json!(server.tenant)),
        ] {
            forged.push((format!("{claim} {value}"), genuine.saying(claim, value)));
        }

        let about = server.tenant.to_string();
        let send = async |method: &str, path: &str, token: &str| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", bearer(token))
                .header("portico-tenant", &about)
                .header("content-type", "application/json");
            server.send(request.body(Body::from("{}")).unwrap()).await
        };
        let path = |route: &str| {
            let parts = route.split('/').map(|part| if part.starts_with('{') { "nobody" } else { part });
            format!("/graph/v1.0{}", parts.collect::<Vec<_>>().join("/"))
        };
        let routes: Vec<_> = declared().into_iter().filter(|route| route.needs != Needs::Nobody).collect();
        assert!(routes.len() > 80, "{}", routes.len());
        let rows = "SELECT (SELECT count(*) FROM user_flows) + (SELECT count(*) FROM applications)
                    + (SELECT count(*) FROM accounts) + (SELECT count(*) FROM audits)";
        let before = server.count(rows).await;
        let mut refused = BTreeSet::new();
        for (at, route) in routes.iter().enumerate() {
            let (method, path) = (route.method.as_str(), path(&route.path));
            if route.method == "GET" {
                assert_ne!(send(method, &path, &genuine.token()).await.status, 401, "our forger knows how: {path}");
            }
            // All of them where a request begins; everywhere else every ninth, each time others.
            for (what, token) in forged.iter().skip(at % 9).step_by(if at < 3 { 1 } else { 9 }) {
                is_refused(&send(method, &path, token).await, &format!("{method} {path}: {what}"));
                refused.insert(what);
            }
        }
        assert!(refused.len() * 10 > forged.len() * 9, "{} of {}", refused.len(), forged.len());
        assert_eq!(server.count(rows).await, before);
    })
    .await;
}

/// A hint that is forged, or for another application, ends nobody's session unasked.
#[tokio::test]
async fn r31_no_counterfeit_signs_anybody_out() {
    on_both(async |server| {
        let shop = shop_by(&server, Algorithm::RS256).await;
        let (mut browser, tokens) = ada(&server, &shop).await;
        let genuine = server.genuine(&server.tenant, &tokens.id_token).await;
        let mut forged = genuine.counterfeits(&published(&server, &server.tenant).await);
        forged.push(("its access token".into(), tokens.access_token.clone()));
        for claim in ["sid", "iss"] {
            forged.push((claim.into(), genuine.saying(claim, json!("nobody"))));
            forged.push((claim.into(), genuine.saying(claim, Value::Null)));
        }
        let running = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
        let logout = |hint: &str| {
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("id_token_hint", hint).finish();
            format!("/{}/oauth2/v2.0/logout?{query}", server.tenant)
        };
        for (what, hint) in forged.iter().filter(|(_, hint)| hint.len() < 6000) {
            browser.open(&logout(hint)).await;
            assert_eq!((browser.status.as_u16(), browser.left_for.is_none()), (200, true), "{what}");
            assert_eq!(server.count(running).await, 1, "{what}");
        }
        browser.open(&logout(&genuine.token())).await;
        assert_eq!(server.count(running).await, 0, "the true one does");
    })
    .await;
}

/// Applications that sign for themselves: at every endpoint that they call.
#[tokio::test]
async fn r31_r33_no_counterfeit_speaks_for_an_application() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        for algorithm in Algorithm::ALL {
            let made = jwt::generate(algorithm).unwrap();
            let public = SigningKey::parse(algorithm, &made.pkcs8, &made.kid).unwrap().public_jwk().unwrap();
            let registered = serde_json::from_value(public.clone()).unwrap();
            let shop = server
                .application_over(&flow, |application| {
                    application.secrets.clear();
                    application.protocol.keys = vec![registered];
                })
                .await;
            let now = server.now().seconds();
            let claims = json!({
                "iss": shop.id, "sub": shop.id, "aud": shop.issuer(), "iat": now, "exp": now + 60,
                "jti": server.state.chance.id(),
            });
            let genuine = Genuine::by(&made, algorithm, &claims);
            let mut forged = genuine.counterfeits(json!({ "keys": [public] }).to_string().as_bytes());
            for (claim, value) in [
                ("iss", json!("nobody")),
                ("iss", Value::Null),
                ("sub", Value::Null),
                ("aud", json!("https://evil.example/")),
                ("aud", json!([])),
                ("aud", json!([shop.issuer(), "https://evil.example/"])),
                ("aud", json!(format!("{ORIGIN}/other/v2.0"))),
                ("aud", Value::Null),
                ("exp", json!(now)),
                ("exp", json!("9999999999")),
                ("exp", Value::Null),
                ("nbf", json!(now + 61)),
                ("iat", json!(now + 61)),
                ("iat", json!(now - 3600)),
                ("jti", Value::Null),
                ("jti", json!("")),
                ("jti", json!(7)),
                ("jti", json!("x".repeat(257))),
            ] {
                forged.push((format!("{claim} {value}"), genuine.saying(claim, value)));
            }
            let endpoints = ["token", "par", "devicecode", "revoke", "introspect-token"];
            let form = |assertion: &'_ str| -> Vec<(&'static str, String)> {
                vec![
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into()),
                    ("client_assertion", assertion.into()),
                    ("client_id", shop.id.to_string()),
                    ("grant_type", "client_credentials".into()),
                    ("scope", format!("{ORIGIN}/graph/.default")),
                    ("token", "x".into()),
                ]
            };
            let call = async |endpoint: &str, assertion: &str| {
                let form = form(assertion);
                let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
                shop.post(endpoint, &form, None).await
            };
            // The name of a key only says which to try first (RFC 7515 §4.1.4): under none that we know, every key of the
            // application's is tried, and the right one signed these. A name leads nowhere, whatever stands in it.
            forged.retain(|(what, _)| !(what.starts_with("header {\"kid\":\"") || what == "header {\"kid\":null}"));
            for (at, (what, assertion)) in forged.iter().enumerate() {
                let answered = call(endpoints[at % endpoints.len()], assertion).await;
                let error = answered.json()["error"].as_str().unwrap_or_default().to_owned();
                let told = (answered.status.as_u16(), error.as_str());
                assert!([(401, "invalid_client"), (400, "invalid_request")].contains(&told), "{what}: {told:?}");
            }
            for endpoint in endpoints {
                let genuine = genuine.saying("jti", json!(server.state.chance.id()));
                let refused = async || call(endpoint, &genuine).await.text().contains("\"invalid_client\"");
                assert!(!refused().await, "{endpoint}");
                assert!(refused().await, "{endpoint}, again");
            }
        }
    })
    .await;
}
