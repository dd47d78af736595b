//! Azure AD B2C's ways: the address names the user flow, and everything that follows is of that flow.

use super::{ADA, refused};
use crate::harness::{Answered, Application, ORIGIN, PASSWORD, Place, TestServer, on_both};
use app::contract::{
    flow_rules::{AlsoTold, FlowClaim, IssuerForm},
    user_flow::UserFlow,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// An application over `B2C_1_susi`, and Ada's account.
async fn susi(server: &TestServer, change: impl FnOnce(&mut UserFlow)) -> Application {
    let shop = server
        .flow(|flow| {
            flow.name = "B2C_1_susi".into();
            change(flow);
        })
        .await;
    server.account(&shop, ADA).await;
    shop
}

/// Signs Ada in at that address, and gives the token endpoint's answer.
async fn signed_in(server: &TestServer, shop: &Application) -> Answered {
    let mut ada = server.browser();
    let asked = shop.asks(&mut ada).await;
    ada.sign_in(ADA, PASSWORD).await;
    shop.redeem(&shop.code(&ada, &asked), &asked).await
}

async fn id_token(shop: &Application, answered: &Answered) -> Value {
    shop.verify(answered.json()["id_token"].as_str().unwrap(), "JWT").await
}

/// What clients need, 7: whichever way the flow is named, in whatever case, with B2C's prefix or without.
#[tokio::test]
async fn every_form_of_address_finds_the_flow_and_its_tokens_name_it() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        let other = server.flow(|flow| flow.name = "Partners".into()).await;
        for (place, name) in [
            (Place::Path("B2C_1_susi".into()), "B2C_1_susi"),
            (Place::Path("b2c_1_SUSI".into()), "B2C_1_susi"),
            (Place::Path("susi".into()), "susi"),
            (Place::Tfp("b2c_1_susi".into()), "B2C_1_susi"),
            (Place::Query("b2c_1_susi".into()), "B2C_1_susi"),
            (Place::Path("B2C_1_partners".into()), "B2C_1_Partners"),
            (Place::Query("partners".into()), "Partners"),
        ] {
            // The second application is attached to the other flow, and names this one.
            for shop in [shop.at(place.clone()), other.at(place.clone())] {
                let answered = signed_in(&server, &shop).await;
                assert_eq!(answered.status, 200, "{place:?}: {}", answered.text());
                let tokens = shop.checked(answered).await;
                assert_eq!(tokens.id["tfp"], name, "{place:?}");
                // entra-protocol §4.
                assert_eq!((&tokens.id["ver"], &tokens.access["ver"]), (&"1.0".into(), &"1.0".into()), "{place:?}");
            }
        }
        let plain = id_token(&shop, &signed_in(&server, &shop).await).await;
        assert!(plain.get("tfp").is_none(), "nobody named a flow");
        assert_eq!(plain["ver"], "2.0");
    })
    .await;
}

