//! User flows: made, changed, attached, compared and brought back; and a person who meets the change.

use super::{FLOWS, flow};
use crate::harness::on_both;
use serde_json::{Value, json};

fn rows(flow: &Value) -> Vec<String> {
    let inputs = flow["onAttributeCollection"]["attributeCollectionPage"]["views"][0]["inputs"].as_array().unwrap();
    inputs.iter().map(|input| input["attribute"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_flow_is_made_as_graphs_documents_make_it() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let made = admin.post(FLOWS, flow("Rowan shop sign-up")).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let shown = made.json();
        assert!(
            shown["@odata.context"].as_str().unwrap().ends_with("$metadata#identity/authenticationEventsFlows/$entity")
        );
        assert_eq!(
            made.header("location"),
            format!("https://login.example.test/graph/v1.0{FLOWS}/{}", shown["id"].as_str().unwrap())
        );
        assert_eq!(shown["onInteractiveAuthFlowStart"]["isSignUpAllowed"], true);
        assert_eq!(rows(&shown), ["email", "displayName"]);
        assert_eq!(
            (&shown["revision"], &shown["priority"], &shown["peopleSignedUp"]),
            (&json!(1), &json!(50), &json!(0))
        );
        // What was told can be sent back as it is.
        let id = shown["id"].as_str().unwrap();
        assert_eq!(admin.patch(&format!("{FLOWS}/{id}"), shown.clone()).await.status, 204);
        assert_eq!(admin.post(FLOWS, flow("Rowan shop sign-up")).await.status, 400);
        assert_eq!(admin.delete(&format!("{FLOWS}/{id}")).await.status, 204);
        assert_eq!(admin.get(&format!("{FLOWS}/{id}")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_replaces_rows_as_a_whole() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make(FLOWS, flow("Shop")).await;
        let at = format!("{FLOWS}/{id}");
        let closed = json!({"@odata.type": "#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow",
            "onInteractiveAuthFlowStart": {"isSignUpAllowed": false}});
        let answered = admin.send("PATCH", &at, Some(&closed), &[("prefer", "return=representation")]).await;
        assert_eq!(answered.status, 200);
        assert_eq!((&answered.json()["displayName"], &answered.json()["revision"]), (&json!("Shop"), &json!(2)));
        let page = json!({"onAttributeCollection": {"attributeCollectionPage": {"views": [{"inputs": [
            {"attribute": "City", "label": "Your city", "inputType": "RadioSingleSelect", "required": true,
             "options": [{"label": "Paris", "value": "p"}, {"label": "Lyon", "value": "l"}],
             "hint": "Where you live", "translations": {"de": {"label": "Ihre Stadt"}}}]}]}}});
        assert_eq!(admin.patch(&at, page).await.status, 204);
        let shown = admin.read(&at).await;
        assert_eq!(rows(&shown), ["city"]);
        assert_eq!(shown["onAttributeCollection"]["attributes"][0]["id"], "city");
        let input = &shown["onAttributeCollection"]["attributeCollectionPage"]["views"][0]["inputs"][0];
        assert_eq!(
            (&input["hint"], &input["translations"]["de"]["label"]),
            (&json!("Where you live"), &json!("Ihre Stadt"))
        );
    })
    .await;
}

#[tokio::test]
async fn r14_what_is_the_servers_or_unknown_is_refused_with_its_place() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make(FLOWS, flow("Shop")).await;
        for (body, target) in [
            (json!({"revision": 9}), "revision"),
            (json!({"peopleSignedUp": 9}), "peopleSignedUp"),
            (json!({"id": "other"}), "id"),
            (json!({"tenantId": "other"}), "tenantId"),
            (json!({"displayName": ""}), "displayName"),
            (json!({"claims": ["password"]}), "claims"),
            (json!({"rules": {"signInName": "phone"}}), "rules/signInName"),
            (json!({"passwordRule": {"minLength": 4, "maxLength": 256}}), "passwordRule/minLength"),
            (json!({"passwordRule": {"minLength": 8, "maxLength": 32}}), "passwordRule/maxLength"),
            (
                json!({"passwordRule": {"minLength": 3, "maxLength": 64, "composition": "digits"}}),
                "passwordRule/minLength",
            ),
            (json!({"@odata.type": "#microsoft.graph.user"}), "@odata.type"),
            (
                json!({"onAttributeCollection": {"attributeCollectionPage": {"views": [{"inputs": [
                    {"attribute": "city", "label": "City", "validationRegEx": "(a+"}]}]}}}),
                "onAttributeCollection/attributeCollectionPage/views/0/inputs/0/validationRegEx",
            ),
        ] {
            let refused = admin.patch(&format!("{FLOWS}/{id}"), body).await;
            assert_eq!(refused.status, 400, "{target}");
            assert_eq!(refused.json()["error"]["details"][0]["target"], target, "{}", refused.text());
        }
        assert_eq!(admin.read(&format!("{FLOWS}/{id}")).await["revision"], 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_change_the_same_revision_the_second_is_told() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make(FLOWS, flow("Shop")).await;
        let at = format!("{FLOWS}/{id}");
        let etag = admin.get(&at).await.header("etag").to_owned();
        assert_eq!(admin.read(&at).await["@odata.etag"], etag.as_str());
        let change = json!({"description": "first"});
        assert_eq!(admin.send("PATCH", &at, Some(&change), &[("if-match", &etag)]).await.status, 204);
        let second = admin.send("PATCH", &at, Some(&change), &[("if-match", &etag)]).await;
        assert_eq!((second.status.as_u16(), second.json()["error"]["code"].clone()), (412, json!("resourceModified")));
    })
    .await;
}

