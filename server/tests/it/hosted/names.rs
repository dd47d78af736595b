//! What people are called: user names with an address for resets that nobody is told, and addresses that are taken as typed.

use super::every_way;
use crate::harness::{Application, Browser, PASSWORD, TestServer, on_both};
use app::contract::flow_rules::{AddressProof, AlsoTold, FlowRules, SignInName};
use serde_json::json;
use std::time::Duration;

const ADA: &str = "ada@example.org";
const MINA: &str = "Mina-K";
const NEW: &str = "two birds in the bush";

async fn shop(server: &TestServer, sign_in_name: SignInName, address: AddressProof) -> Application {
    let mut rules = FlowRules { sign_in_name, address, ..FlowRules::default() };
    rules.tokens.also = vec![AlsoTold::Emails];
    server.flow(|flow| flow.rules = rules).await
}

async fn by_user_name(server: &TestServer) -> Application {
    shop(server, SignInName::UserName, AddressProof::ByCode).await
}

/// From the first page to the end.
async fn sign_up(browser: &mut Browser, name: &str, contact: &str) {
    browser.press("Create one").await;
    browser.fill(&[("User name", name)]).press("Continue").await;
    assert_eq!(browser.heading(), "Where can we reach you?", "{}", browser.text());
    browser.fill(&[("Email address", contact)]).press("Send code").await;
    browser.type_code(contact).await;
    browser.fill(&[("New password", PASSWORD)]).press("Continue").await;
    browser.fill(&[("Display name", "Mina")]).press("Create account").await;
}

async fn sign_in(browser: &mut Browser, name: &str, password: &str) {
    browser.fill(&[("User name", name)]).press("Continue").await;
    browser.fill(&[("Password", password)]).press("Sign in").await;
}

#[tokio::test]
async fn a_user_name_signs_up_and_in_and_its_address_is_told_to_nobody() {
    every_way(async |server, mina| {
        let shop = by_user_name(server).await;
        let asked = shop.asks(mina).await;
        sign_up(mina, MINA, ADA).await;
        let tokens = shop.tokens(mina, &asked).await;
        assert_eq!(tokens.id["preferred_username"], MINA);
        assert_eq!((&tokens.id["email"], &tokens.id["email_verified"]), (&json!(null), &json!(null)));
        assert_eq!(tokens.id["emails"], json!([]));
        let told = shop.userinfo(&tokens.access_token).await;
        assert!(!told.text().contains('@') && !tokens.raw.to_string().contains(ADA), "{}", told.text());

        let admin = server.administrator().await;
        let shown = admin.read(&format!("/users/{}", tokens.id["oid"].as_str().unwrap())).await;
        assert_eq!(shown["identities"][0]["signInType"], "userName");
        assert_eq!(shown["identities"][0]["issuerAssignedId"], MINA);
        assert_eq!((&shown["mail"], &shown["otherMails"]), (&json!(null), &json!([])));
        assert!(!shown.to_string().contains(ADA), "{shown}");
        let recovery = format!("/users/{}/sendRecoveryMail", shown["id"].as_str().unwrap());
        assert_eq!(admin.post(&recovery, json!({})).await.status, 204);
        assert!(server.mailbox().latest(ADA).await.subject.starts_with("Choose a new password"));
        assert!(!admin.read("/auditLogs/directoryAudits").await.to_string().contains(ADA));

        // Case makes no other name.
        let mut elsewhere = server.browser();
        let asked = shop.asks(&mut elsewhere).await;
        sign_in(&mut elsewhere, "mina-k", PASSWORD).await;
        assert_eq!(shop.tokens(&elsewhere, &asked).await.id["amr"], json!(["pwd"]));
        shop.asks_with(&mut elsewhere, &[("prompt", "select_account")]).await;
        assert!(elsewhere.text().contains(MINA), "{}", elsewhere.text());
    })
    .await;
}

