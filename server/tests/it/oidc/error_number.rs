//! Where an error leads whoever reads it (`error_uri`, RFC 6749 §4.1.2.1, §5.2).

use super::ada_with_tokens;
use crate::harness::{Answered, ORIGIN, Place, TestServer, on_both};
use axum::{body::Body, http::Request};

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