/// What clients need, 7: every endpoint that is told is of the flow, and answers.
#[tokio::test]
async fn discovery_of_a_flow_tells_its_own_endpoints() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        let path = "/v2.0/.well-known/openid-configuration";
        for place in
            [Place::Path("b2c_1_SUSI".into()), Place::Tfp("B2C_1_susi".into()), Place::Query("b2c_1_susi".into())]
        {
            let at = shop.at(place.clone());
            let told = server.get(&at.address(path)).await;
            assert_eq!(told.header("access-control-allow-origin"), "*");
            let document = told.json();
            assert_eq!(document["issuer"], shop.issuer());
            let endpoints = document.as_object().unwrap().iter();
            let endpoints = endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
            let mut count = 0;
            for (name, url) in endpoints {
                let url = url.as_str().unwrap();
                // In small letters: MSAL puts another flow's name in the place of this one.
                assert!(url.contains("b2c_1_susi"), "{name}: {url}");
                let status = server.get(url.strip_prefix(ORIGIN).unwrap()).await.status;
                assert!(![404, 500].contains(&status.as_u16()), "{name}: {status}");
                count += 1;
            }
            assert!(count >= 8, "{count}");
            let keys = server.get(&at.address("/discovery/v2.0/keys")).await;
            assert_eq!(keys.json(), server.get(&shop.address("/discovery/v2.0/keys")).await.json());
            for grant_type in document["grant_types_supported"].as_array().unwrap() {
                let told = at.token(&[("grant_type", grant_type.as_str().unwrap())]).await.json();
                let is_given_there = grant_type != "implicit";
                assert_eq!(told["error"] != "unsupported_grant_type", is_given_there, "{grant_type}");
            }
        }
        // Parameters that we do not know are nothing unusual here.
        let more = format!("{}&appid=1&x-client-SKU=a", shop.at(Place::Query("susi".into())).address(path));
        assert_eq!(server.get(&more).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_flow_that_is_not_there_is_told_kindly_and_by_number() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        let unknown = shop.at(Place::Path("B2C_1_other".into()));
        let mut ada = server.browser();
        unknown.asks(&mut ada).await;
        assert_eq!(ada.status, 400);
        assert!(ada.left_for.is_none(), "the person is told, without numbers");
        let told = server.get(&unknown.address("/v2.0/.well-known/openid-configuration")).await;
        assert_eq!(told.status, 400);
        let answered = unknown.redeem("code", &shop.request().0).await;
        assert_eq!(refused(&answered), "invalid_request");
        assert!(answered.text().contains("AADB2C90083"));
    })
    .await;
}

/// As B2C has it: what one flow gave is worth nothing at another (AADB2C90088).
#[tokio::test]
async fn codes_and_refresh_tokens_are_of_their_flow() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        server.flow(|flow| flow.name = "B2C_1_edit".into()).await;
        let (here, there) = (shop.at(Place::Path("b2c_1_susi".into())), shop.at(Place::Path("b2c_1_edit".into())));
        let mut ada = server.browser();
        let asked = here.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let answered = there.redeem(&here.code(&ada, &asked), &asked).await;
        assert_eq!(refused(&answered), "invalid_grant");
        assert!(answered.text().contains("AADB2C90088"), "{}", answered.text());

        let refresh_token = signed_in(&server, &here).await.json()["refresh_token"].as_str().unwrap().to_owned();
        let answered = there.refresh(&refresh_token).await;
        assert_eq!(refused(&answered), "invalid_grant");
        assert!(answered.text().contains("AADB2C90088"), "{}", answered.text());
        // It was not used up, and its successor still says which flow it is of.
        let next = here.refresh(&refresh_token).await;
        assert_eq!(id_token(&here, &next).await["tfp"], "B2C_1_susi");
    })
    .await;
}

#[tokio::test]
async fn an_application_that_keeps_to_its_flow_names_no_other() {
    on_both(async |server| {
        let flow = susi(&server, |_| ()).await.flow;
        server.flow(|flow| flow.name = "B2C_1_edit".into()).await;
        let shop = server.application_over(&flow, |made| made.protocol.only_own_user_flow = true).await;
        let mut ada = server.browser();
        shop.at(Place::Query("b2c_1_edit".into())).asks(&mut ada).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "unauthorized_client");
        shop.at(Place::Query("b2c_1_susi".into())).asks(&mut ada).await;
        assert!(shop.answer(&ada).is_none(), "it is asked to sign in");
    })
    .await;
}

#[tokio::test]
async fn an_application_without_a_flow_of_its_own_names_one() {
    on_both(async |server| {
        let flow = susi(&server, |_| ()).await.flow;
        let shop = server.application_over(&flow, |_| ()).await;
        let sql = "UPDATE applications SET user_flow_id = NULL";
        server
            .write(move |c, _, _| {
                Box::pin(async move {
                    sqlx::query(sql).execute(c).await?;
                    Ok(())
                })
            })
            .await;
        server.state.db.forget();
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        assert_eq!(shop.answer(&ada).unwrap()["error"], "unauthorized_client");
        let answered = signed_in(&server, &shop.at(Place::Path("susi".into()))).await;
        let access_token = answered.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(shop.userinfo(&access_token).await.json()["name"], "Ada Lovelace");
    })
    .await;
}

