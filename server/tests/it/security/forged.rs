//! Requests that no page of ours makes: from other sites, with fields that nobody asked for (security R14, R20).

use super::routes;
use crate::harness::{Browser, PASSWORD, Submission, on_both, tables};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use std::collections::BTreeSet;

const ADA: &str = "ada@example.org";

/// By their own servers or pages, with a token or a secret of theirs.
const CALLED_BY_APPLICATIONS: [&str; 21] = [
    "/{tenant}/oauth2/v2.0/token",
    "/{tenant}/oauth2/v2.0/devicecode",
    "/{tenant}/oauth2/v2.0/par",
    "/{tenant}/oauth2/v2.0/revoke",
    "/{tenant}/oauth2/v2.0/introspect-token",
    "/{tenant}/oidc/userinfo",
    "/{tenant}/openid/v2.0/userinfo",
    "/{tenant}/signup/v1.0/start",
    "/{tenant}/signup/v1.0/challenge",
    "/{tenant}/signup/v1.0/continue",
    "/{tenant}/oauth2/v2.0/initiate",
    "/{tenant}/oauth2/v2.0/challenge",
    "/{tenant}/oauth2/v2.0/introspect",
    "/{tenant}/resetpassword/v1.0/start",
    "/{tenant}/resetpassword/v1.0/challenge",
    "/{tenant}/resetpassword/v1.0/continue",
    "/{tenant}/resetpassword/v1.0/submit",
    "/{tenant}/resetpassword/v1.0/poll_completion",
    "/{tenant}/register/v1.0/introspect",
    "/{tenant}/register/v1.0/challenge",
    "/{tenant}/register/v1.0/continue",
];

/// What a hostile page can make a browser send.
const FOREIGN: [&[(&str, &str)]; 9] = [
    &[],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "https://login.example.test.evil.example")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site"), ("origin", "https://app.example.test")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "cross-site"), ("origin", "https://login.example.test")],
    &[("referer", "https://login.example.test/")],
];

async fn post(
    browser: &Browser,
    path: &str,
    kind: &str,
    headers: &[(&str, &str)],
    body: String,
) -> crate::harness::Answered {
    let mut request = browser.request(Method::POST, path).header("content-type", kind);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::from(body)).unwrap()).await
}

