//! Which query options an address takes, and by what its list is filtered, ordered and expanded: a test asks the server for
//! every example here, and to refuse every option that is not here, at all addresses but the few that know no options.

use crate::graph::{
    b2x_user_flows, domains, identity_providers, invitations, oauth2_permission_grants, organization, permissions,
    query::options::MOST, roles, user_flow_attributes, user_flows, users,
};
use serde_json::{Value, json};

/// What can be asked of one address besides the address.
#[derive(Clone, Default)]
pub struct Options {
    select: bool,
    top: bool,
    count: bool,
    search: bool,
    /// Examples of each: with and, or and not between them where nothing else is said.
    filter: Vec<String>,
    order: Vec<String>,
    expand: Vec<String>,
    /// Words of ours, each with what it says and an example.
    own: Vec<(&'static str, &'static str, Value)>,
}

impl Options {
    pub fn parameters(&self) -> Vec<Value> {
        let texts = |name: &str, examples: &[String]| {
            let schema = json!({ "type": "string", "examples": examples });
            (!examples.is_empty()).then(|| json!({ "name": name, "in": "query", "schema": schema }))
        };
        let one = |name: &str, offered: bool, schema: Value| {
            offered.then(|| json!({ "name": name, "in": "query", "schema": schema }))
        };
        let top = json!({ "type": "integer", "minimum": 1, "maximum": MOST, "examples": [1] });
        // Whoever asks for a page goes on by `@odata.nextLink`, which has it.
        let place = self.top.then(|| {
            let says = "Where the page before ended, as its @odata.nextLink says.";
            json!({ "name": "$skiptoken", "in": "query", "description": says, "schema": { "type": "string" } })
        });
        let own = self.own.iter().map(|(name, says, example)| {
            let schema = json!({ "examples": [example] });
            json!({ "name": name, "in": "query", "description": says, "schema": schema })
        });
        [
            texts("$filter", &self.filter),
            texts("$orderby", &self.order),
            texts("$expand", &self.expand),
            one("$select", self.select, json!({ "type": "string", "examples": ["id", "id,displayName"] })),
            one("$search", self.search, json!({ "type": "string", "examples": ["ada"] })),
            one("$top", self.top, top),
            one("$count", self.count, json!({ "type": "boolean", "examples": [true] })),
            place,
        ]
        .into_iter()
        .flatten()
        .chain(own)
        .collect()
    }

