//! What comes back from the authorization endpoint: code, tokens or nothing, by query, fragment or form (OAuth 2.0 Multiple
//! Response Types, Form Post Response Mode), and what may be asked by the `claims` parameter.

use super::{ADA, ada_with_tokens, refused};
use crate::harness::{Application, Browser, PASSWORD, TestServer, on_both};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// An application that may have everything.
async fn free(server: &TestServer) -> Application {
    let flow = server.application().await.flow;
    let shop = server
        .application_over(&flow, |made| {
            made.protocol.id_token_at_authorize = true;
            made.protocol.access_token_at_authorize = true;
        })
        .await;
    server.account(&shop, ADA).await;
    shop
}

fn half(of: &str) -> Value {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, of.as_bytes()).as_ref()[..16]).into()
}

async fn signs_in(shop: &Application, ada: &mut Browser, changes: &[(&str, &str)]) -> crate::harness::Asked {
    let asked = shop.asks_with(ada, changes).await;
    if !shop.has_come(ada) {
        ada.sign_in(ADA, PASSWORD).await;
    }
    asked
}

#[tokio::test]
async fn every_response_type_holds_what_its_words_say() {
    on_both(async |server| {
        let shop = free(&server).await;
        let mut ada = server.browser();
        // The first comes by a journey, the others by the session that it left.
        for kind in
            ["code id_token token", "code", "id_token", "code id_token", "id_token token", "token id_token", "none"]
        {
            let asked = signs_in(&shop, &mut ada, &[("response_type", kind)]).await;
            let answer = shop.answer(&ada).unwrap_or_else(|| panic!("{kind}: {}", ada.text()));
            assert_eq!(answer["state"], asked.state);
            for (word, name) in [("code", "code"), ("id_token", "id_token"), ("token", "access_token")] {
                assert_eq!(answer.contains_key(name), kind.split(' ').any(|it| it == word), "{kind}: {name}");
            }
            let separator = if kind.contains("token") { '#' } else { '?' };
            assert!(ada.left_for.as_ref().unwrap().starts_with(&format!("{}{separator}", shop.redirect_uri)), "{kind}");
            let (code, access_token) = (answer.get("code"), answer.get("access_token"));
            if let Some(id_token) = answer.get("id_token") {
                let claims = shop.verify(id_token, "JWT").await;
                assert_eq!(claims["nonce"], asked.nonce.as_str());
                assert_eq!(claims["s_hash"], half(&asked.state));
                assert_eq!(claims["c_hash"], code.map_or(Value::Null, |code| half(code)));
                assert_eq!(claims["at_hash"], access_token.map_or(Value::Null, |token| half(token)));
            }
            if let Some(access_token) = access_token {
                assert_eq!((answer["token_type"].as_str(), answer["expires_in"].as_str()), ("Bearer", "3600"));
                assert_eq!(answer["scope"], "openid profile email");
                assert_eq!(shop.userinfo(access_token).await.json()["email"], ADA);
            }
            if let Some(code) = code {
                let tokens = shop.checked(shop.redeem(code, &asked).await).await;
                assert_eq!(tokens.id["nonce"], asked.nonce.as_str());
            }
        }
    })
    .await;
}

/// What an administrator has not switched on is refused where the application can hear it.
#[tokio::test]
async fn an_application_gets_no_tokens_by_the_browser_that_it_may_not_have() {
    on_both(async |server| {
        let shop = server.application().await;
        for (kind, mode, separator) in [
            ("id_token", "", '#'),
            ("code id_token", "query", '#'),
            ("id_token token", "fragment", '#'),
            ("token", "", '?'),
        ] {
            let mut ada = server.browser();
            shop.asks_with(&mut ada, &[("response_type", kind), ("response_mode", mode)]).await;
            assert_eq!(shop.answer(&ada).unwrap()["error"], "unsupported_response_type", "{kind}");
            assert!(ada.left_for.unwrap().starts_with(&format!("{}{separator}", shop.redirect_uri)), "{kind}");
        }
        let mut ada = server.browser();
        shop.asks_with(&mut ada, &[("response_type", "id_token"), ("response_mode", "form_post")]).await;
        assert_eq!(shop.posted(&ada).unwrap()["error"], "unsupported_response_type");
    })
    .await;
}

/// OAuth 2.0 Form Post Response Mode: with scripts it goes by itself, without them somebody presses the button.
#[tokio::test]
async fn an_answer_may_be_posted() {
    on_both(async |server| {
        let shop = free(&server).await;
        let mut ada = server.browser();
        let mode = ("response_mode", "form_post");
        for kind in ["code", "id_token", "code id_token token"] {
            let asked = signs_in(&shop, &mut ada, &[("response_type", kind), mode]).await;
            assert!(ada.left_for.is_none(), "it is a page");
            assert_eq!((ada.status.as_u16(), ada.heading().as_str()), (200, "Taking you back"));
            let answer = shop.posted(&ada).unwrap();
            assert_eq!((&answer["state"], &answer["iss"]), (&asked.state, &shop.issuer()));
            let policy = ada.headers["content-security-policy"].to_str().unwrap();
            // The application may send the browser on, and Chromium would hold the page to where.
            assert!(!policy.contains("form-action") && policy.starts_with("default-src 'none'; "), "{policy}");
            let nonce = ada.page.attribute("body > script", "nonce").unwrap();
            assert!(policy.contains(&format!("'nonce-{nonce}'")), "its script may run");
            assert_eq!(ada.headers["cache-control"], "no-store");
            if kind != "id_token" {
                shop.checked(shop.redeem(&answer["code"], &asked).await).await;
            }
        }
        shop.asks_with(&mut ada, &[mode, ("prompt", "none"), ("login_hint", "grace@example.org")]).await;
        assert_eq!(shop.posted(&ada).unwrap()["error"], "login_required");
        shop.asks_with(&mut ada, &[mode, ("state", "\"><script>alert(1)</script>")]).await;
        assert_eq!(shop.posted(&ada).unwrap()["state"], "\"><script>alert(1)</script>");
        assert_eq!(ada.page.count("script:not([nonce])"), 0);
    })
    .await;
}