#[tokio::test]
async fn a_user_name_is_had_by_one_person_of_a_tenant() {
    every_way(async |server, ada| {
        let shop = by_user_name(server).await;
        let mut mina = server.browser();
        shop.asks(&mut mina).await;
        sign_up(&mut mina, MINA, "mina@example.org").await;

        shop.asks(ada).await;
        ada.press("Create one").await;
        ada.fill(&[("User name", "MINA-k")]).press("Continue").await;
        assert_eq!(ada.faults(), ["Somebody has this user name already. Choose another one."]);
        assert_eq!(ada.page.value("address").as_deref(), Some("MINA-k"), "nothing typed is lost");
        ada.fill(&[("User name", "ada@example.org")]).press("Continue").await;
        assert!(ada.faults()[0].contains("letter or digit"), "{:?}", ada.faults());

        // One address is behind as many names as its owner likes, and is nobody's name here.
        server.clock.advance(Duration::from_secs(31));
        ada.fill(&[("User name", "ada")]).press("Continue").await;
        ada.fill(&[("Email address", "mina@example.org")]).press("Send code").await;
        ada.type_code("mina@example.org").await;
        ada.fill(&[("New password", NEW)]).press("Continue").await;
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert!(shop.has(ada), "{}", ada.text());
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 2);
    })
    .await;
}

