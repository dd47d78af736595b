//! Sessions: staying signed in, single sign-on between applications, and how it ends (security R19).

use super::every_way;
use crate::harness::{Application, Browser, PASSWORD, on_both};
use app::contract::permission::Role;
use server::{
    administration::{self, TENANT_ID},
    directory::administrator,
};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);

fn session_cookie(browser: &Browser) -> (String, String) {
    let name = browser.cookies().into_iter().find(|name| name.contains("session")).expect("signed in");
    let value = browser.cookie(&name).unwrap();
    (name, value)
}

fn last_session_set(browser: &Browser) -> String {
    browser.cookies_ever_set().into_iter().rfind(|cookie| cookie.contains("session")).unwrap()
}

#[tokio::test]
async fn keep_me_signed_in_outlives_the_browser() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        ada.fill(&[("Password", "wrong, and ticked"), ("Keep me signed in", "yes")]).press("Sign in").await;
        assert_eq!(ada.page.chosen("keep"), ["true"], "a ticked box stays ticked");
        ada.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert!(shop.has(ada));
        assert!(last_session_set(ada).contains("; Max-Age=7776000"), "{}", last_session_set(ada));
        server.clock.advance(60 * DAY);
        shop.asks(ada).await;
        assert!(shop.has(ada), "60 days later");
        server.clock.advance(31 * DAY);
        shop.asks(ada).await;
        assert_eq!(ada.heading(), "Sign in", "91 days later");
    })
    .await;
}

#[tokio::test]
async fn r19_a_session_ends_after_a_day_without_use_and_after_thirty_days() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert!(!last_session_set(&ada).contains("Max-Age"), "{}", last_session_set(&ada));
        for _ in 0..31 {
            server.clock.advance(DAY - Duration::from_secs(600));
            shop.asks(&mut ada).await;
            if !shop.has(&ada) {
                break;
            }
        }
        assert_eq!(ada.heading(), "Sign in", "thirty days, however busy");

        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        ada.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert!(shop.has(&ada), "{}", ada.text());
        server.clock.advance(DAY + Duration::from_secs(1));
        shop.asks(&mut ada).await;
        assert_eq!(ada.heading(), "Sign in", "a day of rest");
    })
    .await;
}

#[tokio::test]
async fn one_sign_in_serves_every_application_of_the_tenant() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let first = shop.tokens(&ada, &asked).await;
        let asked = other.asks(&mut ada).await;
        let second = other.tokens(&ada, &asked).await;
        assert_eq!(first.id["oid"], second.id["oid"]);
        assert_eq!(first.id["sid"], second.id["sid"]);
        assert_ne!(first.id["sub"], second.id["sub"], "pairwise");
    })
    .await;
}

/// Security R19: what a browser had before is worth nothing afterwards.
#[tokio::test]
async fn r19_each_sign_in_makes_a_new_session_and_ends_the_old() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        server.account(&shop, "grace@example.org").await;
        let mut ada = server.browser();
        // Fixation: a session of the attacker's choosing.
        let name = format!("__Host-session-{}", server.tenant);
        ada.set_cookie(&name, &"a".repeat(43));
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let (_, first) = session_cookie(&ada);
        assert_ne!(first, "a".repeat(43));

        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in("grace@example.org", PASSWORD).await;
        let (_, second) = session_cookie(&ada);
        assert_ne!(first, second);

        let mut thief = server.browser();
        thief.set_cookie(&name, &first);
        shop.asks(&mut thief).await;
        assert_eq!(thief.heading(), "Sign in");
    })
    .await;
}

/// Whoever sits at the browser now must not go on with what the one before had opened.
#[tokio::test]
async fn r19_another_person_at_the_browser_ends_everything_of_the_one_before() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        server.account(&shop, "grace@example.org").await;
        let mut browser = server.browser();
        let asked = shop.asks(&mut browser).await;
        browser.sign_in(ADA, PASSWORD).await;
        let of_ada = shop.tokens(&browser, &asked).await;

        let asked = shop.asks_with(&mut browser, &[("prompt", "login")]).await;
        browser.sign_in("grace@example.org", PASSWORD).await;
        let of_grace = shop.tokens(&browser, &asked).await;
        assert_eq!(shop.refresh(&of_ada.refresh_token).await.json()["error"], "invalid_grant");
        assert_eq!(shop.refresh(&of_grace.refresh_token).await.status, 200);
    })
    .await;
}

/// One application's wish for a fresh proof signs nobody out of the others; signing out then ends all of it.
#[tokio::test]
async fn a_person_who_proves_anew_who_they_are_keeps_what_they_had_until_they_sign_out() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |made| {
            made.redirect_uris[0].uri = "https://other.example.test/signed-in".into();
        });
        let other = other.await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let first = shop.tokens(&ada, &asked).await;

        let asked = other.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in(ADA, PASSWORD).await;
        let second = other.tokens(&ada, &asked).await;
        let before = first.access_token;
        let is_active = async |token: &str| {
            let told = shop.call("introspect-token", &[("token", token)]).await.json();
            told["active"].as_bool().unwrap()
        };
        assert_eq!(shop.userinfo(&before).await.status, 200, "the token of before");
        assert!(is_active(&before).await);
        let first = shop.checked(shop.refresh(&first.refresh_token).await).await;
        assert_eq!(first.id["sid"], second.id["sid"], "one session");
        assert_eq!(shop.userinfo(&first.access_token).await.status, 200);

        // The first application may still sign its person out unasked.
        let back = format!("/{}/oauth2/v2.0/logout?post_logout_redirect_uri={}", shop.tenant, shop.redirect_uri);
        ada.open(&back).await;
        assert_eq!(ada.left_for.as_deref(), Some(shop.redirect_uri.as_str()));
        for (application, tokens) in [(&shop, &first), (&other, &second)] {
            assert_eq!(application.refresh(&tokens.refresh_token).await.json()["error"], "invalid_grant");
        }
        assert_eq!(shop.userinfo(&before).await.status, 401);
        assert!(!is_active(&before).await);
    })
    .await;
}

