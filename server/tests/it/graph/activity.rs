//! `/auditLogs` and `/reports`: what happened, and how far people come.

use crate::harness::{PASSWORD, TestServer, on_both};
use serde_json::json;
use server::directory::audit::{self, Verdict};

#[tokio::test]
async fn r41_every_change_is_told_once_in_a_whole_chain() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let id = admin.post("/applications", &json!({ "displayName": "Shop" })).await.json()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        admin.patch(&format!("/applications/{id}"), &json!({ "displayName": "Orchard" })).await;
        admin.delete(&format!("/applications/{id}")).await;
        let told = admin.get("/auditLogs/directoryAudits").await.json();
        let told = told["value"].as_array().unwrap();
        let activities: Vec<&str> = told.iter().map(|it| it["activityDisplayName"].as_str().unwrap()).collect();
        assert_eq!(activities, ["Delete application", "Update application", "Add application"]);
        let change = &told[1]["targetResources"][0]["modifiedProperties"];
        assert_eq!(
            change,
            &json!([{ "displayName": "displayName", "oldValue": "\"Shop\"", "newValue": "\"Orchard\"" }])
        );
        assert_eq!(told[0]["initiatedBy"]["user"]["id"], admin.account.as_ref().unwrap().as_str());
        assert_eq!(audit::verify(&server.state.db, &server.tenant).await.unwrap(), Verdict::Whole { rows: 3 });

        let (me, at) = (admin.account.as_ref().unwrap(), told[0]["activityDateTime"].as_str().unwrap());
        for (filter, found) in [
            (format!("initiatedBy/user/id eq '{me}' and category eq 'Application'"), 3),
            (format!("initiatedBy/app/appId eq '{me}'"), 0),
            ("category eq 'User'".to_owned(), 0),
            ("activityDisplayName eq 'Update application'".to_owned(), 1),
            (format!("activityDateTime ge {at} and activityDateTime le {at}"), 3),
            (format!("activityDateTime lt {at}"), 0),
        ] {
            let list = admin.read(&format!("/auditLogs/directoryAudits?$filter={filter}")).await;
            assert_eq!(list["value"].as_array().unwrap().len(), found, "{filter}");
        }
        for refused in [
            "result eq 'success'".to_owned(),
            "category eq 'User' and category eq 'Application'".to_owned(),
            format!("initiatedBy/user/id eq '{me}' and initiatedBy/app/appId eq '{me}'"),
            format!("activityDateTime ge {at} and activityDateTime gt {at}"),
            format!("activityDateTime eq {at}"),
        ] {
            let answered = admin.get(&format!("/auditLogs/directoryAudits?$filter={refused}")).await;
            assert_eq!(answered.status, 400, "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn sign_ins_are_listed_newest_first() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        for _ in 0..3 {
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.sign_in("ada@example.org", PASSWORD).await;
        }
        let first = admin.get("/auditLogs/signIns?$top=2").await.json();
        let told = first["value"].as_array().unwrap();
        assert_eq!((told.len(), told[0]["event"].as_str()), (2, Some("signedIn")));
        assert_eq!(told[0]["userPrincipalName"], "ada@example.org");
        let next = first["@odata.nextLink"].as_str().unwrap().split_once("/graph/v1.0").unwrap().1.to_owned();
        assert_eq!(admin.get(&next).await.json()["value"].as_array().unwrap().len(), 1);
        let at = told[0]["createdDateTime"].as_str().unwrap();
        for (filter, found) in [
            ("userId eq 'nobody'".to_owned(), 0),
            ("status/errorCode eq 0".to_owned(), 3),
            ("status/errorCode eq 50126".to_owned(), 0),
            ("event eq 'signedIn' and status/errorCode eq 0".to_owned(), 3),
            (format!("createdDateTime le {at}"), 3),
            (format!("createdDateTime gt {at}"), 0),
        ] {
            let list = admin.read(&format!("/auditLogs/signIns?$top=1000&$filter={filter}")).await;
            assert_eq!(list["value"].as_array().unwrap().len(), found, "{filter}");
        }
        for twice in [
            "userId eq 'a' and userId eq 'b'".to_owned(),
            format!("createdDateTime le {at} and createdDateTime lt {at}"),
        ] {
            let answered = admin.get(&format!("/auditLogs/signIns?$filter={twice}")).await;
            assert_eq!(answered.status, 400, "{twice}");
        }
    })
    .await;
}

