//! The shop against a provider that can be told to misbehave.

use super::*;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::{
    Form, Json,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use tokio::net::TcpListener;
use tower::ServiceExt;

const NOW: i64 = 1_800_000_000;

/// What the provider puts into its next ID token, and what it was asked for it.
struct Provider {
    url: String,
    key: EncodingKey,
    jwk: Value,
    claims: Mutex<Value>,
    header: Mutex<Header>,
    asked: Mutex<Vec<HashMap<String, String>>>,
}

struct Browser {
    shop: Router,
    provider: Arc<Provider>,
    cookie: String,
}

struct Page {
    status: StatusCode,
    location: String,
    body: String,
}

async fn provider() -> Arc<Provider> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
    let public = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let x = URL_SAFE_NO_PAD.encode(public.public_key());
    let provider = Arc::new(Provider {
        key: EncodingKey::from_ed_der(pkcs8.as_ref()),
        jwk: json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k1", "x": x}),
        claims: Mutex::default(),
        header: Mutex::new(Header { kid: Some("k1".into()), ..Header::new(Algorithm::EdDSA) }),
        asked: Mutex::default(),
        url,
    });
    let (discovery, keys, token) = (provider.clone(), provider.clone(), provider.clone());
    let router = Router::new()
        .route("/demo/v2.0/.well-known/openid-configuration", get(async move || Json(discovery.document())))
        .route("/keys", get(async move || Json(json!({"keys": [keys.jwk]}))))
        .route("/token", post(async move |Form(form): Form<HashMap<String, String>>| token.answer(form)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    provider
}

impl Provider {
    fn issuer(&self) -> String {
        format!("{}/5d0a1111-2222-4333-8444-555566667777/v2.0", self.url)
    }

    fn document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.url);
        json!({
            "issuer": self.issuer(), "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"), "end_session_endpoint": at("/logout"),
        })
    }

    fn answer(&self, form: HashMap<String, String>) -> (StatusCode, Json<Value>) {
        let used = form["code"] == "used";
        self.asked.lock().unwrap().push(form);
        if used {
            let description = "AADSTS54005: <b>redeemed</b> already";
            return (
                StatusCode::BAD_REQUEST,
                Json(json!({"error": "invalid_grant", "error_description": description})),
            );
        }
        let token =
            jsonwebtoken::encode(&self.header.lock().unwrap(), &*self.claims.lock().unwrap(), &self.key).unwrap();
        (StatusCode::OK, Json(json!({"id_token": token, "access_token": token, "token_type": "Bearer"})))
    }

    fn claims(&self, nonce: &str) -> Value {
        json!({
            "iss": self.issuer(), "aud": CLIENT_ID, "sub": "1", "exp": NOW + 3600, "iat": NOW, "nonce": nonce,
            "name": "Ada Lovelace", "email": "ada@example.org", "extension_loyaltyNumber": "4817",
        })
    }
}

impl Browser {
    async fn open() -> Browser {
        let provider = provider().await;
        let clock = Clock::held(Timestamp(NOW * 1000));
        let shop = routes(&provider.url, reqwest::Client::new(), clock, Chance::seeded(1));
        Browser { shop, provider, cookie: String::new() }
    }

