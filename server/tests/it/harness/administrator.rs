//! An administrator, or an application of one: somebody who speaks Graph with a token that they really got.

use super::{
    Application, TestServer,
    server::{Answered, ORIGIN},
};
use app::contract::{
    id::AccountId,
    permission::{Permission, Role},
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::Value;
use server::{
    administration,
    directory::{Durability, Unit, administrator},
};

#[derive(Clone)]
pub struct Administrator {
    pub server: TestServer,
    pub token: String,
    /// Of people in the tenant `admin`.
    pub account: Option<AccountId>,
    /// What the header `Portico-Tenant` says.
    pub tenant: Option<String>,
}

impl TestServer {
    /// A Global Administrator of every tenant, about Woodgrove.
    pub async fn administrator(&self) -> Administrator {
        self.administrator_of(administrator::ALL, &[Role::GlobalAdministrator]).await
    }

    /// Somebody with these roles in one tenant, or in all.
    pub async fn administrator_of(&self, administered: &str, roles: &[Role]) -> Administrator {
        administration::ensure(&self.state).await.unwrap();
        let admin = self.in_tenant(administration::TENANT_ID.into());
        let application = admin.application_over(&administration::flow_id(), |_| ()).await;
        let address = format!("{}@admin.example.test", self.state.chance.id());
        let account = admin.account(&application, &address).await;
        for role in roles {
            let (administered, account, role, now) = (administered.to_owned(), account.clone(), *role, self.now());
            let mut unit = Unit::new(Durability::Lasting);
            unit.add(Durability::Lasting, move |c| {
                Box::pin(async move { administrator::insert(c, &administered, &account, role, now).await })
            });
            self.state.db.commit(unit).await.unwrap();
        }
        let token = admin.graph_token(&application, &address).await;
        Administrator { server: self.clone(), token, account: Some(account), tenant: Some(self.tenant.to_string()) }
    }

    /// Signs somebody of this tenant in for the management API.
    pub async fn graph_token(&self, application: &Application, address: &str) -> String {
        let mut browser = self.browser();
        let scope = format!("openid {ORIGIN}/graph/.default");
        let asked = application.asks_with(&mut browser, &[("scope", &scope)]).await;
        browser.sign_in(address, super::PASSWORD).await;
        let answered = application.redeem(&application.code(&browser, &asked), &asked).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        answered.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// An application of this tenant that may do these things by itself, in its own tenant.
    pub async fn daemon(&self, permissions: &[Permission]) -> Administrator {
        let application = self.application().await;
        let (db, tenant) = (&self.state.db, &self.tenant);
        administrator::allow(db, tenant, &application.id, tenant.as_str(), permissions, self.now()).await.unwrap();
        let scope = format!("{ORIGIN}/graph/.default");
        let answered = application.token(&[("grant_type", "client_credentials"), ("scope", &scope)]).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        let token = answered.json()["access_token"].as_str().unwrap().to_owned();
        Administrator { server: self.clone(), token, account: None, tenant: None }
    }
}

impl Administrator {
    /// The same person, about another tenant.
    pub fn about(&self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.into()), ..self.clone() }
    }

    /// `path` is what stands behind `/graph/v1.0`.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> Answered {
        let path = path.replace(' ', "%20").replace('\'', "%27");
        let mut request = Request::builder()
            .method(Method::try_from(method).unwrap())
            .uri(format!("/graph/v1.0{path}"))
            .header("authorization", format!("Bearer {}", self.token));
        if let Some(tenant) = &self.tenant {
            request = request.header("portico-tenant", tenant);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.server.send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.send("GET", path, None, &[]).await
    }

    /// What is there, as JSON.
    pub async fn read(&self, path: &str) -> Value {
        let answered = self.get(path).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.text());
        answered.json()
    }

    pub async fn post(&self, path: &str, body: Value) -> Answered {
        self.send("POST", path, Some(&body), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answered {
        self.send("PATCH", path, Some(&body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answered {
        self.send("DELETE", path, None, &[]).await
    }

    /// Makes something, and gives its id.
    pub async fn make(&self, path: &str, body: Value) -> String {
        let answered = self.post(path, body).await;
        assert_eq!(answered.status, 201, "{path}: {}", answered.text());
        answered.json()["id"].as_str().unwrap().to_owned()
    }
}
