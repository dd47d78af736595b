//! A second step: where the flow asks for one, a code to an address that the account keeps for it.

use super::every_way;
use crate::harness::{Application, Browser, PASSWORD, TestServer, on_both};
use app::contract::{
    flow_rules::{AddressProof, SecondStepAsked},
    user_flow::{FlowKind, Method, UserFlow},
};
use serde_json::json;
use server::directory::{identity::Folded, second_address};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const OTHER: &str = "ada@elsewhere.example";
const MINUTE: Duration = Duration::from_secs(60);

fn asks_twice(flow: &mut UserFlow) {
    flow.rules.second_step.asked = SecondStepAsked::Always;
}

async fn shop(server: &TestServer) -> Application {
    server.flow(asks_twice).await
}

/// Ada has an account, and another address for the second step.
async fn careful(server: &TestServer, shop: &Application) {
    let ada = server.account(shop, ADA).await;
    server
        .write(move |c, tenant, now| {
            let address = Folded::address(OTHER);
            Box::pin(async move { second_address::keep(c, &tenant, &ada, &address, None, now).await })
        })
        .await;
}

async fn type_second_code(browser: &mut Browser, address: &str) {
    browser.press("useCode").await;
    browser.type_code(address).await;
}

#[tokio::test]
async fn whoever_has_an_address_for_it_is_not_in_before_its_code_came_back() {
    every_way(async |server, ada| {
        let shop = shop(server).await;
        careful(server, &shop).await;
        let asked = shop.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "One more step");
        assert!(ada.text().contains("a***a@e***e.example") && !ada.page.html.contains(OTHER), "{}", ada.text());
        assert!(server.mailbox().all().await.is_empty(), "nothing is sent that nobody asked for");
        ada.press("Send code").await;
        assert_eq!(ada.heading(), "Check your email");
        ada.fill(&[("Code", "00000000")]).press("code").await;
        assert_eq!(ada.faults(), ["That isn’t the newest code. Tries left: 4."]);
        ada.type_code(OTHER).await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["amr"], json!(["otp", "pwd", "mca"]));
        assert!(server.mailbox().to(ADA).await.is_empty());

        // The session has shown both.
        shop.asks(ada).await;
        assert!(shop.has(ada));
    })
    .await;
}

#[tokio::test]
async fn whoever_has_none_takes_their_own_address_and_is_told_by_mail() {
    every_way(async |server, ada| {
        let shop = shop(server).await;
        server.account(&shop, ADA).await;
        let asked = shop.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "Set up a second step");
        ada.press("Use a***a@e***e.org").await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["amr"], json!(["pwd"]), "no code was shown");
        let letter = server.mailbox().latest(ADA).await;
        assert!(letter.subject.contains("second step"), "{}", letter.subject);

        // So their session goes on by the other proof.
        let asked = shop.asks(ada).await;
        ada.press("continueAs").await;
        assert_eq!(ada.heading(), "One more step");
        type_second_code(ada, ADA).await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["amr"], json!(["otp", "pwd", "mca"]));
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_up_has_an_account_before_the_second_step() {
    every_way(async |server, ada| {
        let shop = shop(server).await;
        shop.asks(ada).await;
        ada.sign_up(ADA).await;
        assert_eq!(ada.heading(), "Set up a second step");
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 1);
        assert_eq!(server.count("SELECT COUNT(*) FROM sessions").await, 0);

        // Who gives up here comes back by the way of everybody.
        let mut later = server.browser();
        let asked = shop.asks(&mut later).await;
        later.sign_in(ADA, PASSWORD).await;
        assert_eq!(later.heading(), "Set up a second step");
        later.fill(&[("Email address", OTHER)]).press("Send code").await;
        later.type_code(OTHER).await;
        let tokens = shop.tokens(&later, &asked).await;
        assert_eq!(tokens.id["amr"], json!(["otp", "pwd", "mca"]));

        // The page that is still open sets no other up.
        ada.press("useOwnAddress").await;
        assert!(!shop.has_come(ada), "{}", ada.text());
        let kept = server.texts("SELECT address FROM addresses WHERE kind = 'secondStep'".into()).await;
        assert_eq!(kept, [OTHER]);
    })
    .await;
}

