//! Who may use this face, and what a continuation token is worth: to its own application, once, for a while (security R24, R25).

use super::{ADA, BOTH, OOB, Screens, token};
use crate::harness::{PASSWORD, Place, TestServer, on_both};
use axum::{
    body::Body,
    http::{Method, Request},
};
use server::directory::application::{NativeAuthentication, Platform, RedirectUri};
use std::time::Duration;

const PAGE: &str = "https://shop.example";
const STARTS: [&str; 3] = ["/oauth2/v2.0/initiate", "/signup/v1.0/start", "/resetpassword/v1.0/start"];
const ALL: [&str; 14] = [
    "/signup/v1.0/start",
    "/signup/v1.0/challenge",
    "/signup/v1.0/continue",
    "/oauth2/v2.0/initiate",
    "/oauth2/v2.0/challenge",
    "/oauth2/v2.0/introspect",
    "/register/v1.0/introspect",
    "/register/v1.0/challenge",
    "/register/v1.0/continue",
    "/resetpassword/v1.0/start",
    "/resetpassword/v1.0/challenge",
    "/resetpassword/v1.0/continue",
    "/resetpassword/v1.0/submit",
    "/resetpassword/v1.0/poll_completion",
];

#[tokio::test]
async fn it_is_off_until_an_administrator_switches_it_on() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let off = Screens::made(&server, &flow, |_| ()).await;
        server.account(&off.application, ADA).await;
        for path in ALL {
            let form = [("username", ADA), BOTH, ("continuation_token", "x")];
            off.refused_as(path, &form, ("invalid_client", 500_222), "nativeauthapi_disabled").await;
        }
        let form = [("continuation_token", "x"), ("grant_type", "oob"), ("oob", "1"), ("scope", "openid")];
        off.refused_as("/oauth2/v2.0/token", &form, ("invalid_client", 500_222), "nativeauthapi_disabled").await;

        let admin = server.administrator().await;
        let path = format!("/applications/{}", off.application.id);
        assert_eq!(admin.read(&path).await["nativeAuthenticationApisEnabled"], "none");
        let change =
            serde_json::json!({ "nativeAuthenticationApisEnabled": "all", "nativeAuthenticationIsSilent": true });
        assert!(admin.patch(&path, change).await.status.is_success());
        let told = admin.read(&path).await;
        assert_eq!(
            (&told["nativeAuthenticationApisEnabled"], &told["nativeAuthenticationIsSilent"]),
            (&"all".into(), &true.into())
        );
        off.next("/oauth2/v2.0/initiate", &[("username", "nobody@example.org"), BOTH]).await;
        let change = serde_json::json!({ "nativeAuthenticationIsSilent": false });
        assert!(admin.patch(&path, change).await.status.is_success());
        off.refused("/oauth2/v2.0/initiate", &[("username", "nobody@example.org"), BOTH], "user_not_found", 50034)
            .await;

        // An application that has a secret is a server: people type nothing there.
        let flow = off.application.flow.clone();
        let confidential =
            server.application_over(&flow, |it| it.native_authentication = NativeAuthentication::Telling).await;
        let confidential = Screens { application: confidential, network: None };
        let secret = confidential.application.secret.clone().unwrap();
        for form in [vec![("username", ADA), BOTH], vec![("username", ADA), BOTH, ("client_secret", secret.reveal())]] {
            confidential.refused_as(STARTS[0], &form, ("invalid_client", 500_222), "nativeauthapi_disabled").await;
        }

        let mut nobody = off.clone();
        nobody.application.id = "nobody".into();
        nobody.refused(STARTS[0], &[("username", ADA), BOTH], "invalid_client", 700_016).await;
        server.switch(&off.application, false).await;
        off.refused(STARTS[0], &[("username", ADA), BOTH], "invalid_client", 7_000_112).await;
    })
    .await;
}

