//! Tokens that are bound to a key, and the proofs that somebody holds it (RFC 9449, security R34).

use super::{ADA, ada_with_code, refused};
use crate::harness::{Answered, Application, ORIGIN, PASSWORD, ProofKey, TestServer, on_both};
use app::contract::permission::Permission;
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use server::directory::application::{Platform, RedirectUri};
use std::time::Duration;

/// A public client on people's own machines.
async fn native(server: &TestServer) -> Application {
    let flow = server.application().await.flow;
    let change = |made: &mut server::directory::application::Application| {
        made.secrets.clear();
        made.redirect_uris = vec![RedirectUri { platform: Platform::Native, uri: "http://localhost".into() }];
    };
    server.application_over(&flow, change).await
}

/// Ada's tokens, bound to the key.
async fn bound(server: &TestServer, shop: &Application, key: &ProofKey) -> Value {
    if server.count("SELECT count(*) FROM accounts").await == 0 {
        server.account(shop, ADA).await;
    }
    let (_, asked, code) = ada_with_code(server, shop).await;
    let answered = shop.token_with(key, &shop.redemption(&code, &asked)).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    answered.json()
}

async fn is_bound(shop: &Application, told: &Value, key: &ProofKey) {
    assert_eq!(told["token_type"], "DPoP");
    let claims = shop.signed(told["access_token"].as_str().unwrap(), "at+jwt").await;
    assert_eq!(claims["cnf"], json!({ "jkt": key.thumbprint() }));
}

fn text<'a>(told: &'a Value, name: &str) -> &'a str {
    told[name].as_str().unwrap()
}

fn challenges(answered: &Answered) -> String {
    let all = answered.headers.get_all("www-authenticate").iter();
    all.map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn whoever_brings_a_proof_gets_bound_tokens_from_every_grant() {
    on_both(async |server| {
        let (shop, key) = (server.application().await, ProofKey::default());
        let told = bound(&server, &shop, &key).await;
        is_bound(&shop, &told, &key).await;
        shop.verify(text(&told, "id_token"), "JWT").await;

        let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&told, "refresh_token"))];
        // An application with a secret proves itself by that: it may take another key, or none (§5).
        let other = ProofKey::default();
        let told = shop.token_with(&other, &refresh).await.json();
        is_bound(&shop, &told, &other).await;
        assert_eq!(shop.refresh(text(&told, "refresh_token")).await.json()["token_type"], "Bearer");

        server.allow(&shop, &[Permission::UserRead]).await;
        let scope = format!("{ORIGIN}/graph/.default");
        let daemon = shop.token_with(&key, &[("grant_type", "client_credentials"), ("scope", &scope)]).await.json();
        assert_eq!(daemon["token_type"], "DPoP");

        let tv = native(&server).await;
        let device = tv.call("devicecode", &[("scope", "openid offline_access")]).await.json();
        let mut ada = server.browser();
        ada.open(&format!("/{}/oauth2/deviceauth?user_code={}", tv.tenant, text(&device, "user_code"))).await;
        ada.sign_in(ADA, PASSWORD).await;
        ada.press("Continue").await;
        let form = [("grant_type", "device_code"), ("device_code", text(&device, "device_code"))];
        let told = tv.token_with(&key, &form).await.json();
        is_bound(&tv, &told, &key).await;
    })
    .await;
}

