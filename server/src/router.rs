//! Every URL of the house, grouped by who calls it.

use crate::{
    assets, demo, error::Result, guard::only_from_our_pages, health, hosted, mailbox, problem, state::AppState,
};
use axum::{Router, middleware::from_fn_with_state, routing::get};

pub fn router(state: AppState) -> Result<Router> {
    let mut routes = people(&state).merge(machines());
    if state.config.is_development() {
        routes = routes.merge(development(&state)?);
    }
    let dressed = from_fn_with_state(state.clone(), problem::dress);
    Ok(routes.fallback(problem::not_found).layer(dressed).with_state(state))
}

/// Pages. Their forms come back from our own pages only.
fn people(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/{tenant}/journeys/{journey}", get(hosted::page).post(hosted::answer))
        .layer(from_fn_with_state(state.config.public_url.clone(), only_from_our_pages))
}

/// What pages are made of, and what keeps watch over servers.
fn machines() -> Router<AppState> {
    Router::new()
        .route("/assets/{*name}", get(assets::asset))
        .route("/favicon.ico", get(assets::public))
        .route("/favicon.svg", get(assets::public))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
}

/// On a developer's own machine only.
fn development(state: &AppState) -> Result<Router<AppState>> {
    let demo = demo::routes(state.config.public_url.origin(), state.http()?, state.clock.clone(), state.chance.clone());
    Ok(demo.merge(mailbox::routes()))
}
