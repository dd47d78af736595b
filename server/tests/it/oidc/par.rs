//! Requests that are pushed before the browser comes (RFC 9126, security R34).

use super::{
    ADA,
    assertion::{key, with_key},
    refused,
};
use crate::harness::{Answered, Application, Asked, PASSWORD, Place, on_both};
use axum::{body::Body, http::Request};
use server::{guard::network_of, secret::jwt::Algorithm};
use std::{net::IpAddr, time::Duration};

/// What the application pushed, and the address for the browser.
async fn push(shop: &Application, changes: &[(&str, &str)]) -> (Asked, String) {
    let (asked, parameters) = shop.request();
    let mut form: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    form.extend(changes);
    let answered = shop.call("par", &form).await;
    assert_eq!(answered.status, 201, "{}", answered.text());
    assert_eq!(answered.json()["expires_in"], 60);
    (asked, answered.json()["request_uri"].as_str().unwrap().to_owned())
}

fn address(shop: &Application, request_uri: &str, more: &[(&str, &str)]) -> String {
    let mut parameters = vec![("client_id".into(), shop.id.to_string()), ("request_uri".into(), request_uri.into())];
    parameters.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    shop.authorize(&parameters)
}

#[tokio::test]
async fn r34_a_pushed_request_is_as_it_was_pushed_once_and_for_a_minute() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        server.account(&shop, ADA).await;
        let (asked, request_uri) = push(&shop, &[]).await;
        // Another application's browser does not use it up.
        let mut eve = server.browser();
        eve.open(&address(&other, &request_uri, &[])).await;
        assert_eq!((eve.status.as_u16(), eve.left_for.is_none()), (400, true));

        let mut ada = server.browser();
        let more =
            [("response_type", "none"), ("prompt", "none"), ("redirect_uri", "https://evil.example/"), ("state", "x")];
        ada.open(&address(&shop, &request_uri, &more)).await;
        assert_eq!(ada.heading(), "Sign in");
        ada.sign_in(ADA, PASSWORD).await;
        shop.tokens(&ada, &asked).await;
        // Back, or a second time: it is gone.
        ada.open(&address(&shop, &request_uri, &[])).await;
        assert_eq!((ada.status.as_u16(), ada.left_for.is_none()), (400, true));

        // No address gives it another flow: a `p` says nothing, and a path is that of its own flow or refused.
        server.flow(|flow| flow.name = "B2C_1_other".into()).await;
        let (by_query, by_path) = (Place::Query("b2c_1_other".into()), Place::Path("b2c_1_other".into()));
        let (asked, request_uri) = push(&shop, &[]).await;
        let mut again = server.browser();
        again.open(&address(&shop.at(by_query), &request_uri, &[])).await;
        again.sign_in(ADA, PASSWORD).await;
        assert!(shop.tokens(&again, &asked).await.id.get("tfp").is_none());
        let (_, request_uri) = push(&shop, &[]).await;
        again.open(&address(&shop.at(by_path.clone()), &request_uri, &[])).await;
        assert_eq!((again.status.as_u16(), again.left_for.is_none()), (400, true));
        let (_, request_uri) = push(&shop, &[("p", "b2c_1_other")]).await;
        again.open(&address(&shop.at(by_path), &request_uri, &[("prompt", "login")])).await;
        assert!(shop.has(&again), "it was pushed for that flow, and Ada is signed in");

        let (_, request_uri) = push(&shop, &[]).await;
        server.clock.advance(Duration::from_secs(61));
        ada.open(&address(&shop, &request_uri, &[])).await;
        assert_eq!(ada.status, 400);
        for unknown in ["urn:ietf:params:oauth:request_uri:x", "urn:ietf:params:oauth:request_uri:"] {
            ada.open(&address(&shop, unknown, &[])).await;
            assert_eq!((ada.status.as_u16(), ada.left_for.is_none()), (400, true), "{unknown}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_is_judged_when_it_is_pushed() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, parameters) = shop.request();
        let good: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for (change, error) in [
            (("redirect_uri", "https://evil.example/"), "invalid_request"),
            (("response_type", "token"), "unsupported_response_type"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("request_uri", "urn:ietf:params:oauth:request_uri:x"), "invalid_request"),
            (("request", "e30."), "request_not_supported"),
            (("scope", "api://other/read"), "invalid_scope"),
        ] {
            let mut form = good.clone();
            form.retain(|(name, _)| *name != change.0);
            form.push(change);
            assert_eq!(refused(&shop.call("par", &form).await), error, "{change:?}");
        }
        // Without a proof it is nobody's request.
        let answered = shop.post("par", &good, None).await;
        assert_eq!((answered.status.as_u16(), refused(&answered).as_str()), (401, "invalid_client"));
    })
    .await;
}