/// The name that a flow chose stands in its document, its tokens and its answers, and comes back as a hint.
#[tokio::test]
async fn a_flow_with_a_name_of_its_own_is_called_so_everywhere() {
    on_both(async |server| {
        let shop = susi(&server, |flow| {
            flow.rules.tokens.issuer = IssuerForm::Flow;
            flow.rules.tokens.flow_claim = FlowClaim::Acr;
        })
        .await;
        let issuer = format!("{ORIGIN}/tfp/{}/b2c_1_susi/v2.0/", shop.tenant);
        let at = shop.at(Place::Path("B2C_1_susi".into())).called(&issuer);
        let document = server.get(&at.address("/v2.0/.well-known/openid-configuration")).await.json();
        assert_eq!(document["issuer"], issuer.as_str());
        // OpenID Connect Discovery §4: the document is found by the issuer.
        let found = issuer.strip_prefix(ORIGIN).unwrap().trim_end_matches('/');
        assert_eq!(
            server.get(&format!("{found}/.well-known/openid-configuration")).await.json()["issuer"],
            issuer.as_str()
        );

        let mut ada = server.browser();
        let asked = at.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        // `answer`, `tokens` and `signed` compare `iss`.
        let tokens = at.tokens(&ada, &asked).await;
        assert_eq!(tokens.id["acr"], "B2C_1_susi");
        assert!(tokens.id.get("tfp").is_none());
        assert_eq!(tokens.access["iss"], issuer.as_str());
        let userinfo = axum::http::Request::get(at.address("/openid/v2.0/userinfo"))
            .header("authorization", format!("Bearer {}", tokens.access_token));
        assert_eq!(server.send(userinfo.body(axum::body::Body::empty()).unwrap()).await.status, 200);

        at.asks_with(&mut ada, &[("prompt", "none"), ("id_token_hint", &tokens.id_token)]).await;
        assert!(at.has(&ada));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("id_token_hint", &tokens.id_token)
            .append_pair("post_logout_redirect_uri", &shop.redirect_uri)
            .finish();
        ada.open(&format!("{}?{query}", at.address("/oauth2/v2.0/logout"))).await;
        assert_eq!(ada.left_for.as_ref(), Some(&shop.redirect_uri));
        // Who calls for itself reads the same document.
        let scope = format!("{}/.default", shop.id);
        for daemon in [&at, &shop] {
            let answered = daemon.token(&[("grant_type", "client_credentials"), ("scope", &scope)]).await;
            assert_eq!(answered.status, 200, "{}", answered.text());
            let told = answered.json();
            let access_token = told["access_token"].as_str().unwrap();
            daemon.verify(access_token, "at+jwt").await;
            let introspected = daemon.call("introspect-token", &[("token", access_token)]).await.json();
            assert_eq!((&introspected["active"], &introspected["iss"]), (&true.into(), &daemon.issuer().into()));
        }
        // Whoever names no flow reads the tenant's document, and meets what stands there.
        let plain = shop.checked(signed_in(&server, &shop).await).await;
        assert_eq!(plain.id["iss"], shop.issuer());
    })
    .await;
}

/// What a flow tells of people besides: their addresses, and that they are new.
#[tokio::test]
async fn a_flow_tells_what_b2c_tells() {
    on_both(async |server| {
        let shop = susi(&server, |flow| flow.rules.tokens.also = vec![AlsoTold::Emails, AlsoTold::NewUser]).await;
        let at = shop.at(Place::Path("B2C_1_susi".into()));
        let mut grace = server.browser();
        let asked = at.asks_with(&mut grace, &[("scope", "openid offline_access")]).await;
        grace.sign_up("grace@example.org").await;
        let tokens = at.tokens(&grace, &asked).await;
        assert_eq!(tokens.id["emails"], serde_json::json!(["grace@example.org"]));
        assert_eq!(tokens.id["newUser"], true);
        let next = at.checked(at.refresh(&tokens.refresh_token).await).await;
        assert!(next.id.get("newUser").is_none());
        let asked = at.asks(&mut grace).await;
        assert!(at.tokens(&grace, &asked).await.id.get("newUser").is_none());
        assert_eq!(shop.userinfo(&tokens.access_token).await.json()["emails"][0], "grace@example.org");
        assert!(id_token(&shop, &signed_in(&server, &shop).await).await.get("emails").is_some());
    })
    .await;
}