fn encoded(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Every mutating route, by every foreign page. A route that is new must say here why it is safe.
#[tokio::test]
async fn r20_cve_2023_34927_no_other_site_changes_anything() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&ada));
        shop.asks_with(&mut ada, &[("prompt", "login")]).await;
        let journey = ada.page.submit(&[("Email address".into(), ADA.into())], "Continue");
        ada.open(&format!("/{}/oauth2/v2.0/logout", server.tenant)).await;
        let button = ada.page.buttons()[0].clone();
        let logout = ada.page.submit(&[], &button);
        let sessions = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
        let untouched = "SELECT count(*) FROM journeys WHERE version = 0";
        let before = (server.count(sessions).await, server.count(untouched).await);

        for route in routes::mutating(&server) {
            // Naming a flow changes nothing of who may call.
            let pattern = route.pattern.replace("/{flow}", "");
            let (path, pairs) = match pattern.as_str() {
                "/{tenant}/journeys/{journey}" => (journey.path.clone(), journey.pairs.clone()),
                "/{tenant}/oauth2/v2.0/logout" => (logout.path.clone(), logout.pairs.clone()),
                // A request to sign in may come from anywhere: it is sent on as a GET, and changes nothing of anybody.
                "/{tenant}/oauth2/v2.0/authorize" => (route.path, shop.request().1),
                // Our page's own form alone.
                "/{tenant}/oauth2/deviceauth" => (route.path, Vec::new()),
                // Its secret is in the link; a foreign page that knew it would still be refused.
                "/admin/setup" | "/admin/invitation" | "/admin/enrol" => (route.path, Vec::new()),
                // No cookie opens these.
                pattern if CALLED_BY_APPLICATIONS.contains(&pattern) => (route.path, Vec::new()),
                // Nor this: only the header Authorization does, and no page elsewhere can send it for somebody.
                "/graph/{version}/{*rest}" => ("/graph/v1.0/identity/userFlowAttributes".into(), Vec::new()),
                // Only the application's own pages may, and they say by Origin which they are.
                "/{tenant}/widget/{application}"
                | "/{tenant}/widget/{application}/{journey}"
                | "/{tenant}/widget/{application}/{journey}/live" => {
                    (route.path.replacen("nobody", shop.id.as_str(), 1), shop.request().1)
                }
                other => panic!("{other} is new: what keeps other sites from using it?"),
            };
            for headers in FOREIGN {
                for kind in
                    ["application/x-www-form-urlencoded", "text/plain", "application/json", "multipart/form-data"]
                {
                    let body = if kind == "application/json" { "{}".into() } else { encoded(&pairs) };
                    let answered = post(&ada, &path, kind, headers, body).await;
                    let wanted: &[u16] = match pattern.as_str() {
                        "/{tenant}/oauth2/v2.0/authorize" => &[303, 400],
                        pattern if CALLED_BY_APPLICATIONS.contains(&pattern) => &[400, 401],
                        "/graph/{version}/{*rest}" => &[401, 405],
                        // What is no form is no request of ours.
                        "/{tenant}/oauth2/v2.0/logout" => &[400, 403],
                        _ => &[403],
                    };
                    let status = answered.status.as_u16();
                    assert!(wanted.contains(&status), "{} {headers:?} {kind}: {status}", route.pattern);
                }
            }
        }
        assert_eq!((server.count(sessions).await, server.count(untouched).await), before);
        // The same forms from our own page do what they say.
        ada.submit(journey).await;
        assert_eq!(ada.heading(), "Enter your password");
        ada.submit(logout).await;
        assert_eq!(server.count(sessions).await, 0);
    })
    .await;
}

/// The journey's token beside the origin: missing, another's, or made up.
#[tokio::test]
async fn r20_an_answer_brings_the_token_of_its_own_page() {
    on_both(async |server| {
        let shop = server.application().await;
        let (mut ada, mut eve) = (server.browser(), server.browser());
        shop.asks(&mut ada).await;
        shop.asks(&mut eve).await;
        let theirs = eve.page.value("token").unwrap();
        let own = ada.page.value("token").unwrap();
        for token in [None, Some(""), Some("x"), Some(theirs.as_str()), Some(&own[1..]), Some(&format!("{own}A"))] {
            let mut submission = ada.page.submit(&[("Email address".into(), ADA.into())], "Continue");
            submission.pairs.retain(|(name, _)| name != "token");
            submission.pairs.extend(token.map(|token| ("token".to_owned(), token.to_owned())));
            let mut tab = ada.clone();
            tab.submit(submission).await;
            assert_eq!(tab.status, 403, "{token:?}");
        }
        ada.reload().await;
        assert_eq!(ada.heading(), "Sign in");
    })
    .await;
}

