//! Applications that call for themselves: the APIs of their tenant, each other's and their own (RFC 6749 §4.4; what clients
//! need, 13).

use super::{ADA, refused};
use crate::harness::{Administrator, Answered, Application, TestServer, on_both};
use serde_json::{Value, json};

async fn asks_for(daemon: &Application, name: &str) -> Answered {
    let scope = format!("{name}/.default");
    daemon.token(&[("grant_type", "client_credentials"), ("scope", &scope)]).await
}

async fn token_for(daemon: &Application, name: &str) -> String {
    let told = asks_for(daemon, name).await;
    assert_eq!(told.status, 200, "{name}: {}", told.text());
    assert_eq!((&told.json()["expires_in"], &told.json()["refresh_token"]), (&json!(3600), &Value::Null));
    told.json()["access_token"].as_str().unwrap().to_owned()
}

async fn is_active(api: &Application, token: &str) -> bool {
    api.call("introspect-token", &[("token", token)]).await.json()["active"] == true
}

async fn at_the_management_api(server: &TestServer, token: &str) -> u16 {
    let caller = Administrator { server: server.clone(), token: token.into(), account: None, tenant: None };
    caller.get("/users").await.status.as_u16()
}

#[tokio::test]
async fn a_daemon_gets_a_token_for_every_api_of_its_tenant() {
    on_both(async |server| {
        let daemon = server.application().await;
        let sibling = server.application_over(&daemon.flow, |made| made.algorithm = "EdDSA".into()).await;
        for api in [&daemon, &sibling] {
            for name in [api.id.to_string(), format!("api://{}", api.id)] {
                let token = token_for(&daemon, &name).await;
                // For whom it is, and by the key whose algorithm that application reads.
                let said = api.verify(&token, "at+jwt").await;
                assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 3600);
                for (claim, value) in [("idtyp", "app"), ("azp", daemon.id.as_str()), ("sub", daemon.id.as_str())] {
                    assert_eq!(said[claim], value, "{claim}");
                }
                for of_others in ["roles", "scp", "sid", "name"] {
                    assert!(said[of_others].is_null(), "{of_others}");
                }
            }
        }
        assert_eq!(
            refused(&asks_for(&daemon, &format!("{}/graph", crate::harness::ORIGIN)).await),
            "unauthorized_client"
        );
    })
    .await;
}

/// Security R34, R31: whom it is for and whom it was given to may ask what it is worth; it opens nothing of ours.
#[tokio::test]
async fn r31_r34_a_daemon_s_token_counts_at_its_api_and_nowhere_else() {
    on_both(async |server| {
        let daemon = server.application().await;
        let api = server.application_over(&daemon.flow, |_| ()).await;
        let other = server.application_over(&daemon.flow, |_| ()).await;
        server.account(&daemon, ADA).await;
        let token = token_for(&daemon, api.id.as_str()).await;
        assert!(is_active(&api, &token).await && is_active(&daemon, &token).await);
        assert!(!is_active(&other, &token).await);
        for token in [&token, &token_for(&daemon, daemon.id.as_str()).await] {
            assert_eq!(daemon.userinfo(token).await.status, 401);
            assert_eq!(at_the_management_api(&server, token).await, 401);
        }
        // Our own key under what we never say.
        let genuine = server.genuine(&server.tenant, &token).await;
        for (claim, value) in [("aud", json!("nobody")), ("idtyp", json!("user")), ("idtyp", Value::Null)] {
            let lie = genuine.saying(claim, value);
            assert!(!is_active(&daemon, &lie).await && !is_active(&api, &lie).await, "{claim}");
        }

        server.switch(&daemon, false).await;
        assert!(!is_active(&api, &token).await, "of a caller that is switched off");
        server.switch(&daemon, true).await;
        server.switch(&api, false).await;
        assert!(!is_active(&daemon, &token).await, "for an API that is switched off");
        assert_eq!(refused(&asks_for(&daemon, api.id.as_str()).await), "invalid_scope");
    })
    .await;
}

/// As Azure AD B2C's and Entra's configurations name an API.
#[tokio::test]
async fn an_api_is_found_by_its_identifier_uri() {
    on_both(async |server| {
        const ORDERS: &str = "https://woodgrove.example/orders";
        let (daemon, admin) = (server.application().await, server.administrator().await);
        assert_eq!(refused(&asks_for(&daemon, ORDERS).await), "invalid_scope");
        let api = json!({ "displayName": "Orders", "identifierUris": [ORDERS, "api://orders"] });
        let id = admin.make("/applications", api).await;
        for name in [ORDERS, "api://orders"] {
            let token = token_for(&daemon, name).await;
            assert_eq!(server.genuine(&server.tenant, &token).await.claims["aud"], id.as_str());
        }
        // Of before two could not have one name.
        let other = server.application_over(&daemon.flow, |_| ()).await.id;
        server
            .write(move |c, _, _| {
                let copy =
                    "UPDATE applications SET notes = (SELECT notes FROM applications WHERE id = $1) WHERE id = $2";
                Box::pin(
                    async move { Ok(sqlx::query(copy).bind(id).bind(other.as_str()).execute(c).await.map(|_| ())?) },
                )
            })
            .await;
        server.state.db.forget();
        assert_eq!(refused(&asks_for(&daemon, ORDERS).await), "invalid_scope", "nobody knows whose it is");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_api_of_the_tenant_is_refused() {
    on_both(async |server| {
        let daemon = server.application().await;
        server.make_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into(), "Fabrikam").await;
        let foreign = server.in_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into()).application().await;
        for name in [foreign.id.as_str(), "nobody", "api://nobody", "https://graph.microsoft.com", ""] {
            assert_eq!(refused(&asks_for(&daemon, name).await), "invalid_scope", "{name}");
        }
        for scope in ["openid", daemon.id.as_str(), ".default"] {
            let told = daemon.token(&[("grant_type", "client_credentials"), ("scope", scope)]).await;
            assert_eq!(refused(&told), "invalid_scope", "{scope}");
        }
        let bare = [("grant_type", "client_credentials"), ("scope", "x/.default"), ("client_id", daemon.id.as_str())];
        assert_eq!(refused(&daemon.post_token(&bare, None).await), "invalid_client");
    })
    .await;
}
