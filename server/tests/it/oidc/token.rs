//! Tokens: what they say, who gets them, and which are believed (security R33).

use super::{ADA, ada_with_code, ada_with_tokens, refused};
use crate::harness::{Administrator, ORIGIN, PASSWORD, input, on_both};
use app::contract::{flow_rules::AlsoTold, user_flow::Input};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn each_application_gets_tokens_by_its_own_algorithm() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        for algorithm in ["RS256", "ES256", "EdDSA"] {
            let application = server.application_over(&shop.flow, |made| made.algorithm = algorithm.into()).await;
            let (_, tokens) = ada_with_tokens(&server, &application).await;
            let header = jsonwebtoken::decode_header(&tokens.id_token).unwrap();
            assert_eq!(format!("{:?}", header.alg), algorithm);
            let now = server.now().seconds();
            assert_eq!(tokens.id["tid"], server.tenant.as_str());
            assert_eq!(tokens.id["ver"], "2.0");
            assert_eq!(tokens.id["exp"].as_i64().unwrap() - tokens.id["iat"].as_i64().unwrap(), 3600);
            assert!(tokens.id["auth_time"].as_i64().unwrap() <= now);
            assert_eq!(tokens.raw["token_type"], "Bearer");
            assert_eq!(tokens.raw["expires_in"], 3600);
            assert_eq!(tokens.access["client_id"], application.id.as_str());
            assert!(tokens.access["email"].is_null(), "the flow does not tell it in any case");

            let person = application.userinfo(&tokens.access_token).await.json();
            assert_eq!(person["sub"], tokens.id["sub"]);
            assert_eq!(person["email"], ADA);
            assert_eq!(person["name"], "Ada Lovelace");
        }
    })
    .await;
}

#[tokio::test]
async fn an_application_learns_what_flow_and_scope_allow() {
    on_both(async |server| {
        let shop = server
            .flow(|flow| {
                flow.layout.inputs.push(Input { ..input("city", "City") });
                flow.layout.inputs.push(Input { ..input("jobTitle", "Job title") });
                flow.claims = vec!["city".into()];
            })
            .await;
        let mut ada = server.browser();
        let asked = shop.asks_with(&mut ada, &[("scope", "openid offline_access")]).await;
        ada.prove_new_address(ADA).await;
        ada.fill(&[("New password", PASSWORD)]).press("Continue").await;
        ada.fill(&[("Display name", "Ada"), ("City", "Lund"), ("Job title", "Countess")]).press("Create account").await;
        let tokens = shop.tokens(&ada, &asked).await;
        assert_eq!(tokens.id["city"], "Lund");
        for kept_back in ["jobTitle", "name", "email", "preferred_username"] {
            assert!(tokens.id[kept_back].is_null(), "{kept_back}");
        }
        let person = shop.userinfo(&tokens.access_token).await.json();
        assert_eq!((&person["city"], &person["email"]), (&json!("Lund"), &Value::Null));
    })
    .await;
}

/// entra-protocol §4: an API of the application's own reads there who calls, and the management API asks the directory.
#[tokio::test]
async fn an_access_token_tells_the_application_s_own_api_who_calls() {
    on_both(async |server| {
        let shop = server
            .flow(|flow| {
                flow.claims.clear();
                flow.rules.tokens.also = vec![AlsoTold::Emails];
            })
            .await;
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        for (scope, name, user_name) in [
            ("openid offline_access", Value::Null, Value::Null),
            ("openid profile email offline_access", json!("Ada Lovelace"), json!(ADA)),
        ] {
            let asked = shop.asks_with(&mut ada, &[("scope", scope)]).await;
            let first = shop.tokens(&ada, &asked).await;
            let renewed = shop.checked(shop.refresh(&first.refresh_token).await).await;
            for said in [first.access, renewed.access] {
                assert_eq!((&said["name"], &said["preferred_username"]), (&name, &user_name), "{scope}");
                assert_eq!((&said["emails"], &said["email"]), (&json!([ADA]), &Value::Null), "{scope}");
            }
        }
        let scope = format!("openid profile {ORIGIN}/graph/.default");
        let asked = shop.asks_with(&mut ada, &[("scope", &scope)]).await;
        let told = shop.redeem(&shop.code(&ada, &asked), &asked).await.json();
        let said = server.genuine(&server.tenant, told["access_token"].as_str().unwrap()).await.claims;
        for of_the_person in ["name", "preferred_username", "emails"] {
            assert!(!said.contains_key(of_the_person), "{of_the_person}");
        }
    })
    .await;
}

