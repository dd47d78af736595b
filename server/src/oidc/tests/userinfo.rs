//! Userinfo, and which pages may read an application's tokens (security R25, R31).

use super::*;

#[tokio::test]
async fn r25_only_the_applications_own_pages_read_its_tokens() {
    let house = House::new().await;
    house.register("page", Platform::SinglePage, "https://spa.example/cb", "ES256").await;
    let (_, cookie) = house.signed_in().await;
    let redeem = async |origin: Option<&str>| {
        let code = house.code("page", "https://spa.example/cb", "openid offline_access", &cookie).await;
        let mut form = redemption(&code).to_vec();
        form[1].1 = "page";
        form[3].1 = "https://spa.example/cb";
        let headers: Vec<_> = origin.iter().map(|origin| ("origin", *origin)).collect();
        house.token(&headers, &form).await
    };
    let answer = redeem(Some(PAGE)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert_eq!(answer.json()["refresh_token_expires_in"], 24 * 3600);
    assert_eq!(redeem(None).await.refused(), (400, "invalid_request".into(), 9_002_327));
    for other in [
        "https://spa.example.evil.example",
        "https://evil-spa.example",
        "https://spa.example:8443",
        "http://spa.example",
        "https://SPA.example",
        "https://spa.example/",
        "null",
        "https://a@spa.example",
        "https://spa.exampl",
        "https://spa.example:443",
        "https://spa.example.",
        "https://xn--spa.example",
        "file://",
        "",
    ] {
        let answer = redeem(Some(other)).await;
        assert_eq!(answer.refused(), (400, "invalid_request".into(), 9_002_326), "{other}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{other}");
    }
    // Who is no page has no business with an Origin.
    let code = house.code(demo::CLIENT_ID, REDIRECT, "openid", &cookie).await;
    let answer = house.token(&[("origin", PAGE)], &redemption(&code)).await;
    assert_eq!(answer.refused(), (400, "invalid_request".into(), 9_002_326));
}

#[tokio::test]
async fn userinfo_answers_a_valid_token_of_a_living_session() {
    let house = House::new().await;
    let (tokens, account) = house.tokens("openid email").await;
    let ask = async |token: &str| {
        house.get(&format!("/{TENANT}/oidc/userinfo"), &[("authorization", &format!("Bearer {token}"))]).await
    };
    let access_token = tokens["access_token"].as_str().unwrap();
    let told = ask(access_token).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(told.json()["sub"], claims(&tokens["id_token"])["sub"]);
    assert!(told.json()["email"].as_str().unwrap().ends_with("@example.org"));
    assert!(told.json().get("given_name").is_none());
    let by_form = house.post("/demo/oidc/userinfo", &[], &[("access_token", access_token)]).await;
    assert_eq!(by_form.status, StatusCode::OK);

    // R31: an ID token opens nothing, and neither does the token of somebody who is gone.
    for other in [tokens["id_token"].as_str().unwrap(), "", "x.y.z"] {
        let refused = ask(other).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{other}");
        assert!(refused.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
    }
    account::disable(&house.state.db, &house.tenant(), &account, Some(house.state.clock.now())).await.unwrap();
    assert_eq!(ask(access_token).await.status, StatusCode::UNAUTHORIZED);
    let (tokens, _) = house.tokens("openid").await;
    house.state.clock.advance(LIFETIME);
    assert_eq!(ask(tokens["access_token"].as_str().unwrap()).await.status, StatusCode::UNAUTHORIZED);
    let (tokens, _) = house.tokens(demo::CLIENT_ID).await;
    assert!(tokens.get("id_token").is_none());
    assert_eq!(ask(tokens["access_token"].as_str().unwrap()).await.status, StatusCode::FORBIDDEN);
}
