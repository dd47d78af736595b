//! FACE administrators: the management API in Microsoft Graph's shape. `routes` is the table of everything it answers;
//! a request passes `address` (which spelling), `caller` (who, in which tenant, and may they), then one resource's file.

mod address;
mod answer;
mod applications;
mod audit_logs;
mod b2x_user_flows;
mod batch;
mod body;
mod caller;
mod change;
pub mod design;
mod domains;
mod flow_shape;
mod identity_providers;
mod invitations;
mod judge;
mod media;
mod oauth2_permission_grants;
pub mod openapi;
mod organization;
mod permissions;
mod query;
mod refuse;
mod reports;
mod revisions;
mod roles;
mod routes;
mod simulate;
mod user_flow_attributes;
mod user_flows;
mod users;

use crate::{guard, possession::Held, state::AppState};
use address::{AsAsked, Version, canonical};
pub use answer::preflight;
use axum::{
    Router,
    extract::{Request, State},
    middleware::from_fn_with_state,
    response::Response,
};
pub use routes::{Needs, Route, declared};
use std::sync::Arc;
use tower::ServiceExt;

/// Everything behind `/graph/v1.0` and `/graph/beta`: both answer alike.
#[derive(Clone)]
pub struct Graph(Arc<Router>);

impl Graph {
    pub fn new(state: &AppState) -> Self {
        let behind_the_wall = AppState { db: state.db.walled(), ..state.clone() };
        let mut router = Router::new();
        for Route { path, needs, handler, .. } in declared() {
            router = router.route(&path, handler.layer(from_fn_with_state((state.clone(), needs), caller::admit)));
        }
        let router = router
            .fallback(refuse::not_found)
            .method_not_allowed_fallback(refuse::method_not_allowed)
            .layer(from_fn_with_state(state.clone(), refuse::dress))
            .with_state(behind_the_wall);
        Self(Arc::new(router))
    }
}

impl Graph {
    /// Hands the request on under the one spelling that the table knows.
    async fn pass(&self, request: Request) -> Response {
        let version = Version::of(request.uri());
        let asked = AsAsked(request.uri().path().into());
        let (mut parts, body) = request.into_parts();
        parts.uri = canonical(&parts.uri);
        // A new request: what the outer router read from the address is not the inner one's.
        let (caller, held) = (parts.extensions.remove::<guard::Caller>(), parts.extensions.remove::<Held>());
        parts.extensions.clear();
        parts.extensions.insert(version);
        parts.extensions.insert(asked);
        // For those that hold several requests in one.
        parts.extensions.insert(self.clone());
        if let Some(caller) = caller {
            parts.extensions.insert(caller);
        }
        if let Some(held) = held {
            parts.extensions.insert(held);
        }
        match Router::clone(&self.0).oneshot(Request::from_parts(parts, body)).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

pub async fn answer(State(graph): State<Graph>, request: Request) -> Response {
    graph.pass(request).await
}
