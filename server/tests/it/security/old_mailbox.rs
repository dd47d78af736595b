//! By a user name a code goes to a mailbox that nobody typed: it counts where it was read, whoever the name leads to by then
//! (security R11).

use super::attacker::{readdress, sessions_of};
use crate::harness::{Administrator, Application, Browser, PASSWORD, on_both};
use app::contract::{
    flow_rules::{SecondStepAsked, SignInName},
    user_flow::{FlowKind, Method, UserFlow},
};
use serde_json::{Value, json};
use std::time::Duration;

const OLD: &str = "ada@example.org";
const OWN: &str = "ada@elsewhere.example";
const NEW: &str = "two birds in the bush";
const NAME: &str = "Email address or user name";
const MINUTE: Duration = Duration::from_secs(60);

fn by_either(flow: &mut UserFlow) {
    flow.rules.sign_in_name = SignInName::EmailOrUserName;
}

/// Known by a user name, and by an address at which she is reached.
async fn ada(admin: &Administrator, with_password: bool) -> String {
    let identity = |kind: &str, name: &str| json!({ "signInType": kind, "issuer": "", "issuerAssignedId": name });
    let identities = [identity("emailAddress", OLD), identity("userName", "adal")];
    let mut ada = json!({ "displayName": "Ada Lovelace", "identities": identities });
    if with_password {
        ada["passwordProfile"] = json!({ "password": PASSWORD, "forceChangePasswordNextSignIn": false });
    }
    admin.make("/users", ada).await
}

async fn moves(admin: &Administrator, ada: &str, address: &str) {
    readdress(admin, ada, &[("emailAddress", address), ("userName", "adal")]).await;
}

async fn forgot(application: &Application) -> Browser {
    let mut browser = application.server.browser();
    application.asks(&mut browser).await;
    browser.fill(&[(NAME, "adal")]).press("Continue").await;
    browser.press("Forgot password?").await;
    browser
}

async fn type_in(browser: &mut Browser, code: &str) {
    browser.fill(&[("Code", code)]).press("code").await;
}

fn is_shut_out(browser: &Browser) {
    assert_eq!((browser.status.as_u16(), &browser.left_for), (410, &None), "{}", browser.text());
}

#[tokio::test]
async fn r11_a_code_from_the_old_mailbox_makes_no_new_password() {
    on_both(async |server| {
        let (admin, shop) = (server.administrator().await, server.flow(by_either).await);
        let ada = ada(&admin, true).await;
        let mut browser = forgot(&shop).await;
        let code = server.mailbox().code(OLD).await;
        moves(&admin, &ada, OWN).await;
        type_in(&mut browser, &code).await;
        browser.fill(&[("New password", NEW)]).press("Save and sign in").await;
        is_shut_out(&browser);
        assert_eq!(sessions_of(&server, &ada.as_str().into()).await, 0);

        let mut owner = server.browser();
        shop.asks(&mut owner).await;
        owner.fill(&[(NAME, "adal")]).press("Continue").await;
        owner.guess(PASSWORD).await;
        assert!(shop.has(&owner), "the password is what it was: {}", owner.text());
    })
    .await;
}

/// Whoever signs in by codes alone would be in at once.
#[tokio::test]
async fn r11_a_code_from_the_old_mailbox_signs_nobody_in() {
    on_both(async |server| {
        let (admin, shop) = (server.administrator().await, server.flow(by_either).await);
        let ada = ada(&admin, false).await;
        let mut thief = forgot(&shop).await;
        let code = server.mailbox().code(OLD).await;
        moves(&admin, &ada, OWN).await;
        type_in(&mut thief, &code).await;
        is_shut_out(&thief);
        assert_eq!(sessions_of(&server, &ada.as_str().into()).await, 0);
    })
    .await;
}

/// Another code is asked for on the same page, and goes to where she is by now.
#[tokio::test]
async fn a_code_that_is_sent_again_counts_where_it_went() {
    on_both(async |server| {
        let (admin, shop) = (server.administrator().await, server.flow(by_either).await);
        let ada = ada(&admin, true).await;
        let mut owner = forgot(&shop).await;
        moves(&admin, &ada, OWN).await;
        server.clock.advance(MINUTE);
        owner.press("resend").await;
        let code = server.mailbox().code(OWN).await;
        type_in(&mut owner, &code).await;
        owner.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert!(shop.has(&owner), "{}", owner.text());
    })
    .await;
}

/// The code came back, a password is asked for, and forgotten: no second code is.
#[tokio::test]
async fn r11_a_mailbox_that_was_read_before_the_password_page_counts_after_it() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let by_code = |flow: &mut UserFlow| {
            by_either(flow);
            flow.method = Method::Passcode;
        };
        let shop = server.flow(by_code).await;
        let ada = ada(&admin, true).await;
        for (read, moved_to, is_theirs) in [(OLD, OWN, false), (OWN, "Ada@Elsewhere.example", true)] {
            server.clock.advance(MINUTE);
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.fill(&[(NAME, "adal")]).press("Continue").await;
            browser.type_code(read).await;
            moves(&admin, &ada, moved_to).await;
            browser.press("Forgot password?").await;
            assert_eq!(browser.heading(), "Choose a new password");
            browser.fill(&[("New password", NEW)]).press("Save and sign in").await;
            assert_eq!(shop.has(&browser), is_theirs, "{}", browser.text());
        }
    })
    .await;
}

/// Before a profile, behind a second step.
#[tokio::test]
async fn r11_a_mailbox_that_was_read_before_a_second_step_counts_before_a_profile() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let careful = |flow: &mut UserFlow| {
            by_either(flow);
            flow.kind = FlowKind::ProfileEdit;
            flow.rules.second_step.asked = SecondStepAsked::Always;
        };
        let editor = server.flow(careful).await;
        let ada = ada(&admin, false).await;
        let second: Value = json!({ "emailAddress": "ada@second.example" });
        let given = admin.post(&format!("/users/{ada}/authentication/emailMethods"), second).await;
        assert_eq!(given.status, 201, "{}", given.text());
        for (read, moved_to, is_theirs) in [(OLD, OWN, false), (OWN, "Ada@Elsewhere.example", true)] {
            server.clock.advance(MINUTE);
            let mut browser = forgot(&editor).await;
            browser.type_code(read).await;
            assert_eq!(browser.heading(), "One more step");
            moves(&admin, &ada, moved_to).await;
            browser.press("useCode").await;
            browser.type_code("ada@second.example").await;
            assert_eq!(browser.heading(), "Your profile");
            browser.press("Save").await;
            assert_eq!(editor.has(&browser), is_theirs, "{}", browser.text());
        }
    })
    .await;
}
