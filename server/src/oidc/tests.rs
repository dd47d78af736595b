//! From an authorization request to tokens and back out, through the real router.

use super::token::LIFETIME;
use crate::{
    clock::{Chance, Clock},
    config::{Config, Sources},
    demo,
    directory::{
        Db, Durability,
        account::{self, NewAccount},
        application::{self, Application, ApplicationSecret, Platform, RedirectUri},
        grant::{self, Outcome},
        refresh_token::GRACE,
        session::{self, Session},
    },
    guard::Guard,
    router::router,
    secret::{client_secret, token},
    seed,
    state::AppState,
};
use app::contract::{
    id::{AccountId, GrantId, TenantId},
    time::Timestamp,
};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http_body_util::BodyExt;
use serde_json::Value;
use std::{collections::HashMap, net::IpAddr, time::Duration};

const ORIGIN: &str = "http://localhost:3000";
const TENANT: &str = "5d0f7a52-6b1e-4c53-9d7e-2f4f3f0c9a11";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const REDIRECT: &str = "http://localhost:3000/demo/callback";
const PAGE: &str = "https://spa.example";

struct House {
    state: AppState,
    guard: Guard,
    folder: std::path::PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        // The next run makes a folder of its own; one left behind does no harm.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    fn refused(&self) -> (u16, String, u64) {
        let body = self.json();
        let [number] = body["error_codes"].as_array().unwrap().as_slice() else { panic!("one code") };
        (self.status.as_u16(), body["error"].as_str().unwrap().into(), number.as_u64().unwrap())
    }

    /// What the redirect carries.
    fn carried(&self) -> HashMap<String, String> {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        let location = url::Url::parse(self.header("location")).unwrap();
        let text = location.fragment().or(location.query()).unwrap_or_default();
        url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }
}

impl House {
    async fn new() -> House {
        let chance = Chance::System;
        let folder = std::env::temp_dir().join(format!("portico-oidc-{}", chance.id()));
        std::fs::create_dir_all(&folder).unwrap();
        // Development's own defaults, with a seal key of its own.
        let sources = Sources { variables: Default::default(), file: None, folder: &folder };
        let config = Config::read(sources).unwrap();
        assert_eq!(config.public_url.origin(), ORIGIN);
        let db = Db::open(&format!("sqlite://{}", folder.join("portico.db").display())).await.unwrap();
        db.migrate().await.unwrap();
        let clock = Clock::held(Timestamp(1_800_000_000_000));
        let state = AppState::new(config, db, clock, chance.clone()).unwrap();
        seed::seed(&state).await.unwrap();
        let guard = Guard::new(state.config.clone(), chance, router(state.clone()).unwrap());
        House { state, guard, folder }
    }

    fn tenant(&self) -> TenantId {
        TenantId::from(TENANT)
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response = self.guard.answer(IpAddr::from([127, 0, 0, 1]), request).await;
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request(Method::GET, path, headers, String::new())).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.send(request(Method::POST, path, &headers, form)).await
    }

    async fn token(&self, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Answer {
        self.post(&format!("/{TENANT}/oauth2/v2.0/token"), headers, form).await
    }

    /// An account with a session, and the cookie that goes with it.
    async fn signed_in(&self) -> (AccountId, String) {
        let (tenant, now, chance) = (self.tenant(), self.state.clock.now(), self.state.chance.clone());
        let secret = token::Token::random(&chance);
        let account = AccountId::from(chance.id());
        let session = Session {
            id: chance.id().into(),
            hash: secret.hash(),
            account: account.clone(),
            amr: vec!["pwd".into()],
            signed_in_at: now,
            seen_at: now,
            expires_at: now + session::LONGEST,
            kept_at: None,
        };
        let new = NewAccount {
            id: account.clone(),
            user_flow: "c2a8e1d4-70b3-4f6c-8a95-61e0d7b9f322".into(),
            address: format!("{}@example.org", chance.id()),
            password: None,
            attributes: vec![
                ("displayName".into(), "Mina".into()),
                ("extension_loyaltyNumber".into(), "4817".into()),
                ("extension_termsOfUse".into(), "true".into()),
            ],
        };
        self.state
            .db
            .write(Durability::Lasting, move |c| {
                Box::pin(async move {
                    account::insert(c, &tenant, &new, now).await?;
                    session::insert(c, &tenant, &session).await
                })
            })
            .await
            .unwrap();
        (account, format!("session-{TENANT}={}", secret.reveal()))
    }

    async fn register(&self, id: &str, platform: Platform, uri: &str, algorithm: &str) -> Option<String> {
        let secret = (platform == Platform::Web).then(|| client_secret::generate(&self.state.seal, &self.state.chance));
        let now = self.state.clock.now();
        let application = Application {
            id: id.into(),
            name: id.into(),
            user_flow: Some("c2a8e1d4-70b3-4f6c-8a95-61e0d7b9f322".into()),
            algorithm: algorithm.into(),
            home_url: None,
            disabled_at: None,
            redirect_uris: vec![RedirectUri { platform, uri: uri.into() }],
            secrets: secret
                .iter()
                .map(|secret| ApplicationSecret {
                    id: "1".into(),
                    hint: secret.hint.clone(),
                    hash: secret.stored.reveal().into(),
                    expires_at: now + Duration::from_secs(24 * 3600),
                })
                .collect(),
        };
        application::insert(&self.state.db, &self.tenant(), application, now).await.unwrap();
        secret.map(|secret| secret.shown.reveal().into())
    }

    /// A code by single sign-on.
    async fn code(&self, client: &str, uri: &str, scope: &str, cookie: &str) -> String {
        let path = authorize(&[("client_id", client), ("redirect_uri", uri), ("scope", scope)]);
        self.get(&path, &[("cookie", cookie)]).await.carried()["code"].clone()
    }

    async fn tokens(&self, scope: &str) -> (Value, AccountId) {
        let (account, cookie) = self.signed_in().await;
        let code = self.code(demo::CLIENT_ID, REDIRECT, scope, &cookie).await;
        let answer = self.token(&[], &redemption(&code)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        (answer.json(), account)
    }

    async fn refresh(&self, refresh_token: &str) -> Answer {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", demo::CLIENT_ID),
            ("refresh_token", refresh_token),
            ("scope", "openid profile offline_access"),
        ];
        self.token(&[], &form).await
    }
}

fn request(method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:3000");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body)).unwrap()
}

/// A request that is in order, with some parameters changed; an empty value leaves one out.
fn authorize(changes: &[(&str, &str)]) -> String {
    let challenge = token::hash(VERIFIER);
    let mut pairs = vec![
        ("client_id", demo::CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid profile email offline_access"),
        ("state", "st"),
        ("nonce", "no"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/demo/oauth2/v2.0/authorize?{query}")
}

fn redemption(code: &str) -> [(&str, &str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", demo::CLIENT_ID),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

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
        .write(Durability::Lasting, move |c| Box::pin(async move { grant::conclude(c, &tenant, &id, &outcome).await }))
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
    assert!(access.get("name").is_none());
}

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
    house.state.clock.advance(session::IDLE);
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

#[tokio::test]
async fn discovery_tells_the_truth_and_is_kept_by_its_etag() {
    let house = House::new().await;
    let by_name = house.get("/demo/v2.0/.well-known/openid-configuration?p=x", &[]).await;
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
