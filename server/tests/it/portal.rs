//! The front door of the portal: the way in for the first administrator, and for nobody after (security R37).

use crate::{
    harness::{Browser, ORIGIN, TestServer, at_once, dump_all, on_both},
    security::routes,
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use server::{
    administration::{self, TENANT_ID},
    graph::declared,
};
use std::time::Duration;

const PASSWORD: &str = "lantern orchard velvet 77";

async fn link(server: &TestServer) -> Option<String> {
    let state = &server.state;
    administration::ensure(state).await.unwrap();
    let link = administration::set_up_link(&state.config, &state.db, &state.chance, server.now()).await.unwrap();
    link.map(|link| link.strip_prefix(crate::harness::ORIGIN).unwrap().to_owned())
}

async fn fill(browser: &mut Browser, password: &str) {
    let typed = [("Your name", "Ada Lovelace"), ("Email address", "ada@example.org"), ("New password", password)];
    browser.fill(&typed).press("Make administrator").await;
}

#[tokio::test]
async fn r37_the_link_makes_the_first_administrator_once() {
    on_both(async |server| {
        let link = link(&server).await.unwrap();
        let mut browser = server.browser();
        browser.open(&link).await;
        assert_eq!(browser.heading(), "Make the first administrator");
        fill(&mut browser, PASSWORD).await;
        assert_eq!(browser.status, StatusCode::OK);
        assert!(browser.page.path.starts_with("/admin/enrol?token="), "{}", browser.page.path);
        assert_eq!(server.text("SELECT activity FROM audits").await, "Add first administrator");
        assert_eq!(server.text("SELECT role FROM administrators WHERE tenant_id = '*'").await, "Global Administrator");
        assert_eq!(server.text("SELECT tenant_id FROM accounts").await, TENANT_ID);

        browser.open(&link).await;
        assert_eq!(browser.status, StatusCode::NOT_FOUND);
        assert_eq!(self::link(&server).await, None);
    })
    .await;
}

#[tokio::test]
async fn the_first_page_speaks_the_language_of_the_browser() {
    on_both(async |server| {
        let link = link(&server).await.unwrap();
        for (wanted, tag, heading) in [
            ("de-AT,en;q=0.5", "de", "Legen Sie das erste Administratorkonto an"),
            ("ar", "ar", "أنشئ المسؤول الأول"),
            ("fr", "en", "Make the first administrator"),
        ] {
            let request = Request::get(&link).header("accept-language", wanted).body(Body::empty()).unwrap();
            let page = server.send(request).await.text();
            assert!(page.contains(heading) && page.contains(&format!("<html lang=\"{tag}\"")), "{wanted}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn r37_the_door_stays_closed_when_every_administrator_is_gone() {
    on_both(async |server| {
        let link = link(&server).await.unwrap();
        let mut browser = server.browser();
        browser.open(&link).await;
        fill(&mut browser, PASSWORD).await;
        server
            .write(|c, _, _| {
                Box::pin(async move {
                    for table in ["DELETE FROM administrators", "DELETE FROM credentials", "DELETE FROM identities"] {
                        sqlx::query(table).execute(&mut *c).await?;
                    }
                    Ok(())
                })
            })
            .await;
        assert_eq!(self::link(&server).await, None);
        browser.open(&link).await;
        assert_eq!(browser.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn r37_without_its_secret_the_door_is_not_there() {
    on_both(async |server| {
        let link = link(&server).await.unwrap();
        for path in ["/admin/setup", "/admin/setup?token=", "/admin/setup?token=guess", "/admin/setup?other=1"] {
            assert_eq!(server.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // A newer link makes the older one worthless, and an hour makes every link so.
        let newer = self::link(&server).await.unwrap();
        assert_eq!(server.get(&link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.get(&newer).await.status, StatusCode::OK);
        server.clock.advance(Duration::from_secs(60 * 60));
        assert_eq!(server.get(&newer).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.count("SELECT COUNT(*) FROM administrators").await, 0);
    })
    .await;
}

/// Security R37: what somebody finds who knocks at every door of a fresh server, with nothing in their hands.
#[tokio::test]
async fn r37_a_fresh_server_has_no_door_for_strangers() {
    on_both(async |server| {
        link(&server).await.unwrap();
        let before = dump_all(&server).await;
        let form = "name=Eve&address=eve%40example.org&password=lantern+orchard+velvet+77&token=guess";
        let mut doors: Vec<(String, String)> = Vec::new();
        for route in routes::all(&server) {
            doors.extend(route.methods.iter().map(|method| (method.to_uppercase(), route.path.clone())));
        }
        for route in declared() {
            let path = route.path.replace(['{', '}'], "");
            doors.push((route.method.to_string(), format!("/graph/v1.0{path}")));
        }
        assert!(doors.len() > 100, "{} doors", doors.len());
        for (method, path) in doors {
            for (kind, body) in [("application/x-www-form-urlencoded", form), ("application/json", "{}")] {
                let request = Request::builder().method(method.as_str()).uri(&path).header("content-type", kind);
                let request = request.header("origin", ORIGIN).header("sec-fetch-site", "same-origin");
                let answered = server.send(request.body(Body::from(body)).unwrap()).await;
                // Whoever is not signed in is told that they are signed out.
                let harmless = ["GET", "OPTIONS"].contains(&method.as_str()) || path.ends_with("/logout");
                let opened = answered.status.is_success() && !harmless;
                assert!(!opened && !answered.status.is_server_error(), "{method} {path}: {}", answered.status);
                let told = answered.status.is_success() && path.starts_with("/graph/") && method == "GET";
                assert!(!told || path.contains("openapi") || path.contains("metadata"), "{method} {path}");
            }
        }
        // Limits may have counted, and keys are made in the background; nothing else was written.
        let people = |rows: Vec<String>| {
            let kept =
                rows.into_iter().filter(|row| !row.starts_with("counters|") && !row.starts_with("signing_keys|"));
            kept.collect::<Vec<_>>()
        };
        assert_eq!(people(dump_all(&server).await), people(before));
    })
    .await;
}

#[tokio::test]
async fn r37_of_many_at_once_one_becomes_the_first() {
    on_both(async |server| {
        let link = link(&server).await.unwrap();
        at_once(8, |number| {
            let (server, link) = (server.clone(), link.clone());
            async move {
                let mut browser = server.browser();
                browser.open(&link).await;
                let address = format!("ada{number}@example.org");
                let typed = [("Your name", "Ada"), ("Email address", &address), ("New password", PASSWORD)];
                browser.fill(&typed).press("Make administrator").await;
            }
        })
        .await;
        assert_eq!(server.count("SELECT COUNT(*) FROM administrators").await, 1);
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 1);
    })
    .await;
}

#[tokio::test]
async fn r7_the_first_password_is_judged_like_any_other() {
    on_both(async |server| {
        let link = link(&server).await.unwrap();
        let mut browser = server.browser();
        browser.open(&link).await;
        for weak in ["short", "ada lovelace ada lovelace", "passwordpassword"] {
            fill(&mut browser, weak).await;
            assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
            assert_eq!(browser.faults().len(), 1, "{weak}");
            // What was typed is still there, but for the password.
            assert_eq!(browser.page.value("address").as_deref(), Some("ada@example.org"));
            assert_eq!(browser.page.value("password").unwrap_or_default(), "");
        }
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 0);
        fill(&mut browser, PASSWORD).await;
        assert_eq!(server.count("SELECT COUNT(*) FROM administrators").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_portal_knows_where_its_administrators_sign_in() {
    on_both(async |server| {
        administration::ensure(&server.state).await.unwrap();
        // What is there already stays as it is.
        administration::ensure(&server.state).await.unwrap();
        let page = server.get("/admin/flows/new").await.text();
        assert!(page.contains(&format!("https://login.example.test/{TENANT_ID}/v2.0")), "{page}");
        let by_name = server.get("/admin/v2.0/.well-known/openid-configuration").await;
        let discovery = server.get(by_name.header("location")).await.json();
        assert_eq!(discovery["issuer"], format!("https://login.example.test/{TENANT_ID}/v2.0"));
        assert_eq!(server.count("SELECT COUNT(*) FROM redirect_uris").await, 1);
    })
    .await;
}
