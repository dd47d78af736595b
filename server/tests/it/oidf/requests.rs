//! OIDCC Basic, Implicit, Hybrid: what may be wished, and what is wrong with a request.

use super::{ADA, Run, in_profiles};
use crate::harness::{PASSWORD, Submission};
use std::time::Duration;

#[tokio::test]
async fn oidcc_response_type_missing() {
    in_profiles("BIH", async |mut run| {
        let error = run.is_refused(&[("response_type", "")]).await;
        assert!(["invalid_request", "unsupported_response_type"].contains(&error.as_str()), "{error}");
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() {
    in_profiles("B", async |mut run| {
        let brought = run.signs_in(&[("nonce", "")]).await;
        let (claims, _) = run.tokens(&brought).await;
        assert!(claims["nonce"].is_null());
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_request_without_nonce_fails() {
    in_profiles("IH", async |mut run| {
        assert_eq!(run.is_refused(&[("nonce", "")]).await, "invalid_request");
    })
    .await;
}

/// With these parameters too it goes well.
async fn succeeds(letters: &str, changes: &'static [(&'static str, &'static str)]) {
    in_profiles(letters, async |mut run| {
        let brought = run.signs_in(changes).await;
        run.tokens(&brought).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_display_page() {
    succeeds("BIH", &[("display", "page")]).await;
}

#[tokio::test]
async fn oidcc_display_popup() {
    succeeds("BIH", &[("display", "popup")]).await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_unknown_parameter_succeeds() {
    succeeds("BIH", &[("extra", "foobar")]).await;
}

#[tokio::test]
async fn oidcc_login_hint() {
    succeeds("BIH", &[("login_hint", "somebody@example.org")]).await;
}

#[tokio::test]
async fn oidcc_ui_locales() {
    succeeds("BIH", &[("ui_locales", "se en")]).await;
}

#[tokio::test]
async fn oidcc_claims_locales() {
    succeeds("BIH", &[("claims_locales", "se en")]).await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_acr_values_succeeds() {
    succeeds("BIH", &[("acr_values", "1 0")]).await;
}

#[tokio::test]
async fn oidcc_prompt_login() {
    in_profiles("BIH", async |mut run| {
        let (first, second) = twice(&mut run, &[("prompt", "login")]).await;
        assert!(second > first);
    })
    .await;
}

#[tokio::test]
async fn oidcc_max_age_1() {
    in_profiles("BIH", async |mut run| {
        let (first, second) = twice(&mut run, &[("max_age", "1")]).await;
        assert!(second > first);
        assert!(run.server.now().seconds() - second <= 2, "recent");
    })
    .await;
}

/// Ada signs in, and again as the second request wants it: on a page both times. When, both times.
async fn twice(run: &mut Run, changes: &[(&str, &str)]) -> (i64, i64) {
    let brought = run.signs_in(&[]).await;
    let (before, _) = run.tokens(&brought).await;
    run.server.clock.advance(Duration::from_secs(2));
    let asked = run.opens(changes).await;
    assert_eq!(run.ada.heading(), "Sign in");
    run.ada.sign_in(ADA, PASSWORD).await;
    let (after, _) = run.tokens(&run.brought(asked)).await;
    assert_eq!(before["sub"], after["sub"]);
    (before["auth_time"].as_i64().unwrap(), after["auth_time"].as_i64().unwrap())
}

#[tokio::test]
async fn oidcc_max_age_10000() {
    in_profiles("BIH", async |mut run| {
        let brought = run.signs_in(&[]).await;
        let (before, _) = run.tokens(&brought).await;
        run.server.clock.advance(Duration::from_secs(2));
        let asked = run.opens(&[("max_age", "10000")]).await;
        let (after, _) = run.tokens(&run.brought(asked)).await;
        assert_eq!((&before["auth_time"], &before["sub"]), (&after["auth_time"], &after["sub"]));
    })
    .await;
}

#[tokio::test]
async fn oidcc_prompt_none_not_logged_in() {
    in_profiles("BIH", async |mut run| {
        let error = run.is_refused(&[("prompt", "none")]).await;
        let wanted = ["login_required", "interaction_required", "account_selection_required", "consent_required"];
        assert!(wanted.contains(&error.as_str()), "{error}");
    })
    .await;
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in() {
    in_profiles("BIH", async |mut run| {
        let brought = run.signs_in(&[]).await;
        let (before, _) = run.tokens(&brought).await;
        let asked = run.opens(&[("prompt", "none")]).await;
        let (after, _) = run.tokens(&run.brought(asked)).await;
        assert_eq!((&before["auth_time"], &before["sub"]), (&after["auth_time"], &after["sub"]));
    })
    .await;
}

#[tokio::test]
async fn oidcc_id_token_hint() {
    in_profiles("BIH", async |mut run| {
        let (asked, answer) = run.signs_in(&[]).await;
        let id_token = match answer.get("id_token") {
            Some(id_token) => id_token.clone(),
            None => run.redeem(&answer["code"]).await["id_token"].as_str().unwrap().to_owned(),
        };
        let before = run.shop.verify(&id_token, "JWT").await;
        drop(asked);
        let asked = run.opens(&[("prompt", "none"), ("id_token_hint", &id_token)]).await;
        let (after, _) = run.tokens(&run.brought(asked)).await;
        assert_eq!(before["sub"], after["sub"]);
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri() {
    in_profiles("BIH", async |mut run| {
        run.opens(&[("redirect_uri", "https://shop.example.test/elsewhere")]).await;
        run.is_error_page();
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    in_profiles("B", async |mut run| {
        let (asked, pairs) = run.asks(&[]);
        let path = format!("/{}/oauth2/v2.0/authorize", run.shop.tenant);
        run.ada.submit(Submission { path, pairs }).await;
        run.ada.sign_in(ADA, PASSWORD).await;
        run.tokens(&run.brought(asked)).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    in_profiles("BIH", async |mut run| {
        assert_eq!(run.discovery().await["request_uri_parameter_supported"], false);
        let error = run.is_refused(&[("request_uri", "https://shop.example.test/request.jwt")]).await;
        assert_eq!(error, "request_uri_not_supported");
    })
    .await;
}

#[tokio::test]
async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    in_profiles("BIH", async |mut run| {
        assert_eq!(run.is_refused(&[("request", "eyJhbGciOiJub25lIn0.e30.")]).await, "request_not_supported");
    })
    .await;
}

/// A redirect URI in the object says nothing: it is not read at all.
#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    in_profiles("BIH", async |mut run| {
        let object = ("request", "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2V2aWwuZXhhbXBsZS8ifQ.");
        run.opens(&[object, ("redirect_uri", "https://evil.example/")]).await;
        run.is_error_page();
        assert_eq!(run.is_refused(&[object]).await, "request_not_supported");
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() {
    in_profiles("BH", async |mut run| {
        let (asked, parameters) = run.shop.request();
        let challenge = parameters.iter().find(|(name, _)| name == "code_challenge").unwrap().1.clone();
        let with = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
        let (_, answer) = run.signs_in(&with).await;
        assert_eq!(run.shop.redeem(&answer["code"], &asked).await.status, 200);
    })
    .await;
}
