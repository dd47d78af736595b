//! The journey inside somebody else's page: who may ask, and what opens it (security R24, R25).

use crate::harness::{Answered, Application, HOST, PASSWORD, TestServer, on_both};
use axum::{
    body::Body,
    http::{Request, header},
};

const ADA: &str = "ada@example.org";
const SHOP: &str = "https://shop.example";

async fn post(server: &TestServer, origin: Option<&str>, path: &str, form: &[(&str, &str)]) -> Answered {
    let mut request = Request::post(path)
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    server.send(request.body(Body::from(body)).unwrap()).await
}

async fn shop(server: &TestServer) -> Application {
    let first = server.application().await;
    server.application_over(&first.flow, |it| it.widget_origins = vec![SHOP.into()]).await
}

async fn begin(server: &TestServer, shop: &Application, origin: Option<&str>) -> Answered {
    let (_, request) = shop.request();
    let form: Vec<(&str, &str)> = request.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    post(server, origin, &format!("/{}/widget/{}", server.tenant, shop.id), &form).await
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
        assert_eq!(allowed.header("vary"), "Origin");
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
        assert_eq!(send(&address(&foreign)).await.status, 410);
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
