//! `/$batch`: up to twenty requests in one, each answered as if it had come alone.

use super::{Graph, address::Version, body, caller::Caller};
use crate::{
    error::{Error, Flaw, Result},
    guard,
};
use axum::{
    Extension, Json,
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const MOST: usize = 20;
/// What a step may say of its own. Who calls, and about which tenant, is said once for all.
const OF_A_STEP: [&str; 7] =
    ["accept", "accept-language", "client-request-id", "consistencylevel", "content-type", "if-match", "prefer"];
const OF_ALL: [HeaderName; 3] =
    [header::AUTHORIZATION, HeaderName::from_static("portico-tenant"), HeaderName::from_static("client-request-id")];

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Batch {
    requests: Vec<Step>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Step {
    id: String,
    method: String,
    /// Behind `/graph/v1.0`.
    url: String,
    headers: Map<String, Value>,
    body: Option<Value>,
    depends_on: Vec<String>,
}

#[derive(Serialize)]
struct Done {
    id: String,
    status: u16,
    headers: Map<String, Value>,
    #[serde(skip_serializing_if = "Value::is_null")]
    body: Value,
}

/// One after the other, in the order in which they were sent: a batch is no transaction, and each step has its own answer.
pub async fn run(
    Extension(graph): Extension<Graph>,
    Extension(version): Extension<Version>,
    Extension(from): Extension<guard::Caller>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let steps = read(&body)?;
    let mut done: Vec<Done> = Vec::with_capacity(steps.len());
    for step in &steps {
        let failed = done.iter().any(|before| before.status >= 400 && step.depends_on.contains(&before.id));
        done.push(match failed {
            true => fault(step, StatusCode::FAILED_DEPENDENCY, "A request that this one depends on has failed."),
            false => match request(step, version, &headers) {
                Ok(mut request) => {
                    request.extensions_mut().insert(from.clone());
                    // One proof for all of it: the steps have no calls of their own.
                    if let Some(held) = &caller.held {
                        request.extensions_mut().insert(held.clone());
                    }
                    answered(step, graph.pass(request).await).await?
                }
                Err(why) => fault(step, StatusCode::BAD_REQUEST, &why),
            },
        });
    }
    Ok(Json(json!({ "responses": done })).into_response())
}

fn read(body: &[u8]) -> Result<Vec<Step>> {
    // The bodies of steps are judged where they arrive.
    body::bounded(body)?;
    let batch: Batch = serde_json::from_slice(body)
        .map_err(|fault| Error::BadRequest(format!("The batch cannot be read: {fault}.")))?;
    let steps = batch.requests;
    if steps.is_empty() || steps.len() > MOST {
        return Err(Flaw::new("requests", format!("A batch has 1 to {MOST} requests.")).into());
    }
    for (at, step) in steps.iter().enumerate() {
        let before = &steps[..at];
        if step.id.is_empty() || before.iter().any(|known| known.id == step.id) {
            return Err(Flaw::new(format!("requests/{at}/id"), "Every request of a batch has an id of its own.").into());
        }
        if let Some(stranger) = step.depends_on.iter().find(|id| !before.iter().any(|known| known.id == **id)) {
            let why = format!("A request depends on requests before it; '{stranger}' is none.");
            return Err(Flaw::new(format!("requests/{at}/dependsOn"), why).into());
        }
    }
    Ok(steps)
}

fn request(step: &Step, version: Version, headers: &HeaderMap) -> Result<Request<Body>, String> {
    let method = Method::try_from(step.method.to_uppercase().as_str())
        .map_err(|_| format!("'{}' is no method.", step.method))?;
    let path = step.url.trim_start_matches('/');
    if path.contains("$batch") || path.to_ascii_lowercase().contains("%24batch") {
        return Err("A batch inside a batch is not answered.".into());
    }
    let mut request = Request::builder().method(method).uri(format!("/graph/{}/{path}", version.0));
    for name in OF_ALL {
        for value in headers.get_all(&name) {
            request = request.header(&name, value);
        }
    }
    for (name, value) in &step.headers {
        let (name, value) = (name.to_ascii_lowercase(), value.as_str().unwrap_or_default());
        if OF_A_STEP.contains(&name.as_str()) {
            let value = HeaderValue::try_from(value).map_err(|_| format!("The header {name} cannot be read."))?;
            request = request.header(name, value);
        }
    }
    let body = match &step.body {
        None | Some(Value::Null) => Body::empty(),
        Some(Value::String(text)) => match STANDARD.decode(text) {
            Ok(bytes) => Body::from(bytes),
            Err(_) => return Err("A body is JSON, or base64 of what it is.".into()),
        },
        Some(json) => {
            if !step.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
                request = request.header(header::CONTENT_TYPE, "application/json");
            }
            Body::from(json.to_string())
        }
    };
    request.body(body).map_err(|_| format!("The address '{}' cannot be read.", step.url))
}

async fn answered(step: &Step, response: Response) -> Result<Done> {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(|fault| Error::Internal(fault.to_string()))?.to_bytes();
    let headers =
        parts.headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())));
    let is_json =
        parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let body = match (bytes.is_empty(), is_json) {
        (true, _) => Value::Null,
        (false, true) => serde_json::from_slice(&bytes)?,
        (false, false) => STANDARD.encode(&bytes).into(),
    };
    Ok(Done { id: step.id.clone(), status: parts.status.as_u16(), headers: headers.collect(), body })
}

fn fault(step: &Step, status: StatusCode, why: &str) -> Done {
    let code = if status == StatusCode::FAILED_DEPENDENCY { "FailedDependency" } else { "Request_BadRequest" };
    let body = json!({ "error": { "code": code, "message": why } });
    Done { id: step.id.clone(), status: status.as_u16(), headers: Map::new(), body }
}
