//! What this face tells of addresses is told slowly, and nothing is told where an application wants it so (security R2, R4, R6).

use super::{ADA, BOTH, OOB, Screens, token};
use crate::harness::{PASSWORD, TestServer, on_both};
use app::contract::user_flow::Method;
use std::{net::IpAddr, time::Duration};

async fn from_one_network(server: &TestServer) -> Screens {
    Screens { network: Some("198.51.100.7".parse().unwrap()), ..Screens::usual(server).await }
}

#[tokio::test]
async fn r2_who_tries_addresses_is_stopped_as_who_tries_passwords() {
    on_both(async |server| {
        let screens = from_one_network(&server).await;
        server.account(&screens.application, ADA).await;
        // Unknown people at sign-in and reset, taken addresses at sign-up: all of it one count.
        for number in 0..18 {
            let address = format!("guess{number}@example.org");
            let path = if number % 2 == 0 { "/oauth2/v2.0/initiate" } else { "/resetpassword/v1.0/start" };
            screens.refused(path, &[("username", &address), BOTH], "user_not_found", 50034).await;
        }
        for _ in 0..2 {
            let form = [("username", ADA), BOTH];
            screens.refused("/signup/v1.0/start", &form, "user_already_exists", 1_003_037).await;
        }
        for (path, address) in [
            ("/oauth2/v2.0/initiate", "one.more@example.org"),
            ("/oauth2/v2.0/initiate", ADA),
            ("/signup/v1.0/start", "one.more@example.org"),
            ("/signup/v1.0/start", ADA),
            ("/resetpassword/v1.0/start", "one.more@example.org"),
            ("/resetpassword/v1.0/start", ADA),
        ] {
            let answered = screens.call(path, &[("username", address), BOTH]).await;
            assert_eq!((answered.status.as_u16(), answered.header("retry-after")), (429, "60"), "{path} {address}");
            assert_eq!(answered.json()["error"], "temporarily_unavailable");
        }
        // Wrong passwords on our pages are of the same count.
        let elsewhere: IpAddr = "203.0.113.9".parse().unwrap();
        let neighbour = Screens { network: Some(elsewhere), ..screens.clone() };
        neighbour.initiate(ADA, BOTH).await;
        server.clock.advance(Duration::from_secs(61));
        screens.initiate(ADA, BOTH).await;
        assert_eq!(
            server.count("SELECT CAST(sum(times) AS BIGINT) FROM sign_in_failures WHERE error_code = 50034").await,
            18
        );
    })
    .await;
}

#[tokio::test]
async fn r2_wrong_passwords_of_one_network_are_stopped() {
    on_both(async |server| {
        let screens = from_one_network(&server).await;
        let mut tokens = Vec::new();
        for number in 0..3 {
            let address = format!("person{number}@example.org");
            server.account(&screens.application, &address).await;
            tokens.push(token(&screens.initiate(&address, BOTH).await));
        }
        for number in 0..20 {
            let wrong = format!("wrong {number}");
            let told = screens.prove(&tokens[number % 3], &[("grant_type", "password"), ("password", &wrong)]).await;
            assert_eq!(told.status, 400, "{number}");
        }
        let told = screens.prove(&tokens[0], &[("grant_type", "password"), ("password", PASSWORD)]).await;
        assert_eq!((told.status.as_u16(), told.header("retry-after")), (429, "60"), "{}", told.text());
    })
    .await;
}

