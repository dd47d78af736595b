//! Every route of the house, read from the router's own source, so that a new one cannot be forgotten here.

use crate::harness::TestServer;

const ROUTER: &str = include_str!("../../../src/router.rs");

pub struct Route {
    /// With a real tenant, and names that are nobody's.
    pub path: String,
    pub pattern: &'static str,
    pub methods: Vec<&'static str>,
}

/// The routes of production. Development has its own, in the demo and the mailbox.
pub fn all(server: &TestServer) -> Vec<Route> {
    let routes: Vec<Route> = ROUTER
        .split(".route(")
        .skip(1)
        .map(|text| {
            let pattern = text.split('"').nth(1).unwrap();
            // A layer on a line of its own is of all routes above it.
            let handlers = text.split("\n        .layer(").next().unwrap().split("Router::new()").next().unwrap();
            let has = |method: &str| handlers.contains(&format!("{method}("));
            Route {
                path: pattern
                    .replace("{tenant}", server.tenant.as_str())
                    .replace("{flow}", "nobody")
                    .replace("{journey}", "nobody")
                    .replace("{grant}", "nobody")
                    .replace("{application}", "nobody")
                    .replace("{*name}", "nothing.css")
                    .replace("{hash}", "nobody")
                    .replace("{name}", "en.json")
                    .replace("{version}", "v1.0")
                    .replace("{*rest}", "nothing"),
                pattern,
                methods: ["get", "post", "put", "patch", "delete", "options"]
                    .into_iter()
                    .filter(|it| has(it))
                    .collect(),
            }
        })
        .collect();
    assert!(routes.len() >= 14, "the router is written in another way now");
    assert!(routes.iter().all(|route| !route.path.contains('{') && !route.methods.is_empty()));
    routes
}

/// Those that may change something.
pub fn mutating(server: &TestServer) -> Vec<Route> {
    all(server).into_iter().filter(|route| route.methods.iter().any(|it| !["get", "options"].contains(it))).collect()
}
