//! What is common to all answers: OData's envelopes, entity tags, and the headers that clients put into their logs.

use super::{
    address::Version,
    caller::Caller,
    query::{
        listed,
        options::Options,
        page::{List, Page, selected},
    },
};
use crate::{
    error::{Error, Result},
    guard,
    state::AppState,
};
use app::contract::resource::collection::Collection;
use axum::{
    Json,
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;

/// How a request wants to be answered. Every handler can take it as an argument.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// `https://login.example.org/graph/v1.0`
    pub root: String,
    prefer: Prefer,
    /// RFC 9110 §13.1.1: the change is wanted only while the entity has this tag.
    if_match: Option<String>,
    /// What a request that only reads asks for.
    query: Option<String>,
}

/// RFC 7240 §4.2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Prefer {
    Usual,
    Minimal,
    Representation,
}

impl FromRequestParts<AppState> for Wishes {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let version = parts.extensions.get::<Version>().map_or("v1.0", |version| version.0);
        let prefers = |word: &str| {
            let told = parts.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
            told.flat_map(|told| told.split(',')).any(|wish| wish.trim().eq_ignore_ascii_case(word))
        };
        let prefer = match () {
            () if prefers("return=representation") => Prefer::Representation,
            () if prefers("return=minimal") => Prefer::Minimal,
            () => Prefer::Usual,
        };
        let if_match = parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self {
            root: format!("{}/{version}", state.config.public_url.graph()),
            prefer,
            if_match: if_match.filter(|tag| *tag != "*").map(str::to_owned),
            query: parts.uri.query().filter(|_| [Method::GET, Method::HEAD].contains(&parts.method)).map(str::to_owned),
        })
    }
}

impl Wishes {
    /// 412 where the entity is no longer the one that the request speaks of.
    pub fn still(&self, etag: &str) -> Result<()> {
        match &self.if_match {
            Some(wanted) if !wanted.split(',').any(|tag| tag.trim() == etag) => Err(Error::Changed),
            _ => Ok(()),
        }
    }

    fn context(&self, of: &str) -> String {
        format!("{}/$metadata#{of}", self.root)
    }

    /// The collection of the caller's tenant, for whoever shows it page by page.
    pub fn list<'a>(&'a self, state: &'a AppState, caller: &'a Caller, of: &'a str) -> List<'a> {
        List { seal: &state.seal, tenant: &caller.tenant.id, of, root: &self.root }
    }

    /// One entity, or what `$select` names of it. `of` is the collection: `identity/userFlowAttributes`.
    pub fn entity(&self, of: &str, entity: &impl Serialize) -> Result<Response> {
        self.expanded(of, entity, &[])
    }

    /// The same where these may be asked to be expanded, which they always are.
    pub fn expanded(&self, of: &str, entity: &impl Serialize, expandable: &[&str]) -> Result<Response> {
        let options = Options::read(self.query.as_deref())?;
        options.only(&["select", "expand"])?;
        options.expands_only(expandable)?;
        self.as_it_is(of, &selected(serde_json::to_value(entity)?, &options.select))
    }

    /// What `$select` names.
    pub fn selects(&self) -> Result<Vec<String>> {
        Ok(Options::read(self.query.as_deref())?.select)
    }

    /// Refuses every option: what is answered is answered whole.
    pub fn asks_no_option(&self) -> Result<()> {
        Options::read(self.query.as_deref())?.only(&[])
    }

    /// All of it, for whoever is asked in words that are not Graph's.
    pub fn as_it_is(&self, of: &str, entity: &impl Serialize) -> Result<Response> {
        let (body, etag) = self.with_context(of, entity)?;
        let mut response = Json(body).into_response();
        put_etag(&mut response, etag.as_deref());
        Ok(response)
    }

