//! What an attacker tried, and what came of it.

use crate::harness::{Browser, PASSWORD, at_once, on_both};
use std::time::Duration;

const ADA: &str = "ada@example.org";

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
            eve.guess(&format!("guess {number}")).await;
        }
        for _ in 0..5 {
            eve.guess("guess 9").await;
            eve.guess(PASSWORD).await;
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
                eve.guess("everybody's password").await;
                eve.status.as_u16()
            }
        })
        .await;
        let told = told.into_iter().filter(|status| *status == 200).count();
        assert!(told <= 20, "{told} were told");
    })
    .await;
}

/// Strangers may ask for codes to an address until no more are sent. Its owner's own browser has codes of its own.
#[tokio::test]
async fn r3_strangers_cannot_use_up_the_codes_of_an_owner() {
    on_both(async |server| {
        let shop = server.application().await;
        server.passcode_account(&shop, ADA).await;
        let mut ada = server.browser();
        let ask = async |browser: &mut Browser| {
            shop.asks_with(browser, &[("prompt", "login")]).await;
            browser.fill(&[("Email address", ADA)]).press("Continue").await;
            if browser.heading() == "Enter your password" {
                browser.press("Email me a code instead").await;
            }
        };
        ask(&mut ada).await;
        ada.type_code(ADA).await;
        assert!(shop.has(&ada), "a familiar browser");

        server.clock.advance(Duration::from_secs(24 * 3600));
        for _ in 0..11 {
            ask(&mut server.browser()).await;
            server.clock.advance(Duration::from_secs(600));
        }
        let sent = server.mailbox().to(ADA).await.len();
        assert_eq!(sent, 1 + 10, "no more to strangers");

        ask(&mut ada).await;
        assert_eq!(server.mailbox().to(ADA).await.len(), sent + 1);
        ada.type_code(ADA).await;
        assert!(shop.has(&ada));
    })
    .await;
}

/// Whoever had the mailbox for a moment and waits at the last page finds the door shut once its owner was there.
#[tokio::test]
async fn r11_a_proof_is_worth_nothing_after_the_password_changed() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let (mut eve, mut ada) = (server.browser(), server.browser());
        for browser in [&mut eve, &mut ada] {
            server.clock.advance(Duration::from_secs(60));
            shop.asks(browser).await;
            browser.fill(&[("Email address", ADA)]).press("Continue").await;
            browser.press("Forgot password?").await;
            browser.type_code(ADA).await;
            assert_eq!(browser.heading(), "Choose a new password");
        }
        server.clock.advance(Duration::from_secs(1));
        ada.fill(&[("New password", "two birds in the bush")]).press("Save and sign in").await;
        assert!(shop.has(&ada));
        eve.fill(&[("New password", "no birds in any bush")]).press("Save and sign in").await;
        assert_eq!(eve.status, 410);

        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in(ADA, "two birds in the bush").await;
        assert!(shop.has(&ada));
    })
    .await;
}

/// A count of failures that belongs to the owner's own browser is opened by recovery like that of the strangers.
#[tokio::test]
async fn r1_recovery_opens_the_owner_s_own_browser_too() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        for number in 0..10 {
            ada.guess(&format!("guess {number}")).await;
        }
        ada.press("Forgot password?").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", "two birds in the bush")]).press("Save and sign in").await;
        assert!(shop.has(&ada));
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in(ADA, "two birds in the bush").await;
        assert!(shop.has(&ada), "{:?}", ada.faults());
    })
    .await;
}
