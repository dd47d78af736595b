//! Another administrator, as the portal makes one: signs in to the portal as everybody does, and calls with its token.

use super::{Answered, Application, ORIGIN, PASSWORD, TestServer};
use app::contract::{
    id::{AccountId, TenantId},
    permission::Role,
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::Value;
use server::{
    administration::{self, TENANT_ID},
    directory::{
        account::{self, NewAccount},
        administrator,
    },
};

#[derive(Clone)]
pub struct Keeper {
    pub server: TestServer,
    pub account: AccountId,
    pub token: String,
    /// The tenant that calls are about.
    pub tenant: TenantId,
}

impl TestServer {
    /// May do everything everywhere; calls are about the tenant that every test finds.
    pub async fn keeper(&self) -> Keeper {
        self.keeper_who(&[("*", Role::GlobalAdministrator)]).await
    }

    /// With these roles in these tenants.
    pub async fn keeper_who(&self, roles: &[(&str, Role)]) -> Keeper {
        administration::ensure(&self.state).await.unwrap();
        let account = AccountId::from(self.state.chance.id());
        let address = format!("{account}@admin.example");
        let new = NewAccount {
            id: account.clone(),
            user_flow: administration::flow_id(),
            address: address.clone(),
            password: Some(self.hash(PASSWORD).await),
            attributes: vec![("displayName".into(), "Grace Hopper".into())],
        };
        let roles: Vec<(String, Role)> = roles.iter().map(|(tenant, role)| ((*tenant).to_owned(), *role)).collect();
        self.write(|c, _, now| {
            Box::pin(async move {
                account::insert(c, &TenantId::from(TENANT_ID), &new, now).await?;
                for (tenant, role) in roles {
                    administrator::insert(c, &tenant, &new.id, role, now).await?;
                }
                Ok(())
            })
        })
        .await;
        let token = self.portal_token(&address).await;
        Keeper { server: self.clone(), account, token, tenant: self.tenant.clone() }
    }

    /// The walk that the portal makes.
    async fn portal_token(&self, address: &str) -> String {
        let portal = Application::portal(self);
        let mut browser = self.browser();
        let scope = format!("openid profile {ORIGIN}/graph/.default");
        let asked = portal.asks_with(&mut browser, &[("scope", &scope)]).await;
        browser.sign_in(address, PASSWORD).await;
        let (_, query) = browser.page.path.split_once('?').expect("back at the portal");
        let code =
            url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").unwrap().1.into_owned();
        let answered = portal.redeem(&code, &asked).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        answered.json()["access_token"].as_str().unwrap().to_owned()
    }
}

impl Keeper {
    pub fn of(&self, tenant: &TenantId) -> Self {
        Self { tenant: tenant.clone(), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("/graph/v1.0{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("portico-tenant", self.tenant.as_str())
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.server.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> Answered {
        self.server.send(self.request(Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answered {
        self.send(Method::POST, path, body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answered {
        self.send(Method::PATCH, path, body).await
    }

    pub async fn put(&self, path: &str, media_type: &str, body: Vec<u8>) -> Answered {
        let request = self.request(Method::PUT, path).header("content-type", media_type);
        self.server.send(request.body(body.into()).unwrap()).await
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answered {
        let request = self.request(method, path).header("content-type", "application/json");
        self.server.send(request.body(body.to_string().into()).unwrap()).await
    }
}
