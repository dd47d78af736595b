//! Limits and nonsense: one byte too many is refused, and no bytes make us stumble (security R44, R45; cve 38, 41).

use crate::harness::{Browser, PASSWORD, TestServer, on_both};
use axum::{
    body::Body,
    http::{HeaderName, Method, Request},
};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use server::guard;

const ADA: &str = "ada@example.org";
const FORM: &str = "application/x-www-form-urlencoded";

async fn status(server: &TestServer, request: Request<Body>) -> u16 {
    server.send(request).await.status.as_u16()
}

#[tokio::test]
async fn r44_one_byte_more_than_allowed_is_refused() {
    on_both(async |server| {
        let tenant = &server.tenant;
        let token = format!("/{tenant}/oauth2/v2.0/token");
        let form = |body: String| Request::post(&token).header("content-type", FORM).body(Body::from(body)).unwrap();
        assert_eq!(status(&server, form("a".repeat(64 * 1024))).await, 400);
        assert_eq!(status(&server, form("a".repeat(64 * 1024 + 1))).await, 413);
        let uri = |length: usize| {
            let start = format!("/{tenant}/oauth2/v2.0/authorize?x=");
            Request::get(format!("{start}{}", "a".repeat(length - start.len()))).body(Body::empty()).unwrap()
        };
        assert_eq!(status(&server, uri(8 * 1024)).await, 400);
        assert_eq!(status(&server, uri(8 * 1024 + 1)).await, 414);
        let headers = |count: usize| {
            let mut request = Request::get("/healthz").body(Body::empty()).unwrap();
            // Host is one of them.
            for number in 1..count {
                request
                    .headers_mut()
                    .insert(HeaderName::try_from(format!("x-{number}")).unwrap(), "a".parse().unwrap());
            }
            request
        };
        assert_eq!(status(&server, headers(64)).await, 200);
        assert_eq!(status(&server, headers(65)).await, 431);
        let heavy = Request::get("/healthz").header("x-heavy", "a".repeat(16 * 1024)).body(Body::empty()).unwrap();
        assert_eq!(status(&server, heavy).await, 431);
    })
    .await;
}

/// cve 38: depth alone brings nothing down.
#[tokio::test]
async fn cve_2026_46689_deep_and_long_input_is_just_wrong() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut eve = server.browser();
        shop.asks(&mut eve).await;
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("(", ")"), ("{\"answer\":[", "]}")] {
            for body in [open.repeat(5000), format!("{}{}", open.repeat(5000), close.repeat(5000))] {
                let request = eve
                    .request(Method::POST, &eve.page.path)
                    .header("content-type", "application/json")
                    .header("sec-fetch-site", "same-origin");
                let answered = eve.send(request.body(Body::from(body)).unwrap()).await;
                assert_eq!(answered.status, 400);
            }
        }
        let cookie = format!("__Host-browser={}", "[".repeat(5000));
        let request = Request::get(&eve.page.path).header("cookie", cookie);
        assert_eq!(status(&server, request.body(Body::empty()).unwrap()).await, 410);
        let long = format!("{}@example.org", "a".repeat(60 * 1024));
        eve.fill(&[("Email address", &long)]).press("Continue").await;
        assert_eq!(eve.faults(), ["Enter a full address, like you@example.com."]);
        assert_eq!(guard::panics(), 0);
    })
    .await;
}

/// Words that mean something to some reader along the way.
const WORDS: [&str; 42] = [
    "",
    "&",
    "=",
    "&&",
    "%",
    "%00",
    "%ff",
    "%zz",
    "\0",
    "\r\n",
    "\u{feff}",
    "\u{202e}",
    "é",
    "💥",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "null",
    "true",
    "-1",
    "1e999",
    "9223372036854775808",
    "token",
    "answer",
    "address",
    "code",
    "password",
    "keep",
    "revision",
    "attribute.",
    "attribute.displayName",
    "grant_type",
    "refresh_token",
    "authorization_code",
    "client_id",
    "code_verifier",
    "Basic ",
    "Bearer ",
    "../",
];

fn nonsense(chance: &mut StdRng) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..chance.random_range(0..24) {
        match chance.random_range(0..4) {
            0 => bytes.push(chance.random()),
            _ => bytes.extend_from_slice(WORDS.choose(chance).unwrap().as_bytes()),
        }
        if chance.random_range(0..3) == 0 {
            bytes.push(*b"=&,:".choose(chance).unwrap());
        }
    }
    bytes
}

/// Security R45, cve 41: whatever is sent wherever, it is an answer, and no thread of ours fell over.
#[tokio::test]
async fn r45_cve_rauthy_wx92_no_nonsense_makes_us_stumble() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        let (journey, token) = (ada.page.path.clone(), ada.page.value("token").unwrap());
        let tenant = server.tenant.clone();
        let mut chance = StdRng::seed_from_u64(20_261_120);
        for number in 0..1500 {
            let paths = [
                journey.clone(),
                format!("/{tenant}/oauth2/v2.0/token"),
                format!("/{tenant}/oauth2/v2.0/authorize"),
                format!("/{tenant}/oauth2/v2.0/logout"),
                format!("/{tenant}/oidc/userinfo"),
                format!("/{tenant}/oauth2/resume/x"),
            ];
            let path = paths.choose(&mut chance).unwrap();
            let method = if chance.random_range(0..3) == 0 { Method::GET } else { Method::POST };
            let query = url::form_urlencoded::byte_serialize(&nonsense(&mut chance)).collect::<String>();
            let mut body = nonsense(&mut chance);
            if chance.random_range(0..2) == 0 {
                let known = format!("token={token}&answer={}&", WORDS.choose(&mut chance).unwrap());
                body = [known.as_bytes(), &body].concat();
            }
            let kind = [FORM, "application/json", "text/plain", ""].choose(&mut chance).unwrap().to_owned();
            let mut request = ada
                .request(method, &format!("{path}?{}", query.replace("%3D", "=").replace("%26", "&")))
                .header("content-type", kind)
                .header("sec-fetch-site", "same-origin");
            for name in ["authorization", "accept", "if-none-match", "x-forwarded-for", "client-request-id"] {
                if chance.random_range(0..3) == 0
                    && let Ok(value) = axum::http::HeaderValue::from_bytes(&nonsense(&mut chance))
                {
                    request = request.header(name, value);
                }
            }
            let answered = server.send(request.body(Body::from(body.clone())).unwrap()).await;
            let status = answered.status;
            assert!(
                !status.is_server_error(),
                "{number}: {status} for {path}?{query} with {:?}",
                String::from_utf8_lossy(&body)
            );
        }
        assert_eq!(guard::panics(), 0);
        still_works(&mut ada, &shop).await;
    })
    .await;
}

async fn still_works(ada: &mut Browser, shop: &crate::harness::Application) {
    shop.asks(ada).await;
    ada.sign_up(ADA).await;
    assert!(shop.has(ada), "{}", ada.text());
    let mut elsewhere = ada.server.browser();
    shop.asks(&mut elsewhere).await;
    elsewhere.sign_in(ADA, PASSWORD).await;
    assert!(shop.has(&elsewhere));
}
