//! The journey inside somebody else's page: who may ask, and what opens it (security R24, R25).

use crate::harness::{Answered, Application, HOST, ORIGIN, PASSWORD, TestServer, input, on_both};
use app::contract::{
    flow_rules::SecondStepAsked,
    id::{AccountId, UserFlowId},
    user_flow::{Input, Method},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use serde_json::Value;
use server::{
    directory::{application, second_factor},
    secret::totp,
};
use sha2::{Digest, Sha384};
use std::collections::BTreeMap;

const ADA: &str = "ada@example.org";
const SHOP: &str = "https://shop.example";

fn request(origin: Option<&str>, path: &str, form: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post(path)
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request.body(Body::from(body)).unwrap()
}

async fn post(server: &TestServer, origin: Option<&str>, path: &str, form: &[(&str, &str)]) -> Answered {
    server.send(request(origin, path, form)).await
}

async fn shop(server: &TestServer) -> Application {
    let first = server.application().await;
    shop_over(server, &first.flow).await
}

async fn shop_over(server: &TestServer, flow: &UserFlowId) -> Application {
    server.application_over(flow, |it| it.widget_origins = vec![SHOP.into()]).await
}

async fn begin(server: &TestServer, shop: &Application, origin: Option<&str>) -> Answered {
    begin_with(server, shop, origin, &[]).await
}

async fn begin_with(server: &TestServer, shop: &Application, origin: Option<&str>, more: &[(&str, &str)]) -> Answered {
    let (_, request) = shop.request();
    let mut form: Vec<(&str, &str)> = request.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.extend(more);
    post(server, origin, &format!("/{}/widget/{}", server.tenant, shop.id), &form).await
}

/// A journey inside a page of the shop.
struct Walk<'a> {
    server: &'a TestServer,
    path: String,
    token: String,
    page: Value,
}

impl<'a> Walk<'a> {
    async fn begin(server: &'a TestServer, shop: &Application, more: &[(&str, &str)]) -> Self {
        let answered = begin_with(server, shop, Some(SHOP), more).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        let (path, token) = next(&answered);
        Self { server, path, token, page: answered.json() }
    }

    /// Answers; then stands at the page that comes.
    async fn answers(&mut self, answer: &str, fields: &[(&str, &str)]) -> &str {
        let mut form = vec![("token", self.token.as_str()), ("answer", answer)];
        form.extend(fields);
        let answered = post(self.server, Some(SHOP), &self.path, &form).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        self.page = answered.json();
        self.token = self.page["token"].as_str().unwrap().to_owned();
        self.page["step"]["step"].as_str().unwrap()
    }

    /// What the page asks for again, without an answer.
    async fn looks(&self, more: &[(&str, &str)]) -> Answered {
        let mut form = vec![("token", self.token.as_str())];
        form.extend(more);
        post(self.server, Some(SHOP), &self.path, &form).await
    }

    fn location(&self) -> url::Url {
        url::Url::parse(self.page["step"]["location"].as_str().unwrap()).unwrap()
    }

    fn live(&self, origin: &str, revision: &str) -> Request<Body> {
        let form = [("token", self.token.as_str()), ("revision", revision)];
        request(Some(origin), &format!("{}/live", self.path), &form)
    }
}

