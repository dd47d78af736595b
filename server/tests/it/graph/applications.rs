//! `/applications`: registered, changed, given secrets, deleted.

use crate::harness::{ORIGIN, TestServer, on_both};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn an_application_is_registered_changed_and_deleted() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let asked = json!({
            "displayName": "Rowan Shop",
            "web": { "redirectUris": ["https://shop.example/cb"], "homePageUrl": "https://shop.example/" },
            "spa": { "redirectUris": ["http://localhost:5173/"] },
            "widgetOrigins": ["https://shop.example"],
        });
        let made = admin.post("/applications", &asked).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let made = made.json();
        let id = made["appId"].as_str().unwrap().to_owned();
        assert_eq!((made["tokenAlgorithm"].as_str(), made["accountEnabled"].as_bool()), (Some("RS256"), Some(true)));
        for path in [format!("/applications/{id}"), format!("/applications(appId='{id}')")] {
            assert_eq!(admin.get(&path).await.json()["displayName"], "Rowan Shop", "{path}");
        }
        let change = json!({ "web": { "redirectUris": ["https://shop.example/new"] }, "accountEnabled": false });
        let changed = admin.patch(&format!("/applications/{id}"), &change).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        let shown = admin.get(&format!("/applications/{id}")).await.json();
        assert_eq!(shown["web"]["redirectUris"], json!(["https://shop.example/new"]));
        assert_eq!(shown["web"]["homePageUrl"], "https://shop.example/");
        assert_eq!(
            (&shown["accountEnabled"], &shown["widgetOrigins"][0]),
            (&json!(false), &json!("https://shop.example"))
        );
        let found = admin.get("/applications?$search=row").await.json();
        assert_eq!(found["value"].as_array().unwrap().len(), 1);
        assert_eq!(admin.delete(&format!("/applications/{id}")).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get(&format!("/applications/{id}")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn r27_a_bad_address_is_not_registered() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        for uri in
            ["javascript:alert(1)", "http://shop.example/cb", "https://*.shop.example/", "https://shop.example/#x"]
        {
            let asked = json!({ "displayName": "Shop", "web": { "redirectUris": ["https://good.example/", uri] } });
            let refused = admin.post("/applications", &asked).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{uri}");
            assert_eq!(refused.json()["error"]["details"][0]["target"], "web/redirectUris/1");
        }
        assert_eq!(server.count("SELECT COUNT(*) FROM applications WHERE name = 'Shop'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn r33_a_secret_is_shown_once_and_two_are_active() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let id = admin.post("/applications", &json!({ "displayName": "Shop" })).await.json()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let add = async || {
            admin
                .post(
                    &format!("/applications/{id}/addPassword"),
                    &json!({ "passwordCredential": { "displayName": "prod" } }),
                )
                .await
        };
        let first = add().await.json();
        let secret = first["secretText"].as_str().unwrap().to_owned();
        assert!(secret.starts_with(first["hint"].as_str().unwrap()));
        assert_eq!(add().await.status, StatusCode::OK);
        assert_eq!(add().await.status, StatusCode::BAD_REQUEST);
        for path in [format!("/applications/{id}"), "/applications".into(), "/auditLogs/directoryAudits".into()] {
            assert!(!admin.get(&path).await.text().contains(&secret), "{path}");
        }
        let remove = json!({ "keyId": first["keyId"] });
        assert_eq!(
            admin.post(&format!("/applications/{id}/removePassword"), &remove).await.status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(add().await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn an_application_is_found_by_its_name_and_counted() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let mut ids = Vec::new();
        for name in ["Rowan Shop", "Rowan", "Ash", "Ärzteportal", "ÄRZTE für Ärzte"] {
            ids.push(admin.make("/applications", json!({ "displayName": name })).await);
        }
        for (filter, found) in [
            ("displayName eq 'Rowan'", &["Rowan"][..]),
            ("displayName eq 'rowan SHOP'", &["Rowan Shop"]),
            ("displayName eq 'Row'", &[]),
            ("startsWith(displayName,'Row')", &["Rowan", "Rowan Shop"]),
            ("startsWith(displayName,'%C3%84rztep')", &["Ärzteportal"]),
            ("startsWith(displayName,'%C3%A4rztep')", &["Ärzteportal"]),
            // Some letters small, others not.
            ("startsWith(displayName,'%C3%A4rzte f%C3%BCr %C3%A4')", &["ÄRZTE für Ärzte"]),
            ("displayName eq '%C3%84rzte f%C3%9Cr %C3%A4RZTE'", &["ÄRZTE für Ärzte"]),
            ("displayName eq '%C3%A4rztePORTAL'", &["Ärzteportal"]),
            (&format!("appId eq '{}'", ids[2]), &["Ash"]),
        ] {
            let list = admin.read(&format!("/applications?$filter={filter}&$count=true&$orderby=displayName")).await;
            let names: Vec<&str> =
                list["value"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap()).collect();
            assert_eq!(
                (names.as_slice(), list["@odata.count"].as_u64()),
                (found, Some(found.len() as u64)),
                "{filter}"
            );
        }
        let page = admin.read("/applications?$top=1&$count=true&$filter=startsWith(displayName,'Row')").await;
        assert_eq!((&page["@odata.count"], page["value"].as_array().unwrap().len()), (&json!(2), 1));
    })
    .await;
}

#[tokio::test]
async fn what_an_application_cannot_be_is_refused_by_a_sentence() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let native = json!({ "redirectUris": ["http://localhost:8400/"] });
        let id = admin
            .make(
                "/applications",
                json!({ "displayName": "Shop", "signInAudience": "AzureADMyOrg", "isFallbackPublicClient": false,
                    "requiredResourceAccess": [], "keyCredentials": [], "optionalClaims": null }),
            )
            .await;
        for (target, value) in [
            ("signInAudience", json!("AzureADMultipleOrgs")),
            ("isFallbackPublicClient", json!(true)),
            ("requiredResourceAccess", json!([{ "resourceAppId": "x", "resourceAccess": [] }])),
            ("appRoles", json!([{ "value": "Reader" }])),
            ("optionalClaims", json!({ "idToken": [{ "name": "email" }] })),
            ("keyCredentials", json!([{ "type": "AsymmetricX509Cert" }])),
        ] {
            let body = json!({ "displayName": "Shop", target: value });
            for refused in
                [admin.post("/applications", &body).await, admin.patch(&format!("/applications/{id}"), &body).await]
            {
                assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}");
                assert_eq!(refused.json()["error"]["details"][0]["target"], target);
                assert!(!refused.text().contains("There is no property"), "{}", refused.text());
            }
        }
        let told = json!({ "publicClient": native, "isFallbackPublicClient": true });
        let changed = admin.patch(&format!("/applications/{id}"), &told).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        // Silence changes nothing of it.
        let changed =
            admin.patch(&format!("/applications/{id}"), &json!({ "publicClient": { "redirectUris": [] } })).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        assert_eq!(admin.read(&format!("/applications/{id}")).await["isFallbackPublicClient"], false);
    })
    .await;
}