/// Every column of every table, as a field of every answer (security R14, cve 11).
#[tokio::test]
async fn r14_cve_2026_27946_no_column_can_be_sent() {
    on_both(async |server| {
        let tables = tables();
        let columns: BTreeSet<&str> = tables.iter().flat_map(|(_, columns)| columns).map(String::as_str).collect();
        assert!(columns.len() > 80, "{columns:?}");
        let entra =
            ["id", "emailVerified", "roles", "isAdmin", "tenantId", "accountEnabled", "identities", "createdDateTime"];
        let fields: Vec<&str> = columns.iter().copied().chain(entra).collect();
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.press("Create one").await;
        let steps: [(&[(&str, &str)], &str); 4] = [
            (&[("Email address", ADA)], "Send code"),
            (&[("Code", "")], "Continue"),
            (&[("New password", PASSWORD)], "Continue"),
            (&[("Display name", "Ada")], "Create account"),
        ];
        for (typed, button) in steps {
            let code = if typed[0].0 == "Code" { server.mailbox().code(ADA).await } else { String::new() };
            let value = if code.is_empty() { typed[0].1 } else { &code };
            let typed = [(typed[0].0.to_owned(), value.to_owned())];
            let good = ada.page.submit(&typed, button);
            let page = ada.page.clone();
            for field in &fields {
                for name in [(*field).to_owned(), format!("attribute.{field}")] {
                    if good.pairs.iter().any(|(known, _)| *known == name) {
                        continue;
                    }
                    let mut pairs = good.pairs.clone();
                    pairs.push((name.clone(), "true".into()));
                    ada.submit(Submission { path: good.path.clone(), pairs }).await;
                    assert_eq!(ada.status, StatusCode::BAD_REQUEST, "{button}: {name}");
                }
            }
            ada.page = page;
            ada.submit(good).await;
        }
        assert!(shop.has(&ada), "{}", ada.text());
        assert_eq!(server.count("SELECT count(*) FROM accounts WHERE disabled_at IS NULL").await, 1);
        assert_eq!(server.count("SELECT count(*) FROM attribute_values").await, 1);
    })
    .await;
}

/// Security R13, cve 12, 23: an empty, foreign or half answer moves nothing, at any step.
#[tokio::test]
async fn r13_cve_2026_49443_an_answer_that_says_nothing_skips_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.press("Create one").await;
        for step in 0..4 {
            let heading = ada.heading();
            let (path, token) = (ada.page.path.clone(), ada.page.value("token").unwrap());
            let answers =
                ["", "address", "code", "password", "newPassword", "attributes", "continueAs", "done", "null"];
            for answer in answers {
                for more in
                    ["", "&address=", "&code=&keep=true", "&password=", "&revision=1", "&revision=9", "&step=done"]
                {
                    for body in [
                        format!("token={token}&answer={answer}{more}"),
                        format!("answer={answer}{more}"),
                        String::new(),
                    ] {
                        let headers = [
                            ("sec-fetch-site", "same-origin"),
                            ("x-forwarded-for", "not an address"),
                            ("accept-language", "\u{ff}"),
                        ];
                        let headers: Vec<_> = headers.into_iter().filter(|(_, value)| value.is_ascii()).collect();
                        let form = "application/x-www-form-urlencoded";
                        let answered = post(&ada, &path, form, &headers, body.clone()).await;
                        assert!([303, 400, 403].contains(&answered.status.as_u16()), "{body}: {}", answered.status);
                    }
                }
            }
            let user = "SELECT count(*) FROM accounts";
            assert_eq!(server.count(user).await, 0);
            ada.reload().await;
            assert_eq!(ada.heading(), heading);
            match step {
                0 => ada.fill(&[("Email address", ADA)]).press("Send code").await,
                1 => ada.type_code(ADA).await,
                2 => ada.fill(&[("New password", PASSWORD)]).press("Continue").await,
                _ => ada.fill(&[("Display name", "Ada")]).press("Create account").await,
            };
        }
        assert!(shop.has(&ada), "{}", ada.text());
    })
    .await;
}

/// cve 4: whoever types a password before the address is proved has planted nothing.
#[tokio::test]
async fn cve_better_auth_4_no_password_lies_in_wait_for_the_owner_of_an_address() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut eve = server.browser();
        shop.asks(&mut eve).await;
        eve.press("Create one").await;
        eve.fill(&[("Email address", ADA)]).press("Send code").await;
        let waiting = eve.page.clone();
        server.clock.advance(std::time::Duration::from_secs(31));

        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_up(ADA).await;
        assert!(shop.has(&ada));
        // Eve's journey has still only its code to offer, and Ada's password is Ada's.
        eve.page = waiting;
        eve.fill(&[("Code", "00000000")]).press("Continue").await;
        assert_eq!(eve.heading(), "Check your email");
        assert_eq!(server.count("SELECT count(*) FROM credentials").await, 1);
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&elsewhere));
    })
    .await;
}
