//! From an authorization request to tokens and back out, through the real router.

mod code;
mod logout;
mod refresh;
mod userinfo;
mod walk;

use crate::{
    clock::{Chance, Clock},
    config::{Config, Sources},
    demo,
    directory::{
        Db, Durability,
        account::{self, NewAccount, NewName},
        application::{self, Application, ApplicationSecret, Platform, RedirectUri},
        grant::{self, Outcome},
        session::{self, Begun, Session},
        token_family::GRACE,
    },
    guard::Guard,
    router::router,
    secret::{client_secret, token},
    seed,
    state::AppState,
};
use app::contract::{
    flow_rules::SessionScope,
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

/// What a flow has that says nothing else.
const LIFETIME: Duration = Duration::from_secs(3600);
const IDLE: Duration = Duration::from_secs(24 * 3600);
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
            language: "en".into(),
            idle: IDLE,
            begun: vec![Begun {
                scope: SessionScope::Tenant,
                application: None,
                user_flow: None,
                expires_at: now + session::LONGEST,
                minutes: 1440,
                kept: false,
            }],
        };
        let new = NewAccount {
            id: account.clone(),
            user_flow: "c2a8e1d4-70b3-4f6c-8a95-61e0d7b9f322".into(),
            name: NewName::Proved(format!("{}@example.org", chance.id())),
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
                    session::insert(&tenant, &session)?.run(c).await
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
            protocol: Default::default(),
            redirect_uris: vec![RedirectUri { platform, uri: uri.into() }],
            widget_origins: Vec::new(),
            native_authentication: Default::default(),
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
