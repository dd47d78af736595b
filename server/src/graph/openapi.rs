//! `/openapi.json`: what this API answers, written from the table that the router is made of.

mod options;
mod resources;

use super::routes::{Needs, declared};
use crate::state::AppState;
use axum::{
    Json,
    extract::State,
    http::Method,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

pub async fn document(State(state): State<AppState>) -> Response {
    Json(written(&state.config.public_url.graph())).into_response()
}

/// OpenAPI 3.1.
pub fn written(graph: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas = resources::schemas();
    schemas.insert("Problem".into(), problem());
    for route in declared() {
        let operation = operation(&route.method, &route.path, route.needs, route.says);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = path {
            methods.insert(route.method.as_str().to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Portico management API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Users, applications, user flows and what stands around them, in the shape of Microsoft Graph.",
        },
        "servers": [{ "url": format!("{graph}/v1.0") }, { "url": format!("{graph}/beta") }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "responses": {
                "Problem": {
                    "description": "What is wrong, and what to do",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
                }
            },
            "schemas": schemas,
        },
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": { "code": { "type": "string" }, "message": { "type": "string" } },
            }
        },
    })
}

/// What is answered where it is one of the main resources, or a list of them.
fn answered(method: &Method, path: &str) -> Option<Value> {
    let (name, is_list) = resources::at(path)?;
    match *method {
        Method::GET if is_list => Some(resources::list_of(name)),
        Method::GET | Method::POST => Some(resources::reference(name)),
        _ => None,
    }
}

fn operation(method: &Method, path: &str, needs: Needs, says: &str) -> Value {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let options = match *method {
        Method::GET => options::of(path),
        Method::POST if path == "/import" => Some(options::of_import()),
        _ => None,
    };
    parameters.extend(options.unwrap_or_default().parameters());
    let mut operation = json!({
        "summary": says,
        "parameters": parameters,
        "responses": {
            "2XX": { "description": "Done" },
            "4XX": { "$ref": "#/components/responses/Problem" },
        },
    });
    if let Some(schema) = answered(method, path) {
        operation["responses"]["2XX"]["content"] = json!({ "application/json": { "schema": schema } });
    }
    match needs {
        Needs::Nobody => {}
        Needs::SignedIn => operation["security"] = json!([{ "token": [] }]),
        Needs::One(permission) => {
            operation["security"] = json!([{ "token": [permission.word()] }]);
            operation["x-permission"] = permission.word().into();
        }
    }
    if [Method::POST, Method::PATCH, Method::PUT].contains(method) {
        let schema =
            resources::at(path).map_or_else(|| json!({ "type": "object" }), |(name, _)| resources::reference(name));
        operation["requestBody"] = json!({ "content": { "application/json": { "schema": schema } } });
    }
    operation
}
