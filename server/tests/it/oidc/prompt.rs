//! What an application may wish: whether, how and as whom somebody signs in (OpenID Connect Core §3.1.2.1).

use super::ADA;
use crate::harness::{PASSWORD, Tokens, on_both};
use axum::{body::Body, http::Request};
use std::time::Duration;

#[tokio::test]
async fn prompt_none_shows_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks_with(&mut ada, &[("prompt", "none")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "login_required");
        // A page of the application's asks in a frame of its own.
        let policy = ada.headers.get("content-security-policy").map_or("", |policy| policy.to_str().unwrap());
        assert!(!ada.headers.contains_key("x-frame-options") && !policy.contains("frame-ancestors"), "{policy}");
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        shop.asks_with(&mut ada, &[("prompt", "none")]).await;
        assert!(shop.has(&ada));
        server.clock.advance(Duration::from_secs(61));
        shop.asks_with(&mut ada, &[("prompt", "none"), ("max_age", "60")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "login_required");
        shop.asks_with(&mut ada, &[("prompt", "none login")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn prompt_login_and_max_age_ask_for_proof_anew() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let first = shop.tokens(&ada, &asked).await;
        server.clock.advance(Duration::from_secs(600));
        shop.asks_with(&mut ada, &[("max_age", "3600")]).await;
        assert!(shop.has(&ada), "recent enough");
        for wish in [("prompt", "login"), ("max_age", "300"), ("max_age", "0")] {
            server.clock.advance(Duration::from_secs(301));
            let asked = shop.asks_with(&mut ada, &[wish]).await;
            assert_eq!(ada.heading(), "Sign in", "{wish:?}");
            assert_eq!(ada.page.value("address").as_deref(), Some(ADA));
            ada.sign_in(ADA, PASSWORD).await;
            let tokens = shop.tokens(&ada, &asked).await;
            assert!(tokens.id["auth_time"].as_i64() > first.id["auth_time"].as_i64());
        }
        shop.asks_with(&mut ada, &[("max_age", "soon")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "invalid_request");
    })
    .await;
}

/// Whoever is signed in, an application that asks for one person is never answered with another.
#[tokio::test]
async fn an_application_that_means_one_person_is_not_told_of_another() {
    on_both(async |server| {
        let shop = server.application().await;
        for address in [ADA, "grace@example.org"] {
            server.account(&shop, address).await;
        }
        let (mut ada, mut grace) = (server.browser(), server.browser());
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let of_ada = shop.tokens(&ada, &asked).await;
        let asked = shop.asks(&mut grace).await;
        grace.sign_in("grace@example.org", PASSWORD).await;
        let of_grace = shop.tokens(&grace, &asked).await;
        let sid = |tokens: &Tokens| tokens.id["sid"].as_str().unwrap().to_owned();
        let (session_of_ada, session_of_grace) = (sid(&of_ada), sid(&of_grace));

        for (wish, means_ada) in [
            (("login_hint", ADA), true),
            (("login_hint", " ADA@Example.org "), true),
            (("login_hint", "ada"), true),
            (("id_token_hint", of_ada.id_token.as_str()), true),
            (("sid", session_of_ada.as_str()), true),
            (("id_token_hint", "not a token"), true),
            (("login_hint", "grace@example.org"), false),
            (("login_hint", "nobody@example.org"), false),
            (("id_token_hint", of_grace.id_token.as_str()), false),
            (("sid", session_of_grace.as_str()), false),
            (("sid", "nobody's"), false),
        ] {
            shop.asks_with(&mut ada, &[wish, ("prompt", "none")]).await;
            let answer = shop.answer(&ada).unwrap();
            assert_eq!(answer.contains_key("code"), means_ada, "{wish:?}");
            assert_eq!(answer.get("error").map(String::as_str), (!means_ada).then_some("login_required"), "{wish:?}");
            shop.asks_with(&mut ada, &[wish]).await;
            assert_eq!(shop.has(&ada), means_ada, "{wish:?}");
            if !means_ada {
                assert_eq!(ada.heading(), "Sign in");
                let filled_in = if wish.0 == "login_hint" { wish.1 } else { "" };
                assert_eq!(ada.page.value("address").unwrap_or_default(), filled_in);
            }
        }
        shop.asks_with(&mut ada, &[("login_hint", "grace@example.org"), ("prompt", "select_account")]).await;
        assert_eq!(ada.heading(), "Choose an account", "who chooses, chooses freely");
    })
    .await;
}

/// MSAL renews by naming the session that it was told of, and nothing else.
#[tokio::test]
async fn a_session_still_names_its_person_when_another_followed_it() {
    on_both(async |server| {
        let shop = server.application().await;
        for address in [ADA, "grace@example.org"] {
            server.account(&shop, address).await;
        }
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let sid = shop.tokens(&ada, &asked).await.id["sid"].as_str().unwrap().to_owned();
        let renewal = [("prompt", "none"), ("sid", sid.as_str())];
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in(ADA, PASSWORD).await;
        shop.asks_with(&mut ada, &renewal).await;
        assert!(shop.has(&ada));
        // Somebody else signs in at her browser.
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in("grace@example.org", PASSWORD).await;
        shop.asks_with(&mut ada, &renewal).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "login_required");
    })
    .await;
}

#[tokio::test]
async fn max_age_is_judged_again_when_the_account_is_chosen() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let wishes = [("prompt", "select_account"), ("max_age", "600")];
        server.clock.advance(Duration::from_secs(500));
        shop.asks_with(&mut ada, &wishes).await;
        ada.press("Continue as Ada Lovelace").await;
        assert!(shop.has(&ada));
        shop.asks_with(&mut ada, &wishes).await;
        server.clock.advance(Duration::from_secs(101));
        ada.press("Continue as Ada Lovelace").await;
        assert_eq!(ada.heading(), "Sign in");
        assert_eq!(ada.page.value("address").as_deref(), Some(ADA));
        ada.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&ada));
    })
    .await;
}