/// RFC 9449 §7: every way to show a bound token that is not the right one.
#[tokio::test]
async fn r34_a_bound_token_is_worth_nothing_without_its_key() {
    on_both(async |server| {
        let (shop, key, strange) = (server.application().await, ProofKey::default(), ProofKey::default());
        let token = text(&bound(&server, &shop, &key).await, "access_token").to_owned();
        let path = format!("/{}/oidc/userinfo", shop.tenant);
        let proof = |changes: Value| {
            let ath = server::secret::token::hash(&token);
            let mut all = json!({ "ath": ath });
            all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            key.with(&server, "GET", &path, all)
        };
        let now = server.now().seconds();
        let (bearer, dpop) = (format!("Bearer {token}"), format!("DPoP {token}"));
        let good = proof(json!({}));
        for (what, error, headers) in [
            ("as bearer", "invalid_token", vec![("authorization", bearer.as_str())]),
            ("as bearer, with a proof", "invalid_token", vec![("authorization", &bearer), ("dpop", &good)]),
            ("no proof", "invalid_dpop_proof", vec![("authorization", &dpop)]),
            ("two proofs", "invalid_dpop_proof", vec![("authorization", &dpop), ("dpop", &good), ("dpop", &good)]),
            ("nonsense", "invalid_dpop_proof", vec![("authorization", &dpop), ("dpop", "x")]),
            (
                "another's key",
                "invalid_token",
                vec![("authorization", &dpop), ("dpop", &strange.beside(&server, "GET", &path, &token))],
            ),
            (
                "another token",
                "invalid_dpop_proof",
                vec![("authorization", &dpop), ("dpop", &key.beside(&server, "GET", &path, "x"))],
            ),
            (
                "another method",
                "invalid_dpop_proof",
                vec![("authorization", &dpop), ("dpop", &proof(json!({ "htm": "POST" })))],
            ),
            (
                "another address",
                "invalid_dpop_proof",
                vec![("authorization", &dpop), ("dpop", &proof(json!({ "htu": format!("{ORIGIN}/x") })))],
            ),
            ("old", "invalid_dpop_proof", vec![("authorization", &dpop), ("dpop", &proof(json!({ "iat": now - 61 })))]),
            (
                "ahead",
                "invalid_dpop_proof",
                vec![("authorization", &dpop), ("dpop", &proof(json!({ "iat": now + 61 })))],
            ),
        ] {
            let answered = shop.userinfo_with(&headers).await;
            assert_eq!(answered.status, 401, "{what}");
            assert_eq!(answered.json()["error"], error, "{what}");
            let told = challenges(&answered);
            assert!(told.starts_with(&format!("DPoP error=\"{error}\", algs=\"")), "{what}: {told}");
        }
        let form = format!("access_token={token}");
        let request = Request::post(&path).header("content-type", "application/x-www-form-urlencoded");
        let answered = server.send(request.body(Body::from(form)).unwrap()).await;
        assert_eq!(answered.status, 401, "in a form it comes without a proof (§7.1)");

        let answered = shop.userinfo_with(&[("authorization", &dpop), ("dpop", &good)]).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        // The same proof again, here and at another server.
        for there in [shop.clone(), shop.through(&server.another().await)] {
            let answered = there.userinfo_with(&[("authorization", &dpop), ("dpop", &good)]).await;
            assert_eq!((answered.status.as_u16(), &answered.json()["error"]), (401, &json!("invalid_dpop_proof")));
        }
        // Nor does a proof make an unbound token bound.
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let unbound = text(&shop.redeem(&code, &asked).await.json(), "access_token").to_owned();
        let proof = key.beside(&server, "GET", &path, &unbound);
        let authorization = format!("DPoP {unbound}");
        assert_eq!(shop.userinfo_with(&[("authorization", &authorization), ("dpop", &proof)]).await.status, 401);
        assert_eq!(shop.userinfo(&unbound).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn r34_a_proof_at_the_token_endpoint_is_for_it_and_for_once() {
    on_both(async |server| {
        let (shop, key) = (server.application().await, ProofKey::default());
        let told = bound(&server, &shop, &key).await;
        let here = format!("/{}/oauth2/v2.0/token", shop.tenant);
        let good = key.for_endpoint(&shop, "token");
        let mut token = text(&told, "refresh_token").to_owned();
        let refresh = async |token: &str, headers: &[(&str, &str)]| {
            shop.call_with("token", &[("grant_type", "refresh_token"), ("refresh_token", token)], headers).await
        };
        for proof in [
            "x".to_owned(),
            key.for_endpoint(&shop, "par"),
            key.with(&server, "GET", &here, json!({})),
            key.with(&server, "POST", &here, json!({ "iat": server.now().seconds() - 61 })),
            key.with(&server, "POST", &here, json!({ "jti": "" })),
        ] {
            let answered = refresh(&token, &[("dpop", &proof)]).await;
            assert_eq!((answered.status.as_u16(), refused(&answered).as_str()), (400, "invalid_dpop_proof"));
        }
        assert_eq!(refused(&refresh(&token, &[("dpop", &good), ("dpop", &good)]).await), "invalid_dpop_proof");
        token = text(&refresh(&token, &[("dpop", &good)]).await.json(), "refresh_token").into();
        assert_eq!(refused(&refresh(&token, &[("dpop", &good)]).await), "invalid_dpop_proof", "the second time");
        // Two at once, at two servers: one of them.
        let there = shop.through(&server.another().await);
        let proof = key.for_endpoint(&shop, "token");
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        let headers = [("dpop", proof.as_str())];
        let both =
            futures::future::join(shop.call_with("token", &form, &headers), there.call_with("token", &form, &headers));
        let (one, other) = both.await;
        assert_eq!([one.status, other.status].iter().filter(|status| **status == 200).count(), 1);
        // What is too old to come again is not remembered.
        let kept = "SELECT count(*) FROM seen_names";
        assert!(server.count(kept).await > 0);
        server.clock.advance(Duration::from_secs(122));
        server::directory::sweep::sweep(&server.state.db, 100, server.now()).await.unwrap();
        assert_eq!(server.count(kept).await, 0);
    })
    .await;
}

/// RFC 9449 §5: where nothing else proves the application, its refresh tokens are bound to the key as well.
#[tokio::test]
async fn r34_refresh_tokens_of_public_clients_are_bound_to_their_key() {
    on_both(async |server| {
        let (app, key) = (native(&server).await, ProofKey::default());
        let told = bound(&server, &app, &key).await;
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&told, "refresh_token"))];
        assert_eq!(refused(&app.token(&form).await), "invalid_grant");
        assert_eq!(refused(&app.token_with(&ProofKey::default(), &form).await), "invalid_grant");
        let told = app.token_with(&key, &form).await.json();
        is_bound(&app, &told, &key).await;
        // Whoever brought no proof at first may bring one later.
        let (_, asked, code) = ada_with_code(&server, &app).await;
        let told = app.redeem(&code, &asked).await.json();
        assert_eq!(told["token_type"], "Bearer");
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&told, "refresh_token"))];
        is_bound(&app, &app.token_with(&key, &form).await.json(), &key).await;
    })
    .await;
}

