//! The many spellings of one address: `/graph/beta/users('1')` and `/graph/v1.0/users/1` are the same, and a segment that
//! only names a type says nothing to us.

use axum::http::{Uri, uri::PathAndQuery};

/// `v1.0` or `beta`: links in answers stay in the one that was asked.
#[derive(Clone, Copy, Debug)]
pub struct Version(pub &'static str);

impl Version {
    pub fn of(uri: &Uri) -> Self {
        Self(if uri.path().starts_with("/graph/beta/") { "beta" } else { "v1.0" })
    }
}

/// The path as its caller wrote it: proofs of possession are for that one.
#[derive(Clone, Debug)]
pub struct AsAsked(pub String);

/// Without root, version, type casts and parentheses: `/users/1?$select=id`. What cannot be read leads nowhere.
pub fn canonical(uri: &Uri) -> Uri {
    let path = uri.path().strip_prefix("/graph").unwrap_or_default();
    let inside = ["/v1.0/", "/beta/"].into_iter().find_map(|version| path.strip_prefix(version));
    let path: String = match inside {
        Some(inside) => {
            inside.trim_end_matches('/').split('/').filter(|segment| !is_cast(segment)).map(plain).collect()
        }
        None => "/".into(),
    };
    let whole = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    PathAndQuery::try_from(whole).map_or_else(|_| Uri::from_static("/"), Uri::from)
}

fn is_cast(segment: &str) -> bool {
    segment.starts_with("microsoft.graph.")
}

/// `users('1')` and `applications(appId='1')` are `/users/1` and `/applications/1`; `getOrder()` is `/getOrder`.
fn plain(segment: &str) -> String {
    let decoded = segment.replace("%27", "'").replace("%28", "(").replace("%29", ")");
    let Some((name, inside)) = decoded.strip_suffix(')').and_then(|rest| rest.split_once('(')) else {
        return format!("/{segment}");
    };
    let key = inside.strip_prefix("appId=").unwrap_or(inside);
    match key.strip_prefix('\'').and_then(|key| key.strip_suffix('\'')) {
        Some(key) => format!("/{name}/{key}"),
        None if inside.is_empty() => format!("/{name}"),
        None => format!("/{segment}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_leads_to_the_same_place() {
        for (spelling, plain) in [
            ("/graph/v1.0/users/1", "/users/1"),
            ("/graph/beta/users('1')?$select=id", "/users/1?$select=id"),
            ("/graph/v1.0/users%28%271%27%29", "/users/1"),
            ("/graph/v1.0/applications(appId='a')", "/applications/a"),
            (
                "/graph/v1.0/identity/b2xUserFlows/x/userAttributeAssignments/getOrder()",
                "/identity/b2xUserFlows/x/userAttributeAssignments/getOrder",
            ),
            (
                "/graph/v1.0/identity/authenticationEventsFlows/f/microsoft.graph.externalUsersSelfServiceSignUpEventsFlow/onAttributeCollection/microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp/attributes/$ref",
                "/identity/authenticationEventsFlows/f/onAttributeCollection/attributes/$ref",
            ),
            ("/graph/v2.0/users", "/"),
            ("/graph/v1.0/users/", "/users"),
        ] {
            assert_eq!(canonical(&spelling.parse().unwrap()).to_string(), plain, "{spelling}");
        }
    }
}
