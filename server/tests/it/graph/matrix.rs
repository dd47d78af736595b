//! Every route by every role, every route with another tenant's ids, and every change with its row in the audit: all of them
//! from the declared table.

use super::world::{Sample, World, ask, plain};
use crate::harness::{Administrator, ORIGIN, TestServer, dump, on_both};
use app::contract::permission::{Permission, Role};
use serde_json::{Value, json};
use server::{
    administration,
    directory::audit::{self, Verdict},
    graph::{Needs, Route, declared},
};

const CONTOSO: &str = "11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11";

fn asks(route: &Route) -> bool {
    route.method == "GET"
}

/// What needs no more than to read writes nothing, by whichever method it comes.
fn changes(route: &Route) -> bool {
    !asks(route) && !matches!(route.needs, Needs::One(needed) if needed.is_read())
}

#[tokio::test]
async fn r38_each_role_may_do_what_the_table_says() {
    on_both(async |server| {
        let world = World::make(&server.administrator().await, "a").await;
        for role in Role::all().filter(|role| *role != Role::GlobalAdministrator) {
            let somebody = server.administrator_of(server.tenant.as_str(), &[role]).await;
            for route in declared() {
                let Needs::One(needed) = route.needs else { continue };
                let (method, path) = (route.method.as_str(), world.fill(&route.path));
                // A body that is none: who may not come in is told so before it is looked at.
                let body = json!([]);
                let body = (!asks(&route)).then_some(&body);
                // What needs no body would do what it says.
                if route.method == "DELETE" && role.grants(needed) || route.path.ends_with("/restore") {
                    continue;
                }
                let status = somebody.send(method, &path, body, &[]).await.status.as_u16();
                assert_eq!(status == 403, !role.grants(needed), "{role:?} {method} {path}: {status}");
                assert_ne!(status, 401, "{role:?} {method} {path}");
                assert!(status < 500, "{role:?} {method} {path}: {status}");
            }
        }
    })
    .await;
}

/// One of each kind of stranger: an application that may do everything at home, and an administrator who may.
async fn strangers(server: &TestServer) -> [Administrator; 2] {
    let daemon = server.in_tenant(CONTOSO.into()).daemon(&Permission::all().collect::<Vec<_>>()).await;
    let person = server.administrator_of(CONTOSO, &[Role::GlobalAdministrator]).await;
    [daemon, person.about(CONTOSO)]
}

