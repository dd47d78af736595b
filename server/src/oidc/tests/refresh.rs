//! Refresh tokens: rotation, grace, reuse, and whose they are (security R30).

use super::*;

#[tokio::test]
async fn r30_a_refresh_token_rotates_repeats_itself_in_its_grace_and_dies_of_reuse() {
    let house = House::new().await;
    let (tokens, _) = house.tokens("openid profile offline_access").await;
    let first = tokens["refresh_token"].as_str().unwrap();
    let second = house.refresh(first).await.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let again = house.refresh(first).await.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(again, second);
    house.state.clock.advance(GRACE + Duration::from_secs(1));
    assert_eq!(house.refresh(first).await.refused(), (400, "invalid_grant".into(), 70000));
    assert_eq!(house.refresh(&second).await.refused(), (400, "invalid_grant".into(), 70008));
}

#[tokio::test]
async fn cve_2026_53512_a_refresh_token_is_for_its_application_alone_and_needs_its_secret() {
    let house = House::new().await;
    let secret = house.register("web", Platform::Web, "https://web.example/cb", "EdDSA").await.unwrap();
    let (_, cookie) = house.signed_in().await;
    let code = house.code("web", "https://web.example/cb", "openid offline_access", &cookie).await;
    let mut form = redemption(&code).to_vec();
    form[1].1 = "web";
    form[3].1 = "https://web.example/cb";
    assert_eq!(house.token(&[], &form).await.refused(), (401, "invalid_client".into(), 7000218));
    let basic = format!("Basic {}", STANDARD.encode(format!("web:{secret}")));
    let answer = house.token(&[("authorization", &basic)], &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let tokens = answer.json();
    assert_eq!(claims(&tokens["access_token"])["azpacr"], "1");
    let refresh_token = tokens["refresh_token"].as_str().unwrap();

    let with = |client: &'static str, secret: Option<&str>| {
        let mut form = vec![("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", refresh_token)];
        form.extend(secret.map(|secret| ("client_secret", secret)));
        form.into_iter().map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>()
    };
    for (form, refused) in [
        (with("web", None), (401, "invalid_client", 7000218)),
        (with("web", Some("wrong")), (401, "invalid_client", 7000215)),
        (with(demo::CLIENT_ID, None), (400, "invalid_grant", 70008)),
        (with(demo::CLIENT_ID, Some(&secret)), (401, "invalid_client", 700_025)),
        (with("nobody", None), (401, "invalid_client", 700_016)),
    ] {
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = house.token(&[], &form).await;
        assert_eq!(answer.refused(), (refused.0, refused.1.to_owned(), refused.2));
        assert_eq!(answer.status == 401, !answer.header("www-authenticate").is_empty());
    }
    // None of that used the token up.
    let form = with("web", Some(&secret));
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(house.token(&[], &form).await.status, StatusCode::OK);
    house.state.clock.advance(Duration::from_secs(25 * 3600));
    assert_eq!(house.token(&[], &form).await.refused(), (401, "invalid_client".into(), 7_000_222));
}

#[tokio::test]
async fn f15_of_many_uses_at_once_one_successor_comes() {
    let house = House::new().await;
    let (tokens, _) = house.tokens("openid profile offline_access").await;
    let first = tokens["refresh_token"].as_str().unwrap();
    let all = futures::future::join_all((0..100).map(|_| house.refresh(first))).await;
    let successors: std::collections::BTreeSet<String> =
        all.iter().map(|answer| answer.json()["refresh_token"].as_str().unwrap().to_owned()).collect();
    assert_eq!(successors.len(), 1);
    assert_eq!(house.refresh(successors.first().unwrap()).await.status, StatusCode::OK);
}
