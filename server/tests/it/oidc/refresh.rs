//! Refresh tokens: each used once, a lost answer given again, a stolen one the end of its family (security R30).

use super::{ADA, ada_with_tokens, refused};
use crate::harness::{Answered, Application, PASSWORD, at_once, on_both};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

fn token_of(answered: &Answered) -> String {
    assert_eq!(answered.status, 200, "{}", answered.text());
    answered.json()["refresh_token"].as_str().unwrap().to_owned()
}

async fn is_alive(shop: &Application, token: &str) -> bool {
    shop.refresh(token).await.status == 200
}

#[tokio::test]
async fn r30_a_token_is_used_once_and_gives_its_successor() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let mut token = tokens.refresh_token.clone();
        for _ in 0..5 {
            server.clock.advance(Duration::from_secs(3600));
            let next = shop.checked(shop.refresh(&token).await).await;
            assert_eq!(next.id["sub"], tokens.id["sub"]);
            assert_eq!(next.id["auth_time"], tokens.id["auth_time"]);
            assert_ne!(next.refresh_token, token);
            token = next.refresh_token;
        }
    })
    .await;
}

#[tokio::test]
async fn r30_within_half_a_minute_the_same_successor_comes_again() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let next = token_of(&shop.refresh(&tokens.refresh_token).await);
        server.clock.advance(Duration::from_secs(29));
        assert_eq!(token_of(&shop.refresh(&tokens.refresh_token).await), next, "no fork");
        // Once the successor was used, the answer cannot have been lost.
        let third = token_of(&shop.refresh(&next).await);
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant");
        assert!(!is_alive(&shop, &third).await, "the family is dead");
    })
    .await;
}

#[tokio::test]
async fn r30_a_used_token_that_comes_back_later_kills_its_family() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, stolen) = ada_with_tokens(&server, &shop).await;
        let (_, other) = ada_with_tokens(&server, &shop).await;
        let next = token_of(&shop.refresh(&stolen.refresh_token).await);
        server.clock.advance(Duration::from_secs(31));
        assert_eq!(refused(&shop.refresh(&stolen.refresh_token).await), "invalid_grant");
        assert_eq!(refused(&shop.refresh(&next).await), "invalid_grant");
        assert!(is_alive(&shop, &other.refresh_token).await, "another family lives");
        let noted = server.count("SELECT count(*) FROM activities WHERE kind = 'refreshTokenReused'").await;
        assert_eq!(noted, 1, "and it is written down");
    })
    .await;
}

/// ASVS 6.3.5: their person is told, once, in the language in which they signed in.
#[tokio::test]
async fn r30_the_person_of_a_stolen_token_is_told_once() {
    on_both(async |server| {
        let shop = server.application().await;
        for (language, subject) in [
            ("en", "You were signed out of Groceries"),
            ("de", "Sie wurden bei Groceries abgemeldet"),
            ("ar", "تم تسجيل خروجك من Groceries"),
        ] {
            let address = format!("ada-{language}@example.org");
            server.account(&shop, &address).await;
            let mut ada = server.browser();
            let asked = shop.asks_with(&mut ada, &[("ui_locales", language)]).await;
            let typed = [("address", address.as_str()), ("password", PASSWORD)];
            for (name, value) in typed {
                ada.fill(&[(name, value)]).press(name).await;
            }
            let tokens = shop.tokens(&ada, &asked).await;
            token_of(&shop.refresh(&tokens.refresh_token).await);
            assert!(server.mailbox().to(&address).await.is_empty());
            server.clock.advance(Duration::from_secs(31));
            for _ in 0..3 {
                assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant");
            }
            let letters = server.mailbox().to(&address).await;
            assert_eq!(letters.iter().map(|letter| letter.subject.as_str()).collect::<Vec<_>>(), [subject]);
        }
    })
    .await;
}

