//! Who hears that somebody signed out, and where the browser goes then: the tenant's choice, frames, and calls of our server.

use super::ada_with_tokens;
use crate::harness::{Application, Browser, ORIGIN, PASSWORD, Place, TestServer, Tokens, on_both};
use app::contract::flow_rules::IssuerForm;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use server::{
    directory::{
        self, application,
        goodbye::Goodbye,
        tenant::{self, SignOut},
    },
    oidc::goodbye,
};
use std::{collections::BTreeSet, time::Duration};

fn path(shop: &Application, parameters: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/{}/oauth2/v2.0/logout?{query}", shop.tenant)
}

async fn choose(server: &TestServer, sign_out: SignOut) {
    server.write(move |c, tenant, _| Box::pin(async move { tenant::set_sign_out(c, &tenant, sign_out).await })).await;
    server.state.db.forget();
}

/// What clients need, 2: who brings no ID token is asked, obeyed, or kept here, as the tenant has chosen.
#[tokio::test]
async fn a_request_without_a_hint_gets_what_the_tenant_chose() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |made| {
            made.redirect_uris[0].uri = "https://other.example.test/bye".into();
        });
        let other = other.await;
        for (choice, own_returns, other_asks, other_returns) in [
            (SignOut::Ask, true, true, true),
            (SignOut::AtOnce, true, false, true),
            (SignOut::Stay, false, true, false),
        ] {
            choose(&server, choice).await;
            let (mut ada, _) = ada_with_tokens(&server, &shop).await;
            ada.open(&path(&shop, &[("post_logout_redirect_uri", &shop.redirect_uri), ("state", "s")])).await;
            assert_eq!(ada.left_for.is_some(), own_returns, "{choice:?}");

            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            ada.open(&path(&shop, &[("post_logout_redirect_uri", &other.redirect_uri), ("state", "s")])).await;
            assert_eq!(ada.heading() == "Sign out of Woodgrove?", other_asks, "{choice:?}");
            if other_asks {
                let policy = ada.headers["content-security-policy"].to_str().unwrap();
                assert!(policy.contains("form-action 'self' ;"), "{choice:?}: {policy}");
                ada.press("Sign out").await;
                // Behind a form it is a page of ours that goes on: no policy binds where the application leads then.
                assert_eq!((ada.status.as_u16(), ada.headers.get("location")), (200, None));
            }
            let back = format!("{}?state=s", other.redirect_uri);
            assert_eq!(ada.left_for, other_returns.then_some(back), "{choice:?}");
            assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401);

            // With its own hint an application always gets its person back.
            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            let hint = ("id_token_hint", tokens.id_token.as_str());
            ada.open(&path(&shop, &[hint, ("post_logout_redirect_uri", &shop.redirect_uri)])).await;
            assert_eq!(ada.left_for.as_ref(), Some(&shop.redirect_uri), "{choice:?}");
        }
    })
    .await;
}

