//! Everything the management API answers: method, address, the permission it needs, and what it does. The router, the
//! OpenAPI document and the tests of roles and tenants are made of this one table.

mod administration;
mod older;
mod people;

use super::{design, identity_providers, openapi, revisions, simulate, user_flow_attributes, user_flows};
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
    pub path: String,
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
    let mut routes = vec![route(Method::GET, Needs::Nobody, "/openapi.json", "This document", openapi::document)];
    routes.extend(flows());
    routes.extend(older::declared());
    routes.extend(attributes());
    routes.extend(providers());
    routes.extend(people::declared());
    routes.extend(administration::declared());
    // Who may see every provider may see the rest of a design, and who may change every provider may change it; both are
    // asked again for all that a document holds.
    routes.push(read(ProviderRead, "/export", "Shows the design of the tenant as one document", design::get));
    routes.push(post(ProviderWrite, "/import", "Plans or makes what a document says", design::post));
    routes
}

const FLOWS: &str = "/identity/authenticationEventsFlows";

fn flows() -> Vec<Route> {
    use user_flows as it;
    const FLOW: &str = "/identity/authenticationEventsFlows/{id}";
    const APPLICATIONS: &str = "/identity/authenticationEventsFlows/{id}/conditions/applications/includeApplications";
    const APPLICATION: &str =
        "/identity/authenticationEventsFlows/{id}/conditions/applications/includeApplications/{application}";
    const PROVIDERS: &str =
        "/identity/authenticationEventsFlows/{id}/onAuthenticationMethodLoadStart/identityProviders";
    const PROVIDERS_REF: &str =
        "/identity/authenticationEventsFlows/{id}/onAuthenticationMethodLoadStart/identityProviders/$ref";
    const PROVIDER_REF: &str =
        "/identity/authenticationEventsFlows/{id}/onAuthenticationMethodLoadStart/identityProviders/{provider}/$ref";
    const ATTRIBUTES: &str = "/identity/authenticationEventsFlows/{id}/onAttributeCollection/attributes";
    const ATTRIBUTES_REF: &str = "/identity/authenticationEventsFlows/{id}/onAttributeCollection/attributes/$ref";
    const ATTRIBUTE_REF: &str =
        "/identity/authenticationEventsFlows/{id}/onAttributeCollection/attributes/{attribute}/$ref";
    const REVISIONS: &str = "/identity/authenticationEventsFlows/{id}/revisions";
    const REVISION: &str = "/identity/authenticationEventsFlows/{id}/revisions/{revision}";
    const DIFF: &str = "/identity/authenticationEventsFlows/{id}/revisions/{revision}/diff";
    const SIMULATE: &str = "/identity/authenticationEventsFlows/{id}/simulate";
    const RESTORE: &str = "/identity/authenticationEventsFlows/{id}/revisions/{revision}/restore";
    vec![
        read(FlowRead, FLOWS, "Lists user flows", it::list),
        post(FlowWrite, FLOWS, "Makes a user flow", it::create),
        read(FlowRead, FLOW, "Shows a user flow", it::get),
        patch(FlowWrite, FLOW, "Changes a user flow and publishes its next revision", it::patch),
        delete(FlowWrite, FLOW, "Deletes a user flow", it::remove),
        read(FlowRead, APPLICATIONS, "Lists the applications of a user flow", it::applications),
        post(FlowWrite, APPLICATIONS, "Attaches an application to a user flow", it::add_application),
        read(FlowRead, APPLICATION, "Shows an application of a user flow", it::application),
        delete(FlowWrite, APPLICATION, "Removes an application from a user flow", it::remove_application),
        read(FlowRead, PROVIDERS, "Lists the identity providers of a user flow", it::providers),
        post(FlowWrite, PROVIDERS_REF, "Adds an identity provider to a user flow", it::add_provider),
        delete(FlowWrite, PROVIDER_REF, "Removes an identity provider from a user flow", it::remove_provider),
        read(FlowRead, ATTRIBUTES, "Lists the attributes that a user flow asks for", it::attributes),
        post(FlowWrite, ATTRIBUTES_REF, "Adds an attribute to a user flow and its page", it::add_attribute),
        delete(FlowWrite, ATTRIBUTE_REF, "Removes an attribute from a user flow and its page", it::remove_attribute),
        read(FlowRead, REVISIONS, "Lists the revisions of a user flow", revisions::list),
        read(FlowRead, REVISION, "Shows a user flow as it was", revisions::get),
        read(FlowRead, DIFF, "Tells what changed between two revisions", revisions::diff),
        post(FlowWrite, RESTORE, "Publishes an older revision again", revisions::restore),
        post(
            FlowRead,
            SIMULATE,
            "Walks through a user flow with given answers, and writes nothing",
            simulate::simulate,
        ),
    ]
}

