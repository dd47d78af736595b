//! What every answer wears (security R19, R21, R23, R26), whatever was asked and however it went.

use super::routes;
use crate::harness::{Answered, PASSWORD, on_both};
use axum::{body::Body, http::Request};
use serde_json::json;
use std::collections::BTreeSet;

fn check(what: &str, answered: &Answered) {
    let has = |name: &str, value: &str| assert_eq!(answered.header(name), value, "{name} of {what}");
    has("x-content-type-options", "nosniff");
    has("referrer-policy", "no-referrer");
    has("x-frame-options", "DENY");
    has("cross-origin-opener-policy", "same-origin");
    has("strict-transport-security", "max-age=31536000; includeSubDomains");
    assert!(answered.header("permissions-policy").contains("camera=()"), "{what}");
    let policy = answered.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; ") && policy.ends_with("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'), "{what}");
    assert!(answered.header("x-ms-request-id").len() == 36, "{what}");
    assert_eq!(answered.header("server"), "", "{what}");
    let public = ["/.well-known/", "/discovery/", "/assets/", "/favicon", "/widget.js", "/widget/"]
        .iter()
        .any(|it| what.contains(it));
    if !public || !answered.status.is_success() {
        has("cache-control", "no-store");
    }
}

#[tokio::test]
async fn r26_every_answer_of_every_route_wears_the_headers() {
    on_both(async |server| {
        for route in routes::all(&server) {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"] {
                for kind in ["application/x-www-form-urlencoded", "application/json", "text/html"] {
                    let request = Request::builder()
                        .method(method)
                        .uri(&route.path)
                        .header("content-type", kind)
                        .header("accept", kind)
                        .header("sec-fetch-site", "same-origin");
                    let answered = server.send(request.body(Body::from("a=b")).unwrap()).await;
                    check(&format!("{method} {}", route.path), &answered);
                    assert!(!answered.status.is_server_error(), "{method} {}: {}", route.path, answered.status);
                    let known = route.methods.contains(&method.to_lowercase().as_str());
                    if !known && method != "HEAD" {
                        assert!(answered.status == 405 || answered.status == 404, "{method} {}", route.path);
                    }
                }
            }
        }
        for path in ["/", "/nowhere", "/admin", "/.env", "/%ff", "/a//b", "/assets/../Cargo.toml"] {
            check(path, &server.get(path).await);
        }
    })
    .await;
}

/// A page's own policy: its nonce, no other's, and forms that lead home.
#[tokio::test]
async fn r21_every_page_has_a_nonce_of_its_own() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        let mut nonces = BTreeSet::new();
        for _ in 0..100 {
            ada.reload().await;
            let policy = ada.headers["content-security-policy"].to_str().unwrap().to_owned();
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            assert_eq!(ada.page.attribute("style", "nonce").as_ref(), Some(&nonce));
            assert!(policy.contains("form-action 'self' ;"), "{policy}");
            assert!(policy.contains("base-uri 'none'") && policy.contains("object-src 'none'"));
            nonces.insert(nonce);
        }
        assert_eq!(nonces.len(), 100);
        assert_eq!(ada.page.count("[onclick], [onload], [onerror], [style]"), 0);
        assert_eq!(ada.page.count("script:not([src]):not([type='application/json'])"), 0);
    })
    .await;
}

/// Security R19: every cookie that is ever set, on the way through everything.
#[tokio::test]
async fn r19_every_cookie_is_locked_to_host_path_and_http() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_up("ada@example.org").await;
        assert!(shop.has(&ada));
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        ada.fill(&[("Password", PASSWORD), ("Keep me signed in", "yes")]).press("Sign in").await;
        ada.open(&format!("/{}/oauth2/v2.0/logout", server.tenant)).await;
        let button = ada.page.buttons()[0].clone();
        ada.press(&button).await;
        let cookies = ada.cookies_ever_set();
        assert!(cookies.len() >= 5, "{cookies:?}");
        let mut values = BTreeSet::new();
        for cookie in &cookies {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(name.starts_with("__Host-"), "{cookie}");
            let attributes: BTreeSet<_> = attributes.split("; ").filter(|it| !it.starts_with("Max-Age=")).collect();
            if name.starts_with("__Host-browser-state-") {
                // Opens nothing: a page of ours in a frame reads it.
                assert_eq!(attributes, BTreeSet::from(["Path=/", "SameSite=Lax", "Secure"]), "{cookie}");
                assert!(value.len() == 43 && !values.contains(value), "{cookie}");
                continue;
            }
            assert_eq!(attributes, BTreeSet::from(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]), "{cookie}");
            if !value.is_empty() {
                assert_eq!(value.len(), 43, "256 bits: {cookie}");
                assert!(values.insert(value.to_owned()), "a secret was used twice: {cookie}");
            }
        }
        let dump = server.text("SELECT hash FROM sessions LIMIT 1").await;
        assert!(!values.contains(&dump), "the database knows hashes only");
    })
    .await;
}

/// Security R23: what else runs below a tenant's own name is the tenant's, and may not speak TLS yet.
#[tokio::test]
async fn r23_a_tenants_own_name_promises_nothing_for_the_names_below_it() {
    on_both(async |server| {
        let admin = server.administrator().await;
        admin.make("/domains", json!({ "id": "id.woodgrove.example", "supportedServices": ["CustomUrlDomain"] })).await;
        let own = server.named("id.woodgrove.example");
        for path in ["/woodgrove/v2.0/.well-known/openid-configuration", "/nowhere"] {
            assert_eq!(own.get(path).await.header("strict-transport-security"), "max-age=31536000", "{path}");
            let ours = server.get(path).await;
            assert_eq!(ours.header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
        }
    })
    .await;
}
