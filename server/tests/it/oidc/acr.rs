//! How sure of somebody an application may wish to be, and what it is told (OpenID Connect Core §3.1.2.1, §5.5.1.1).

use super::ADA;
use crate::harness::{APP, Application, Browser, PASSWORD, Place, TestServer, on_both};
use app::contract::{flow_rules::FlowClaim, id::AccountId};
use serde_json::json;
use server::directory::second_factor;

/// From now on the account has an authenticator app.
async fn enrol(server: &TestServer, account: &AccountId) {
    let sealed = server.state.seal.seal(&server.state.chance, &second_factor::context(&server.tenant, account), APP);
    let account = account.clone();
    server
        .write(move |c, tenant, now| {
            Box::pin(async move { second_factor::insert(c, &tenant, &account, &sealed, 0, now).await })
        })
        .await;
}

async fn signed_in(shop: &Application) -> Browser {
    let mut ada = shop.server.browser();
    shop.asks(&mut ada).await;
    ada.sign_in(ADA, PASSWORD).await;
    assert!(shop.has(&ada));
    ada
}

/// What the ID token says of a sign-in that needed no page.
async fn at_once(shop: &Application, browser: &mut Browser, wishes: &[(&str, &str)]) -> String {
    let asked = shop.asks_with(browser, wishes).await;
    let tokens = shop.tokens(browser, &asked).await;
    tokens.id["acr"].as_str().unwrap().to_owned()
}

fn must(levels: &[&str]) -> String {
    json!({ "id_token": { "acr": { "essential": true, "values": levels } } }).to_string()
}

/// §3.1.2.1: a wish. Who cannot come nearer to it comes back as they are, and the answer says how that is.
#[tokio::test]
async fn what_nobody_can_prove_is_done_without() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = signed_in(&shop).await;
        let wish = json!({ "id_token": { "acr": { "values": ["2"] } } }).to_string();
        for wish in [("acr_values", "2"), ("acr_values", "urn:example:gold 9"), ("claims", wish.as_str())] {
            assert_eq!(at_once(&shop, &mut ada, &[wish]).await, "1", "{wish:?}");
            assert_eq!(at_once(&shop, &mut ada, &[wish, ("prompt", "none")]).await, "1", "{wish:?}");
        }
        // §5.5.1.1: what is essential and out of reach is a failure, without a page for it.
        shop.asks_with(&mut ada, &[("claims", &must(&["2", "9"]))]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "unmet_authentication_requirements");
        shop.asks_with(&mut ada, &[("acr_values", "1"), ("acr_values2", "2")]).await;
        assert!(shop.has(&ada));
    })
    .await;
}

/// A sign-in by a mailed code is worth less than the password that the account has.
#[tokio::test]
async fn who_can_prove_more_is_asked_to() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.press("Can’t access your account?").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", "two birds in the bush")]).press("Save and sign in").await;
        assert_eq!(at_once(&shop, &mut ada, &[]).await, "0");
        assert_eq!(
            at_once(&shop, &mut ada, &[("acr_values", "1"), ("prompt", "none")]).await,
            "0",
            "nobody may be asked"
        );
        assert_eq!(at_once(&shop, &mut ada, &[("acr_values", "1 0")]).await, "0", "that will do");

        let asked = shop.asks_with(&mut ada, &[("acr_values", "2 1")]).await;
        assert_eq!((ada.heading().as_str(), ada.page.value("address").as_deref()), ("Sign in", Some(ADA)));
        ada.sign_in(ADA, "two birds in the bush").await;
        assert_eq!(shop.tokens(&ada, &asked).await.id["acr"], "1");

        // And worth less than the app that somebody set up since.
        enrol(&server, &account).await;
        assert_eq!(at_once(&shop, &mut ada, &[("acr_values", "2"), ("prompt", "none")]).await, "1");
        shop.asks_with(&mut ada, &[("claims", &must(&["2"])), ("prompt", "none")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "login_required");
        for wish in [("acr_values", "2".to_owned()), ("claims", must(&["2"]))] {
            server.clock.advance(std::time::Duration::from_secs(60));
            let mut grown = signed_in_before_the_app(&shop, &account).await;
            let asked = shop.asks_with(&mut grown, &[(wish.0, &wish.1)]).await;
            assert_eq!(grown.heading(), "Sign in", "{wish:?}");
            grown.sign_in(ADA, "two birds in the bush").await;
            grown.show_second_factor().await;
            let tokens = shop.tokens(&grown, &asked).await;
            assert_eq!((&tokens.id["acr"], &tokens.id["amr"]), (&json!("2"), &json!(["otp", "pwd", "mfa"])));
        }
    })
    .await;
}