/// Security R19, fault F32: an account that is switched off is off everywhere, at once.
#[tokio::test]
async fn r19_f32_a_disabled_account_is_signed_out_on_every_server() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let tokens = shop.tokens(&ada, &asked).await;

        let elsewhere = server.another().await;
        let there = shop.through(&elsewhere);
        assert_eq!(there.userinfo(&tokens.access_token).await.status, 200);
        server.disable(&account).await;
        let mut ada = ada.through(&elsewhere);
        there.asks(&mut ada).await;
        assert_eq!(ada.heading(), "Sign in");
        assert_eq!(there.userinfo(&tokens.access_token).await.status, 401);
        assert_eq!(there.refresh(&tokens.refresh_token).await.json()["error"], "invalid_grant");
    })
    .await;
}

/// cve 24: prompt=login that is called off leaves the session as it was, and mixes nobody up.
#[tokio::test]
async fn cve_2023_6787_a_cancelled_second_sign_in_changes_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        server.account(&shop, "eve@example.org").await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let before = session_cookie(&ada);

        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        assert_eq!(ada.page.value("address").as_deref(), Some(ADA), "nobody types it twice");
        ada.sign_in("eve@example.org", "a wrong password").await;
        let asked = shop.asks(&mut ada).await;
        assert_eq!(session_cookie(&ada), before);
        assert_eq!(shop.tokens(&ada, &asked).await.id["oid"], account.as_str());
    })
    .await;
}

#[tokio::test]
async fn somebody_who_is_signed_in_may_choose() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let other = server.account(&shop, "grace@example.org").await;
        shop.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;

        let asked = shop.asks_with(ada, &[("prompt", "select_account")]).await;
        ada.press("Continue as Ada Lovelace").await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["oid"], account.as_str());

        let asked = shop.asks_with(ada, &[("prompt", "select_account")]).await;
        ada.press("Use another account").await;
        assert_eq!(ada.page.value("address").unwrap_or_default(), "");
        ada.sign_in("grace@example.org", PASSWORD).await;
        assert_eq!(shop.tokens(ada, &asked).await.id["oid"], other.as_str());
    })
    .await;
}

/// Another account's owner cannot be made out of a page that was shown to the first.
#[tokio::test]
async fn whoever_signed_out_meanwhile_cannot_continue() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        shop.asks_with(&mut ada, &[("prompt", "select_account")]).await;
        assert_eq!(ada.heading(), "Choose an account");
        server.disable(&account).await;
        ada.press("continueAs").await;
        assert_eq!(ada.status, 410);
        assert!(ada.left_for.is_none());
    })
    .await;
}

/// Whoever finds an administrator's browser or refresh token later finds nothing by it, whatever the flow says.
#[tokio::test]
async fn r19_an_administrator_is_out_after_half_an_hour_and_after_twelve() {
    const MINUTE: Duration = Duration::from_secs(60);
    const GRACE: &str = "grace@admin.example.test";
    on_both(async |server| {
        server.make_administrator(GRACE, &[(administrator::ALL, Role::GlobalAdministrator)]).await;
        let home = server.in_tenant(TENANT_ID.into());
        let change = |flow: &mut app::contract::user_flow::UserFlow| {
            flow.keep_signed_in = true;
            flow.rules.sessions.minutes = 43_200;
        };
        home.save_flow(&administration::flow_id(), change).await;
        let portal = Application::portal(&server);
        let mut grace = server.browser();
        let sign_in = async |grace: &mut Browser| {
            let asked = portal.asks(grace).await;
            assert_eq!(grace.heading(), "Sign in");
            grace.fill(&[("Email address", GRACE)]).press("Continue").await;
            grace.fill(&[("Password", PASSWORD), ("Keep me signed in", "yes")]).press("Sign in").await;
            grace.show_second_factor().await;
            let code = grace.code_at_the_portal().expect("signed in");
            let told = portal.redeem(&code, &asked).await.json();
            told["refresh_token"].as_str().unwrap().to_owned()
        };

        let mut refresh_token = sign_in(&mut grace).await;
        assert!(!last_session_set(&grace).contains("Max-Age"), "{}", last_session_set(&grace));
        for _ in 0..24 {
            server.clock.advance(29 * MINUTE);
            portal.asks(&mut grace).await;
            assert!(grace.code_at_the_portal().is_some(), "busy: {}", grace.text());
            let told = portal.refresh(&refresh_token).await.json();
            refresh_token = told["refresh_token"].as_str().unwrap().to_owned();
        }
        server.clock.advance(29 * MINUTE);
        assert_eq!(portal.refresh(&refresh_token).await.json()["error"], "invalid_grant", "twelve hours");

        let refresh_token = sign_in(&mut grace).await;
        server.clock.advance(31 * MINUTE);
        assert_eq!(portal.refresh(&refresh_token).await.json()["error"], "invalid_grant", "half an hour");
        sign_in(&mut grace).await;
    })
    .await;
}
