//! What people are told by mail when an administrator changed how they sign in.

use super::users::{ADA, ada};
use crate::harness::{PASSWORD, TestServer, on_both};
use serde_json::{Value, json};

const WORK: &str = "ada@work.example";
const NEW: &str = "ada@elsewhere.example";

fn names(names: &[(&str, &str)]) -> Value {
    let identity = |(kind, name): &(&str, &str)| json!({ "signInType": kind, "issuer": "", "issuerAssignedId": name });
    names.iter().map(identity).collect()
}

async fn subjects(server: &TestServer, address: &str) -> Vec<String> {
    server.mailbox().to(address).await.into_iter().map(|letter| letter.subject).collect()
}

#[tokio::test]
async fn r11_whoever_signs_in_by_other_names_is_told_at_all_mailboxes_of_before() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let known = names(&[("emailAddress", ADA), ("emailAddress", "Ada@Work.example"), ("userName", "adal")]);
        let id = admin.make("/users", json!({ "displayName": "Ada", "identities": known })).await;
        let bob = names(&[("emailAddress", "bob@example.org")]);
        admin.make("/users", json!({ "displayName": "Bob", "identities": bob })).await;
        let at = format!("/users/{id}");

        let same = names(&[("userName", "AdaL"), ("emailAddress", WORK), ("emailAddress", "Ada@example.org")]);
        for nothing_new in [json!({ "identities": same }), json!({ "displayName": "Ada Lovelace" })] {
            assert_eq!(admin.patch(&at, nothing_new).await.status, 204);
        }
        let of_bob = names(&[("emailAddress", "bob@example.org"), ("userName", "adal")]);
        assert_eq!(admin.patch(&at, json!({ "identities": of_bob })).await.status, 400, "somebody has it");
        for address in [ADA, WORK, "bob@example.org"] {
            assert!(subjects(&server, address).await.is_empty(), "{address}");
        }

        let moved = names(&[("emailAddress", NEW), ("userName", "adal")]);
        assert_eq!(admin.patch(&at, json!({ "identities": moved })).await.status, 204);
        for address in [ADA, WORK] {
            assert_eq!(subjects(&server, address).await, ["Your sign-in for Woodgrove was changed"], "{address}");
        }
        assert!(subjects(&server, NEW).await.is_empty());
        let told = server.mailbox().latest(ADA).await.text;
        assert!(!told.contains("elsewhere"), "an old mailbox may be somebody else's: {told}");

        let more = names(&[("emailAddress", NEW), ("emailAddress", ADA), ("userName", "adal")]);
        assert_eq!(admin.patch(&at, json!({ "identities": more })).await.status, 204);
        assert_eq!(subjects(&server, NEW).await.len(), 1, "one more is a change as well");
        assert_eq!(subjects(&server, ADA).await.len(), 1, "and it is told to nobody who is new");
    })
    .await;
}

#[tokio::test]
async fn r11_whoever_is_given_a_password_is_told_in_their_language() {
    on_both(async |server: TestServer| {
        let (admin, shop) = (server.administrator().await, server.application().await);
        let account = server.account(&shop, ADA).await;
        let mut browser = server.browser();
        shop.asks_with(&mut browser, &[("ui_locales", "de")]).await;
        for (name, value) in [("address", ADA), ("password", PASSWORD)] {
            browser.fill(&[(name, value)]).press(name).await;
        }
        assert!(shop.has(&browser), "{}", browser.text());
        assert!(subjects(&server, ADA).await.is_empty());

        let user = format!("/users/{account}");
        let reset = format!("{user}/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword");
        let made = admin.post(&reset, json!({})).await.json();
        let letter = server.mailbox().latest(ADA).await;
        assert_eq!(letter.subject, "Ihr Passwort für Woodgrove wurde zurückgesetzt");
        assert!(!letter.text.contains(made["newPassword"].as_str().unwrap()), "{}", letter.text);
        let profile = json!({ "passwordProfile": { "password": "two birds in the bush" } });
        assert_eq!(admin.patch(&user, profile).await.status, 204);
        assert_eq!(subjects(&server, ADA).await, vec![letter.subject; 2]);

        let mut ada = ada();
        ada["identities"] = names(&[("emailAddress", NEW)]);
        admin.make("/users", ada).await;
        assert!(subjects(&server, NEW).await.is_empty(), "nobody is told of an account that is new");
    })
    .await;
}