/// Where answers go, and what opens it.
fn next(answered: &Answered) -> (String, String) {
    let page = answered.json();
    let path = url::Url::parse(page["path"].as_str().unwrap()).unwrap().path().to_owned();
    (path, page["token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn r25_only_the_very_origin_that_is_registered_may_begin_and_read() {
    on_both(async |server| {
        let shop = shop(&server).await;
        let allowed = begin(&server, &shop, Some(SHOP)).await;
        assert_eq!(allowed.status, 200, "{}", allowed.text());
        assert_eq!(allowed.header("access-control-allow-origin"), SHOP);
        let varies: Vec<_> = allowed.headers.get_all("vary").iter().map(|it| it.to_str().unwrap()).collect();
        assert_eq!(varies, ["accept-encoding", "Origin"]);
        assert!(!allowed.headers.contains_key("access-control-allow-credentials"));
        assert!(!allowed.headers.contains_key("set-cookie"));
        assert!(allowed.header("content-security-policy").contains("frame-ancestors 'none'"));
        for origin in [
            "null",
            "*",
            "",
            "https://shop.example.evil.example",
            "https://evilshop.example",
            "https://shop.example:443",
            "https://shop.example:8443",
            "http://shop.example",
            "HTTPS://shop.example",
            "https://SHOP.example",
            "https://shop.example/",
            "https://a@shop.example",
            "https://a.shop.example",
            "https://shop.example.",
            "https://shop.exampl",
            "https://xn--shp-1na.example",
            "https://shop.example https://evil.example",
        ] {
            let refused = begin(&server, &shop, Some(origin)).await;
            assert_eq!(refused.status, 403, "{origin}");
            assert!(!refused.headers.contains_key("access-control-allow-origin"), "{origin}");
        }
        assert_eq!(begin(&server, &shop, None).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn r24_a_token_opens_its_own_journey_until_it_is_answered() {
    on_both(async |server| {
        let shop = shop(&server).await;
        server.account(&shop, ADA).await;
        let (path, first) = next(&begin(&server, &shop, Some(SHOP)).await);
        let (_, foreign) = next(&begin(&server, &shop, Some(SHOP)).await);
        let address =
            |token: &str| [("token", token.to_owned()), ("answer", "address".into()), ("address", ADA.into())];
        let send = async |form: &[(&str, String)]| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            post(&server, Some(SHOP), &path, &form).await
        };
        let over = send(&address(&foreign)).await;
        assert_eq!(
            (over.status.as_u16(), over.header("access-control-allow-origin"), over.header("vary")),
            (410, SHOP, "Origin")
        );
        let answered = send(&address(&first)).await;
        assert_eq!(answered.json()["step"]["step"], "password");
        let (_, second) = next(&answered);
        // Whom the answer did not reach is shown the page again, and given the same token.
        let (_, again) = next(&send(&address(&first)).await);
        assert_eq!(again, second);
        let wrong = [("token", second.clone()), ("answer", "password".into()), ("password", "wrong".into())];
        let (_, third) = next(&send(&wrong).await);
        assert_eq!(send(&address(&first)).await.status, 410, "two answers ago");
        let right = [("token", third.clone()), ("answer", "password".into()), ("password", PASSWORD.into())];
        let done = send(&right).await.json();
        assert!(done["step"]["location"].as_str().unwrap().starts_with("https://shop.example/?code="), "{done}");
        assert_eq!(send(&right).await.status, 410, "a journey ends once");
    })
    .await;
}

/// Fault F11, as on hosted pages: a page that gives an answer up, wherever the server is with it, loses no right code.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_code_that_was_given_up_is_not_lost() {
    on_both(async |server| {
        let shop = shop(&server).await;
        for polls in 0..12 {
            let address = format!("person{polls}@example.org");
            let (path, token) = next(&begin(&server, &shop, Some(SHOP)).await);
            let sign_up = [("token", token.as_str()), ("answer", "signUp")];
            let (_, token) = next(&post(&server, Some(SHOP), &path, &sign_up).await);
            let asked = [("token", token.as_str()), ("answer", "address"), ("address", address.as_str())];
            let (_, token) = next(&post(&server, Some(SHOP), &path, &asked).await);
            let code = server.mailbox().code(&address).await;
            let answer = [("token", token.as_str()), ("answer", "code"), ("code", code.as_str())];
            let given_up = async {
                for _ in 0..polls {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                _ = post(&server, Some(SHOP), &path, &answer) => {}
                () = given_up => {}
            }
            let shown = post(&server, Some(SHOP), &path, &answer).await.json();
            assert_eq!(shown["step"]["step"], "newPassword", "given up after {polls}: {shown}");
        }
    })
    .await;
}

/// The server alone draws that page, and then the one that comes after it.
#[tokio::test]
async fn a_second_factor_is_asked_inside_the_page_too() {
    on_both(async |server| {
        let shop = shop(&server).await;
        server.account(&shop, ADA).await;
        let account = AccountId::from(server.text("SELECT id FROM accounts").await);
        let secret = vec![7; 20];
        let context = second_factor::context(&server.tenant, &account);
        let sealed = server.state.seal.seal(&server.state.chance, &context, &secret);
        server
            .write(move |c, tenant, now| {
                Box::pin(async move { second_factor::insert(c, &tenant, &account, &sealed, 0, now).await })
            })
            .await;
        let mut walk = Walk::begin(&server, &shop, &[]).await;
        walk.answers("address", &[("address", ADA)]).await;
        assert!(walk.page.get("html").is_none(), "what the program draws is not drawn twice");
        assert_eq!(walk.answers("password", &[("password", PASSWORD)]).await, "secondFactor");
        assert!(walk.page["html"].as_str().unwrap().contains("Enter your app’s code"), "{}", walk.page);
        assert_eq!(walk.page["js"], "");
        assert_eq!(walk.answers("code", &[("code", "000000")]).await, "secondFactor");
        assert!(walk.page["html"].as_str().unwrap().contains("aria-invalid"), "{}", walk.page);
        assert_eq!(walk.answers("code", &[("code", &totp::shown(&secret, server.now()))]).await, "done");
        assert!(walk.location().as_str().starts_with("https://shop.example/?code="));

        let mut back = Walk::begin(&server, &shop, &[]).await;
        back.answers("address", &[("address", ADA)]).await;
        back.answers("password", &[("password", PASSWORD)]).await;
        assert_eq!(back.answers("signIn", &[]).await, "address");
        assert!(back.page["html"].as_str().unwrap().contains("Sign in"), "nothing else would draw it");
    })
    .await;
}

/// All that the first screen needs comes in one answer, and nothing of it a second time.
#[tokio::test]
async fn the_first_page_brings_its_style_along() {
    on_both(async |server| {
        let shop = shop(&server).await;
        let walk = Walk::begin(&server, &shop, &[]).await;
        let style = walk.page["style"].as_str().unwrap();
        assert!(style.contains("@container (max-width") && !style.contains("@media (max-width"), "{style}");
        assert!(style.contains(":host{--brand:") && !style.contains("http"), "{style}");
        let html = walk.page["html"].as_str().unwrap();
        assert!(!["<main", "<footer", "<header", "<nav"].iter().any(|landmark| html.contains(landmark)), "{html}");
        let looked = walk.looks(&[("whole", "1")]).await.json();
        assert_eq!((looked["html"].is_string(), &looked["style"]), (true, &Value::Null));
    })
    .await;
}

/// A page that names a version, with the hash of its content, is served that for ever: public/versions.txt.
#[tokio::test]
async fn every_version_of_the_loader_stays_as_it_was_released() {
    let versions: Vec<_> =
        include_str!("../../../public/versions.txt").lines().filter_map(|line| line.split_once(' ')).collect();
    let package: Value = serde_json::from_str(include_str!("../../../public/package.json")).unwrap();
    let present = env!("CARGO_PKG_VERSION");
    assert_eq!(versions.last().map(|(version, _)| *version), Some(present), "a version begins with its line");
    assert_eq!(package["version"], present);
    on_both(async |server| {
        for (version, hash) in &versions {
            let loader = server.get(&format!("/widget/{version}.js")).await;
            assert_eq!(loader.status, 200, "public/widget-{version}.js is not there");
            assert!(loader.header("cache-control").contains("immutable"), "{version}");
            let served = format!("sha384-{}", STANDARD.encode(Sha384::digest(&loader.body)));
            match *hash {
                "unreleased" => assert_eq!(*version, present, "its line tells no hash"),
                released => assert_eq!(served, released, "{version}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_step_is_set_up_and_shown_inside_the_page() {
    on_both(async |server| {
        let first = server.flow(|flow| flow.rules.second_step.asked = SecondStepAsked::Always).await;
        let shop = shop_over(&server, &first.flow).await;
        server.account(&shop, ADA).await;
        let mut walk = Walk::begin(&server, &shop, &[]).await;
        walk.answers("address", &[("address", ADA)]).await;
        assert_eq!(walk.answers("password", &[("password", PASSWORD)]).await, "secondAddress");
        assert_eq!(walk.page["step"]["own"], "a***a@e***e.org");
        assert!(walk.page.get("html").is_none(), "the program draws it");
        assert_eq!(walk.answers("useOwnAddress", &[]).await, "done");
        assert!(walk.location().as_str().starts_with("https://shop.example/?code="));

        let mut again = Walk::begin(&server, &shop, &[]).await;
        again.answers("address", &[("address", ADA)]).await;
        assert_eq!(again.answers("password", &[("password", PASSWORD)]).await, "secondStep");
        assert_eq!(again.answers("useCode", &[]).await, "secondCode");
        let code = server.mailbox().code(ADA).await;
        assert_eq!(again.answers("code", &[("code", &code)]).await, "done");
        assert!(again.location().as_str().starts_with("https://shop.example/?code="));
    })
    .await;
}

#[tokio::test]
async fn a_layout_that_is_saved_is_told_to_the_page_that_holds_the_token_and_to_no_other() {
    on_both(async |server| {
        let first = server.flow(|flow| flow.method = Method::Passcode).await;
        let shop = shop_over(&server, &first.flow).await;
        let mut walk = Walk::begin(&server, &shop, &[]).await;
        walk.answers("signUp", &[]).await;
        walk.answers("address", &[("address", ADA)]).await;
        let early = server.begin(walk.live(SHOP, "1")).await;
        assert_eq!(early.status(), 204, "not at the attribute page yet");
        let code = server.mailbox().code(ADA).await;
        assert_eq!(walk.answers("code", &[("code", &code)]).await, "attributes");

        let stream = server.begin(walk.live(SHOP, "1")).await;
        assert_eq!(
            (stream.status().as_u16(), &stream.headers()["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        assert_eq!(stream.headers()["access-control-allow-origin"], SHOP);
        let mut stream = stream.into_body().into_data_stream();
        let mut hears = async || String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
        assert!(hears().await.starts_with("retry: "));
        let city = Input { required: true, ..input("city", "City") };
        server.save_flow(&shop.flow, |flow| flow.layout.inputs.insert(0, city)).await;
        server.state.open_pages.tell(&server.state.db).await.unwrap();
        assert_eq!(hears().await, "data: 2\n\n");
        let looked = walk.looks(&[]).await.json();
        assert_eq!(looked["step"]["fields"][0]["attribute"], "city");
        assert!(looked.get("html").is_none(), "what was typed stands in the page: nothing is drawn over it");
        assert!(walk.looks(&[("whole", "1")]).await.json()["html"].is_string());

        assert_eq!(server.begin(walk.live("https://evil.example", "1")).await.status(), 403);
        assert_eq!(server.begin(walk.live(SHOP, "first")).await.status(), 400);
        walk.token = Walk::begin(&server, &shop, &[]).await.token;
        assert_eq!(server.begin(walk.live(SHOP, "1")).await.status(), 204, "of somebody else's journey");
    })
    .await;
}

#[tokio::test]
async fn a_page_may_name_the_flow_that_its_widget_shows() {
    on_both(async |server| {
        let first = server.application().await;
        let shop = shop_over(&server, &first.flow).await;
        let codes = server.flow(|flow| (flow.name, flow.method) = ("Codes".into(), Method::Passcode)).await;
        let mut walk = Walk::begin(&server, &shop, &[("p", "B2C_1_codes")]).await;
        walk.answers("signUp", &[]).await;
        walk.answers("address", &[("address", ADA)]).await;
        let code = server.mailbox().code(ADA).await;
        assert_eq!(walk.answers("code", &[("code", &code)]).await, "attributes", "no password is asked");
        let of = server.text("SELECT user_flow_id FROM journeys").await;
        assert_eq!(of, codes.flow.as_str());
        assert_eq!(begin_with(&server, &shop, Some(SHOP), &[("p", "nobody's")]).await.status, 400);
    })
    .await;
}

/// Security R24: the window says it to the very origin, as code, and to nobody where that is not registered.
#[tokio::test]
async fn r24_a_window_tells_how_it_went_to_the_registered_origin_alone() {
    on_both(async |server| {
        let first = server.application().await;
        let public = |it: &mut application::Application| {
            it.widget_origins = vec![SHOP.into()];
            it.secrets.clear();
        };
        let mut shop = server.application_over(&first.flow, public).await;
        server.account(&shop, ADA).await;
        let mode = ("response_mode", "web_message");
        for origin in ["https://shop.example:8443", "https://evil.example", "https://shop.example/", "null", "*"] {
            shop.redirect_uri = origin.into();
            let mut ada = server.browser();
            shop.asks_with(&mut ada, &[mode]).await;
            assert_eq!((ada.status.as_u16(), ada.left_for.is_none()), (400, true), "{origin}");
        }
        // Nor does any browser go there: it is no redirect URI.
        shop.redirect_uri = SHOP.into();
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        assert_eq!((ada.status.as_u16(), ada.left_for.is_none()), (400, true));

        let asked = shop.asks_with(&mut ada, &[mode]).await;
        assert_eq!(ada.headers["cross-origin-opener-policy"], "unsafe-none");
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!((ada.status.as_u16(), ada.heading().as_str()), (200, "Taking you back"));
        assert_eq!(ada.headers["cross-origin-opener-policy"], "unsafe-none");
        assert_eq!(ada.headers["x-frame-options"], "DENY");
        let script = ada.page.html.split("opener?.postMessage({location:").nth(1).unwrap();
        let (location, rest) = script.split_once("},").unwrap();
        assert!(rest.starts_with("\"https://shop.example\");setTimeout(close,2e3)"), "{rest}");
        let location: url::Url = serde_json::from_str::<String>(location).unwrap().parse().unwrap();
        let told: BTreeMap<_, _> = location.query_pairs().into_owned().collect();
        assert_eq!((&told["state"], &told["iss"]), (&asked.state, &format!("{ORIGIN}/{}/v2.0", server.tenant)));
        let mut form = shop.redemption(&told["code"], &asked).to_vec();
        form.push(("client_id", shop.id.as_str()));
        shop.checked(post(&server, Some(SHOP), &shop.address("/oauth2/v2.0/token"), &form).await).await;

        shop.asks_with(&mut ada, &[mode, ("response_type", "id_token")]).await;
        assert!(ada.page.html.contains("error=unsupported_response_type"), "{}", ada.page.html);
        shop.asks_with(&mut ada, &[mode, ("state", "</script><script>alert(1)")]).await;
        assert_eq!(ada.page.count("script:not([nonce])"), 0);
    })
    .await;
}

/// RFC 9126 §6: an application whose requests have to be pushed sends none by way of a page.
#[tokio::test]
async fn whoever_has_to_push_their_requests_has_no_way_round_it() {
    on_both(async |server| {
        let first = server.application().await;
        let change = |it: &mut application::Application| {
            it.widget_origins = vec![SHOP.into()];
            it.protocol.require_pushed_requests = true;
        };
        let shop = server.application_over(&first.flow, change).await;
        let refused = begin(&server, &shop, Some(SHOP)).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        assert_eq!(server.count("SELECT count(*) FROM journeys").await, 0);
    })
    .await;
}