/// RFC 9126 §2: as at the token endpoint. ASP.NET Core pushes by itself where discovery tells of it, and a web application
/// that asks for nothing but an ID token has nothing to prove itself by (dotnet/aspnetcore #62166).
#[tokio::test]
async fn an_application_without_secret_and_key_pushes_by_its_name() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server
            .application_over(&flow, |made| {
                made.secrets.clear();
                made.protocol.id_token_at_authorize = true;
            })
            .await;
        server.account(&shop, ADA).await;
        let changes = [("response_type", "id_token"), ("response_mode", "form_post"), ("scope", "openid profile")];
        let (asked, request_uri) = push(&shop, &changes).await;
        let mut ada = server.browser();
        ada.open(&address(&shop, &request_uri, &[])).await;
        ada.sign_in(ADA, PASSWORD).await;
        let posted = shop.posted(&ada).unwrap();
        assert_eq!(shop.verify(&posted["id_token"], "JWT").await["nonce"], asked.nonce.as_str());

        let with_secret = server.application_over(&flow, |made| made.protocol.id_token_at_authorize = true).await;
        for proves_itself in [with_secret, with_key(&server, &key(Algorithm::ES256)).await] {
            let (_, parameters) = proves_itself.request();
            let form: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answered = proves_itself.post("par", &form, None).await;
            assert_eq!((answered.status.as_u16(), refused(&answered).as_str()), (401, "invalid_client"));
        }
    })
    .await;
}

const BACK_END: &str = "203.0.113.5";

async fn push_from_back_end(shop: &Application, more: &[(&str, &str)], authorization: Option<String>) -> Answered {
    let (_, parameters) = shop.request();
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let body = form.extend_pairs(parameters).extend_pairs(more).finish();
    let mut request =
        Request::post(shop.address("/oauth2/v2.0/par")).header("content-type", "application/x-www-form-urlencoded");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    shop.server.send_from(BACK_END.parse().unwrap(), request.body(Body::from(body)).unwrap()).await
}

/// Fault F29, and whom it must not hold up: all people of a web application come by its one back end.
#[tokio::test]
async fn f29_only_who_does_not_prove_itself_is_counted_by_network() {
    on_both(async |server| {
        let shop = server.application().await;
        let page = server.page_over(&shop.flow).await;
        let network = network_of(BACK_END.parse::<IpAddr>().unwrap());
        while server.state.arrivals.admit(network, server.now()).is_ok() {}
        for _ in 0..3 {
            let pushed = push_from_back_end(&shop, &[], shop.basic()).await;
            assert_eq!(pushed.status, 201, "{}", pushed.text());
        }
        let wrong = [("client_secret", "wrong")];
        for (unproved, more) in [(&shop, wrong.as_slice()), (&shop, [].as_slice()), (&page, [].as_slice())] {
            let answered = push_from_back_end(unproved, more, None).await;
            assert_eq!(answered.status, 429, "{more:?}: {}", answered.text());
            assert!(answered.headers.contains_key("retry-after"));
        }
        server.clock.advance(Duration::from_secs(1));
        assert_eq!(push_from_back_end(&shop, &wrong, None).await.status, 401);
        assert_eq!(push_from_back_end(&page, &[], None).await.status, 201);
    })
    .await;
}

/// RFC 9126 §6: an administrator may want all of them so.
#[tokio::test]
async fn an_application_may_have_to_push_its_requests() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server.application_over(&flow, |made| made.protocol.require_pushed_requests = true).await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "invalid_request");
        let (asked, request_uri) = push(&shop, &[("response_mode", "form_post")]).await;
        ada.open(&address(&shop, &request_uri, &[])).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert!(shop.posted(&ada).is_some());
        shop.tokens(&ada, &asked).await;
    })
    .await;
}