/// Security R42: what happened tells of people by their ids, and names are those of today.
#[tokio::test]
async fn r42_sign_ins_are_found_by_what_whoever_it_was_is_called_now() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let mut people = Vec::new();
        for (name, address) in [
            ("Ada Lovelace", "ada@example.org"),
            ("Adam Ries", "adam@example.org"),
            ("Grace Hopper", "grace@example.org"),
        ] {
            let account = server.account(&shop, address).await;
            let named = admin.patch(&format!("/users/{account}"), &json!({ "displayName": name })).await;
            assert!(named.status.is_success(), "{}", named.text());
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.sign_in(address, PASSWORD).await;
            people.push(account);
        }
        let mut browser = server.browser();
        shop.asks(&mut browser).await;
        browser.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        browser.fill(&[("Password", "wrong")]).press("Sign in").await;

        let found = async |filter: &str| {
            let list = admin.read(&format!("/auditLogs/signIns?$filter={filter}")).await;
            list["value"].as_array().unwrap().len()
        };
        let ada = &people[0];
        for (filter, times) in [
            ("userPrincipalName eq 'ADA@example.org'".to_owned(), 2),
            ("startsWith(userPrincipalName,'Ada')".to_owned(), 3),
            ("startsWith(userPrincipalName,'ada') and status/errorCode eq 0".to_owned(), 2),
            ("userPrincipalName eq 'nobody@example.org'".to_owned(), 0),
            ("userDisplayName eq 'ada lovelace'".to_owned(), 2),
            ("userDisplayName eq 'ada'".to_owned(), 0),
            ("startsWith(userDisplayName,'Ada')".to_owned(), 3),
            ("startsWith(userDisplayName,'lovelace')".to_owned(), 0),
            ("startsWith(userDisplayName,'ada') and startsWith(userPrincipalName,'adam')".to_owned(), 1),
            (format!("userId eq '{ada}' and startsWith(userDisplayName,'ada')"), 2),
            (format!("userId eq '{ada}' and startsWith(userDisplayName,'grace')"), 0),
            (format!("userId eq '{ada}'"), 2),
        ] {
            assert_eq!(found(&filter).await, times, "{filter}");
        }
        let first = admin.read("/auditLogs/signIns?$top=2&$filter=startsWith(userDisplayName,'ada')").await;
        let next = first["@odata.nextLink"].as_str().unwrap().split_once("/graph/v1.0").unwrap().1.to_owned();
        assert_eq!(admin.read(&next).await["value"].as_array().unwrap().len(), 1);
        for refused in [
            "endsWith(userPrincipalName,'org')",
            "userPrincipalName eq ''",
            "userPrincipalName eq 'a' and startsWith(userPrincipalName,'b')",
            "userDisplayName ne 'x'",
            "startsWith(userId,'x')",
        ] {
            let answered = admin.get(&format!("/auditLogs/signIns?$filter={refused}")).await;
            assert_eq!(answered.status, 400, "{refused}");
        }
        assert_eq!(admin.delete(&format!("/users/{ada}")).await.status, 204);
        assert_eq!(found("userPrincipalName eq 'ada@example.org'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn r41_failed_sign_ins_are_told_and_a_flood_of_them_leaves_few_rows() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let account = server.account(&shop, "ada@example.org").await;
        let mut browser = server.browser().at("203.0.113.9");
        for (address, tries) in [("ada@example.org", 12), ("nobody@example.org", 3)] {
            shop.asks(&mut browser).await;
            browser.fill(&[("Email address", address)]).press("Continue").await;
            for number in 0..tries {
                browser.fill(&[("Password", &format!("canary number {number}"))]).press("Sign in").await;
            }
        }
        let wrong = admin.read("/auditLogs/signIns?$filter=status/errorCode eq 50126").await;
        assert_eq!(wrong["value"].as_array().unwrap().len(), 2);
        let told = admin.get("/auditLogs/signIns?$filter=event%20eq%20'signInFailed'").await;
        assert!(!told.text().contains("canary") && !told.text().contains("nobody@"), "{}", told.text());
        let told = told.json();
        let rows: Vec<(i64, &str, &str)> = told["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                assert_eq!(it["ipAddress"], "203.0.113.0/24");
                let code = it["status"]["errorCode"].as_i64().unwrap();
                (code, it["userId"].as_str().unwrap(), it["status"]["additionalDetails"].as_str().unwrap())
            })
            .collect();
        // Ten were wrong, then the password was held.
        for row in [
            (50126, account.as_str(), "Tries within the hour: 10"),
            (50053, account.as_str(), "Tries within the hour: 2"),
            (50126, "", "Tries within the hour: 3"),
        ] {
            assert!(rows.contains(&row), "{row:?} is not in {rows:?}");
        }
        assert_eq!(rows.len(), 3);
        let all = admin.get("/auditLogs/signIns").await.json();
        assert_eq!(all["value"].as_array().unwrap().len(), 3, "nobody signed in to this tenant");
    })
    .await;
}

#[tokio::test]
async fn the_funnel_counts_steps_and_nobody() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        // One comes through, one is wrong first, one gives up.
        for passwords in [&[PASSWORD][..], &["wrong", PASSWORD], &["wrong"]] {
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
            for password in passwords {
                browser.fill(&[("Password", password)]).press("Sign in").await;
            }
        }
        let funnel = admin.get(&format!("/identity/authenticationEventsFlows/{}/funnel", shop.flow)).await;
        assert!(funnel.status.is_success(), "{}", funnel.text());
        let funnel = funnel.json();
        assert_eq!(funnel["finished"], 2);
        let step =
            |name: &str| funnel["steps"].as_array().unwrap().iter().find(|it| it["step"] == name).cloned().unwrap();
        assert_eq!((step("address")["reached"].as_i64(), step("address")["givenUp"].as_i64()), (Some(3), Some(0)));
        assert_eq!((step("password")["reached"].as_i64(), step("password")["givenUp"].as_i64()), (Some(3), Some(1)));
        assert_eq!(step("password")["failures"], json!([{ "field": "password", "why": "wrongPassword", "times": 2 }]));
        let daily = admin.get("/reports/daily").await.json();
        assert_eq!(daily["value"][0]["signIns"], 2);
    })
    .await;
}
