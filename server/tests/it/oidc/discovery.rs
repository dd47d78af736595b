//! Discovery: every word of it is true.

use super::{ADA, ada_with_tokens};
use crate::harness::{Answered, Application, Asked, ORIGIN, PASSWORD, on_both};
use axum::{
    body::Body,
    http::{Method, Request},
};
use std::time::Duration;

#[tokio::test]
async fn every_endpoint_that_is_named_answers_and_every_claim_is_named() {
    on_both(async |server| {
        let shop = server.application().await;
        let path = format!("/{}/v2.0/.well-known/openid-configuration", server.tenant);
        let told = server.get(&path).await;
        assert_eq!(told.header("content-type"), "application/json");
        let document = told.json();
        assert_eq!(document["issuer"], shop.issuer());
        for (name, url) in document.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let path = url.as_str().unwrap().strip_prefix(ORIGIN).unwrap();
                let status = server.get(path).await.status;
                assert_ne!(status, 404, "{name}");
            }
        }
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let named = |list: &str, word: &str| document[list].as_array().unwrap().iter().any(|known| known == word);
        for claim in tokens.id.as_object().unwrap().keys() {
            assert!(named("claims_supported", claim), "{claim}");
        }
        for scope in tokens.raw["scope"].as_str().unwrap().split(' ') {
            assert!(named("scopes_supported", scope), "{scope}");
        }
        assert!(named("acr_values_supported", tokens.id["acr"].as_str().unwrap()));
        for (list, words) in [
            ("code_challenge_methods_supported", &["S256"][..]),
            ("id_token_signing_alg_values_supported", &["RS256", "ES256", "EdDSA"]),
        ] {
            assert_eq!(document[list], serde_json::json!(words), "{list}");
        }
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    })
    .await;
}

/// What is advertised is done, and what is done is advertised.
#[tokio::test]
async fn whatever_discovery_offers_is_given() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server
            .application_over(&flow, |made| {
                made.protocol.id_token_at_authorize = true;
                made.protocol.access_token_at_authorize = true;
            })
            .await;
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        let document = server.get(&format!("/{}/v2.0/.well-known/openid-configuration", server.tenant)).await.json();
        let offered = |list: &str| -> Vec<String> {
            let words = document[list].as_array().unwrap_or_else(|| panic!("{list}"));
            words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
        };
        for kind in offered("response_types_supported") {
            for mode in offered("response_modes_supported") {
                shop.asks_with(&mut ada, &[("response_type", &kind), ("response_mode", &mode)]).await;
                let answer = shop.answer(&ada).unwrap_or_else(|| panic!("{kind} {mode}: {}", ada.text()));
                let never = mode == "query" && kind.contains("token");
                assert_eq!(answer.contains_key("error"), never, "{kind} {mode}: {answer:?}");
            }
        }
        for kind in ["token", "code token", "device"] {
            shop.asks_with(&mut ada, &[("response_type", kind)]).await;
            assert_eq!(shop.answer(&ada).unwrap()["error"], "unsupported_response_type", "{kind}");
        }
        for prompt in offered("prompt_values_supported") {
            shop.asks_with(&mut ada, &[("prompt", &prompt)]).await;
            assert!(shop.answer(&ada).is_none_or(|answer| answer.contains_key("code")), "{prompt}");
        }
        for display in offered("display_values_supported") {
            shop.asks_with(&mut ada, &[("display", &display)]).await;
            assert!(shop.has(&ada), "{display}");
            let opener = ada.headers["cross-origin-opener-policy"].to_str().unwrap();
            assert_eq!(opener == "unsafe-none", display == "popup", "{display}");
        }
        for scope in offered("scopes_supported") {
            let asked = shop.asks_with(&mut ada, &[("scope", &format!("openid {scope}"))]).await;
            let granted = shop.tokens(&ada, &asked).await.raw["scope"].as_str().unwrap().to_owned();
            assert!(granted.split(' ').any(|it| it == scope), "{scope}: {granted}");
        }
        for grant_type in offered("grant_types_supported") {
            let told = shop.token(&[("grant_type", &grant_type)]).await.json();
            // The one that is none of the token endpoint's was given above, with `id_token` and `id_token token`.
            let is_given_there = grant_type != "implicit";
            assert_eq!(told["error"] != "unsupported_grant_type", is_given_there, "{grant_type}");
        }
        assert!(offered("grant_types_supported").iter().any(|grant_type| grant_type == "implicit"));
        assert_eq!(super::refused(&shop.token(&[("grant_type", "password")]).await), "unsupported_grant_type");
        assert_eq!(document["request_parameter_supported"], false);
        shop.asks_with(&mut ada, &[("request", "e30.e30.")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "request_not_supported");
        for algorithm in offered("id_token_signing_alg_values_supported") {
            assert!(offered("userinfo_signing_alg_values_supported").contains(&algorithm));
        }
    })
    .await;
}