/// An API is found by them, so each is one application's, and none is ours.
#[tokio::test]
async fn an_identifier_uri_is_one_application_s() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let called = |name: &str, uri: &str| json!({ "displayName": name, "identifierUris": [uri] });
        let tasks = admin.make("/applications", called("Tasks", "api://tasks")).await;
        let forms = admin.make("/applications", called("Forms", "https://forms.example/api")).await;
        let path = format!("/applications/{forms}");
        for uri in [
            "api://tasks".into(),
            "api://TASKS".into(),
            format!("api://{tasks}"),
            format!("{ORIGIN}/graph"),
            format!("{ORIGIN}/graph/v1.0"),
            ORIGIN.into(),
            "api://forms/".into(),
            "https://forms.example/#x".into(),
            "forms".to_owned(),
        ] {
            let answers = [
                admin.post("/applications", called("Others", &uri)).await,
                admin.patch(&path, called("Forms", &uri)).await,
            ];
            for refused in answers {
                assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{uri}: {}", refused.text());
                assert_eq!(refused.json()["error"]["details"][0]["target"], "identifierUris/0", "{uri}");
            }
        }
        assert_eq!(server.count("SELECT COUNT(*) FROM applications WHERE name = 'Others'").await, 0);
        assert_eq!(admin.read(&path).await["identifierUris"], json!(["https://forms.example/api"]));

        let own = json!({ "identifierUris": [format!("api://{forms}"), "https://forms.example/api"] });
        assert_eq!(admin.patch(&path, own).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.delete(&format!("/applications/{tasks}")).await.status, StatusCode::NO_CONTENT);
        let free = admin.patch(&path, called("Forms", "api://tasks")).await;
        assert_eq!(free.status, StatusCode::NO_CONTENT, "{}", free.text());
    })
    .await;
}

/// Some libraries read no other access tokens (entra-protocol §4); a setting like any other.
#[tokio::test]
async fn an_application_has_its_access_tokens_plain() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let plain = |is: bool| json!({ "displayName": "Shop", "protocol": { "plainAccessTokens": is } });
        let path = format!("/applications/{}", admin.make("/applications", plain(true)).await);
        assert_eq!(admin.read(&path).await["protocol"]["plainAccessTokens"], true);
        assert_eq!(admin.patch(&path, plain(false)).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.read(&path).await["protocol"]["plainAccessTokens"], false);
        let usual = admin.make("/applications", json!({ "displayName": "Usual" })).await;
        assert_eq!(admin.read(&format!("/applications/{usual}")).await["protocol"]["plainAccessTokens"], false);
    })
    .await;
}
