//! Every change leaves one row in the audit, and no row can be changed unseen.

use super::{FLOWS, flow};
use crate::harness::{Administrator, PASSWORD, dump_all, on_both};
use futures::FutureExt;
use serde_json::{Value, json};
use server::directory::{
    Durability, Unit,
    audit::{self, Verdict, Wanted},
};

#[tokio::test]
async fn r41_each_change_is_one_row_of_an_unbroken_chain() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make(FLOWS, flow("Shop")).await;
        let at = format!("{FLOWS}/{id}");
        for (method, path, body) in [
            ("PATCH", at.clone(), json!({"description": "x"})),
            ("POST", "/identity/userFlowAttributes".into(), json!({"displayName": "Tier"})),
            ("PATCH", "/identity/userFlowAttributes/extension_tier".into(), json!({"description": "y"})),
            ("DELETE", "/identity/userFlowAttributes/extension_tier".into(), json!({})),
            ("DELETE", at, json!({})),
        ] {
            let rows = async || audit::list(&server.state.db, &server.tenant, &Wanted::default(), 100).await.unwrap();
            let before = rows().await.len();
            let id = server.state.chance.id();
            let answered = admin.send(method, &path, Some(&body), &[("client-request-id", &id)]).await;
            assert!(answered.status.is_success(), "{method} {path}: {}", answered.text());
            assert_eq!(answered.header("client-request-id"), id);
            let after = rows().await;
            assert_eq!(after.len(), before + 1, "{method} {path}");
            assert_eq!(after[0].entry.correlation, id);
            assert_eq!(after[0].entry.actor.id, admin.account.as_ref().unwrap().as_str());
        }
        // What is refused changes nothing and leaves nothing.
        assert_eq!(admin.post(FLOWS, json!({})).await.status, 400);
        assert_eq!(audit::verify(&server.state.db, &server.tenant).await.unwrap(), Verdict::Whole { rows: 6 });

        let mut unit = Unit::new(Durability::Lasting);
        unit.add(Durability::Lasting, |c| {
            async move {
                sqlx::query("UPDATE audits SET after = REPLACE(after, 'Tier', 'Tear') WHERE sequence = 3")
                    .execute(c)
                    .await?;
                Ok(())
            }
            .boxed()
        });
        server.state.db.commit(unit).await.unwrap();
        assert_eq!(audit::verify(&server.state.db, &server.tenant).await.unwrap(), Verdict::BrokenAt { sequence: 3 });
    })
    .await;
}

#[tokio::test]
async fn r41_changes_at_the_same_moment_keep_one_chain() {
    on_both(async |server| {
        let admin = server.administrator().await;
        crate::harness::at_once(8, |number| {
            let admin = admin.clone();
            async move { admin.make(FLOWS, flow(&format!("Flow {number}"))).await }
        })
        .await;
        assert_eq!(audit::verify(&server.state.db, &server.tenant).await.unwrap(), Verdict::Whole { rows: 8 });
    })
    .await;
}

/// Every property of a person, its value a canary; `which` keeps one person's apart from another's.
fn canary(which: &str) -> Value {
    let mut person = json!({
        "identities": [
            { "signInType": "emailAddress", "issuer": "", "issuerAssignedId": format!("canary-{which}@example.org") },
            { "signInType": "userName", "issuer": "", "issuerAssignedId": format!("canary-{which}") },
            { "signInType": "federated", "issuer": "canary.example", "issuerAssignedId": format!("canary {which}") },
        ],
        "otherMails": [format!("canary-{which}@elsewhere.example")],
        "extension_tier": format!("Canary {which}"),
    });
    for name in
        ["displayName", "givenName", "surname", "jobTitle", "streetAddress", "city", "state", "postalCode", "country"]
    {
        person[name] = json!(format!("Canary {which}"));
    }
    person
}