#[tokio::test]
async fn a_tenant_is_one_by_id_and_by_name() {
    on_both(async |server| {
        let by_id = server.get(&format!("/{}/v2.0/.well-known/openid-configuration", server.tenant)).await;
        let by_name = server.get("/Woodgrove/v2.0/.well-known/openid-configuration").await;
        let rfc8414 = server.get("/.well-known/oauth-authorization-server/woodgrove/v2.0").await;
        assert_eq!(by_id.body, by_name.body);
        assert_eq!(by_id.body, rfc8414.body);
        assert_eq!(server.get("/nobody/v2.0/.well-known/openid-configuration").await.status, 404);

        let mut shop = server.application().await;
        server.account(&shop, ADA).await;
        shop.tenant = "woodgrove".into();
        let mut ada = server.browser();
        let (asked, parameters) = shop.request();
        ada.open(&shop.authorize(&parameters)).await;
        ada.sign_in(ADA, PASSWORD).await;
        let named = shop.clone();
        shop.tenant = server.tenant.clone();
        let code = shop.code(&ada, &asked);
        let tokens = shop.checked(named.redeem(&code, &asked).await).await;
        assert_eq!(tokens.id["iss"], shop.issuer());
    })
    .await;
}

/// Security R25: what anybody may know every page may read; tokens only the application's own pages.
#[tokio::test]
async fn r25_only_the_application_s_own_pages_read_its_tokens() {
    on_both(async |server| {
        let shop = server.application().await;
        let spa = server.page_over(&shop.flow).await;
        for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
            // Also that there is none.
            let tenant = server.tenant.to_string();
            for (place, status) in [(tenant.clone(), 200), (format!("{tenant}/nobody"), 400), ("nobody".into(), 404)] {
                for method in [Method::GET, Method::OPTIONS] {
                    let request = Request::builder().method(&method).uri(format!("/{place}/{path}"));
                    let answered =
                        server.send(request.header("origin", "https://any.example").body(Body::empty()).unwrap()).await;
                    let expected = if method == Method::GET { status } else { 200 };
                    assert_eq!(answered.status, expected, "{method} {place}/{path}");
                    assert_eq!(answered.header("access-control-allow-origin"), "*", "{method} {place}/{path}");
                    assert_eq!(answered.header("access-control-allow-credentials"), "");
                }
            }
        }
        // A refusal before the application is known is of nobody.
        for (endpoint, form) in [
            ("oauth2/v2.0/token", "client_id=nobody"),
            ("oauth2/v2.0/par", "client_id=nobody"),
            ("oauth2/v2.0/revoke", "client_id=nobody"),
            ("oidc/userinfo", "access_token=nobody's"),
            ("openid/v2.0/userinfo", ""),
        ] {
            let unknown = Request::post(format!("/{}/{endpoint}", server.tenant))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("origin", "https://any.example");
            let answered = server.send(unknown.body(Body::from(form)).unwrap()).await;
            let allowed = (answered.status.as_u16(), answered.header("access-control-allow-origin"));
            assert_eq!(allowed, (401, "*"), "{endpoint}");
            assert_eq!(answered.header("access-control-allow-credentials"), "", "{endpoint}");
        }
        let own = "https://shop.example.test";
        let origins = [
            own,
            // Another port, scheme, case, or spelling of the same.
            "http://shop.example.test",
            "https://shop.example.test:443",
            "https://shop.example.test:8443",
            "https://SHOP.example.test",
            "https://shop.example.TEST",
            "HTTPS://shop.example.test",
            "https://shop.example.test/",
            "https://shop.example.test/signed-in",
            "https://shop.example.test.",
            "https://shop.example.test?",
            "https://shop.example.test#",
            "shop.example.test",
            "//shop.example.test",
            // Something before it, or behind it.
            "https://xshop.example.test",
            "https://x.shop.example.test",
            "https://example.test",
            "https://shop.example.test.evil.example",
            "https://shop.example.testevil.example",
            "https://evil.example/https://shop.example.test",
            "https://user@shop.example.test",
            "https://shop.example.test@evil.example",
            "https://evil.example",
            // Names that look alike.
            "https://xn--shop-example.test",
            "https://xn--shp-tna.example.test",
            "https://shop-example.test",
            // Nobody, and everybody.
            "null",
            "*",
            "file://",
            "",
            "https://shop.example.test, https://evil.example",
            "https://shop.example.test https://evil.example",
        ];
        assert!(origins.len() >= 30);
        server.account(&spa, ADA).await;
        let (_, tokens) = ada_with_tokens(&server, &spa).await;
        let form = format!("grant_type=refresh_token&refresh_token=x&token=x&client_id={}", spa.id);
        for origin in origins {
            for (endpoint, authorization, body) in [
                ("oauth2/v2.0/token", "", form.as_str()),
                ("oauth2/v2.0/par", "", &form),
                ("oauth2/v2.0/revoke", "", &form),
                ("oidc/userinfo", tokens.access_token.as_str(), ""),
                ("openid/v2.0/userinfo", &tokens.access_token, ""),
            ] {
                let mut request = Request::post(format!("/{}/{endpoint}", server.tenant)).header("origin", origin);
                if !body.is_empty() {
                    request = request.header("content-type", "application/x-www-form-urlencoded");
                }
                if !authorization.is_empty() {
                    request = request.header("authorization", format!("Bearer {authorization}"));
                }
                let answered = server.send(request.body(Body::from(body.to_owned())).unwrap()).await;
                let allowed = answered.header("access-control-allow-origin");
                assert_eq!(allowed, if origin == own { origin } else { "" }, "{endpoint} {origin}");
                assert_eq!(answered.header("access-control-allow-credentials"), "", "{endpoint} {origin}");
                assert!(answered.header("vary").to_lowercase().contains("origin"), "{endpoint} {origin}");
            }
        }
        // Two of them are none.
        let request = Request::post(format!("/{}/oauth2/v2.0/token", server.tenant))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://evil.example")
            .header("origin", own);
        let answered = server.send(request.body(Body::from(form)).unwrap()).await;
        assert_eq!(answered.header("access-control-allow-origin"), "");
        // Whose token has expired reads that it has, and asks for another.
        server.clock.advance(Duration::from_secs(2 * 3600));
        let expired = [("authorization", format!("Bearer {}", tokens.access_token)), ("origin", own.into())];
        let expired = expired.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answered = spa.userinfo_with(&expired).await;
        assert_eq!((answered.status.as_u16(), answered.header("access-control-allow-origin")), (401, "*"));
    })
    .await;
}

