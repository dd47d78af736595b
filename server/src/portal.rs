//! FACE administrators, the front door: the document in which the portal runs, the set-up of the first administrator, and
//! the authenticator app of each. What the portal does it does over the management API.

pub mod enrol;
pub mod invitation;
mod link;
pub mod set_up;

use crate::{
    administration::{PORTAL, TENANT_ID},
    assets, html,
    state::AppState,
};
use app::{
    contract::portal::{Language, Portal},
    shell, text,
};
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};

/// Its addresses are made from here on.
pub async fn slash() -> Redirect {
    Redirect::permanent("/admin/")
}

/// The same document at every address of the portal: which screen it is, the portal reads from the address.
pub async fn document(State(state): State<AppState>, at: Uri) -> Response {
    if let Some(path) = protocol(at.path()) {
        let query = at.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Redirect::temporary(&format!("/{TENANT_ID}/{path}{query}")).into_response();
    }
    let nonce = html::nonce(&state.chance);
    let url = &state.config.public_url;
    let (loader, integrity) = assets::present_loader();
    let portal = Portal {
        authority: url.at(&format!("/{TENANT_ID}/v2.0")),
        client_id: PORTAL.into(),
        redirect_uri: url.at("/admin/"),
        graph: url.at("/graph"),
        hosted_css: assets::address("hosted.css"),
        loader: url.at(&loader),
        integrity,
        languages: text::languages().iter().map(|tag| language(tag)).collect(),
    };
    let body = shell::portal(&portal, &assets::portal_scripts(), &nonce);
    html::document(body, nonce, Vec::new())
}

/// For the previews, which are drawn in every language.
fn language(tag: &str) -> Language {
    Language { tag: tag.into(), name: text::name(tag).into(), direction: text::direction(tag).into() }
}

/// The tenant of the administrators is called `admin` too: whoever asks for its OpenID Connect by that name finds it under
/// its id.
fn protocol(path: &str) -> Option<&str> {
    let path = path.strip_prefix("/admin/")?;
    ["v2.0/", "oauth2/", "discovery/", "oidc/", "journeys/"].iter().any(|word| path.starts_with(word)).then_some(path)
}
