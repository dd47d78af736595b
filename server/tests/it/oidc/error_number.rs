//! What an error says to whoever reads it: its number, and where that is explained (RFC 6749 §4.1.2.1, §5.2).

use super::ada_with_tokens;
use crate::harness::{Answered, ORIGIN, Place, TestServer, on_both};
use axum::{body::Body, http::Request};
use std::time::Duration;

async fn read(server: &TestServer, address: &str, language: &str) -> Answered {
    let request = Request::get(address.strip_prefix(ORIGIN).unwrap()).header("accept-language", language);
    server.send(request.body(Body::empty()).unwrap()).await
}

/// Every refusal of every endpoint says where its number is explained, and it is explained there.
#[tokio::test]
async fn an_error_leads_to_what_it_means() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        let mut told = Vec::new();
        let wrong = [("client_id", shop.id.as_str()), ("client_secret", "wrong"), ("grant_type", "refresh_token")];
        for answered in [
            shop.token(&[("grant_type", "magic")]).await,
            shop.token(&[("grant_type", "authorization_code")]).await,
            shop.refresh("made up").await,
            shop.post_token(&wrong, None).await,
            shop.call("revoke", &[]).await,
        ] {
            let body = answered.json();
            let (number, uri) =
                (body["error_codes"][0].as_u64(), body["error_uri"].as_str().unwrap_or_default().to_owned());
            assert_eq!(uri, format!("{ORIGIN}/error?code={}", number.unwrap()), "{body}");
            told.push((format!("AADSTS{}", number.unwrap()), uri));
        }
        for wish in [("response_type", "magic"), ("scope", "nothing"), ("prompt", "magic")] {
            shop.asks_with(&mut ada, &[wish]).await;
            let answer = shop.answer(&ada).unwrap();
            let code = answer["error_description"].split(':').next().unwrap().to_owned();
            let uri = answer["error_uri"].clone();
            assert_eq!(uri, format!("{ORIGIN}/error?code={}", code.strip_prefix("AADSTS").unwrap()));
            told.push((code, uri));
        }
        // RFC 6749 §4.1.2.1: no character that may not stand there.
        for (code, uri) in told {
            assert!(uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'), "{uri}");
            let page = read(&server, &uri, "en").await;
            assert_eq!(page.status, 200, "{uri}");
            assert!(page.text().contains(&format!("What {code} means")), "{}", page.text());
            assert!(read(&server, &uri, "de").await.text().contains(&format!("Was {code} bedeutet")));
        }
    })
    .await;
}

/// B2C's clients know its own numbers, and find them.
#[tokio::test]
async fn b2cs_numbers_are_explained_as_they_are_told() {
    on_both(async |server| {
        let shop = server.flow(|flow| flow.name = "B2C_1_susi".into()).await.at(Place::Path("B2C_1_susi".into()));
        let mut nobody = server.browser();
        shop.asks_with(&mut nobody, &[("prompt", "none")]).await;
        let answer = shop.answer(&nobody).unwrap();
        assert_eq!(answer["error_uri"], format!("{ORIGIN}/error?code=AADB2C90077"));
        let page = read(&server, &answer["error_uri"], "en").await;
        assert!(page.text().contains("What AADB2C90077 means"), "{}", page.text());
        let refused = shop.refresh("made up").await.json();
        assert_eq!(refused["error_uri"], format!("{ORIGIN}/error?code=AADB2C90080"));
    })
    .await;
}

/// What stands in the address is shown only where it is a number of ours.
#[tokio::test]
async fn r21_another_number_is_nobodys() {
    on_both(async |server| {
        for query in ["", "?code=", "?code=1", "?code=%3Cscript%3E", "?code=AADB2C1", "?code=50058%20", "?p=50058"] {
            let page = server.get(&format!("/error{query}")).await;
            assert_eq!(page.status, 404, "{query}");
            assert!(page.text().contains("No error of ours has this number"), "{query}: {}", page.text());
            assert!(!page.text().contains("<script>"), "{query}");
        }
    })
    .await;
}

