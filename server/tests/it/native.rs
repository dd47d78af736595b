//! Native authentication: an application's own screens, by the calls that Entra's clients make.

mod limits;
mod names;
mod reset_password;
mod second_step;
mod sign_in;
mod sign_up;
mod tokens;

use crate::harness::{Answered, Application, TestServer};
use app::contract::id::UserFlowId;
use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::Value;
use server::directory::application::{self, NativeAuthentication, Platform, RedirectUri};
use std::net::IpAddr;

pub const ADA: &str = "ada@example.org";
pub const BOTH: (&str, &str) = ("challenge_type", "oob password redirect");
pub const OOB: (&str, &str) = ("challenge_type", "oob redirect");
const SCOPE: (&str, &str) = ("scope", "openid profile offline_access");

/// The screens of an application.
#[derive(Clone)]
pub struct Screens {
    pub application: Application,
    /// From where they call, where that matters.
    pub network: Option<IpAddr>,
}

impl Screens {
    /// Of a public application over a flow of that kind, which may use them.
    pub async fn over(server: &TestServer, flow: &UserFlowId) -> Self {
        Self::made(server, flow, |it| it.native_authentication = NativeAuthentication::Telling).await
    }

    pub async fn silent(server: &TestServer, flow: &UserFlowId) -> Self {
        Self::made(server, flow, |it| it.native_authentication = NativeAuthentication::Silent).await
    }

    pub async fn made(
        server: &TestServer,
        flow: &UserFlowId,
        change: impl FnOnce(&mut application::Application),
    ) -> Self {
        let application = server
            .application_over(flow, |it| {
                it.secrets.clear();
                it.redirect_uris =
                    vec![RedirectUri { platform: Platform::Native, uri: "com.example.shop:/signed-in".into() }];
                change(it);
            })
            .await;
        Self { application, network: None }
    }

    pub async fn usual(server: &TestServer) -> Self {
        let first = server.application().await;
        Self::over(server, &first.flow).await
    }

    pub fn server(&self) -> &TestServer {
        &self.application.server
    }

    /// `path` is what stands behind the tenant.
    pub async fn call(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        self.call_with(path, form, &[]).await
    }

    pub async fn call_with(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answered {
        let mut pairs = vec![("client_id", self.application.id.as_str())];
        pairs.extend(form);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut request = Request::post(self.application.address(path))
            .header(header::HOST, self.server().host())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        match self.network {
            Some(network) => self.server().send_from(network, request).await,
            None => self.server().send(request).await,
        }
    }

    pub async fn good(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let answered = self.call(path, form).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.text());
        assert_eq!(answered.header("cache-control"), "no-store");
        answered.json()
    }

    /// The token that an answer brings.
    pub async fn next(&self, path: &str, form: &[(&str, &str)]) -> String {
        token(&self.good(path, form).await)
    }

    /// Every refusal has Entra's shape.
    pub async fn refused(&self, path: &str, form: &[(&str, &str)], error: &str, number: u32) -> Value {
        let answered = self.call(path, form).await;
        assert_eq!(answered.status, 400, "{path}: {}", answered.text());
        let told = answered.json();
        assert_eq!(
            (told["error"].as_str(), &told["error_codes"]),
            (Some(error), &serde_json::json!([number])),
            "{told}"
        );
        assert!(told["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{number}: ")), "{told}");
        for member in ["timestamp", "trace_id", "correlation_id"] {
            assert!(told[member].is_string(), "{told}");
        }
        told
    }

    pub async fn refused_as(&self, path: &str, form: &[(&str, &str)], error: (&str, u32), suberror: &str) -> Value {
        let told = self.refused(path, form, error.0, error.1).await;
        assert_eq!(told["suberror"], suberror, "{told}");
        told
    }

    pub async fn is_redirected(&self, path: &str, form: &[(&str, &str)]) {
        let told = self.good(path, form).await;
        assert_eq!(told["challenge_type"], "redirect", "{told}");
        assert!(told["redirect_reason"].is_string() && told["continuation_token"].is_null(), "{told}");
    }

    /// From the address to the challenge.
    pub async fn initiate(&self, address: &str, challenges: (&str, &str)) -> Value {
        let token = self.next("/oauth2/v2.0/initiate", &[("username", address), challenges]).await;
        self.good("/oauth2/v2.0/challenge", &[("continuation_token", &token), challenges]).await
    }

    pub async fn start_sign_up(&self, address: &str, more: &[(&str, &str)]) -> Value {
        let mut form = vec![("username", address), BOTH];
        form.extend(more);
        let token = self.next("/signup/v1.0/start", &form).await;
        self.good("/signup/v1.0/challenge", &[("continuation_token", &token), BOTH]).await
    }

    pub async fn prove(&self, token: &str, proof: &[(&str, &str)]) -> Answered {
        let mut form = vec![("continuation_token", token), SCOPE, ("client_info", "1")];
        form.extend(proof);
        self.call("/oauth2/v2.0/token", &form).await
    }

    /// What a way that is over is worth at the token endpoint.
    pub async fn tokens(&self, token: &str) -> Value {
        let answered = self.prove(token, &[("grant_type", "continuation_token"), ("username", ADA)]).await;
        self.are_good(answered).await
    }

    /// Everything that MSAL insists on.
    pub async fn are_good(&self, answered: Answered) -> Value {
        let told = self.application.checked(answered).await.raw;
        assert_eq!(told["token_type"], "Bearer");
        assert!(told["expires_in"].as_u64().unwrap() > 0);
        assert!(told["refresh_token"].is_string() && told["client_info"].is_string(), "{told}");
        told
    }

    pub async fn code(&self, address: &str) -> String {
        self.server().mailbox().code(address).await
    }
}

pub fn token(told: &Value) -> String {
    told["continuation_token"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
}
