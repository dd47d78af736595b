//! Flows that are there for one thing: to edit a profile, to reset a password, to sign up or to sign in.

use super::every_way;
use crate::harness::{Application, Browser, PASSWORD, Place, TestServer, input};
use app::contract::{
    flow_rules::{FlowRules, ForgotPassword},
    user_flow::{FlowKind, Layout, UserFlow},
};

const ADA: &str = "ada@example.org";
const NEW: &str = "two birds in the bush";

async fn of_kind(server: &TestServer, kind: FlowKind) -> Application {
    server.flow(|flow: &mut UserFlow| flow.kind = kind).await
}

/// A flow for the profile: the name that the other flow asked, and a city.
async fn profile(server: &TestServer) -> Application {
    let change = |flow: &mut UserFlow| {
        flow.kind = FlowKind::ProfileEdit;
        let inputs = vec![input("displayName", "Display name"), input("city", "City")];
        flow.layout = Layout { revision: 1, inputs };
        flow.claims = vec!["displayName".into(), "city".into()];
    };
    server.flow(change).await
}

fn told(shop: &Application, browser: &Browser) -> String {
    let answer = shop.answer(browser).expect("the application has its answer");
    assert_eq!(answer["error"], "access_denied");
    answer["error_description"].clone()
}

#[tokio::test]
async fn who_is_signed_in_edits_their_profile_and_the_tokens_say_so() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;

        let editor = profile(server).await;
        let asked = editor.asks(ada).await;
        assert_eq!(ada.heading(), "Your profile");
        ada.fill(&[("Display name", "Ada Lovelace"), ("City", "London")]).press("Save").await;
        let tokens = editor.tokens(ada, &asked).await;
        assert_eq!((&tokens.id["name"], &tokens.id["city"]), (&"Ada Lovelace".into(), &"London".into()));

        editor.asks(ada).await;
        assert_eq!(ada.page.value("attribute.city").as_deref(), Some("London"), "as it is known");
        ada.fill(&[("City", "")]).press("Save").await;
        assert!(editor.has(ada));
        let attributes = server.profile(&account).await.attributes;
        assert_eq!(attributes.get("city"), None, "what was emptied is forgotten");
        assert_eq!(attributes["displayName"], "Ada Lovelace");
    })
    .await;
}

#[tokio::test]
async fn who_is_not_signed_in_does_so_first() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let editor = profile(server).await;
        let asked = editor.asks(ada).await;
        assert!(!ada.text().contains("Create one"), "{}", ada.text());
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "Your profile");
        ada.fill(&[("City", "Turin")]).press("Save").await;
        assert_eq!(editor.tokens(ada, &asked).await.id["city"], "Turin");
    })
    .await;
}

#[tokio::test]
async fn a_profile_can_be_left_as_it_is() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let before = server.profile(&account).await;
        let editor = profile(server).await;
        editor.asks(ada).await;
        ada.press("Back to Groceries").await;
        let told = told(&editor, ada);
        assert!(told.starts_with("AADB2C90091: "), "{told}");
        assert!(told.contains("\r\nCorrelation ID: ") && told.contains("\r\nTimestamp: "), "{told}");
        assert_eq!(server.profile(&account).await, before);
    })
    .await;
}

/// entra-features §6: an application that names flows hears where somebody would rather not, as B2C tells it.
#[tokio::test]
async fn who_would_rather_not_goes_back_from_a_flow_that_was_named_or_only_signs_up() {
    every_way(async |server, ada| {
        let shop = server.flow(|flow| flow.name = "B2C_1_susi".into()).await;
        shop.asks(ada).await;
        assert!(!ada.text().contains("Back to Groceries"), "{}", ada.text());
        for shop in [shop.at(Place::Query("susi".into())), of_kind(server, FlowKind::SignUp).await] {
            shop.asks(ada).await;
            ada.press("Back to Groceries").await;
            let told = told(&shop, ada);
            assert!(told.starts_with("AADB2C90091: "), "{told}");
        }
    })
    .await;
}

