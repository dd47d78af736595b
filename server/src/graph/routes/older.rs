//! What the management API answers about user flows in Graph's older words: those of partners, those of Azure AD B2C, and
//! the oldest name of the latter.

use super::{Needs, Route, delete, patch, post, read, route};
use crate::graph::b2x_user_flows as it;
use app::contract::permission::Permission::*;
use axum::http::Method;

pub fn declared() -> Vec<Route> {
    let mut routes = flows::<false>("/identity/b2xUserFlows");
    routes.extend(flows::<true>("/identity/b2cUserFlows"));
    routes.extend(flows::<true>("/identity/userFlows"));
    routes
}

fn flows<const B2C: bool>(all: &str) -> Vec<Route> {
    let one = format!("{all}/{{id}}");
    let at = |rest: &str| format!("{one}/{rest}");
    let mut routes = vec![
        read(FlowRead, all, "Lists user flows", it::list::<B2C>),
        post(FlowWrite, all, "Makes a user flow", it::create::<B2C>),
        read(FlowRead, &one, "Shows a user flow", it::get::<B2C>),
        delete(FlowWrite, &one, "Deletes a user flow", it::remove::<B2C>),
    ];
    // Graph changes nothing of a flow for partners by its own address.
    if B2C {
        routes.push(patch(FlowWrite, &one, "Changes the identity providers of a user flow", it::update::<B2C>));
    }
    let (order, set_order) = (at("userAttributeAssignments/getOrder"), at("userAttributeAssignments/setOrder"));
    let (assignments, assignment) = (at("userAttributeAssignments"), at("userAttributeAssignments/{attribute}"));
    routes.extend([
        read(FlowRead, &assignments, "Lists what a user flow asks for", it::assignments::<B2C>),
        post(FlowWrite, &assignments, "Adds an attribute to a user flow", it::assign::<B2C>),
        read(FlowRead, order, "Tells the order of the attributes", it::order::<B2C>),
        post(FlowWrite, set_order, "Puts the attributes in another order", it::set_order::<B2C>),
        read(FlowRead, &assignment, "Shows how an attribute is asked for", it::assignment_of::<B2C>),
        patch(FlowWrite, &assignment, "Changes how an attribute is asked for", it::change_assignment::<B2C>),
        delete(FlowWrite, &assignment, "Removes an attribute from a user flow", it::unassign::<B2C>),
        read(FlowRead, at("languages"), "Lists the languages of a user flow", it::languages::<B2C>),
    ]);
    let language = at("languages/{language}");
    let (defaults, overrides) = (at("languages/{language}/defaultPages"), at("languages/{language}/overridesPages"));
    let (default, own) = (format!("{defaults}/{{page}}/$value"), format!("{overrides}/{{page}}/$value"));
    let (put, design) = (|| Method::PUT, Needs::One(FlowWrite));
    // Sentences are the tenant's own, whichever flow says them.
    let words = Needs::One(OrganizationWrite);
    routes.extend([
        read(FlowRead, &language, "Shows a language of a user flow", it::language_of::<B2C>),
        route(put(), design, &language, "Offers a language in a user flow, or not", it::enable_language::<B2C>),
        read(FlowRead, &defaults, "Lists the pages with sentences of ours", it::default_pages::<B2C>),
        read(FlowRead, &default, "Shows our sentences of a page", it::default_page::<B2C>),
        read(FlowRead, &overrides, "Lists the pages with sentences of the tenant's own", it::overridden_pages::<B2C>),
        read(FlowRead, &own, "Shows the tenant's own sentences of a page", it::overridden_page::<B2C>),
        route(put(), words, &own, "Says sentences of a page in the tenant's own words", it::override_page::<B2C>),
        delete(OrganizationWrite, &own, "Takes the sentences of a page back to ours", it::forget_page::<B2C>),
    ]);
    // The second is Graph's newer word for the first.
    for providers in ["identityProviders", "userFlowIdentityProviders"] {
        let (reference, one) = (format!("{providers}/$ref"), format!("{providers}/{{provider}}/$ref"));
        routes.extend([
            read(FlowRead, at(providers), "Lists the identity providers of a user flow", it::providers::<B2C>),
            post(FlowWrite, at(&reference), "Adds an identity provider to a user flow", it::add_provider::<B2C>),
            delete(FlowWrite, at(&one), "Removes an identity provider from a user flow", it::remove_provider::<B2C>),
        ]);
    }
    routes
}
