//! Signing out: at once, after a question, and never to a stranger's address (security R27).

use super::*;

/// Signs somebody in and gives back the cookie and an ID token of their session.
async fn at_the_demo(house: &House) -> (String, String) {
    let (_, cookie) = house.signed_in().await;
    let code = house.code(demo::CLIENT_ID, REDIRECT, "openid", &cookie).await;
    let tokens = house.token(&[], &redemption(&code)).await.json();
    (cookie, tokens["id_token"].as_str().unwrap().into())
}

fn logout(pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/demo/oauth2/v2.0/logout?{query}")
}

async fn is_signed_in(house: &House, cookie: &str) -> bool {
    let answer = house.get(&authorize(&[("prompt", "none")]), &[("cookie", cookie)]).await;
    answer.carried().contains_key("code")
}

#[tokio::test]
async fn signing_out_with_a_hint_of_the_session_returns_at_once() {
    let house = House::new().await;
    let (cookie, id_token) = at_the_demo(&house).await;
    // An old hint will do.
    house.state.clock.advance(LIFETIME * 2);
    let home = format!("{ORIGIN}/");
    let pairs = [("id_token_hint", id_token.as_str()), ("post_logout_redirect_uri", &home), ("state", "a b")];
    let answer = house.get(&logout(&pairs), &[("cookie", &cookie)]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "http://localhost:3000/?state=a%20b")
    );
    assert!(answer.header("set-cookie").starts_with(&format!("session-{TENANT}=; ")));
    assert_eq!(answer.header("clear-site-data"), "\"cache\"");
    assert!(!is_signed_in(&house, &cookie).await);
}

#[tokio::test]
async fn r27_signing_out_leads_nowhere_but_to_a_registered_address() {
    let house = House::new().await;
    for uri in ["https://evil.example/", "http://localhost:3000/evil", "http://localhost:3000", "javascript:alert(1)"] {
        let (cookie, id_token) = at_the_demo(&house).await;
        let pairs = [("id_token_hint", id_token.as_str()), ("post_logout_redirect_uri", uri)];
        let answer = house.get(&logout(&pairs), &[("cookie", &cookie)]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, ""), "{uri}");
        assert!(answer.body.contains("You are signed out"));
    }
}

#[tokio::test]
async fn without_a_hint_the_sessions_own_application_returns_and_a_strangers_asks() {
    let house = House::new().await;
    house.register("other", Platform::Web, "https://other.example/bye", "EdDSA").await;
    let (cookie, _) = at_the_demo(&house).await;
    let strangers = logout(&[("post_logout_redirect_uri", "https://other.example/bye"), ("state", "s")]);
    let asked = house.get(&strangers, &[("cookie", &cookie)]).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("Sign out of Woodgrove?"));
    assert!(asked.header("content-security-policy").contains("form-action 'self' https://other.example"));
    assert!(is_signed_in(&house, &cookie).await);

    let token = asked.body.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("post_logout_redirect_uri", "https://other.example/bye"), ("state", "s"), ("token", token)];
    // R20: neither a form from elsewhere nor one without the page's own token.
    let elsewhere = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(house.post("/demo/oauth2/v2.0/logout", &elsewhere, &form).await.status, StatusCode::FORBIDDEN);
    let ours = [("cookie", cookie.as_str()), ("origin", ORIGIN)];
    let forged = form.map(|(name, value)| (name, if name == "token" { "AAAA" } else { value }));
    assert_eq!(house.post("/demo/oauth2/v2.0/logout", &ours, &forged).await.status, StatusCode::FORBIDDEN);
    assert!(is_signed_in(&house, &cookie).await);
    let answer = house.post("/demo/oauth2/v2.0/logout", &ours, &form).await;
    assert_eq!(answer.header("location"), "https://other.example/bye?state=s");
    assert!(!is_signed_in(&house, &cookie).await);

    let (cookie, _) = at_the_demo(&house).await;
    let own = logout(&[("post_logout_redirect_uri", "http://localhost:3000/")]);
    let answer = house.get(&own, &[("cookie", &cookie)]).await;
    assert_eq!(answer.header("location"), "http://localhost:3000/");
    assert!(!is_signed_in(&house, &cookie).await);
}

#[tokio::test]
async fn somebody_elses_hint_asks_and_an_applications_form_comes_again_by_get() {
    let house = House::new().await;
    let (_, id_token) = at_the_demo(&house).await;
    let (cookie, _) = at_the_demo(&house).await;
    for hint in [id_token.as_str(), "no.to.ken", ""] {
        let answer = house.get(&logout(&[("id_token_hint", hint)]), &[("cookie", &cookie)]).await;
        assert!(answer.body.contains("Sign out of Woodgrove?"), "{hint}");
    }
    assert!(is_signed_in(&house, &cookie).await);
    let form = [("post_logout_redirect_uri", "http://localhost:3000/")];
    let answer = house.post("/demo/oauth2/v2.0/logout", &[("origin", "https://app.example")], &form).await;
    assert_eq!(
        answer.header("location"),
        "/demo/oauth2/v2.0/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F"
    );
}