/// RFC 9700 §2.1.1, §4.8.2: who has a secret may do without a proof key, and then nobody's verifier redeems the code.
#[tokio::test]
async fn r28_cve_2024_23647_a_verifier_without_a_challenge_is_refused() {
    on_both(async |server| {
        let shop = free(&server).await;
        let mut ada = server.browser();
        let without = [("code_challenge", ""), ("code_challenge_method", "")];
        let asked = signs_in(&shop, &mut ada, &without).await;
        let form = |code: &str| {
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &shop.redirect_uri)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let code = shop.code(&ada, &asked);
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_grant");
        shop.asks_with(&mut ada, &without).await;
        let code = shop.answer(&ada).unwrap()["code"].clone();
        let form = form(&code);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let named: Vec<_> = form.iter().copied().chain([("client_id", shop.id.as_str())]).collect();
        assert_eq!(refused(&shop.post_token(&named, None).await), "invalid_client");
        shop.checked(shop.token(&form).await).await;
    })
    .await;
}

/// OpenID Connect Core §5.5: by name, at the place that was named.
#[tokio::test]
async fn claims_are_told_where_they_were_asked_for() {
    on_both(async |server| {
        let shop = free(&server).await;
        let mut ada = server.browser();
        let scope = ("scope", "openid");
        let claims =
            r#"{"userinfo":{"email":{"essential":true}},"id_token":{"preferred_username":null,"unheard_of":null}}"#;
        let asked = signs_in(&shop, &mut ada, &[scope, ("claims", claims)]).await;
        let tokens = shop.tokens(&ada, &asked).await;
        assert_eq!((&tokens.id["preferred_username"], &tokens.id["email"]), (&ADA.into(), &Value::Null));
        assert!(tokens.id["unheard_of"].is_null());
        let person = shop.userinfo(&tokens.access_token).await.json();
        assert_eq!((&person["email"], &person["preferred_username"]), (&ADA.into(), &Value::Null));
        shop.asks_with(&mut ada, &[scope, ("claims", "[]")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "invalid_request");
    })
    .await;
}

/// entra-protocol §§4, 6.3: what MSAL asks for with every request, and only where it is asked for.
#[tokio::test]
async fn whoever_asks_by_name_is_told_how_to_ask_again_and_whether_the_session_is_kept() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let claims = r#"{"id_token":{"signin_state":{"essential":false},"login_hint":{"essential":false},
            "tenant_region_sub_scope":{"essential":false}}}"#;
        let (once, kept) = ([("Password", PASSWORD)], [("Password", PASSWORD), ("Keep me signed in", "yes")]);
        for (typed, state) in [(&once[..], Value::Null), (&kept[..], json!(["kmsi"]))] {
            let mut ada = server.browser();
            let asked = shop.asks_with(&mut ada, &[("claims", claims)]).await;
            ada.fill(&[("Email address", ADA)]).press("Continue").await;
            ada.fill(typed).press("Sign in").await;
            let tokens = shop.tokens(&ada, &asked).await;
            let renewed = shop.checked(shop.refresh(&tokens.refresh_token).await).await;
            for id in [&tokens.id, &renewed.id] {
                assert_eq!((&id["login_hint"], &id["signin_state"]), (&ADA.into(), &state));
            }
            let asked = shop.asks(&mut ada).await;
            let unasked = shop.tokens(&ada, &asked).await.id;
            assert!(unasked["login_hint"].is_null() && unasked["signin_state"].is_null());
        }
    })
    .await;
}

/// §5.5.1, §5.5.1.1: the person, and how they proved it, are the two claims whose value an application may insist on.
#[tokio::test]
async fn nobody_else_signs_in_than_who_was_named() {
    on_both(async |server| {
        let shop = free(&server).await;
        server.account(&shop, "grace@example.org").await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let sub = tokens.id["sub"].as_str().unwrap();
        let meant = format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
        shop.asks_with(&mut ada, &[("claims", &meant), ("prompt", "none")]).await;
        assert!(shop.has(&ada));
        let other = meant.replace(sub, "somebody");
        shop.asks_with(&mut ada, &[("claims", &other), ("prompt", "none")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "login_required");
        // Whoever signs in instead is not told of.
        for wish in [("claims", meant.as_str()), ("id_token_hint", &tokens.id_token)] {
            let mut grace = server.browser();
            shop.asks_with(&mut grace, &[wish]).await;
            grace.sign_in("grace@example.org", PASSWORD).await;
            assert_eq!(shop.answer(&grace).unwrap()["error"], "login_required", "{wish:?}");
        }
        let acr = |value: &str| format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{value}"]}}}}}}"#);
        shop.asks_with(&mut ada, &[("claims", &acr("1"))]).await;
        assert!(shop.has(&ada));
        shop.asks_with(&mut ada, &[("claims", &acr("9"))]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "unmet_authentication_requirements");
        shop.asks_with(&mut ada, &[("acr_values", "9 8")]).await;
        assert!(shop.has(&ada), "what is not essential is a wish");
    })
    .await;
}
