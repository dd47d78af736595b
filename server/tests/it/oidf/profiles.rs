//! OIDCC Basic, Implicit, Hybrid: what comes back when all is well, and what userinfo says.

use super::{ADA, in_profiles};
use axum::{body::Body, http::Request};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

#[tokio::test]
async fn oidcc_server() {
    in_profiles("BIH", async |mut run| {
        let brought = run.signs_in(&[]).await;
        assert_eq!(brought.1["state"], brought.0.state);
        if let Some(code) = brought.1.get("code") {
            assert!(URL_SAFE_NO_PAD.decode(code).unwrap().len() >= 16, "128 bits");
        }
        let (claims, _) = run.tokens(&brought).await;
        for asked_for_by_scope in ["name", "email", "given_name", "address", "phone_number"] {
            // The flow's own choice (`displayName`) comes with whatever scope.
            assert!(claims[asked_for_by_scope].is_null() || asked_for_by_scope == "name", "{asked_for_by_scope}");
        }
        assert_eq!(claims["aud"], run.shop.id.as_str());
    })
    .await;
}

#[tokio::test]
async fn oidcc_idtoken_signature() {
    in_profiles("BIH", async |mut run| {
        let brought = run.signs_in(&[]).await;
        let id_token = match brought.1.get("id_token") {
            Some(id_token) => id_token.clone(),
            None => run.redeem(&brought.1["code"]).await["id_token"].as_str().unwrap().to_owned(),
        };
        let header = jsonwebtoken::decode_header(&id_token).unwrap();
        assert_eq!((header.alg, header.kid.is_some()), (jsonwebtoken::Algorithm::RS256, true));
    })
    .await;
}

#[tokio::test]
async fn oidcc_idtoken_unsigned() {
    in_profiles("B", async |run| {
        let algorithms = run.discovery().await["id_token_signing_alg_values_supported"].clone();
        assert!(
            !algorithms.as_array().unwrap().contains(&"none".into()),
            "the module asks no more of who does not offer it"
        );
    })
    .await;
}

async fn userinfo(request: impl Fn(&str, &str) -> Request<Body>) {
    in_profiles("BIH", async |mut run| {
        let brought = run.signs_in(&[("scope", "openid email")]).await;
        let (claims, Some(token)) = run.tokens(&brought).await else { return };
        let answered = run.server.send(request(&format!("/{}/oidc/userinfo", run.shop.tenant), &token)).await;
        assert_eq!((answered.status.as_u16(), answered.header("content-type")), (200, "application/json"));
        assert_eq!((&answered.json()["sub"], &answered.json()["email"]), (&claims["sub"], &ADA.into()));
    })
    .await;
}

#[tokio::test]
async fn oidcc_userinfo_get() {
    let bearer = |token: &str| format!("Bearer {token}");
    userinfo(|path, token| Request::get(path).header("authorization", bearer(token)).body(Body::empty()).unwrap())
        .await;
}

#[tokio::test]
async fn oidcc_userinfo_post_header() {
    let bearer = |token: &str| format!("Bearer {token}");
    userinfo(|path, token| Request::post(path).header("authorization", bearer(token)).body(Body::empty()).unwrap())
        .await;
}

#[tokio::test]
async fn oidcc_userinfo_post_body() {
    let form = "application/x-www-form-urlencoded";
    userinfo(|path, token| {
        Request::post(path).header("content-type", form).body(Body::from(format!("access_token={token}"))).unwrap()
    })
    .await;
}

/// A scope that is offered tells its claims; one that is not is left out, and nothing fails for it.
async fn scope(words: &'static str, told: &'static [&'static str]) {
    in_profiles("BIH", async |mut run| {
        let scope = format!("openid {words}");
        let brought = run.signs_in(&[("scope", &scope)]).await;
        let (claims, access_token) = run.tokens(&brought).await;
        // The ID token has it beside an access token, too: `oidf.md` says so.
        assert_eq!(claims["email"].is_null(), !told.contains(&"email"));
        let person = match access_token {
            Some(token) => run.shop.userinfo(&token).await.json(),
            None => claims,
        };
        for claim in told {
            assert!(!person[claim].is_null(), "{claim}");
        }
        assert_eq!(person["email"].is_null(), !told.contains(&"email"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_scope_profile() {
    scope("profile", &["name", "preferred_username"]).await;
}

#[tokio::test]
async fn oidcc_scope_email() {
    scope("email", &["email", "email_verified"]).await;
}

#[tokio::test]
async fn oidcc_scope_address() {
    scope("address", &[]).await;
}

#[tokio::test]
async fn oidcc_scope_phone() {
    scope("phone", &[]).await;
}

#[tokio::test]
async fn oidcc_scope_all() {
    scope("profile email address phone", &["name", "email"]).await;
}

/// Another way through everything: other words for state and nonce, and the secret in the form.
#[tokio::test]
async fn oidcc_alternate_happy_flow() {
    in_profiles("BIH", async |mut run| {
        let long = "~".repeat(128);
        let (mut asked, answer) = run.signs_in(&[("state", &long), ("nonce", &long)]).await;
        assert_eq!(answer["state"], long);
        asked.nonce = long;
        run.tokens(&(asked, answer)).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_claims_essential() {
    in_profiles("BIH", async |mut run| {
        let place = if run.response_type == "id_token" { "id_token" } else { "userinfo" };
        let claims = format!(r#"{{"{place}":{{"email":{{"essential":true}}}}}}"#);
        let brought = run.signs_in(&[("claims", &claims)]).await;
        let (claims, access_token) = run.tokens(&brought).await;
        match access_token {
            Some(token) => {
                assert!(claims["email"].is_null());
                assert_eq!(run.shop.userinfo(&token).await.json()["email"], ADA);
            }
            None => assert_eq!(claims["email"], ADA),
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_server_client_secret_post() {
    in_profiles("BH", async |mut run| {
        let (_, answer) = run.signs_in(&[]).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &answer["code"]),
            ("redirect_uri", &run.shop.redirect_uri),
            ("client_id", run.shop.id.as_str()),
            ("client_secret", run.shop.secret.as_ref().unwrap().reveal()),
        ];
        assert_eq!(run.shop.post_token(&form, None).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn oidcc_refresh_token() {
    in_profiles("BH", async |mut run| {
        let (_, answer) = run.signs_in(&[("scope", "openid offline_access"), ("prompt", "consent")]).await;
        let tokens = run.redeem(&answer["code"]).await;
        let token = tokens["refresh_token"].as_str().unwrap();
        // RFC 6749 §A.17.
        assert!(token.bytes().all(|byte| byte.is_ascii_graphic()));
        let before = run.shop.verify(tokens["id_token"].as_str().unwrap(), "JWT").await;
        let answered = run.shop.refresh(token).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        let after = run.shop.verify(answered.json()["id_token"].as_str().unwrap(), "JWT").await;
        for same in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(before[same], after[same], "{same}");
        }
        assert!(after["iat"].as_i64() >= before["iat"].as_i64());
        // Another application's client gets nothing for it.
        let stranger = run.server.application_over(&run.shop.flow, |_| ()).await;
        let next = answered.json()["refresh_token"].as_str().unwrap().to_owned();
        assert_eq!(stranger.refresh(&next).await.json()["error"], "invalid_grant");
    })
    .await;
}