#[tokio::test]
async fn prompt_create_opens_the_page_that_makes_accounts() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks_with(&mut ada, &[("prompt", "create"), ("login_hint", ADA)]).await;
        assert_eq!(ada.heading(), "Create your account");
        assert_eq!(ada.page.value("address").as_deref(), Some(ADA));
    })
    .await;
}

#[tokio::test]
async fn a_login_hint_fills_the_address_in_and_proves_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks_with(&mut ada, &[("login_hint", "\"><script>alert(1)</script>")]).await;
        assert_eq!(ada.page.value("address").as_deref(), Some("\"><script>alert(1)</script>"));
        assert_eq!(ada.page.count("main script"), 0);
        shop.asks_with(&mut ada, &[("login_hint", ADA)]).await;
        assert_eq!(ada.heading(), "Sign in");
        assert_eq!(ada.page.value("address").as_deref(), Some(ADA));
    })
    .await;
}

#[tokio::test]
async fn an_answer_may_travel_in_the_fragment() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks_with(&mut ada, &[("response_mode", "fragment")]).await;
        ada.sign_in(ADA, PASSWORD).await;
        let location = ada.left_for.clone().unwrap();
        assert!(location.starts_with(&format!("{}#code=", shop.redirect_uri)), "{location}");
        shop.asks_with(&mut ada, &[("response_mode", "web_message")]).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "invalid_request");
    })
    .await;
}

/// OpenID Connect Core §3.1.2.1: by POST as well; the cookies come with the GET that follows.
#[tokio::test]
async fn a_request_may_come_as_a_form() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let (asked, parameters) = shop.request();
        let path = format!("/{}/oauth2/v2.0/authorize", server.tenant);
        ada.submit(crate::harness::Submission { path: path.clone(), pairs: parameters }).await;
        assert_eq!(ada.heading(), "Sign in");
        ada.sign_in(ADA, PASSWORD).await;
        shop.tokens(&ada, &asked).await;
        // From another site, and with what means something in an address.
        let form = Request::post(&path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://app.example");
        let answered = server.send(form.body(Body::from("client_id=x&state=%C3%BC%26%23%0D%0A")).unwrap()).await;
        assert_eq!(answered.status, 303);
        assert_eq!(answered.header("location"), format!("{path}?client_id=x&state=%C3%BC%26%23%0D%0A"));
    })
    .await;
}
