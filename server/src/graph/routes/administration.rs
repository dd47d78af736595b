//! What the management API answers about who may do what, the tenant's names, and several requests at once.

use super::{Needs, Route, delete, patch, post, read, route};
use crate::graph::{batch, domains, invitations, oauth2_permission_grants as grants, permissions, roles};
use app::contract::permission::Permission::*;
use axum::http::Method;

pub fn declared() -> Vec<Route> {
    [administrators(), permissions(), others()].into_iter().flatten().collect()
}

fn administrators() -> Vec<Route> {
    const DEFINITIONS: &str = "/roleManagement/directory/roleDefinitions";
    const DEFINITION: &str = "/roleManagement/directory/roleDefinitions/{role}";
    const ASSIGNMENTS: &str = "/roleManagement/directory/roleAssignments";
    const ASSIGNMENT: &str = "/roleManagement/directory/roleAssignments/{assignment}";
    vec![
        read(RoleRead, DEFINITIONS, "Lists what administrators may be", roles::definitions),
        read(RoleRead, DEFINITION, "Shows a role and what it may do", roles::definition),
        read(RoleRead, ASSIGNMENTS, "Lists the administrators of the tenant", roles::list),
        post(RoleWrite, ASSIGNMENTS, "Gives an administrator a role", roles::create),
        read(RoleRead, ASSIGNMENT, "Shows who has a role", roles::get),
        delete(RoleWrite, ASSIGNMENT, "Takes a role from an administrator", roles::remove),
        read(RoleRead, "/invitations", "Lists the invitations that nobody has used yet", invitations::list),
        post(RoleWrite, "/invitations", "Invites an administrator", invitations::create),
        delete(RoleWrite, "/invitations/{invitation}", "Withdraws an invitation", invitations::withdraw),
    ]
}

fn permissions() -> Vec<Route> {
    use permissions as it;
    const ASSIGNMENTS: &str = "/servicePrincipals/{id}/appRoleAssignments";
    const ASSIGNMENT: &str = "/servicePrincipals/{id}/appRoleAssignments/{assignment}";
    const GRANTS: &str = "/oauth2PermissionGrants";
    const GRANT: &str = "/oauth2PermissionGrants/{id}";
    vec![
        read(ApplicationRead, "/servicePrincipals", "Lists applications, and this API with its permissions", it::list),
        read(ApplicationRead, "/servicePrincipals/{id}", "Shows an application, or this API", it::get),
        read(ApplicationRead, ASSIGNMENTS, "Lists what an application may do by itself", it::assignments),
        post(RoleWrite, ASSIGNMENTS, "Lets an application do something by itself", it::assign),
        delete(RoleWrite, ASSIGNMENT, "Takes a permission from an application", it::unassign),
        // Of the management API they are changed by whoever gives roles: the handlers ask for that besides.
        read(
            ApplicationRead,
            GRANTS,
            "Lists what applications may do for whoever signs in to them: clientId and resourceId are application ids",
            grants::list,
        ),
        post(
            ApplicationWrite,
            GRANTS,
            "Grants an application scopes of another's API, or (with RoleManagement.ReadWrite.Directory as well) of this one",
            grants::create,
        ),
        read(ApplicationRead, GRANT, "Shows what an application may do for whoever signs in to it", grants::get),
        patch(ApplicationWrite, GRANT, "Changes what an application may do for whoever signs in to it", grants::update),
        delete(
            ApplicationWrite,
            GRANT,
            "Takes back what an application may do for whoever signs in to it",
            grants::remove,
        ),
    ]
}

fn others() -> Vec<Route> {
    vec![
        read(OrganizationRead, "/domains", "Lists the names of the tenant in addresses", domains::list),
        post(
            OrganizationWrite,
            "/domains",
            "Gives the tenant a name in paths, or a host name of its own",
            domains::create,
        ),
        read(OrganizationRead, "/domains/{domain}", "Shows a name of the tenant", domains::get),
        delete(OrganizationWrite, "/domains/{domain}", "Takes a name from the tenant", domains::remove),
        route(Method::POST, Needs::SignedIn, "/$batch", "Answers up to twenty requests at once", batch::run),
    ]
}
