//! Sign in: the address, its password or its code, done.

use super::every_way;
use crate::harness::{PASSWORD, TestServer, on_both};
use app::contract::{secret::Secret, user_flow::Method};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use server::{directory::account::set_password, secret::seal::Purpose};
use std::time::Duration;

#[tokio::test]
async fn the_right_password_signs_in() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, "ada@example.org").await;
        let asked = shop.asks(ada).await;
        assert!(ada.text().contains("to continue to Groceries"));
        ada.fill(&[("Email address", " Ada@EXAMPLE.org ")]).press("Continue").await;
        assert_eq!(ada.heading(), "Enter your password");
        let field = ada.page.attribute("input[name=password]", "autocomplete");
        assert_eq!(field.as_deref(), Some("current-password"));
        ada.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["oid"], account.as_str());
        assert_eq!(tokens.id["amr"], serde_json::json!(["pwd"]));
        assert!(server.mailbox().all().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_may_be_mended() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        shop.asks(ada).await;
        ada.sign_in("ada@example.org", "a bird in the bush").await;
        assert_eq!(ada.heading(), "Enter your password");
        assert!(ada.faults()[0].starts_with("Address and password don’t match"), "{:?}", ada.faults());
        assert!(!ada.page.html.contains("in the bush"));
        ada.fill(&[("Password", "")]).press("Sign in").await;
        assert_eq!(ada.faults(), ["Please fill this in."]);
        ada.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert!(shop.has(ada));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_address_is_told_at_once_and_stays_in_the_field() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        for typed in ["ada", "ada@", "@example.org", "ada@example", "a@b@example.org", "ada example@example.org"] {
            ada.fill(&[("Email address", typed)]).press("Continue").await;
            assert_eq!(ada.faults(), ["Enter a full address, like you@example.com."], "{typed}");
            assert_eq!(ada.page.value("address").as_deref(), Some(typed));
        }
        ada.fill(&[("Email address", "")]).press("Continue").await;
        assert_eq!(ada.faults(), ["Please fill this in."]);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_switched_off_is_told_only_to_its_owner() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, "ada@example.org").await;
        server.disable(&account).await;
        shop.asks(ada).await;
        ada.sign_in("ada@example.org", PASSWORD).await;
        assert!(ada.faults()[0].starts_with("Address and password don’t match"), "{:?}", ada.faults());
        ada.press("Forgot password?").await;
        ada.type_code("ada@example.org").await;
        assert_eq!(ada.heading(), "Ask Woodgrove for help");
        ada.press("Back to Groceries").await;
        let answer = shop.answer(ada).unwrap();
        assert_eq!((answer["error"].as_str(), answer["error_subcode"].as_str()), ("access_denied", "cancel"));
    })
    .await;
}

/// A flow may change its method; people keep the one that they signed up with.
#[tokio::test]
async fn an_account_keeps_the_method_it_signed_up_with() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let by_password = server.account(&shop, "ada@example.org").await;
        let by_code = server.passcode_account(&shop, "grace@example.org").await;

        // A password flow: who has no password takes the code.
        let asked = shop.asks(ada).await;
        ada.fill(&[("Email address", "grace@example.org")]).press("Continue").await;
        ada.press("Email me a code instead").await;
        ada.type_code("grace@example.org").await;
        assert_eq!(shop.tokens(ada, &asked).await.id["oid"], by_code.as_str());

        // A code flow: who has a password is asked for it, beside the code or instead of it.
        server.save_flow(&shop.flow, |flow| flow.method = Method::Passcode).await;
        let mut grace = server.browser();
        let asked = shop.asks(&mut grace).await;
        grace.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        assert_eq!(grace.heading(), "Check your email");
        grace.press("Use your password instead").await;
        grace.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert_eq!(shop.tokens(&grace, &asked).await.id["oid"], by_password.as_str());

        let mut other = server.browser();
        server.clock.advance(Duration::from_secs(60));
        let asked = shop.asks(&mut other).await;
        other.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        other.type_code("ada@example.org").await;
        assert_eq!(other.heading(), "Enter your password");
        other.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert_eq!(shop.tokens(&other, &asked).await.id["amr"], serde_json::json!(["otp", "pwd"]));
    })
    .await;
}

#[tokio::test]
async fn the_address_may_be_changed_on_every_page() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        ada.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        ada.press("Change the email address").await;
        assert_eq!(ada.heading(), "Sign in");
        assert_eq!(ada.page.value("address").as_deref(), Some("ada@example.org"));
        ada.prove_new_address("grace@example.org").await;
        ada.press("Change the email address").await;
        assert_eq!(ada.heading(), "Create your account");
    })
    .await;
}

/// An administrator's stronger parameters reach an account at its next sign-in.
#[tokio::test]
async fn r8_a_weaker_hash_is_replaced_at_the_next_sign_in() {
    on_both(async |server| {
        const HASH: &str = "SELECT secret FROM credentials";
        let shop = server.application().await;
        let account = server.account(&shop, "ada@example.org").await;
        let strong = server.text(HASH).await;
        let weak = weak_hash(&server, PASSWORD);
        server
            .write(move |c, tenant, now| Box::pin(async move { set_password(c, &tenant, &account, &weak, now).await }))
            .await;
        assert_ne!(cost(&server.text(HASH).await), cost(&strong));

        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in("ada@example.org", PASSWORD).await;
        assert!(shop.has(&ada), "{}", ada.text());
        assert_eq!(cost(&server.text(HASH).await), cost(&strong));
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in("ada@example.org", PASSWORD).await;
        assert!(shop.has(&ada), "{}", ada.text());
    })
    .await;
}

/// Everything before salt and tag.
fn cost(hash: &str) -> String {
    hash.split('$').take(4).collect::<Vec<_>>().join("$")
}

fn weak_hash(server: &TestServer, password: &str) -> Secret {
    let (mut tag, salt) = ([0; 32], b"sixteen of salt.");
    let params = Params::new(8 * 1024, 1, 1, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password.as_bytes(), salt, &mut tag).unwrap();
    let (seal, base64) = (&server.state.seal, STANDARD_NO_PAD);
    let tag = base64.encode(seal.mac(Purpose::Password, &[&tag]));
    format!("$argon2id$v=19$m=8192,t=1,p=1,keyid={}${}${tag}", seal.key_id(), base64.encode(salt)).into()
}