/// Status, error and the one number of a refusal.
fn told(answered: &Answered) -> (u16, String, u64) {
    let body = answered.json();
    let numbers = body["error_codes"].as_array().unwrap();
    assert_eq!(numbers.len(), 1, "{body}");
    (answered.status.as_u16(), body["error"].as_str().unwrap().to_owned(), numbers[0].as_u64().unwrap())
}

fn grant(number: u64) -> (u16, String, u64) {
    (400, "invalid_grant".to_owned(), number)
}

/// Security R28: whatever is wrong with how a code is presented has a number that developers look up.
#[tokio::test]
async fn r28_a_code_is_refused_by_number() {
    on_both(async |server| {
        let shop = server.application().await;
        let other = server.application_over(&shop.flow, |_| ()).await;
        let (mut ada, _) = ada_with_tokens(&server, &shop).await;
        let (stranger, astray) = ("a".repeat(43), format!("{}/", shop.redirect_uri));
        for (name, value, number) in [
            ("code_verifier", "", 501_481),
            ("code_verifier", "too-short", 501_481),
            ("code_verifier", stranger.as_str(), 501_481),
            ("redirect_uri", "", 50_011),
            ("redirect_uri", astray.as_str(), 50_011),
        ] {
            let asked = shop.asks(&mut ada).await;
            let code = shop.code(&ada, &asked);
            let form = shop.redemption(&code, &asked);
            let form = form.map(|(known, right)| (known, if known == name { value } else { right }));
            assert_eq!(told(&shop.token(&form).await), grant(number), "{name}={value}");
        }
        let asked = shop.asks(&mut ada).await;
        let code = shop.code(&ada, &asked);
        assert_eq!(told(&other.redeem(&code, &asked).await), grant(70_000));

        let asked = shop.asks(&mut ada).await;
        let code = shop.code(&ada, &asked);
        server.clock.advance(Duration::from_secs(61));
        assert_eq!(told(&shop.redeem(&code, &asked).await), grant(70_008));

        let asked = shop.asks(&mut ada).await;
        let code = shop.code(&ada, &asked);
        let tokens = shop.checked(shop.redeem(&code, &asked).await).await;
        assert_eq!(told(&shop.redeem(&code, &asked).await), grant(54_005));
        assert_eq!(told(&shop.refresh(&tokens.refresh_token).await), grant(70_008));
    })
    .await;
}

/// Security R33, cve 30: so has whatever is wrong with how an application shows itself.
#[tokio::test]
async fn cve_2026_53512_an_application_is_refused_by_number() {
    on_both(async |server| {
        let shop = server.application().await;
        let public = server.application_over(&shop.flow, |made| made.secrets.clear()).await;
        let expiring = server
            .application_over(&shop.flow, |made| made.secrets[0].expires_at = server.now() + Duration::from_secs(60))
            .await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        assert_eq!(tokens.access["azpacr"], "1", "it showed a secret");
        let (ours, secret) = (shop.id.as_str(), shop.secret.as_ref().unwrap().reveal());
        for (id, shown, refusal) in [
            (ours, None, (401, "invalid_client", 7_000_218)),
            (ours, Some("wrong"), (401, "invalid_client", 7_000_215)),
            (public.id.as_str(), None, (400, "invalid_grant", 70_008)),
            (public.id.as_str(), Some(secret), (401, "invalid_client", 700_025)),
            ("nobody", None, (401, "invalid_client", 700_016)),
        ] {
            let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token.as_str())];
            form.push(("client_id", id));
            form.extend(shown.map(|shown| ("client_secret", shown)));
            let answered = shop.post_token(&form, None).await;
            let (status, error, number) = refusal;
            assert_eq!(told(&answered), (status, error.to_owned(), number), "{id}");
            // RFC 6749 §5.2.
            assert_eq!(status == 401, !answered.header("www-authenticate").is_empty(), "{id}");
        }
        assert_eq!(shop.refresh(&tokens.refresh_token).await.status, 200, "none of that used the token up");
        server.clock.advance(Duration::from_secs(61));
        assert_eq!(told(&expiring.refresh("x").await), (401, "invalid_client".to_owned(), 7_000_222));
    })
    .await;
}