#[tokio::test]
async fn r24_a_token_is_of_one_application_one_way_and_one_answer() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        let other = Screens::over(&server, &screens.application.flow).await;
        server.account(&screens.application, ADA).await;
        let first = screens.next(STARTS[0], &[("username", ADA), BOTH]).await;
        let challenge = "/oauth2/v2.0/challenge";
        for garbage in ["x", "x.y", &first[1..], &first[..first.len() - 2], &format!("{first}A")] {
            screens.refused(challenge, &[("continuation_token", garbage), BOTH], "invalid_request", 55200).await;
        }
        screens.refused(challenge, &[BOTH], "invalid_request", 900_144).await;
        other.refused(challenge, &[("continuation_token", &first), BOTH], "invalid_request", 55200).await;
        for way in ["/signup/v1.0/challenge", "/resetpassword/v1.0/challenge"] {
            screens.refused(way, &[("continuation_token", &first), BOTH], "invalid_request", 55200).await;
        }
        // Of another tenant with an application of the same name.
        server.make_tenant("elsewhere".into(), "Elsewhere").await;
        let elsewhere: TestServer = server.in_tenant("elsewhere".into());
        let theirs = elsewhere.application().await;
        let id = screens.application.id.clone();
        let theirs = Screens::made(&elsewhere, &theirs.flow, |it| {
            it.id = id;
            it.native_authentication = NativeAuthentication::Telling;
        })
        .await;
        theirs.refused(challenge, &[("continuation_token", &first), BOTH], "invalid_request", 55200).await;

        let second = screens.next("/oauth2/v2.0/introspect", &[("continuation_token", &first)]).await;
        let third = screens.next(challenge, &[("continuation_token", &second), BOTH]).await;
        screens.refused(challenge, &[("continuation_token", &first), BOTH], "expired_token", 552_003).await;
        let password = [("grant_type", "password"), ("password", PASSWORD)];
        let stale = screens.prove(&first, &password).await.json();
        assert_eq!((stale["error"].as_str(), stale["error_codes"][0].as_u64()), (Some("expired_token"), Some(552_003)));
        // Whom the last answer did not reach is told it again. What they send with the token of before does not count.
        let again = screens.good(challenge, &[("continuation_token", &second), BOTH]).await;
        assert_eq!(again["challenge_type"], "password");
        let repeated = screens.prove(&second, &password).await.json();
        assert_eq!(repeated["error_codes"][0], 90100, "{repeated}");
        let second = token(&again);
        assert_ne!(second, third, "sealed anew, and the same");
        let foreign = other.prove(&second, &password).await.json();
        assert_eq!(foreign["error_codes"][0], 55200);
        server.clock.advance(Duration::from_secs(3601));
        let late = screens.prove(&second, &password).await.json();
        assert_eq!(late["error_codes"][0], 552_003);
    })
    .await;
}

#[tokio::test]
async fn r24_the_last_token_is_redeemed_once_at_one_place() {
    on_both(async |server| {
        let flow = server.flow(|flow| flow.layout.inputs.clear()).await.flow;
        let screens = Screens::over(&server, &flow).await;
        let other = Screens::over(&server, &flow).await;
        let sign_up = async |address: &str| {
            let held = token(&screens.start_sign_up(address, &[("password", PASSWORD)]).await);
            let code = screens.code(address).await;
            let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
            screens.next("/signup/v1.0/continue", &form).await
        };
        let done = sign_up(ADA).await;
        // It is no code.
        for redirect_uri in ["", "com.example.shop:/signed-in"] {
            let form = [("grant_type", "authorization_code"), ("code", done.as_str()), ("redirect_uri", redirect_uri)];
            assert_eq!(screens.application.token(&form).await.status, 400);
        }
        let last = [("grant_type", "continuation_token")];
        assert_eq!(other.prove(&done, &last).await.json()["error_codes"][0], 55200);
        screens
            .refused("/signup/v1.0/challenge", &[("continuation_token", &done), BOTH], "expired_token", 552_003)
            .await;
        screens.tokens(&done).await;
        let again = screens.prove(&done, &last).await;
        assert_eq!(
            (again.status.as_u16(), again.json()["error_codes"][0].as_u64()),
            (400, Some(552_003)),
            "{}",
            again.text()
        );
        assert_eq!(server.count("SELECT count(*) FROM token_families WHERE revoked_at IS NULL").await, 0);

        let done = sign_up("grace@example.org").await;
        server.clock.advance(Duration::from_secs(601));
        assert_eq!(screens.prove(&done, &last).await.json()["error_codes"][0], 552_003);
        // What is told of somebody is what the application asked for.
        let done = sign_up("joan@example.org").await;
        let form = [("continuation_token", done.as_str()), last[0], ("scope", "openid")];
        let answered = screens.call("/oauth2/v2.0/token", &form).await.json();
        assert!(answered["id_token"].is_string() && answered["refresh_token"].is_null(), "{answered}");
    })
    .await;
}

