//! What people are called: user names, and addresses that are taken as typed.

use super::{ADA, BOTH, OOB, Screens, token};
use crate::harness::{PASSWORD, TestServer, on_both};
use app::contract::{
    flow_rules::{AddressProof, FlowRules, SignInName},
    id::UserFlowId,
};
use serde_json::Value;

const MINA: &str = "Mina-K";
const NEW: &str = "two birds in the bush";
const START: &str = "/signup/v1.0/start";
const CHALLENGE: &str = "/signup/v1.0/challenge";
const CONTINUE: &str = "/signup/v1.0/continue";
const ONLY_PASSWORD: (&str, &str) = ("challenge_type", "password redirect");
const NAMED: (&str, &str) = ("attributes", r#"{"displayName":"Ada"}"#);

async fn flow(server: &TestServer, sign_in_name: SignInName, address: AddressProof) -> UserFlowId {
    let rules = FlowRules { sign_in_name, address, ..FlowRules::default() };
    server.flow(|flow| flow.rules = rules).await.flow
}

#[tokio::test]
async fn a_user_name_signs_in_and_comes_by_a_new_password() {
    on_both(async |server| {
        for names in [SignInName::UserName, SignInName::EmailOrUserName] {
            let flow = flow(&server, names, AddressProof::ByCode).await;
            for screens in [Screens::over(&server, &flow).await, Screens::silent(&server, &flow).await] {
                let name = server.state.chance.id();
                let contact = format!("{name}@example.org");
                server.user_name(&screens.application, &name, &contact).await;
                let held = token(&screens.initiate(&name.to_uppercase(), BOTH).await);
                let answered = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
                screens.are_good(answered).await;

                let way = "/resetpassword/v1.0";
                let held = screens.next(&format!("{way}/start"), &[("username", &name), OOB]).await;
                let asked = screens.good(&format!("{way}/challenge"), &[("continuation_token", &held), OOB]).await;
                assert!(!asked.to_string().contains("example"), "{asked}");
                let (held, code) = (token(&asked), screens.code(&contact).await);
                let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
                let held = screens.next(&format!("{way}/continue"), &form).await;
                let form = [("continuation_token", held.as_str()), ("new_password", NEW)];
                screens.tokens(&screens.next(&format!("{way}/submit"), &form).await).await;
            }
        }
    })
    .await;
}

/// A code that was read at the address of before opens nothing after the account has another one (security R11).
#[tokio::test]
async fn r11_a_code_from_the_old_mailbox_makes_no_new_password() {
    on_both(async |server| {
        let flow = flow(&server, SignInName::UserName, AddressProof::ByCode).await;
        let screens = Screens::over(&server, &flow).await;
        server.user_name(&screens.application, MINA, ADA).await;
        let way = "/resetpassword/v1.0";
        let held = screens.next(&format!("{way}/start"), &[("username", MINA), OOB]).await;
        let held = screens.next(&format!("{way}/challenge"), &[("continuation_token", &held), OOB]).await;
        let code = screens.code(ADA).await;
        server
            .write(|c, _, _| {
                let sql = "UPDATE addresses SET address = 'mina@elsewhere.example'";
                Box::pin(async move { Ok(sqlx::query(sql).execute(c).await.map(drop)?) })
            })
            .await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let held = screens.next(&format!("{way}/continue"), &form).await;
        let form = [("continuation_token", held.as_str()), ("new_password", NEW)];
        screens.refused(&format!("{way}/submit"), &form, "expired_token", 552_003).await;
    })
    .await;
}

#[tokio::test]
async fn a_name_is_of_the_kind_that_the_flow_has() {
    on_both(async |server| {
        for (names, good, bad) in [
            (SignInName::Email, ADA, MINA),
            (SignInName::UserName, MINA, ADA),
            (SignInName::EmailOrUserName, ADA, "no one"),
            (SignInName::EmailOrUserName, MINA, "no@one@example.org"),
        ] {
            let flow = flow(&server, names, AddressProof::ByCode).await;
            let screens = Screens::over(&server, &flow).await;
            for path in ["/oauth2/v2.0/initiate", START, "/resetpassword/v1.0/start"] {
                screens.refused(path, &[("username", bad), BOTH], "invalid_request", 90100).await;
            }
            screens.refused("/oauth2/v2.0/initiate", &[("username", good), BOTH], "user_not_found", 50034).await;
        }
    })
    .await;
}

/// The API has no field for the address behind a user name.
#[tokio::test]
async fn who_would_be_asked_for_an_address_signs_up_on_the_pages() {
    on_both(async |server| {
        let user_names = flow(&server, SignInName::UserName, AddressProof::ByCode).await;
        let both = flow(&server, SignInName::EmailOrUserName, AddressProof::ByCode).await;
        for flow in [&user_names, &both] {
            let screens = Screens::over(&server, flow).await;
            screens.is_redirected(START, &[("username", MINA), BOTH]).await;
        }
        let screens = Screens::over(&server, &both).await;
        assert_eq!(screens.start_sign_up(ADA, &[]).await["challenge_type"], "oob");
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_as_typed_needs_no_code() {
    on_both(async |server| {
        let addresses = flow(&server, SignInName::Email, AddressProof::AsTyped).await;
        let user_names = flow(&server, SignInName::UserName, AddressProof::AsTyped).await;
        for (flow, first, second, third) in
            [(addresses, ADA, "eve@example.org", "joan@example.org"), (user_names, MINA, "eve", "joan")]
        {
            let screens = Screens::over(&server, &flow).await;
            screens.is_redirected(START, &[("username", first), OOB]).await;
            // Step by step.
            let held = screens.next(START, &[("username", first), ONLY_PASSWORD]).await;
            let asked = screens.good(CHALLENGE, &[("continuation_token", &held), ONLY_PASSWORD]).await;
            assert_eq!(asked["challenge_type"], "password");
            let held = token(&asked);
            let form = [("continuation_token", held.as_str()), ("grant_type", "password"), ("password", PASSWORD)];
            let held = token(&screens.refused(CONTINUE, &form, "attributes_required", 55106).await);
            let form = [("continuation_token", held.as_str()), ("grant_type", "attributes"), NAMED];
            let done = screens.next(CONTINUE, &form).await;
            screens.tokens(&done).await;
            // What was told at the start is not asked again.
            let form = [("username", second), ONLY_PASSWORD, ("password", PASSWORD)];
            let held = screens.next(START, &form).await;
            let form = [("continuation_token", held.as_str()), ONLY_PASSWORD];
            let held = token(&screens.refused(CHALLENGE, &form, "attributes_required", 55106).await);
            let form = [("continuation_token", held.as_str()), ("grant_type", "attributes"), NAMED];
            let done = screens.next(CONTINUE, &form).await;
            screens.tokens(&done).await;
            let form = [("username", third), ONLY_PASSWORD, ("password", PASSWORD), NAMED];
            let held = screens.next(START, &form).await;
            let done = screens.next(CHALLENGE, &[("continuation_token", &held), ONLY_PASSWORD]).await;
            screens.tokens(&done).await;

            screens.refused(START, &[("username", first), BOTH], "user_already_exists", 1_003_037).await;
        }
        assert!(server.mailbox().all().await.is_empty());
    })
    .await;
}

/// Everything but the last answer, which makes the account.
async fn until_attributes(screens: &Screens, name: &str) -> String {
    let held = screens.next(START, &[("username", name), BOTH, ("password", PASSWORD)]).await;
    let form = [("continuation_token", held.as_str()), BOTH];
    token(&screens.refused(CHALLENGE, &form, "attributes_required", 55106).await)
}

async fn attributes(screens: &Screens, held: &str, error: &str, number: u32) -> Value {
    let form = [("continuation_token", held), ("grant_type", "attributes"), NAMED];
    screens.refused(CONTINUE, &form, error, number).await
}

#[tokio::test]
async fn f14_who_was_second_to_a_name_is_told() {
    on_both(async |server| {
        let addresses = flow(&server, SignInName::Email, AddressProof::AsTyped).await;
        let screens = Screens::over(&server, &addresses).await;
        let held = until_attributes(&screens, ADA).await;
        // By everything at once too.
        let form = [("username", ADA), BOTH, ("password", PASSWORD), NAMED];
        let at_once = screens.next(START, &form).await;
        server.account(&screens.application, ADA).await;
        attributes(&screens, &held, "user_already_exists", 1_003_037).await;
        let form = [("continuation_token", at_once.as_str()), BOTH];
        screens.refused(CHALLENGE, &form, "user_already_exists", 1_003_037).await;

        let user_names = flow(&server, SignInName::UserName, AddressProof::AsTyped).await;
        // A user name is nobody's secret: who wants it has to be told (`journey/address`).
        for screens in [Screens::over(&server, &user_names).await, Screens::silent(&server, &user_names).await] {
            let name = server.state.chance.id();
            let held = until_attributes(&screens, &name).await;
            let early = screens.next(START, &[("username", &name), BOTH]).await;
            server.user_name(&screens.application, &name, ADA).await;
            attributes(&screens, &held, "user_already_exists", 1_003_037).await;
            let form = [("continuation_token", early.as_str()), BOTH];
            screens.refused(CHALLENGE, &form, "user_already_exists", 1_003_037).await;
        }
    })
    .await;
}

/// A silent application learns that there is an account from whoever has proved the address.
#[tokio::test]
async fn r4_a_silent_application_goes_through_the_code_of_an_address_that_somebody_has() {
    on_both(async |server| {
        let addresses = flow(&server, SignInName::Email, AddressProof::AsTyped).await;
        let screens = Screens::silent(&server, &addresses).await;
        let proves = async |held: &str, address: &str| {
            let code = screens.code(address).await;
            let form = [("continuation_token", held), ("grant_type", "oob"), ("oob", &code)];
            screens.refused(CONTINUE, &form, "user_already_exists", 1_003_037).await;
        };
        server.account(&screens.application, ADA).await;
        let held = until_attributes(&screens, ADA).await;
        let held = token(&attributes(&screens, &held, "credential_required", 55103).await);
        // It is on its way already: nobody waits for another one.
        let asked = screens.good(CHALLENGE, &[("continuation_token", &held), BOTH]).await;
        assert_eq!((&asked["challenge_type"], &asked["interval"]), (&"oob".into(), &30.into()));
        assert_eq!(server.mailbox().all().await.len(), 1);
        let held = token(&asked);
        let again = screens.call(CHALLENGE, &[("continuation_token", &held), BOTH]).await;
        assert_eq!(again.status, 429, "{}", again.text());
        proves(&held, ADA).await;

        // By everything at once too.
        server.account(&screens.application, "eve@example.org").await;
        let form = [("username", "eve@example.org"), BOTH, ("password", PASSWORD), NAMED];
        let held = screens.next(START, &form).await;
        let asked = screens.good(CHALLENGE, &[("continuation_token", &held), BOTH]).await;
        assert_eq!(asked["challenge_type"], "oob");
        proves(&token(&asked), "eve@example.org").await;
        // Who cannot ask for a code is led to the pages.
        server.account(&screens.application, "joan@example.org").await;
        let form = [("username", "joan@example.org"), ONLY_PASSWORD, ("password", PASSWORD), NAMED];
        let held = screens.next(START, &form).await;
        screens.is_redirected(CHALLENGE, &[("continuation_token", &held), ONLY_PASSWORD]).await;
    })
    .await;
}
