//! Addresses: whose a letter goes to, and by which name we are asked (security R10; cve 2, 3, 43, 45).

use crate::harness::{Browser, HOST, on_both};
use axum::{
    body::Body,
    http::{Method, Request},
};

const ADA: &str = "ada@example.org";

/// cve 2: two addresses are none.
#[tokio::test]
async fn r10_cve_2023_7028_one_letter_goes_to_one_address() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut eve = server.browser();
        shop.asks(&mut eve).await;
        eve.press("Can’t access your account?").await;
        let token = eve.page.value("token").unwrap();
        let both = "address=ada%40example.org&address=eve%40example.org";
        let form = "application/x-www-form-urlencoded";
        let json = "application/json";
        let object = |address: &str| format!("{{\"token\":\"{token}\",\"answer\":\"address\",\"address\":{address}}}");
        for (kind, body) in [
            (form, format!("token={token}&answer=address&{both}")),
            (form, format!("token={token}&answer=address&address[]=ada%40example.org&address[]=eve%40example.org")),
            (json, object("[\"ada@example.org\",\"eve@example.org\"]")),
            (json, object("{\"0\":\"ada@example.org\",\"1\":\"eve@example.org\"}")),
            (json, object("\"ada@example.org\",\"address\":\"eve@example.org\"")),
            (json, object("null")),
            (json, object("1")),
        ] {
            let answered = send(&eve, kind, body.clone()).await;
            assert_eq!(answered, 400, "{body}");
        }
        for address in [
            "ada@example.org,eve@example.org",
            "ada@example.org;eve@example.org",
            "ada@example.org eve@example.org",
            "ada@example.org\r\nBcc: eve@example.org",
            "ada@example.org%0d%0aBcc:eve@example.org",
            "ada@example.org\0eve@example.org",
            "eve@example.org<ada@example.org>",
            "\"eve@example.org\"@example.org",
            "ada@example.org(eve@example.org)",
            "ada＠example.org@evil.example",
        ] {
            eve.reload().await;
            eve.fill(&[("Email address", address)]).press("Send code").await;
            assert_eq!(eve.faults().len(), 1, "{address:?}");
        }
        assert!(server.mailbox().all().await.is_empty());
    })
    .await;
}

async fn send(browser: &Browser, kind: &str, body: String) -> u16 {
    let request = browser
        .request(Method::POST, &browser.page.path)
        .header("content-type", kind)
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::from(body)).unwrap()).await.status.as_u16()
}

/// A name that only looks like somebody's gets its letter where the account's owner reads it.
#[tokio::test]
async fn r10_an_address_that_folds_to_another_proves_only_that_one() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        // U+00AA and U+1D43 fold to a.
        for address in ["ADA@example.org", "ada@EXAMPLE.org", "\u{aa}da@example.org", "ad\u{1d43}@example.org"] {
            server.clock.advance(std::time::Duration::from_secs(3 * 3600 / 4));
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.press("Can’t access your account?").await;
            browser.fill(&[("Email address", address)]).press("Send code").await;
        }
        for letter in server.mailbox().all().await {
            assert_eq!(letter.to, ADA);
        }
    })
    .await;
}

