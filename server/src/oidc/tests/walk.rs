//! From a request through a journey to tokens, and what the endpoints say of themselves.

use super::*;

#[tokio::test]
async fn from_a_request_through_a_journey_to_tokens() {
    let house = House::new().await;
    let begun = house.get(&authorize(&[]), &[]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    assert!(begun.header("location").starts_with(&format!("/{TENANT}/journeys/")));
    let browser = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(begun.header("x-frame-options"), "DENY");
    let page = house.get(begun.header("location"), &[("cookie", &browser)]).await;
    assert_eq!(page.status, StatusCode::OK);

    // What the hosted pages would write when the person has proved who they are.
    let journey = begun.header("location").rsplit('/').next().unwrap().to_owned();
    let found = crate::directory::journey::find(&house.state.db, &house.tenant(), &journey.into()).await.unwrap();
    let grant_id: GrantId = found.unwrap().0.grant;
    let (account, cookie) = house.signed_in().await;
    let hash = token::hash(cookie.split('=').nth(1).unwrap());
    let now = house.state.clock.now();
    let session = session::find(&house.state.db, &house.tenant(), &hash, now).await.unwrap().unwrap();
    let outcome = Outcome::SignedIn {
        account: account.clone(),
        session: session.id,
        amr: vec!["pwd".into()],
        signed_in_at: now,
        new_account: true,
    };
    let (tenant, id) = (house.tenant(), grant_id.clone());
    house
        .state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move { grant::conclude(&tenant, &id, &outcome)?.run(c).await })
        })
        .await
        .unwrap();

    let resume = format!("/{TENANT}/oauth2/resume/{grant_id}");
    assert_eq!(house.get(&resume, &[]).await.status, StatusCode::GONE);
    let stranger = format!("browser={}", "A".repeat(43));
    assert_eq!(house.get(&resume, &[("cookie", &stranger)]).await.status, StatusCode::GONE);
    let carried = house.get(&resume, &[("cookie", &browser)]).await.carried();
    assert_eq!(carried["state"], "st");
    assert_eq!(carried["iss"], format!("{ORIGIN}/{TENANT}/v2.0"));
    assert_eq!(house.get(&resume, &[("cookie", &browser)]).await.status, StatusCode::GONE);

    let answer = house.token(&[], &redemption(&carried["code"])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["scope"], "openid profile email offline_access");
    let id_token = claims(&tokens["id_token"]);
    assert_eq!(id_token["nonce"], "no");
    assert_eq!(id_token["oid"], account.as_str());
    assert_eq!(id_token["name"], "Mina");
    assert_eq!(id_token["extension_loyaltyNumber"], 4817);
    assert_eq!(id_token["extension_termsOfUse"], true);
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["aud"], demo::CLIENT_ID);
    assert_eq!(access["name"], "Mina");
    assert!(access.get("given_name").is_none());
}

#[tokio::test]
async fn prompt_none_is_answered_by_a_redirect_whatever_happens() {
    let house = House::new().await;
    let path = authorize(&[("prompt", "none")]);
    let answer = house.get(&path, &[]).await;
    assert!(!answer.headers.contains_key("x-frame-options"));
    assert!(!answer.header("content-security-policy").contains("frame-ancestors"));
    let carried = answer.carried();
    assert_eq!(carried["error"], "login_required");
    assert_eq!(carried["iss"], format!("{ORIGIN}/{TENANT}/v2.0"));
    let (_, cookie) = house.signed_in().await;
    assert!(house.get(&path, &[("cookie", &cookie)]).await.carried().contains_key("code"));
    let too_old = authorize(&[("prompt", "none"), ("max_age", "60")]);
    house.state.clock.advance(Duration::from_secs(61));
    assert_eq!(house.get(&too_old, &[("cookie", &cookie)]).await.carried()["error"], "login_required");
    house.state.clock.advance(IDLE);
    assert_eq!(house.get(&path, &[("cookie", &cookie)]).await.carried()["error"], "login_required");
}

