//! Every route by every role, and every route with another tenant's ids: both from the declared table.

use super::flow;
use crate::harness::{Administrator, TestServer, on_both};
use app::contract::permission::{Permission, Role};
use serde_json::json;
use server::graph::{Needs, declared};

/// With ids that are there, in `server`'s tenant.
async fn paths(server: &TestServer, admin: &Administrator) -> Vec<(String, String, Needs)> {
    let shop = server.application().await;
    let flow_id = admin.make(super::FLOWS, flow(&server.state.chance.id())).await;
    let fill = |path: &str| {
        let id = match path {
            it if it.starts_with("/identity/authenticationEventsFlows") => flow_id.clone(),
            it if it.starts_with("/identity/identityProviders") => "EmailPassword-OAUTH".into(),
            _ => "city".into(),
        };
        path.replace("{id}", &id)
            .replace("{application}", shop.id.as_str())
            .replace("{provider}", "EmailPassword-OAUTH")
            .replace("{attribute}", "city")
            .replace("{revision}", "1")
            .replace("{language}", "en")
    };
    declared().iter().map(|route| (route.method.to_string(), fill(route.path), route.needs)).collect()
}

#[tokio::test]
async fn r38_each_role_may_do_what_the_table_says() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let routes = paths(&server, &admin).await;
        for role in Role::all().filter(|role| *role != Role::GlobalAdministrator) {
            let somebody = server.administrator_of(server.tenant.as_str(), &[role]).await;
            for (method, path, needs) in &routes {
                let Needs::One(needed) = needs else { continue };
                // A body that is none: who may not come in is told so before it is looked at.
                let status = somebody.send(method, path, Some(&json!([])), &[]).await.status.as_u16();
                assert_eq!(status == 403, !role.grants(*needed), "{role:?} {method} {path}: {status}");
                assert_ne!(status, 401, "{role:?} {method} {path}");
                assert!(status < 500 || status == 501, "{role:?} {method} {path}: {status}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn r38_another_tenants_things_are_not_there() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let routes = paths(&server, &admin).await;
        server.make_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into(), "contoso").await;
        let contoso = server.in_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into());
        let stranger = contoso.daemon(&Permission::all().collect::<Vec<_>>()).await;
        let before = admin.read(super::FLOWS).await;
        for (method, path, _) in routes.iter().filter(|(_, path, _)| path.contains("Flows/")) {
            let answered = stranger.send(method, path, Some(&json!({})), &[]).await;
            assert!([404, 400].contains(&answered.status.as_u16()), "{method} {path}: {}", answered.status);
            assert!(method != "GET" || answered.status == 404, "{method} {path}: {}", answered.status);
        }
        assert_eq!(admin.read(super::FLOWS).await, before);
    })
    .await;
}

#[tokio::test]
async fn without_a_token_every_route_answers_401() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let nobody = Administrator { token: "x".into(), ..admin.clone() };
        for (method, path, needs) in paths(&server, &admin).await {
            let status = nobody.send(&method, &path, Some(&json!({})), &[]).await.status;
            assert_eq!(status, if needs == Needs::Nobody { 200 } else { 401 }, "{method} {path}");
        }
    })
    .await;
}
