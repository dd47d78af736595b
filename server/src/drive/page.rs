//! What a journey shows now, whichever face shows it.

use super::visit::Visit;
use crate::{journey::typed, state::AppState};
use app::{
    contract::journey::{LanguageName, Page, Step},
    text,
};

impl Visit {
    pub fn page(&self, state: &AppState, step: Step) -> Page {
        let journey = &self.journey;
        Page {
            path: self.path(),
            token: self.token(state),
            brand: self.tenant.brand.clone(),
            application: self.application.name.clone(),
            language: journey.language.clone(),
            languages: self
                .flow
                .languages(text::languages())
                .into_iter()
                .map(|tag| LanguageName { tag: tag.into(), name: text::name(tag).into() })
                .collect(),
            address: journey.stage.address().map(str::to_owned),
            step,
            can_cancel: journey.can_cancel,
            faults: journey.said.faults.clone(),
            typed: typed(journey),
            notice: journey.said.notice,
            embedded: false,
        }
    }
}
