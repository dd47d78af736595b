//! Each rule of the guard, one request over the line and one on it.

use super::{
    bodies::{BODY_BYTES, DESIGN_BYTES},
    *,
};
use crate::config::{LogFormat, PublicUrl};
use axum::{
    http::Method,
    routing::{get, post},
};
use futures::{StreamExt, poll, stream};
use http_body_util::BodyExt;
use std::convert::Infallible;
use tokio::time::sleep;

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn guard(public_url: &str) -> Guard {
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        public_url: PublicUrl::parse(public_url).unwrap(),
        tls: None,
        database_url: "sqlite::memory:".into(),
        smtp_url: None,
        smtp_ca: None,
        mail_from: "no-reply@example.org".into(),
        seal_keys: Vec::new(),
        trusted_proxies: Vec::new(),
        log: "info".into(),
        log_format: LogFormat::Text,
    };
    let page = PagePolicy {
        nonce: "abc".into(),
        form_targets: Some(vec!["https://app.example".into()]),
        frames: Vec::new(),
        framed_by: None,
    };
    let forms = Router::new()
        .route("/form", post(async || "taken"))
        .route("/form", get(async || "shown"))
        .layer(axum::middleware::from_fn_with_state(config.public_url.clone(), only_from_our_pages));
    let router = Router::new()
        .merge(forms)
        .route("/", get(async || "plain"))
        .route("/healthz", get(async || "ok"))
        .route("/page", get(async move || (axum::Extension(page), axum::response::Html("page"))))
        .route("/cached", get(async || ([(header::CACHE_CONTROL, "public, max-age=300")], "bytes")))
        .route("/echo", post(async |body: Bytes| body.len().to_string()))
        .route("/who", get(async |caller: Caller| format!("{} {}", caller.address, caller.trace)))
        .route("/slow", get(async || sleep(Duration::from_secs(31)).await))
        .route("/panic", get(async || -> &'static str { panic!("canary") }));
    Guard::new(Arc::new(config), Chance::seeded(1), router)
}

fn get_(path: &str) -> Request<Body> {
    Request::get(path).header("host", "login.example.org").body(Body::empty()).unwrap()
}

async fn ask(request: Request<Body>) -> Response {
    guard("https://login.example.org").answer(PEER, request).await
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn r26_every_answer_wears_the_headers() {
    for path in ["/", "/page", "/cached", "/nowhere", "/panic"] {
        let response = ask(get_(path)).await;
        let said = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(said("x-content-type-options"), "nosniff");
        assert_eq!(said("referrer-policy"), "no-referrer");
        assert_eq!(said("x-frame-options"), "DENY");
        assert_eq!(said("cross-origin-opener-policy"), "same-origin");
        assert_eq!(said("strict-transport-security"), "max-age=31536000; includeSubDomains");
        assert!(said("permissions-policy").contains("camera=()"));
        assert!(said("content-security-policy").starts_with("default-src 'none'; "));
        assert!(said("content-security-policy").ends_with("frame-ancestors 'none'"));
        assert_eq!(said("cache-control"), if path == "/cached" { "public, max-age=300" } else { "no-store" });
        assert_eq!(said("x-ms-request-id").len(), 36);
    }
}

#[tokio::test]
async fn without_https_there_is_no_promise_of_https() {
    let request = Request::get("/").header("host", "localhost:3000").body(Body::empty()).unwrap();
    let response = guard("http://localhost:3000").answer(PEER, request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
}

#[tokio::test]
async fn r21_a_page_says_what_it_may_do_and_nothing_can_be_added() {
    let response = ask(get_("/page")).await;
    assert_eq!(
        response.headers()[header::CONTENT_SECURITY_POLICY],
        "default-src 'none'; script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-abc'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self' https://app.example; \
         base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    );
    for origin in ["https://a; script-src *", "https://a *", "https://a,default-src *", "'unsafe-inline'"] {
        let form_targets = Some(vec![origin.into()]);
        let policy = PagePolicy { nonce: "abc".into(), form_targets, frames: Vec::new(), framed_by: None };
        let mut response = (axum::Extension(policy), "page").into_response();
        headers::dress(&mut response, Some(true));
        let said = &response.headers()[header::CONTENT_SECURITY_POLICY];
        assert_eq!(said, "default-src 'none'; frame-ancestors 'none'", "{origin}");
    }
}

#[tokio::test]
async fn r44_an_address_of_8_kib_passes_and_a_byte_more_does_not() {
    let with = |length: usize| get_(&format!("/?{}", "a".repeat(length - 2)));
    assert_eq!(ask(with(URI_BYTES)).await.status(), StatusCode::OK);
    assert_eq!(ask(with(URI_BYTES + 1)).await.status(), StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn r44_headers_are_few_and_short() {
    let with = |count: usize, length: usize| {
        let mut request = get_("/");
        for number in 0..count {
            let name = header::HeaderName::try_from(format!("x-{number:02}")).unwrap();
            request.headers_mut().insert(name, "a".repeat(length).parse().unwrap());
        }
        request
    };
    // Host is one of them, and weighs 4 + 17 + 4 bytes.
    assert_eq!(ask(with(HEADERS - 1, 1)).await.status(), StatusCode::OK);
    assert_eq!(ask(with(HEADERS, 1)).await.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(ask(with(1, HEADER_BYTES - 25 - 8)).await.status(), StatusCode::OK);
    assert_eq!(ask(with(1, HEADER_BYTES - 25 - 7)).await.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

fn form(body: Body) -> Request<Body> {
    Request::post("/echo").header("host", "login.example.org").body(body).unwrap()
}

#[tokio::test]
async fn r44_a_form_of_64_kib_passes_and_a_byte_more_does_not() {
    let chunked = |length: usize| {
        let bytes = Bytes::from(vec![b'a'; length]);
        Body::from_stream(futures::stream::iter([Ok::<_, Infallible>(bytes)]))
    };
    for body in [Body::from(vec![b'a'; BODY_BYTES]), chunked(BODY_BYTES)] {
        assert_eq!(text(ask(form(body)).await).await, BODY_BYTES.to_string());
    }
    for body in [Body::from(vec![b'a'; BODY_BYTES + 1]), chunked(BODY_BYTES + 1)] {
        assert_eq!(ask(form(body)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut announced = form(chunked(1));
    announced.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(BODY_BYTES + 1));
    assert_eq!(ask(announced).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(start_paused = true)]
async fn r44_a_body_that_never_ends_is_given_up() {
    let never = Body::from_stream(futures::stream::pending::<Result<Bytes, Infallible>>());
    assert_eq!(ask(form(never)).await.status(), StatusCode::REQUEST_TIMEOUT);
    let broken = Body::from_stream(futures::stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]));
    assert_eq!(ask(form(broken)).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn f29_bodies_in_flight_are_bounded() {
    let guard = Guard { bodies: Bodies::within(2 * BODY_BYTES), ..guard("https://login.example.org") };
    let sent = || Bytes::from(vec![b'a'; BODY_BYTES]);
    let never_ends = || {
        let begun = stream::iter([Ok::<_, Infallible>(sent())]);
        guard.answer(PEER, form(Body::from_stream(begun.chain(stream::pending()))))
    };
    let (mut one, mut another) = (Box::pin(never_ends()), Box::pin(never_ends()));
    assert!(poll!(&mut one).is_pending() && poll!(&mut another).is_pending());
    let refused = guard.answer(PEER, form(Body::from("a"))).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    // Whoever brings nothing is answered all the same.
    assert_eq!(guard.answer(PEER, get_("/")).await.status(), StatusCode::OK);

    // Who gives up gives the room back, and so does an answer.
    drop((one, another));
    for _ in 0..5 {
        assert_eq!(text(guard.answer(PEER, form(Body::from(sent()))).await).await, BODY_BYTES.to_string());
    }
    // But not before: while it is worked on, a body is still held.
    let slow = || {
        let request = Request::get("/slow").header("host", "login.example.org").body(Body::from(sent())).unwrap();
        guard.answer(PEER, request)
    };
    let (mut one, mut another) = (Box::pin(slow()), Box::pin(slow()));
    assert!(poll!(&mut one).is_pending() && poll!(&mut another).is_pending());
    assert_eq!(guard.answer(PEER, form(Body::from("a"))).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn f29_one_network_leaves_room_for_the_others() {
    let guard = guard("https://login.example.org");
    let sent = Bytes::from(vec![b'a'; DESIGN_BYTES]);
    let never_ends = || {
        let begun = stream::iter([Ok::<_, Infallible>(sent.clone())]);
        let body = Body::from_stream(begun.chain(stream::pending()));
        let request = Request::post("/graph/v1.0/import").header("host", "login.example.org").body(body).unwrap();
        guard.answer(PEER, request)
    };
    let from = |address: &str| guard.answer(address.parse().unwrap(), form(Body::from("a")));
    // Two of the largest are an eighth of the room.
    let (mut one, mut another) = (Box::pin(never_ends()), Box::pin(never_ends()));
    assert!(poll!(&mut one).is_pending() && poll!(&mut another).is_pending());
    for neighbour in ["127.0.0.1", "127.0.0.200", "::ffff:127.0.0.9"] {
        assert_eq!(from(neighbour).await.status(), StatusCode::SERVICE_UNAVAILABLE, "{neighbour}");
    }
    for elsewhere in ["203.0.113.9", "127.0.1.1", "2001:db8::7"] {
        assert_eq!(from(elsewhere).await.status(), StatusCode::OK, "{elsewhere}");
    }
    drop(one);
    assert_eq!(from("127.0.0.1").await.status(), StatusCode::OK, "what is given back is free again");
    drop(another);
    assert!(guard.bodies.is_empty(), "nobody is remembered who sends nothing");
}

#[tokio::test(start_paused = true)]
async fn r44_a_handler_that_hangs_is_given_up() {
    let response = ask(get_("/slow")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[header::RETRY_AFTER], "1");
}

#[tokio::test]
async fn r45_a_panic_is_an_answer_and_is_counted() {
    let before = panics();
    let response = ask(get_("/panic")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(panics() > before);
    assert!(!text(response).await.contains("canary"));
}

#[tokio::test]
async fn r10_a_name_that_is_not_ours_is_not_served() {
    let hosts = |hosts: &[&str]| {
        let mut request = Request::get("/").body(Body::empty()).unwrap();
        for host in hosts {
            request.headers_mut().append("host", host.parse().unwrap());
        }
        request
    };
    for ours in [&["login.example.org"][..], &["login.example.org:443"], &["Login.Example.org"]] {
        assert_eq!(ask(hosts(ours)).await.status(), StatusCode::OK, "{ours:?}");
    }
    for theirs in
        [&[][..], &["evil.example"], &["localhost"], &["login.example.org", "evil.example"], &["a@login.example.org"]]
    {
        assert_eq!(ask(hosts(theirs)).await.status(), StatusCode::MISDIRECTED_REQUEST, "{theirs:?}");
    }
    // What a proxy forwards about names is never read.
    let mut forwarded = get_("/");
    forwarded.headers_mut().insert("x-forwarded-host", "evil.example".parse().unwrap());
    forwarded.headers_mut().insert("forwarded", "host=evil.example".parse().unwrap());
    assert_eq!(ask(forwarded).await.status(), StatusCode::OK);
    // HTTP/2 names us in the target; a Host beside it must say the same.
    let target = |host: Option<&str>| {
        let mut request = Request::get("https://login.example.org/").body(Body::empty()).unwrap();
        if let Some(host) = host {
            request.headers_mut().insert("host", host.parse().unwrap());
        }
        request
    };
    assert_eq!(ask(target(None)).await.status(), StatusCode::OK);
    assert_eq!(ask(target(Some("login.example.org"))).await.status(), StatusCode::OK);
    assert_eq!(ask(target(Some("evil.example"))).await.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn a_balancer_may_ask_for_health_by_address() {
    let request = Request::get("/healthz").header("host", "10.0.0.7:3000").body(Body::empty()).unwrap();
    assert_eq!(ask(request).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_handler_knows_its_caller_by_the_trace_that_the_answer_names() {
    let response = ask(get_("/who")).await;
    let trace = response.headers()["x-ms-request-id"].to_str().unwrap().to_owned();
    assert_eq!(text(response).await, format!("{PEER} {trace}"));
}

#[tokio::test]
async fn r20_only_our_pages_reach_what_a_cookie_opens() {
    let with = |method: Method, site: &str| {
        let request = Request::builder().method(method).uri("/form").header("host", "login.example.org");
        request.header("sec-fetch-site", site).body(Body::empty()).unwrap()
    };
    assert_eq!(text(ask(with(Method::POST, "same-origin")).await).await, "taken");
    assert_eq!(ask(with(Method::POST, "cross-site")).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(ask(with(Method::GET, "cross-site")).await.status(), StatusCode::OK);
}