    async fn go(&mut self, method: &str, to: &str) -> Page {
        let request = Request::builder().method(method).uri(to).header(header::COOKIE, &self.cookie);
        let response = self.shop.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let text = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_string());
        if let Some(cookie) = text(header::SET_COOKIE) {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            self.cookie = cookie.split(';').next().unwrap().into();
        }
        let (status, location) = (response.status(), text(header::LOCATION).unwrap_or_default());
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Page { status, location, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Presses Sign-in; what the provider is asked.
    async fn sign_in(&mut self) -> HashMap<String, String> {
        let to = Url::parse(&self.go("GET", "/demo/sign-in").await.location).unwrap();
        let question: HashMap<String, String> = to.query_pairs().into_owned().collect();
        *self.provider.claims.lock().unwrap() = self.provider.claims(&question["nonce"]);
        question
    }

    async fn come_back(&mut self, answer: &[(&str, &str)]) -> Page {
        let query = Url::parse_with_params("http://shop", answer).unwrap().query().unwrap().to_string();
        self.go("GET", &format!("{REDIRECT_PATH}?{query}")).await
    }
}

#[tokio::test]
async fn a_customer_signs_in_is_shown_and_signs_out() {
    let mut browser = Browser::open().await;
    assert!(browser.go("GET", "/").await.body.contains(">Sign-in</a>"));
    let question = browser.sign_in().await;
    assert_eq!(question["redirect_uri"], format!("{}/demo/callback", browser.provider.url));
    let cookie_before = browser.cookie.clone();
    let iss = browser.provider.issuer();
    let back = browser.come_back(&[("code", "c"), ("state", &question["state"]), ("iss", &iss)]).await;
    assert_eq!((back.status, back.location.as_str()), (StatusCode::SEE_OTHER, "/"));
    assert_ne!(browser.cookie, cookie_before);

    let asked = browser.provider.asked.lock().unwrap().pop().unwrap();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"]));
    assert_eq!((&challenge, question["code_challenge_method"].as_str()), (&question["code_challenge"], "S256"));

    let page = browser.go("GET", "/").await.body;
    for shown in
        ["Ada Lovelace", "ada@example.org", "Loyalty number", "4817", "EdDSA", "2027-01-15 09:00:00 UTC", "Sign-out"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    let out = browser.go("POST", "/demo/sign-out").await.location;
    assert!(out.starts_with(&format!("{}/logout?id_token_hint=", browser.provider.url)), "{out}");
    assert!(browser.go("GET", "/").await.body.contains(">Sign-in</a>"));
}

#[tokio::test]
async fn an_answer_to_another_question_is_not_even_redeemed() {
    let mut browser = Browser::open().await;
    let iss = browser.provider.issuer();
    let state = browser.sign_in().await["state"].clone();
    assert_eq!(
        browser.come_back(&[("code", "c"), ("state", "other"), ("iss", &iss)]).await.status,
        StatusCode::BAD_REQUEST
    );
    // The attempt is used up.
    assert_eq!(
        browser.come_back(&[("code", "c"), ("state", &state), ("iss", &iss)]).await.status,
        StatusCode::BAD_REQUEST
    );
    let state = browser.sign_in().await["state"].clone();
    browser.cookie.clear();
    assert_eq!(
        browser.come_back(&[("code", "c"), ("state", &state), ("iss", &iss)]).await.status,
        StatusCode::BAD_REQUEST
    );
    let state = browser.sign_in().await["state"].clone();
    for answer in
        [&[("code", "c"), ("state", state.as_str())][..], &[("code", "c"), ("state", &state), ("iss", "http://evil")]]
    {
        assert!(!browser.come_back(answer).await.status.is_success());
    }
    assert!(browser.provider.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_token_that_does_not_hold_signs_nobody_in() {
    let faults = [
        ("nonce", json!("other")),
        ("nonce", Value::Null),
        ("aud", json!("another-application")),
        ("iss", json!("http://localhost/other/v2.0")),
        ("exp", json!(NOW)),
        ("exp", json!("tomorrow")),
        ("sub", Value::Null),
    ];
    let mut browser = Browser::open().await;
    for (claim, value) in faults {
        let state = browser.sign_in().await["state"].clone();
        browser.provider.claims.lock().unwrap()[claim] = value.clone();
        browser.refused(&state, &format!("{claim}: {value}")).await;
    }
    for header in [Header { kid: Some("k2".into()), ..Header::new(Algorithm::EdDSA) }, Header::new(Algorithm::EdDSA)] {
        let state = browser.sign_in().await["state"].clone();
        *browser.provider.header.lock().unwrap() = header;
        browser.refused(&state, "another key").await;
    }
}

impl Browser {
    async fn refused(&mut self, state: &str, why: &str) {
        let iss = self.provider.issuer();
        let page = self.come_back(&[("code", "c"), ("state", state), ("iss", &iss)]).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{why}");
        assert!(self.go("GET", "/").await.body.contains(">Sign-in</a>"), "{why}");
    }
}

#[tokio::test]
async fn what_the_provider_says_is_told_kindly_and_as_text() {
    let mut browser = Browser::open().await;
    let iss = browser.provider.issuer();
    let state = browser.sign_in().await["state"].clone();
    let page = browser.come_back(&[("error", "access_denied"), ("state", &state), ("iss", &iss)]).await;
    assert!(page.status.is_success() && page.body.contains("You cancelled"));

    let state = browser.sign_in().await["state"].clone();
    let told = "<script>alert(1)</script>";
    let answer = [("error", "server_error"), ("error_description", told), ("state", &state), ("iss", &iss)];
    let page = browser.come_back(&answer).await.body;
    assert!(page.contains("server_error") && page.contains("&lt;script") && !page.contains(told), "{page}");

    let state = browser.sign_in().await["state"].clone();
    let page = browser.come_back(&[("code", "used"), ("state", &state), ("iss", &iss)]).await.body;
    assert!(page.contains("invalid_grant") && page.contains("AADSTS54005: &lt;b"), "{page}");
}
