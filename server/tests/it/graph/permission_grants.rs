//! What applications offer by their APIs, and which of it others are granted.

use crate::harness::{Administrator, TestServer, on_both};
use app::contract::permission::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

const GRANTS: &str = "/oauth2PermissionGrants";
const MANAGEMENT: &str = "00000003-0000-0000-c000-000000000000";
const CONTOSO: &str = "11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11";

/// A client, and an API that offers two scopes.
async fn pair(admin: &Administrator) -> (String, String) {
    let offered = json!({ "oauth2PermissionScopes": [{ "value": "Tasks.Read" }, { "value": "Tasks.Write" }] });
    let client = admin.make("/applications", json!({ "displayName": "Page" })).await;
    (client, admin.make("/applications", json!({ "displayName": "Tasks", "api": offered })).await)
}

fn granted(client: &str, api: &str, scope: &str) -> Value {
    json!({ "clientId": client, "consentType": "AllPrincipals", "principalId": null, "resourceId": api, "scope": scope })
}

async fn listed(admin: &Administrator, filter: &str) -> Vec<Value> {
    let list = admin.read(&format!("{GRANTS}{filter}")).await;
    list["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_application_offers_scopes_of_its_api() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let told = json!({ "value": "Tasks.Read", "adminConsentDisplayName": "Read tasks", "type": "Admin" });
        let made = json!({ "displayName": "Tasks", "api": { "oauth2PermissionScopes": [told] } });
        let at = format!("/applications/{}", admin.make("/applications", made).await);
        let shown = admin.read(&at).await["api"]["oauth2PermissionScopes"].clone();
        let id = shown[0]["id"].as_str().unwrap().to_owned();
        let whole = json!([{ "id": id, "value": "Tasks.Read", "type": "Admin", "isEnabled": true,
            "adminConsentDisplayName": "Read tasks", "adminConsentDescription": null, "userConsentDisplayName": null,
            "userConsentDescription": null }]);
        assert_eq!(shown, whole);
        // The list is replaced as a whole; what was there keeps its id, sent or not.
        let more = json!({ "api": { "oauth2PermissionScopes": [
            { "value": "Tasks.Write", "isEnabled": false }, { "value": "Tasks.Read" }] } });
        assert_eq!(admin.patch(&at, more).await.status, StatusCode::NO_CONTENT);
        let shown = admin.read(&at).await["api"]["oauth2PermissionScopes"].clone();
        assert_eq!((&shown[0]["isEnabled"], &shown[0]["type"]), (&json!(false), &json!("User")));
        assert_eq!((&shown[1]["id"], &shown[1]["adminConsentDisplayName"]), (&json!(id), &Value::Null));

        let scope = |value: &str| json!({ "value": value });
        let many: Vec<Value> = (0..101).map(|n| scope(&format!("s{n}"))).collect();
        for (scopes, target) in [
            (json!([scope("Tasks/Read")]), "0/value"),
            (json!([scope("Tasks Read")]), "0/value"),
            (json!([scope("a\"b")]), "0/value"),
            (json!([scope("")]), "0/value"),
            (json!([scope("openid")]), "0/value"),
            (json!([scope("Tasks.Read"), scope("TASKS.READ")]), "1/value"),
            (json!([{ "id": "1", "value": "a" }]), "0/id"),
            (json!([{ "value": "a", "type": "Everybody" }]), "0/type"),
            (json!(many), ""),
        ] {
            let refused = admin.patch(&at, json!({ "api": { "oauth2PermissionScopes": scopes } })).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}");
            let target = format!("api/oauth2PermissionScopes/{target}");
            assert_eq!(refused.json()["error"]["details"][0]["target"], target.trim_end_matches('/'));
        }
        // What Graph's APIs have besides is told where it is said here.
        for (name, value) in [
            ("requestedAccessTokenVersion", json!(2)),
            ("preAuthorizedApplications", json!([{ "appId": "x" }])),
            ("knownClientApplications", json!(["x"])),
            ("acceptMappedClaims", json!(true)),
        ] {
            let refused = admin.patch(&at, json!({ "api": { name: value } })).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{name}");
            assert_eq!(refused.json()["error"]["details"][0]["target"], format!("api/{name}"));
            assert!(!refused.text().contains("There is no property"), "{}", refused.text());
        }
        assert_eq!(admin.patch(&at, json!({ "api": null })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.read(&at).await["api"]["oauth2PermissionScopes"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_grant_is_made_found_changed_and_taken_back() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let (client, api) = pair(&admin).await;
        let (other, orders) = pair(&admin).await;
        let made = admin.post(GRANTS, granted(&client, &api, "tasks.read Tasks.Read")).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let mut whole = granted(&client, &api, "Tasks.Read");
        whole["id"] = json!(id);
        // One of the management API has the client's id, as ever.
        admin.make(GRANTS, json!({ "clientId": client, "scope": "User.Read.All" })).await;
        admin.make(GRANTS, granted(&client, &orders, "Tasks.Write")).await;
        admin.make(GRANTS, granted(&other, &api, "")).await;
        let resources = |list: Vec<Value>| list.iter().map(|it| it["resourceId"].clone()).collect::<Vec<_>>();
        let of_client = resources(listed(&admin, &format!("?$filter=clientId eq '{client}'")).await);
        assert_eq!(of_client.len(), 3);
        assert!(
            [api.as_str(), orders.as_str(), MANAGEMENT].iter().all(|it| of_client.contains(&json!(it))),
            "{of_client:?}"
        );
        assert_eq!(listed(&admin, &format!("?$filter=resourceId eq '{api}'")).await.len(), 2);
        let both = format!("?$filter=clientId eq '{client}' and resourceId eq '{api}'");
        assert_eq!(listed(&admin, &both).await, [whole.clone()]);

        // A grant has no name that could be chosen anew.
        let of_management = json!({ "clientId": client, "scope": "AuditLog.Read.All" });
        for second in [granted(&client, &api, "Tasks.Write"), of_management] {
            let refused = admin.post(GRANTS, second).await;
            assert_eq!(refused.status, StatusCode::CONFLICT);
            let told = refused.json()["error"]["message"].as_str().unwrap().to_owned();
            assert!(told.contains("grant for this API already") && told.contains("PATCH"), "{told}");
        }
        let at = format!("{GRANTS}/{id}");
        assert_eq!(admin.patch(&at, json!({ "scope": "Tasks.Read Tasks.Write" })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.read(&at).await["scope"], "Tasks.Read Tasks.Write");
        for change in
            [json!({ "clientId": other }), json!({ "resourceId": orders }), json!({ "scope": "Tasks.Delete" })]
        {
            assert_eq!(admin.patch(&at, change.clone()).await.status, StatusCode::BAD_REQUEST, "{change}");
        }
        assert_eq!(admin.delete(&at).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get(&at).await.status, StatusCode::NOT_FOUND);
        assert_eq!(admin.delete(&at).await.status, StatusCode::NOT_FOUND);

        for (body, target) in [
            (granted("nobody", &api, "Tasks.Read"), "clientId"),
            (granted(&client, "nobody", "Tasks.Read"), "resourceId"),
            (granted(&api, &api, "Tasks.Read"), "resourceId"),
            (granted(&client, &api, "Tasks.Delete"), "scope"),
            (granted(&client, &api, "Tasks.Read\" OR"), "scope"),
            (
                json!({ "clientId": client, "resourceId": api, "consentType": "Principal", "principalId": "x" }),
                "consentType",
            ),
            (json!({ "clientId": client, "resourceId": api, "principalId": "x" }), "consentType"),
        ] {
            let refused = admin.post(GRANTS, body).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}: {}", refused.text());
            assert_eq!(refused.json()["error"]["details"][0]["target"], target);
        }
        // With the client, and with the API.
        admin.make(GRANTS, granted(&client, &api, "Tasks.Read")).await;
        assert_eq!(admin.delete(&format!("/applications/{client}")).await.status, StatusCode::NO_CONTENT);
        assert_eq!(
            listed(&admin, "").await,
            [json!({ "id": listed(&admin, "").await[0]["id"], "clientId": other,
            "consentType": "AllPrincipals", "principalId": null, "resourceId": api, "scope": "" })]
        );
        assert_eq!(admin.delete(&format!("/applications/{api}")).await.status, StatusCode::NO_CONTENT);
        assert_eq!(listed(&admin, "").await, Vec::<Value>::new());
    })
    .await;
}

/// Fault F17: a server of before knows of no grants, and runs beside a new one while all are replaced.
#[tokio::test]
async fn f17_an_older_server_deletes_applications_that_have_grants() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let (client, api) = pair(&admin).await;
        let (other, _) = pair(&admin).await;
        for client in [&client, &other] {
            admin.make(GRANTS, granted(client, &api, "Tasks.Read")).await;
        }
        for (id, left) in [(client, 1), (api, 0)] {
            server
                .write(move |c, tenant, _| {
                    Box::pin(async move {
                        sqlx::query("DELETE FROM applications WHERE tenant_id = $1 AND id = $2")
                            .bind(tenant.as_str())
                            .bind(id.as_str())
                            .execute(c)
                            .await?;
                        Ok(())
                    })
                })
                .await;
            assert_eq!(server.count("SELECT COUNT(*) FROM api_grants").await, left);
        }
    })
    .await;
}

