//! What browsers and people do besides: press twice, go back, reload, open two tabs, wait too long.

use super::every_way;
use crate::harness::{Browser, PASSWORD, at_once, on_both};
use axum::http::StatusCode;
use server::directory::application::Application;
use std::time::Duration;

const ADA: &str = "ada@example.org";

type Typed = &'static [(&'static str, &'static str)];

/// Fault F11: many identical posts of one step have one effect, and everybody sees where the journey is.
async fn press_often(browser: &mut Browser, typed: &[(&str, &str)], button: &str) {
    let typed: Vec<_> = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let tabs = at_once(12, |_| {
        let (mut tab, button) = (browser.clone(), button.to_owned());
        let submission = tab.page.submit(&typed, &button);
        async move {
            tab.submit(submission).await;
            tab
        }
    })
    .await;
    let busy = |tab: &&Browser| tab.status == StatusCode::SERVICE_UNAVAILABLE;
    for tab in tabs.iter().filter(|tab| !busy(tab)) {
        assert!(
            tab.status.is_success() || tab.left_for.is_some() || tab.status == 410,
            "{}: {}",
            tab.status,
            tab.text()
        );
    }
    *browser = tabs.into_iter().max_by_key(|tab| tab.left_for.is_some()).unwrap();
    if browser.left_for.is_none() {
        browser.reload().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_every_step_pressed_twelve_times_at_once_happens_once() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let asked = shop.asks(ada).await;
        press_often(ada, &[], "Create one").await;
        assert_eq!(ada.heading(), "Create your account");
        press_often(ada, &[("Email address", ADA)], "Send code").await;
        assert_eq!(server.mailbox().all().await.len(), 1, "one letter");
        let code = server.mailbox().code(ADA).await;
        press_often(ada, &[("Code", &code)], "Continue").await;
        assert_eq!(ada.heading(), "Create a password");
        press_often(ada, &[("New password", PASSWORD)], "Continue").await;
        assert_eq!(ada.heading(), "Tell us about yourself");
        press_often(ada, &[("Display name", "Ada")], "Create account").await;
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 1);
        assert_eq!(server.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 1);
        let code = shop.code(ada, &asked);
        assert_eq!(shop.redeem(&code, &asked).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_new_code_asked_for_twelve_times_at_once_is_one_code() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.press("Create one").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        server.clock.advance(Duration::from_secs(31));
        ada.reload().await;
        press_often(&mut ada, &[], "resend").await;
        assert_eq!(server.mailbox().all().await.len(), 2);
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Create a password");
    })
    .await;
}

/// Fault F12: on every page of a sign-up, reloading and sending every earlier page again changes nothing.
#[tokio::test]
async fn f12_back_reload_and_resubmit_land_on_the_present_step() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        let mut sent = Vec::new();
        let mut code = String::new();
        let steps: [(Typed, &str, &str); 5] = [
            (&[], "Create one", "Create your account"),
            (&[("Email address", ADA)], "Send code", "Check your email"),
            (&[("Code", "")], "Continue", "Create a password"),
            (&[("New password", PASSWORD)], "Continue", "Tell us about yourself"),
            (&[("Display name", "Ada")], "Create account", ""),
        ];
        for (typed, button, heading) in steps {
            let typed: Vec<(String, String)> = typed
                .iter()
                .map(|(name, value)| ((*name).into(), if *name == "Code" { code.clone() } else { (*value).into() }))
                .collect();
            sent.push((ada.page.clone(), typed.clone(), button));
            let submission = ada.page.submit(&typed, button);
            ada.submit(submission).await;
            if heading == "Check your email" {
                code = server.mailbox().code(ADA).await;
            }
            if heading.is_empty() {
                break;
            }
            ada.reload().await;
            assert_eq!((ada.status, ada.heading().as_str()), (StatusCode::OK, heading));
            // Back to every page that was: its form still goes to the present step. (A page offers "sign up" as a way
            // out, which is another wish and not an old answer.)
            for (page, typed, button) in sent.iter().skip(1) {
                let submission = page.submit(typed, button);
                ada.submit(submission).await;
                assert_eq!((ada.status, ada.heading().as_str()), (StatusCode::OK, heading), "{button}");
            }
            ada.reload().await;
        }
        assert!(shop.has(ada));
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 1);
        assert_eq!(server.mailbox().all().await.len(), 1);
        // The journey is over: its pages lead back to the application or say that it is over, and never break.
        for (page, typed, button) in &sent {
            let submission = page.submit(typed, button);
            ada.submit(submission).await;
            assert!(ada.status.is_success() || ada.status == 410, "{}", ada.status);
        }
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 1);
        assert_eq!(server.count("SELECT count(*) FROM sessions").await, 1);
    })
    .await;
}

