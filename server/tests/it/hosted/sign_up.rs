//! Sign up: the address and its code, a password, what the layout asks, the account.

use super::every_way;
use crate::harness::{PASSWORD, on_both};
use app::contract::user_flow::{Method, SignUp};

#[tokio::test]
async fn a_new_person_signs_up_and_is_known_from_then_on() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let asked = shop.asks(ada).await;
        assert_eq!(ada.heading(), "Sign in");
        ada.press("Create one").await;
        assert_eq!(ada.heading(), "Create your account");
        ada.fill(&[("Email address", "ada@example.org")]).press("Send code").await;
        assert_eq!(ada.heading(), "Check your email");
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 0, "nothing before the proof");
        ada.type_code("ada@example.org").await;
        assert_eq!(ada.heading(), "Create a password");
        ada.fill(&[("New password", PASSWORD)]).press("Continue").await;
        assert_eq!(ada.heading(), "Tell us about yourself");
        ada.fill(&[("Display name", " Ada Lovelace ")]).press("Create account").await;

        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["name"], "Ada Lovelace");
        assert_eq!(tokens.id["email"], "ada@example.org");
        assert_eq!(tokens.id["email_verified"], true);
        assert_eq!(server.mailbox().all().await.len(), 1, "one letter");

        let mut elsewhere = server.browser();
        let asked = shop.asks(&mut elsewhere).await;
        elsewhere.sign_in("ADA@example.org", PASSWORD).await;
        assert_eq!(shop.tokens(&elsewhere, &asked).await.id["oid"], tokens.id["oid"]);
    })
    .await;
}

#[tokio::test]
async fn without_a_password_the_code_is_the_way_in() {
    every_way(async |server, ada| {
        let shop = server.flow(|flow| flow.method = Method::Passcode).await;
        shop.asks(ada).await;
        ada.prove_new_address("ada@example.org").await;
        assert_eq!(ada.heading(), "Tell us about yourself");
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert!(shop.has(ada));

        let mut elsewhere = server.browser();
        server.clock.advance(std::time::Duration::from_secs(60));
        let asked = shop.asks(&mut elsewhere).await;
        elsewhere.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        elsewhere.type_code("ada@example.org").await;
        let tokens = shop.tokens(&elsewhere, &asked).await;
        assert_eq!(tokens.id["amr"], serde_json::json!(["otp"]));
        assert_eq!(tokens.id["acr"], "0", "a code alone is no proof worth the name");
    })
    .await;
}

#[tokio::test]
async fn who_has_an_account_is_told_so_only_with_the_code() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, "ada@example.org").await;
        let asked = shop.asks(ada).await;
        ada.prove_new_address("ada@example.org").await;
        assert_eq!(ada.heading(), "Enter your password");
        assert!(ada.notice().unwrap().starts_with("You have an account"), "{:?}", ada.notice());
        ada.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["oid"], account.as_str());
        assert_eq!(tokens.id["amr"], serde_json::json!(["otp", "pwd"]));
    })
    .await;
}

#[tokio::test]
async fn a_flow_that_is_closed_makes_nobody() {
    every_way(async |server, ada| {
        let shop = server.flow(|flow| flow.sign_up = SignUp::Closed).await;
        shop.asks(ada).await;
        assert!(!ada.page.buttons().contains(&"Create one".into()), "{:?}", ada.page.buttons());
        // Whoever sends the answer all the same stays where they are.
        let mut forged = ada.page.submit(&[], "Continue");
        forged.pairs.retain(|(name, _)| name != "answer");
        forged.pairs.push(("answer".into(), "signUp".into()));
        ada.submit(forged).await;
        assert_eq!(ada.heading(), "Sign in");
        ada.press("recover").await;
        ada.fill(&[("Email address", "ada@example.org")]).press("Send code").await;
        ada.type_code("ada@example.org").await;
        assert_eq!(ada.heading(), "Try another address");
        ada.press("Use another address").await;
        assert_eq!(ada.heading(), "Sign in");
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_flow_that_is_closed_meanwhile_makes_nobody_either() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        ada.prove_new_address("ada@example.org").await;
        ada.fill(&[("New password", PASSWORD)]).press("Continue").await;
        server.save_flow(&shop.flow, |flow| flow.sign_up = SignUp::Closed).await;
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert_eq!(ada.heading(), "Try another address");
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_layout_that_shows_nothing_needs_no_page() {
    every_way(async |server, ada| {
        let shop = server.flow(|flow| flow.layout.inputs.clear()).await;
        shop.asks(ada).await;
        ada.prove_new_address("ada@example.org").await;
        ada.fill(&[("New password", PASSWORD)]).press("Continue").await;
        assert!(shop.has(ada), "{}", ada.text());
    })
    .await;
}

#[tokio::test]
async fn r7_passwords_that_are_tried_first_are_refused() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        ada.prove_new_address("ada.lovelace@example.org").await;
        let field = ada.page.attribute("input[name=password]", "autocomplete");
        assert_eq!(field.as_deref(), Some("new-password"));
        for (password, fault) in [
            ("short", "Use at least 8 characters"),
            (&long("🐦 ", 257), "Use up to 256 characters"),
            ("password1", "Many people use this password"),
            ("ada.lovelace", "This is too close"),
            ("Woodgrove", "This is too close"),
            ("groceries, woodgrove", "This is too close"),
        ] {
            ada.fill(&[("New password", password)]).press("Continue").await;
            assert_eq!(ada.heading(), "Create a password");
            assert!(ada.faults()[0].starts_with(fault), "{password}: {:?}", ada.faults());
            assert!(!ada.page.html.contains(&format!("value=\"{password}\"")), "a password is never sent back");
        }
        ada.fill(&[("New password", &long("🐦 ", 256))]).press("Continue").await;
        assert_eq!(ada.heading(), "Tell us about yourself");
    })
    .await;
}

/// Security R7 and cve 48: what is beyond the reach of bcrypt's 72 bytes counts too.
#[tokio::test]
async fn cve_okta_2024_the_last_character_of_a_long_password_counts() {
    on_both(async |server| {
        let shop = server.application().await;
        let address = format!("{}@{}.example.org", "a".repeat(64), "b".repeat(60));
        let password = long("word ", 200);
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.prove_new_address(&address).await;
        ada.fill(&[("New password", &password)]).press("Continue").await;
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert!(shop.has(&ada));

        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.sign_in(&address, &format!("{}!", &password[..199])).await;
        assert_eq!(elsewhere.heading(), "Enter your password");
        elsewhere.fill(&[("Password", &password)]).press("Sign in").await;
        assert!(shop.has(&elsewhere));
    })
    .await;
}

/// So many characters, and not the same piece again and again.
fn long(word: &str, characters: usize) -> String {
    (0..characters)
        .map(|number| format!("{word}{number} "))
        .collect::<Vec<_>>()
        .concat()
        .chars()
        .take(characters)
        .collect()
}
