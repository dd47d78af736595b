//! Everything the management API answers: method, address, the permission it needs, and what it does. The router, the
//! OpenAPI document and the tests of roles and tenants are made of this one table.

use super::user_flow_attributes;
use crate::state::AppState;
use app::contract::permission::Permission::{self, *};
use axum::{
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on},
};

/// One method at one address.
pub struct Route {
    pub method: Method,
    /// Behind `/graph/v1.0`, without type casts.
    pub path: &'static str,
    pub needs: Needs,
    /// A line for the OpenAPI document.
    pub says: &'static str,
    pub handler: MethodRouter<AppState>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Open to everybody.
    Nobody,
    /// Somebody with a good token; the handler shows each only their own.
    SignedIn,
    One(Permission),
}

pub fn declared() -> Vec<Route> {
    vec![read(
        FlowRead,
        "/identity/userFlowAttributes",
        "Lists what can be asked of people",
        user_flow_attributes::list,
    )]
}

fn read<H: Handler<T, AppState>, T: 'static>(
    needs: Permission,
    path: &'static str,
    says: &'static str,
    handler: H,
) -> Route {
    route(Method::GET, Needs::One(needs), path, says, handler)
}

fn route<H: Handler<T, AppState>, T: 'static>(
    method: Method,
    needs: Needs,
    path: &'static str,
    says: &'static str,
    handler: H,
) -> Route {
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::PATCH => MethodFilter::PATCH,
        Method::PUT => MethodFilter::PUT,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    Route { method, path, needs, says, handler: on(filter, handler) }
}