/// A code and a verifier, from a page of that origin or from no page.
async fn redeem_from(application: &Application, code: &str, asked: &Asked, origin: Option<&str>) -> Answered {
    let mut form = application.redemption(code, asked).to_vec();
    form.push(("client_id", application.id.as_str()));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = Request::post(application.address("/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    application.server.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn r25_only_the_application_s_own_page_redeems_its_codes() {
    on_both(async |server| {
        const OWN: &str = "https://shop.example.test";
        let web = server.application().await;
        let web = server.application_over(&web.flow, |made| made.secrets.clear()).await;
        let page = server.page_over(&web.flow).await;
        let (mut ada, _) = ada_with_tokens(&server, &page).await;
        let asked = page.asks(&mut ada).await;
        let code = page.code(&ada, &asked);
        for (origin, number) in [
            (None, 9_002_327),
            (Some("https://shop.example.test.evil.example"), 9_002_326),
            (Some("https://shop.example.test:443"), 9_002_326),
            (Some("https://SHOP.example.test"), 9_002_326),
            (Some("null"), 9_002_326),
            (Some(""), 9_002_326),
        ] {
            let answered = redeem_from(&page, &code, &asked, origin).await;
            assert_eq!(super::refused(&answered), "invalid_request", "{origin:?}");
            assert_eq!(answered.json()["error_codes"], serde_json::json!([number]), "{origin:?}");
            assert_eq!(answered.header("access-control-allow-origin"), "", "{origin:?}");
        }
        // None of that used the code up.
        let answered = redeem_from(&page, &code, &asked, Some(OWN)).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        assert_eq!(answered.header("access-control-allow-origin"), OWN);

        // Who is no page has no business with an Origin.
        let asked = web.asks(&mut ada).await;
        let answered = redeem_from(&web, &web.code(&ada, &asked), &asked, Some(OWN)).await;
        assert_eq!(answered.json()["error_codes"], serde_json::json!([9_002_326]));
    })
    .await;
}

#[tokio::test]
async fn what_hardly_changes_may_be_kept_and_is_not_sent_twice() {
    on_both(async |server| {
        let document = format!("/{}/v2.0/.well-known/openid-configuration", server.tenant);
        let keys = format!("/{}/discovery/v2.0/keys", server.tenant);
        for path in [&document, &keys] {
            let answered = server.get(path).await;
            assert_eq!(answered.header("cache-control"), "public, max-age=300", "{path}");
            assert_eq!(answered.header("content-type"), "application/json", "{path}");
        }
        // Keys are made for the first who signs.
        let shop = server.application().await;
        ada_with_tokens(&server, &shop).await;
        let published = server.get(&keys).await;
        assert!(!published.json()["keys"].as_array().unwrap().is_empty());
        assert!(!published.text().contains("\"d\""), "no half that signs");
        let etag = server.get(&document).await.header("etag").to_owned();
        let request = Request::get(&document).header("if-none-match", &etag);
        let again = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status.as_u16(), again.text().as_str()), (304, ""));
    })
    .await;
}
