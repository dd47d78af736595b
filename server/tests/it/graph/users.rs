//! `/users`: added, found, changed, deleted and brought back.

use crate::harness::{Administrator, Application, PASSWORD, TestServer, on_both};
use app::contract::permission::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::{
    administration::TENANT_ID,
    directory::{administrator, person, sweep},
};
use std::time::Duration;

pub const ADA: &str = "ada@example.org";

pub fn ada() -> Value {
    json!({
        "displayName": "Ada Lovelace",
        "identities": [
            { "signInType": "emailAddress", "issuer": "woodgrove", "issuerAssignedId": ADA },
            { "signInType": "userName", "issuer": "woodgrove", "issuerAssignedId": "adal" },
            { "signInType": "federated", "issuer": "facebook.com", "issuerAssignedId": "8812309" },
        ],
        "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": false },
        "city": "London",
    })
}

pub async fn names(admin: &Administrator, query: &str) -> Vec<String> {
    let found = admin.get(&format!("/users?{query}")).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text());
    let found = found.json();
    found["value"].as_array().unwrap().iter().map(|user| user["displayName"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_person_is_added_shown_changed_and_signs_in() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let added = admin.post("/users", &ada()).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
        let id = added.json()["id"].as_str().unwrap().to_owned();
        assert!(!added.text().contains(PASSWORD));
        for word in [id.as_str(), ADA, "adal", "ADA@Example.org"] {
            let shown = admin.get(&format!("/users/{word}")).await.json();
            assert_eq!((shown["id"].as_str(), shown["city"].as_str()), (Some(id.as_str()), Some("London")), "{word}");
            assert_eq!(shown["identities"].as_array().unwrap().len(), 3);
        }
        let changed = admin.patch(&format!("/users/{id}"), &json!({ "city": null, "givenName": "Ada" })).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        let shown = admin.get(&format!("/users/{id}")).await.json();
        assert_eq!((&shown["city"], &shown["givenName"]), (&Value::Null, &json!("Ada")));

        let shop = server.application().await;
        let mut browser = server.browser();
        shop.asks(&mut browser).await;
        browser.sign_in(ADA, PASSWORD).await;
        assert!(shop.has(&browser));
    })
    .await;
}

#[tokio::test]
async fn r14_what_the_server_writes_nobody_sends() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let id = admin.post("/users", &ada()).await.json()["id"].as_str().unwrap().to_owned();
        for body in [
            json!({ "id": "x" }),
            json!({ "roles": ["Global Administrator"] }),
            json!({ "emailVerified": true }),
            json!({ "tenantId": "x" }),
            json!({ "createdDateTime": "2001-01-01T00:00:00Z" }),
            json!({ "mail": "eve@example.org" }),
            json!({ "extension_nobodys": "x" }),
            json!({ "city": 7 }),
            json!({ "city": "a\u{0}b" }),
            json!({ "city": "x".repeat(129) }),
            json!({ "identities": [] }),
            json!({ "identities": [{ "signInType": "emailAddress", "issuer": "elsewhere", "issuerAssignedId": ADA }] }),
            json!({ "displayName": null }),
            json!({ "lastSignInDateTime": "2001-01-01T00:00:00Z" }),
        ] {
            let answered = admin.patch(&format!("/users/{id}"), &body).await;
            assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(answered.json()["error"]["code"], "Request_BadRequest", "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn r14_nor_of_somebody_who_is_new() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let with = |more: Value| {
            let mut user = ada();
            user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            user
        };
        let federated = json!([{ "signInType": "federated", "issuer": "facebook.com", "issuerAssignedId": "1" }]);
        let named = |kind: &str, issuer: &str, name: &str| {
            let identity = json!({ "signInType": kind, "issuer": issuer, "issuerAssignedId": name });
            json!({ "identities": [identity] })
        };
        for more in [
            json!({ "id": "x" }),
            json!({ "createdDateTime": "2001-01-01T00:00:00Z" }),
            json!({ "lastSignInDateTime": "2001-01-01T00:00:00Z" }),
            json!({ "signInSessionsValidFromDateTime": "2001-01-01T00:00:00Z" }),
            json!({ "userFlowId": "x" }),
            json!({ "creationType": "Invitation" }),
            json!({ "mail": "eve@example.org" }),
            json!({ "mail": ADA, "identities": federated }),
            json!({ "userPrincipalName": "eve@woodgrove" }),
            json!({ "roles": ["Global Administrator"] }),
            json!({ "city": "a\u{0}b" }),
            json!({ "displayName": "a\u{0}b" }),
            named("emailAddress", "woodgrove", "a\u{0}b@example.org"),
            named("userName", "woodgrove", "a\u{0}b"),
            named("federated", "facebook.com", "a\u{0}b"),
            named("federated", "face\u{0}book.com", "1"),
        ] {
            let refused = admin.post("/users", with(more.clone())).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{more}");
        }
        assert_eq!(admin.get("/users/$count").await.text(), "0");
        // As Graph's samples say it.
        let told = with(json!({ "mail": "Ada@example.org", "creationType": "LocalAccount" }));
        admin.make("/users", told).await;
    })
    .await;
}