    fn expanding(self, expand: &[&str]) -> Self {
        Self { expand: owned(expand), ..self }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn one() -> Options {
    Options { select: true, ..Options::default() }
}

/// A list that is looked through as it is shown, by these of its properties.
fn short(fields: &[&str]) -> Options {
    Options {
        select: true,
        top: true,
        count: true,
        search: true,
        filter: fields.iter().map(|field| format!("{field} eq 'x'")).collect(),
        order: owned(fields),
        ..Options::default()
    }
}

fn walked(filter: &[&str], order: &[&str]) -> Options {
    Options { select: true, top: true, filter: owned(filter), order: owned(order), ..Options::default() }
}

const PEOPLE: [&str; 13] = [
    "displayName eq 'x'",
    "startsWith(displayName,'x')",
    "startsWith(mail,'x')",
    "startsWith(userPrincipalName,'x')",
    "mail eq 'x@example.org'",
    "userPrincipalName eq 'x@example.org'",
    "identities/any(i:i/issuer eq 'x' and i/issuerAssignedId eq 'y')",
    "id in ('x','y')",
    "accountEnabled eq false",
    "createdDateTime ge 2026-01-01T00:00:00Z",
    "userFlowId eq 'x'",
    "not startsWith(city,'x')",
    "city eq null",
];
const APPLICATIONS: [&str; 3] = ["appId eq 'x'", "displayName eq 'x'", "startsWith(displayName,'x')"];
const SIGN_INS: [&str; 10] = [
    "createdDateTime ge 2026-01-01T00:00:00Z",
    "createdDateTime le 2026-01-01T00:00:00Z and userId eq 'x'",
    "userId eq 'x'",
    "userPrincipalName eq 'x@example.org'",
    "startsWith(userPrincipalName,'x')",
    "userDisplayName eq 'x'",
    "startsWith(userDisplayName,'x')",
    "appId eq 'x'",
    "event eq 'signedIn'",
    "status/errorCode eq 50126",
];
const AUDITS: [&str; 6] = [
    "activityDateTime ge 2026-01-01T00:00:00Z",
    "activityDateTime lt 2026-01-01T00:00:00Z and category eq 'User'",
    "category eq 'User'",
    "activityDisplayName eq 'Update user'",
    "initiatedBy/user/id eq 'x'",
    "initiatedBy/app/appId eq 'x'",
];
const FLOW: &str = "/identity/authenticationEventsFlows/{id}";
const OLDER: [&str; 3] = ["/identity/b2xUserFlows", "/identity/b2cUserFlows", "/identity/userFlows"];

/// Of what is counted by days.
fn by_days() -> Options {
    let from =
        ("from", "The first day, or moment. Thirty days before the last where nothing is said.", json!("2026-01-01"));
    let to = ("to", "The last. At most a year after the first, and now where nothing is said.", json!("2026-01-02"));
    Options { own: vec![from, to], ..Options::default() }
}

/// Of a design that comes in.
pub fn of_import() -> Options {
    let plan = ("plan", "Whether it is only told what would change.", json!(true));
    let base =
        ("base", "The fingerprint that a plan told: a design that has changed since is left as it is.", json!("x"));
    Options { own: vec![plan, base], ..Options::default() }
}

/// Nothing where an address takes none.
pub fn of(path: &str) -> Option<Options> {
    if let Some(rest) = OLDER.iter().find_map(|flows| path.strip_prefix(flows)) {
        return of_older(rest);
    }
    if let Some(rest) = path.strip_prefix(FLOW) {
        return of_flow(rest);
    }
    Some(match path {
        "/users" => {
            let order = ["displayName", "createdDateTime", "createdDateTime desc"];
            Options { count: true, search: true, ..walked(&PEOPLE, &order) }
        }
        "/users/$count" => Options { filter: owned(&PEOPLE), search: true, ..Options::default() },
        "/directory/deletedItems" => walked(&[], &[]),
        "/applications" => Options { count: true, search: true, ..walked(&APPLICATIONS, &["displayName"]) },
        "/auditLogs/signIns" => walked(&SIGN_INS, &["createdDateTime desc"]),
        "/auditLogs/directoryAudits" => walked(&AUDITS, &["activityDateTime desc"]),
        "/reports/daily" => by_days(),
        "/identity/authenticationEventsFlows" => short(&user_flows::FIELDS).expanding(&user_flows::EXPANDABLE),
        "/identity/userFlowAttributes" => short(&user_flow_attributes::FIELDS),
        "/identity/identityProviders" => short(&identity_providers::FIELDS),
        "/organization" | "/tenants" => short(&organization::FIELDS),
        "/organization/{id}/branding/localizations" => short(&organization::LOCALE_FIELDS),
        "/domains" => short(&domains::FIELDS),
        "/invitations" => short(&invitations::FIELDS),
        "/servicePrincipals" => short(&permissions::FIELDS),
        "/servicePrincipals/{id}/appRoleAssignments" => short(&permissions::ASSIGNMENT_FIELDS),
        "/oauth2PermissionGrants" => short(&oauth2_permission_grants::FIELDS),
        "/roleManagement/directory/roleDefinitions" => short(&roles::DEFINITION_FIELDS),
        "/roleManagement/directory/roleAssignments" => short(&roles::ASSIGNMENT_FIELDS).expanding(&roles::EXPANDABLE),
        "/roleManagement/directory/roleAssignments/{assignment}" => one().expanding(&roles::EXPANDABLE),
        "/users/{id}/authentication/methods" | "/users/{id}/authentication/emailMethods" => {
            short(&users::METHOD_FIELDS)
        }
        "/users/{id}"
        | "/users/{id}/authentication/emailMethods/{emailMethod}"
        | "/me"
        | "/applications/{id}"
        | "/identity/userFlowAttributes/{id}"
        | "/identity/identityProviders/{id}"
        | "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email"
        | "/organization/{id}"
        | "/organization/{id}/branding"
        | "/organization/{id}/branding/localizations/{locale}"
        | "/domains/{domain}"
        | "/servicePrincipals/{id}"
        | "/oauth2PermissionGrants/{id}"
        | "/roleManagement/directory/roleDefinitions/{role}" => one(),
        _ => return None,
    })
}

/// Of one flow, and what belongs to it.
fn of_flow(rest: &str) -> Option<Options> {
    match rest {
        "" => Some(one().expanding(&user_flows::EXPANDABLE)),
        "/conditions/applications/includeApplications" => Some(short(&user_flows::APPLICATION_FIELDS)),
        "/conditions/applications/includeApplications/{application}" | "/revisions/{revision}" => Some(one()),
        "/onAuthenticationMethodLoadStart/identityProviders" => Some(short(&identity_providers::FIELDS)),
        "/onAttributeCollection/attributes" => Some(short(&user_flows::ATTRIBUTE_FIELDS)),
        "/revisions" => Some(Options { top: true, ..Options::default() }),
        "/revisions/{revision}/diff" => {
            let to = ("to", "The other revision. The present one where nothing is said.", json!("1"));
            Some(Options { own: vec![to], ..Options::default() })
        }
        "/funnel" => Some(by_days()),
        _ => None,
    }
}

/// Of flows in Graph's older words.
fn of_older(rest: &str) -> Option<Options> {
    use b2x_user_flows::{ASSIGNMENT_EXPANDABLE, ASSIGNMENT_FIELDS, EXPANDABLE, FIELDS, LANGUAGE_FIELDS, PAGE_FIELDS};
    match rest {
        "" => Some(short(&FIELDS).expanding(&EXPANDABLE)),
        "/{id}" => Some(one().expanding(&EXPANDABLE)),
        "/{id}/identityProviders" | "/{id}/userFlowIdentityProviders" => Some(short(&identity_providers::FIELDS)),
        "/{id}/userAttributeAssignments" => Some(short(&ASSIGNMENT_FIELDS).expanding(&ASSIGNMENT_EXPANDABLE)),
        "/{id}/userAttributeAssignments/{attribute}" => Some(one().expanding(&ASSIGNMENT_EXPANDABLE)),
        "/{id}/languages" => Some(short(&LANGUAGE_FIELDS)),
        "/{id}/languages/{language}/defaultPages" | "/{id}/languages/{language}/overridesPages" => {
            Some(short(&PAGE_FIELDS))
        }
        "/{id}/userAttributeAssignments/getOrder"
        | "/{id}/languages/{language}"
        | "/{id}/languages/{language}/defaultPages/{page}/$value"
        | "/{id}/languages/{language}/overridesPages/{page}/$value" => Some(one()),
        _ => None,
    }
}