    /// 201 with `Location`, and the entity unless it is not wanted (RFC 7240 §4.2).
    pub fn created(&self, of: &str, id: &str, entity: &impl Serialize) -> Result<Response> {
        let (body, etag) = self.with_context(of, entity)?;
        let mut response = match self.prefer {
            Prefer::Minimal => StatusCode::NO_CONTENT.into_response(),
            Prefer::Usual | Prefer::Representation => (StatusCode::CREATED, Json(body)).into_response(),
        };
        let location = format!("{}/{of}/{}", self.root, encoded(id));
        let location = HeaderValue::try_from(location).map_err(|_| Error::Internal(format!("no address for {id}")))?;
        response.headers_mut().insert(header::LOCATION, location);
        put_etag(&mut response, etag.as_deref());
        Ok(response)
    }

    /// 204, or the entity as it is now where it is wanted.
    pub fn changed(&self, of: &str, entity: &impl Serialize) -> Result<Response> {
        match self.prefer {
            Prefer::Representation => self.entity(of, entity),
            Prefer::Usual | Prefer::Minimal => {
                let (_, etag) = self.with_context(of, entity)?;
                let mut response = StatusCode::NO_CONTENT.into_response();
                put_etag(&mut response, etag.as_deref());
                Ok(response)
            }
        }
    }

    /// A list that is short enough to be looked through as it is shown. `fields` may be filtered and ordered by.
    pub fn listed(
        &self,
        state: &AppState,
        caller: &Caller,
        of: &str,
        fields: &[&str],
        items: Vec<Value>,
    ) -> Result<Response> {
        let options = Options::read(self.query.as_deref())?;
        options.expands_only(&[])?;
        Ok(self.collection(of, listed::page(self.list(state, caller, of), &options, fields, items)?))
    }

    pub fn collection(&self, of: &str, page: Page) -> Response {
        let Page { value, count, next } = page;
        Json(Collection { context: self.context(of), count, next, value }).into_response()
    }

    fn with_context(&self, of: &str, entity: &impl Serialize) -> Result<(Value, Option<String>)> {
        let mut body = serde_json::to_value(entity)?;
        let etag = body.get("@odata.etag").and_then(Value::as_str).map(str::to_owned);
        if let Value::Object(members) = &mut body {
            members.insert("@odata.context".into(), self.context(&format!("{of}/$entity")).into());
        }
        Ok((body, etag))
    }
}

pub fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// `W/"…"`: weak, for two texts of one revision may differ in their order (RFC 9110 §8.8.1).
pub fn etag(revision: impl std::fmt::Display) -> String {
    format!("W/\"{revision}\"")
}

fn put_etag(response: &mut Response, etag: Option<&str>) {
    if let Some(etag) = etag.and_then(|etag| HeaderValue::try_from(etag).ok()) {
        response.headers_mut().insert(header::ETAG, etag);
    }
}

fn encoded(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%5F", "_")
}

/// Under which the log of both sides knows the request.
pub struct Traces {
    pub request: String,
    pub client: String,
    wants_client: bool,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

impl Traces {
    pub fn of(request: &Request) -> Self {
        let caller = request.extensions().get::<guard::Caller>();
        let trace = caller.map(|caller| caller.trace.clone()).unwrap_or_default();
        let named = correlation(request.headers());
        Self { client: named.clone().unwrap_or_else(|| trace.clone()), wants_client: named.is_some(), request: trace }
    }

    pub fn sign(&self, headers: &mut HeaderMap) {
        for (name, value) in
            [(REQUEST_ID, Some(&self.request)), (CLIENT_REQUEST_ID, self.wants_client.then_some(&self.client))]
        {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(name, value);
            }
        }
    }
}

/// The client's own word for the request, if it is a UUID: it goes into logs and into the audit.
pub fn correlation(headers: &HeaderMap) -> Option<String> {
    let named = headers.get(CLIENT_REQUEST_ID)?.to_str().ok()?;
    uuid::Uuid::try_parse(named).ok().map(|id| id.to_string())
}

/// The question before a request from a page elsewhere. Nothing here is opened by a cookie, so any page may ask: what it
/// gets depends on the token that it has.
pub async fn preflight() -> Response {
    [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PATCH, PUT, DELETE")),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(
                "authorization, content-type, client-request-id, consistencylevel, dpop, if-match, portico-tenant, \
                 prefer, sdkversion",
            ),
        ),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600")),
    ]
    .into_response()
}
