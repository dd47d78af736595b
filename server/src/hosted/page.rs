//! GET: the present step of a journey, as a page or as JSON.

use super::visit::Visit;
use crate::{
    assets,
    error::Result,
    guard::Caller,
    html,
    journey::{show, typed},
    state::AppState,
    wishes,
};
use app::{
    contract::{
        id::JourneyId,
        journey::{LanguageName, Page, Step},
    },
    shell, text,
};
use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

pub async fn page(
    State(state): State<AppState>,
    Path((tenant, journey)): Path<(String, JourneyId)>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let visit = Visit::load(&state, &tenant, &journey, headers, caller).await?;
    let step = match visit.row.finished_at {
        Some(_) => Step::Done { location: visit.resume() },
        None => show(&visit.setting(), &visit.journey, visit.now),
    };
    Ok(show_step(&state, &visit, step))
}

/// The step in the form that was asked for. A finished journey is left at once.
pub fn show_step(state: &AppState, visit: &Visit, step: Step) -> Response {
    if wishes::wants_json(&visit.headers) {
        return Json(describe(state, visit, step)).into_response();
    }
    if let Step::Done { location } = step {
        return Redirect::to(&location).into_response();
    }
    let page = describe(state, visit, step);
    let texts = text::texts(&page.language);
    let nonce = html::nonce(&state.chance);
    let body = shell::hosted(&page, &texts, assets::scripts(&page.language), &nonce);
    html::document(body, nonce, html::form_targets(&visit.application))
}

fn describe(state: &AppState, visit: &Visit, step: Step) -> Page {
    let journey = &visit.journey;
    Page {
        path: visit.path(),
        token: visit.token(state),
        brand: visit.tenant.brand.clone(),
        application: visit.application.name.clone(),
        language: journey.language.clone(),
        languages: text::languages()
            .iter()
            .map(|tag| LanguageName { tag: (*tag).into(), name: text::name(tag).into() })
            .collect(),
        address: journey.stage.address().map(str::to_owned),
        step,
        faults: journey.said.faults.clone(),
        typed: typed(journey),
        notice: journey.said.notice,
    }
}
