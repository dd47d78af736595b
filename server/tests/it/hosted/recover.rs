//! Can't access your account: the address, a code, then a new password; or, for who has no account, sign-up.

use super::every_way;
use crate::harness::{Browser, PASSWORD, on_both};
use serde_json::json;
use std::time::Duration;

const NEW: &str = "two birds in the bush";

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, "ada@example.org").await;
        let asked = shop.asks(ada).await;
        ada.press("Can’t access your account?").await;
        assert_eq!(ada.heading(), "Get back into your account");
        ada.fill(&[("Email address", "ada@example.org")]).press("Send code").await;
        ada.type_code("ada@example.org").await;
        assert_eq!(ada.heading(), "Choose a new password");
        ada.fill(&[("New password", NEW)]).press("Save and sign in").await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["oid"], account.as_str());
        assert_eq!(tokens.id["amr"], json!(["otp"]));

        let letters = server.mailbox().to("ada@example.org").await;
        assert_eq!(letters.len(), 2, "a code, and a notice that the password changed");
        assert!(letters[0].subject.contains("was changed"), "{}", letters[0].subject);

        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.sign_in("ada@example.org", PASSWORD).await;
        assert_eq!(elsewhere.heading(), "Enter your password", "the old one is dead");
        elsewhere.fill(&[("Password", NEW)]).press("Sign in").await;
        assert!(shop.has(&elsewhere));
    })
    .await;
}

#[tokio::test]
async fn from_the_password_page_nobody_types_the_address_twice() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        shop.asks(ada).await;
        ada.sign_in("ada@example.org", "forgotten by now").await;
        ada.press("Forgot password?").await;
        assert_eq!(ada.heading(), "Check your email");
        ada.type_code("ada@example.org").await;
        ada.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert!(shop.has(ada));
    })
    .await;
}

#[tokio::test]
async fn who_has_no_account_goes_on_to_make_one() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        ada.press("Can’t access your account?").await;
        ada.fill(&[("Email address", "ada@example.org")]).press("Send code").await;
        ada.type_code("ada@example.org").await;
        assert_eq!(ada.heading(), "Create a password");
        ada.fill(&[("New password", NEW)]).press("Continue").await;
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert!(shop.has(ada), "{}", ada.text());
    })
    .await;
}

#[tokio::test]
async fn who_signs_in_by_code_is_in_with_the_code() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.passcode_account(&shop, "ada@example.org").await;
        let asked = shop.asks(ada).await;
        ada.press("Can’t access your account?").await;
        ada.fill(&[("Email address", "ada@example.org")]).press("Send code").await;
        ada.type_code("ada@example.org").await;
        assert_eq!(shop.tokens(ada, &asked).await.id["oid"], account.as_str());
    })
    .await;
}

/// Security R4: until the address is proved both sides see the same pages, and the same letter comes.
#[tokio::test]
async fn r4_both_sides_look_alike_until_the_address_is_proved() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        let mut seen = Vec::new();
        for address in ["ada@example.org", "eve@example.org"] {
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.press("Can’t access your account?").await;
            browser.fill(&[("Email address", address)]).press("Send code").await;
            let letter = server.mailbox().latest(address).await;
            let code = letter.code.unwrap().reveal().to_owned();
            let words = |text: &str| text.replace(&code, "CODE").replace(address, "ADDRESS");
            seen.push((words(&browser.text()), letter.subject, words(&letter.text)));
        }
        assert_eq!(seen[0], seen[1]);
    })
    .await;
}

/// Security R11: a new password ends whatever the old one had opened.
#[tokio::test]
async fn r11_a_new_password_ends_sessions_and_refresh_tokens() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        let mut thief = server.browser();
        let asked = shop.asks(&mut thief).await;
        thief.sign_in("ada@example.org", PASSWORD).await;
        let stolen = shop.tokens(&thief, &asked).await;

        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        recover(&mut ada).await;
        assert!(shop.has(&ada));

        shop.asks(&mut thief).await;
        assert_eq!(thief.heading(), "Sign in", "the session is over");
        assert_eq!(shop.refresh(&stolen.refresh_token).await.json()["error"], "invalid_grant");
        assert_eq!(shop.userinfo(&stolen.access_token).await.status, 401);
        shop.asks(&mut ada).await;
        assert!(shop.has(&ada), "Ada's new session is not");
    })
    .await;
}