#[tokio::test]
async fn r42_after_a_purge_no_canary_is_left() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        admin.make("/identity/userFlowAttributes", json!({ "displayName": "Tier" })).await;
        let mut first = canary("one");
        first["passwordProfile"] = json!({ "password": PASSWORD, "forceChangePasswordNextSignIn": false });
        let id = admin.make("/users", first).await;
        let at = format!("/users/{id}");
        let token = server.graph_token(&shop, "canary-one@example.org").await;
        let themselves = Administrator { token, account: None, tenant: None, ..admin.clone() };
        let grant = json!({ "clientId": shop.id.as_str(), "consentType": "AllPrincipals",
            "resourceId": "00000003-0000-0000-c000-000000000000", "scope": "User.ReadWrite.All" });
        admin.make("/oauth2PermissionGrants", grant).await;
        let own = themselves.patch("/me", json!({ "city": "Canary zero" })).await;
        assert_eq!(own.status, 204, "{}", own.text());
        let told = admin.read("/auditLogs/directoryAudits?$top=1").await;
        let by = &told["value"][0]["initiatedBy"]["user"];
        // Their present address, as long as they are there.
        assert_eq!((&by["id"], &by["userPrincipalName"]), (&json!(id), &json!("canary-one@example.org")));
        assert!(by["ipAddress"].is_null(), "{by}");
        let changed = admin.patch(&at, canary("two")).await;
        assert_eq!(changed.status, 204, "{}", changed.text());
        let second = json!({ "emailAddress": "canary-three@example.org" });
        assert_eq!(admin.post(&format!("{at}/authentication/emailMethods"), second).await.status, 201);
        for act in ["sendRecoveryMail", "revokeSignInSessions"] {
            let answered = admin.send("POST", &format!("{at}/{act}"), None, &[]).await;
            assert!(answered.status.is_success(), "{act}: {}", answered.text());
        }
        let canaries = async || {
            let mut rows = dump_all(&server).await;
            // The page on which they signed in is swept when its hour is over.
            rows.retain(|row| row.to_lowercase().contains("canary") && !row.starts_with("journeys|"));
            rows
        };
        assert!(!canaries().await.is_empty());

        // While the person is there, their present name is told, and the names of what was changed.
        let told = admin.read("/auditLogs/directoryAudits").await;
        let of = |told: &Value, activity: &str| {
            let mut rows = told["value"].as_array().unwrap().iter();
            rows.find(|row| row["activityDisplayName"] == activity).unwrap()["targetResources"][0].clone()
        };
        let target = of(&told, "Update user");
        assert_eq!((&target["id"], &target["displayName"]), (&json!(id), &json!("Canary two")));
        let properties = target["modifiedProperties"].as_array().unwrap();
        let names: Vec<&str> = properties.iter().map(|it| it["displayName"].as_str().unwrap()).collect();
        for name in ["city", "displayName", "extension_tier", "identities", "otherMails"] {
            assert!(names.contains(&name), "{name} is not in {names:?}");
        }
        assert!(properties.iter().all(|it| it["oldValue"].is_null() && it["newValue"].is_null()), "{target}");

        assert_eq!(admin.delete(&at).await.status, 204);
        let deleted = format!("/directory/deletedItems/{id}");
        assert_eq!(admin.post(&format!("{deleted}/restore"), json!({})).await.status, 200);
        assert_eq!(admin.delete(&at).await.status, 204);
        assert_eq!(admin.delete(&deleted).await.status, 204);
        // The letter to where they were reached before their names changed goes out all the same, or is swept within a day.
        let left = canaries().await;
        let is_told = |row: &String| row.starts_with("outbox|") && row.contains("|canary-one@example.org|");
        assert!(left.len() == 1 && left.iter().all(is_told), "{left:?}");
        let told = admin.read("/auditLogs/directoryAudits").await;
        let target = of(&told, "Update user");
        assert_eq!((&target["id"], &target["displayName"]), (&json!(id), &Value::Null));
        let whole = audit::verify(&server.state.db, &server.tenant).await.unwrap();
        assert!(matches!(whole, Verdict::Whole { .. }), "{whole:?}");
    })
    .await;
}
