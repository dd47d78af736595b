//! What an attacker tried, and what came of it.

use crate::harness::{Administrator, Application, Browser, PASSWORD, TestServer, at_once, on_both};
use app::contract::{
    flow_rules::{FlowRules, SignInName},
    id::AccountId,
    permission::Role,
    user_flow::{FlowKind, UserFlow},
};
use serde_json::{Value, json};
use server::{administration, directory::administrator};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const GRACE: &str = "grace@example.org";
const NEW: &str = "two birds in the bush";

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

/// Where hashes came from elsewhere a wrong password is told late. It is counted at once: whoever asks meanwhile is judged by
/// what the others tried.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r2_a_burst_among_foreign_hashes_is_judged_by_twenty_failures() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        server
            .write(|c, tenant, now| {
                Box::pin(async move {
                    sqlx::query("UPDATE tenants SET foreign_hashes_since = $1 WHERE id = $2")
                        .bind(now.0)
                        .bind(tenant.to_string())
                        .execute(c)
                        .await?;
                    Ok(())
                })
            })
            .await;
        let late = server.telling_wrong_late().await;
        let shop = shop.through(&late);
        let at_password = async |address: &str| {
            let mut browser = late.browser().at("203.0.113.9");
            shop.asks(&mut browser).await;
            browser.fill(&[("Email address", address)]).press("Continue").await;
            browser
        };
        let mut right = at_password(ADA).await;
        let mut burst = Vec::new();
        for number in 0..25 {
            burst.push(at_password(&format!("person{number}@example.org")).await);
        }
        let guesses: Vec<_> = burst
            .into_iter()
            .map(|mut eve| {
                tokio::spawn(async move {
                    eve.guess("everybody's password").await;
                })
            })
            .collect();
        let counted = async {
            let moments = || server.texts("SELECT moments FROM counters WHERE name = 'failure from network'".into());
            while moments().await.iter().flat_map(|row| row.split_whitespace()).count() < 20 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), counted).await.expect("counted before anybody is told");
        right.guess(PASSWORD).await;
        assert_eq!(right.status, 429, "{}", right.text());
        assert!(!shop.has(&right));
        for guess in guesses {
            guess.abort();
        }
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

/// A flow that shows everybody their profile before it lets them in.
async fn editor(server: &TestServer) -> Application {
    server.flow(|flow: &mut UserFlow| flow.kind = FlowKind::ProfileEdit).await
}

/// Behind the proof, and before the end.
async fn at_the_profile(editor: &Application, address: &str) -> Browser {
    let mut browser = editor.server.browser();
    editor.asks(&mut browser).await;
    browser.sign_in(address, PASSWORD).await;
    assert_eq!(browser.heading(), "Your profile");
    browser
}

async fn at_a_new_password(shop: &Application, address: &str) -> Browser {
    let mut browser = shop.server.browser();
    shop.asks(&mut browser).await;
    browser.fill(&[("Email address", address)]).press("Continue").await;
    browser.press("Forgot password?").await;
    browser.type_code(address).await;
    assert_eq!(browser.heading(), "Choose a new password");
    browser
}

async fn switch(admin: &Administrator, account: &AccountId, on: bool) {
    let switched = admin.patch(&format!("/users/{account}"), json!({ "accountEnabled": on })).await;
    assert_eq!(switched.status, 204, "{}", switched.text());
}

pub(super) async fn sessions_of(server: &TestServer, account: &AccountId) -> usize {
    server.texts(format!("SELECT id FROM sessions WHERE account_id = '{account}'")).await.len()
}

/// Whoever waits at the last page while their account is deleted has none to be let in by.
#[tokio::test]
async fn r19_who_is_deleted_on_the_way_in_stays_out() {
    on_both(async |server| {
        let (admin, shop, editor) = (server.administrator().await, server.application().await, editor(&server).await);
        let (ada, grace) = (server.account(&shop, ADA).await, server.account(&shop, GRACE).await);
        let mut at_profile = at_the_profile(&editor, ADA).await;
        let mut at_password = at_a_new_password(&shop, GRACE).await;
        for account in [&ada, &grace] {
            assert_eq!(admin.delete(&format!("/users/{account}")).await.status, 204);
        }
        at_profile.press("Save").await;
        at_password.fill(&[("New password", NEW)]).press("Save and sign in").await;
        for (browser, account) in [(&at_profile, &ada), (&at_password, &grace)] {
            assert_eq!((browser.status.as_u16(), &browser.left_for), (410, &None));
            assert_eq!(sessions_of(&server, account).await, 0);
        }
    })
    .await;
}

