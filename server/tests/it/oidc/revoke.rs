//! Tokens that are given back, and what they are worth to whoever asks (RFC 7009, RFC 7662).

use super::{ADA, ada_with_tokens, refused};
use crate::harness::{ORIGIN, on_both};
use axum::{body::Body, http::Request};

#[tokio::test]
async fn a_token_that_is_given_back_is_worth_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let told = |token: String| {
            let shop = shop.clone();
            async move { shop.call("introspect-token", &[("token", &token)]).await.json() }
        };
        let access = told(tokens.access_token.clone()).await;
        assert_eq!(access["active"], true);
        assert_eq!((&access["sub"], &access["client_id"]), (&tokens.id["sub"], &shop.id.as_str().into()));
        assert_eq!(
            (access["iss"].as_str(), access["token_type"].as_str()),
            (Some(shop.issuer().as_str()), Some("Bearer"))
        );
        assert_eq!(told(tokens.refresh_token.clone()).await["active"], true);

        for token in [&tokens.access_token, &tokens.refresh_token] {
            for _ in 0..2 {
                let answered = shop.call("revoke", &[("token", token), ("token_type_hint", "whatever")]).await;
                // What clients need, 4.
                assert_eq!((answered.status.as_u16(), answered.text().as_str()), (200, ""));
                assert_eq!(answered.header("content-type"), "");
            }
            assert_eq!(told(token.clone()).await, serde_json::json!({ "active": false }));
        }
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401);
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant");
        for nothing in ["x", "a.b.c", "x.0.AAAA", &format!("{}x", tokens.access_token)] {
            assert_eq!(shop.call("revoke", &[("token", nothing)]).await.status, 200);
            assert_eq!(told(nothing.into()).await, serde_json::json!({ "active": false }));
        }
        assert_eq!(refused(&shop.call("revoke", &[]).await), "invalid_request");
    })
    .await;
}

/// Security R34: an application is told of tokens that are for it or were given to it, and a stranger of none.
#[tokio::test]
async fn r34_nobody_is_told_of_another_s_token() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        let public = server.application_over(&shop.flow, |made| made.secrets.clear()).await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        for token in [&tokens.access_token, &tokens.refresh_token] {
            let told = other.call("introspect-token", &[("token", token)]).await;
            assert_eq!(told.json(), serde_json::json!({ "active": false }));
            assert_eq!(refused(&other.call("revoke", &[("token", token)]).await), "unauthorized_client");
            for stranger in [&public, &shop] {
                let named = [("token", token.as_str()), ("client_id", stranger.id.as_str())];
                let answered = stranger.post("introspect-token", &named, None).await;
                assert_eq!((answered.status.as_u16(), refused(&answered).as_str()), (401, "invalid_client"));
            }
            // A confidential application proves itself to give a token back, too.
            let named = [("token", token.as_str()), ("client_id", shop.id.as_str())];
            assert_eq!(refused(&shop.post("revoke", &named, None).await), "invalid_client");
        }
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 200);
        let account = tokens.id["oid"].as_str().unwrap().into();
        server.disable(&account).await;
        let told = shop.call("introspect-token", &[("token", &tokens.access_token)]).await;
        assert_eq!(told.json()["active"], false, "of somebody who may not sign in");
    })
    .await;
}

#[tokio::test]
async fn r25_a_page_gives_its_tokens_back_itself() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let page = server.page_over(&flow).await;
        let (_, tokens) = ada_with_tokens(&server, &page).await;
        let answered = page.call("revoke", &[("token", &tokens.refresh_token)]).await;
        assert_eq!(answered.status, 200);
        assert_eq!(answered.header("access-control-allow-origin"), "https://shop.example.test");
        assert_eq!(refused(&page.refresh(&tokens.refresh_token).await), "invalid_grant");
    })
    .await;
}

/// OpenID Connect Core §5.3: by GET, by POST with the token in header or form, as JSON or signed.
#[tokio::test]
async fn userinfo_is_given_however_it_is_asked_for() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let path = format!("/{}/oidc/userinfo", server.tenant);
        let bearer = format!("Bearer {}", tokens.access_token);
        let form = format!("access_token={}", tokens.access_token);
        let kind = "application/x-www-form-urlencoded";
        for request in [
            Request::get(&path).header("authorization", &bearer).body(Body::empty()),
            Request::post(&path).header("authorization", &bearer).body(Body::empty()),
            Request::post(&path).header("authorization", &bearer).header("content-type", kind).body(Body::empty()),
            Request::post(&path).header("content-type", kind).body(Body::from(form.clone())),
        ] {
            let answered = server.send(request.unwrap()).await;
            assert_eq!(answered.header("content-type"), "application/json");
            assert_eq!(answered.json()["email"], ADA);
        }
        let in_address = Request::get(format!("{path}?{form}")).body(Body::empty()).unwrap();
        assert_eq!(server.send(in_address).await.status, 401);

        let signing = server.application_over(&shop.flow, |made| made.protocol.sign_userinfo = true).await;
        let (_, of_signing) = ada_with_tokens(&server, &signing).await;
        let wanted = Request::get(&path).header("authorization", &bearer).header("accept", "application/jwt");
        let wanted = server.send(wanted.body(Body::empty()).unwrap()).await;
        for (answered, application, sub) in [
            (wanted, &shop, &tokens.id["sub"]),
            (signing.userinfo(&of_signing.access_token).await, &signing, &of_signing.id["sub"]),
        ] {
            assert_eq!(answered.header("content-type"), "application/jwt");
            let claims = application.signed(&answered.text(), "userinfo+jwt").await;
            assert_eq!((&claims["sub"], &claims["email"]), (sub, &ADA.into()));
            assert!(claims["iss"].as_str().unwrap().starts_with(ORIGIN));
            assert!(claims["exp"].is_null() && claims["nonce"].is_null());
        }
    })
    .await;
}
