//! What every request passes first: limits, whose address it is, a trace, and the headers that every answer wears.

mod address;
mod arrivals;
mod bodies;
mod headers;
mod hosts;
mod origin;
#[cfg(test)]
mod tests;

use crate::{clock::Chance, config::Config};
pub use address::{client_address, network_of};
pub use arrivals::Arrivals;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use bodies::{Bodies, Room};
use futures::FutureExt;
pub use headers::{IsPopup, MayBeFramed, PagePolicy};
pub use hosts::{Hosts, only_of_tenant};
pub use origin::{only_from_our_pages, same_origin};
use serde_json::json;
use std::{
    net::IpAddr,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::timeout;
use tower::ServiceExt;
use tracing::Instrument;

/// Security R44. What one request may weigh, and how long it may take.
pub const URI_BYTES: usize = 8 * 1024;
const HEADERS: usize = 64;
pub const HEADER_BYTES: usize = 16 * 1024;
const HANDLER_TIME: Duration = Duration::from_secs(30);

/// A balancer asks these by address, not by name.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];

/// The router, and what stands before it.
pub struct Guard {
    config: Arc<Config>,
    chance: Chance,
    router: Router,
    /// The names that tenants have of their own.
    hosts: Option<Hosts>,
    bodies: Bodies,
}

/// What passed the rules.
struct Admitted {
    router: Router,
    request: Request<Body>,
    /// Of its body.
    room: Option<Room>,
}

/// Who is asking. Every handler can take it as an argument.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Under which the log knows this request; told to the person when something fails.
    pub trace: String,
    pub address: IpAddr,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // The guard puts it there; a router without its guard is a fault of ours.
        parts.extensions.get::<Caller>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// How often a request stopped by a panic since the start. Each one is a bug (security R45).
static PANICS: AtomicU64 = AtomicU64::new(0);

pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

impl Guard {
    pub fn new(config: Arc<Config>, chance: Chance, router: Router) -> Self {
        Self { config, chance, router, hosts: None, bodies: Bodies::default() }
    }

    pub fn with_hosts(self, hosts: Hosts) -> Self {
        Self { hosts: Some(hosts), ..self }
    }

    /// From the first byte of a request to the last header of its answer.
    pub async fn answer<B>(&self, peer: IpAddr, request: Request<B>) -> Response
    where
        B: axum::body::HttpBody<Data = Bytes> + Send + 'static,
    {
        let trace = self.chance.id();
        let span = tracing::info_span!("request", trace, method = %request.method(), path = request.uri().path());
        let address = client_address(peer, request.headers(), &self.config.trusted_proxies);
        let is_management = request.uri().path().starts_with("/graph/");
        let caller = Caller { trace: trace.clone(), address };
        let is_our_name = self.config.public_url.is_named_by(name_in(request.uri(), request.headers()));
        let mut response = match self.admit(network_of(address), request).instrument(span.clone()).await {
            Ok(admitted) => self.handle(caller, admitted).instrument(span).await,
            Err(refused) if is_management => refused.for_scripts(&trace),
            Err(refused) => refused.into_response(),
        };
        // A browser would keep the promise for everything that ever runs on this machine.
        let https_for_ever = self.config.public_url.is_https() && !self.config.is_development();
        headers::dress(&mut response, https_for_ever.then_some(is_our_name));
        // Entra's name for it, which its clients put into their own logs.
        if let Ok(trace) = HeaderValue::try_from(trace) {
            response.headers_mut().insert("x-ms-request-id", trace);
        }
        response
    }

    /// The rules in their order, the cheapest first. What passes has its whole body with it.
    async fn admit<B>(&self, network: IpAddr, request: Request<B>) -> Result<Admitted, Refused>
    where
        B: axum::body::HttpBody<Data = Bytes> + Send + 'static,
    {
        let (parts, body) = request.into_parts();
        short_address(&parts.uri)?;
        few_headers(&parts.headers)?;
        let router = match HEALTH.contains(&parts.uri.path()) {
            true => self.router.clone(),
            false => self.meant_for_us(&parts).await?,
        };
        if body.is_end_stream() {
            return Ok(Admitted { router, request: Request::from_parts(parts, Body::empty()), room: None });
        }
        let arrived = self.bodies.whole(network, &parts, body).await?;
        let request = Request::from_parts(parts, Body::from(arrived.bytes));
        Ok(Admitted { router, request, room: Some(arrived.room) })
    }

    /// Security R10: a name that isn't ours is answered by nobody here. A tenant's own is, about that tenant.
    async fn meant_for_us(&self, parts: &Parts) -> Result<Router, Refused> {
        let (named, url) = (name_in(&parts.uri, &parts.headers), &self.config.public_url);
        if url.is_written(named) {
            return Ok(self.router.clone());
        }
        let of_tenant = match &self.hosts {
            Some(hosts) => hosts.router(named).await.map_err(|error| {
                tracing::error!(%error, "whose name a request says could not be found out");
                Refused(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "This is not possible right now. Please try again in a moment.",
                )
            })?,
            None => None,
        };
        let ours = of_tenant.or_else(|| url.is_named_by(named).then(|| self.router.clone()));
        ours.ok_or(Refused(StatusCode::MISDIRECTED_REQUEST, "This address is not served here."))
    }

    async fn handle(&self, caller: Caller, admitted: Admitted) -> Response {
        let Admitted { router, mut request, room: _until_answered } = admitted;
        request.extensions_mut().insert(caller);
        let handled = AssertUnwindSafe(router.oneshot(request)).catch_unwind();
        match timeout(HANDLER_TIME, handled).await {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_panic)) => {
                // What it said was logged where it happened (log.rs).
                let panics = PANICS.fetch_add(1, Ordering::Relaxed) + 1;
                tracing::error!(panics, "a request stopped by a panic");
                Refused(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something failed on our side. It was noted; please try again.",
                )
                .into_response()
            }
            Err(_elapsed) => {
                tracing::error!("a request took longer than {HANDLER_TIME:?} and was given up");
                Refused(StatusCode::SERVICE_UNAVAILABLE, "This is taking too long. Please try again in a moment.")
                    .into_response()
            }
        }
    }
}