/// RFC 9449 §10: from the request on, the code is for one key alone.
#[tokio::test]
async fn a_code_is_bound_to_the_key_that_the_request_names() {
    on_both(async |server| {
        let (shop, key) = (server.application().await, ProofKey::default());
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks_with(&mut ada, &[("dpop_jkt", "x")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "invalid_request");

        let thumbprint = key.thumbprint();
        for wrong in [None, Some(ProofKey::default())] {
            let mut ada = server.browser();
            let asked = shop.asks_with(&mut ada, &[("dpop_jkt", &thumbprint)]).await;
            ada.sign_in(ADA, PASSWORD).await;
            let code = shop.code(&ada, &asked);
            let answered = match &wrong {
                None => shop.redeem(&code, &asked).await,
                Some(other) => shop.token_with(other, &shop.redemption(&code, &asked)).await,
            };
            assert_eq!(refused(&answered), "invalid_grant");
            assert_eq!(refused(&shop.token_with(&key, &shop.redemption(&code, &asked)).await), "invalid_grant", "once");
            let asked = shop.asks_with(&mut ada, &[("dpop_jkt", &thumbprint)]).await;
            let code = shop.code(&ada, &asked);
            let told = shop.token_with(&key, &shop.redemption(&code, &asked)).await;
            is_bound(&shop, &told.json(), &key).await;
        }
    })
    .await;
}

/// RFC 9449 §10.1: pushed with a proof, the request names its key; a parameter may say the same and nothing else.
#[tokio::test]
async fn r34_a_pushed_request_is_bound_by_its_proof() {
    on_both(async |server| {
        let (shop, key) = (server.application().await, ProofKey::default());
        server.account(&shop, ADA).await;
        let (asked, parameters) = shop.request();
        let mut form: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let push = async |form: &[(&str, &str)], proof: &str| shop.call_with("par", form, &[("dpop", proof)]).await;
        assert_eq!(refused(&push(&form, &key.for_endpoint(&shop, "token")).await), "invalid_dpop_proof");
        let other = ProofKey::default().thumbprint();
        form.push(("dpop_jkt", &other));
        assert_eq!(refused(&push(&form, &key.for_endpoint(&shop, "par")).await), "invalid_request");
        form.pop();
        let proof = key.for_endpoint(&shop, "par");
        let answered = push(&form, &proof).await;
        assert_eq!(answered.status, 201, "{}", answered.text());
        assert_eq!(refused(&push(&form, &proof).await), "invalid_dpop_proof", "the second time");

        let request_uri = text(&answered.json(), "request_uri").to_owned();
        let named = [("client_id".to_owned(), shop.id.to_string()), ("request_uri".into(), request_uri)];
        let mut ada = server.browser();
        ada.open(&shop.authorize(&named)).await;
        ada.sign_in(ADA, PASSWORD).await;
        let code = shop.code(&ada, &asked);
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_grant");
    })
    .await;
}

/// RFC 9449 §8, §9: where an application wants it, a proof is not only of this minute by its own word.
#[tokio::test]
async fn r34_proofs_say_a_nonce_where_the_application_wants_it() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server.application_over(&flow, |made| made.protocol.require_fresh_proofs = true).await;
        let key = ProofKey::default();
        server.account(&shop, ADA).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let form = shop.redemption(&code, &asked);
        let answered = shop.token_with(&key, &form).await;
        assert_eq!((answered.status.as_u16(), refused(&answered).as_str()), (400, "use_dpop_nonce"));
        let nonce = answered.header("dpop-nonce").to_owned();
        let here = format!("/{}/oauth2/v2.0/token", shop.tenant);
        for wrong in ["", "x", &nonce[1..]] {
            let proof = key.with(&server, "POST", &here, json!({ "nonce": wrong }));
            assert_eq!(refused(&shop.call_with("token", &form, &[("dpop", &proof)]).await), "use_dpop_nonce");
        }
        // Another server knows it without having been told.
        let there = shop.through(&server.another().await);
        let proof = key.with(&server, "POST", &here, json!({ "nonce": nonce }));
        let answered = there.call_with("token", &form, &[("dpop", &proof)]).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        assert!(!answered.header("dpop-nonce").is_empty(), "the next one");

        let told = answered.json();
        let token = text(&told, "access_token");
        let path = format!("/{}/oidc/userinfo", shop.tenant);
        let authorization = format!("DPoP {token}");
        let userinfo = async |nonce: &str| {
            let ath = server::secret::token::hash(token);
            let proof = key.with(&server, "GET", &path, json!({ "ath": ath, "nonce": nonce }));
            shop.userinfo_with(&[("authorization", &authorization), ("dpop", &proof)]).await
        };
        server.clock.advance(Duration::from_secs(60));
        assert_eq!(userinfo(&nonce).await.status, 200, "the last minute's");
        server.clock.advance(Duration::from_secs(60));
        let answered = userinfo(&nonce).await;
        assert_eq!((answered.status.as_u16(), refused(&answered).as_str()), (401, "use_dpop_nonce"));
        assert!(challenges(&answered).contains("DPoP error=\"use_dpop_nonce\""));
        let next = answered.header("dpop-nonce").to_owned();
        assert_ne!(next, nonce);
        assert_eq!(userinfo(&next).await.status, 200);
    })
    .await;
}