#[tokio::test]
async fn r38_another_tenants_things_are_not_there() {
    on_both(async |server| {
        let ours = World::make(&server.administrator().await, "a").await.with_spares().await;
        server.make_tenant(CONTOSO.into(), "contoso").await;
        server.state.keys.ensure(&CONTOSO.into()).await.unwrap();
        let theirs = World::make(&server.administrator().await.about(CONTOSO), "b").await.with_spares().await;
        let strangers = strangers(&server).await;
        let before = dump(&server, &server.tenant).await;
        assert!(before.len() > 50, "the dump has {} rows", before.len());
        let mut asked = 0;
        for route in declared() {
            let method = route.method.as_str();
            let (foreign, own) = (ours.places(&route.path), theirs.places(&route.path));
            // One id of ours at a time among theirs.
            for at in (0..foreign.len()).filter(|at| foreign[*at].1.is_some()) {
                let mut path = route.path.clone();
                for (place, (name, id)) in own.iter().enumerate() {
                    let id = if place == at { &foreign[at].1 } else { id };
                    path = id.iter().fold(path, |path, id| path.replace(name, id));
                }
                let path = plain(&path);
                for stranger in &strangers {
                    let sample = if asks(&route) { Sample::Nothing } else { theirs.sample(method, &route.path) };
                    let status = ask(stranger, method, &path, sample).await.status;
                    assert_eq!(status, 404, "{method} {path}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 100, "only {asked} requests were made");
        assert_eq!(dump(&server, &server.tenant).await, before, "something was written");
    })
    .await;
}

#[tokio::test]
async fn r38_another_tenants_ids_in_a_body_lead_nowhere() {
    on_both(async |server| {
        let ours = World::make(&server.administrator().await, "a").await.with_spares().await;
        server.make_tenant(CONTOSO.into(), "contoso").await;
        server.state.keys.ensure(&CONTOSO.into()).await.unwrap();
        let theirs = World::make(&server.administrator().await.about(CONTOSO), "b").await.with_spares().await;
        let before = dump(&server, &server.tenant).await;
        for stranger in strangers(&server).await {
            // Their address, and what our own request would bring.
            for path in [
                "/identity/authenticationEventsFlows/{id}/conditions/applications/includeApplications",
                "/identity/authenticationEventsFlows/{id}/onAuthenticationMethodLoadStart/identityProviders/$ref",
                "/identity/authenticationEventsFlows/{id}/onAttributeCollection/attributes/$ref",
                "/applications/{id}/removePassword",
                "/oauth2PermissionGrants",
            ] {
                let answered = ask(&stranger, "POST", &theirs.fill(path), ours.sample("POST", path)).await;
                assert!([400, 404].contains(&answered.status.as_u16()), "{path}: {}", answered.text());
            }
        }
        assert_eq!(dump(&server, &server.tenant).await, before, "something was written");
    })
    .await;
}

/// Security R33: a secret is told once, by the answer that makes it. No route that reads tells it, nor what is kept of it, to
/// anybody: to no role, and not to the application itself.
#[tokio::test]
async fn r33_no_route_that_reads_tells_a_secret() {
    on_both(async |server| {
        let ruler = server.administrator().await;
        let world = World::make(&ruler, "a").await;
        let made = world.id("application");
        let told = ruler.post(&format!("/applications/{made}/addPassword"), json!({})).await.json();
        let shop = server.application().await;
        server.allow(&shop, &Permission::all().collect::<Vec<_>>()).await;
        let scope = format!("{ORIGIN}/graph/.default");
        let answered = shop.token(&[("grant_type", "client_credentials"), ("scope", &scope)]).await;
        let token = answered.json()["access_token"].as_str().unwrap().to_owned();
        let itself = Administrator { server: server.clone(), token, account: None, tenant: None };

        let mut canaries = server.texts("SELECT hash FROM application_secrets".into()).await;
        assert!(canaries.len() >= 3, "{canaries:?}");
        canaries.push(told["secretText"].as_str().unwrap().to_owned());
        canaries.push(shop.secret.as_ref().unwrap().reveal().to_owned());
        let mut readers = vec![itself, ruler];
        for role in Role::all() {
            readers.push(server.administrator_of(server.tenant.as_str(), &[role]).await);
        }
        let mut shown = 0;
        for route in declared().iter().filter(|route| asks(route)) {
            let path = world.fill(&route.path);
            let own = path.replace(made, shop.id.as_str());
            for reader in &readers {
                for path in [&path, &own] {
                    let answered = reader.get(path).await;
                    let text = answered.text();
                    assert!(!canaries.iter().any(|canary| text.contains(canary)), "{path} tells a secret: {text}");
                    shown += usize::from(answered.status == 200 && text.contains("passwordCredentials"));
                }
            }
        }
        assert!(shown > 10, "applications were shown {shown} times");
    })
    .await;
}

#[tokio::test]
async fn without_a_token_every_route_answers_401() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let world = World::make(&admin, "a").await;
        let nobody = Administrator { token: "x".into(), ..admin.clone() };
        for route in declared() {
            let (method, path) = (route.method.as_str(), world.fill(&route.path));
            let status = nobody.send(method, &path, Some(&json!({})), &[]).await.status;
            assert_eq!(status, if route.needs == Needs::Nobody { 200 } else { 401 }, "{method} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn r41_every_change_leaves_exactly_one_row() {
    on_both(async |server| {
        let ruler = server.administrator().await;
        for (number, route) in declared().into_iter().filter(|route| !asks(route)).enumerate() {
            let tenant = format!("22222222-6f0c-4f5c-8f7d-{number:012}");
            server.make_tenant(tenant.as_str().into(), &format!("tenant{number}")).await;
            let admin = ruler.about(&tenant);
            let world = World::make(&admin, &format!("w{number}")).await.with_spares().await;
            let (method, mut path) = (route.method.as_str(), world.fill(&route.path));
            let mut who = admin.clone();
            if path.ends_with("/changePassword") {
                // One's own, where one is at home: somebody else than who makes the next world.
                who = server.administrator_of("*", &[Role::GlobalAdministrator]).await.about(administration::TENANT);
                path = path.replace(world.id("user"), who.account.as_ref().unwrap().as_str());
            }
            if (method, route.path.as_str()) == ("DELETE", "/organization/{id}/branding") {
                // Languages go before what they are languages of.
                assert_eq!(admin.delete(&format!("{path}/localizations/de")).await.status, 204);
            }
            let rows = async || server.count("SELECT COUNT(*) FROM audits").await;
            let before = rows().await;
            let sample = match route.path.as_str() {
                "/import" => Sample::Json(another_design(&admin).await),
                path => world.sample(method, path),
            };
            let answered = ask(&who, method, &path, sample).await;
            assert!(answered.status.is_success(), "{method} {path}: {} {}", answered.status, answered.text());
            assert_eq!(rows().await, before + i64::from(changes(&route)), "{method} {path}");
            let verdict = audit::verify(&server.state.db, &tenant.into()).await.unwrap();
            assert!(matches!(verdict, Verdict::Whole { rows } if rows > 0), "{method} {path}: {verdict:?}");
        }
    })
    .await;
}

/// The tenant's own, with one thing changed.
async fn another_design(admin: &Administrator) -> Value {
    let mut design = admin.read("/export").await;
    let flow = &mut design["userFlows"][0];
    flow["keepSignedIn"] = (flow["keepSignedIn"] != true).into();
    design
}