#[tokio::test]
async fn f14_two_who_want_one_user_name_at_once_are_told_and_one_has_it() {
    every_way(async |server, ada| {
        let shop = by_user_name(server).await;
        let mut mina = server.browser();
        for (browser, contact) in [(&mut *ada, ADA), (&mut mina, "mina@example.org")] {
            shop.asks(browser).await;
            browser.press("Create one").await;
            browser.fill(&[("User name", "both")]).press("Continue").await;
            browser.fill(&[("Email address", contact)]).press("Send code").await;
            browser.type_code(contact).await;
            browser.fill(&[("New password", PASSWORD)]).press("Continue").await;
        }
        mina.fill(&[("Display name", "Mina")]).press("Create account").await;
        assert!(shop.has(&mina));
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert_eq!(ada.heading(), "Create your account");
        assert_eq!(ada.faults(), ["Somebody has this user name already. Choose another one."]);
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_password_comes_back_by_the_address_behind_the_name() {
    every_way(async |server, mina| {
        let shop = by_user_name(server).await;
        shop.asks(mina).await;
        sign_up(mina, MINA, ADA).await;

        let mut elsewhere = server.browser();
        let asked = shop.asks(&mut elsewhere).await;
        sign_in(&mut elsewhere, MINA, "not this one").await;
        assert_eq!(elsewhere.faults(), ["User name and password don’t match. Try again, or choose a new password."]);
        elsewhere.press("Forgot password?").await;
        assert_eq!(elsewhere.heading(), "Check your email");
        assert!(!elsewhere.text().contains("example.org"), "{}", elsewhere.text());
        server.clock.advance(Duration::from_secs(1));
        elsewhere.type_code(ADA).await;
        elsewhere.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert_eq!(shop.tokens(&elsewhere, &asked).await.id["preferred_username"], MINA);
        let letter = server.mailbox().latest(ADA).await;
        assert!(letter.subject.contains("was changed"), "{}", letter.subject);

        let mut old = server.browser();
        shop.asks(&mut old).await;
        sign_in(&mut old, MINA, PASSWORD).await;
        assert_eq!(old.heading(), "Enter your password", "the old one is dead");
    })
    .await;
}

/// Who has the name is not told: the page, the rows and the pause are the same, and nobody gets a letter.
#[tokio::test]
async fn r4_r5_resets_by_user_name_do_not_say_whether_there_is_an_account() {
    on_both(async |server| {
        let shop = by_user_name(&server).await;
        let mut mina = server.browser();
        shop.asks(&mut mina).await;
        sign_up(&mut mina, MINA, ADA).await;
        let letters = server.mailbox().all().await.len();
        let rows = async || server.count("SELECT COUNT(*) FROM outbox").await;
        let mut pages = Vec::new();
        for name in [MINA, "Nobody"] {
            let (before, mut browser) = (rows().await, server.browser());
            shop.asks(&mut browser).await;
            browser.press("Can’t access your account?").await;
            browser.fill(&[("User name", name)]).press("Send code").await;
            assert_eq!(rows().await, before + 1, "as many rows for {name}");
            pages.push(browser.text().replace(name, "…"));
            assert_eq!(server.mailbox().all().await.len(), letters + 1, "a letter to Mina, and to nobody else");
        }
        assert_eq!(pages[0], pages[1]);
        assert_eq!(server.mailbox().to("").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn who_has_either_kind_of_name_signs_in_where_both_will_do() {
    every_way(async |server, mina| {
        let names = by_user_name(server).await;
        names.asks(mina).await;
        sign_up(mina, MINA, "mina@example.org").await;
        let both = shop(server, SignInName::EmailOrUserName, AddressProof::ByCode).await;
        server.account(&both, ADA).await;
        for name in [MINA, ADA] {
            let mut browser = server.browser();
            let asked = both.asks(&mut browser).await;
            browser.fill(&[("Email address or user name", name)]).press("Continue").await;
            browser.fill(&[("Password", PASSWORD)]).press("Sign in").await;
            assert_eq!(both.tokens(&browser, &asked).await.id["preferred_username"], name);
        }
        // An address that is for resets only opens nothing.
        let mut browser = server.browser();
        both.asks(&mut browser).await;
        browser.fill(&[("Email address or user name", "mina@example.org")]).press("Continue").await;
        browser.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert_eq!(browser.faults(), ["Address and password don’t match. Try again, or choose a new password."]);
    })
    .await;
}

/// From the first page to the end, and no code.
async fn sign_up_as_typed(browser: &mut Browser, address: &str, password: &str) {
    browser.press("Create one").await;
    browser.fill(&[("Email address", address)]).press("Continue").await;
    assert_eq!(browser.heading(), "Create a password", "{}", browser.text());
    browser.fill(&[("New password", password)]).press("Continue").await;
    browser.fill(&[("Display name", "Ada")]).press("Create account").await;
}

#[tokio::test]
async fn an_address_is_taken_as_typed_and_nobody_is_told_that_it_was_proved() {
    every_way(async |server, ada| {
        let shop = shop(server, SignInName::Email, AddressProof::AsTyped).await;
        let asked = shop.asks(ada).await;
        sign_up_as_typed(ada, ADA, PASSWORD).await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!((&tokens.id["email"], &tokens.id["email_verified"]), (&json!(ADA), &json!(false)));
        assert_eq!(tokens.id["acr"], "0", "nothing was proved");
        assert_eq!(server.mailbox().all().await.len(), 0);

        // With the password, a code proves it for good.
        let mut again = server.browser();
        shop.asks(&mut again).await;
        again.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&again));
        let strict = server.application().await;
        let mut later = server.browser();
        let asked = strict.asks(&mut later).await;
        later.prove_new_address(ADA).await;
        assert_eq!(later.notice().as_deref(), Some("You have an account with this address already. Sign in with it."));
        later.fill(&[("Password", PASSWORD)]).press("Sign in").await;
        assert_eq!(strict.tokens(&later, &asked).await.id["email_verified"], true);
        assert_eq!(shop.refresh(&tokens.refresh_token).await.status, 200, "it was the same person all along");
    })
    .await;
}

/// Somebody sits in an account of an address that is not theirs. Its owner comes and proves it: nothing of theirs is left.
#[tokio::test]
async fn r12_who_proves_the_address_has_the_account_and_who_did_not_is_out() {
    every_way(async |server, victim| {
        let shop = shop(server, SignInName::Email, AddressProof::AsTyped).await;
        let mut attacker = server.browser();
        let asked = shop.asks(&mut attacker).await;
        sign_up_as_typed(&mut attacker, ADA, PASSWORD).await;
        let stolen = shop.tokens(&attacker, &asked).await;

        shop.asks(victim).await;
        sign_up_as_typed(victim, ADA, NEW).await;
        assert_eq!(victim.heading(), "Check your email", "whose it is has to be shown now");
        victim.type_code(ADA).await;
        assert_eq!(victim.heading(), "Enter your password");
        let asked = victim.press("Forgot password?").await.heading();
        assert_eq!(asked, "Choose a new password", "what is proved needs no second code");
        victim.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert!(shop.has(victim), "{}", victim.text());
        assert_eq!(server.count("SELECT COUNT(*) FROM addresses WHERE verified_at IS NULL").await, 0);

        assert_eq!(shop.refresh(&stolen.refresh_token).await.status, 400, "their refresh token is dead");
        shop.asks_with(&mut attacker, &[("prompt", "none")]).await;
        assert_eq!(shop.answer(&attacker).unwrap()["error"], "login_required", "and their session");
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.sign_in(ADA, PASSWORD).await;
        assert!(!shop.has(&elsewhere), "and their password");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_nobody_proved_stays_so_whatever_else_is_changed() {
    on_both(async |server| {
        let shop = shop(&server, SignInName::Email, AddressProof::AsTyped).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        sign_up_as_typed(&mut ada, ADA, PASSWORD).await;
        let id = shop.tokens(&ada, &asked).await.id["oid"].as_str().unwrap().to_owned();
        let unproved = async || server.count("SELECT COUNT(*) FROM addresses WHERE verified_at IS NULL").await;
        let admin = server.administrator().await;
        let issuer = admin.read(&format!("/users/{id}")).await["identities"][0]["issuer"].clone();
        let names = json!({"identities": [
            {"signInType": "emailAddress", "issuer": issuer, "issuerAssignedId": ADA},
            {"signInType": "userName", "issuer": issuer, "issuerAssignedId": "ada"},
        ]});
        assert_eq!(admin.patch(&format!("/users/{id}"), names).await.status, 204);
        assert_eq!(unproved().await, 1);
        let louder = json!({"identities": [
            {"signInType": "emailAddress", "issuer": issuer, "issuerAssignedId": "ADA@Example.ORG"},
        ]});
        assert_eq!(admin.patch(&format!("/users/{id}"), louder).await.status, 204);
        assert_eq!(unproved().await, 1, "the same address, however it is spelled");
        assert_eq!(admin.delete(&format!("/users/{id}")).await.status, 204);
        let restored = admin.post(&format!("/directory/deletedItems/{id}/restore"), json!({})).await;
        assert_eq!(restored.status, 200, "{}", restored.text());
        assert_eq!(unproved().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_user_name_without_an_address_has_no_resets() {
    every_way(async |server, mina| {
        let shop = shop(server, SignInName::UserName, AddressProof::AsTyped).await;
        shop.asks(mina).await;
        mina.press("Create one").await;
        mina.fill(&[("User name", MINA)]).press("Continue").await;
        mina.fill(&[("New password", PASSWORD)]).press("Continue").await;
        mina.fill(&[("Display name", "Mina")]).press("Create account").await;
        assert!(shop.has(mina), "{}", mina.text());
        assert_eq!(server.count("SELECT COUNT(*) FROM addresses").await, 0);
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.press("Can’t access your account?").await;
        elsewhere.fill(&[("User name", MINA)]).press("Send code").await;
        assert_eq!(elsewhere.heading(), "Check your email");
        assert_eq!(server.mailbox().all().await.len(), 0);
    })
    .await;
}

/// Who asks for many names is stopped as who guesses passwords is (security R2).
#[tokio::test]
async fn r2_names_are_not_collected_by_asking_for_them() {
    on_both(async |server| {
        let shop = by_user_name(&server).await;
        let mut mina = server.browser();
        shop.asks(&mut mina).await;
        sign_up(&mut mina, MINA, ADA).await;
        let mut robot = server.browser().at("198.51.100.7");
        shop.asks(&mut robot).await;
        robot.press("Create one").await;
        for _ in 0..20 {
            robot.fill(&[("User name", MINA)]).press("Continue").await;
            assert_eq!(robot.status, 200);
        }
        let mut other = server.browser().at("198.51.100.8");
        shop.asks(&mut other).await;
        other.press("Create one").await;
        other.fill(&[("User name", "somebody-new")]).press("Continue").await;
        assert_eq!(other.status, 429, "{}", other.text());
    })
    .await;
}

/// Whoever makes accounts of addresses that nobody proved, to have them or to learn which are free, is stopped as who guesses
/// passwords is (security R2, R6).
#[tokio::test]
async fn r2_r6_addresses_are_not_taken_by_typing_them() {
    on_both(async |server| {
        let shop = shop(&server, SignInName::Email, AddressProof::AsTyped).await;
        server.account(&shop, ADA).await;
        for number in 0..22 {
            let mut robot = server.browser().at(&format!("198.51.100.{number}"));
            shop.asks(&mut robot).await;
            let address = if number == 7 { ADA.to_owned() } else { format!("person{number}@example.org") };
            sign_up_as_typed(&mut robot, &address, PASSWORD).await;
            match number {
                7 => assert_eq!(robot.heading(), "Check your email"),
                0..20 => assert!(shop.has(&robot), "{number}: {}", robot.text()),
                _ => assert_eq!((robot.status.as_u16(), robot.heading().as_str()), (429, "Wait a moment"), "{number}"),
            }
        }
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 20, "Ada, and nineteen more");

        let shop = self::shop(&server, SignInName::UserName, AddressProof::AsTyped).await;
        let mut robot = server.browser().at("198.51.100.99");
        shop.asks(&mut robot).await;
        robot.press("Create one").await;
        robot.fill(&[("User name", MINA)]).press("Continue").await;
        assert_eq!(robot.status, 429, "one network, whatever is made");
        server.clock.advance(Duration::from_secs(61));
        for number in 0..21 {
            let mut robot = server.browser().at("198.51.100.99");
            shop.asks(&mut robot).await;
            robot.press("Create one").await;
            robot.fill(&[("User name", &format!("mina{number}"))]).press("Continue").await;
            if number == 20 {
                assert_eq!(robot.status, 429);
                break;
            }
            robot.fill(&[("New password", PASSWORD)]).press("Continue").await;
            robot.fill(&[("Display name", "Mina")]).press("Create account").await;
            assert!(shop.has(&robot), "{number}: {}", robot.text());
        }
    })
    .await;
}

/// Security R12: B2C's list of addresses does not make a proved one of an address that was typed.
#[tokio::test]
async fn r12_an_unproved_address_is_told_with_that_word_by_whatever_claim() {
    on_both(async |server| {
        let shop = shop(&server, SignInName::Email, AddressProof::AsTyped).await;
        let mut ada = server.browser();
        let asked = shop.asks_with(&mut ada, &[("scope", "openid offline_access")]).await;
        sign_up_as_typed(&mut ada, ADA, PASSWORD).await;
        let tokens = shop.tokens(&ada, &asked).await;
        assert_eq!((&tokens.id["emails"], &tokens.id["email"]), (&json!([ADA]), &json!(null)));
        assert_eq!(tokens.id["email_verified"], false);
        let mut proved = server.browser();
        let asked = shop.asks_with(&mut proved, &[("scope", "openid offline_access")]).await;
        server.account(&shop, "grace@example.org").await;
        proved.sign_in("grace@example.org", PASSWORD).await;
        let tokens = shop.tokens(&proved, &asked).await;
        assert_eq!((&tokens.id["emails"], &tokens.id["email_verified"]), (&json!(["grace@example.org"]), &json!(null)));
    })
    .await;
}