#[tokio::test]
async fn a_person_is_shown_with_when_they_last_signed_in() {
    on_both(async |server: TestServer| {
        let (admin, shop) = (server.administrator().await, server.application().await);
        let at = format!("/users/{}", server.account(&shop, ADA).await);
        assert_eq!(admin.read(&at).await["lastSignInDateTime"], Value::Null);
        let mut signed_in = Vec::new();
        for _ in 0..2 {
            server.clock.advance(Duration::from_secs(60));
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.sign_in(ADA, PASSWORD).await;
            let shown = admin.send("PATCH", &at, Some(&json!({})), &[("prefer", "return=representation")]).await.json();
            signed_in.push(shown["lastSignInDateTime"].as_str().expect("a moment").to_owned());
        }
        assert!(signed_in[0] < signed_in[1] && admin.read(&at).await["lastSignInDateTime"] == signed_in[1]);
    })
    .await;
}

#[tokio::test]
async fn a_name_belongs_to_one_person() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        admin.post("/users", &ada()).await;
        let mut another = ada();
        another["identities"] =
            json!([{ "signInType": "emailAddress", "issuer": "woodgrove", "issuerAssignedId": "ADA@example.org" }]);
        let refused = admin.post("/users", &another).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.text().contains("same value for property identities"), "{}", refused.text());
        assert_eq!(admin.get("/users/$count").await.text(), "1");
    })
    .await;
}

/// Without one the account would be opened by a code, and none comes to a user name.
#[tokio::test]
async fn a_user_name_goes_with_a_password() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let name = json!({ "signInType": "userName", "issuer": "", "issuerAssignedId": "kofi" });
        let address = json!({ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": "kofi@example.org" });
        let kofi = json!({ "displayName": "Kofi", "identities": [name] });
        let refused = admin.post("/users", &kofi).await;
        assert!(refused.status == 400 && refused.text().contains("goes with a password"), "{}", refused.text());

        let id = admin.make("/users", json!({ "displayName": "Kofi", "identities": [name, address] })).await;
        let at = format!("/users/{id}");
        let refused = admin.patch(&at, &json!({ "identities": [name] })).await;
        assert!(refused.status == 400 && refused.text().contains("goes with a password"), "{}", refused.text());
        let profile = json!({ "password": PASSWORD });
        let taken = admin.patch(&at, &json!({ "identities": [name], "passwordProfile": profile })).await;
        assert_eq!(taken.status, 204, "{}", taken.text());
    })
    .await;
}

