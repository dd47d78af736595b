//! FACE pages elsewhere: the journey inside an element of somebody else's page. `begin` starts it, `answer` hears an answer
//! and shows what is next, `live` tells an open page of a new layout. Opened by a token that changes with every answer, never
//! by a cookie, and only for pages at the application's own origins (security R24, R25).

mod answer;
mod begin;
mod live;
mod shown;

pub use answer::answer;
pub use begin::begin;
pub use live::live;

use crate::{
    directory::{
        application::{self, Application},
        tenant::{self, Tenant},
    },
    error::{Error, Result},
    state::AppState,
};
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Who is asked through, and from which page.
struct Embedding {
    tenant: Arc<Tenant>,
    application: Arc<Application>,
    origin: String,
}

impl Embedding {
    /// The origin has to be one of the application's, letter by letter: `null` is nobody's, and the browser says which it is.
    async fn find(state: &AppState, tenant: &str, application: &str, headers: &HeaderMap) -> Result<Self> {
        let tenant = tenant::get(&state.db, tenant).await?;
        let found = application::find_enabled(&state.db, &tenant.id, &application.into()).await?;
        let application = found.ok_or(Error::NotFound)?;
        let mut sent = headers.get_all(header::ORIGIN).iter();
        let origin = match (sent.next().map(HeaderValue::to_str), sent.next()) {
            (Some(Ok(origin)), None) if application.widget_origins.iter().any(|known| known == origin) => origin.into(),
            _ => return Err(Error::Forged("Origin is none of the application's widget origins")),
        };
        Ok(Self { tenant, application, origin })
    }

    /// What the page may read. Credentials are never allowed.
    fn lets_read(&self, answer: Result<Response>) -> Response {
        let mut response = answer.unwrap_or_else(IntoResponse::into_response);
        // It was a header, so it can be one.
        if let Ok(origin) = HeaderValue::try_from(&self.origin) {
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        response
    }
}

/// Whether a page may read an answer hangs on its origin, so no cache may keep it for another.
fn varies(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    response
}
