//! Guessing passwords: counted across servers and browsers, held back by number, and nobody locks an owner out
//! (security R1, R2).

use crate::harness::{PASSWORD, at_once, on_both};
use app::contract::flow_rules::{FlowRules, SignInName};
use axum::{body::Body, http::Method};
use std::time::Duration;

const ADA: &str = "ada@example.org";

/// Two hundred different guesses over two servers, from everywhere: ten are judged, and the right password is then
/// answered like a wrong one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_two_hundred_guesses_at_once_over_two_servers() {
    on_both(async |server| {
        let (server, elsewhere) = (server.hashing_alone().await, server.hashing_alone().await);
        let shop = server.application().await;
        server.account(&shop, ADA).await;

        let mut owner = server.browser();
        shop.asks(&mut owner).await;
        owner.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&owner), "a familiar device");

        let mut thieves = Vec::new();
        for number in 0..60 {
            let house = if number % 2 == 0 { &server } else { &elsewhere };
            let mut thief = house.browser();
            shop.through(house).asks(&mut thief).await;
            thief.fill(&[("Email address", ADA)]).press("Continue").await;
            thieves.push(thief);
        }
        let thieves = at_once(200, |number| {
            let mut thief = thieves[number % thieves.len()].clone();
            async move {
                thief.guess(&format!("guess number {number}")).await;
                thief
            }
        })
        .await;
        assert!(thieves.iter().all(|thief| thief.left_for.is_none()));
        let judged = server.count("SELECT max(failures) FROM guesses").await;
        assert!(judged <= 10, "{judged}");
        assert!(judged >= 9, "{judged} of two hundred");

        let mut last = server.browser();
        shop.asks(&mut last).await;
        last.fill(&[("Email address", ADA)]).press("Continue").await;
        for number in 0..2 {
            last.guess(&format!("one more {number}")).await;
        }
        let wrong = last.text();
        last.guess(PASSWORD).await;
        assert_eq!(last.text(), wrong, "held, and not told so");

        shop.asks_with(&mut owner, &[("prompt", "login")]).await;
        owner.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&owner), "the owner's own browser has a count of its own");

        server.clock.advance(Duration::from_secs(61));
        last.guess(PASSWORD).await;
        assert!(shop.has(&last), "after a minute");
    })
    .await;
}

/// Whoever has two names has one password, and strangers as many guesses at it as at any other.
#[tokio::test]
async fn r1_guesses_are_counted_by_account_whatever_name_was_typed() {
    on_both(async |server| {
        let first = server.application().await;
        let account = server.account(&first, ADA).await;
        let either = FlowRules { sign_in_name: SignInName::EmailOrUserName, ..FlowRules::default() };
        let shop = server.flow(|flow| flow.rules = either).await;
        let at = account.to_string();
        server
            .write(move |c, tenant, _| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO identities
                         (tenant_id, sign_in_type, issuer, folded, issuer_assigned_id, account_id)
                         VALUES ($1, 'userName', $1, 'ada', 'ada', $2)",
                    )
                    .bind(tenant.to_string())
                    .bind(at)
                    .execute(&mut *c)
                    .await?;
                    Ok(())
                })
            })
            .await;
        for number in 0..20 {
            let mut thief = server.browser();
            shop.asks(&mut thief).await;
            let name = if number % 2 == 0 { ADA } else { "ada" };
            thief.fill(&[("Email address or user name", name)]).press("Continue").await;
            thief.guess(&format!("guess number {number}")).await;
        }
        assert_eq!(server.count("SELECT count(*) FROM guesses").await, 1);
        let judged = server.count("SELECT max(failures) FROM guesses").await;
        assert!((9..=10).contains(&judged), "{judged}");
    })
    .await;
}

#[tokio::test]
async fn r1_the_same_mistake_again_costs_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        for _ in 0..15 {
            ada.guess("the same mistake").await;
        }
        ada.guess(PASSWORD).await;
        assert!(shop.has(&ada), "{:?}", ada.faults());
        assert_eq!(server.count("SELECT count(*) FROM guesses").await, 0, "forgiven");
    })
    .await;
}

/// NIST 800-63B §3.2.2: after a hundred failures only recovery helps.
#[tokio::test]
async fn r1_after_a_hundred_failures_the_password_is_closed() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        server
            .write(|c, tenant, now| {
                Box::pin(async move {
                    sqlx::query("UPDATE guesses SET failures = 99 WHERE tenant_id = $1")
                        .bind(tenant.to_string())
                        .execute(&mut *c)
                        .await?;
                    let _ = now;
                    Ok(())
                })
            })
            .await;
        let mut eve = server.browser();
        shop.asks(&mut eve).await;
        eve.fill(&[("Email address", ADA)]).press("Continue").await;
        eve.guess("guess").await;
        server
            .write(|c, tenant, _| {
                Box::pin(async move {
                    sqlx::query("UPDATE guesses SET failures = 99, held_until = 0 WHERE tenant_id = $1")
                        .bind(tenant.to_string())
                        .execute(&mut *c)
                        .await?;
                    Ok(())
                })
            })
            .await;
        eve.guess("guess of the hundredth").await;
        server.clock.advance(Duration::from_secs(365 * 24 * 3600));
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "Enter your password");
        ada.press("Forgot password?").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", "two birds in the bush")]).press("Save and sign in").await;
        assert!(shop.has(&ada));
    })
    .await;
}