/// As somebody who signed in before they set the app up.
async fn signed_in_before_the_app(shop: &Application, account: &AccountId) -> Browser {
    let (server, account) = (&shop.server, account.clone());
    let removed = account.clone();
    server.write(move |c, tenant, _| Box::pin(async move { second_factor::remove(c, &tenant, &removed).await })).await;
    let mut browser = server.browser();
    shop.asks(&mut browser).await;
    browser.sign_in(ADA, "two birds in the bush").await;
    assert!(shop.has(&browser));
    enrol(server, &account).await;
    browser
}

/// §5.5.1.1: whoever must have one of some levels is told one of them; whoever proved two factors has proved one.
#[tokio::test]
async fn more_than_enough_is_enough() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        enrol(&server, &account).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        ada.show_second_factor().await;
        assert_eq!(shop.tokens(&ada, &asked).await.id["acr"], "2");
        for (levels, told) in [(&["1"][..], "1"), (&["0", "1"], "1"), (&["2", "1"], "2")] {
            let asked = shop.asks_with(&mut ada, &[("claims", &must(levels)), ("prompt", "none")]).await;
            let tokens = shop.tokens(&ada, &asked).await;
            assert_eq!((&tokens.id["acr"], &tokens.access["acr"]), (&json!(told), &json!("2")), "{levels:?}");
            assert_eq!(tokens.id["amr"], json!(["otp", "pwd", "mfa"]));
        }
        assert_eq!(at_once(&shop, &mut ada, &[("acr_values", "1")]).await, "2", "a wish is told the truth");
    })
    .await;
}

/// Who chooses an account whose proof is too little proves anew.
#[tokio::test]
async fn who_is_chosen_proves_what_is_wished() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let mut ada = signed_in(&shop).await;
        enrol(&server, &account).await;
        let asked = shop.asks_with(&mut ada, &[("acr_values", "2"), ("prompt", "select_account")]).await;
        ada.press("Continue as Ada Lovelace").await;
        assert_eq!(ada.page.value("address").as_deref(), Some(ADA));
        ada.sign_in(ADA, PASSWORD).await;
        ada.show_second_factor().await;
        assert_eq!(shop.tokens(&ada, &asked).await.id["acr"], "2");
    })
    .await;
}

/// A flow may be told in the place of the level, as B2C's older clients have it; then discovery says so.
#[tokio::test]
async fn discovery_tells_what_acr_may_be() {
    on_both(async |server| {
        for (claim, supported) in [(FlowClaim::Tfp, json!(["0", "1", "2"])), (FlowClaim::Acr, json!(["B2C_1_acr"]))] {
            let flow = server.flow(|flow| {
                flow.name = if claim == FlowClaim::Acr { "B2C_1_acr".into() } else { "B2C_1_tfp".into() };
                flow.rules.tokens.flow_claim = claim;
            });
            let shop = flow.await;
            let name = if claim == FlowClaim::Acr { "B2C_1_acr" } else { "B2C_1_tfp" };
            let named = shop.at(Place::Path(name.into()));
            let document = server.get(&named.address("/v2.0/.well-known/openid-configuration")).await.json();
            assert_eq!(document["acr_values_supported"], supported);
            let of_tenant = server.get(&shop.address("/v2.0/.well-known/openid-configuration")).await.json();
            assert_eq!(of_tenant["acr_values_supported"], json!(["0", "1", "2"]));
            if server.count("SELECT count(*) FROM accounts").await == 0 {
                server.account(&shop, ADA).await;
            }
            let mut ada = server.browser();
            let asked = named.asks_with(&mut ada, &[("claims", &must(&[name]))]).await;
            ada.sign_in(ADA, PASSWORD).await;
            match claim {
                FlowClaim::Acr => assert_eq!(named.tokens(&ada, &asked).await.id["acr"], name),
                FlowClaim::Tfp => {
                    assert_eq!(named.answer(&ada).unwrap()["error"], "unmet_authentication_requirements");
                }
            }
        }
    })
    .await;
}