#[tokio::test]
async fn a_post_from_another_site_comes_again_by_get_and_brings_its_cookies() {
    let house = House::new().await;
    let form = [("client_id", demo::CLIENT_ID), ("state", "ü&#\r\n")];
    let answer = house.post("/demo/oauth2/v2.0/authorize", &[("origin", "https://app.example")], &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let again = answer.header("location");
    assert_eq!(again, format!("/demo/oauth2/v2.0/authorize?client_id={}&state=%C3%BC%26%23%0D%0A", demo::CLIENT_ID));
}

#[tokio::test]
async fn cve_2026_9689_a_parameter_that_comes_twice_goes_nowhere() {
    let house = House::new().await;
    for name in ["client_id", "redirect_uri", "response_type", "state", "scope", "nonce", "code_challenge", "prompt"] {
        let path = format!("{}&{name}=x&{name}=x", authorize(&[]));
        let answer = house.get(&path, &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(answer.header("location"), "", "{name}");
    }
    let unknown = format!("{}&x-client-SKU=a&x-client-SKU=b", authorize(&[]));
    assert_eq!(house.get(&unknown, &[]).await.status, StatusCode::SEE_OTHER);
    let twice = [("grant_type", "refresh_token"), ("grant_type", "refresh_token"), ("client_id", demo::CLIENT_ID)];
    assert_eq!(house.token(&[], &twice).await.refused(), (400, "invalid_request".into(), 90100));
}

#[tokio::test]
async fn the_token_endpoint_speaks_json_whatever_it_is_asked() {
    let house = House::new().await;
    let nowhere = house.post("/nobody/oauth2/v2.0/token", &[], &[]).await;
    assert_eq!(nowhere.refused(), (400, "invalid_request".into(), 90002));
    let json = request(Method::POST, "/demo/oauth2/v2.0/token", &[("content-type", "application/json")], "{}".into());
    assert_eq!(house.send(json).await.refused(), (400, "invalid_request".into(), 90013));
    let id = "8f2ff5a5-9d4c-4bd8-8c36-1dd7f3f2a5b1";
    let answer =
        house.token(&[("client-request-id", id)], &[("client_id", demo::CLIENT_ID), ("grant_type", "password")]).await;
    assert_eq!(answer.refused(), (400, "unsupported_grant_type".into(), 70003));
    let body = answer.json();
    assert_eq!(body["correlation_id"], id);
    assert_eq!(body["trace_id"], answer.header("x-ms-request-id"));
    assert_eq!(body["timestamp"], "2027-01-15 08:00:00Z");
    assert!(body["error_description"].as_str().unwrap().starts_with("AADSTS70003: "));
}

#[tokio::test]
async fn discovery_tells_the_truth_and_is_kept_by_its_etag() {
    let house = House::new().await;
    let by_name = house.get("/demo/v2.0/.well-known/openid-configuration?appid=x", &[]).await;
    let by_id = house.get(&format!("/.well-known/oauth-authorization-server/{TENANT}/v2.0"), &[]).await;
    assert_eq!(by_name.body, by_id.body);
    let document = by_name.json();
    assert_eq!(document["issuer"], format!("{ORIGIN}/{TENANT}/v2.0"));
    for endpoint in ["authorization_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"] {
        let path = document[endpoint].as_str().unwrap().strip_prefix(ORIGIN).unwrap();
        assert_ne!(house.get(path, &[]).await.status, StatusCode::NOT_FOUND, "{endpoint}");
    }
    let keys = house.get(&format!("/{TENANT}/discovery/v2.0/keys"), &[]).await;
    assert!(!keys.json()["keys"].as_array().unwrap().is_empty());
    assert!(!keys.body.contains("\"d\""));
    for answer in [by_name, keys] {
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let etag = by_id.header("etag");
    let again = house.get("/demo/v2.0/.well-known/openid-configuration", &[("if-none-match", etag)]).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
}
