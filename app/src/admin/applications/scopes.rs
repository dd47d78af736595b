//! The scopes of an application's API: one of them found, as others ask for it, and all of them with one changed.

use crate::contract::resource::application::{Application, PermissionScope};

/// Graph's word for a scope that reaches further than what is somebody's own.
pub const ADMIN: &str = "Admin";

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

/// What whoever grants it should know, one line each: what it allows, in a few words and in more, and that it reaches far.
pub fn about(scope: &PermissionScope) -> Option<String> {
    let further = (scope.kind == ADMIN).then_some("Meant for administrators.");
    let told = [scope.admin_consent_display_name.as_deref(), scope.admin_consent_description.as_deref(), further];
    let lines: Vec<&str> = told.into_iter().flatten().filter(|line| !line.is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
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