/// An application that wants it so learns nothing of an address before somebody has proved it: every answer is the same,
/// but for what is random.
#[tokio::test]
async fn r4_r6_a_silent_application_is_told_nothing() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let screens = Screens::silent(&server, &flow).await;
        server.account(&screens.application, ADA).await;
        let off = server.account(&screens.application, "off@example.org").await;
        server.disable(&off).await;
        server.passcode_account(&screens.application, "grace@example.org").await;
        let everybody = [ADA, "eve@example.org", "off@example.org", "grace@example.org"];

        for challenges in [BOTH, OOB] {
            let mut told = Vec::new();
            for address in everybody {
                let held = screens.next("/oauth2/v2.0/initiate", &[("username", address), challenges]).await;
                let mut asked =
                    screens.good("/oauth2/v2.0/challenge", &[("continuation_token", &held), challenges]).await;
                let held = token(&asked);
                asked["continuation_token"].take();
                asked["challenge_target_label"].take();
                let proof = match asked["challenge_type"].as_str() {
                    Some("password") => [("grant_type", "password"), ("password", "wrong")],
                    _ => [("grant_type", "oob"), ("oob", "wrong")],
                };
                let wrong = screens.prove(&held, &proof).await.json();
                let listed = screens.good("/oauth2/v2.0/introspect", &[("continuation_token", &held)]).await;
                told.push((asked, wrong["error_codes"].clone(), listed["methods"][0]["id"].clone()));
                server.clock.advance(Duration::from_secs(61));
            }
            assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        }
        for (start, challenge) in [
            ("/signup/v1.0/start", "/signup/v1.0/challenge"),
            ("/resetpassword/v1.0/start", "/resetpassword/v1.0/challenge"),
        ] {
            for address in everybody {
                server.clock.advance(Duration::from_secs(1000));
                let held = screens.next(start, &[("username", address), BOTH]).await;
                let asked = screens.good(challenge, &[("continuation_token", &held), BOTH]).await;
                assert_eq!((&asked["challenge_type"], &asked["interval"]), (&"oob".into(), &30.into()), "{address}");
            }
        }
        server.clock.advance(Duration::from_secs(24 * 3600));

        // Whoever has proved the address is told.
        let prove = async |way: &str, address: &str| {
            let held = screens.next(&format!("{way}/start"), &[("username", address), BOTH]).await;
            let held = screens.next(&format!("{way}/challenge"), &[("continuation_token", &held), BOTH]).await;
            (held, screens.code(address).await)
        };
        for (way, address, error, number) in [
            ("/signup/v1.0", ADA, "user_already_exists", 1_003_037),
            ("/signup/v1.0", "off@example.org", "invalid_grant", 50057),
            ("/resetpassword/v1.0", "eve@example.org", "user_not_found", 50034),
            ("/resetpassword/v1.0", "grace@example.org", "invalid_request", 500_207),
        ] {
            let (held, code) = prove(way, address).await;
            let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
            screens.refused(&format!("{way}/continue"), &form, error, number).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_silent_application_signs_everybody_in_who_can_prove_it() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let screens = Screens::silent(&server, &flow).await;
        server.account(&screens.application, ADA).await;
        server.passcode_account(&screens.application, "grace@example.org").await;
        let held = token(&screens.initiate(ADA, BOTH).await);
        let answered = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        screens.are_good(answered).await;
        // Whoever has no password is asked for a code by an application that asks for nothing else.
        let held = token(&screens.initiate("grace@example.org", OOB).await);
        let code = screens.code("grace@example.org").await;
        let answered = screens.prove(&held, &[("grant_type", "oob"), ("oob", &code)]).await;
        screens.are_good(answered).await;
        // With a password beside it, that is more than the application asked for: the pages do the rest.
        let held = token(&screens.initiate(ADA, OOB).await);
        let code = screens.code(ADA).await;
        let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", &code)]).await;
        assert_eq!(
            (told.status.as_u16(), &told.json()["challenge_type"]),
            (200, &"redirect".into()),
            "{}",
            told.text()
        );
        // Nobody's address, proved.
        let held = token(&screens.initiate("eve@example.org", OOB).await);
        let code = screens.code("eve@example.org").await;
        let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", &code)]).await.json();
        assert_eq!((told["error"].as_str(), told["error_codes"][0].as_u64()), (Some("user_not_found"), Some(50034)));
    })
    .await;
}

/// A code is no way round the password that the flow asks of whoever signs up.
#[tokio::test]
async fn a_silent_sign_in_makes_no_accounts() {
    on_both(async |server| {
        // Nothing is asked of anybody: the code would be all.
        let flow = server.flow(|flow| flow.layout.inputs.clear()).await.flow;
        let screens = Screens::silent(&server, &flow).await;
        server.passcode_account(&screens.application, "grace@example.org").await;
        let held = token(&screens.initiate("eve@example.org", OOB).await);
        let code = screens.code("eve@example.org").await;
        let told = screens.prove(&held, &[("grant_type", "oob"), ("oob", &code)]).await.json();
        assert_eq!((told["error"].as_str(), told["error_codes"][0].as_u64()), (Some("user_not_found"), Some(50034)));
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 1, "Grace's");
    })
    .await;
}

/// Codes are sent to nobody more often than on our pages, and known or not makes no difference.
#[tokio::test]
async fn r6_codes_are_sent_to_strangers_and_owners_alike() {
    on_both(async |server| {
        let flow = server.flow(|flow| flow.method = Method::Passcode).await.flow;
        let screens = Screens::silent(&server, &flow).await;
        server.passcode_account(&screens.application, ADA).await;
        let mut waits = Vec::new();
        for address in [ADA, "eve@example.org"] {
            let mut held = token(&screens.initiate(address, OOB).await);
            let mut refused = Vec::new();
            for _ in 0..4 {
                server.clock.advance(Duration::from_secs(31));
                let form = [("continuation_token", held.as_str()), OOB];
                let answered = screens.call("/oauth2/v2.0/challenge", &form).await;
                if answered.status == 200 {
                    held = token(&answered.json());
                } else {
                    refused.push((answered.status.as_u16(), answered.header("retry-after").to_owned()));
                }
            }
            // Another journey helps nobody.
            let begun = screens.next("/oauth2/v2.0/initiate", &[("username", address), OOB]).await;
            let answered = screens.call("/oauth2/v2.0/challenge", &[("continuation_token", &begun), OOB]).await;
            refused.push((answered.status.as_u16(), answered.header("retry-after").to_owned()));
            waits.push(refused);
            assert_eq!(server.mailbox().to(address).await.len(), 3);
        }
        assert_eq!(waits[0].len(), 3, "{waits:?}");
        assert!(waits[0].iter().all(|(status, _)| *status == 429), "{waits:?}");
        assert_eq!(waits[0], waits[1]);
    })
    .await;
}