/// By Entra's number, in the same dress, and with the verbs that are right (RFC 9110 §15.5.6).
#[tokio::test]
async fn a_wrong_verb_is_refused_by_number() {
    on_both(async |server| {
        let shop = server.flow(|flow| flow.name = "B2C_1_susi".into()).await;
        let send = async |method: &str, address: &str| {
            let request = Request::builder().method(method).uri(address).header("origin", "https://any.example");
            server.send(request.body(Body::empty()).unwrap()).await
        };
        let by_flow = [Place::Path("b2c_1_susi".into()), Place::Tfp("b2c_1_susi".into())].map(|place| shop.at(place));
        let mut addresses: Vec<String> = ["token", "devicecode", "par", "revoke", "introspect-token", "initiate"]
            .map(|endpoint| shop.address(&format!("/oauth2/v2.0/{endpoint}")))
            .into();
        addresses.extend(by_flow.map(|shop| shop.address("/oauth2/v2.0/token")));
        for address in addresses.iter().map(String::as_str) {
            for method in ["GET", "DELETE"] {
                let answered = send(method, address).await;
                assert_eq!(told(&answered), (405, "invalid_request".to_owned(), 900_561), "{method} {address}");
                assert!(answered.header("allow").split(',').any(|verb| verb == "POST"), "{method} {address}");
                assert_eq!(answered.header("access-control-allow-origin"), "*", "{method} {address}");
                let body = answered.json();
                let why = format!("AADSTS900561: The endpoint accepts POST requests. Received a {method} request. ");
                assert!(body["error_description"].as_str().unwrap().starts_with(&why), "{body}");
                assert_eq!(body["error_uri"], format!("{ORIGIN}/error?code=900561"));
            }
            let answered = send("HEAD", address).await;
            assert_eq!((answered.status.as_u16(), answered.text().as_str()), (405, ""), "{address}");
        }
        let userinfo = shop.address("/oidc/userinfo");
        let (userinfo, token) = (userinfo.as_str(), addresses[0].as_str());
        assert_eq!(told(&send("PUT", userinfo).await), (405, "invalid_request".to_owned(), 900_561));
        let right =
            [("GET", userinfo, 401), ("HEAD", userinfo, 401), ("OPTIONS", userinfo, 200), ("OPTIONS", token, 200)];
        for (method, address, status) in right {
            assert_eq!(send(method, address).await.status, status, "{method} {address}");
        }
        let page = read(&server, &format!("{ORIGIN}/error?code=900561"), "en").await;
        assert!(page.text().contains("What AADSTS900561 means"), "{}", page.text());
    })
    .await;
}

/// By the members that Entra's clients log.
#[tokio::test]
async fn the_token_endpoint_speaks_json_whatever_it_is_asked() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut nowhere = shop.clone();
        nowhere.tenant = "nobody".into();
        assert_eq!(told(&nowhere.post_token(&[], None).await), (400, "invalid_request".to_owned(), 90_002));
        let json = Request::post(shop.address("/oauth2/v2.0/token")).header("content-type", "application/json");
        let answered = server.send(json.body(Body::from("{}")).unwrap()).await;
        assert_eq!(told(&answered), (400, "invalid_request".to_owned(), 90_013));
        let id = "8f2ff5a5-9d4c-4bd8-8c36-1dd7f3f2a5b1";
        let answered = shop.call_with("token", &[("grant_type", "password")], &[("client-request-id", id)]).await;
        assert_eq!(told(&answered), (400, "unsupported_grant_type".to_owned(), 70_003));
        let body = answered.json();
        assert_eq!(body["correlation_id"], id);
        assert_eq!(body["trace_id"], answered.header("x-ms-request-id"));
        assert_eq!(body["timestamp"], "2026-11-20 12:00:00Z");
        assert!(body["error_description"].as_str().unwrap().starts_with("AADSTS70003: "), "{body}");
    })
    .await;
}
