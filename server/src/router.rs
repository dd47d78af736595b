//! Every URL of the house, grouped by who calls it.

use crate::{
    assets,
    client::{
        cors::{self, preflight},
        error_number, refuse,
    },
    demo,
    error::Result,
    graph::{self, Graph},
    guard::{only_from_our_pages, only_of_tenant},
    health, hosted, mailbox, native, oidc, pictures, portal, problem, sentences,
    state::AppState,
    widget,
};
use app::contract::id::TenantId;
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};

pub fn router(state: AppState) -> Result<Router> {
    let mut routes = tenants(&state).merge(administrators(&state)).merge(management(&state)).merge(machines());
    if state.config.is_development() {
        routes = routes.merge(development(&state)?);
    }
    let dressed = from_fn_with_state(state.clone(), problem::dress);
    Ok(routes.fallback(problem::not_found).layer(dressed).with_state(state))
}

/// What is there under a host name of a tenant's own: that tenant, and what its pages are made of. The portal and the
/// management API have one address for all tenants, and so has everything of development.
pub fn router_of_tenant(state: AppState, tenant: TenantId) -> Router {
    let own = from_fn_with_state((state.clone(), tenant), only_of_tenant);
    let told = from_fn_with_state(state.clone(), refuse::dress);
    let called = called(&state).layer(own.clone()).layer(told);
    let published = published().layer(own.clone()).layer(from_fn(cors::everybody));
    let routes = visited(&state).layer(own).merge(called).merge(published).merge(machines());
    let dressed = from_fn_with_state(state.clone(), problem::dress);
    routes.fallback(problem::not_found).layer(dressed).with_state(state)
}

/// Everything that is of one tenant, whose word is in the path.
fn tenants(state: &AppState) -> Router<AppState> {
    visited(state).merge(called(state)).merge(published().layer(from_fn(cors::everybody)))
}

/// Where people come.
fn visited(state: &AppState) -> Router<AppState> {
    people(state)
        .merge(applications())
        .merge(applications_at_flows())
        .nest("/tfp", applications_at_flows())
        .merge(pages_elsewhere())
        .merge(own_words())
}

/// What everybody may know of a tenant.
fn published() -> Router<AppState> {
    discovery().merge(discovery_at_flows()).nest("/tfp", discovery_at_flows())
}

/// What applications call themselves, whose answers are never a page (what clients need, 16).
fn called(state: &AppState) -> Router<AppState> {
    let called = calls(state).merge(calls_at_flows()).nest("/tfp", calls_at_flows()).merge(screens_of_applications());
    called.method_not_allowed_fallback(refuse::wrong_verb)
}

/// Pages. Their forms come back from our own pages only.
fn people(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/{tenant}/journeys/{journey}", get(hosted::page).post(hosted::answer))
        .route("/{tenant}/journeys/{journey}/live", get(hosted::live))
        .layer(from_fn_with_state(state.config.public_url.clone(), only_from_our_pages))
}

/// The portal's front door. What it does it does over the management API.
fn administrators(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/admin", get(portal::slash))
        .route("/admin/", get(portal::document))
        .route("/admin/invitation", get(portal::invitation::page).post(portal::invitation::accept))
        .route("/admin/setup", get(portal::set_up::page).post(portal::set_up::make))
        .route("/admin/enrol", get(portal::enrol::page).post(portal::enrol::confirm))
        .route("/admin/{*name}", get(portal::document))
        .layer(from_fn_with_state(state.config.public_url.clone(), only_from_our_pages))
}

/// The management API: its own table of addresses is `graph/routes.rs`. Opened by a bearer token, never by a cookie.
fn management(state: &AppState) -> Router<AppState> {
    Router::new()
        .route(
            "/graph/{version}/{*rest}",
            get(graph::answer)
                .post(graph::answer)
                .patch(graph::answer)
                .put(graph::answer)
                .delete(graph::answer)
                .options(graph::preflight),
        )
        .with_state(Graph::new(state))
}

/// What applications learn by themselves. Pages do, too, and libraries of theirs ask with headers of their own.
fn discovery() -> Router<AppState> {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(oidc::discovery::get).options(preflight))
        .route("/.well-known/oauth-authorization-server/{tenant}/v2.0", get(oidc::discovery::get).options(preflight))
        .route("/{tenant}/discovery/v2.0/keys", get(oidc::discovery::keys).options(preflight))
}

fn discovery_at_flows() -> Router<AppState> {
    Router::new()
        .route("/{tenant}/{flow}/v2.0/.well-known/openid-configuration", get(oidc::discovery::get).options(preflight))
        .route("/{tenant}/{flow}/discovery/v2.0/keys", get(oidc::discovery::keys).options(preflight))
}

/// OpenID Connect. None of these is opened by a cookie alone, so forms may come from anywhere.
/// The two pages among them, `logout` and `deviceauth`, ask themselves whether a form is ours.
fn applications() -> Router<AppState> {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/authorize", get(oidc::authorize::get).post(oidc::authorize::post))
        .route("/{tenant}/oauth2/resume/{grant}", get(oidc::resume::get))
        .route("/{tenant}/oauth2/v2.0/logout", get(oidc::logout::get).post(oidc::logout::post))
        .route("/{tenant}/oauth2/v2.0/checksession", get(oidc::check_session::get))
        .route("/{tenant}/oauth2/deviceauth", get(oidc::device::page::get).post(oidc::device::page::post))
}

