//! The way out behind a plain form: Chromium applies `form-action` to every redirect behind one, so none leads out of the house.

use super::ADA;
use crate::harness::{Answered, Browser, ORIGIN, PASSWORD, on_both};
use axum::{body::Body, http::Method};
use server::directory::application::{Application, Platform, RedirectUri};

/// What the server says to the form, before any browser goes anywhere.
async fn press(browser: &Browser, typed: &[(&str, &str)], button: &str) -> Answered {
    let typed: Vec<_> = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let form = browser.page.submit(&typed, button);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.pairs).finish();
    let request = browser
        .request(Method::POST, &form.path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "null")
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::from(body)).unwrap()).await
}

/// Security R21, R26: the page knows no code, no policy lets its forms lead elsewhere, and redirects end at home, at a page of
/// ours, or at an application on the person's own device.
#[tokio::test]
async fn r21_no_redirect_behind_a_sign_in_leaves_the_house() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let home = format!("{ORIGIN}/cb");
        for (platform, uri, mode, scheme, by_redirect) in [
            (Platform::Web, "https://shop.example.test/cb", "query", "", false),
            (Platform::SinglePage, "https://shop.example.test/cb", "fragment", "", false),
            (Platform::Native, "http://localhost/cb", "query", "", false),
            (Platform::Web, "https://shop.example.test/cb", "form_post", "", true),
            (Platform::Native, "com.example.app:/cb", "query", "com.example.app:", true),
            (Platform::Web, &home, "query", "", true),
        ] {
            let change = |made: &mut Application| {
                made.redirect_uris = vec![RedirectUri { platform, uri: uri.into() }];
            };
            let shop = server.application_over(&flow, change).await;
            if server.count("SELECT count(*) FROM accounts").await == 0 {
                server.account(&shop, ADA).await;
            }
            let mut ada = server.browser();
            shop.asks_with(&mut ada, &[("response_mode", mode)]).await;
            let policy = ada.headers["content-security-policy"].to_str().unwrap().to_owned();
            assert!(policy.contains(&format!("form-action 'self' {scheme};")), "{uri}: {policy}");
            ada.fill(&[("Email address", ADA)]).press("Continue").await;

            let answered = press(&ada, &[("Password", PASSWORD)], "Sign in").await;
            let resume = format!("/{}/oauth2/resume/", server.tenant);
            let text = answered.text();
            let onward = answered.leads_to().unwrap();
            assert!(onward.starts_with(&resume), "{uri}: {onward}");
            assert_eq!(answered.status, if by_redirect { 303 } else { 200 }, "{uri}");
            if !by_redirect {
                assert_eq!(answered.header("cache-control"), "no-store");
                assert!(answered.header("content-security-policy").contains("form-action 'self' ;"));
                assert!(!text.contains("<script") && !text.contains("code="), "{text}");
                assert!(text.contains(&format!("href=\"{onward}\"")), "and a link that says so: {text}");
            }
            if uri != home {
                ada.open(&onward).await;
                assert!(shop.has(&ada), "{uri}: {:?} {}", ada.left_for, ada.text());
            }
        }
    })
    .await;
}

/// The same behind the question whether to sign out.
#[tokio::test]
async fn r21_no_redirect_behind_a_sign_out_leaves_the_house() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        for (uri, leads_to, scheme) in [
            ("https://shop.example.test/bye?a=b", "https://shop.example.test/bye?a=b&amp;state=s%22", ""),
            ("com.example.app:/bye", "com.example.app:/bye?state=s%22", "com.example.app:"),
        ] {
            let platform = if scheme.is_empty() { Platform::Web } else { Platform::Native };
            let change = |made: &mut Application| {
                made.redirect_uris = vec![RedirectUri { platform, uri: uri.into() }];
            };
            let shop = server.application_over(&flow, change).await;
            if server.count("SELECT count(*) FROM accounts").await == 0 {
                server.account(&shop, ADA).await;
            }
            // Somebody who signed in to another application is asked.
            let other = server.application_over(&flow, |_| ()).await;
            let mut ada = server.browser();
            other.asks(&mut ada).await;
            ada.sign_in(ADA, PASSWORD).await;
            assert!(other.has(&ada), "{}", ada.text());
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("post_logout_redirect_uri", uri), ("state", "s\"")])
                .finish();
            ada.open(&format!("/{}/oauth2/v2.0/logout?{query}", server.tenant)).await;
            assert_eq!(ada.heading(), "Sign out of Woodgrove?");
            let policy = ada.headers["content-security-policy"].to_str().unwrap().to_owned();
            assert!(policy.contains(&format!("form-action 'self' {scheme};")), "{uri}: {policy}");

            let answered = press(&ada, &[], "Sign out").await;
            assert!(answered.header("clear-site-data").contains("cache"));
            if scheme.is_empty() {
                let refresh = format!("<meta http-equiv=\"refresh\" content=\"0;url={leads_to}\">");
                assert_eq!(answered.status, 200);
                assert!(answered.text().contains(&refresh), "{}", answered.text());
                assert!(!answered.text().contains("<script"), "{}", answered.text());
            } else {
                assert_eq!((answered.status.as_u16(), answered.header("location")), (303, leads_to));
            }
        }
    })
    .await;
}
