//! The way in and the way out of every call: which application asks, whether it may, and the answer in its shape.

use super::trouble::Trouble;
use crate::{
    administration::is_home,
    client::{
        auth::{self, Client},
        cors,
        parameters::Parameters,
        place::Place,
        refuse::{self, NO_STORE, Traces},
    },
    directory::{
        application::{Application, NativeAuthentication, Platform},
        tenant::Tenant,
    },
    guard::Caller,
    state::AppState,
};
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use std::sync::Arc;

/// Each comes once.
const ONCE: [&str; 17] = [
    "client_id",
    "client_secret",
    "continuation_token",
    "grant_type",
    "challenge_type",
    "challenge_channel",
    "challenge_target",
    "capabilities",
    "capability",
    "username",
    "password",
    "new_password",
    "oob",
    "attributes",
    "scope",
    "claims",
    "id",
];

/// A request as it came.
pub struct Asked {
    pub state: AppState,
    pub place: Place,
    pub caller: Caller,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl FromRequest<AppState> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let place = Place::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let caller = Caller::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let headers = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await;
        Ok(Self { state: state.clone(), place, caller, headers, body: body.map_err(IntoResponse::into_response)? })
    }
}

/// A request of an application that may use this face.
#[derive(Clone)]
pub struct Call {
    pub state: AppState,
    pub place: Place,
    pub caller: Caller,
    pub headers: HeaderMap,
    pub tenant: Arc<Tenant>,
    pub application: Arc<Application>,
    pub form: Parameters,
}

impl Call {
    /// Whether nothing is told of an address before it is proved.
    pub fn is_silent(&self) -> bool {
        self.application.native_authentication == NativeAuthentication::Silent
    }
}

/// What every answer wears.
pub struct Dress {
    traces: Traces,
    /// The application whose pages may read it, once it is known.
    page: Option<(Arc<Application>, HeaderMap)>,
}

impl Asked {
    pub async fn answered<F>(self, act: impl FnOnce(Call) -> F) -> Response
    where
        F: Future<Output = Result<Value, Trouble>>,
    {
        let mut dress = Dress::of(&self);
        let outcome = match self.call(&mut dress).await {
            Ok(call) => act(call).await,
            Err(trouble) => Err(trouble),
        };
        dress.told(outcome)
    }

    pub async fn call(self, dress: &mut Dress) -> Result<Call, Trouble> {
        let Asked { state, place, caller, headers, body } = self;
        let (tenant, form, client) = auth::who_calls(&state, &place, &headers, &body, &ONCE).await?;
        dress.page = Some((client.application.clone(), headers.clone()));
        may_use_this_face(&tenant, &client)?;
        Ok(Call { state, place, caller, headers, tenant, application: client.application, form })
    }
}

impl Dress {
    pub fn of(asked: &Asked) -> Self {
        let traces = Traces::new(&asked.state, &asked.caller, &asked.headers, &Parameters::of_query(None));
        Self { traces, page: None }
    }

    pub fn told(&self, outcome: Result<Value, Trouble>) -> Response {
        let response = match outcome {
            Ok(told) => (NO_STORE, Json(told)).into_response(),
            Err(trouble) => {
                let mut response = refuse::json_with(&trouble.error, &self.traces, trouble.more.clone());
                *response.status_mut() = trouble.status(response.status());
                response
            }
        };
        match &self.page {
            Some((application, headers)) => cors::allow_pages_of(application, headers, response),
            None => cors::allow_everybody(response),
        }
    }
}

/// Whoever administers signs in on our own pages. An application with a secret is a server, and people type nothing there.
fn may_use_this_face(tenant: &Tenant, client: &Client) -> Result<(), Trouble> {
    let application = &client.application;
    let is_off = application.native_authentication == NativeAuthentication::Off;
    let disabled = |why: &str| Err(Trouble::new("invalid_client", 500_222, why).suberror("nativeauthapi_disabled"));
    if is_off || is_home(&tenant.id) {
        return disabled("Native authentication is not enabled for the application.");
    }
    if application.is_confidential() {
        return disabled("Native authentication is for public clients: this application has a secret or a key.");
    }
    // Security R25: a page says by its Origin which one it is.
    client.befits(if client.origin.is_some() { Platform::SinglePage } else { Platform::Native })?;
    Ok(())
}