/// The same of an administrator who is asked for the code of their app.
#[tokio::test]
async fn r19_an_administrator_who_is_deleted_on_the_way_in_stays_out() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let roles = [(administrator::ALL, Role::GlobalAdministrator)];
        let eve = server.make_administrator("eve@admin.example.test", &roles).await;
        let mut browser = server.browser();
        Application::portal(&server).asks(&mut browser).await;
        browser.sign_in("eve@admin.example.test", PASSWORD).await;
        assert_eq!(browser.heading(), "Enter your app’s code");
        let home = admin.about(administration::TENANT_ID);
        assert_eq!(home.delete(&format!("/users/{eve}")).await.status, 204);
        browser.show_second_factor().await;
        assert_eq!(browser.status, 410);
        assert_eq!(sessions_of(&server, &eve).await, 0);
    })
    .await;
}

/// What begins while an account is switched off would come alive when it is switched on again.
#[tokio::test]
async fn r19_who_is_switched_off_on_the_way_in_is_not_in_when_switched_on() {
    on_both(async |server| {
        let (admin, shop, editor) = (server.administrator().await, server.application().await, editor(&server).await);
        let ada = server.account(&shop, ADA).await;
        let mut browser = at_the_profile(&editor, ADA).await;
        switch(&admin, &ada, false).await;
        browser.press("Save").await;
        assert_eq!((browser.status.as_u16(), &browser.left_for), (410, &None));
        switch(&admin, &ada, true).await;
        assert_eq!(sessions_of(&server, &ada).await, 0);
        shop.asks(&mut browser).await;
        assert_eq!(browser.heading(), "Sign in");
    })
    .await;
}

/// Whoever showed the password before an administrator ended everything shows it once more.
#[tokio::test]
async fn r19_a_revocation_ends_who_is_on_the_way_in() {
    on_both(async |server| {
        let (admin, shop, editor) = (server.administrator().await, server.application().await, editor(&server).await);
        let ada = server.account(&shop, ADA).await;
        let mut thief = at_the_profile(&editor, ADA).await;
        let revoked = admin.post(&format!("/users/{ada}/revokeSignInSessions"), json!({})).await;
        assert_eq!(revoked.status, 200, "{}", revoked.text());
        thief.press("Save").await;
        assert_eq!((thief.status.as_u16(), &thief.left_for), (410, &None));
        assert_eq!(sessions_of(&server, &ada).await, 0);

        let mut owner = at_the_profile(&editor, ADA).await;
        owner.press("Save").await;
        assert!(editor.has(&owner), "{}", owner.text());
    })
    .await;
}

/// A page that was open before takes the password that an administrator made meanwhile, and its owner's after it.
#[tokio::test]
async fn a_page_that_is_open_already_takes_an_administrators_new_password() {
    on_both(async |server| {
        let (admin, shop) = (server.administrator().await, server.application().await);
        let ada = server.account(&shop, ADA).await;
        let mut browser = server.browser();
        shop.asks(&mut browser).await;
        browser.fill(&[("Email address", ADA)]).press("Continue").await;
        let method = "authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword";
        let told: Value = admin.post(&format!("/users/{ada}/{method}"), json!({})).await.json();
        browser.guess(told["newPassword"].as_str().unwrap()).await;
        assert_eq!(browser.heading(), "Choose a new password");
        browser.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert!(shop.has(&browser), "{}", browser.text());
    })
    .await;
}

/// The old mailbox is somebody else's by now: an administrator gives the account another address.
pub(super) async fn readdress(admin: &Administrator, account: &str, names: &[(&str, &str)]) {
    let identities: Vec<Value> = names
        .iter()
        .map(|(kind, name)| json!({ "signInType": kind, "issuer": "", "issuerAssignedId": name }))
        .collect();
    let changed = admin.patch(&format!("/users/{account}"), json!({ "identities": identities })).await;
    assert_eq!(changed.status, 204, "{}", changed.text());
}

/// Whoever read the old mailbox, and waits at the last page, finds the door shut once the account has another address: by a
/// password, and by codes alone.
#[tokio::test]
async fn r11_a_proof_is_worth_nothing_after_the_address_changed() {
    on_both(async |server| {
        let (admin, shop, editor) = (server.administrator().await, server.application().await, editor(&server).await);
        let (ada, grace) = (server.account(&shop, ADA).await, server.passcode_account(&shop, GRACE).await);
        let mut thief = at_a_new_password(&shop, ADA).await;
        readdress(&admin, ada.as_str(), &[("emailAddress", "ada@elsewhere.example")]).await;
        thief.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert_eq!((thief.status.as_u16(), &thief.left_for), (410, &None));
        let mut owner = server.browser();
        shop.asks(&mut owner).await;
        owner.sign_in("ada@elsewhere.example", PASSWORD).await;
        assert!(shop.has(&owner), "the password is what it was: {}", owner.text());

        let mut thief = server.browser();
        editor.asks(&mut thief).await;
        thief.fill(&[("Email address", GRACE)]).press("Continue").await;
        thief.press("Email me a code instead").await;
        thief.type_code(GRACE).await;
        assert_eq!(thief.heading(), "Your profile");
        readdress(&admin, grace.as_str(), &[("emailAddress", "grace@elsewhere.example")]).await;
        thief.press("Save").await;
        assert_eq!((thief.status.as_u16(), &thief.left_for), (410, &None));
        assert_eq!(sessions_of(&server, &grace).await, 0);
    })
    .await;
}