#[tokio::test]
async fn an_application_has_one_flow_and_says_which() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let id = admin.make(FLOWS, flow("Second")).await;
        let at = format!("{FLOWS}/{id}/conditions/applications/includeApplications");
        let body =
            json!({"@odata.type": "#microsoft.graph.authenticationConditionApplication", "appId": shop.id.as_str()});
        let refused = admin.post(&at, body.clone()).await;
        assert!(refused.status == 400 && refused.text().contains(&format!("Flow {}", shop.flow)), "{}", refused.text());
        let first = format!("{FLOWS}/{}/conditions/applications/includeApplications/{}", shop.flow, shop.id);
        assert_eq!(admin.get(&first).await.status, 200);
        assert_eq!(admin.delete(&first).await.status, 204);
        assert_eq!(admin.delete(&first).await.status, 404);
        assert_eq!(admin.post(&at, body).await.status, 201);
        let filter = format!(
            "{FLOWS}?$filter=microsoft.graph.externalUsersSelfServiceSignUpEventsFlow/conditions/applications/\
             includeApplications/any(a:a/appId eq '{}')",
            shop.id
        );
        assert_eq!(admin.read(&filter).await["value"][0]["id"], id.as_str());
        // The next person who comes meets the new flow's page.
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.prove_new_address("ada@example.org").await;
        ada.fill(&[("New password", "a bird in the hand")]).press("Continue").await;
        assert!(ada.text().contains("Your name"), "{}", ada.text());
    })
    .await;
}

#[tokio::test]
async fn an_application_moves_from_flow_to_flow_at_once() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let id = admin.make(FLOWS, flow("Second")).await;
        let at = |flow: &str| format!("{FLOWS}/{flow}/conditions/applications/includeApplications");
        let first = shop.flow.to_string();
        let moved = |from: &str| json!({"appId": shop.id.as_str(), "movedFrom": from});
        let refused = admin.post(&at(&id), moved(&id)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()["error"]["details"][0]["target"].clone()),
            (400, json!("movedFrom"))
        );
        assert_eq!(admin.read(&at(&first)).await["value"][0]["appId"], shop.id.as_str(), "it stays where it was");
        let answered = admin.post(&at(&id), moved(&first)).await;
        assert_eq!(answered.status, 201, "{}", answered.text());
        assert_eq!(admin.read(&at(&id)).await["value"][0]["appId"], shop.id.as_str());
        assert_eq!(admin.read(&at(&first)).await["value"], json!([]));
        assert_eq!(admin.post(&at(&id), moved(&first)).await.status, 400, "it has moved");
        let audits = admin.read("/auditLogs/directoryAudits?$top=1").await;
        assert_eq!(audits["value"][0]["activityDisplayName"], "Move application to another user flow");
        assert_eq!(
            audits["value"][0]["targetResources"][0]["modifiedProperties"],
            json!([{"displayName": "userFlow", "oldValue": format!("\"Flow {first}\""), "newValue": "\"Second\""}])
        );
    })
    .await;
}

#[tokio::test]
async fn revisions_are_compared_and_brought_back() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make(FLOWS, flow("Shop")).await;
        let at = format!("{FLOWS}/{id}");
        assert_eq!(admin.patch(&at, json!({"displayName": "Store", "keepSignedIn": true})).await.status, 204);
        let revisions = admin.read(&format!("{at}/revisions")).await;
        assert_eq!((&revisions["value"][0]["id"], &revisions["value"][0]["isCurrent"]), (&json!("2"), &json!(true)));
        assert_eq!(revisions["value"][0]["createdByName"], "Grace Hopper");
        let first = admin.read(&format!("{at}/revisions?$top=1")).await;
        let next = first["@odata.nextLink"].as_str().unwrap().split_once("/v1.0").unwrap().1.to_owned();
        let second = admin.read(&next).await;
        assert_eq!((&first["value"][0]["id"], &second["value"][0]["id"]), (&json!("2"), &json!("1")));
        assert_eq!((second["value"].as_array().unwrap().len(), &second["@odata.nextLink"]), (1, &Value::Null));
        let diff = admin.read(&format!("{at}/revisions/1/diff?to=2")).await;
        for refused in ["$select=id", "to=2&to=1"] {
            assert_eq!(admin.get(&format!("{at}/revisions/1/diff?{refused}")).await.status, 400, "{refused}");
        }
        let paths: Vec<&str> =
            diff["changes"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["displayName", "keepSignedIn"]);
        assert_eq!(admin.read(&format!("{at}/revisions/1")).await["flow"]["displayName"], "Shop");
        assert_eq!(admin.post(&format!("{at}/revisions/1/restore"), json!({})).await.status, 200);
        let now = admin.read(&at).await;
        assert_eq!((&now["displayName"], &now["revision"]), (&json!("Shop"), &json!(3)));
        assert_eq!(admin.get(&format!("{at}/revisions/9")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_comparison_forgets_no_rule_of_the_flow() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make(FLOWS, flow("Shop")).await;
        let at = format!("{FLOWS}/{id}");
        let on = json!({"rules": {"secondStep": {"asked": "always"}, "tokens": {"minutes": 30}}});
        assert_eq!(admin.patch(&at, on).await.status, 204);
        let off =
            json!({"rules": {"secondStep": {"asked": "off"}}, "passwordRule": {"minLength": 20, "maxLength": 256}});
        assert_eq!(admin.patch(&at, off).await.status, 204);
        let diff = admin.read(&format!("{at}/revisions/2/diff?to=3")).await;
        assert_eq!(
            diff["changes"],
            json!([
                {"path": "passwordRule/minLength", "before": "15", "after": "20"},
                {"path": "rules/secondStep/asked", "before": "\"always\"", "after": "\"off\""},
            ])
        );
    })
    .await;
}