#[tokio::test]
async fn a_sign_up_ends_with_the_second_step() {
    every_way(async |server, ada| {
        let shop = shop(server).await;
        let asked = shop.asks(ada).await;
        ada.sign_up(ADA).await;
        ada.fill(&[("Email address", "nowhere")]).press("Send code").await;
        assert_eq!(ada.faults(), ["Enter a full address, like you@example.com."]);
        ada.fill(&[("Email address", "bob@elsewhere.example")]).press("Send code").await;
        ada.press("Use another address").await;
        ada.fill(&[("Email address", OTHER)]).press("Send code").await;
        ada.type_code(OTHER).await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["amr"], json!(["otp", "mca"]));
        assert_eq!(tokens.id["name"], "Ada Lovelace");
        let kinds = "SELECT COUNT(*) FROM activities WHERE kind = 'signedUp'";
        assert_eq!(server.count(kinds).await, 1);
        assert_eq!(server.count("SELECT COUNT(*) FROM activities").await, 1);

        let admin = server.administrator().await;
        let funnel = admin.read(&format!("/identity/authenticationEventsFlows/{}/funnel", shop.flow)).await;
        let step = |name: &str| funnel["steps"].as_array().unwrap().iter().find(|it| it["step"] == name).cloned();
        let reached = ["secondAddress", "secondCode"].map(|name| step(name).unwrap()["reached"].as_i64());
        assert_eq!((reached, &funnel["finished"]), ([Some(2), Some(2)], &json!(1)), "{funnel}");
    })
    .await;
}

#[tokio::test]
async fn the_mailbox_that_signs_in_is_no_second_one() {
    every_way(async |server, ada| {
        let change = |flow: &mut UserFlow| {
            asks_twice(flow);
            flow.method = Method::Passcode;
        };
        let shop = server.flow(change).await;
        server.passcode_account(&shop, ADA).await;
        let asked = shop.asks(ada).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Set up a second step");
        // By whichever letters it is written.
        ada.fill(&[("Email address", "ADA@Example.org")]).press("Send code").await;
        assert!(ada.faults()[0].starts_with("You sign in with this address already."), "{:?}", ada.faults());
        ada.fill(&[("Email address", OTHER)]).press("Send code").await;
        ada.type_code(OTHER).await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["amr"], json!(["otp", "mca"]));
    })
    .await;
}

#[tokio::test]
async fn r11_a_mailbox_alone_sets_no_new_password() {
    every_way(async |server, ada| {
        let shop = shop(server).await;
        careful(server, &shop).await;
        let asked = shop.asks(ada).await;
        ada.press("recover").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "One more step", "whoever reads Ada's mail is not Ada yet");
        type_second_code(ada, OTHER).await;
        assert_eq!(ada.heading(), "Choose a new password");
        ada.fill(&[("New password", "seven grey geese on a roof")]).press("newPassword").await;
        let tokens = shop.tokens(ada, &asked).await;
        assert_eq!(tokens.id["amr"], json!(["otp", "mca"]));
    })
    .await;
}

/// Somebody sits in an account of an address that is not theirs, with a second step of theirs. Its owner comes and proves it.
#[tokio::test]
async fn r12_what_a_stranger_set_up_is_nothing_to_the_owner_of_the_mailbox() {
    every_way(async |server, ada| {
        let change = |flow: &mut UserFlow| {
            asks_twice(flow);
            flow.rules.address = AddressProof::AsTyped;
        };
        let shop = server.flow(change).await;
        let mut stranger = server.browser();
        shop.asks(&mut stranger).await;
        stranger.press("Create one").await;
        stranger.fill(&[("Email address", ADA)]).press("Continue").await;
        stranger.fill(&[("New password", PASSWORD)]).press("Continue").await;
        stranger.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert_eq!(stranger.heading(), "Set up a second step");
        stranger.fill(&[("Email address", OTHER)]).press("Send code").await;
        stranger.type_code(OTHER).await;
        assert!(shop.has(&stranger));

        let asked = shop.asks(ada).await;
        ada.press("recover").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Choose a new password", "{}", ada.text());
        ada.fill(&[("New password", "seven grey geese on a roof")]).press("newPassword").await;
        assert_eq!(ada.heading(), "Set up a second step");
        ada.press("useOwnAddress").await;
        assert!(shop.has(ada), "{}", ada.text());
        assert_eq!(shop.tokens(ada, &asked).await.id["email_verified"], true);
        let kept = server.texts("SELECT address FROM addresses WHERE kind = 'secondStep'".into()).await;
        assert_eq!(kept, [ADA]);
        let to_stranger = server.mailbox().to(OTHER).await;
        assert!(to_stranger.iter().all(|letter| letter.code.is_some()), "no stranger is told what became of it");
        shop.asks_with(&mut stranger, &[("prompt", "none")]).await;
        assert_eq!(shop.answer(&stranger).unwrap()["error"], "login_required");
    })
    .await;
}