#[tokio::test]
async fn r25_a_page_asks_first_and_only_the_applications_own_reads() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let screens = Screens::made(&server, &flow, |it| {
            it.native_authentication = NativeAuthentication::Telling;
            it.redirect_uris = vec![RedirectUri { platform: Platform::SinglePage, uri: format!("{PAGE}/") }];
        })
        .await;
        server.account(&screens.application, ADA).await;
        for path in ALL.into_iter().chain(["/oauth2/v2.0/token"]) {
            let request = Request::builder()
                .method(Method::OPTIONS)
                .uri(screens.application.address(path))
                .header("origin", PAGE)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "x-client-sku,x-tracking");
            let answered = server.send(request.body(Body::empty()).unwrap()).await;
            assert!(answered.status.is_success(), "{path}");
            assert_eq!(answered.header("access-control-allow-origin"), "*", "{path}");
            let allowed: Vec<&str> = answered.header("access-control-allow-headers").split(", ").collect();
            for name in [
                "content-type",
                "client-request-id",
                "x-client-sku",
                "x-client-ver",
                "x-client-os",
                "x-client-cpu",
                "x-client-current-telemetry",
                "x-client-last-telemetry",
                // And whatever an interceptor of the application's own adds.
                "*",
            ] {
                assert!(allowed.contains(&name), "{path} {name}");
            }
            assert!(!answered.headers.contains_key("access-control-allow-credentials"));
        }
        let own = [("origin", PAGE)];
        let answered = screens.call_with(STARTS[0], &[("username", ADA), BOTH], &own).await;
        assert_eq!((answered.status.as_u16(), answered.header("access-control-allow-origin")), (200, PAGE));
        assert!(answered.header("access-control-expose-headers").contains("x-ms-request-id"));
        // A refusal is read as well.
        let held = token(&answered.json());
        let refused = screens.call_with(STARTS[0], &[("username", "eve@example.org"), BOTH], &own).await;
        assert_eq!((refused.status.as_u16(), refused.header("access-control-allow-origin")), (400, PAGE));
        let held = token(
            &screens.call_with("/oauth2/v2.0/challenge", &[("continuation_token", &held), BOTH], &own).await.json(),
        );
        let form = [
            ("continuation_token", held.as_str()),
            ("grant_type", "password"),
            ("password", PASSWORD),
            ("scope", "openid offline_access"),
        ];
        for origin in ["https://evil.example", "null", "https://shop.example.evil.example"] {
            let foreign = [("origin", origin)];
            for path in STARTS {
                let answered = screens.call_with(path, &[("username", ADA), BOTH], &foreign).await;
                assert_eq!(answered.json()["error_codes"][0], 9_002_326, "{origin}");
                assert!(!answered.headers.contains_key("access-control-allow-origin"), "{origin}");
            }
            let answered = screens.call_with("/oauth2/v2.0/token", &form, &foreign).await;
            assert_eq!(answered.json()["error_codes"][0], 9_002_326, "{origin}");
        }
        let answered = screens.call_with("/oauth2/v2.0/token", &form, &own).await;
        assert_eq!((answered.status.as_u16(), answered.header("access-control-allow-origin")), (200, PAGE));
        // A page has nowhere safe to keep a refresh token for longer than a day.
        assert_eq!(answered.json()["refresh_token_expires_in"], 24 * 3600);
    })
    .await;
}

