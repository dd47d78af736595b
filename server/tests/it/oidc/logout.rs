//! Signing out: at once where it is certain that the person's own application asks, and asked first where it is not.

use super::{ADA, ada_with_tokens, refused};
use crate::harness::{Application, Browser, PASSWORD, on_both};
use axum::{body::Body, http::Request};
use server::directory::application;

fn path(shop: &Application, parameters: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/{}/oauth2/v2.0/logout?{query}", shop.tenant)
}

async fn is_signed_in(shop: &Application, browser: &mut Browser) -> bool {
    shop.asks(browser).await;
    shop.has(browser)
}

#[tokio::test]
async fn the_person_s_own_application_signs_them_out_at_once() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let back = shop.redirect_uri.as_str();
        ada.open(&path(
            &shop,
            &[("id_token_hint", &tokens.id_token), ("post_logout_redirect_uri", back), ("state", "a b&c")],
        ))
        .await;
        assert_eq!(ada.left_for.as_deref(), Some(format!("{back}?state=a%20b%26c").as_str()));
        assert!(ada.headers["clear-site-data"].to_str().unwrap().contains("cache"));
        assert!(!ada.cookies().iter().any(|cookie| cookie.contains("session")), "{:?}", ada.cookies());
        assert!(!is_signed_in(&shop, &mut ada).await);
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant");
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401);
    })
    .await;
}

/// Security R20, R27: a link on somebody else's page signs nobody out, and leads nowhere that is not registered.
#[tokio::test]
async fn r27_whoever_cannot_show_that_they_may_is_not_obeyed() {
    on_both(async |server| {
        let shop = server.application().await;
        let stranger = server.application_over(&shop.flow, |made| {
            made.redirect_uris[0].uri = "https://stranger.example.test/".into();
        });
        let stranger = stranger.await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let (_, others) = ada_with_tokens(&server, &shop).await;
        let hint = tokens.id_token.as_str();
        let cut = &hint[..hint.len() - 6];
        for parameters in [
            &[][..],
            &[("client_id", shop.id.as_str())],
            &[("id_token_hint", cut)],
            &[("id_token_hint", others.id_token.as_str())],
            &[("id_token_hint", tokens.access_token.as_str())],
            &[("post_logout_redirect_uri", "https://evil.example/")],
            &[("post_logout_redirect_uri", stranger.redirect_uri.as_str())],
            &[("post_logout_redirect_uri", stranger.redirect_uri.as_str()), ("client_id", shop.id.as_str())],
            &[("post_logout_redirect_uri", "javascript:alert(1)")],
            &[("post_logout_redirect_uri", "//evil.example/")],
        ] {
            ada.open(&path(&shop, parameters)).await;
            assert!(ada.left_for.is_none(), "{parameters:?}");
            assert!(is_signed_in(&shop, &mut ada).await, "{parameters:?}");
        }
        // With its own hint the session ends; the address that is not its own is not gone to.
        for evil in ["https://evil.example/", "javascript:alert(1)", &stranger.redirect_uri] {
            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            ada.open(&path(&shop, &[("id_token_hint", &tokens.id_token), ("post_logout_redirect_uri", evil)])).await;
            assert!(ada.left_for.is_none(), "{evil}");
            assert!(!ada.page.html.contains("javascript:"));
            assert!(!is_signed_in(&shop, &mut ada).await);
        }
    })
    .await;
}