/// Security R1: a new password is nobody's guess yet, so its owner is not held up by what strangers tried at the old one.
#[tokio::test]
async fn an_administrators_password_forgets_the_guesses_at_the_old_one() {
    const NEW: &str = "two birds in the bush";
    on_both(async |server: TestServer| {
        let (admin, shop) = (server.administrator().await, server.application().await);
        let method = "authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword";
        for (address, patched) in [(ADA, false), ("grace@example.org", true)] {
            let account = server.account(&shop, address).await;
            let signs_in = async |password: &str| {
                let mut browser = server.browser();
                shop.asks(&mut browser).await;
                browser.sign_in(address, password).await;
                shop.has(&browser)
            };
            for guess in 0..15 {
                assert!(!signs_in(&format!("a wrong guess {guess}")).await);
            }
            assert!(!signs_in(PASSWORD).await, "held");
            let user = format!("/users/{account}");
            let answered = match patched {
                true => {
                    let profile = json!({ "password": NEW, "forceChangePasswordNextSignIn": false });
                    admin.patch(&user, json!({ "passwordProfile": profile })).await
                }
                false => {
                    let reset = json!({ "newPassword": NEW, "forceChangePasswordNextSignIn": false });
                    admin.post(&format!("{user}/{method}"), reset).await
                }
            };
            assert!(answered.status.is_success(), "{}", answered.text());
            assert!(signs_in(NEW).await);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_switched_off_or_has_no_session_any_more_is_out() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let mut browser = server.browser();
        let method = "authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword";
        let same = json!({ "newPassword": PASSWORD, "forceChangePasswordNextSignIn": false });
        for act in ["revoke", "reset", "disable", "delete"] {
            if act == "delete" {
                admin.patch(&format!("/users/{account}"), &json!({ "accountEnabled": true })).await;
            }
            let asked = shop.asks_with(&mut browser, &[("prompt", "login")]).await;
            browser.sign_in(ADA, PASSWORD).await;
            let tokens = shop.tokens(&browser, &asked).await;
            assert_eq!(shop.userinfo(&tokens.access_token).await.status, StatusCode::OK);
            let answered = match act {
                "revoke" => admin.post(&format!("/users/{account}/revokeSignInSessions"), &json!({})).await,
                "reset" => admin.post(&format!("/users/{account}/{method}"), &same).await,
                "delete" => admin.delete(&format!("/users/{account}")).await,
                _ => admin.patch(&format!("/users/{account}"), &json!({ "accountEnabled": false })).await,
            };
            assert!(answered.status.is_success(), "{}", answered.text());
            assert_eq!(shop.refresh(&tokens.refresh_token).await.status, StatusCode::BAD_REQUEST);
            assert_eq!(shop.userinfo(&tokens.access_token).await.status, StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}

#[tokio::test]
async fn a_temporary_password_is_told_once() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let path =
            format!("/users/{account}/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword");
        let told = admin.post(&path, &json!({})).await;
        assert_eq!(told.status, StatusCode::ACCEPTED, "{}", told.text());
        let password = told.json()["newPassword"].as_str().unwrap().to_owned();
        let mut browser = server.browser();
        shop.asks(&mut browser).await;
        browser.sign_in(ADA, PASSWORD).await;
        assert!(!shop.has(&browser), "the old one is worth nothing");
        assert!(password.len() >= 16);
        assert!(!admin.get("/auditLogs/directoryAudits").await.text().contains(&password));
        // It opens one page: the one for a password that only its owner knows.
        let mut browser = server.browser();
        let asked = shop.asks(&mut browser).await;
        browser.sign_in(ADA, &password).await;
        assert_eq!(browser.heading(), "Choose a new password");
        assert_eq!(server.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL AND account_id IN (SELECT account_id FROM identities WHERE folded = 'ada@example.org')").await, 0);
        browser.fill(&[("New password", "quiet harbour 91 lamps")]).press("Save and sign in").await;
        assert!(!shop.code(&browser, &asked).is_empty());
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts WHERE must_change_password_at IS NOT NULL").await, 0);
        let mut browser = server.browser();
        let asked = shop.asks(&mut browser).await;
        browser.sign_in(ADA, "quiet harbour 91 lamps").await;
        assert!(!shop.code(&browser, &asked).is_empty());
    })
    .await;
}

#[tokio::test]
async fn r42_the_deleted_come_back_for_thirty_days_and_are_forgotten_then() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let id = admin.post("/users", &ada()).await.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(admin.delete(&format!("/users/{id}")).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get(&format!("/users/{id}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(admin.get("/users/$count").await.text(), "0");
        assert!(names(&admin, "$search=ada").await.is_empty());
        let deleted = admin.get("/directory/deletedItems/microsoft.graph.user").await.json();
        assert_eq!(deleted["value"][0]["id"], id.as_str());

        let restored = admin.post(&format!("/directory/deletedItems/{id}/restore"), &json!({})).await;
        assert_eq!(restored.status, StatusCode::OK, "{}", restored.text());
        assert_eq!(names(&admin, "$search=ada").await, ["Ada Lovelace"]);

        // Their name is free meanwhile: who took it keeps it.
        admin.delete(&format!("/users/{id}")).await;
        let another = admin.post("/users", &ada()).await;
        assert_eq!(another.status, StatusCode::CREATED, "{}", another.text());
        let refused = admin.post(&format!("/directory/deletedItems/{id}/restore"), &json!({})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);

        server.clock.advance(person::RESTORABLE + Duration::from_secs(1));
        while sweep::sweep(&server.state.db, 100, server.now()).await.unwrap() {}
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts WHERE deleted_at IS NOT NULL").await, 0);
        assert_eq!(server.count("SELECT COUNT(*) FROM attribute_values WHERE value = 'London'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn r39_the_deleted_are_listed_page_by_page() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        for name in ["Cleo", "Ada", "Bo"] {
            let mut user = ada();
            user["displayName"] = json!(name);
            user["identities"][0]["issuerAssignedId"] = json!(format!("{name}@example.org"));
            let id = admin.post("/users", &user).await.json()["id"].as_str().unwrap().to_owned();
            admin.delete(&format!("/users/{id}")).await;
        }
        let first = admin.read("/directory/deletedItems/microsoft.graph.user?$top=2&$select=displayName").await;
        let names = |page: &Value| -> Vec<String> {
            page["value"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap().into()).collect()
        };
        assert_eq!(names(&first), ["Ada", "Bo"]);
        let next = first["@odata.nextLink"].as_str().unwrap().split_once("/graph/v1.0").unwrap().1.to_owned();
        let last = admin.read(&next).await;
        assert_eq!((names(&last), &last["@odata.nextLink"]), (vec!["Cleo".into()], &Value::Null));
        let refused = admin.get("/directory/deletedItems?$filter=displayName eq 'Ada'").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn r38_an_application_reads_who_signed_in_with_consent_alone() {
    on_both(async |server: TestServer| {
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        let token = server.graph_token(&shop, "ada@example.org").await;
        let admin = server.administrator().await;
        let ada = Administrator { token, account: None, tenant: None, ..admin.clone() };
        assert_eq!(ada.get("/me").await.status, StatusCode::FORBIDDEN);
        let grant = json!({ "clientId": shop.id.as_str(), "consentType": "AllPrincipals",
            "resourceId": "00000003-0000-0000-c000-000000000000", "scope": "User.Read.All" });
        let grant = admin.make("/oauth2PermissionGrants", grant).await;
        let shown = ada.get("/me").await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
        assert_eq!(ada.get("/users").await.status, StatusCode::FORBIDDEN);

        let lund = json!({ "city": "Lund" });
        assert_eq!(ada.patch("/me", &lund).await.status, StatusCode::FORBIDDEN);
        let more = json!({ "scope": "User.ReadWrite.All" });
        let given = admin.patch(&format!("/oauth2PermissionGrants/{grant}"), more).await;
        assert!(given.status.is_success(), "{}", given.text());
        let changed = ada.patch("/me", &lund).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        assert_eq!(ada.read("/me").await["city"], "Lund");
        let me = ada.read("/me").await["id"].as_str().unwrap().to_owned();
        assert_eq!(ada.patch(&format!("/users/{me}"), &lund).await.status, StatusCode::FORBIDDEN);
        for refused in [
            json!({ "accountEnabled": false }),
            json!({ "identities": [] }),
            json!({ "mail": "eve@example.org" }),
            json!({ "otherMails": ["eve@example.org"] }),
            json!({ "passwordProfile": { "password": PASSWORD } }),
            json!({ "userType": "Guest" }),
        ] {
            assert_eq!(ada.patch("/me", &refused).await.status, StatusCode::BAD_REQUEST, "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_s_own_password_is_changed_by_whoever_knows_it() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let me = admin.get("/me").await.json();
        assert_eq!(me["id"], admin.account.as_ref().unwrap().as_str());
        let wrong = json!({ "currentPassword": "guess", "newPassword": "velvet orchard lantern 9" });
        assert_eq!(admin.post("/me/changePassword", &wrong).await.status, StatusCode::BAD_REQUEST);
        let right = json!({ "currentPassword": PASSWORD, "newPassword": "velvet orchard lantern 9" });
        assert_eq!(admin.post("/me/changePassword", &right).await.status, StatusCode::NO_CONTENT);
        // It ended every session, this one too.
        assert_eq!(admin.get("/me").await.status, StatusCode::UNAUTHORIZED);
        // Security R11: it may have been somebody else who knew it.
        let letter = server.mailbox().latest(me["mail"].as_str().unwrap()).await;
        assert!(letter.subject.contains("was changed"), "{}", letter.subject);
    })
    .await;
}

/// Whoever holds an administrator's token tries no more passwords than whoever stands at the door.
#[tokio::test]
async fn r1_guesses_in_graph_and_at_the_door_are_one_count() {
    const NEW: &str = "velvet orchard lantern 9";
    const ADDRESS: &str = "grace@admin.example.test";
    on_both(async |server: TestServer| {
        let account = server.make_administrator(ADDRESS, &[(administrator::ALL, Role::GlobalAdministrator)]).await;
        let portal = Application::portal(&server);
        let token = server.in_tenant(TENANT_ID.into()).graph_token(&portal, ADDRESS).await;
        let admin = Administrator { server: server.clone(), token, account: Some(account), tenant: None };
        let change = async |current: &str| {
            let asked = json!({ "currentPassword": current, "newPassword": NEW });
            admin.post("/me/changePassword", &asked).await.status
        };
        let mut eve = server.browser();
        portal.asks(&mut eve).await;
        eve.fill(&[("Email address", ADDRESS)]).press("Continue").await;
        for number in 0..5 {
            eve.fill(&[("Password", &format!("guess {number} at the door"))]).press("Sign in").await;
            assert_eq!(change(&format!("guess {number} in Graph")).await, StatusCode::BAD_REQUEST);
        }
        assert_eq!(server.count("SELECT max(failures) FROM guesses").await, 10);
        assert_eq!(change(PASSWORD).await, StatusCode::BAD_REQUEST, "held, and not told so");
        server.clock.advance(Duration::from_secs(61));
        assert_eq!(change(PASSWORD).await, StatusCode::NO_CONTENT);
    })
    .await;
}

/// Security R12: its owner gets the password back while somebody who knew the old one changes it.
#[tokio::test]
async fn r12_a_recovery_is_not_overwritten_by_who_knew_the_old_password() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        server.when_a_guess_is_counted("UPDATE credentials SET secret = 'another'").await;
        let change = json!({ "currentPassword": PASSWORD, "newPassword": "velvet orchard lantern 9" });
        assert_eq!(admin.post("/me/changePassword", &change).await.status, StatusCode::CONFLICT);
        assert_eq!(server.count("SELECT count(*) FROM credentials WHERE secret = 'another'").await, 1);
    })
    .await;
}
