//! Codes: for one application, one redirect URI, one verifier, one browser, once, within a minute (security R28).

use super::{ADA, ada_with_code, refused};
use crate::harness::{PASSWORD, at_once, on_both};
use std::time::Duration;

#[tokio::test]
async fn r28_cve_2023_48228_a_code_needs_its_own_verifier() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let other = "a".repeat(43);
        for verifier in [None, Some(""), Some(other.as_str()), Some("short"), Some("S256")] {
            let (_, _, code) = ada_with_code(&server, &shop).await;
            let mut form =
                vec![("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &shop.redirect_uri)];
            form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
            let error = refused(&shop.token(&form).await);
            assert!(["invalid_grant", "invalid_request"].contains(&error.as_str()), "{verifier:?}: {error}");
        }
    })
    .await;
}

#[tokio::test]
async fn r28_without_s256_no_code_is_made() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server.application_over(&flow, |made| made.secrets.clear()).await;
        let (_, good) = shop.request();
        for (changes, error) in [
            (&[("code_challenge", None)][..], "invalid_request"),
            (&[("code_challenge_method", None)], "invalid_request"),
            (&[("code_challenge_method", Some("plain"))], "invalid_request"),
            (&[("code_challenge_method", Some("s256"))], "invalid_request"),
            (&[("code_challenge", Some("short"))], "invalid_request"),
            (&[("code_challenge", None), ("code_challenge_method", None)], "invalid_request"),
            (&[("response_type", Some("token"))], "unsupported_response_type"),
            (&[("response_type", Some("id_token"))], "unsupported_response_type"),
            (&[("response_type", Some("code token"))], "unsupported_response_type"),
            (&[("response_type", Some("code id_token"))], "unsupported_response_type"),
            (&[("request", Some("e30."))], "request_not_supported"),
            (&[("request_uri", Some("https://evil.example/"))], "request_uri_not_supported"),
            (&[("scope", Some("https://graph.example/.default"))], "invalid_scope"),
        ] {
            let mut parameters = good.clone();
            for (name, value) in changes {
                parameters.retain(|(known, _)| known != name);
                parameters.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
            }
            let mut browser = server.browser();
            browser.open(&shop.authorize(&parameters)).await;
            let answer = shop.answer(&browser).unwrap_or_else(|| panic!("{changes:?}: {}", browser.text()));
            assert_eq!(answer["error"], error, "{changes:?}");
            assert_eq!(answer["state"], good.iter().find(|(name, _)| name == "state").unwrap().1);
        }
        assert_eq!(server.count("SELECT count(*) FROM grants").await, 0);
    })
    .await;
}

/// cve 29: a code is worth nothing to another application, for another address, or from another browser.
#[tokio::test]
async fn cve_2023_0264_a_code_is_nobody_else_s() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        let two = server
            .application_over(&shop.flow, |made| {
                let mut second = made.redirect_uris[0].clone();
                second.uri = "https://shop.example.test/other".into();
                made.redirect_uris.push(second);
            })
            .await;
        server.account(&shop, ADA).await;

        let (_, asked, code) = ada_with_code(&server, &shop).await;
        assert_eq!(refused(&other.redeem(&code, &asked).await), "invalid_grant");

        let (_, asked, code) = ada_with_code(&server, &two).await;
        let elsewhere = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", "https://shop.example.test/other"),
            ("code_verifier", asked.verifier.as_str()),
        ];
        assert_eq!(refused(&two.token(&elsewhere).await), "invalid_grant");

        // The way back of a journey, opened by somebody else's browser.
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        let mut submission = ada.page.submit(&[("Password".into(), PASSWORD.into())], "Sign in");
        let answered = {
            let body =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(submission.pairs.drain(..)).finish();
            let request = ada
                .request(axum::http::Method::POST, &submission.path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin");
            ada.send(request.body(body.into()).unwrap()).await
        };
        let resume = answered.leads_to().unwrap();
        assert!(resume.contains("/oauth2/resume/"), "{resume}");
        let mut thief = server.browser();
        thief.open(&resume).await;
        assert_eq!((thief.status.as_u16(), thief.left_for.is_none()), (410, true));
        shop.asks(&mut thief).await;
        thief.open(&resume).await;
        assert_eq!((thief.status.as_u16(), thief.left_for.is_none()), (410, true));
        ada.open(&resume).await;
        assert!(shop.has(&ada));
        ada.open(&resume).await;
        assert!(!shop.has(&ada), "one grant, one code");
    })
    .await;
}

#[tokio::test]
async fn r28_a_code_lives_a_minute_and_is_used_once() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        server.clock.advance(Duration::from_secs(59));
        let tokens = shop.checked(shop.redeem(&code, &asked).await).await;
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_grant");
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant", "reuse revokes");

        let (_, asked, code) = ada_with_code(&server, &shop).await;
        server.clock.advance(Duration::from_secs(61));
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_grant");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r28_fifty_redemptions_at_once_give_one_set_of_tokens() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let there = shop.through(&server.another().await);
        let answers = at_once(50, |number| {
            let application = if number % 2 == 0 { shop.clone() } else { there.clone() };
            let (code, asked) = (code.clone(), asked.clone());
            async move { application.redeem(&code, &asked).await }
        })
        .await;
        let given: Vec<_> = answers.iter().filter(|answered| answered.status == 200).collect();
        assert_eq!(given.len(), 1);
        assert!(answers.iter().all(|answered| !answered.status.is_server_error() || answered.status == 503));
        let token = given[0].json()["refresh_token"].as_str().unwrap().to_owned();
        assert_eq!(refused(&shop.refresh(&token).await), "invalid_grant", "the reuse revoked the family");
        assert_eq!(server.count("SELECT count(*) FROM token_families WHERE revoked_at IS NULL").await, 0);
    })
    .await;
}

/// cve 32: what was asked is kept on our side; nothing in the browser can change it.
#[tokio::test]
async fn cve_2026_7571_nothing_in_the_browser_holds_the_request() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let canary = "canary-5f2c8e";
        let asked = shop.asks_with(&mut ada, &[("state", canary), ("nonce", canary), ("login_hint", "")]).await;
        assert!(!ada.page.html.contains(canary));
        for cookie in ada.cookies() {
            assert!(!ada.cookie(&cookie).unwrap().contains(canary), "{cookie}");
        }
        assert!(!ada.page.path.contains('?'));
        // More parameters on the journey's own address say nothing.
        let path = ada.page.path.clone();
        ada.open(&format!("{path}?redirect_uri=https://evil.example/&response_type=token&prompt=none")).await;
        ada.sign_in(ADA, PASSWORD).await;
        let answer = shop.answer(&ada).unwrap();
        assert_eq!(answer["state"], canary);
        let asked = crate::harness::Asked { state: canary.into(), nonce: canary.into(), ..asked };
        assert_eq!(shop.tokens(&ada, &asked).await.id["nonce"], canary);
    })
    .await;
}