/// Security R10, cve 3: a name that is not ours is served by nobody, and never stands in a letter or page.
#[tokio::test]
async fn r10_cve_2023_49097_what_a_stranger_calls_us_is_nobody_s_name() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.press("Create one").await;
        let submission = ada.page.submit(&[("Email address".into(), ADA.into())], "Send code");
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&submission.pairs).finish();
        let hosts = [
            "evil.example",
            "login.example.test.evil.example",
            "login.example.test@evil.example",
            "evil.example:443",
            "login.example.test:8443",
            "login.example.test,evil.example",
            "",
            "127.0.0.1",
            "localhost",
        ];
        let named = |host: &str| {
            let mut request = ada
                .request(Method::POST, &submission.path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .body(Body::from(body.clone()))
                .unwrap();
            request.headers_mut().insert("host", host.parse().unwrap());
            request
        };
        for host in hosts {
            assert_eq!(ada.send(named(host)).await.status, 421, "{host}");
        }
        let mut twice = named(HOST);
        twice.headers_mut().append("host", "evil.example".parse().unwrap());
        assert_eq!(ada.send(twice).await.status, 421);
        assert!(server.mailbox().all().await.is_empty());

        let mut forwarded = named(HOST);
        for name in
            ["x-forwarded-host", "x-host", "x-forwarded-server", "x-original-host", "x-rewrite-url", "x-original-url"]
        {
            forwarded.headers_mut().insert(name, "evil.example".parse().unwrap());
        }
        forwarded.headers_mut().insert("forwarded", "host=evil.example;proto=http".parse().unwrap());
        forwarded.headers_mut().insert("x-forwarded-proto", "http".parse().unwrap());
        let answered = ada.send(forwarded).await;
        assert_eq!(answered.status, 303);
        assert!(!answered.header("location").contains("evil"));
        let letter = server.mailbox().latest(ADA).await;
        assert!(![&letter.subject, &letter.text, &letter.html].iter().any(|text| text.contains("evil")));
        ada.reload().await;
        assert!(!ada.page.html.contains("evil"));
        let discovery = Request::get(format!("/{}/v2.0/.well-known/openid-configuration", server.tenant))
            .header("x-forwarded-host", "evil.example");
        assert!(!server.send(discovery.body(Body::empty()).unwrap()).await.text().contains("evil"));
    })
    .await;
}

/// cve 43: another spelling of a path is another path, and passes no limit.
#[tokio::test]
async fn cve_better_auth_43_a_path_has_one_spelling() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, tenant) = (server.browser(), &server.tenant);
        shop.asks(&mut ada).await;
        let journey = ada.page.path.clone();
        for path in [journey.clone(), format!("/{tenant}/discovery/v2.0/keys"), format!("/{tenant}/oidc/userinfo")] {
            let rest = &path[1..];
            for alias in [
                format!("//{rest}"),
                format!("/./{rest}"),
                format!("/x/../{rest}"),
                format!("/{}", rest.replace('/', "//")),
                format!("/{}", rest.replace('/', "%2f")),
                format!("/{}", rest.replace('/', "/./")),
                format!("/{rest}/"),
                format!("/{rest}/."),
                format!("/{rest};x=y"),
                format!("/{rest}%00"),
                format!("/{rest}%20"),
                format!("/{rest}.json"),
                format!("/{}", rest.replace("o", "O").replace("e", "E")),
            ] {
                let status = ada.send(ada.request(Method::GET, &alias).body(Body::empty()).unwrap()).await.status;
                assert!([404, 410, 400].contains(&status.as_u16()), "{alias}: {status}");
            }
        }
    })
    .await;
}

/// cve 45: two hundred ways out of a folder, and nothing outside of it.
#[tokio::test]
async fn cve_2022_45921_no_path_leaves_the_assets() {
    on_both(async |server| {
        let ups = [
            "../",
            "..%2f",
            "%2e%2e/",
            "%2e%2e%2f",
            "..\\",
            "..%5c",
            "%252e%252e%252f",
            "..;/",
            "....//",
            "%c0%ae%c0%ae/",
        ];
        let targets = ["etc/passwd", "Cargo.toml", "proc/self/environ", "portico.key", "portico.db"];
        let mut asked = 0;
        for root in ["/assets/", "/"] {
            for up in ups {
                for target in targets {
                    for depth in [1, 3] {
                        let path = format!("{root}{}{target}", up.repeat(depth));
                        let answered = server.get(&path).await;
                        assert!([404, 400].contains(&answered.status.as_u16()), "{path}: {}", answered.status);
                        assert!(!answered.text().contains("root:") && !answered.text().contains("[package]"));
                        asked += 1;
                    }
                }
            }
        }
        assert!(asked >= 200);
    })
    .await;
}