/// Security R12, R18: another address of the account, which nobody proved, is theirs once its code came back.
#[tokio::test]
async fn r18_a_name_that_nobody_proved_is_not_kept_without_its_code() {
    on_both(async |server: TestServer| {
        let shop = shop(&server).await;
        server.account(&shop, ADA).await;
        server
            .write(|c, _, _| {
                let sql = "INSERT INTO addresses (tenant_id, account_id, kind, address, verified_at)
                           SELECT tenant_id, account_id, 'signIn', $1, CAST(NULL AS BIGINT) FROM addresses";
                Box::pin(async move { Ok(sqlx::query(sql).bind(OTHER).execute(c).await.map(drop)?) })
            })
            .await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        ada.fill(&[("Email address", OTHER)]).press("Send code").await;
        assert_eq!(ada.heading(), "Check your email");
        ada.type_code(OTHER).await;
        assert!(shop.has(&ada), "{}", ada.text());
    })
    .await;
}

/// Codes of the first proof go to every address that an account signs in with.
#[tokio::test]
async fn another_mailbox_that_signs_in_is_no_second_one() {
    on_both(async |server: TestServer| {
        let change = |flow: &mut UserFlow| {
            asks_twice(flow);
            flow.method = Method::Passcode;
        };
        let shop = server.flow(change).await;
        server.passcode_account(&shop, ADA).await;
        server
            .write(|c, _, _| {
                let sql = "INSERT INTO addresses (tenant_id, account_id, kind, address, verified_at)
                           SELECT tenant_id, account_id, 'contact', $1, verified_at FROM addresses";
                Box::pin(async move { Ok(sqlx::query(sql).bind(OTHER).execute(c).await.map(drop)?) })
            })
            .await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        ada.type_code(ADA).await;
        ada.fill(&[("Email address", OTHER)]).press("Send code").await;
        assert!(ada.faults()[0].starts_with("You sign in with this address already."), "{:?}", ada.faults());
    })
    .await;
}

