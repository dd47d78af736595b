//! What a flow rules of time: how long tokens, refresh tokens and sessions live, and whom a session signs in to.

use super::{ADA, ada_with_tokens, refused};
use crate::harness::{Application, Browser, PASSWORD, TestServer, on_both};
use app::contract::flow_rules::{FlowRules, SessionLifetime, SessionScope};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn ruled(server: &TestServer, change: impl FnOnce(&mut FlowRules)) -> Application {
    server.flow(|flow| change(&mut flow.rules)).await
}

#[tokio::test]
async fn tokens_live_as_long_as_the_flow_says() {
    on_both(async |server| {
        let shop = ruled(&server, |rules| rules.tokens.minutes = 1440).await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        assert_eq!(tokens.raw["expires_in"], 24 * 3600);
        for token in [&tokens.id, &tokens.access] {
            assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 24 * 3600);
        }
        // Its key may be replaced meanwhile, and is known as long as the token is good.
        server.state.keys.rotate(&server.tenant).await.unwrap();
        server.clock.advance(DAY - MINUTE);
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 200);
        server.clock.advance(MINUTE);
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401);
    })
    .await;
}

/// Security R30: a refresh token rests for so many days, and all that follow from one sign-in end together.
#[tokio::test]
async fn refresh_tokens_slide_within_their_window() {
    on_both(async |server| {
        let shop = ruled(&server, |rules| {
            rules.tokens.refresh_days = 2;
            rules.tokens.refresh_window_days = Some(5);
        })
        .await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let (_, rests) = ada_with_tokens(&server, &shop).await;
        assert_eq!(tokens.raw["refresh_token_expires_in"], 2 * 24 * 3600);
        let mut token = tokens.refresh_token;
        // Day 1.5, 3 and 4.5: each use begins the two days anew, until the window ends.
        for left in [2 * 24, 2 * 24, 12] {
            server.clock.advance(DAY * 3 / 2);
            let answered = shop.refresh(&token).await;
            assert_eq!(answered.status, 200, "{}", answered.text());
            // Whole seconds, and reading the clock takes a moment of one.
            let told = answered.json()["refresh_token_expires_in"].as_i64().unwrap();
            assert!((left * 3600 - 1..=left * 3600).contains(&told), "{told}");
            token = answered.json()["refresh_token"].as_str().unwrap().to_owned();
        }
        assert_eq!(refused(&shop.refresh(&rests.refresh_token).await), "invalid_grant", "it rested too long");
        server.clock.advance(DAY / 2);
        assert_eq!(refused(&shop.refresh(&token).await), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn refresh_tokens_without_a_window_follow_each_other_for_ever() {
    on_both(async |server| {
        let shop = ruled(&server, |rules| rules.tokens.refresh_window_days = None).await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let mut token = tokens.refresh_token;
        for _ in 0..10 {
            server.clock.advance(DAY * 13);
            let answered = shop.refresh(&token).await;
            assert_eq!(answered.status, 200, "{}", answered.text());
            token = answered.json()["refresh_token"].as_str().unwrap().to_owned();
        }
        server.clock.advance(DAY * 14);
        assert_eq!(refused(&shop.refresh(&token).await), "invalid_grant");
    })
    .await;
}

/// A page has nowhere safe to keep one: 24 hours, whatever the flow says.
#[tokio::test]
async fn a_page_s_refresh_tokens_end_after_a_day_whatever_the_flow_says() {
    on_both(async |server| {
        let flow = ruled(&server, |rules| {
            rules.tokens.refresh_days = 90;
            rules.tokens.refresh_window_days = None;
        })
        .await
        .flow;
        let page = server.page_over(&flow).await;
        let (_, tokens) = ada_with_tokens(&server, &page).await;
        assert_eq!(tokens.raw["refresh_token_expires_in"], 24 * 3600);
        server.clock.advance(DAY / 2);
        let next = page.refresh(&tokens.refresh_token).await.json()["refresh_token"].as_str().unwrap().to_owned();
        server.clock.advance(DAY / 2);
        assert_eq!(refused(&page.refresh(&next).await), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn a_session_rolls_or_ends_as_the_flow_says() {
    on_both(async |server| {
        for (lifetime, is_signed_in) in [(SessionLifetime::Rolling, true), (SessionLifetime::Absolute, false)] {
            let shop = ruled(&server, |rules| {
                rules.sessions.minutes = 30;
                rules.sessions.lifetime = lifetime;
            })
            .await;
            let (mut ada, _) = ada_with_tokens(&server, &shop).await;
            for _ in 0..2 {
                server.clock.advance(MINUTE * 16);
                shop.asks(&mut ada).await;
            }
            assert_eq!(shop.has(&ada), is_signed_in, "{lifetime:?}");
            server.clock.advance(MINUTE * 31);
            shop.asks(&mut ada).await;
            assert!(!shop.has(&ada), "{lifetime:?}: it rested too long");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_kept_is_kept_for_the_days_of_the_flow() {
    on_both(async |server| {
        let shop = ruled(&server, |rules| rules.sessions.kept_days = 3).await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        ada.fill(&[("Password", PASSWORD), ("Keep me signed in", "yes")]).press("Sign in").await;
        assert!(shop.has(&ada));
        for (passes, is_signed_in) in [(DAY * 2, true), (DAY, false)] {
            server.clock.advance(passes);
            shop.asks(&mut ada).await;
            assert_eq!(shop.has(&ada), is_signed_in);
        }
    })
    .await;
}

/// Where the flow in which a session began and the one that asks differ, both have a say.
#[tokio::test]
async fn a_session_signs_in_to_whom_the_flow_says() {
    on_both(async |server| {
        for (scope, same_flow, other_flow) in [
            (SessionScope::Tenant, true, true),
            (SessionScope::Application, false, false),
            (SessionScope::Flow, true, false),
            (SessionScope::Suppressed, false, false),
        ] {
            let shop = ruled(&server, |rules| rules.sessions.scope = scope).await;
            let beside = server.application_over(&shop.flow, |_| ()).await;
            let elsewhere = server.application().await;
            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            for (asks, is_signed_in) in
                [(&beside, same_flow), (&elsewhere, other_flow), (&shop, scope != SessionScope::Suppressed)]
            {
                asks.asks_with(&mut ada, &[("prompt", "none")]).await;
                let answer = asks.answer(&ada).unwrap();
                assert_eq!(answer.contains_key("code"), is_signed_in, "{scope:?}: {answer:?}");
            }
            assert_eq!(shop.userinfo(&tokens.access_token).await.status, 200, "what it gave stays good");
            // The one that asks is the stricter.
            let (mut ada, _) = ada_with_tokens(&server, &elsewhere).await;
            shop.asks_with(&mut ada, &[("prompt", "none")]).await;
            assert_eq!(shop.has(&ada), scope == SessionScope::Tenant, "{scope:?}");
        }
    })
    .await;
}

/// One cookie, and each sign-in signs in to whom its own flow said and for as long: another one takes nothing away from it.
#[tokio::test]
async fn one_session_keeps_what_each_flow_gave() {
    on_both(async |server| {
        let own = async |minutes: u32, lifetime: SessionLifetime| {
            ruled(&server, |rules| {
                rules.sessions.scope = SessionScope::Application;
                (rules.sessions.minutes, rules.sessions.lifetime) = (minutes, lifetime);
            })
            .await
        };
        let is_known = async |shop: &Application, browser: &mut Browser| {
            shop.asks_with(browser, &[("prompt", "none")]).await;
            shop.answer(browser).unwrap().contains_key("code")
        };
        let signs_in = async |shop: &Application, browser: &mut Browser, address: &str| {
            let asked = shop.asks(browser).await;
            assert_eq!(browser.heading(), "Sign in");
            browser.sign_in(address, PASSWORD).await;
            shop.tokens(browser, &asked).await
        };
        let usual = SessionLifetime::Rolling;
        let (shop, club) = (own(1440, usual).await, own(15, usual).await);
        let everywhere = server.application().await;
        let never = ruled(&server, |rules| rules.sessions.scope = SessionScope::Suppressed).await;
        for address in [ADA, "grace@example.org"] {
            server.account(&shop, address).await;
        }

        let mut ada = server.browser();
        for application in [&everywhere, &shop, &club, &never] {
            signs_in(application, &mut ada, ADA).await;
        }
        assert_eq!(ada.cookies().iter().filter(|name| name.contains("session")).count(), 1);
        for (application, knows) in [(&everywhere, true), (&shop, true), (&club, true), (&never, false)] {
            assert_eq!(is_known(application, &mut ada).await, knows);
        }
        // The shorter of two rests is over, the longer goes on; and what rested too long does not come back.
        server.clock.advance(MINUTE * 16);
        for _ in 0..2 {
            for (application, knows) in [(&club, false), (&shop, true), (&everywhere, true)] {
                assert_eq!(is_known(application, &mut ada).await, knows);
            }
        }
        signs_in(&club, &mut ada, ADA).await;
        assert!(is_known(&club, &mut ada).await && is_known(&shop, &mut ada).await);

        // However busy.
        let strict = own(15, SessionLifetime::Absolute).await;
        signs_in(&strict, &mut ada, ADA).await;
        for (passes, knows) in [(10, true), (6, false)] {
            server.clock.advance(MINUTE * passes);
            assert_eq!((is_known(&strict, &mut ada).await, is_known(&shop, &mut ada).await), (knows, true));
        }

        // Another person at the browser has nothing of it, and leaves nothing of it.
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in("grace@example.org", PASSWORD).await;
        assert!(shop.has(&ada) && !is_known(&club, &mut ada).await);
    })
    .await;
}

#[tokio::test]
async fn a_flow_that_wants_an_id_token_signs_nobody_out_without_one() {
    on_both(async |server| {
        let shop = ruled(&server, |rules| rules.sessions.sign_out_needs_hint = true).await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let way_out = |hint: &str| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("post_logout_redirect_uri", &shop.redirect_uri)
                .append_pair("id_token_hint", hint)
                .finish();
            format!("{}?{query}", shop.address("/oauth2/v2.0/logout"))
        };
        ada.open(&way_out("")).await;
        assert_eq!(ada.heading(), "Sign out of Woodgrove?");
        ada.open(&way_out(&tokens.id_token)).await;
        assert_eq!(ada.left_for.as_ref(), Some(&shop.redirect_uri));
    })
    .await;
}

/// What no administrator changed is as it was before there were rules (security R19, R30).
#[tokio::test]
async fn the_usual_rules_are_the_safe_ones() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        assert_eq!(tokens.raw["expires_in"], 3600);
        assert_eq!(tokens.raw["refresh_token_expires_in"], 14 * 24 * 3600);
        for _ in 0..29 {
            server.clock.advance(DAY - MINUTE);
            shop.asks(&mut ada).await;
            assert!(shop.has(&ada), "a day between two uses");
        }
        server.clock.advance(DAY - MINUTE);
        shop.asks(&mut ada).await;
        server.clock.advance(MINUTE * 30);
        shop.asks(&mut ada).await;
        assert!(!shop.has(&ada), "thirty days, however busy");
    })
    .await;
}