/// OpenID Connect Back-Channel Logout 1.0 §2.4 to §2.6, for every application of the session.
#[tokio::test]
async fn applications_are_called_when_somebody_signs_out() {
    on_both(async |server| {
        let quiet = server.application().await;
        let url = "https://rp.example.test/back-channel";
        let listening =
            server.application_over(&quiet.flow, |made| made.protocol.back_channel_logout_url = Some(url.into())).await;
        let (mut ada, tokens) = ada_with_tokens(&server, &listening).await;
        quiet.asks(&mut ada).await;
        assert!(quiet.has(&ada));
        ada.open(&path(&quiet, &[("post_logout_redirect_uri", &quiet.redirect_uri)])).await;
        assert!(ada.left_for.is_some());
        assert_eq!(goodbye::say_due(&server.state).await.unwrap(), 1);
        let calls = server.state.outbound.calls().await;
        assert_eq!((calls.len(), calls[0].url.as_str()), (1, url));
        assert_eq!(calls[0].form.len(), 1);
        let (name, token) = &calls[0].form[0];
        assert_eq!(name, "logout_token");
        let claims = listening.signed(token, "logout+jwt").await;
        assert_eq!((&claims["sub"], &claims["sid"]), (&tokens.id["sub"], &tokens.id["sid"]));
        assert!(claims["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
        assert!(claims["nonce"].is_null() && claims["jti"].is_string());
        assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 120);
        // Security R31: nobody takes it for a hint, or for an access token.
        let (mut ada, _) = ada_with_tokens(&server, &quiet).await;
        ada.open(&path(&listening, &[("id_token_hint", token)])).await;
        assert_eq!(ada.heading(), "Sign out of Woodgrove?");
        assert_eq!(listening.userinfo(token).await.status, 401);
    })
    .await;
}

const NEW: &str = "two birds in the bush";

async fn signed_in(shop: &Application, address: &str) -> (Browser, Tokens) {
    let mut browser = shop.server.browser();
    let asked = shop.asks(&mut browser).await;
    browser.sign_in(address, PASSWORD).await;
    let tokens = shop.tokens(&browser, &asked).await;
    (browser, tokens)
}

/// Whoever ends a session, and however: in the transaction that does it, and for every session of the account.
#[tokio::test]
async fn applications_hear_of_sessions_that_others_ended() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let url = "https://rp.example.test/back-channel";
        let listens = |made: &mut application::Application| made.protocol.back_channel_logout_url = Some(url.into());
        let shop = server.application_over(&flow, listens).await;
        let admin = server.administrator().await;
        let method = "authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword";
        for way in ["revoked", "off", "deleted", "reset", "patched", "recovered", "another person"] {
            let address = format!("{}@example.org", way.replace(' ', "-"));
            let account = server.account(&shop, &address).await;
            let (mut at_home, tokens) = signed_in(&shop, &address).await;
            let (_, elsewhere) = signed_in(&shop, &address).await;
            let user = format!("/users/{account}");
            let answered = match way {
                "revoked" => Some(admin.post(&format!("{user}/revokeSignInSessions"), json!({})).await),
                "off" => Some(admin.patch(&user, json!({ "accountEnabled": false })).await),
                "deleted" => Some(admin.delete(&user).await),
                "reset" => Some(admin.post(&format!("{user}/{method}"), json!({ "newPassword": NEW })).await),
                "patched" => Some(admin.patch(&user, json!({ "passwordProfile": { "password": NEW } })).await),
                "recovered" => {
                    let mut browser = server.browser();
                    shop.asks(&mut browser).await;
                    browser.press("Can’t access your account?").await;
                    browser.fill(&[("Email address", &address)]).press("Send code").await;
                    browser.type_code(&address).await;
                    browser.fill(&[("New password", NEW)]).press("Save and sign in").await;
                    assert!(shop.has(&browser));
                    None
                }
                _ => {
                    server.account(&shop, "grace@example.org").await;
                    shop.asks_with(&mut at_home, &[("prompt", "login")]).await;
                    at_home.sign_in("grace@example.org", PASSWORD).await;
                    assert!(shop.has(&at_home));
                    None
                }
            };
            if let Some(answered) = answered {
                assert!(answered.status.is_success(), "{way}: {} {}", answered.status, answered.text());
            }
            let ended = match way {
                "another person" => vec![&tokens],
                _ => vec![&tokens, &elsewhere],
            };
            while goodbye::say_due(&server.state).await.unwrap() > 0 {}
            let mut told = BTreeSet::new();
            for call in server.state.outbound.calls().await {
                assert_eq!(call.url, url, "{way}");
                let claims = shop.signed(&call.form[0].1, "logout+jwt").await;
                assert_eq!(claims["sub"], tokens.id["sub"], "{way}");
                told.insert(claims["sid"].as_str().unwrap().to_owned());
            }
            let expected: BTreeSet<String> =
                ended.iter().map(|tokens| tokens.id["sid"].as_str().unwrap().to_owned()).collect();
            assert_eq!(told, expected, "{way}");
            assert_eq!(server.count("SELECT count(*) FROM goodbyes").await, 0, "{way}");
        }
    })
    .await;
}

/// Who proves anew who they are has another session afterwards; applications of before hear of the one that they know.
#[tokio::test]
async fn an_application_hears_of_the_session_that_it_was_told() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let listens = |made: &mut application::Application| {
            made.protocol.back_channel_logout_url = Some("https://rp.example.test/back-channel".into());
            made.protocol.front_channel_logout_url = Some("https://rp.example.test/frame".into());
        };
        let shop = server.application_over(&flow, listens).await;
        let other = server.application_over(&flow, |_| ()).await;
        server.account(&shop, super::ADA).await;
        let (mut ada, of_shop) = signed_in(&shop, super::ADA).await;
        for _ in 0..2 {
            other.asks_with(&mut ada, &[("prompt", "login")]).await;
            ada.sign_in(super::ADA, PASSWORD).await;
            assert!(other.has(&ada));
        }
        ada.open(&path(&other, &[])).await;
        ada.press("Sign out").await;
        let sid = of_shop.id["sid"].as_str().unwrap();
        assert!(ada.page.html.contains(&format!("sid={sid}")), "{}", ada.page.html);
        goodbye::say_due(&server.state).await.unwrap();
        let calls = server.state.outbound.calls().await;
        let claims = shop.signed(&calls[0].form[0].1, "logout+jwt").await;
        assert_eq!((calls.len(), &claims["sid"]), (1, &of_shop.id["sid"]));
    })
    .await;
}

