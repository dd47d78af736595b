//! Discovery: every word of it is true.

use super::{ADA, ada_with_tokens};
use crate::harness::{ORIGIN, on_both};
use axum::{body::Body, http::Request};
use server::directory::application::Platform;

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
            ("response_types_supported", &["code"][..]),
            ("code_challenge_methods_supported", &["S256"]),
            ("id_token_signing_alg_values_supported", &["RS256", "ES256", "EdDSA"]),
        ] {
            assert_eq!(document[list], serde_json::json!(words), "{list}");
        }
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
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
        ada.sign_in(ADA, crate::harness::PASSWORD).await;
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
        let spa = server
            .application_over(&shop.flow, |made| {
                made.secrets.clear();
                made.redirect_uris[0].platform = Platform::SinglePage;
            })
            .await;
        for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
            let answered = server.get(&format!("/{}/{path}", server.tenant)).await;
            assert_eq!(answered.header("access-control-allow-origin"), "*");
            assert_eq!(answered.header("access-control-allow-credentials"), "");
        }
        for origin in [
            "https://shop.example.test",
            "https://shop.example.test.evil.example",
            "https://evil.example",
            "https://xshop.example.test",
            "http://shop.example.test",
            "https://shop.example.test:8443",
            "https://SHOP.example.test",
            "https://shop.example.test/",
            "https://user@shop.example.test",
            "https://xn--shop-example.test",
            "null",
            "*",
        ] {
            let form = format!("grant_type=refresh_token&refresh_token=x&client_id={}", spa.id);
            let request = Request::post(format!("/{}/oauth2/v2.0/token", server.tenant))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("origin", origin);
            let answered = server.send(request.body(Body::from(form)).unwrap()).await;
            let allowed = answered.header("access-control-allow-origin");
            assert_eq!(allowed, if origin == "https://shop.example.test" { origin } else { "" }, "{origin}");
            assert_eq!(answered.header("access-control-allow-credentials"), "");
            assert!(answered.header("vary").to_lowercase().contains("origin"));
        }
    })
    .await;
}
