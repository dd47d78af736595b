//! Where somebody came from whom we cannot help on: the tenant and the application, as far as the address tells. Only what
//! an administrator has registered is offered as a way back, never an address out of the request (RFC 9700 §4.11).

use crate::{
    directory::{application, application::Application, grant, journey, tenant, tenant::Tenant},
    error::Error,
    state::AppState,
};
use app::{
    contract::id::{ApplicationId, GrantId, JourneyId},
    hosted,
    ui::linked::is_of_the_web,
};
use axum::http::Uri;
use std::sync::Arc;
use url::form_urlencoded;

pub struct Whence {
    tenant: Arc<Tenant>,
    application: Option<Arc<Application>>,
}

impl Whence {
    pub fn to_show(&self) -> hosted::Whence<'_> {
        hosted::Whence { brand: &self.tenant.brand, home: self.application.as_deref().and_then(home) }
    }
}

pub fn home(application: &Application) -> Option<hosted::Home<'_>> {
    let url = application.home_url.as_deref().filter(|url| is_of_the_web(url))?;
    Some(hosted::Home { application: &application.name, url })
}

/// Nobody is asked while the database has trouble of its own. A second fault here must not hide the first.
pub async fn whence(state: &AppState, error: &Error, uri: &Uri) -> Option<Whence> {
    if matches!(error, Error::Busy | Error::Database(_) | Error::TooMany { .. }) {
        return None;
    }
    let mut words = uri.path().split('/').skip(1);
    let tenant = tenant::get(&state.db, words.next()?).await.ok()?;
    let rest: Vec<&str> = words.collect();
    let application = match application_of(state, &tenant, &rest, uri).await {
        Some(id) => application::find_enabled(&state.db, &tenant.id, &id).await.ok().flatten(),
        None => None,
    };
    Some(Whence { tenant, application })
}

/// The application of the journey, of the grant, or that asks.
async fn application_of(state: &AppState, tenant: &Tenant, path: &[&str], uri: &Uri) -> Option<ApplicationId> {
    match path {
        ["journeys", id] => {
            let found = journey::find(&state.db, &tenant.id, &JourneyId::from(*id)).await;
            found.ok().flatten().map(|(_, application)| application)
        }
        ["oauth2", "resume", id] => {
            let found = grant::find(&state.db, &tenant.id, &GrantId::from(*id)).await;
            found.ok().flatten().map(|grant| grant.application)
        }
        ["oauth2", "v2.0", "authorize"] => {
            let mut asked = form_urlencoded::parse(uri.query()?.as_bytes());
            asked.find(|(name, _)| name == "client_id").map(|(_, id)| id.into_owned().into())
        }
        _ => None,
    }
}
