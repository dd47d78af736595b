//! What the management API answers about people, applications, the organization and what happened.

use super::{Needs, Route, read, route};
use crate::graph::{applications, audit_logs, organization, reports, users};
use app::contract::permission::Permission::*;
use axum::http::Method;

pub fn declared() -> Vec<Route> {
    [people(), applications(), organization(), happened()].into_iter().flatten().collect()
}

const EMAIL_METHODS: &str = "/users/{id}/authentication/emailMethods";
const EMAIL_METHOD: &str = "/users/{id}/authentication/emailMethods/{emailMethod}";

fn people() -> Vec<Route> {
    let write = Needs::One(UserWrite);
    vec![
        read(UserRead, "/users", "Lists and searches people", users::list),
        read(UserRead, "/users/$count", "Tells how many people there are", users::count),
        route(Method::POST, write, "/users", "Adds a person", users::create),
        read(UserRead, "/users/{id}", "Shows a person, by id or name", users::get),
        route(Method::PATCH, write, "/users/{id}", "Changes a person", users::update),
        route(
            Method::DELETE,
            write,
            "/users/{id}",
            "Deletes a person, for thirty days to be brought back",
            users::delete,
        ),
        route(
            Method::POST,
            Needs::SignedIn,
            "/users/{id}/revokeSignInSessions",
            "Ends a person's sessions",
            users::revoke_sessions,
        ),
        route(
            Method::POST,
            Needs::SignedIn,
            "/users/{id}/changePassword",
            "Changes one's own password",
            users::change_password,
        ),
        route(
            Method::POST,
            write,
            "/users/{id}/authentication/methods/{method}/resetPassword",
            "Gives a person a temporary password",
            users::reset_password,
        ),
        read(UserRead, "/users/{id}/authentication/methods", "Lists by what a person signs in", users::list_methods),
        read(UserRead, EMAIL_METHODS, "Lists the addresses of a person's second step", users::list_email),
        route(Method::POST, write, EMAIL_METHODS, "Gives a person an address for the second step", users::add_email),
        read(UserRead, EMAIL_METHOD, "Shows an address of a person's second step", users::get_email),
        route(Method::DELETE, write, EMAIL_METHOD, "Takes a person's second step away", users::remove_email),
        route(
            Method::POST,
            write,
            "/users/{id}/sendRecoveryMail",
            "Asks a person by mail to choose a new password",
            users::send_recovery_mail,
        ),
        route(Method::GET, Needs::SignedIn, "/me", "Shows whoever calls", users::me),
        route(Method::PATCH, Needs::SignedIn, "/me", "Changes what people change of themselves", users::update_me),
        route(
            Method::POST,
            Needs::SignedIn,
            "/me/changePassword",
            "Changes one's own password",
            users::change_my_password,
        ),
        read(UserRead, "/directory/deletedItems", "Lists deleted people", users::list_deleted),
        route(Method::POST, write, "/directory/deletedItems/{id}/restore", "Brings a person back", users::restore),
        route(Method::DELETE, write, "/directory/deletedItems/{id}", "Forgets a deleted person for good", users::purge),
    ]
}

fn applications() -> Vec<Route> {
    let write = Needs::One(ApplicationWrite);
    vec![
        read(ApplicationRead, "/applications", "Lists and searches applications", applications::list),
        route(Method::POST, write, "/applications", "Registers an application", applications::create),
        read(ApplicationRead, "/applications/{id}", "Shows an application", applications::get),
        route(Method::PATCH, write, "/applications/{id}", "Changes an application", applications::update),
        route(Method::DELETE, write, "/applications/{id}", "Deletes an application", applications::delete),
        route(
            Method::POST,
            write,
            "/applications/{id}/addPassword",
            "Makes a secret and tells it once",
            applications::add_password,
        ),
        route(
            Method::POST,
            write,
            "/applications/{id}/removePassword",
            "Removes a secret",
            applications::remove_password,
        ),
    ]
}

fn organization() -> Vec<Route> {
    let write = Needs::One(OrganizationWrite);
    let (branding, locales, locale, picture, default_picture) = (
        "/organization/{id}/branding",
        "/organization/{id}/branding/localizations",
        "/organization/{id}/branding/localizations/{locale}",
        "/organization/{id}/branding/{picture}",
        "/organization/{id}/branding/localizations/0/{picture}",
    );
    vec![
        route(
            Method::GET,
            Needs::SignedIn,
            "/organization",
            "Lists the tenants that the caller may enter",
            organization::list,
        ),
        read(OrganizationRead, "/organization/{id}", "Shows the tenant", organization::get),
        route(Method::PATCH, write, "/organization/{id}", "Renames the tenant", organization::update),
        route(
            Method::GET,
            Needs::SignedIn,
            "/tenants",
            "Lists the tenants that the caller may enter",
            organization::list,
        ),
        route(Method::POST, Needs::SignedIn, "/tenants", "Makes a tenant", organization::create_tenant),
        read(OrganizationRead, branding, "Shows how the tenant's pages look", organization::get_default),
        route(Method::PATCH, write, branding, "Changes how the tenant's pages look", organization::change_default),
        route(Method::DELETE, write, branding, "Takes the tenant's pages back to plain", organization::delete_default),
        read(OrganizationRead, locales, "Lists the settings by language", organization::list_locales),
        route(Method::POST, write, locales, "Adds settings for a language", organization::make_locale),
        read(OrganizationRead, locale, "Shows the settings of a language", organization::get_locale),
        route(Method::PATCH, write, locale, "Changes the settings of a language", organization::change_locale),
        route(Method::DELETE, write, locale, "Deletes the settings of a language", organization::delete_locale),
        read(OrganizationRead, picture, "Shows a picture", organization::get_picture),
        route(Method::PUT, write, picture, "Sends a picture", organization::put_picture),
        route(Method::DELETE, write, picture, "Removes a picture", organization::remove_picture),
        read(OrganizationRead, default_picture, "Shows a picture", organization::get_picture),
        route(Method::PUT, write, default_picture, "Sends a picture", organization::put_picture),
        route(Method::DELETE, write, default_picture, "Removes a picture", organization::remove_picture),
        read(
            OrganizationRead,
            "/organization/{id}/sentences/{language}",
            "Lists every sentence with its default and the tenant's own words",
            organization::list_sentences,
        ),
        route(
            Method::PATCH,
            write,
            "/organization/{id}/sentences/{language}",
            "Says sentences in the tenant's own words",
            organization::change_sentences,
        ),
    ]
}

fn happened() -> Vec<Route> {
    vec![
        read(AuditRead, "/auditLogs/signIns", "Lists who signed in", audit_logs::sign_ins),
        read(
            AuditRead,
            "/auditLogs/directoryAudits",
            "Lists what administrators changed",
            audit_logs::directory_audits,
        ),
        read(AuditRead, "/reports/daily", "Counts sign-ins and sign-ups by day and flow", reports::daily),
        read(
            AuditRead,
            "/identity/authenticationEventsFlows/{id}/funnel",
            "Shows how far people come",
            reports::funnel,
        ),
    ]
}