/// Written down with the end of the session, and told by whichever server until it was heard, each time by a fresh token.
#[tokio::test]
async fn an_application_that_does_not_answer_is_called_again() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server
            .application_over(&flow, |made| {
                made.protocol.back_channel_logout_url = Some("https://rp.example.test/back-channel".into());
            })
            .await;
        let there = server.another().await;
        let waiting = "SELECT count(*) FROM goodbyes";
        let sign_out = async || {
            let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
            ada.open(&path(&shop, &[("id_token_hint", &tokens.id_token)])).await;
            assert_eq!(server.count(waiting).await, 1);
            tokens
        };
        let tokens = sign_out().await;
        server.state.outbound.silence(true);
        let mut told = Vec::new();
        for seconds in [0, 7, 20, 60] {
            server.clock.advance(Duration::from_secs(seconds));
            assert_eq!(goodbye::say_due(&server.state).await.unwrap(), 1, "after {seconds} s");
            assert_eq!(goodbye::say_due(&server.state).await.unwrap(), 0, "not at once again");
            told.extend(server.state.outbound.calls().await);
        }
        // The other server finds it, and is heard.
        server.clock.advance(Duration::from_secs(150));
        assert_eq!(goodbye::say_due(&there.state).await.unwrap(), 1);
        told.extend(there.state.outbound.calls().await);
        assert_eq!(server.count(waiting).await, 0);
        let mut names = BTreeSet::new();
        for call in &told {
            let claims = shop.signed(&call.form[0].1, "logout+jwt").await;
            assert_eq!(claims["sid"], tokens.id["sid"]);
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
            names.insert(claims["jti"].as_str().unwrap().to_owned());
        }
        assert_eq!((told.len(), names.len()), (5, 5));

        // Nobody is called for ever, nor when there is nobody to call.
        sign_out().await;
        server.clock.advance(Duration::from_secs(24 * 3600 + 1));
        assert_eq!(goodbye::say_due(&server.state).await.unwrap(), 1);
        assert_eq!(server.count(waiting).await, 0);
        server.state.outbound.calls().await;
        sign_out().await;
        server.switch(&shop, false).await;
        assert_eq!(goodbye::say_due(&server.state).await.unwrap(), 1);
        assert_eq!(server.count(waiting).await, 0);
    })
    .await;
}

/// One that never answers keeps nobody waiting, however many it has to hear of.
#[tokio::test]
async fn an_application_that_is_gone_makes_no_other_wait() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let listens = |url: &'static str| {
            server.application_over(&flow, move |made| made.protocol.back_channel_logout_url = Some(url.into()))
        };
        let gone = listens("https://gone.example.test/out").await;
        let there = listens("https://rp.example.test/out").await;
        let many = (0..40).map(|_| gone.id.clone()).chain([there.id.clone()]);
        let waiting: Vec<Goodbye> = many
            .map(|application| Goodbye {
                id: server.state.chance.id(),
                application,
                session: server.state.chance.id().into(),
                subject: "ada".into(),
                issuer: None,
            })
            .collect();
        server
            .write(move |c, tenant, now| {
                Box::pin(async move {
                    for (number, goodbye) in waiting.iter().enumerate() {
                        let since = now + Duration::from_millis(number as u64);
                        directory::goodbye::insert(c, &tenant, goodbye, since).await?;
                    }
                    Ok(())
                })
            })
            .await;
        server.clock.advance(Duration::from_secs(1));
        server.state.outbound.silence(true);
        assert_eq!(goodbye::say_due(&server.state).await.unwrap(), 3, "two of the one, and the other");
        let called: BTreeSet<String> = server.state.outbound.calls().await.into_iter().map(|call| call.url).collect();
        assert_eq!(called.len(), 2, "{called:?}");
        assert_eq!(goodbye::say_due(&server.state).await.unwrap(), 0, "those behind a failure wait with it");

        server.state.outbound.silence(false);
        let mut left = 41;
        for _ in 0..60 {
            server.clock.advance(Duration::from_secs(30));
            let heard = goodbye::say_due(&server.state).await.unwrap();
            assert!(heard <= 3);
            left -= heard;
        }
        assert_eq!((left, server.count("SELECT count(*) FROM goodbyes").await), (0, 0));
    })
    .await;
}