/// A server that was too busy to look at a guess has not judged it: its owner is not held for it (security R9).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_a_guess_that_nobody_had_time_for_is_not_counted() {
    on_both(async |server| {
        let shop = server.application().await;
        let busy = server.hashing_without_patience().await;
        let mut people = Vec::new();
        for number in 0..60 {
            let mut browser = busy.browser();
            shop.through(&busy).asks(&mut browser).await;
            browser.fill(&[("Email address", &format!("person{number}@example.org"))]).press("Continue").await;
            people.push(browser);
        }
        let statuses = at_once(people.len(), |number| {
            let mut browser = people[number].clone();
            async move {
                browser.guess("a wrong password").await;
                browser.status.as_u16()
            }
        })
        .await;
        let judged = statuses.iter().filter(|status| **status == 200).count();
        assert!(statuses.contains(&503), "{statuses:?}");
        let counted = server.count("SELECT CAST(sum(failures) AS BIGINT) FROM guesses").await;
        assert_eq!(counted, i64::try_from(judged).unwrap());
    })
    .await;
}

/// Security R2, cve 17, 23: one network, however many addresses and headers; known and unknown people alike.
#[tokio::test]
async fn r2_twenty_failures_a_minute_from_one_network() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let networks: [Vec<String>; 2] = [
            (0..25).map(|number| format!("203.0.113.{number}")).collect(),
            (0..25).map(|number| format!("2001:db8:0:12{number:02x}:{number:x}::1")).collect(),
        ];
        for addresses in networks {
            let mut refused = 0;
            for (number, address) in addresses.iter().enumerate() {
                let mut eve = server.browser().at(address);
                shop.asks(&mut eve).await;
                let target = if number % 2 == 0 { ADA.to_owned() } else { format!("nobody{number}@example.org") };
                eve.sign_in(&target, &format!("guess {number}")).await;
                if eve.status == 429 {
                    refused += 1;
                    assert!(eve.headers.contains_key("retry-after"));
                    assert_eq!(eve.heading(), "Wait a moment");
                }
            }
            assert_eq!(refused, 5, "twenty of twenty-five are judged");
            server.clock.advance(Duration::from_secs(61));
            let mut later = server.browser().at(&addresses[0]);
            shop.asks(&mut later).await;
            later.sign_in("other@example.org", "guess").await;
            assert_eq!(later.status, 200);
            server.clock.advance(Duration::from_secs(3600));
        }
    })
    .await;
}

/// Fault F29: every journey is written down for a stranger who has proved nothing.
#[tokio::test]
async fn f29_one_network_cannot_fill_the_disk_with_journeys() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser().at("203.0.113.1");
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let mut eve = server.browser().at("203.0.113.9");
        // Each request takes a millisecond of the held clock.
        let mut begun = 1;
        while begun < 700 {
            shop.asks(&mut eve).await;
            if eve.status == 429 {
                break;
            }
            begun += 1;
        }
        assert!((600..620).contains(&begun), "{begun}");
        assert_eq!(eve.heading(), "Wait a moment");
        assert!(eve.headers.contains_key("retry-after"));
        assert_eq!(server.count("SELECT count(*) FROM journeys").await, begun);
        for endpoint in ["par", "devicecode"] {
            let path = format!("/{}/oauth2/v2.0/{endpoint}", shop.tenant);
            let request = eve.request(Method::POST, &path).header("content-type", "application/x-www-form-urlencoded");
            let request = request.body(Body::from(format!("client_id={}&scope=openid", shop.id))).unwrap();
            let answered = eve.send(request).await;
            assert_eq!(answered.status, 429, "{endpoint}");
            // Pages push their requests, too, and read why they may not.
            assert_eq!(answered.header("access-control-allow-origin") == "*", endpoint == "par", "{endpoint}");
        }

        shop.asks(&mut ada).await;
        assert!(shop.has(&ada), "whoever is signed in begins none");
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        assert_eq!(elsewhere.status, 200);
        server.clock.advance(Duration::from_secs(1));
        shop.asks(&mut eve).await;
        assert_eq!(eve.status, 200);
    })
    .await;
}

/// Whoever is no proxy of ours cannot say that they are somebody else.
#[tokio::test]
async fn r2_a_thousand_forwarded_addresses_are_one_socket() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut eve = server.browser().at("203.0.113.9");
        shop.asks(&mut eve).await;
        eve.fill(&[("Email address", "nobody@example.org")]).press("Continue").await;
        let mut statuses = Vec::new();
        for number in 0..25 {
            let submission = eve.page.submit(&[("Password".into(), format!("guess {number}"))], "Sign in");
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&submission.pairs).finish();
            let forwarded = if number % 5 == 0 { "a".to_owned() } else { format!("198.51.{number}.1") };
            let request = eve
                .request(axum::http::Method::POST, &submission.path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .header("x-forwarded-for", &forwarded)
                .header("x-real-ip", &forwarded)
                .header("forwarded", format!("for={forwarded}"));
            statuses.push(eve.send(request.body(body.into()).unwrap()).await.status.as_u16());
        }
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 5, "{statuses:?}");
    })
    .await;
}
