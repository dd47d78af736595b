//! An administrator, or an application of one: somebody who speaks Graph with a token that they really got.

use super::{
    Application, Browser, TestServer,
    server::{Answered, ORIGIN},
};
use app::contract::{
    id::{AccountId, TenantId},
    permission::{Permission, Role},
};
use axum::{
    body::Body,
    http::{Method, Request, request},
};
use serde_json::Value;
use server::{
    administration,
    directory::{
        account::{self, NewAccount, NewName},
        administrator, second_factor,
    },
    secret::totp,
};
use std::borrow::Borrow;

/// What the authenticator app of every administrator holds.
pub const APP: &[u8] = b"twenty bytes of test";

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
        let roles: Vec<(&str, Role)> = roles.iter().map(|role| (administered, *role)).collect();
        self.administrator_who(&roles).await
    }

    /// Somebody with a role here and a role there, who signed in to the portal as everybody does.
    pub async fn administrator_who(&self, roles: &[(&str, Role)]) -> Administrator {
        let address = format!("{}@admin.example.test", self.state.chance.id());
        let account = self.make_administrator(&address, roles).await;
        let admin = self.in_tenant(administration::TENANT_ID.into());
        let token = admin.graph_token(&Application::portal(self), &address).await;
        Administrator { server: self.clone(), token, account: Some(account), tenant: Some(self.tenant.to_string()) }
    }

    /// An account of the tenant `admin` with everybody's password, and an authenticator app.
    pub async fn make_administrator(&self, address: &str, roles: &[(&str, Role)]) -> AccountId {
        administration::ensure(&self.state).await.unwrap();
        let account = AccountId::from(self.state.chance.id());
        let new = NewAccount {
            id: account.clone(),
            user_flow: administration::flow_id(),
            name: NewName::Proved(address.into()),
            password: Some(self.hash(super::PASSWORD).await),
            attributes: vec![("displayName".into(), "Grace Hopper".into())],
        };
        let tenant = TenantId::from(administration::TENANT_ID);
        let context = second_factor::context(&tenant, &account);
        let sealed = self.state.seal.seal(&self.state.chance, &context, APP);
        let roles: Vec<(String, Role)> = roles.iter().map(|(tenant, role)| ((*tenant).to_owned(), *role)).collect();
        self.write(|c, _, now| {
            Box::pin(async move {
                account::insert(c, &tenant, &new, now).await?;
                second_factor::insert(c, &tenant, &new.id, &sealed, 0, now).await?;
                for (administered, role) in roles {
                    administrator::insert(c, &administered, &new.id, role, now).await?;
                }
                Ok(())
            })
        })
        .await;
        account
    }

    /// Signs somebody of this tenant in for the management API.
    pub async fn graph_token(&self, application: &Application, address: &str) -> String {
        let mut browser = self.browser();
        let scope = format!("openid {ORIGIN}/graph/.default");
        let asked = application.asks_with(&mut browser, &[("scope", &scope)]).await;
        browser.sign_in(address, super::PASSWORD).await;
        if self.tenant.as_str() == administration::TENANT_ID {
            browser.show_second_factor().await;
        }
        let code = browser.code_at_the_portal().unwrap_or_else(|| application.code(&browser, &asked));
        let answered = application.redeem(&code, &asked).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        answered.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// An application of this tenant that may do these things by itself, in its own tenant.
    pub async fn daemon(&self, permissions: &[Permission]) -> Administrator {
        let application = self.application().await;
        self.allow(&application, permissions).await;
        let scope = format!("{ORIGIN}/graph/.default");
        let answered = application.token(&[("grant_type", "client_credentials"), ("scope", &scope)]).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        let token = answered.json()["access_token"].as_str().unwrap().to_owned();
        Administrator { server: self.clone(), token, account: None, tenant: None }
    }

    /// Lets an application do these things by itself, in its own tenant.
    pub async fn allow(&self, application: &Application, permissions: &[Permission]) {
        let (id, permissions) = (application.id.clone(), permissions.to_vec());
        self.write(move |c, tenant, now| {
            Box::pin(async move {
                for permission in permissions {
                    administrator::allow(c, &tenant, &id, tenant.as_str(), permission, now).await?;
                }
                Ok(())
            })
        })
        .await;
    }
}

impl Browser {
    /// What the administrator's app shows now.
    pub async fn show_second_factor(&mut self) -> &mut Self {
        let code = totp::shown(APP, self.server.now());
        self.fill(&[("Code", &code)]).press("Sign in").await
    }

    /// The portal lives in the house: the browser is there, with the code in the address.
    pub fn code_at_the_portal(&self) -> Option<String> {
        let (_, query) = self.page.path.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        Some(pairs.find(|(name, _)| name == "code")?.1.into_owned())
    }
}

impl Administrator {
    /// The same person, about another tenant.
    pub fn about(&self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.into()), ..self.clone() }
    }

    fn request(&self, method: &str, path: &str) -> request::Builder {
        let path = path.replace(' ', "%20").replace('\'', "%27");
        let request = Request::builder()
            .method(Method::try_from(method).unwrap())
            .uri(format!("/graph/v1.0{path}"))
            .header("authorization", format!("Bearer {}", self.token));
        match &self.tenant {
            Some(tenant) => request.header("portico-tenant", tenant),
            None => request,
        }
    }

    /// `path` is what stands behind `/graph/v1.0`.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> Answered {
        let mut request = self.request(method, path);
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

    pub async fn post(&self, path: &str, body: impl Borrow<Value>) -> Answered {
        self.send("POST", path, Some(body.borrow()), &[]).await
    }

    pub async fn patch(&self, path: &str, body: impl Borrow<Value>) -> Answered {
        self.send("PATCH", path, Some(body.borrow()), &[]).await
    }

    /// A picture, or another body that is not JSON.
    pub async fn put(&self, path: &str, media_type: &str, body: Vec<u8>) -> Answered {
        let request = self.request("PUT", path).header("content-type", media_type);
        self.server.send(request.body(body.into()).unwrap()).await
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