/// Back-Channel Logout 1.0 §2.6: the issuer is the one of the ID token, whatever name that was.
#[tokio::test]
async fn an_application_hears_from_whoever_told_it_of_the_session() {
    on_both(async |server| {
        let listens = |made: &mut application::Application| {
            made.protocol.back_channel_logout_url = Some("https://rp.example.test/back-channel".into());
            made.protocol.front_channel_logout_url = Some("https://rp.example.test/frame".into());
        };
        let flow = server.flow(|flow| {
            flow.name = "B2C_1_susi".into();
            flow.rules.tokens.issuer = IssuerForm::Flow;
        });
        let flow = flow.await.flow;
        let plain = server.application_over(&flow, listens).await;
        let named = server.application_over(&flow, listens).await;
        let issuer = format!("{ORIGIN}/tfp/{}/b2c_1_susi/v2.0/", server.tenant);
        let named = named.at(Place::Path("B2C_1_susi".into())).called(&issuer);
        let (mut ada, tokens) = ada_with_tokens(&server, &plain).await;
        let asked = named.asks(&mut ada).await;
        assert_eq!(named.tokens(&ada, &asked).await.id["iss"], issuer.as_str());
        ada.open(&path(&plain, &[("id_token_hint", &tokens.id_token)])).await;
        let frames = ada.page.html.clone();
        for issuer in [&plain.issuer(), &issuer] {
            let encoded: String = url::form_urlencoded::byte_serialize(issuer.as_bytes()).collect();
            assert!(frames.contains(&format!("iss={encoded}")), "{issuer}");
        }
        goodbye::say_due(&server.state).await.unwrap();
        let calls = server.state.outbound.calls().await;
        assert_eq!(calls.len(), 2);
        for call in &calls {
            let token = &call.form[0].1;
            let audience = audience(token);
            let shop = if audience == plain.id.as_str() { &plain } else { &named };
            // Compares the issuer.
            shop.signed(token, "logout+jwt").await;
        }
    })
    .await;
}

fn audience(token: &str) -> String {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["aud"].as_str().unwrap().to_owned()
}

/// OpenID Connect Front-Channel Logout 1.0 §3: in frames, with issuer and session; then back to the application.
#[tokio::test]
async fn applications_are_opened_in_frames_when_somebody_signs_out() {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server
            .application_over(&flow, |made| {
                made.protocol.front_channel_logout_url = Some("https://rp.example.test/out?x=y".into());
            })
            .await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        let hint = ("id_token_hint", tokens.id_token.as_str());
        ada.open(&path(&shop, &[hint, ("post_logout_redirect_uri", &shop.redirect_uri), ("state", "s")])).await;
        assert!(ada.left_for.is_none());
        let frame = url::Url::parse(&ada.page.attribute("iframe", "src").unwrap()).unwrap();
        let pairs: Vec<(String, String)> = frame.query_pairs().into_owned().collect();
        assert_eq!(frame.path(), "/out");
        let word = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let sid = tokens.id["sid"].as_str().unwrap();
        assert_eq!(pairs, [word("x", "y"), word("iss", &shop.issuer()), word("sid", sid)]);
        let onward = ada.page.attribute("a#onward", "href").unwrap();
        assert_eq!(onward, format!("{}?state=s", shop.redirect_uri));
        let without_scripts = format!("<noscript><meta http-equiv=\"refresh\" content=\"0;url={onward}\"></noscript>");
        assert!(ada.page.html.contains(&without_scripts), "{}", ada.page.html);
        let policy = ada.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-src https://rp.example.test; "), "{policy}");
        assert!(!ada.cookies().iter().any(|cookie| cookie.contains("session")), "{:?}", ada.cookies());
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401);
        // Where there is nowhere to go, the page stays.
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        ada.open(&path(&shop, &[("id_token_hint", &tokens.id_token)])).await;
        assert_eq!((ada.page.count("iframe"), ada.page.count("a#onward")), (1, 0));
        assert_eq!(ada.heading(), "You are signed out");
    })
    .await;
}

/// Whoever signs out in one application is signed out of all of them, whatever kind they are.
#[tokio::test]
async fn signing_out_ends_every_application_of_the_session() {
    on_both(async |server| {
        let shop = server.application().await;
        let page = server.page_over(&shop.flow).await;
        let (mut ada, of_shop) = ada_with_tokens(&server, &shop).await;
        let asked = page.asks(&mut ada).await;
        let of_page = page.tokens(&ada, &asked).await;
        assert_eq!(of_shop.id["sid"], of_page.id["sid"]);
        ada.open(&path(&page, &[("id_token_hint", &of_page.id_token)])).await;
        for (application, tokens) in [(&shop, &of_shop), (&page, &of_page)] {
            assert_eq!(super::refused(&application.refresh(&tokens.refresh_token).await), "invalid_grant");
            assert_eq!(application.userinfo(&tokens.access_token).await.status, 401);
        }
    })
    .await;
}
