//! Who calls, about which tenant, and whether they may.

use super::FLOWS;
use crate::harness::{Application, ORIGIN, ProofKey, TestServer, on_both};
use app::contract::permission::{Permission, Role};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use server::{
    administration,
    directory::{Durability, Unit, account, administrator},
};

async fn change<F>(server: &TestServer, write: F)
where
    F: for<'c> FnOnce(
            &'c mut server::directory::Connection,
        ) -> futures::future::BoxFuture<'c, server::error::Result<()>>
        + Send
        + 'static,
{
    let mut unit = Unit::new(Durability::Lasting);
    unit.add(Durability::Lasting, write);
    server.state.db.commit(unit).await.unwrap();
}

#[tokio::test]
async fn without_a_good_token_nobody_gets_in() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, "ada@example.org").await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in("ada@example.org", crate::harness::PASSWORD).await;
        // A token for the application itself is none for this API.
        let own = shop.tokens(&ada, &asked).await.access_token;
        for authorization in ["", "Bearer", "Bearer x", "Basic eDp5", &format!("Bearer {own}")] {
            let request = Request::get(format!("/graph/v1.0{FLOWS}")).header("authorization", authorization);
            let answered = server.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answered.status, 401, "{authorization}");
            assert_eq!(answered.json()["error"]["code"], "InvalidAuthenticationToken");
            assert!(answered.header("www-authenticate").starts_with("Bearer"));
            assert_eq!(answered.json()["error"]["innerError"]["request-id"], answered.header("request-id"));
        }
    })
    .await;
}

#[tokio::test]
async fn r38_a_customers_token_administers_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, "eve@example.org").await;
        let admin = server.administrator().await;
        let eve = crate::harness::Administrator {
            token: server.graph_token(&shop, "eve@example.org").await,
            account: None,
            tenant: None,
            ..admin
        };
        assert_eq!(eve.get(FLOWS).await.status, 403);
        // Not even the name of another tenant opens a way to it.
        for tenant in ["admin", administration::TENANT_ID, "nobody", server.tenant.as_str()] {
            assert_eq!(eve.about(tenant).get(FLOWS).await.status, 404, "{tenant}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_loses_the_role_or_the_session_is_refused_at_once() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let account = admin.account.clone().unwrap();
        assert_eq!(admin.get(FLOWS).await.status, 200);
        let gone = account.clone();
        change(&server, move |c| {
            Box::pin(async move { administrator::remove(c, "*", &gone, Role::GlobalAdministrator).await })
        })
        .await;
        assert_eq!(admin.get(FLOWS).await.status, 404);

        let other = server.administrator().await;
        let (tenant, account, now) = (administration::TENANT_ID.into(), other.account.clone().unwrap(), server.now());
        change(&server, move |c| Box::pin(async move { account::end_everything(c, &tenant, &account, now).await }))
            .await;
        assert_eq!(other.get(FLOWS).await.status, 401);
    })
    .await;
}

/// RFC 7009: what its own application gave back.
#[tokio::test]
async fn a_token_that_was_given_back_opens_nothing() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let revoked = Application::portal(&server).call("revoke", &[("token", &admin.token)]).await;
        assert_eq!(revoked.status, 200, "{}", revoked.text());
        assert_eq!(admin.get(FLOWS).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn r31_a_token_for_management_is_good_for_a_quarter_of_an_hour() {
    on_both(async |server| {
        let admin = server.administrator().await;
        server.clock.advance(std::time::Duration::from_secs(15 * 60 - 1));
        assert_eq!(admin.get(FLOWS).await.status, 200);
        server.clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(admin.get(FLOWS).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn an_application_calls_for_itself_in_its_own_tenant() {
    on_both(async |server| {
        let daemon = server.daemon(&[Permission::FlowRead]).await;
        assert_eq!(daemon.get(FLOWS).await.status, 200);
        assert_eq!(daemon.post(FLOWS, super::flow("Mine")).await.status, 403);
        assert_eq!(daemon.about("admin").get(FLOWS).await.status, 404);

        let nobody = server.application().await;
        let scope = format!("{}/graph/.default", crate::harness::ORIGIN);
        let form = [("grant_type", "client_credentials"), ("scope", scope.as_str())];
        assert_eq!(nobody.token(&form).await.json()["error"], "unauthorized_client");
        let bare = [form[0], form[1], ("client_id", nobody.id.as_str())];
        assert_eq!(nobody.post_token(&bare, None).await.json()["error"], "invalid_client");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_of_one_tenant_knows_no_other() {
    on_both(async |server| {
        server.make_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into(), "contoso").await;
        let admin = server.administrator_of(server.tenant.as_str(), &[Role::GlobalAdministrator]).await;
        assert_eq!(admin.get(FLOWS).await.status, 200);
        assert_eq!(admin.about("woodgrove").get(FLOWS).await.status, 200);
        assert_eq!(admin.about("contoso").get(FLOWS).await.status, 404);
        assert_eq!(admin.about("nobody").get(FLOWS).await.status, 404);
    })
    .await;
}

/// RFC 9449 §7: a token that is bound to a key is shown with a proof of it; a batch is proved as a whole.
#[tokio::test]
async fn r34_a_bound_token_opens_the_api_with_its_key_alone() {
    on_both(async |server| {
        let (shop, key) = (server.application().await, ProofKey::default());
        server.allow(&shop, &[Permission::UserRead]).await;
        let scope = format!("{ORIGIN}/graph/.default");
        let told = shop.token_with(&key, &[("grant_type", "client_credentials"), ("scope", &scope)]).await.json();
        let token = told["access_token"].as_str().unwrap();
        let send = async |method: &str, path: &str, scheme: &str, proof: Option<String>, body: Value| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("content-type", "application/json")
                .header("authorization", format!("{scheme} {token}"));
            let request = proof.iter().fold(request, |request, proof| request.header("dpop", proof));
            let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
            server.send(request.body(body).unwrap()).await
        };
        let path = "/graph/v1.0/users?$top=1";
        let proof = |method: &str| Some(key.beside(&server, method, path, token));
        let good = proof("GET");
        let answered = send("GET", path, "DPoP", good.clone(), Value::Null).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        for (what, scheme, proof) in [
            ("the second time", "DPoP", good),
            ("as bearer", "Bearer", proof("GET")),
            ("another method", "DPoP", proof("POST")),
            ("no proof", "DPoP", None),
            ("another's key", "DPoP", Some(ProofKey::default().beside(&server, "GET", path, token))),
            ("another address", "DPoP", Some(key.beside(&server, "GET", "/graph/beta/users", token))),
        ] {
            let answered = send("GET", path, scheme, proof, Value::Null).await;
            assert_eq!(answered.status, 401, "{what}");
            assert_eq!(answered.json()["error"]["code"], "InvalidAuthenticationToken", "{what}");
            assert!(answered.header("www-authenticate").starts_with("DPoP error="), "{what}");
        }
        let step = |id: &str| json!({ "id": id, "method": "GET", "url": "/users?$top=1" });
        let batch = json!({ "requests": [step("1"), step("2")] });
        let path = "/graph/v1.0/$batch";
        let proof = Some(key.beside(&server, "POST", path, token));
        let answered = send("POST", path, "DPoP", proof, batch).await.json();
        let statuses: Vec<_> =
            answered["responses"].as_array().unwrap().iter().map(|it| it["status"].clone()).collect();
        assert_eq!(statuses, [200, 200]);
    })
    .await;
}