/// Ada proved anew who she is, because another application wished it: this one was not told of the session that followed.
#[tokio::test]
async fn an_id_token_of_the_session_before_is_as_good() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let (_, elsewhere) = ada_with_tokens(&server, &shop).await;
        other.asks_with(&mut ada, &[("prompt", "login")]).await;
        ada.sign_in(ADA, PASSWORD).await;
        let back = ("post_logout_redirect_uri", shop.redirect_uri.as_str());
        // Another browser's says nothing about this one.
        ada.open(&path(&shop, &[("id_token_hint", &elsewhere.id_token), back])).await;
        assert!(ada.left_for.is_none());
        assert!(is_signed_in(&other, &mut ada).await);
        ada.open(&path(&shop, &[("id_token_hint", &tokens.id_token), back])).await;
        assert_eq!(ada.left_for.as_ref(), Some(&shop.redirect_uri));
        assert!(!is_signed_in(&other, &mut ada).await);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_asked_may_say_yes() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        ada.open(&path(&shop, &[])).await;
        assert!(ada.text().contains(ADA), "{}", ada.text());
        let button = ada.page.buttons()[0].clone();
        let asking = ada.page.clone();
        // The page of one session signs no other out.
        let (mut grace, _) = ada_with_tokens(&server, &shop).await;
        grace.page = asking.clone();
        grace.press(&button).await;
        assert_eq!(grace.status, 403);
        assert!(is_signed_in(&shop, &mut grace).await);

        ada.press(&button).await;
        assert!(!is_signed_in(&shop, &mut ada).await);
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant");
        // Nobody is signed in: it says so, and breaks nothing.
        ada.open(&path(&shop, &[])).await;
        assert_eq!(ada.status, 200);
    })
    .await;
}

#[tokio::test]
async fn an_id_token_that_ran_out_still_tells_whom_it_was_about() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        server.clock.advance(std::time::Duration::from_secs(7200));
        ada.open(&path(
            &shop,
            &[("id_token_hint", &tokens.id_token), ("post_logout_redirect_uri", &shop.redirect_uri)],
        ))
        .await;
        assert_eq!(ada.left_for.as_deref(), Some(shop.redirect_uri.as_str()));
        assert!(!is_signed_in(&shop, &mut ada).await);
    })
    .await;
}

/// OpenID Connect RP-Initiated Logout §2: a hint is no proof, but where it names somebody else, whoever is here is not meant. It
/// tells nobody who has an account.
#[tokio::test]
async fn a_hint_that_names_somebody_else_signs_nobody_out_unasked() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        server.account(&shop, "grace@example.org").await;
        let back = ("post_logout_redirect_uri", shop.redirect_uri.as_str());
        let long = format!("{}@example.org", "x".repeat(4000));
        for (hint, at_once) in [
            (ADA, true),
            ("Ada@Example.org", true),
            ("grace@example.org", false),
            ("nobody@example.org", false),
            (&long, false),
        ] {
            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            ada.open(&path(&shop, &[back, ("logout_hint", hint)])).await;
            assert_eq!(ada.left_for.is_some(), at_once, "{hint}");
            if !at_once {
                assert_eq!(ada.heading(), "Sign out of Woodgrove?", "{hint}");
                ada.press("Sign out").await;
                assert_eq!(ada.left_for.as_ref(), Some(&shop.redirect_uri), "{hint}");
            }
            assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401, "{hint}");
            // An ID token of the session is a proof, whatever stands beside it.
            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            ada.open(&path(&shop, &[back, ("logout_hint", hint), ("id_token_hint", &tokens.id_token)])).await;
            assert_eq!(ada.left_for.as_ref(), Some(&shop.redirect_uri), "{hint}");
        }
    })
    .await;
}

/// OpenID Connect RP-Initiated Logout §2: by POST as well; the cookies come with the GET that follows.
#[tokio::test]
async fn an_application_may_ask_by_a_form() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let parameters = [("id_token_hint", tokens.id_token.as_str()), ("state", "a b")];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let form = Request::post(path(&shop, &[]))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://shop.example.test");
        let answered = server.send(form.body(Body::from(body)).unwrap()).await;
        let again = answered.header("location");
        assert_eq!((answered.status.as_u16(), again), (303, path(&shop, &parameters).as_str()));
        assert!(is_signed_in(&shop, &mut ada).await);
        ada.open(again).await;
        assert!(!is_signed_in(&shop, &mut ada).await);
    })
    .await;
}