/// As with codes: what one flow gave is worth nothing at another (AADB2C90088), and its tokens call it as it was called.
#[tokio::test]
async fn a_way_ends_in_the_flow_that_it_began_in() {
    on_both(async |server| {
        let shop = server.flow(|flow| flow.name = "Shop".into()).await;
        server.flow(|flow| flow.name = "Partners".into()).await;
        let plain = Screens::over(&server, &shop.flow).await;
        let at = |name: &str| {
            let application = plain.application.at(Place::Query(name.into()));
            Screens { application, network: None }
        };
        server.account(&plain.application, ADA).await;
        let password = [("grant_type", "password"), ("password", PASSWORD)];
        for (here, there) in
            [(at("shop"), at("partners")), (at("partners"), at("shop")), (plain.clone(), at("partners"))]
        {
            let held = token(&here.initiate(ADA, BOTH).await);
            let told = there.prove(&held, &password).await;
            assert_eq!(
                (told.status.as_u16(), &told.json()["error"]),
                (400, &"invalid_grant".into()),
                "{}",
                told.text()
            );
            assert!(told.text().contains("AADB2C90088"), "{}", told.text());
        }
        for (here, name) in
            [(at("b2c_1_partners"), Some("B2C_1_Partners")), (at("shop"), Some("Shop")), (plain.clone(), None)]
        {
            let held = token(&here.initiate(ADA, BOTH).await);
            let tokens = here.application.checked(here.prove(&held, &password).await).await;
            assert_eq!(tokens.id.get("tfp").and_then(|name| name.as_str()), name);
        }
    })
    .await;
}

/// Fault F11: an application that gave an answer up, wherever the server was with it, loses no right code.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_code_that_was_given_up_is_not_lost() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        for polls in 0..10 {
            let address = format!("person{polls}@example.org");
            let held = token(&screens.start_sign_up(&address, &[]).await);
            let code = screens.code(&address).await;
            let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
            let given_up = async {
                for _ in 0..polls {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                _ = screens.call("/signup/v1.0/continue", &form) => {}
                () = given_up => {}
            }
            let told = screens.call("/signup/v1.0/continue", &form).await.json();
            assert_eq!(told["error_codes"][0], 55103, "given up after {polls}: {told}");
            let held = token(&told);
            let form = [("continuation_token", held.as_str()), ("grant_type", "password"), ("password", PASSWORD)];
            screens.refused("/signup/v1.0/continue", &form, "attributes_required", 55106).await;
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_administers_signs_in_on_our_own_pages() {
    on_both(async |server| {
        server.administrator().await;
        let house = server.in_tenant(server::administration::TENANT_ID.into());
        let screens = Screens::over(&house, &server::administration::flow_id()).await;
        screens
            .refused_as(STARTS[0], &[("username", ADA), BOTH], ("invalid_client", 500_222), "nativeauthapi_disabled")
            .await;
        screens
            .refused_as(STARTS[2], &[("username", ADA), OOB], ("invalid_client", 500_222), "nativeauthapi_disabled")
            .await;
    })
    .await;
}

/// Screens of an application's own ask for an API by the words of all the others, and are refused before anything is used up.
#[tokio::test]
async fn an_api_is_asked_for_where_tokens_are() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        server.account(&screens.application, ADA).await;
        let admin = server.administrator().await;
        let offered = serde_json::json!({ "oauth2PermissionScopes": [{ "value": "Tasks.Read" }] });
        let api = admin.make("/applications", serde_json::json!({ "displayName": "Tasks", "api": offered })).await;
        let scope = format!("openid offline_access api://{api}/Tasks.Read");
        let held = token(&screens.initiate(ADA, BOTH).await);
        let proof = [("grant_type", "password"), ("password", PASSWORD)];
        let form = [[("continuation_token", held.as_str()), ("scope", scope.as_str())], proof].concat();
        screens.refused("/oauth2/v2.0/token", &form, "consent_required", 65_001).await;
        let client = screens.application.id.as_str();
        let granted = serde_json::json!({ "clientId": client, "resourceId": api, "scope": "Tasks.Read" });
        admin.make("/oauth2PermissionGrants", granted).await;
        let told = screens.good("/oauth2/v2.0/token", &form).await;
        assert_eq!(told["scope"], scope.as_str());
    })
    .await;
}
