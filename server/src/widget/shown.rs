//! What a page elsewhere is told: the Page as hosted pages have it, drawn as well where it is the first, and where what draws
//! the next ones is found. Every loader that was released reads it (public/versions.txt): what it knows keeps name and meaning.

use crate::{assets, drive::Visit, error::Result, sentences, state::AppState};
use app::{
    contract::{
        brand::Brand,
        journey::{Page, Step},
    },
    shell, text,
};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    #[serde(flatten)]
    page: Page,
    #[serde(flatten)]
    drawn: Option<Drawn>,
    /// With the tenant's colours. Whoever has it wears it on every page.
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<String>,
}

/// A page whole, and what takes it over.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Drawn {
    html: String,
    direction: &'static str,
    /// Empty where the page stays as it is drawn.
    js: String,
    wasm: String,
    text: String,
}

impl Shown {
    /// `token` opens the journey for the next answer. What only the server draws is drawn in any case, and taken over by
    /// nothing.
    pub async fn of(state: &AppState, visit: &Visit, step: Step, token: &str, is_drawn: bool) -> Result<Self> {
        let url = &state.config.public_url;
        let path = format!("/{}/widget/{}/{}", visit.tenant.id, visit.application.id, visit.row.id);
        let page = visit.page(state, step);
        let logo = page.brand.logo.as_ref().map(|logo| url.at(logo));
        let page = Page {
            path: url.at(&path),
            token: token.into(),
            brand: Brand { logo, ..page.brand.clone() },
            embedded: true,
            ..page
        };
        let is_still = page.step == Step::SecondFactor;
        if !is_drawn && !is_still || matches!(page.step, Step::Done { .. }) {
            return Ok(Self { page, drawn: None, style: None });
        }
        let texts = sentences::spoken(state, &visit.tenant.id, &page.language).await?;
        let scripts = sentences::scripts(&visit.tenant.id, &texts, assets::scripts(&page.language));
        let drawn = Drawn {
            html: shell::fragment(&page, &texts),
            direction: text::direction(&page.language),
            js: if is_still { String::new() } else { url.at(&scripts.js) },
            wasm: url.at(&scripts.wasm),
            text: url.at(&scripts.text),
        };
        Ok(Self { page, drawn: Some(drawn), style: None })
    }

    /// For the first page of a journey: all that is needed to show it comes in one answer.
    pub fn with_style(self) -> Self {
        let style = format!("{}{}", assets::style_in_elements(), shell::host_colours(&self.page.brand));
        Self { style: Some(style), ..self }
    }
}