#[tokio::test]
async fn f12_a_page_that_lay_too_long_says_so() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        server.clock.advance(Duration::from_secs(3601));
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        assert_eq!(ada.status, 410);
        ada.reload().await;
        assert_eq!(ada.status, 410);
        assert_eq!(ada.heading(), "Start again");
    })
    .await;
}

/// Only where an administrator says that the application is, never where the request wants to go.
#[tokio::test]
async fn a_problem_leads_back_to_the_application_and_nowhere_else() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let at = |home: &'static str| move |made: &mut Application| made.home_url = Some(home.into());
        let shop = server.application_over(&flow, at("https://shop.example.test/")).await;
        let back = "href=\"https://shop.example.test/\"";

        let (mut ada, mut other) = (server.browser(), server.browser());
        shop.asks(&mut ada).await;
        other.open(&ada.page.path).await;
        assert_eq!((other.status.as_u16(), other.page.html.contains(back)), (410, true), "another browser's journey");

        shop.asks_with(&mut other, &[("redirect_uri", "https://evil.example.test/")]).await;
        assert_eq!((other.status.as_u16(), other.page.html.contains(back)), (400, true), "a foreign address");
        assert!(!other.page.html.contains("evil.example.test"), "{}", other.page.html);

        let bad = server.application_over(&flow, at("javascript:alert(1)")).await;
        bad.asks_with(&mut other, &[("redirect_uri", "https://evil.example.test/")]).await;
        assert!(!other.page.html.contains("javascript:"), "{}", other.page.html);
    })
    .await;
}

/// Fault F13: two people, two applications, one browser; in every order of their steps nobody is mixed up.
#[tokio::test]
async fn f13_two_tabs_keep_two_people_apart() {
    on_both(async |server| {
        let (shop, club) = (server.application().await, server.application().await);
        let (ada_s, grace_s) = (server.account(&shop, ADA).await, server.account(&club, "grace@example.org").await);
        // Two steps each: the six orders of them.
        for order in [[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 1, 0], [1, 1, 0, 0]] {
            let browser = server.browser();
            let mut tabs = [browser.clone(), browser];
            let asked = [shop.asks(&mut tabs[0]).await, club.asks(&mut tabs[1]).await];
            let mut steps = [0, 0];
            for tab in order {
                let address = [ADA, "grace@example.org"][tab];
                let browser = &mut tabs[tab];
                if steps[tab] == 0 {
                    browser.fill(&[("Email address", address)]).press("Continue").await;
                } else {
                    assert!(browser.text().contains(address));
                    browser.fill(&[("Password", PASSWORD)]).press("Sign in").await;
                }
                steps[tab] += 1;
            }
            // The second sign-in ended the first one's session, so its code is worth nothing; who has tokens has the
            // right person's.
            let last = *order.last().unwrap();
            let (application, account) = [(&shop, &ada_s), (&club, &grace_s)][last];
            let tokens = application.tokens(&tabs[last], &asked[last]).await;
            assert_eq!(tokens.id["oid"], account.as_str(), "{order:?}");
            let (application, account) = [(&club, &grace_s), (&shop, &ada_s)][last];
            let first = 1 - last;
            let code = application.code(&tabs[first], &asked[first]);
            let answered = application.redeem(&code, &asked[first]).await;
            if answered.status == 200 {
                assert_eq!(application.checked(answered).await.id["oid"], account.as_str(), "{order:?}");
            } else {
                assert_eq!(answered.json()["error"], "invalid_grant", "{order:?}");
            }
        }
    })
    .await;
}

/// Fault F13, the other half: one journey's page in another tenant's or application's address.
#[tokio::test]
async fn f13_a_form_goes_nowhere_but_to_its_own_journey() {
    on_both(async |server| {
        let shop = server.application().await;
        let browser = server.browser();
        let (mut one, mut two) = (browser.clone(), browser);
        shop.asks(&mut one).await;
        shop.asks(&mut two).await;
        let mut crossed = one.page.submit(&[("Email address".into(), ADA.into())], "Continue");
        crossed.path = two.page.path.clone();
        two.submit(crossed).await;
        assert_eq!(two.status, 403, "one journey's token is not the other's");
        two.reload().await;
        assert_eq!(two.heading(), "Sign in");
    })
    .await;
}

#[tokio::test]
async fn without_cookies_nothing_goes_on_and_nothing_breaks() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        ada.forget_cookies();
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        assert_eq!(ada.status, 410);
    })
    .await;
}