/// Of their APIs whoever manages applications grants; what administrators may do through an application, only who gives roles.
#[tokio::test]
async fn r38_who_manages_applications_grants_scopes_of_their_apis_and_no_more() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let (client, api) = pair(&admin).await;
        let registrar = server.administrator_of(server.tenant.as_str(), &[Role::ApplicationAdministrator]).await;
        let id = registrar.make(GRANTS, granted(&client, &api, "Tasks.Read")).await;
        let at = format!("{GRANTS}/{id}");
        assert_eq!(registrar.patch(&at, json!({ "scope": "Tasks.Write" })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(registrar.delete(&at).await.status, StatusCode::NO_CONTENT);
        for resource in [MANAGEMENT, ""] {
            let body = granted(&client, resource, "User.Read.All");
            assert_eq!(registrar.post(GRANTS, body).await.status, StatusCode::FORBIDDEN, "{resource:?}");
        }
        let of_management = admin.make(GRANTS, granted(&client, MANAGEMENT, "User.Read.All")).await;
        assert_eq!(of_management, client);
        let at = format!("{GRANTS}/{client}");
        assert_eq!(registrar.patch(&at, json!({ "scope": "User.ReadWrite.All" })).await.status, StatusCode::FORBIDDEN);
        assert_eq!(registrar.delete(&at).await.status, StatusCode::FORBIDDEN);
        assert_eq!(admin.read(&at).await["scope"], "User.Read.All");
        let helper = server.administrator_of(server.tenant.as_str(), &[Role::UserAdministrator]).await;
        assert_eq!(helper.post(GRANTS, granted(&client, &api, "Tasks.Read")).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn scopes_and_grants_travel_with_the_design() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let (client, api) = pair(&admin).await;
        let grant = admin.make(GRANTS, granted(&client, &api, "Tasks.Read")).await;
        let document = admin.read("/export").await;
        assert_eq!(
            document["permissionGrants"],
            json!([{ "clientId": client, "resourceId": api, "scopes": ["Tasks.Read"] }])
        );
        server.make_tenant(CONTOSO.into(), "contoso").await;
        let contoso = admin.about(CONTOSO);
        let applied = contoso.post("/import", document.clone()).await;
        assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
        assert_eq!(contoso.read("/export").await, document);
        assert_eq!(contoso.read(&format!("{GRANTS}/{grant}")).await["scope"], "Tasks.Read");

        let mut other = document.clone();
        other["permissionGrants"][0]["scopes"] = json!(["Tasks.Write"]);
        let planned = contoso.post("/import?plan=true", other.clone()).await.json();
        let change = &planned["changes"][0];
        assert_eq!((&change["kind"], &change["operation"]), (&json!("PermissionGrant"), &json!("update")));
        assert_eq!(contoso.post("/import", other).await.status, StatusCode::OK);
        assert_eq!(contoso.read(&format!("{GRANTS}/{grant}")).await["scope"], "Tasks.Write");

        for (change, told) in [
            (
                json!({ "clientId": client, "resourceId": api, "scopes": ["Tasks.Delete"] }),
                "has no scope 'Tasks.Delete'",
            ),
            (json!({ "clientId": "nobody", "resourceId": api, "scopes": [] }), "no application 'nobody'"),
            (json!({ "clientId": client, "resourceId": "nobody", "scopes": [] }), "no application 'nobody'"),
            (json!({ "clientId": api, "resourceId": api, "scopes": [] }), "without a grant"),
        ] {
            let mut wrong = document.clone();
            wrong["permissionGrants"][0] = change;
            let refused = contoso.post("/import", wrong).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{told}");
            assert!(refused.text().contains(told), "{}", refused.text());
        }
        // Without its API a grant goes first.
        let mut less = document.clone();
        less["permissionGrants"] = json!([]);
        less["applications"].as_array_mut().unwrap().retain(|it| it["id"] != api.as_str());
        let applied = contoso.post("/import", less).await;
        assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
        assert_eq!(listed(&contoso, "").await, Vec::<Value>::new());
    })
    .await;
}
