//! Devices without a browser (RFC 8628).

use super::{ADA, refused};
use crate::harness::{Answered, Application, PASSWORD, TestServer, on_both};
use app::contract::{
    flow_rules::{SecondStepAsked, SessionScope},
    id::UserFlowId,
    user_flow::UserFlow,
};
use server::directory::application::{Platform, RedirectUri};
use std::time::Duration;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn television(server: &TestServer) -> Application {
    let flow = server.application().await.flow;
    television_over(server, &flow).await
}

async fn television_over(server: &TestServer, flow: &UserFlowId) -> Application {
    let tv = server
        .application_over(flow, |made| {
            made.secrets.clear();
            made.redirect_uris = vec![RedirectUri { platform: Platform::Native, uri: "http://localhost".into() }];
        })
        .await;
    server.account(&tv, ADA).await;
    tv
}

async fn begin(tv: &Application) -> serde_json::Value {
    let answered = tv.call("devicecode", &[("scope", "openid email offline_access")]).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    answered.json()
}

async fn poll(tv: &Application, device: &serde_json::Value) -> Answered {
    tv.token(&[("grant_type", GRANT_TYPE), ("device_code", device["device_code"].as_str().unwrap())]).await
}

#[tokio::test]
async fn a_person_signs_a_device_in() {
    on_both(async |server| {
        let tv = television(&server).await;
        let device = begin(&tv).await;
        let user_code = device["user_code"].as_str().unwrap();
        assert!(device["message"].as_str().unwrap().contains(user_code));
        assert_eq!((&device["expires_in"], &device["interval"]), (&900.into(), &5.into()));
        assert_eq!(refused(&poll(&tv, &device).await), "authorization_pending");

        let mut ada = server.browser();
        ada.open(&format!("/{}/oauth2/deviceauth", tv.tenant)).await;
        assert_eq!(ada.heading(), "Sign in on a device");
        ada.open(&format!("/{}/oauth2/deviceauth?user_code=XXXX-XXXX", tv.tenant)).await;
        assert_eq!(ada.faults().len(), 1);
        // However it is typed.
        let typed = user_code.to_lowercase().replace('-', " ");
        ada.open(&format!("/{}/oauth2/deviceauth?user_code={}", tv.tenant, typed.replace(' ', "+"))).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "Sign in to Groceries on a device?");
        assert!(ada.text().contains(user_code));
        assert_eq!(refused(&poll(&tv, &device).await), "authorization_pending", "signed in is not agreed");
        ada.press("Continue").await;
        assert_eq!(ada.heading(), "Your device is signed in");

        let tokens = tv.checked(poll(&tv, &device).await).await;
        assert_eq!(tokens.id["email"], ADA);
        assert_eq!(refused(&poll(&tv, &device).await), "invalid_grant", "once");
        assert_eq!(tv.refresh(&tokens.refresh_token).await.status, 200);
        let _ = ada.reload().await;
    })
    .await;
}

#[tokio::test]
async fn r11_a_device_asks_for_no_less_than_its_flow() {
    on_both(async |server: TestServer| {
        let careful = server.flow(|flow| flow.rules.second_step.asked = SecondStepAsked::Always).await;
        let tv = television_over(&server, &careful.flow).await;
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&ada), "one proof is enough there");

        let device = begin(&tv).await;
        let address = format!("/{}/oauth2/deviceauth?user_code={}", tv.tenant, device["user_code"].as_str().unwrap());
        ada.open(&address).await;
        assert_eq!(ada.heading(), "Sign in");
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "Set up a second step");
        assert_eq!(refused(&poll(&tv, &device).await), "authorization_pending");
        ada.fill(&[("Email address", "ada@elsewhere.example")]).press("Send code").await;
        ada.type_code("ada@elsewhere.example").await;
        assert_eq!(ada.heading(), "Sign in to Groceries on a device?", "{}", ada.text());
        ada.press("Continue").await;
        let tokens = tv.checked(poll(&tv, &device).await).await;
        assert_eq!(tokens.id["amr"], serde_json::json!(["otp", "pwd", "mca"]));
    })
    .await;
}

/// Who has come through it is asked whether the device is theirs; nobody else is.
#[tokio::test]
async fn a_flow_that_knows_nobody_again_signs_devices_in_all_the_same() {
    on_both(async |server: TestServer| {
        let change = |flow: &mut UserFlow| flow.rules.sessions.scope = SessionScope::Suppressed;
        let tv = television_over(&server, &server.flow(change).await.flow).await;
        let device = begin(&tv).await;
        let address = format!("/{}/oauth2/deviceauth?user_code={}", tv.tenant, device["user_code"].as_str().unwrap());
        let mut ada = server.browser();
        ada.open(&address).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "Sign in to Groceries on a device?");
        server.clock.advance(Duration::from_secs(601));
        ada.open(&address).await;
        assert_eq!(ada.heading(), "Sign in");
    })
    .await;
}

#[tokio::test]
async fn a_device_that_nobody_knows_is_not_signed_in() {
    on_both(async |server| {
        let tv = television(&server).await;
        let other = server.application_over(&tv.flow, |_| ()).await;
        let mut ada = server.browser();
        other.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;

        let device = begin(&tv).await;
        assert_eq!(refused(&poll(&other, &device).await), "invalid_grant", "another application's code");
        let complete = device["verification_uri_complete"].as_str().unwrap().to_owned();
        let path = complete.strip_prefix(crate::harness::ORIGIN).unwrap();
        ada.open(path).await;
        // Security R20: the page of one session is no other's.
        let mut submission = ada.page.submit(&[], "Continue");
        submission.pairs.retain(|(name, _)| name != "token");
        ada.submit(submission).await;
        assert_eq!(ada.status, 403);
        assert_eq!(refused(&poll(&tv, &device).await), "authorization_pending");
        ada.open(path).await;
        ada.press("That was not me").await;
        assert_eq!(ada.heading(), "Your device is not signed in");
        assert_eq!(refused(&poll(&tv, &device).await), "access_denied");

        let device = begin(&tv).await;
        server.clock.advance(Duration::from_secs(901));
        assert_eq!(refused(&poll(&tv, &device).await), "expired_token");
        assert_eq!(refused(&tv.call("devicecode", &[]).await), "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn r34_a_code_that_a_stranger_sends_opens_little_and_not_for_long() {
    on_both(async |server| {
        let tv = television(&server).await;
        let graph = format!("openid {}/graph/User.Read.All", crate::harness::ORIGIN);
        assert_eq!(refused(&tv.call("devicecode", &[("scope", &graph)]).await), "invalid_scope");
        let page = server
            .application_over(&tv.flow, |made| {
                made.secrets.clear();
                made.redirect_uris =
                    vec![RedirectUri { platform: Platform::SinglePage, uri: "https://spa.example/".into() }];
            })
            .await;
        assert_eq!(refused(&page.call("devicecode", &[("scope", "openid")]).await), "unauthorized_client");
        let portal = server.in_tenant(server::administration::TENANT_ID.into());
        server::administration::ensure(&server.state).await.unwrap();
        let portal = Application::portal(&portal);
        assert_eq!(refused(&portal.call("devicecode", &[("scope", "openid")]).await), "unauthorized_client");
    })
    .await;
}