/// Security R11, R12: whoever knows an old password waits at the profile until its owner has a new one.
#[tokio::test]
async fn r12_a_profile_that_the_old_password_opened_is_closed_by_the_new_one() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let editor = profile(server).await;
        let mut thief = server.browser();
        editor.asks(&mut thief).await;
        thief.sign_in(ADA, PASSWORD).await;
        assert_eq!(thief.heading(), "Your profile");

        shop.asks(ada).await;
        ada.press("Can’t access your account?").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert!(shop.has(ada), "{}", ada.text());

        let before = server.profile(&account).await;
        thief.fill(&[("City", "Nowhere")]).press("Save").await;
        assert_eq!((thief.status.as_u16(), &thief.left_for), (410, &None));
        assert_eq!(server.profile(&account).await, before);
        assert_eq!(server.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 1, "Ada's");
    })
    .await;
}

/// No page may be shown, and there is nothing to do without one.
#[tokio::test]
async fn a_profile_is_not_edited_behind_a_persons_back() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let editor = profile(server).await;
        editor.asks_with(ada, &[("prompt", "none")]).await;
        assert_eq!(editor.answer(ada).unwrap()["error"], "interaction_required");
    })
    .await;
}

#[tokio::test]
async fn r14_a_profile_takes_only_what_its_flow_lists() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let editor = profile(server).await;
        editor.asks(ada).await;
        let before = server.profile(&account).await;
        let mut forged = ada.page.submit(&[], "Save");
        forged.pairs.push(("attribute.jobTitle".into(), "Administrator".into()));
        ada.submit(forged).await;
        assert_eq!(server.profile(&account).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_flow_for_resets_ends_with_a_new_password() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let reset = of_kind(server, FlowKind::PasswordReset).await;
        let asked = reset.asks(ada).await;
        assert_eq!(ada.heading(), "Get back into your account");
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", NEW)]).press("Save and sign in").await;
        assert_eq!(reset.tokens(ada, &asked).await.id["oid"], account.as_str());
    })
    .await;
}

#[tokio::test]
async fn r4_a_flow_for_resets_makes_no_account_and_tells_only_whose_address_it_is() {
    every_way(async |server, ada| {
        let reset = of_kind(server, FlowKind::PasswordReset).await;
        reset.asks(ada).await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        assert_eq!(ada.heading(), "Check your email");
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Try another address");
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_flow_for_signing_up_begins_there() {
    every_way(async |server, ada| {
        let shop = of_kind(server, FlowKind::SignUp).await;
        shop.asks(ada).await;
        assert_eq!(ada.heading(), "Create your account");
        assert!(!ada.text().contains("Have an account?"), "{}", ada.text());
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", NEW)]).press("Continue").await;
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        assert!(shop.has(ada), "{}", ada.text());
    })
    .await;
}

#[tokio::test]
async fn an_application_that_wants_to_is_told_of_a_forgotten_password() {
    every_way(async |server, ada| {
        let rules = FlowRules { forgot_password: ForgotPassword::TellApplication, ..FlowRules::default() };
        let shop = server.flow(|flow| flow.rules = rules).await;
        server.account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.sign_in(ADA, "not this one").await;
        ada.press("Forgot password?").await;
        let told = told(&shop, ada);
        assert!(told.starts_with("AADB2C90118: "), "{told}");
    })
    .await;
}

#[tokio::test]
async fn where_nobody_recovers_no_page_says_so() {
    every_way(async |server, ada| {
        let rules = FlowRules { forgot_password: ForgotPassword::NotOffered, ..FlowRules::default() };
        let shop = server.flow(|flow| flow.rules = rules).await;
        shop.asks(ada).await;
        assert!(!ada.text().contains("access your account"), "{}", ada.text());
        ada.sign_in(ADA, "not this one").await;
        assert!(!ada.text().contains("Forgot"), "{}", ada.text());
    })
    .await;
}
