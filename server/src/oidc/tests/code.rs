//! Codes: bound, counted once, and revoking what they gave when they come back (security R28).

use super::*;

#[tokio::test]
async fn r28_a_code_counts_once_and_its_reuse_revokes_what_it_gave() {
    let house = House::new().await;
    let (_, cookie) = house.signed_in().await;
    let code = house.code(demo::CLIENT_ID, REDIRECT, "openid offline_access", &cookie).await;
    let tokens = house.token(&[], &redemption(&code)).await.json();
    assert_eq!(house.token(&[], &redemption(&code)).await.refused(), (400, "invalid_grant".into(), 54005));
    let refused = house.refresh(tokens["refresh_token"].as_str().unwrap()).await.refused();
    assert_eq!(refused, (400, "invalid_grant".into(), 70008));
}

#[tokio::test]
async fn r28_a_code_is_bound_to_verifier_redirect_uri_application_and_minute() {
    let house = House::new().await;
    let (_, cookie) = house.signed_in().await;
    let secret = house.register("other", Platform::Web, "https://other.example/cb", "EdDSA").await.unwrap();
    for (name, value, number) in [
        ("code_verifier", "", 501_481),
        ("code_verifier", "too-short", 501_481),
        ("code_verifier", "0000000000000000000000000000000000000000000", 501_481),
        ("redirect_uri", "", 50011),
        ("redirect_uri", "http://localhost:3000/demo/callback/", 50011),
        ("redirect_uri", "http://localhost:3000/", 50011),
    ] {
        let code = house.code(demo::CLIENT_ID, REDIRECT, "openid", &cookie).await;
        let form = redemption(&code).map(|(known, old)| (known, if known == name { value } else { old }));
        assert_eq!(house.token(&[], &form).await.refused(), (400, "invalid_grant".into(), number), "{name}={value}");
    }
    let code = house.code(demo::CLIENT_ID, REDIRECT, "openid", &cookie).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "other"),
        ("client_secret", &secret),
        ("code", &code),
        ("redirect_uri", "https://other.example/cb"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(house.token(&[], &form).await.refused(), (400, "invalid_grant".into(), 70000));
    let code = house.code(demo::CLIENT_ID, REDIRECT, "openid", &cookie).await;
    house.state.clock.advance(Duration::from_secs(61));
    assert_eq!(house.token(&[], &redemption(&code)).await.refused(), (400, "invalid_grant".into(), 70008));
}

#[tokio::test]
async fn r28_of_many_redemptions_at_once_one_counts() {
    let house = House::new().await;
    let (_, cookie) = house.signed_in().await;
    let code = house.code(demo::CLIENT_ID, REDIRECT, "openid offline_access", &cookie).await;
    let form = redemption(&code);
    let all = futures::future::join_all((0..50).map(|_| house.token(&[], &form))).await;
    let won: Vec<_> = all.iter().filter(|answer| answer.status == StatusCode::OK).collect();
    let [won] = won.as_slice() else { panic!("{} token sets", won.len()) };
    let refresh_token = won.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(house.refresh(&refresh_token).await.refused(), (400, "invalid_grant".into(), 70008));
}
