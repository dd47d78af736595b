//! Signing in: by password, by code, with a second factor, and everything that is refused.

use super::{ADA, BOTH, OOB, Screens, token};
use crate::harness::{APP, PASSWORD, on_both};
use app::contract::user_flow::{FlowKind, Method};
use server::{
    directory::{person, second_factor},
    secret::totp,
};
use std::time::Duration;

#[tokio::test]
async fn a_password_opens_and_a_wrong_one_may_be_tried_again_with_the_same_token() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        server.account(&screens.application, ADA).await;
        let asked = screens.initiate(ADA, BOTH).await;
        assert_eq!(asked["challenge_type"], "password");
        let held = token(&asked);
        let wrong = screens.prove(&held, &[("grant_type", "password"), ("password", "wrong")]).await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["error_codes"]), (400, &serde_json::json!([50126])));
        assert_eq!(wrong.json()["error"], "invalid_grant");
        assert!(wrong.json()["continuation_token"].is_null());
        let answered = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        let tokens = screens.are_good(answered).await;
        assert!(tokens["scope"].as_str().unwrap().contains("offline_access"));
        // What they are good for: they are renewed as every application's are.
        let refreshed = screens.application.refresh(tokens["refresh_token"].as_str().unwrap()).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.text());
        // A way ends once.
        let again = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        assert_eq!(again.json()["error_codes"], serde_json::json!([552_003]), "{}", again.text());
        assert_eq!(server.count("SELECT count(*) FROM activities WHERE kind = 'signedIn'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_code_opens_and_is_sent_again() {
    on_both(async |server| {
        let flow = server.flow(|flow| flow.method = Method::Passcode).await.flow;
        let screens = Screens::over(&server, &flow).await;
        server.passcode_account(&screens.application, ADA).await;
        let asked = screens.initiate(ADA, OOB).await;
        assert_eq!(asked["challenge_type"], "oob");
        assert_eq!(
            (asked["binding_method"].as_str(), asked["challenge_channel"].as_str()),
            (Some("prompt"), Some("email"))
        );
        assert_eq!((asked["code_length"].as_u64(), asked["interval"].as_u64()), (Some(8), Some(30)));
        assert_eq!(asked["challenge_target_label"], "a***a@e***e.org");
        let (held, first) = (token(&asked), screens.code(ADA).await);

        // At once there is no other: whoever presses twice has one letter.
        let again = [("continuation_token", held.as_str()), OOB];
        let waits = screens.call("/oauth2/v2.0/challenge", &again).await;
        assert_eq!((waits.status.as_u16(), waits.header("retry-after")), (429, "30"));
        assert_eq!(waits.json()["error_codes"], serde_json::json!([90055]));
        server.clock.advance(Duration::from_secs(31));
        let held = screens.next("/oauth2/v2.0/challenge", &again).await;
        let second = screens.code(ADA).await;
        assert_ne!(first, second);

        for wrong in [first.as_str(), "12", "not a code"] {
            let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", wrong)]).await;
            assert_eq!((told.status.as_u16(), &told.json()["suberror"]), (400, &"invalid_oob_value".into()), "{wrong}");
            assert_eq!(told.json()["error_codes"], serde_json::json!([50181]));
        }
        let answered = screens.prove(&held, &[("grant_type", "oob"), ("oob", &second)]).await;
        screens.are_good(answered).await;
    })
    .await;
}

#[tokio::test]
async fn r3_five_wrong_tries_kill_a_code_and_another_helps() {
    on_both(async |server| {
        let flow = server.flow(|flow| flow.method = Method::Passcode).await.flow;
        let screens = Screens::over(&server, &flow).await;
        server.passcode_account(&screens.application, ADA).await;
        let held = token(&screens.initiate(ADA, OOB).await);
        let right = screens.code(ADA).await;
        let wrong = if right == "00000000" { "00000001" } else { "00000000" };
        for _ in 0..5 {
            let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", wrong)]).await;
            assert_eq!(told.json()["suberror"], "invalid_oob_value");
        }
        let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", &right)]).await;
        assert_eq!(told.json()["suberror"], "invalid_oob_value", "{}", told.text());
        server.clock.advance(Duration::from_secs(31));
        let held = screens.next("/oauth2/v2.0/challenge", &[("continuation_token", &held), OOB]).await;
        // Too old.
        server.clock.advance(Duration::from_secs(601));
        let late = screens.code(ADA).await;
        let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", &late)]).await;
        assert_eq!(told.json()["suberror"], "invalid_oob_value", "{}", told.text());
        let held = screens.next("/oauth2/v2.0/challenge", &[("continuation_token", &held), OOB]).await;
        let answered = screens.prove(&held, &[("grant_type", "oob"), ("oob", &screens.code(ADA).await)]).await;
        screens.are_good(answered).await;
    })
    .await;
}

/// Whatever new people of the flow do: an account keeps the way that it signed up with, and no letter is sent for nothing.
#[tokio::test]
async fn an_older_account_is_asked_for_what_it_has() {
    on_both(async |server| {
        let passcode = server.flow(|flow| flow.method = Method::Passcode).await.flow;
        let screens = Screens::over(&server, &passcode).await;
        server.account(&screens.application, ADA).await;
        let asked = screens.initiate(ADA, BOTH).await;
        assert_eq!(asked["challenge_type"], "password");
        assert!(server.mailbox().all().await.is_empty());
        let answered = screens.prove(&token(&asked), &[("grant_type", "password"), ("password", PASSWORD)]).await;
        screens.are_good(answered).await;

        let screens = Screens::usual(&server).await;
        server.passcode_account(&screens.application, "grace@example.org").await;
        assert_eq!(screens.initiate("grace@example.org", BOTH).await["challenge_type"], "oob");
        // An application that cannot ask for it sends the person to the pages.
        let only_password = ("challenge_type", "password redirect");
        screens.is_redirected("/oauth2/v2.0/initiate", &[("username", "grace@example.org"), only_password]).await;
        screens.is_redirected("/oauth2/v2.0/initiate", &[("username", ADA), OOB]).await;
        // Or finds out at the challenge.
        let held = screens.next("/oauth2/v2.0/initiate", &[("username", ADA), BOTH]).await;
        screens.is_redirected("/oauth2/v2.0/challenge", &[("continuation_token", &held), OOB]).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        server.account(&screens.application, ADA).await;
        let initiate = "/oauth2/v2.0/initiate";
        for username in ["", "ada", "ada@", "a@b", "ada@example.org\r\nbcc: eve@example.org"] {
            let told = screens.refused(initiate, &[("username", username), BOTH], "invalid_request", 90100).await;
            // MSAL looks for these words.
            let why = told["error_description"].as_str().unwrap();
            assert!(why.contains("username parameter is empty or not valid"), "{why}");
        }
        screens.refused(initiate, &[("username", ADA)], "invalid_request", 900_144).await;
        let no_way_out = [("username", ADA), ("challenge_type", "oob password")];
        screens.refused(initiate, &no_way_out, "unsupported_challenge_type", 901_007).await;
        screens.refused(initiate, &[("username", ADA), ("username", ADA), BOTH], "invalid_request", 90100).await;
        screens.refused(initiate, &[("username", "eve@example.org"), BOTH], "user_not_found", 50034).await;

        let held = screens.next(initiate, &[("username", ADA), BOTH]).await;
        let early = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        assert_eq!(early.json()["error_codes"], serde_json::json!([90100]), "no challenge yet: {}", early.text());
        let held = token(&screens.good("/oauth2/v2.0/challenge", &[("continuation_token", &held)]).await);
        for (proof, error, number) in [
            (vec![("grant_type", "oob"), ("oob", "12345678")], "invalid_request", 90100),
            (vec![("grant_type", "password")], "invalid_request", 900_144),
            (vec![("grant_type", "continuation_token")], "invalid_request", 90100),
            (vec![("grant_type", "attributes")], "unsupported_grant_type", 70003),
            (vec![], "invalid_request", 900_144),
        ] {
            let told = screens.prove(&held, &proof).await;
            assert_eq!(told.status, 400, "{proof:?}");
            let told = told.json();
            assert_eq!(
                (told["error"].as_str(), told["error_codes"][0].as_u64()),
                (Some(error), Some(number)),
                "{proof:?}"
            );
        }
        // The scope is judged before the password is.
        let form = [("continuation_token", held.as_str()), ("grant_type", "password"), ("password", PASSWORD)];
        screens.refused("/oauth2/v2.0/token", &form, "invalid_request", 900_144).await;
        let foreign = [&form[..], &[("scope", "https://other.example/read")]].concat();
        screens.refused("/oauth2/v2.0/token", &foreign, "invalid_scope", 70011).await;
        let answered = screens.prove(&held, &form[1..]).await;
        screens.are_good(answered).await;
    })
    .await;
}

#[tokio::test]
async fn who_may_not_come_in_is_told_why() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        let ada = server.account(&screens.application, ADA).await;
        // A password that an administrator made has to be replaced first.
        let (tenant, hash) = (server.tenant.clone(), server.state.hasher.hash(&PASSWORD.into()).await.unwrap());
        let id = ada.clone();
        server
            .write(move |c, _, now| {
                Box::pin(async move { person::reset_password(c, &tenant, &id, &hash, true, &[], now).await })
            })
            .await;
        let held = token(&screens.initiate(ADA, BOTH).await);
        let told = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await.json();
        assert_eq!((told["error"].as_str(), told["error_codes"][0].as_u64()), (Some("invalid_request"), Some(50142)));

        // Whoever is switched off has a wrong password, and is told the truth when the address is proved.
        server.disable(&ada).await;
        let held = token(&screens.initiate(ADA, BOTH).await);
        let told = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await.json();
        assert_eq!(told["error_codes"][0], 50126);
        let grace = server.passcode_account(&screens.application, "grace@example.org").await;
        server.disable(&grace).await;
        let held = token(&screens.initiate("grace@example.org", BOTH).await);
        let code = screens.code("grace@example.org").await;
        let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", &code)]).await.json();
        assert_eq!((told["error"].as_str(), told["error_codes"][0].as_u64()), (Some("invalid_grant"), Some(50057)));

        // Flows that are for something else.
        let only_new = server.flow(|flow| flow.kind = FlowKind::SignUp).await.flow;
        let screens = Screens::over(&server, &only_new).await;
        screens.refused("/oauth2/v2.0/initiate", &[("username", ADA), BOTH], "unauthorized_client", 50105).await;
        let profiles = server.flow(|flow| flow.kind = FlowKind::ProfileEdit).await.flow;
        let screens = Screens::over(&server, &profiles).await;
        server.account(&screens.application, "joan@example.org").await;
        let held = token(&screens.initiate("joan@example.org", BOTH).await);
        let told = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        assert_eq!((told.status.as_u16(), &told.json()["challenge_type"]), (200, &"redirect".into()));
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_asked_of_whoever_has_one() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        let ada = server.account(&screens.application, ADA).await;
        let context = second_factor::context(&server.tenant, &ada);
        let sealed = server.state.seal.seal(&server.state.chance, &context, APP);
        server
            .write(move |c, tenant, now| {
                Box::pin(async move { second_factor::insert(c, &tenant, &ada, &sealed, 0, now).await })
            })
            .await;
        let password = [("grant_type", "password"), ("password", PASSWORD)];

        // An application that cannot ask for it sends the person to the pages.
        let held = token(&screens.initiate(ADA, BOTH).await);
        let told = screens.prove(&held, &password).await;
        assert_eq!(
            (told.status.as_u16(), &told.json()["challenge_type"]),
            (200, &"redirect".into()),
            "{}",
            told.text()
        );

        for name in ["capabilities", "capability"] {
            let able = (name, "mfa_required registration_required");
            let held = screens.next("/oauth2/v2.0/initiate", &[("username", ADA), BOTH, able]).await;
            let held = screens.next("/oauth2/v2.0/challenge", &[("continuation_token", &held), BOTH]).await;
            let told = screens.prove(&held, &password).await.json();
            assert_eq!(
                (told["error"].as_str(), told["suberror"].as_str()),
                (Some("invalid_grant"), Some("mfa_required"))
            );
            assert_eq!(told["error_codes"][0], 50076);
            let told = screens.good("/oauth2/v2.0/introspect", &[("continuation_token", &token(&told))]).await;
            assert_eq!(told["methods"][0]["challenge_type"], "oob");
            let id = told["methods"][0]["id"].as_str().unwrap();
            let held = token(&told);
            let asked =
                screens.good("/oauth2/v2.0/challenge", &[("continuation_token", &held), BOTH, ("id", id)]).await;
            assert_eq!((asked["challenge_type"].as_str(), asked["code_length"].as_u64()), (Some("oob"), Some(6)));
            let held = token(&asked);
            let wrong = screens.prove(&held, &[("grant_type", "mfa_oob"), ("oob", "000000")]).await.json();
            assert_eq!(wrong["suberror"], "invalid_oob_value", "{wrong}");
            let code = totp::shown(APP, server.now());
            // The documents write the one, MSAL the other.
            let grant_type = if name == "capability" { "oob" } else { "mfa_oob" };
            let answered = screens.prove(&held, &[("grant_type", grant_type), ("oob", &code)]).await;
            let tokens = screens.application.checked(answered).await;
            assert_eq!(tokens.id["amr"], serde_json::json!(["otp", "pwd", "mfa"]));
            server.clock.advance(Duration::from_secs(60));
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_address_signs_in_with_is_listed() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        server.account(&screens.application, ADA).await;
        server.passcode_account(&screens.application, "grace@example.org").await;
        for (address, id, kind) in [(ADA, "password", "password"), ("grace@example.org", "email", "oob")] {
            let held = screens.next("/oauth2/v2.0/initiate", &[("username", address), BOTH]).await;
            let told = screens.good("/oauth2/v2.0/introspect", &[("continuation_token", &held)]).await;
            let method = &told["methods"][0];
            assert_eq!((method["id"].as_str(), method["challenge_type"].as_str()), (Some(id), Some(kind)));
            let held = token(&told);
            screens.next("/oauth2/v2.0/challenge", &[("continuation_token", &held), BOTH]).await;
        }
    })
    .await;
}