fn attributes() -> Vec<Route> {
    use user_flow_attributes as it;
    const ATTRIBUTES: &str = "/identity/userFlowAttributes";
    const ATTRIBUTE: &str = "/identity/userFlowAttributes/{id}";
    vec![
        read(FlowRead, ATTRIBUTES, "Lists what can be asked of people", it::list),
        post(FlowWrite, ATTRIBUTES, "Makes a custom attribute", it::create),
        read(FlowRead, ATTRIBUTE, "Shows an attribute", it::get),
        patch(FlowWrite, ATTRIBUTE, "Changes the description of a custom attribute", it::patch),
        delete(FlowWrite, ATTRIBUTE, "Deletes a custom attribute that no user flow uses", it::remove),
    ]
}

fn providers() -> Vec<Route> {
    use identity_providers as it;
    const PROVIDERS: &str = "/identity/identityProviders";
    const TYPES: &str = "/identity/identityProviders/availableProviderTypes";
    const PROVIDER: &str = "/identity/identityProviders/{id}";
    const EMAIL: &str = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email";
    vec![
        read(ProviderRead, PROVIDERS, "Lists the identity providers of the tenant", it::list),
        post(ProviderWrite, PROVIDERS, "Sets up an identity provider", it::create),
        read(ProviderRead, TYPES, "Lists the kinds of providers that can be set up", it::types),
        read(ProviderRead, PROVIDER, "Shows an identity provider, its secret masked", it::get),
        patch(ProviderWrite, PROVIDER, "Changes an identity provider", it::patch),
        delete(ProviderWrite, PROVIDER, "Deletes an identity provider that no user flow uses", it::remove),
        read(PolicyRead, EMAIL, "Shows the switch for e-mailed one-time passcodes", it::email_method),
        patch(PolicyWrite, EMAIL, "Switches e-mailed one-time passcodes on or off", it::switch_email_method),
    ]
}

fn read<H: Handler<T, AppState>, T: 'static>(
    needs: Permission,
    path: impl Into<String>,
    says: &'static str,
    handler: H,
) -> Route {
    route(Method::GET, Needs::One(needs), path, says, handler)
}

fn post<H: Handler<T, AppState>, T: 'static>(
    needs: Permission,
    path: impl Into<String>,
    says: &'static str,
    handler: H,
) -> Route {
    route(Method::POST, Needs::One(needs), path, says, handler)
}

fn patch<H: Handler<T, AppState>, T: 'static>(
    needs: Permission,
    path: impl Into<String>,
    says: &'static str,
    handler: H,
) -> Route {
    route(Method::PATCH, Needs::One(needs), path, says, handler)
}

fn delete<H: Handler<T, AppState>, T: 'static>(
    needs: Permission,
    path: impl Into<String>,
    says: &'static str,
    handler: H,
) -> Route {
    route(Method::DELETE, Needs::One(needs), path, says, handler)
}

fn route<H: Handler<T, AppState>, T: 'static>(
    method: Method,
    needs: Needs,
    path: impl Into<String>,
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
    Route { method, path: path.into(), needs, says, handler: on(filter, handler) }
}