/// entra-protocol §3: numbers as text, and fields that Entra does not have.
#[tokio::test]
async fn token_answers_are_in_b2cs_words_where_a_flow_was_named() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        let plain = signed_in(&server, &shop).await.json();
        assert_eq!(plain["expires_in"], 3600);
        assert!(plain.get("not_before").is_none());
        let told = signed_in(&server, &shop.at(Place::Query("susi".into()))).await.json();
        let now = server.now().seconds();
        for (name, value) in [
            ("expires_in", "3600".to_owned()),
            ("id_token_expires_in", "3600".to_owned()),
            ("refresh_token_expires_in", (14 * 24 * 3600).to_string()),
            ("not_before", now.to_string()),
            ("expires_on", (now + 3600).to_string()),
            ("resource", shop.id.to_string()),
            ("token_type", "Bearer".to_owned()),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
        assert!(told["profile_info"].as_str().is_some_and(|text| !text.is_empty()));
    })
    .await;
}

/// What clients need, 6: MSAL tells accounts apart by it, and B2C's applications look there for the flow.
#[tokio::test]
async fn an_account_that_came_by_a_flow_is_another_than_that_of_another_flow() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        for (shop, flow) in [(shop.clone(), ""), (shop.at(Place::Path("B2C_1_SUSI".into())), "-b2c_1_susi")] {
            let mut ada = server.browser();
            let asked = shop.asks(&mut ada).await;
            ada.sign_in(ADA, PASSWORD).await;
            let code = shop.code(&ada, &asked);
            let told =
                shop.token(&[&shop.redemption(&code, &asked)[..], &[("client_info", "1")]].concat()).await.json();
            let id = shop.verify(told["id_token"].as_str().unwrap(), "JWT").await;
            let info = URL_SAFE_NO_PAD.decode(told["client_info"].as_str().unwrap()).unwrap();
            let info: Value = serde_json::from_slice(&info).unwrap();
            assert_eq!(info["uid"], format!("{}{flow}", id["oid"].as_str().unwrap()));
            assert_eq!(info["utid"], id["tid"]);
        }
    })
    .await;
}

/// entra-features §6: clients look for the number, in lines.
#[tokio::test]
async fn errors_come_in_b2cs_numbers_where_a_flow_was_named() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        let at = shop.at(Place::Path("B2C_1_susi".into()));
        let mut ada = server.browser();
        at.asks_with(&mut ada, &[("prompt", "none")]).await;
        let answer = at.answer(&ada).unwrap();
        assert_eq!(answer["error"], "login_required");
        let lines: Vec<&str> = answer["error_description"].split("\r\n").collect();
        assert!(lines[0].starts_with("AADB2C90077: "), "{lines:?}");
        assert!(lines[1].starts_with("Correlation ID: ") && lines[2].starts_with("Timestamp: 2026-"), "{lines:?}");
        shop.asks_with(&mut ada, &[("prompt", "none")]).await;
        assert!(shop.answer(&ada).unwrap()["error_description"].starts_with("AADSTS50058: "));

        at.asks_with(&mut ada, &[("redirect_uri", "https://evil.example/")]).await;
        assert!(ada.left_for.is_none());
        at.asks_with(&mut ada, &[("response_type", "id_token")]).await;
        assert!(at.answer(&ada).unwrap()["error_description"].starts_with("AADB2C90057: "));
        let used = at.redeem("nobody's", &shop.request().0).await;
        assert!(used.text().contains("AADB2C90080"), "{}", used.text());
    })
    .await;
}