/// Where the browser is not sent back, the page leads back: to where an administrator says that the application is.
#[tokio::test]
async fn the_page_of_somebody_who_signed_out_leads_back_to_their_application() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let at = |home: &'static str| server.application_over(&flow, move |made| made.home_url = Some(home.into()));
        let (shop, bad) = (at("https://shop.example.test/").await, at("javascript:alert(1)").await);
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        ada.open(&path(&shop, &[("id_token_hint", &tokens.id_token)])).await;
        assert_eq!(ada.heading(), "You are signed out");
        assert!(ada.page.html.contains("href=\"https://shop.example.test/\""), "{}", ada.page.html);
        assert!(ada.text().contains("Back to Groceries"));

        // Without a word of who asks: the one that the session was for.
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        ada.open(&path(&shop, &[])).await;
        let button = ada.page.buttons()[0].clone();
        ada.press(&button).await;
        assert!(ada.page.html.contains("href=\"https://shop.example.test/\""), "{}", ada.page.html);

        let (mut ada, tokens) = ada_with_tokens(&server, &bad).await;
        ada.open(&path(&bad, &[("id_token_hint", &tokens.id_token)])).await;
        assert_eq!(ada.heading(), "You are signed out");
        assert!(!ada.page.html.contains("javascript:"));
    })
    .await;
}

/// A window that an application's page opened says to that page, and to none that is not registered, that it is done.
#[tokio::test]
async fn r24_a_window_tells_the_page_that_opened_it_that_the_session_is_over() {
    on_both(async |server| {
        const ORIGIN: &str = "https://shop.example.test";
        let flow = server.application().await.flow;
        let with_widget = |made: &mut application::Application| made.widget_origins = vec![ORIGIN.into()];
        let shop = server.application_over(&flow, with_widget).await;
        let told =
            "opener?.postMessage({location:\"https://shop.example.test?state=a%20b\"},\"https://shop.example.test\")";
        let asked = |hint: &str, origin: &str| {
            let mode = ("response_mode", "web_message");
            path(&shop, &[("id_token_hint", hint), ("post_logout_redirect_uri", origin), ("state", "a b"), mode])
        };
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        ada.open(&asked(&tokens.id_token, ORIGIN)).await;
        assert!(ada.page.html.contains(told), "{}", ada.page.html);
        assert_eq!(ada.headers["cross-origin-opener-policy"], "unsafe-none");
        assert!(!is_signed_in(&shop, &mut ada).await);
        // Where nobody is signed in any more it says the same.
        ada.open(&asked(&tokens.id_token, ORIGIN)).await;
        assert!(ada.page.html.contains(told), "{}", ada.page.html);

        for elsewhere in
            ["https://evil.example", "https://shop.example.test/", "https://shop.example.test:8443", "null", "*"]
        {
            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            ada.open(&asked(&tokens.id_token, elsewhere)).await;
            assert_eq!((ada.heading().as_str(), ada.left_for.as_ref()), ("You are signed out", None), "{elsewhere}");
            assert!(!ada.page.html.contains("postMessage"), "{elsewhere}");
        }
        // It is an address for messages, and no browser goes there.
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        ada.open(&path(&shop, &[("id_token_hint", &tokens.id_token), ("post_logout_redirect_uri", ORIGIN)])).await;
        assert_eq!(ada.left_for, None);

        // Who is asked answers in the same window.
        let (_, others) = ada_with_tokens(&server, &shop).await;
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        ada.open(&asked(&others.id_token, ORIGIN)).await;
        assert_eq!(ada.heading(), "Sign out of Woodgrove?");
        assert_eq!(ada.headers["cross-origin-opener-policy"], "unsafe-none");
        ada.press("Sign out").await;
        assert!(ada.page.html.contains(told), "{}", ada.page.html);
        assert!(!is_signed_in(&shop, &mut ada).await);

        // Other applications hear of it first, each in a frame; then the window says so.
        let change = |made: &mut application::Application| {
            made.widget_origins = vec![ORIGIN.into()];
            made.protocol.front_channel_logout_url = Some("https://rp.example.test/front-channel".into());
        };
        let shop = server.application_over(&flow, change).await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let hint = ("id_token_hint", tokens.id_token.as_str());
        let more = [("post_logout_redirect_uri", ORIGIN), ("state", "a b"), ("response_mode", "web_message")];
        ada.open(&path(&shop, &[&[hint][..], &more].concat())).await;
        assert_eq!(ada.page.count("iframe"), 1);
        let onward = ada.page.attribute("a#onward", "href").unwrap();
        ada.open(&onward).await;
        assert!(ada.page.html.contains(told), "{}", ada.page.html);
    })
    .await;
}
