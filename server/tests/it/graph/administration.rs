//! Who may administer, and what applications may do by themselves.

use crate::harness::{Administrator, ORIGIN, PASSWORD, TestServer, on_both};
use app::contract::permission::{Permission, Role};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use server::administration::{self, TENANT_ID};

const ASSIGNMENTS: &str = "/roleManagement/directory/roleAssignments";
const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";

fn assignment(of: &Administrator, role: &str) -> Value {
    json!({ "principalId": of.account.as_ref().unwrap().as_str(), "roleDefinitionId": role })
}

async fn assignments(admin: &Administrator, who: &Administrator) -> Vec<Value> {
    let filter = format!("{ASSIGNMENTS}?$filter=principalId eq '{}'", who.account.as_ref().unwrap());
    admin.read(&filter).await["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_role_is_given_shown_and_taken() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let other = server.administrator_of(server.tenant.as_str(), &[Role::ReportsReader]).await;
        assert_eq!(other.get("/users").await.status, 403);
        let role =
            admin.read("/roleManagement/directory/roleDefinitions?$filter=displayName eq 'User Administrator'").await;
        let role = role["value"][0]["id"].as_str().unwrap().to_owned();
        let given = admin.post(ASSIGNMENTS, assignment(&other, &role)).await;
        assert_eq!(given.status, 201, "{}", given.text());
        assert!(given.json()["principal"]["mail"].as_str().unwrap().contains('@'));
        let again = admin.post(ASSIGNMENTS, assignment(&other, &role)).await;
        assert_eq!(again.status, 409);
        assert_eq!(again.json()["error"]["message"], "This administrator has the role already.");
        assert_eq!(other.get("/users").await.status, 200);
        assert_eq!(assignments(&admin, &other).await.len(), 2);
        let at = format!("{ASSIGNMENTS}/{}", given.json()["id"].as_str().unwrap());
        assert_eq!(admin.read(&at).await["roleDefinitionId"], role.as_str());
        assert_eq!(admin.delete(&at).await.status, 204);
        assert_eq!(other.get("/users").await.status, 403);
        for wrong in [
            json!({ "principalId": "nobody", "roleDefinitionId": role }),
            json!({ "principalId": other.account.as_ref().unwrap().as_str(), "roleDefinitionId": "King" }),
            json!({ "principalId": "x", "roleDefinitionId": role, "directoryScopeId": "/users/x" }),
        ] {
            assert_eq!(admin.post(ASSIGNMENTS, wrong.clone()).await.status, 400, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn r38_who_rules_one_tenant_rules_no_other() {
    on_both(async |server| {
        let ruler = server.administrator().await;
        let admin = server.administrator_of(server.tenant.as_str(), &[Role::GlobalAdministrator]).await;
        let mut everywhere = assignment(&admin, GLOBAL);
        everywhere["allTenants"] = true.into();
        assert_eq!(admin.post(ASSIGNMENTS, everywhere).await.status, 403);
        // Nor do they take it from those who have it.
        let theirs = assignments(&admin, &ruler).await;
        assert_eq!((theirs.len(), &theirs[0]["allTenants"]), (1, &json!(true)));
        let at = format!("{ASSIGNMENTS}/{}", theirs[0]["id"].as_str().unwrap());
        assert_eq!(admin.delete(&at).await.status, 403);
        assert_eq!(ruler.get(super::FLOWS).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn the_last_global_administrator_stays() {
    on_both(async |server| {
        let (one, two) = (server.administrator().await, server.administrator().await);
        let own = async |of: &Administrator| {
            format!("{ASSIGNMENTS}/{}", assignments(&one, of).await[0]["id"].as_str().unwrap())
        };
        let (first, second) = (own(&one).await, own(&two).await);
        assert_eq!(one.delete(&second).await.status, 204);
        let refused = one.delete(&first).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        assert!(refused.text().contains("last Global Administrator"));
        // Neither by switching the account off.
        let home = one.about(administration::TENANT);
        let me = format!("/users/{}", one.account.as_ref().unwrap());
        assert_eq!(home.patch(&me, json!({ "accountEnabled": false })).await.status, 400);
        assert_eq!(one.get(super::FLOWS).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn two_who_remove_each_other_at_once_do_not_both_succeed() {
    on_both(async |server| {
        let both = [server.administrator().await, server.administrator().await];
        let mut paths = Vec::new();
        for who in &both {
            paths.push(format!("{ASSIGNMENTS}/{}", assignments(&both[0], who).await[0]["id"].as_str().unwrap()));
        }
        paths.reverse();
        let done = crate::harness::at_once(2, |at| {
            let (who, path) = (both[at].clone(), paths[at].clone());
            async move { who.delete(&path).await.status.as_u16() }
        })
        .await;
        assert_eq!(done.iter().filter(|status| **status == 204).count(), 1, "{done:?}");
        let left = server.count("SELECT COUNT(*) FROM administrators WHERE tenant_id = '*'").await;
        assert_eq!(left, 1);
    })
    .await;
}

#[tokio::test]
async fn r38_at_home_only_a_global_administrator_changes_anything() {
    on_both(async |server| {
        let ruler = server.administrator().await;
        let clerk = server.administrator_of("*", &[Role::UserAdministrator, Role::ApplicationAdministrator]).await;
        assert_eq!(clerk.get("/users").await.status, 200);
        // Who sets a Global Administrator's password, or where the portal's codes go, would be one.
        let home = clerk.about(administration::TENANT);
        let them = format!("/users/{}", ruler.account.as_ref().unwrap());
        assert_eq!(home.patch(&them, json!({ "city": "x" })).await.status, 404);
        assert_eq!(home.patch("/applications/portico-portal", json!({ "displayName": "x" })).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn r38_an_application_is_no_way_round_the_rules() {
    on_both(async |server| {
        let ruler = server.administrator().await;
        // At home an application that rules nobody reads.
        let clerk = server
            .in_tenant(TENANT_ID.into())
            .daemon(&[Permission::ApplicationRead, Permission::ApplicationWrite])
            .await;
        assert_eq!(clerk.get("/applications").await.status, 200);
        assert_eq!(clerk.post("/applications", json!({ "displayName": "x" })).await.status, 403);
        // Nobody changes where the portal's codes go, nor proves to be the portal.
        let home = ruler.about(administration::TENANT);
        assert_eq!(home.patch("/applications/portico-portal", json!({ "displayName": "x" })).await.status, 400);
        assert_eq!(home.post("/applications/portico-portal/addPassword", json!({})).await.status, 400);

        // Who could prove to be an application that may do more would do it.
        let flow = server.application().await.flow;
        let strong = server.application_over(&flow, |made| made.secrets.clear()).await;
        let at = format!("/servicePrincipals(appId='{}')/appRoleAssignments", strong.id);
        let more = json!({ "principalId": strong.id.as_str(), "resourceId": "00000003-0000-0000-c000-000000000000",
            "appRoleId": "RoleManagement.ReadWrite.Directory" });
        let given = ruler.post(&at, more).await;
        assert_eq!(given.status, 201, "{}", given.text());
        let registrar = server.administrator_of(server.tenant.as_str(), &[Role::ApplicationAdministrator]).await;
        let path = format!("/applications/{}", strong.id);
        let secret = registrar.post(&format!("{path}/addPassword"), json!({})).await;
        assert_eq!(secret.status, 403, "{}", secret.text());
        let key = json!({ "kty": "EC", "crv": "P-256", "kid": "mine",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" });
        let keyed = registrar.patch(&path, json!({ "protocol": { "keys": [key] } })).await;
        assert_eq!(keyed.status, 403, "{}", keyed.text());
        assert_eq!(registrar.patch(&path, json!({ "displayName": "Stronger" })).await.status, 204);
        let weak = server.application_over(&flow, |made| made.secrets.clear()).await;
        assert_eq!(
            registrar
                .patch(&format!("/applications/{}", weak.id), json!({ "protocol": { "keys": [key] } }))
                .await
                .status,
            204
        );
        assert_eq!(ruler.patch(&path, json!({ "protocol": { "keys": [key] } })).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn r38_an_invitation_falls_with_whoever_made_it() {
    on_both(async |server| {
        let (ruler, eve) = (server.administrator().await, server.administrator().await);
        let invited = eve.post("/invitations", invitation("mallory@example.org")).await;
        let link = invited.json()["inviteRedeemUrl"].as_str().unwrap().to_owned();
        let off = format!("/users/{}", eve.account.as_ref().unwrap());
        let done = ruler.about(administration::TENANT).patch(&off, json!({ "accountEnabled": false })).await;
        assert_eq!(done.status, 204, "{}", done.text());
        assert_eq!(set_up(&server, &link, PASSWORD).await.status, 404);
        assert_eq!(server.count("SELECT COUNT(*) FROM identities WHERE folded LIKE 'mallory%'").await, 0);
    })
    .await;
}

async fn set_up(server: &TestServer, link: &str, password: &str) -> crate::harness::Answered {
    let (path, token) = link.split_once("?token=").unwrap();
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("token", token), ("name", "Grace Hopper"), ("password", password)])
        .finish();
    let request = Request::post(path.strip_prefix(ORIGIN).unwrap())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", ORIGIN)
        .header("sec-fetch-site", "same-origin");
    server.send(request.body(Body::from(form)).unwrap()).await
}

fn invitation(address: &str) -> Value {
    json!({ "invitedUserEmailAddress": address, "invitedUserDisplayName": "Grace", "roleDefinitionId": "User Administrator" })
}

#[tokio::test]
async fn an_invited_administrator_comes_by_a_link_that_works_once() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let invited = admin.post("/invitations", invitation("grace@example.org")).await;
        assert_eq!(invited.status, 201, "{}", invited.text());
        let link = invited.json()["inviteRedeemUrl"].as_str().unwrap().to_owned();
        assert_eq!(admin.read("/invitations").await["value"][0]["inviteRedeemUrl"], Value::Null);
        let page = server.get(link.strip_prefix(ORIGIN).unwrap()).await;
        assert!(page.status == 200 && page.text().contains("grace@example.org"), "{}", page.text());
        assert_eq!(set_up(&server, &link, "short").await.status, 422);
        let accepted = set_up(&server, &link, PASSWORD).await;
        assert_eq!(accepted.status, 303);
        // A password alone opens nothing: the next thing is an authenticator app.
        assert!(accepted.header("location").starts_with("/admin/enrol?token="), "{}", accepted.header("location"));
        assert_eq!(server.get(accepted.header("location")).await.status, 200);
        assert_eq!(set_up(&server, &link, PASSWORD).await.status, 404);
        assert!(admin.read("/invitations").await["value"].as_array().unwrap().is_empty());

        let portal = crate::harness::Application::portal(&server);
        let mut browser = server.browser();
        portal.asks(&mut browser).await;
        browser.sign_in("grace@example.org", PASSWORD).await;
        assert_eq!(browser.heading(), "Set up your authenticator app");
        assert!(!browser.page.path.contains("code="), "r37: {}", browser.page.path);
        let told = server.text("SELECT activity FROM audits WHERE activity LIKE 'Accept%'").await;
        assert_eq!(told, "Accept invitation");
        let account = invited.json()["invitedUser"]["id"].as_str().unwrap().to_owned();
        let role = admin.read(&format!("{ASSIGNMENTS}?$filter=principalId eq '{account}'")).await;
        assert_eq!(role["value"][0]["allTenants"], false);
        // Once there, the next role needs no link.
        let again = admin.post("/invitations", invitation("GRACE@example.org")).await;
        assert_eq!((again.status.as_u16(), again.json()["status"].as_str()), (201, Some("Completed")));
        assert_eq!(again.json()["inviteRedeemUrl"], Value::Null);
        // Where nobody proved the address, its owner shows by the link that it is theirs (security R12).
        let roles = server.count("SELECT COUNT(*) FROM administrators").await;
        server
            .write(|c, _, _| {
                Box::pin(async move {
                    sqlx::query("UPDATE addresses SET verified_at = NULL WHERE address = 'grace@example.org'")
                        .execute(c)
                        .await?;
                    Ok(())
                })
            })
            .await;
        let again = admin.post("/invitations", invitation("GRACE@example.org")).await;
        assert_eq!(again.json()["status"], "PendingAcceptance", "{}", again.text());
        assert_eq!(server.count("SELECT COUNT(*) FROM administrators").await, roles);
    })
    .await;
}

/// Somebody made an account with this address and never proved it. Its owner comes by the link and finds it theirs: whatever
/// the other knew or held is worth nothing (security R12).
#[tokio::test]
async fn an_invited_owner_of_an_address_takes_the_account_that_somebody_made_with_it() {
    const NEW: &str = "two birds in the bush";
    on_both(async |server| {
        let admin = server.administrator().await;
        let address = "grace@example.org";
        let account = server.make_administrator(address, &[]).await;
        server
            .write(|c, _, _| {
                Box::pin(async move {
                    sqlx::query("UPDATE addresses SET verified_at = NULL WHERE address = 'grace@example.org'")
                        .execute(c)
                        .await?;
                    Ok(())
                })
            })
            .await;
        let invited = admin.post("/invitations", invitation("GRACE@example.org")).await;
        let link = invited.json()["inviteRedeemUrl"].as_str().unwrap().to_owned();
        let accepted = set_up(&server, &link, NEW).await;
        assert_eq!(accepted.status, 303, "{}", accepted.text());
        assert!(accepted.header("location").starts_with("/admin/enrol?token="), "{}", accepted.header("location"));
        assert_eq!(set_up(&server, &link, NEW).await.status, 404, "once");

        let role = admin.read(&format!("{ASSIGNMENTS}?$filter=principalId eq '{account}'")).await;
        assert_eq!(role["value"].as_array().unwrap().len(), 1, "{role}");
        let portal = crate::harness::Application::portal(&server);
        let mut browser = server.browser();
        portal.asks(&mut browser).await;
        browser.sign_in(address, PASSWORD).await;
        assert_eq!(browser.heading(), "Enter your password", "the other's is dead");
        browser.fill(&[("Password", NEW)]).press("Sign in").await;
        assert_eq!(browser.heading(), "Set up your authenticator app", "and so is their app");
        // From now on the next role needs no link.
        let again = admin.post("/invitations", invitation(address)).await;
        assert_eq!(again.json()["status"], "Completed", "{}", again.text());
    })
    .await;
}

#[tokio::test]
async fn an_invitation_goes_by_mail_is_withdrawn_and_runs_out() {
    on_both(async |server| {
        let admin = server.administrator_of(server.tenant.as_str(), &[Role::GlobalAdministrator]).await;
        // A link that is shown proves nobody's address.
        assert_eq!(admin.post("/invitations", invitation("eve@example.org")).await.status, 400);
        let mut by_mail = invitation("grace@example.org");
        by_mail["sendInvitationMessage"] = true.into();
        let invited = admin.post("/invitations", by_mail.clone()).await;
        assert_eq!((invited.status.as_u16(), &invited.json()["inviteRedeemUrl"]), (201, &Value::Null));
        let letter = server.mailbox().latest("grace@example.org").await.text;
        let link = letter.split_whitespace().find(|word| word.contains("/admin/invitation?token=")).unwrap().to_owned();
        assert_eq!(server.get(link.strip_prefix(ORIGIN).unwrap()).await.status, 200);
        let at = format!("/invitations/{}", invited.json()["id"].as_str().unwrap());
        assert_eq!(admin.delete(&at).await.status, 204);
        assert_eq!(set_up(&server, &link, PASSWORD).await.status, 404);

        let ruler = server.administrator().await;
        let invited = ruler.post("/invitations", invitation("late@example.org")).await;
        let link = invited.json()["inviteRedeemUrl"].as_str().unwrap().to_owned();
        server.clock.advance(std::time::Duration::from_secs(3 * 24 * 3600));
        assert_eq!(set_up(&server, &link, PASSWORD).await.status, 404);
        assert_eq!(server.count("SELECT COUNT(*) FROM audits WHERE after LIKE '%token=%'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_application_gets_its_permissions_and_loses_them_at_once() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let application = server.application().await;
        let scope = format!("{ORIGIN}/graph/.default");
        let form = [("grant_type", "client_credentials"), ("scope", scope.as_str())];
        assert_eq!(application.token(&form).await.status, 400);
        let at = format!("/servicePrincipals(appId='{}')/appRoleAssignments", application.id);
        let graph = admin.read("/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'").await;
        let role = graph["value"][0]["appRoles"].as_array().unwrap().iter().find(|it| it["value"] == "User.Read.All").unwrap();
        let body = json!({ "principalId": application.id.as_str(), "resourceId": graph["value"][0]["id"], "appRoleId": role["id"] });
        let given = admin.post(&at, body.clone()).await;
        assert_eq!(given.status, 201, "{}", given.text());
        let again = admin.post(&at, body).await;
        assert_eq!(again.status, 409);
        assert_eq!(again.json()["error"]["message"], "This application has the permission already.");
        let token = application.token(&form).await.json()["access_token"].as_str().unwrap().to_owned();
        let script = Administrator { token, account: None, tenant: None, ..admin.clone() };
        assert_eq!((script.get("/users").await.status.as_u16(), script.get(super::FLOWS).await.status.as_u16()), (200, 403));
        let one = format!("{at}/{}", given.json()["id"].as_str().unwrap());
        assert_eq!(admin.delete(&one).await.status, 204);
        assert_eq!(script.get("/users").await.status, 403);
        // Who registers applications gives them nothing.
        let registrar = server.administrator_of(server.tenant.as_str(), &[Role::ApplicationAdministrator]).await;
        assert_eq!(registrar.get(&at).await.status, 200);
        assert_eq!(registrar.post(&at, json!({ "appRoleId": "User.Read.All" })).await.status, 403);
        let far = json!({ "appRoleId": "User.Read.All", "allTenants": true });
        assert_eq!(admin.post(&at, far).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn r38_through_an_application_people_may_do_what_somebody_consented_to() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let home = admin.about(administration::TENANT);
        let at_home = server.in_tenant(TENANT_ID.into());
        let tool = at_home.application_over(&administration::flow_id(), |_| ()).await;
        let address = "tool@admin.example.test";
        let account = server.make_administrator(address, &[]).await;
        let role = json!({ "principalId": account.as_str(), "roleDefinitionId": GLOBAL });
        assert_eq!(admin.post(ASSIGNMENTS, role).await.status, 201);
        let token = at_home.graph_token(&tool, address).await;
        let through = Administrator { token, account: Some(account), ..admin.clone() };
        assert_eq!(through.get("/users").await.status, 403);
        let grant = json!({ "clientId": tool.id.as_str(), "consentType": "AllPrincipals",
            "resourceId": "00000003-0000-0000-c000-000000000000", "scope": "User.Read.All" });
        let id = home.make("/oauth2PermissionGrants", grant).await;
        assert_eq!(
            (through.get("/users").await.status.as_u16(), through.get(super::FLOWS).await.status.as_u16()),
            (200, 403)
        );
        let at = format!("/oauth2PermissionGrants/{id}");
        assert_eq!(home.patch(&at, json!({ "scope": "IdentityUserFlow.Read.All" })).await.status, 204);
        assert_eq!(
            (through.get("/users").await.status.as_u16(), through.get(super::FLOWS).await.status.as_u16()),
            (403, 200)
        );
        assert_eq!(home.delete(&at).await.status, 204);
        assert_eq!(through.get(super::FLOWS).await.status, 403);
        assert_eq!(home.delete("/oauth2PermissionGrants/portico-portal").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn the_tenants_names_are_its_domains() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let all = admin.read("/domains").await;
        assert_eq!((&all["value"][0]["id"], &all["value"][0]["isDefault"]), (&json!("woodgrove"), &json!(true)));
    })
    .await;
}

/// Names in paths and host names are the whole server's: given by whoever rules all of it, and written down.
#[tokio::test]
async fn a_tenant_has_the_names_that_it_was_given() {
    on_both(async |server| {
        server.make_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into(), "fabrikam").await;
        let admin = server.administrator().await;
        let keys = "/woodgrove.onmicrosoft.example/discovery/v2.0/keys";
        assert_eq!(server.get(keys).await.status, 404);
        let made = admin.post("/domains", json!({ "id": "Woodgrove.onmicrosoft.example" })).await;
        assert_eq!((made.status.as_u16(), &made.json()["id"]), (201, &json!("woodgrove.onmicrosoft.example")));
        assert_eq!(server.get(keys).await.status, 200);
        let host = json!({ "id": "id.woodgrove.example", "supportedServices": ["CustomUrlDomain"] });
        assert_eq!(admin.post("/domains", &host).await.status, 201);
        let all = admin.read("/domains").await;
        let told: Vec<_> =
            all["value"].as_array().unwrap().iter().map(|it| (&it["id"], &it["supportedServices"])).collect();
        assert_eq!(told.len(), 3);
        assert_eq!(told[2], (&json!("id.woodgrove.example"), &json!(["CustomUrlDomain"])));

        let other = admin.about("fabrikam");
        for (who, id, service) in [
            (&admin, "", None),
            (&admin, "a", None),
            (&admin, "graph", None),
            (&admin, "with space", None),
            (&admin, "with/slash", None),
            (&admin, "woodgrove", None),
            (&other, "woodgrove", None),
            (&other, server.tenant.as_str(), None),
            (&other, "id.woodgrove.example", Some("CustomUrlDomain")),
            (&admin, "id.woodgrove.example", Some("CustomUrlDomain")),
            // An id is of one thing.
            (&admin, "id.woodgrove.example", None),
            (&other, "id.woodgrove.example", None),
            (&admin, "woodgrove.onmicrosoft.example", Some("CustomUrlDomain")),
            (&admin, crate::harness::HOST, Some("CustomUrlDomain")),
            (&admin, "localhost", Some("CustomUrlDomain")),
            (&admin, "a.localhost", Some("CustomUrlDomain")),
            (&admin, "127.0.0.1", Some("CustomUrlDomain")),
            (&admin, "[::1]", Some("CustomUrlDomain")),
            (&admin, "0x7f.1", Some("CustomUrlDomain")),
            (&admin, "id.example:443", Some("CustomUrlDomain")),
            (&admin, "https://id.example", Some("CustomUrlDomain")),
            (&admin, "a@id.example", Some("CustomUrlDomain")),
            (&admin, "id..example", Some("CustomUrlDomain")),
            (&admin, "b\u{fc}cher.example", Some("CustomUrlDomain")),
            (&admin, "mail.example", Some("Email")),
        ] {
            let services: Vec<_> = service.into_iter().collect();
            let answered = who.post("/domains", json!({ "id": id, "supportedServices": services })).await;
            assert_eq!(answered.status, 400, "{id}: {}", answered.text());
        }
        let tenants = admin.about("admin");
        assert_eq!(
            tenants
                .post("/domains", json!({ "id": "x.example", "supportedServices": ["CustomUrlDomain"] }))
                .await
                .status,
            400
        );
        assert_eq!(tenants.delete("/domains/admin").await.status, 400);

        // Who rules one tenant is told nothing of it, and changes nothing.
        let own = server.administrator_of(server.tenant.as_str(), &[Role::GlobalAdministrator]).await;
        assert_eq!(own.post("/domains", json!({ "id": "y.example" })).await.status, 404);
        assert_eq!(own.delete("/domains/id.woodgrove.example").await.status, 404);
        assert_eq!(other.delete("/domains/id.woodgrove.example").await.status, 404, "another's");

        for name in ["woodgrove.onmicrosoft.example", "id.woodgrove.example"] {
            assert_eq!(admin.delete(&format!("/domains/{name}")).await.status, 204);
        }
        assert_eq!(server.get(keys).await.status, 404);
        assert_eq!(admin.delete("/domains/woodgrove").await.status, 400, "the last one stays");
        let written = "SELECT count(*) FROM audits WHERE activity LIKE '%domain%'";
        assert_eq!(server.count(written).await, 4);
    })
    .await;
}