/// RFC 9449 §5.2.
#[tokio::test]
async fn an_application_may_want_all_its_tokens_bound() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server
            .application_over(&flow, |made| {
                made.protocol.require_bound_tokens = true;
                made.protocol.id_token_at_authorize = true;
                made.protocol.access_token_at_authorize = true;
            })
            .await;
        server.account(&shop, ADA).await;
        let (mut ada, asked, code) = ada_with_code(&server, &shop).await;
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_dpop_proof");
        let key = ProofKey::default();
        let told = shop.token_with(&key, &shop.redemption(&code, &asked)).await;
        is_bound(&shop, &told.json(), &key).await;
        // What comes by the browser cannot be bound.
        for (kind, error) in [("code id_token token", Some("unsupported_response_type")), ("code id_token", None)] {
            shop.asks_with(&mut ada, &[("response_type", kind)]).await;
            assert_eq!(shop.answer(&ada).unwrap().get("error").map(String::as_str), error, "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_token_is_bound_to_is_told_to_whoever_may_ask() {
    on_both(async |server| {
        let (shop, key) = (server.application().await, ProofKey::default());
        let told = bound(&server, &shop, &key).await;
        let told = shop.call("introspect-token", &[("token", text(&told, "access_token"))]).await.json();
        assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("DPoP")));
        assert_eq!(told["cnf"]["jkt"], key.thumbprint());
    })
    .await;
}

/// Security R25: a page may send a proof, and read the nonce for the next.
#[tokio::test]
async fn r25_pages_may_prove_that_they_hold_a_key() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let page = server.page_over(&flow).await;
        let key = ProofKey::default();
        let told = bound(&server, &page, &key).await;
        is_bound(&page, &told, &key).await;
        // And read why it was not believed.
        let shown = format!("DPoP {}", text(&told, "access_token"));
        let own = "https://shop.example.test";
        let answered = page.userinfo_with(&[("authorization", &shown), ("origin", own)]).await;
        assert_eq!((answered.status.as_u16(), answered.header("access-control-allow-origin")), (401, own));
        assert!(answered.header("access-control-expose-headers").contains("www-authenticate"));
        for path in ["oauth2/v2.0/token", "oauth2/v2.0/par", "oidc/userinfo"] {
            let request = Request::builder().method(Method::OPTIONS).uri(format!("/{}/{path}", server.tenant));
            let answered = server.send(request.body(Body::empty()).unwrap()).await;
            let allowed = answered.header("access-control-allow-headers");
            assert!(allowed.split(", ").any(|name| name == "dpop"), "{path}: {allowed}");
        }
        let answered = page.token(&[("grant_type", "refresh_token"), ("refresh_token", "x")]).await;
        assert!(answered.header("access-control-expose-headers").contains("dpop-nonce"));
    })
    .await;
}