/// The calls among them. Most are of pages too, on whatever origin an application is.
fn calls(state: &AppState) -> Router<AppState> {
    // Whoever proves themselves on an application's own screens does so here.
    let native = from_fn_with_state(state.clone(), native::token::layer);
    Router::new()
        .route("/{tenant}/oauth2/v2.0/devicecode", post(oidc::device::post))
        .route("/{tenant}/oauth2/v2.0/par", post(oidc::par::post).options(preflight))
        .route("/{tenant}/oauth2/v2.0/revoke", post(oidc::revoke::post).options(preflight))
        .route("/{tenant}/oauth2/v2.0/introspect-token", post(oidc::introspect::post))
        .route("/{tenant}/oauth2/v2.0/token", post(oidc::token::post).layer(native).options(preflight))
        .route(
            "/{tenant}/openid/v2.0/userinfo",
            get(oidc::userinfo::answer).post(oidc::userinfo::answer).options(preflight),
        )
        .route("/{tenant}/oidc/userinfo", get(oidc::userinfo::answer).post(oidc::userinfo::answer).options(preflight))
}

/// The same where the path names a user flow, as Azure AD B2C's addresses do. (At those above its query may: `?p=`.)
fn applications_at_flows() -> Router<AppState> {
    Router::new()
        .route("/{tenant}/{flow}/oauth2/v2.0/authorize", get(oidc::authorize::get).post(oidc::authorize::post))
        .route("/{tenant}/{flow}/oauth2/v2.0/logout", get(oidc::logout::get).post(oidc::logout::post))
        .route("/{tenant}/{flow}/oauth2/v2.0/checksession", get(oidc::check_session::get))
}

fn calls_at_flows() -> Router<AppState> {
    Router::new()
        .route("/{tenant}/{flow}/oauth2/v2.0/par", post(oidc::par::post).options(preflight))
        .route("/{tenant}/{flow}/oauth2/v2.0/revoke", post(oidc::revoke::post).options(preflight))
        .route("/{tenant}/{flow}/oauth2/v2.0/introspect-token", post(oidc::introspect::post))
        .route("/{tenant}/{flow}/oauth2/v2.0/token", post(oidc::token::post).options(preflight))
        .route(
            "/{tenant}/{flow}/openid/v2.0/userinfo",
            get(oidc::userinfo::answer).post(oidc::userinfo::answer).options(preflight),
        )
}

/// Pages of applications that show the widget. They say by Origin which they are, and no cookie opens anything.
fn pages_elsewhere() -> Router<AppState> {
    Router::new()
        .route("/{tenant}/widget/{application}", post(widget::begin))
        .route("/{tenant}/widget/{application}/{journey}", post(widget::answer))
        .route("/{tenant}/widget/{application}/{journey}/live", post(widget::live))
}

/// Entra's native authentication API: applications ask people on screens of their own. Opened by a continuation token, which
/// begins with an application that an administrator allowed it.
fn screens_of_applications() -> Router<AppState> {
    Router::new()
        .route("/{tenant}/signup/v1.0/start", post(native::sign_up::start).options(preflight))
        .route("/{tenant}/signup/v1.0/challenge", post(native::sign_up::challenge).options(preflight))
        .route("/{tenant}/signup/v1.0/continue", post(native::sign_up::resume).options(preflight))
        .route("/{tenant}/oauth2/v2.0/initiate", post(native::sign_in::initiate).options(preflight))
        .route("/{tenant}/oauth2/v2.0/challenge", post(native::sign_in::challenge).options(preflight))
        .route("/{tenant}/oauth2/v2.0/introspect", post(native::sign_in::introspect).options(preflight))
        .route("/{tenant}/register/v1.0/introspect", post(native::register::introspect).options(preflight))
        .route("/{tenant}/register/v1.0/challenge", post(native::register::challenge).options(preflight))
        .route("/{tenant}/register/v1.0/continue", post(native::register::resume).options(preflight))
        .route("/{tenant}/resetpassword/v1.0/start", post(native::reset_password::start).options(preflight))
        .route("/{tenant}/resetpassword/v1.0/challenge", post(native::reset_password::challenge).options(preflight))
        .route("/{tenant}/resetpassword/v1.0/continue", post(native::reset_password::resume).options(preflight))
        .route("/{tenant}/resetpassword/v1.0/submit", post(native::reset_password::submit).options(preflight))
        .route(
            "/{tenant}/resetpassword/v1.0/poll_completion",
            post(native::reset_password::poll_completion).options(preflight),
        )
}

/// What pages and widgets say in a tenant's own words.
fn own_words() -> Router<AppState> {
    Router::new().route("/sentences/{tenant}/{name}", get(sentences::get))
}

/// What pages are made of, what keeps watch over servers, and what errors mean.
fn machines() -> Router<AppState> {
    Router::new()
        .route("/assets/{*name}", get(assets::asset))
        .route("/pictures/{hash}", get(pictures::picture))
        .route("/widget.js", get(assets::public))
        .route("/widget/{name}", get(assets::loader))
        .route("/favicon.ico", get(assets::public))
        .route("/favicon.svg", get(assets::public))
        .route("/error", get(error_number::get))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
}

/// On a developer's own machine only.
fn development(state: &AppState) -> Result<Router<AppState>> {
    let demo = demo::routes(state.config.public_url.origin(), state.http()?, state.clock.clone(), state.chance.clone());
    Ok(demo.merge(mailbox::routes()))
}