/// Security R11: at every mailbox that is theirs, for a thief may read one of them.
#[tokio::test]
async fn r30_the_person_of_a_stolen_token_is_told_at_every_mailbox() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let second = json!({ "emailAddress": "ada@second.example" });
        let methods = format!("/users/{account}/authentication/emailMethods");
        assert_eq!(server.administrator().await.post(&methods, second).await.status, 201);
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        token_of(&shop.refresh(&tokens.refresh_token).await);
        server.clock.advance(Duration::from_secs(31));
        for _ in 0..2 {
            assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant");
        }
        for mailbox in [ADA, "ada@second.example"] {
            let letters = server.mailbox().to(mailbox).await;
            let told = letters.iter().filter(|letter| letter.subject == "You were signed out of Groceries").count();
            assert_eq!(told, 1, "{mailbox}");
        }
    })
    .await;
}

/// cve 30, the other half: somebody else's token stays as it was.
#[tokio::test]
async fn r30_another_application_can_neither_use_nor_kill_a_token() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let next = token_of(&shop.refresh(&tokens.refresh_token).await);
        server.clock.advance(Duration::from_secs(31));
        for token in [&tokens.refresh_token, &next] {
            assert_eq!(refused(&other.refresh(token).await), "invalid_grant");
        }
        assert!(is_alive(&shop, &next).await);
        for nonsense in ["", "x", "'; DROP TABLE refresh_tokens; --", &"x".repeat(4096)] {
            let error = refused(&shop.refresh(nonsense).await);
            assert!(["invalid_grant", "invalid_request"].contains(&error.as_str()));
        }
    })
    .await;
}

/// Fault F15: a hundred at once over two servers; one successor, nobody's family dies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r30_f15_a_hundred_uses_at_once_give_one_successor() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let there = shop.through(&server.another().await);
        let answers = at_once(100, |number| {
            let application = if number % 2 == 0 { shop.clone() } else { there.clone() };
            let token = tokens.refresh_token.clone();
            async move { application.refresh(&token).await }
        })
        .await;
        // Whoever found no connection in time was told to come again.
        let given: BTreeSet<_> = answers.iter().filter(|answered| answered.status != 503).map(token_of).collect();
        assert_eq!(given.len(), 1, "{given:?}");
        assert_eq!(server.count("SELECT count(*) FROM token_families WHERE revoked_at IS NOT NULL").await, 0);
        assert!(is_alive(&shop, given.first().unwrap()).await);
    })
    .await;
}

/// Storms: many families at once over two servers, round after round, each token used by four callers together. Nobody's
/// family dies of it; a thief's replay then kills the family that it is of, on both servers, and no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r30_f15_storms_over_two_servers_kill_nobody_but_thieves() {
    const FAMILIES: usize = 12;
    const CALLERS: usize = 4;
    on_both(async |server| {
        let shop = server.application().await;
        let servers = [shop.clone(), shop.through(&server.another().await)];
        let (mut ada, first) = ada_with_tokens(&server, &shop).await;
        let mut living = vec![first.refresh_token];
        while living.len() < FAMILIES {
            let asked = shop.asks(&mut ada).await;
            living.push(shop.tokens(&ada, &asked).await.refresh_token);
        }
        let mut stolen = Vec::new();
        for round in 0..12 {
            let used = living.clone();
            let answers = at_once(FAMILIES * CALLERS, |number| {
                let application = servers[(number + number / FAMILIES + round) % 2].clone();
                let token = used[number % FAMILIES].clone();
                async move { application.refresh(&token).await }
            })
            .await;
            for (family, token) in living.iter_mut().enumerate() {
                let of_family = answers.iter().skip(family).step_by(FAMILIES);
                let given: BTreeSet<_> = of_family.filter(|answered| answered.status != 503).map(token_of).collect();
                assert_eq!(given.len(), 1, "round {round}, family {family}");
                let before = std::mem::replace(token, given.into_iter().next().unwrap());
                if round == 5 && family % 2 == 0 {
                    stolen.push(before);
                }
            }
            server.clock.advance(Duration::from_secs(31));
        }
        let revoked = "SELECT count(*) FROM token_families WHERE revoked_at IS NOT NULL";
        assert_eq!(server.count(revoked).await, 0, "nobody's family died");

        let replayed = at_once(stolen.len() * 2, |number| {
            let (application, token) = (servers[number % 2].clone(), stolen[number / 2].clone());
            async move { application.refresh(&token).await }
        })
        .await;
        assert!(replayed.iter().all(|answered| refused(answered) == "invalid_grant"));
        assert_eq!(server.count(revoked).await, i64::try_from(stolen.len()).unwrap());
        for (family, token) in living.iter().enumerate() {
            assert_eq!(is_alive(&servers[family % 2], token).await, family % 2 == 1, "family {family}");
        }
    })
    .await;
}

