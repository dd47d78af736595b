//! The scopes of an application's API: one of them found, as others ask for it, and all of them with one changed.

use crate::contract::resource::application::{Application, PermissionScope};

/// The one that is called so.
pub fn scope<'a>(api: &'a Application, value: &str) -> Option<&'a PermissionScope> {
    api.api.oauth2_permission_scopes.iter().find(|scope| scope.value == value)
}

/// A scope as others ask for it.
pub fn asked(api: &Application, value: &str) -> String {
    match api.identifier_uris.first() {
        Some(uri) => format!("{uri}/{value}"),
        None => format!("api://{}/{value}", api.id),
    }
}

/// What it allows, in a few words.
pub fn title(scope: &PermissionScope) -> String {
    scope.admin_consent_display_name.clone().unwrap_or_default()
}

/// All of them with this one in place of what it was, or else after the others; and where it stands.
pub fn with(api: &Application, scope: PermissionScope) -> (Vec<PermissionScope>, usize) {
    let mut scopes = api.api.oauth2_permission_scopes.clone();
    let at = scopes.iter().position(|known| known.id == scope.id).unwrap_or(scopes.len());
    match scopes.get_mut(at) {
        Some(known) => *known = scope,
        None => scopes.push(scope),
    }
    (scopes, at)
}

pub fn without(api: &Application, id: &str) -> Vec<PermissionScope> {
    api.api.oauth2_permission_scopes.iter().filter(|scope| scope.id != id).cloned().collect()
}