#[tokio::test]
async fn r11_who_recovers_without_a_second_step_sets_it_up_with_the_new_password() {
    every_way(async |server, ada| {
        let shop = shop(server).await;
        server.account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.press("recover").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", "seven grey geese on a roof")]).press("newPassword").await;
        assert_eq!(ada.heading(), "Set up a second step");
        ada.press("useOwnAddress").await;
        assert!(shop.has(ada));

        // A reset by the one mailbox there is has shown one proof: the next flow asks for all of it.
        shop.asks(ada).await;
        ada.press("continueAs").await;
        assert_eq!(ada.heading(), "Sign in");
        ada.sign_in(ADA, "seven grey geese on a roof").await;
        type_second_code(ada, ADA).await;
        assert!(shop.has(ada));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_showed_one_proof_is_told_so_without_a_page() {
    on_both(async |server| {
        let shop = shop(&server).await;
        let plain = server.application().await;
        careful(&server, &shop).await;
        let mut ada = server.browser();
        plain.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert!(plain.has(&ada), "the other flow asks once");
        shop.asks_with(&mut ada, &[("prompt", "none")]).await;
        let told = shop.answer(&ada).unwrap();
        assert_eq!(told["error"], "interaction_required");
        assert!(told["error_description"].starts_with("AADSTS50076"), "{told:?}");

        let asked = shop.asks(&mut ada).await;
        assert_eq!(ada.heading(), "Choose an account");
        ada.press("continueAs").await;
        type_second_code(&mut ada, OTHER).await;
        assert_eq!(shop.tokens(&ada, &asked).await.id["amr"], json!(["otp", "pwd", "mca"]));
        assert_eq!(server.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 1);
        shop.asks_with(&mut ada, &[("prompt", "none")]).await;
        assert!(shop.has(&ada));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_steps_up_to_nothing() {
    on_both(async |server| {
        let shop = shop(&server).await;
        let plain = server.application().await;
        careful(&server, &shop).await;
        let mut ada = server.browser();
        plain.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        shop.asks(&mut ada).await;
        ada.press("continueAs").await;
        ada.press("useCode").await;
        server
            .write(|c, tenant, now| {
                Box::pin(async move {
                    sqlx::query("UPDATE sessions SET ended_at = $1 WHERE tenant_id = $2")
                        .bind(now.0)
                        .bind(tenant.as_str())
                        .execute(c)
                        .await?;
                    Ok(())
                })
            })
            .await;
        ada.type_code(OTHER).await;
        assert!(!shop.has_come(&ada), "{}", ada.text());
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_shown_after_both_proofs() {
    every_way(async |server, ada| {
        let change = |flow: &mut UserFlow| {
            asks_twice(flow);
            flow.kind = FlowKind::ProfileEdit;
        };
        let editor = server.flow(change).await;
        let plain = server.application().await;
        careful(server, &editor).await;
        plain.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        editor.asks(ada).await;
        ada.press("continueAs").await;
        type_second_code(ada, OTHER).await;
        assert_eq!(ada.heading(), "Your profile");
        ada.fill(&[("Display name", "Countess")]).press("Save").await;
        assert!(editor.has(ada));
    })
    .await;
}

#[tokio::test]
async fn guesses_at_second_codes_are_counted_for_the_account() {
    on_both(async |server| {
        let shop = shop(&server).await;
        careful(&server, &shop).await;
        for _ in 0..2 {
            let mut thief = server.browser();
            shop.asks(&mut thief).await;
            thief.sign_in(ADA, PASSWORD).await;
            thief.press("useCode").await;
            for _ in 0..5 {
                thief.fill(&[("Code", "00000000")]).press("code").await;
            }
            assert!(thief.notice().unwrap().contains("tried too often"), "{:?}", thief.notice());
            server.clock.advance(MINUTE);
        }
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        // Ten wrong ones of the account: it waits, and the right code is worth nothing meanwhile.
        ada.press("useCode").await;
        let code = server.mailbox().code(OTHER).await;
        ada.fill(&[("Code", "00000000")]).press("code").await;
        ada.fill(&[("Code", &code)]).press("code").await;
        assert!(ada.faults()[0].starts_with("That isn’t the newest code."), "{:?}", ada.faults());
        server.clock.advance(3 * MINUTE);
        ada.fill(&[("Code", &code)]).press("code").await;
        assert!(shop.has(&ada), "{}", ada.text());
        let failures = "SELECT COUNT(*) FROM sign_in_failures WHERE error_code = 500121";
        assert!(server.count(failures).await > 0);
    })
    .await;
}

/// Whoever knows the password and reads the address of before, which the account does not keep any more.
#[tokio::test]
async fn r18_a_code_to_the_address_of_before_is_no_second_step() {
    on_both(async |server| {
        let shop = shop(&server).await;
        let edits = |flow: &mut UserFlow| {
            asks_twice(flow);
            flow.kind = FlowKind::ProfileEdit;
        };
        let editor = server.flow(edits).await;
        careful(&server, &shop).await;
        let (mut at_code, mut at_profile, mut at_password) = (server.browser(), server.browser(), server.browser());
        shop.asks(&mut at_code).await;
        at_code.sign_in(ADA, PASSWORD).await;
        at_code.press("useCode").await;
        let code = server.mailbox().code(OTHER).await;
        server.clock.advance(MINUTE);
        editor.asks(&mut at_profile).await;
        at_profile.sign_in(ADA, PASSWORD).await;
        type_second_code(&mut at_profile, OTHER).await;
        assert_eq!(at_profile.heading(), "Your profile");
        server.clock.advance(MINUTE);
        shop.asks(&mut at_password).await;
        at_password.press("recover").await;
        at_password.fill(&[("Email address", ADA)]).press("Send code").await;
        at_password.type_code(ADA).await;
        type_second_code(&mut at_password, OTHER).await;
        assert_eq!(at_password.heading(), "Choose a new password");
        server
            .write(|c, _, _| {
                let sql = "UPDATE addresses SET address = 'ada@third.example' WHERE kind = 'secondStep'";
                Box::pin(async move { Ok(sqlx::query(sql).execute(c).await.map(drop)?) })
            })
            .await;
        at_code.fill(&[("Code", &code)]).press("code").await;
        at_profile.press("Save").await;
        at_password.fill(&[("New password", "seven grey geese on a roof")]).press("newPassword").await;
        for thief in [&at_code, &at_profile, &at_password] {
            assert_eq!((thief.status.as_u16(), &thief.left_for), (410, &None), "{}", thief.text());
        }
        let mut ada = server.browser();
        server.clock.advance(11 * MINUTE);
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        type_second_code(&mut ada, "ada@third.example").await;
        assert!(shop.has(&ada), "{}", ada.text());
    })
    .await;
}

#[tokio::test]
async fn whoever_gets_a_new_password_meanwhile_ends_a_second_step_under_way() {
    on_both(async |server| {
        let shop = shop(&server).await;
        server.account(&shop, ADA).await;
        let (mut thief, mut ada) = (server.browser(), server.browser());
        shop.asks(&mut thief).await;
        thief.sign_in(ADA, PASSWORD).await;
        assert_eq!(thief.heading(), "Set up a second step");
        shop.asks(&mut ada).await;
        ada.press("recover").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", "seven grey geese on a roof")]).press("newPassword").await;
        thief.fill(&[("Email address", "thief@elsewhere.example")]).press("Send code").await;
        thief.type_code("thief@elsewhere.example").await;
        assert!(!shop.has_come(&thief), "{}", thief.text());
        assert_eq!(server.count("SELECT COUNT(*) FROM addresses WHERE kind = 'secondStep'").await, 0);
    })
    .await;
}