#[tokio::test]
async fn r30_a_family_never_outlives_its_fortnight_nor_a_page_s_its_day() {
    on_both(async |server| {
        let shop = server.application().await;
        let page = server.page_over(&shop.flow).await;
        for (application, hours) in [(&shop, 14 * 24), (&page, 24)] {
            let (_, tokens) = ada_with_tokens(&server, application).await;
            let mut token = tokens.refresh_token.clone();
            for _ in 0..hours - 1 {
                server.clock.advance(Duration::from_secs(3600));
                if hours < 100 || server.now().seconds() % 7 == 0 {
                    token = token_of(&application.refresh(&token).await);
                }
            }
            token = token_of(&application.refresh(&token).await);
            server.clock.advance(Duration::from_secs(3601));
            assert_eq!(refused(&application.refresh(&token).await), "invalid_grant", "{hours} hours");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refresh_may_ask_for_less_and_never_gets_more() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        server.account(&shop, ADA).await;
        let asked = shop.asks_with(&mut ada, &[("scope", "openid profile offline_access")]).await;
        ada.sign_in(ADA, PASSWORD).await;
        let tokens = shop.tokens(&ada, &asked).await;
        let with = async |token: &str, scope: &str| {
            shop.token(&[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)]).await
        };
        let less = with(&tokens.refresh_token, "openid").await;
        assert_eq!(less.json()["scope"], "openid");
        let token = token_of(&less);
        let more = with(&token, "openid profile email").await;
        assert_eq!(more.json()["scope"], "openid profile", "what was granted, not what is asked");
        let token = token_of(&more);
        assert_eq!(refused(&with(&token, "email").await), "invalid_scope");
        assert!(is_alive(&shop, &token).await, "a refusal leaves the token as it was");
    })
    .await;
}

/// MSAL signs in for `openid` alone, asks B2C for the application's own id when it calls its API, and finds the token again
/// by the words of the answer.
#[tokio::test]
async fn a_refresh_gives_a_token_for_the_application_itself_whatever_the_sign_in_asked_for() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks_with(&mut ada, &[("scope", "openid profile offline_access")]).await;
        ada.sign_in(ADA, PASSWORD).await;
        let mut token = shop.tokens(&ada, &asked).await.refresh_token;
        for scope in [format!("{} openid profile offline_access", shop.id), shop.id.to_string()] {
            let form = [("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", &scope)];
            let told = shop.token(&form).await;
            assert_eq!(told.json()["scope"], scope.as_str(), "{}", told.text());
            shop.verify(told.json()["access_token"].as_str().unwrap(), "at+jwt").await;
            token = token_of(&told);
        }
    })
    .await;
}

/// OpenID Connect Core §5.5: what was asked for by name is told as long as the tokens are renewed.
#[tokio::test]
async fn what_was_asked_for_by_name_is_told_again_after_a_refresh() {
    on_both(async |server| {
        let shop = server.flow(|flow| flow.claims.clear()).await;
        server.account(&shop, ADA).await;
        let scope = ("scope", "openid offline_access");
        let claims = r#"{"userinfo":{"email":null},"id_token":{"preferred_username":null}}"#;
        let mut ada = server.browser();
        let asked = shop.asks_with(&mut ada, &[scope, ("claims", claims)]).await;
        ada.sign_in(ADA, PASSWORD).await;
        let mut tokens = shop.tokens(&ada, &asked).await;
        for _ in 0..3 {
            let person = shop.userinfo(&tokens.access_token).await.json();
            assert_eq!((&tokens.id["preferred_username"], &person["email"]), (&ADA.into(), &ADA.into()));
            assert!(tokens.id["email"].is_null() && person["preferred_username"].is_null());
            tokens = shop.checked(shop.refresh(&tokens.refresh_token).await).await;
        }
        let asked = shop.asks_with(&mut ada, &[scope]).await;
        shop.tokens(&ada, &asked).await;
        assert_eq!(server.count("SELECT count(*) FROM token_families WHERE claims IS NULL").await, 1);
    })
    .await;
}
