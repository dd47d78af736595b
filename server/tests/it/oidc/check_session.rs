//! By which pages of applications see whether their person still is signed in (OpenID Connect Session Management 1.0).

use super::{ADA, ada_with_tokens};
use crate::harness::{Answered, Application, Browser, PASSWORD, TestServer, on_both};
use axum::{body::Body, http::Request};
use server::{directory::application::Platform, secret::token};

/// The word that our page in a frame reads.
fn word(browser: &Browser) -> String {
    let name = browser.cookies().into_iter().find(|name| name.contains("browser-state")).expect("it has one");
    browser.cookie(&name).unwrap()
}

/// §5.1: what that page computes.
fn is_unchanged(shop: &Application, told: &str, browser: &Browser) -> bool {
    let salt = told.split_once('.').expect("a salt").1;
    let hash = token::hash(&format!("{} https://shop.example.test {} {salt}", shop.id, word(browser)));
    told == format!("{hash}.{salt}")
}

async fn told(shop: &Application, browser: &mut Browser) -> String {
    shop.asks(browser).await;
    shop.answer(browser).unwrap()["session_state"].clone()
}

#[tokio::test]
async fn an_answer_says_which_session_it_is_of() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        for address in [ADA, "grace@example.org"] {
            server.account(&shop, address).await;
        }
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let first = shop.answer(&ada).unwrap()["session_state"].clone();
        assert!(!first.contains(' ') && is_unchanged(&shop, &first, &ada));
        let tokens = shop.tokens(&ada, &asked).await;
        assert!(!word(&ada).contains(tokens.id["sid"].as_str().unwrap()), "no application knows the word");

        // Another salt each time, another hash for each application, and the same session.
        let (again, of_other) = (told(&shop, &mut ada).await, told(&other, &mut ada).await);
        assert!(again != first && is_unchanged(&shop, &again, &ada) && is_unchanged(&other, &of_other, &ada));
        assert!(is_unchanged(&shop, &first, &ada) && !is_unchanged(&shop, &of_other, &ada));

        // Another person.
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in("grace@example.org", PASSWORD).await;
        assert!(!is_unchanged(&shop, &first, &ada));
        // Nobody.
        let of_grace = told(&shop, &mut ada).await;
        assert!(is_unchanged(&shop, &of_grace, &ada));
        ada.open(&format!("/{}/oauth2/v2.0/logout", shop.tenant)).await;
        ada.press("Sign out").await;
        assert!(!is_unchanged(&shop, &of_grace, &ada));
        // §3: an error is of no session.
        shop.asks_with(&mut ada, &[("prompt", "none")]).await;
        assert!(!shop.answer(&ada).unwrap().contains_key("session_state"));
    })
    .await;
}

/// It goes wherever the answer goes; and not where there is no page that could ask.
#[tokio::test]
async fn every_answer_to_a_page_has_it() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server.application_over(&flow, |made| made.protocol.id_token_at_authorize = true).await;
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        for wishes in [
            [("response_mode", "fragment"), ("response_type", "code")],
            [("response_mode", "form_post"), ("response_type", "code")],
            [("response_mode", "fragment"), ("response_type", "code id_token")],
        ] {
            shop.asks_with(&mut ada, &wishes).await;
            let answer = shop.answer(&ada).unwrap();
            assert!(is_unchanged(&shop, &answer["session_state"], &ada), "{wishes:?}");
        }
        let native = server
            .application_over(&flow, |made| {
                made.secrets.clear();
                made.redirect_uris[0].platform = Platform::Native;
                made.redirect_uris[0].uri = "com.example.shop:/signed-in".into();
            })
            .await;
        native.asks(&mut ada).await;
        assert!(native.has(&ada) && !native.answer(&ada).unwrap().contains_key("session_state"));
    })
    .await;
}

async fn page(server: &TestServer, referer: Option<&str>) -> Answered {
    let document = server.get(&format!("/{}/v2.0/.well-known/openid-configuration", server.tenant)).await.json();
    let address = document["check_session_iframe"].as_str().unwrap().to_owned();
    let mut request = Request::get(address.strip_prefix(&server.origin()).unwrap());
    if let Some(referer) = referer {
        request = request.header("referer", referer);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

/// Security R23: only inside pages of an origin at which an application is registered.
#[tokio::test]
async fn r23_the_page_that_is_asked_is_framed_by_registered_origins_alone() {
    on_both(async |server| {
        server.application().await;
        for (referer, framed_by) in [
            (Some("https://shop.example.test/"), "https://shop.example.test"),
            (Some("https://shop.example.test/some/page?x=y"), "https://shop.example.test"),
            (Some("https://shop.example.test.evil.example/"), "'none'"),
            (Some("https://shop.example"), "'none'"),
            (Some("http://shop.example.test/"), "'none'"),
            (Some("https://shop.example.test:8443/"), "'none'"),
            (Some("https://%.example.test/"), "'none'"),
            (Some("null"), "'none'"),
            (None, "'none'"),
        ] {
            let answered = page(&server, referer).await;
            assert_eq!(answered.status, 200);
            let policy = answered.header("content-security-policy");
            assert!(policy.ends_with(&format!("frame-ancestors {framed_by}")), "{referer:?}: {policy}");
            assert!(policy.starts_with("default-src 'none'; script-src 'nonce-"), "{policy}");
            let refused = if framed_by == "'none'" { "DENY" } else { "" };
            assert_eq!(answered.header("x-frame-options"), refused, "{referer:?}");
        }
    })
    .await;
}