/// The same of somebody who was called by their user name.
#[tokio::test]
async fn r11_by_a_user_name_a_proof_is_worth_nothing_after_the_address_changed() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let either = FlowRules { sign_in_name: SignInName::EmailOrUserName, ..FlowRules::default() };
        let shop = server.flow(|flow: &mut UserFlow| flow.rules = either).await;
        let identity = |kind: &str, name: &str| json!({ "signInType": kind, "issuer": "", "issuerAssignedId": name });
        let ada = json!({
            "displayName": "Ada Lovelace",
            "identities": [identity("emailAddress", ADA), identity("userName", "adal")],
            "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": false },
        });
        let ada = admin.make("/users", ada).await;
        for (address, is_theirs) in [("ada@elsewhere.example", false), ("Ada@Elsewhere.example", true)] {
            let mailbox = if is_theirs { "ada@elsewhere.example" } else { ADA };
            server.clock.advance(Duration::from_secs(60));
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.fill(&[("Email address or user name", "adal")]).press("Continue").await;
            browser.press("Forgot password?").await;
            browser.type_code(mailbox).await;
            assert_eq!(browser.heading(), "Choose a new password");
            readdress(&admin, &ada, &[("emailAddress", address), ("userName", "adal")]).await;
            browser.fill(&[("New password", NEW)]).press("Save and sign in").await;
            assert_eq!(shop.has_come(&browser), is_theirs, "{}", browser.text());
        }
    })
    .await;
}

/// Of several addresses of an account, the one at which mail was read counts, whichever its profile names first.
#[tokio::test]
async fn r11_before_a_profile_the_address_counts_that_mail_was_read_at() {
    on_both(async |server| {
        let (admin, editor) = (server.administrator().await, editor(&server).await);
        for (read, kept) in [("first", "first"), ("first", "second"), ("second", "first"), ("second", "second")] {
            let address = |word: &str| format!("{word}@{read}-{kept}.example");
            let identity =
                |word: &str| json!({ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": address(word) });
            let ada = json!({ "displayName": "Ada Lovelace", "identities": [identity("first"), identity("second")] });
            let ada = admin.make("/users", ada).await;
            let mut browser = server.browser();
            editor.asks(&mut browser).await;
            browser.fill(&[("Email address", &address(read))]).press("Continue").await;
            browser.press("Email me a code instead").await;
            browser.type_code(&address(read)).await;
            assert_eq!(browser.heading(), "Your profile");
            readdress(&admin, &ada, &[("emailAddress", &address(kept))]).await;
            browser.press("Save").await;
            assert_eq!(editor.has(&browser), read == kept, "read at the {read}, kept the {kept}: {}", browser.text());
        }
    })
    .await;
}

/// Of whoever was called by their user name, the address to which the code went.
#[tokio::test]
async fn r11_before_a_profile_a_user_name_counts_as_the_address_behind_it() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let by_either = |flow: &mut UserFlow| {
            flow.kind = FlowKind::ProfileEdit;
            flow.rules.sign_in_name = SignInName::EmailOrUserName;
        };
        let editor = server.flow(by_either).await;
        let identity = |kind: &str, name: &str| json!({ "signInType": kind, "issuer": "", "issuerAssignedId": name });
        let identities = [identity("emailAddress", ADA), identity("userName", "adal")];
        let ada = admin.make("/users", json!({ "displayName": "Ada Lovelace", "identities": identities })).await;
        for (mailbox, after, is_theirs) in
            [(ADA, "ada@elsewhere.example", false), ("ada@elsewhere.example", "Ada@Elsewhere.example", true)]
        {
            server.clock.advance(Duration::from_secs(60));
            let mut browser = server.browser();
            editor.asks(&mut browser).await;
            browser.fill(&[("Email address or user name", "adal")]).press("Continue").await;
            browser.press("Forgot password?").await;
            browser.type_code(mailbox).await;
            assert_eq!(browser.heading(), "Your profile");
            readdress(&admin, &ada, &[("emailAddress", after), ("userName", "adal")]).await;
            browser.press("Save").await;
            assert_eq!(editor.has(&browser), is_theirs, "{}", browser.text());
        }
    })
    .await;
}