/// HTTP/2 and absolute targets carry the name in the URI, others in exactly one Host (RFC 9112 §3.2).
fn name_in<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> &'a str {
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = match (uri.authority(), hosts.next(), hosts.next()) {
        (Some(authority), None, _) => Some(authority.as_str()),
        (Some(authority), Some(host), None) if host.as_bytes() == authority.as_str().as_bytes() => {
            Some(authority.as_str())
        }
        (None, Some(host), None) => host.to_str().ok(),
        _ => None,
    };
    named.unwrap_or_default()
}

/// What is answered before any handler could: a sentence, no page.
struct Refused(StatusCode, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.with(self.1)
    }
}

impl Refused {
    /// Whoever comes at a bad moment is told when to come again.
    fn with(&self, told: impl IntoResponse) -> Response {
        let again = (self.0 == StatusCode::SERVICE_UNAVAILABLE).then_some([(header::RETRY_AFTER, "1")]);
        (self.0, again, told).into_response()
    }

    /// In the words of the management API, whose clients read no others.
    fn for_scripts(self, trace: &str) -> Response {
        let Refused(status, message) = self;
        let code = match status {
            StatusCode::SERVICE_UNAVAILABLE => "serviceNotAvailable",
            StatusCode::PAYLOAD_TOO_LARGE => "Request_EntityTooLarge",
            StatusCode::REQUEST_TIMEOUT => "timeout",
            _ => "Request_BadRequest",
        };
        let told = json!({ "code": code, "message": message, "innerError": { "request-id": trace } });
        self.with(Json(json!({ "error": told })))
    }
}

fn short_address(uri: &Uri) -> Result<(), Refused> {
    let length = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    (length <= URI_BYTES).then_some(()).ok_or(Refused(StatusCode::URI_TOO_LONG, "The address is too long."))
}

fn few_headers(headers: &HeaderMap) -> Result<(), Refused> {
    // As HTTP/1 writes them: name, colon, space, value, line end.
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let few = headers.len() <= HEADERS && bytes <= HEADER_BYTES;
    few.then_some(()).ok_or(Refused(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The request has too many headers."))
}