/// Some libraries read no `at+jwt` in a header (RFC 9068 §2.1). Whose tokens are plain for them still has two kinds: what the
/// one opens the other does not.
#[tokio::test]
async fn r31_a_plain_access_token_is_no_id_token() {
    on_both(async |server| {
        let usual = server.application().await;
        let shop = server.application_over(&usual.flow, |made| made.protocol.plain_access_tokens = true).await;
        server.account(&shop, ADA).await;
        let (mut ada, asked, code) = ada_with_code(&server, &shop).await;
        let told = shop.redeem(&code, &asked).await.json();
        let (access_token, id_token) = (told["access_token"].as_str().unwrap(), told["id_token"].as_str().unwrap());
        let scope = format!("{}/.default", shop.id);
        let of_daemon = usual.token(&[("grant_type", "client_credentials"), ("scope", &scope)]).await.json();
        let of_daemon = of_daemon["access_token"].as_str().unwrap();
        for token in [access_token, id_token, of_daemon] {
            shop.verify(token, "JWT").await;
        }
        let is_active =
            async |token: &str| shop.call("introspect-token", &[("token", token)]).await.json()["active"] == true;
        assert!(is_active(access_token).await && is_active(of_daemon).await);
        assert!(!is_active(id_token).await);
        assert_eq!(shop.userinfo(access_token).await.json()["email"], ADA);
        assert_eq!(shop.userinfo(id_token).await.status, 401);

        // The management API's are never plain, and it believes none that is.
        let scope = format!("openid {ORIGIN}/graph/.default");
        let asked = shop.asks_with(&mut ada, &[("scope", &scope)]).await;
        let for_graph = shop.redeem(&shop.code(&ada, &asked), &asked).await.json();
        let mut graph = server.genuine(&server.tenant, for_graph["access_token"].as_str().unwrap()).await;
        assert_eq!(graph.header["typ"], "at+jwt");
        graph.header["typ"] = json!("JWT");
        let caller = Administrator { server: server.clone(), token: graph.token(), account: None, tenant: None };
        assert_eq!(caller.get("/users").await.status, 401);
        assert!(!is_active(&graph.token()).await);

        let running = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
        for (hint, left) in [(access_token, 1), (id_token, 0)] {
            ada.open(&format!("/{}/oauth2/v2.0/logout?id_token_hint={hint}", server.tenant)).await;
            assert_eq!(server.count(running).await, left);
        }
    })
    .await;
}

/// entra-protocol §2: its own id as a scope, in whichever form a client writes it.
#[tokio::test]
async fn an_application_asks_for_a_token_for_itself_by_each_of_its_names() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        let id = &shop.id;
        for name in [id.to_string(), format!("{id}/.default"), format!("api://{id}"), format!("api://{id}/.default")] {
            let scope = format!("openid offline_access {name}");
            let asked = shop.asks_with(&mut ada, &[("scope", &scope)]).await;
            let tokens = shop.tokens(&ada, &asked).await;
            assert_eq!(tokens.access["aud"], id.as_str(), "{name}");
            let refresh_token = tokens.refresh_token.as_str();
            let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("scope", scope.as_str())];
            shop.checked(shop.token(&form).await).await;
        }
    })
    .await;
}

/// Security R33: post and basic, one way at a time; a wrong, missing or expired secret is nobody's.
#[tokio::test]
async fn r33_a_confidential_application_shows_its_secret() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        let expiring = server
            .application_over(&shop.flow, |made| made.secrets[0].expires_at = server.now() + Duration::from_secs(60))
            .await;
        server.account(&shop, ADA).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let (id, secret) = (shop.id.as_str(), shop.secret.as_ref().unwrap().reveal());
        let stranger = other.secret.as_ref().unwrap().reveal();
        let basic = |id: &str, secret: &str| Some(format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", shop.redirect_uri.as_str()),
            ("code_verifier", asked.verifier.as_str()),
        ];
        for (form, authorization) in [
            (with(&form, &[("client_id", id)]), None),
            (with(&form, &[]), None),
            (with(&form, &[("client_id", id), ("client_secret", stranger)]), None),
            (with(&form, &[("client_id", id), ("client_secret", "")]), None),
            (with(&form, &[("client_id", "nobody"), ("client_secret", secret)]), None),
            (with(&form, &[]), basic(id, stranger)),
            (with(&form, &[]), basic(id, "")),
            (with(&form, &[]), basic("", secret)),
            (with(&form, &[]), Some("Basic !!!".into())),
            (with(&form, &[]), Some(format!("Bearer {secret}"))),
            (with(&form, &[("client_id", id), ("client_secret", secret)]), basic(id, secret)),
            (with(&form, &[("client_secret", secret)]), basic(id, secret)),
            (with(&form, &[("client_id", other.id.as_str())]), basic(id, secret)),
            (with(&form, &[("client_assertion", "x"), ("client_assertion_type", "y")]), None),
        ] {
            let answered = shop.post_token(&form, authorization.clone()).await;
            let error = refused(&answered);
            assert!(["invalid_client", "invalid_request"].contains(&error.as_str()), "{form:?}: {error}");
            assert!(!answered.text().contains(secret), "a secret is never sent back");
        }
        // Whoever did not show themselves did not use the code up.
        assert_eq!(shop.redeem(&code, &asked).await.status, 200);

        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let form = with(&form, &[("client_id", id), ("client_secret", secret)]);
        let form: Vec<_> = form
            .into_iter()
            .map(|(name, value)| match name {
                "code" => (name, code.as_str()),
                "code_verifier" => (name, asked.verifier.as_str()),
                _ => (name, value),
            })
            .collect();
        assert_eq!(shop.post_token(&form, None).await.status, 200, "client_secret_post");

        let (_, asked, code) = ada_with_code(&server, &expiring).await;
        server.clock.advance(Duration::from_secs(59));
        let (late, late_asked) = (code, asked);
        server.clock.advance(Duration::from_secs(2));
        assert_eq!(refused(&expiring.redeem(&late, &late_asked).await), "invalid_client");
    })
    .await;
}

