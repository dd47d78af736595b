//! Everything that a request about a journey needs, looked up once.

use super::{counted::Asking, holder::Holder};
use crate::{
    directory::{
        self,
        application::{self, Application},
        tenant::{self, Tenant},
        user_flow,
    },
    error::{Error, Result},
    guard::{Caller, IsPopup},
    journey::{Journey, Setting, SomeSignInBy},
    secret::{seal::Purpose, token},
    sentences,
    state::AppState,
};
use app::{
    contract::{id::JourneyId, journey::Answer, time::Timestamp, user_flow::UserFlow},
    text::{self, Texts},
};
use axum::response::Response;
use std::sync::Arc;

pub struct Visit {
    pub tenant: Arc<Tenant>,
    pub flow: Arc<UserFlow>,
    pub application: Arc<Application>,
    pub row: directory::journey::Journey,
    pub journey: Journey,
    /// The person's language as the tenant speaks it.
    pub texts: Arc<Texts>,
    pub caller: Caller,
    pub holder: Holder,
    pub now: Timestamp,
    pub https: bool,
}

impl Visit {
    /// Only for the journey's holder (security R3), and only while it lasts.
    pub async fn load(state: &AppState, tenant: &str, id: &JourneyId, holder: Holder, caller: Caller) -> Result<Visit> {
        let (now, https) = (state.clock.now(), state.config.public_url.is_https());
        let tenant = tenant::get(&state.db, tenant).await?;
        let hash = holder.hash(https).ok_or(Error::JourneyOver)?;
        let found = directory::journey::find(&state.db, &tenant.id, id).await?;
        let (row, application) = found.ok_or(Error::JourneyOver)?;
        if row.holder != hash || row.expires_at <= now {
            return Err(Error::JourneyOver);
        }
        let application = application::find_enabled(&state.db, &tenant.id, &application).await?;
        let application = application.ok_or(Error::JourneyOver)?;
        let flow = user_flow::get(&state.db, &tenant.id, &row.user_flow).await?;
        let mut journey: Journey = serde_json::from_str(&row.body)?;
        let offered = flow.languages(text::languages());
        if !offered.contains(&journey.language.as_str()) {
            // The browser asked for one that this flow does not offer.
            let instead = offered.iter().find(|tag| **tag == text::DEFAULT).or(offered.first());
            journey.language = (*instead.unwrap_or(&text::DEFAULT)).into();
        }
        let texts = sentences::spoken(state, &tenant.id, &journey.language).await?;
        Ok(Visit { tenant, flow, application, row, journey, texts, caller, holder, now, https })
    }

    pub fn asking(&self) -> Asking<'_> {
        Asking {
            tenant: &self.tenant.id,
            application: &self.application.id,
            user_flow: &self.flow.id,
            caller: &self.caller,
        }
    }

    pub fn setting(&self) -> Setting<'_> {
        Setting {
            flow: &self.flow,
            some_sign_in_by: SomeSignInBy {
                password: self.tenant.password_accounts_since.is_some(),
                passcode: self.tenant.passcode_accounts_since.is_some(),
            },
            languages: self.flow.languages(text::languages()),
        }
    }

    /// Attributes that this very revision does not ask for are nobody's typing (security R14). An older page may still
    /// have them: those are dropped by the engine.
    pub fn refuse_foreign_attributes(&self, answer: &Answer) -> Result<()> {
        let Answer::Attributes { revision, values } = answer else { return Ok(()) };
        let layout = &self.flow.layout;
        match values.keys().find(|attribute| *revision == layout.revision && !layout.shows(attribute)) {
            Some(attribute) => Err(Error::BadRequest(format!("the layout does not ask for {attribute:?}"))),
            None => Ok(()),
        }
    }

    /// The path of the journey's page, as forms and redirects name it.
    pub fn path(&self) -> String {
        format!("/{}/journeys/{}", self.tenant.id, self.row.id)
    }

    /// Where the browser goes when the journey is over.
    pub fn resume(&self) -> String {
        format!("/{}/oauth2/resume/{}", self.tenant.id, self.row.grant)
    }

    /// Stands in the page and comes back with each answer: proves that it was our page, in this browser (security R20).
    pub fn token(&self, state: &AppState) -> String {
        token::keyed_hash(&state.seal, Purpose::Journey, &self.token_of())
    }

    pub fn is_token(&self, state: &AppState, presented: &str) -> bool {
        token::keyed_hash_is(&state.seal, Purpose::Journey, &self.token_of(), presented)
    }

    fn token_of(&self) -> [&[u8]; 3] {
        [self.tenant.id.as_str().as_bytes(), self.row.id.as_str().as_bytes(), self.row.holder.as_bytes()]
    }

    /// For a window that the application's page opened.
    pub fn in_its_window(&self, mut response: Response) -> Response {
        if self.journey.popup {
            response.extensions_mut().insert(IsPopup);
        }
        response
    }
}
