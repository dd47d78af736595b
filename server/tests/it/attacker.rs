//! What an attacker tried, and what came of it.

use crate::harness::{Browser, PASSWORD, at_once, on_both};

const ADA: &str = "ada@example.org";

async fn guess(browser: &mut Browser, password: &str) {
    browser.fill(&[("Password", password)]).press("Sign in").await;
}

/// A mistake made again costs nothing. While the password is held it is not judged, and must not pay for another guess.
#[tokio::test]
async fn r1_a_mistake_made_again_while_held_opens_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut eve = server.browser();
        shop.asks(&mut eve).await;
        eve.fill(&[("Email address", ADA)]).press("Continue").await;
        for number in 0..10 {
            guess(&mut eve, &format!("guess {number}")).await;
        }
        for _ in 0..5 {
            guess(&mut eve, "guess 9").await;
            guess(&mut eve, PASSWORD).await;
            assert!(!shop.has(&eve), "the eleventh guess was judged");
        }
        assert_eq!(server.count("SELECT failures FROM guesses").await, 10);
    })
    .await;
}

/// Guesses at many people from one network: however many are under way at once, twenty a minute are told their verdict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r2_a_burst_from_one_network_is_told_twenty_verdicts() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut people = Vec::new();
        for number in 0..36 {
            let address = format!("person{number}@example.org");
            server.account(&shop, &address).await;
            let mut eve = server.browser().at("203.0.113.9");
            shop.asks(&mut eve).await;
            eve.fill(&[("Email address", &address)]).press("Continue").await;
            people.push(eve);
        }
        let told = at_once(people.len(), |number| {
            let mut eve = people[number].clone();
            async move {
                guess(&mut eve, "everybody's password").await;
                eve.status.as_u16()
            }
        })
        .await;
        let told = told.into_iter().filter(|status| *status == 200).count();
        assert!(told <= 20, "{told} were told");
    })
    .await;
}