/// Security R11: whoever reads one mailbox of an account does not keep from its owner what is done by it.
#[tokio::test]
async fn r11_every_mailbox_of_an_account_is_told_of_a_new_password() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let identity = |name: &str| json!({ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": name });
        let ada = json!({
            "displayName": "Ada Lovelace",
            "identities": [identity("ada@example.org"), identity("Ada@Work.example")],
            "otherMails": ["ada@another.example"],
            "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": false },
        });
        admin.make("/users", ada).await;
        let mut thief = server.browser();
        shop.asks(&mut thief).await;
        recover(&mut thief).await;
        assert!(shop.has(&thief), "{}", thief.text());
        for (address, told) in [("ada@example.org", 1), ("ada@work.example", 1), ("ada@another.example", 0)] {
            let letters = server.mailbox().to(address).await;
            let notices = letters.iter().filter(|letter| letter.subject.contains("was changed")).count();
            assert_eq!(notices, told, "{address}");
        }
    })
    .await;
}

/// Security R11, R12: the password changes while it is judged: the guess is counted after the hash was read, and before it is
/// judged.
#[tokio::test]
async fn r12_a_password_that_is_reset_while_it_is_judged_opens_nothing() {
    on_both(async |server| {
        const CHANGE: &str = "UPDATE credentials SET secret = 'another', changed_at = changed_at + 1";
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        let mut thief = server.browser();
        shop.asks(&mut thief).await;
        thief.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        server.when_a_guess_is_counted(CHANGE).await;
        thief.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert_eq!(server.count("SELECT count(*) FROM credentials WHERE secret = 'another'").await, 1);
        assert!(thief.left_for.is_none(), "{:?}", thief.left_for);
        assert_eq!(thief.heading(), "Enter your password");
        assert_eq!(server.count("SELECT count(*) FROM sessions").await, 0);
    })
    .await;
}

/// Security R1: who proved the address may guess again.
#[tokio::test]
async fn r1_recovery_opens_a_password_that_was_guessed_at_too_often() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        let mut thief = server.browser();
        shop.asks(&mut thief).await;
        thief.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        for number in 0..11 {
            thief.fill(&[("Password", &format!("guess number {number}"))]).press("Sign in").await;
        }
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in("ada@example.org", PASSWORD).await;
        assert_eq!(ada.heading(), "Enter your password", "held");
        recover_from_password(&mut ada).await;
        assert!(shop.has(&ada));
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.sign_in("ada@example.org", NEW).await;
        assert!(shop.has(&elsewhere), "{:?}", elsewhere.faults());
        assert!(server.now() < crate::harness::START + Duration::from_secs(60), "within the hold");
    })
    .await;
}

/// cve 1: with the code mailed and not typed, no other answer in no order sets a password.
#[tokio::test]
async fn cve_2026_18963_no_answer_stands_in_for_the_code() {
    on_both(async |server| {
        const HASH: &str = "SELECT secret FROM credentials";
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        let before = server.text(HASH).await;
        let mut eve = server.browser();
        shop.asks(&mut eve).await;
        eve.press("Can’t access your account?").await;
        eve.fill(&[("Email address", "ada@example.org")]).press("Send code").await;
        let token = eve.page.value("token").unwrap();
        let path = eve.page.path.clone();
        let answers: [&[(&str, &str)]; 12] = [
            &[("answer", "newPassword"), ("password", NEW)],
            &[("answer", "attributes"), ("revision", "1"), ("attribute.displayName", "Eve")],
            &[("answer", "continueAs")],
            &[("answer", "code"), ("code", "")],
            &[("answer", "code"), ("code", "00000000")],
            &[("answer", "resend")],
            &[("answer", "usePassword")],
            &[("answer", "useCode")],
            &[("answer", "signIn")],
            &[("answer", "signUp")],
            &[("answer", "recover")],
            &[("answer", "address"), ("address", "ada@example.org")],
        ];
        for first in answers {
            for second in answers {
                for answer in [first, second, answers[0]] {
                    let mut pairs: Vec<_> = answer.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
                    pairs.push(("token".into(), token.clone()));
                    eve.submit(crate::harness::Submission { path: path.clone(), pairs }).await;
                    assert!(eve.left_for.is_none());
                }
            }
        }
        assert_eq!(server.text(HASH).await, before);
        assert_eq!(server.count("SELECT count(*) FROM sessions").await, 0);
    })
    .await;
}

async fn recover(browser: &mut Browser) {
    browser.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
    recover_from_password(browser).await;
}

async fn recover_from_password(browser: &mut Browser) {
    browser.press("Forgot password?").await;
    browser.type_code("ada@example.org").await;
    browser.fill(&[("New password", NEW)]).press("Save and sign in").await;
}