/// entra-features §6: each mistake has a number of its own, at whichever endpoint of the flow it is told.
#[tokio::test]
async fn b2cs_numbers_tell_mistakes_apart() {
    on_both(async |server| {
        let flow = susi(&server, |_| ()).await.flow;
        let shop = server.application_over(&flow, |made| made.protocol.id_token_at_authorize = true).await;
        let at = shop.at(Place::Path("B2C_1_susi".into()));
        let mut ada = server.browser();
        for (changes, number) in [
            (&[("prompt", "dance")][..], "AADB2C90043: "),
            (&[("prompt", "none login")], "AADB2C90043: "),
            (&[("max_age", "soon")], "AADB2C90120: "),
            (&[("code_challenge_method", "plain")], "AADB2C90184: "),
            (&[("response_type", "id_token"), ("scope", "email")], "AADB2C90110: "),
        ] {
            at.asks_with(&mut ada, changes).await;
            let answer = at.answer(&ada).unwrap();
            assert_eq!(answer["error"], "invalid_request", "{changes:?}");
            assert!(answer["error_description"].starts_with(number), "{changes:?}: {answer:?}");
        }
        for endpoint in ["par", "revoke", "introspect-token", "token"] {
            let wrong = [("client_id", shop.id.as_str()), ("client_secret", "wrong")];
            let told = at.post(endpoint, &wrong, None).await;
            assert_eq!(refused(&told), "invalid_client");
            let description = told.json()["error_description"].as_str().unwrap().to_owned();
            assert!(description.starts_with("AADB2C90081: "), "{endpoint}: {description}");
        }
    })
    .await;
}

/// Two names for one place are two servers' chance to read another one (security cve 33).
#[tokio::test]
async fn a_flow_is_named_once() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        server.flow(|flow| flow.name = "B2C_1_edit".into()).await;
        let mut ada = server.browser();
        let path = format!("{}&p=b2c_1_edit", shop.at(Place::Query("b2c_1_susi".into())).authorize(&shop.request().1));
        ada.open(&path).await;
        assert_eq!(ada.status, 400);
        assert!(ada.left_for.is_none());
    })
    .await;
}

/// A POST from another site comes again by GET, at the same flow.
#[tokio::test]
async fn a_posted_request_keeps_its_flow() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        let form = [("client_id", shop.id.as_str()), ("state", "a b")];
        for (place, location) in [
            (Place::Path("B2C_1_susi".into()), "/woodgrove/b2c_1_susi/oauth2/v2.0/authorize?client_id=ID&state=a+b"),
            (Place::Query("B2C_1_susi".into()), "/woodgrove/oauth2/v2.0/authorize?client_id=ID&state=a+b&p=B2C_1_susi"),
        ] {
            let mut at = shop.at(place);
            at.tenant = "woodgrove".into();
            let answered = at.post("authorize", &form, None).await;
            assert_eq!(answered.header("location"), location.replace("ID", shop.id.as_str()));
        }
    })
    .await;
}

/// Pushed requests name their flow too (RFC 9126).
#[tokio::test]
async fn a_pushed_request_is_of_its_flow() {
    on_both(async |server| {
        let shop = susi(&server, |_| ()).await;
        let at = shop.at(Place::Path("b2c_1_susi".into()));
        let (asked, parameters) = at.request();
        let form: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pushed = at.post("par", &form, at.basic()).await;
        assert_eq!(pushed.status, 201, "{}", pushed.text());
        let mut ada = server.browser();
        let by_name = [
            ("client_id".to_owned(), shop.id.to_string()),
            ("request_uri".to_owned(), pushed.json()["request_uri"].as_str().unwrap().to_owned()),
        ];
        ada.open(&shop.authorize(&by_name)).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(at.tokens(&ada, &asked).await.id["tfp"], "B2C_1_susi");
    })
    .await;
}