fn with<'a>(form: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [form, more].concat()
}

/// cve 30: every grant, without a secret, with a wrong one, by somebody else.
#[tokio::test]
async fn cve_2026_53512_no_grant_without_the_client_s_own_proof() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        let public = server.application_over(&shop.flow, |made| made.secrets.clear()).await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token.as_str())];
        let named = [&refresh[..], &[("client_id", shop.id.as_str())]].concat();
        assert_eq!(refused(&shop.post_token(&named, None).await), "invalid_client");
        let guessed = [&named[..], &[("client_secret", "guessed")]].concat();
        assert_eq!(refused(&shop.post_token(&guessed, None).await), "invalid_client");
        assert_eq!(refused(&other.token(&refresh).await), "invalid_grant");
        assert_eq!(refused(&public.token(&refresh).await), "invalid_grant");
        for grant in ["password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:device_code", ""]
        {
            let answered = shop.token(&[("grant_type", grant), ("username", ADA), ("password", PASSWORD)]).await;
            assert!(["unsupported_grant_type", "invalid_request"].contains(&refused(&answered).as_str()), "{grant}");
        }
        assert_eq!(shop.refresh(&tokens.refresh_token).await.status, 200, "nothing of it used the token up");
    })
    .await;
}

/// cve 34: what is switched off gets nothing more, by no grant.
#[tokio::test]
async fn cve_2024_47000_what_is_switched_off_gets_no_tokens() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        server.switch(&shop, false).await;
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_client");
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_client");
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401);
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        assert_eq!(ada.status, 400);
        assert!(ada.left_for.is_none());

        server.switch(&shop, true).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let account = server.text("SELECT id FROM accounts").await.into();
        server.disable(&account).await;
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_grant");
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant");
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401);
    })
    .await;
}

/// Security R31: only access tokens open it, and only those that were asked for to sign in.
#[tokio::test]
async fn r31_userinfo_says_why_it_is_silent() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, tokens) = ada_with_tokens(&server, &shop).await;
        for other in [tokens.id_token.as_str(), "", "x.y.z"] {
            let answered = shop.userinfo(other).await;
            assert_eq!(answered.status, 401, "{other}");
            assert!(answered.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""), "{other}");
        }
        let asked = shop.asks_with(&mut ada, &[("scope", shop.id.as_str())]).await;
        let told = shop.redeem(&shop.code(&ada, &asked), &asked).await.json();
        assert!(told.get("id_token").is_none());
        assert_eq!(shop.userinfo(told["access_token"].as_str().unwrap()).await.status, 403);
    })
    .await;
}

/// cve 13: nothing counts beyond its time, and nobody has swept.
#[tokio::test]
async fn cve_2026_32132_time_is_checked_where_it_counts() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let (_, asked, code) = ada_with_code(&server, &shop).await;
        let mut waiting = server.browser();
        shop.asks(&mut waiting).await;

        server.clock.advance(Duration::from_secs(61));
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_grant", "a code after a minute");
        server.clock.advance(Duration::from_secs(3540));
        assert_eq!(shop.userinfo(&tokens.access_token).await.status, 401, "an access token after an hour");
        waiting.fill(&[("Email address", ADA)]).press("Continue").await;
        assert_eq!(waiting.status, 410, "a journey after an hour");
        server.clock.advance(Duration::from_secs(14 * 24 * 3600));
        assert_eq!(refused(&shop.refresh(&tokens.refresh_token).await), "invalid_grant", "after a fortnight");
    })
    .await;
}
