//! GET: the present step of a journey, as a page or as JSON.

use crate::{
    assets,
    drive::{Holder, Visit},
    error::Result,
    guard::Caller,
    html,
    journey::{show, typed},
    sentences,
    state::AppState,
    wishes,
};
use app::{
    contract::{
        id::JourneyId,
        journey::{LanguageName, Page, Step},
    },
    shell::{self, Scripts},
    text,
};
use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use std::borrow::Cow;

pub async fn page(
    State(state): State<AppState>,
    Path((tenant, journey)): Path<(String, JourneyId)>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let as_json = wishes::wants_json(&headers);
    let visit = Visit::load(&state, &tenant, &journey, Holder::Browser(headers), caller).await?;
    let step = match visit.row.finished_at {
        Some(_) => Step::Done { location: visit.resume() },
        None => show(&visit.setting(), &visit.journey, visit.now),
    };
    show_step(&state, &visit, step, as_json).await
}

/// The step in the form that was asked for. A finished journey is left at once.
pub async fn show_step(state: &AppState, visit: &Visit, step: Step, as_json: bool) -> Result<Response> {
    if as_json {
        return Ok(Json(describe(state, visit, step)).into_response());
    }
    if let Step::Done { location } = step {
        return Ok(visit.in_its_window(Redirect::to(&location).into_response()));
    }
    let page = describe(state, visit, step);
    // The person may have chosen another language a moment ago.
    let texts = sentences::spoken(state, &visit.tenant.id, &page.language).await?;
    let nonce = html::nonce(&state.chance);
    let scripts = match page.step {
        Step::SecondFactor => {
            let css = assets::scripts(&page.language).css.clone();
            Cow::Owned(Scripts { css, ..Scripts::default() })
        }
        _ => sentences::scripts(&visit.tenant.id, &texts, assets::scripts(&page.language)),
    };
    let body = shell::hosted(&page, &texts, &scripts, &nonce);
    Ok(visit.in_its_window(html::document(body, nonce, html::form_targets(&visit.application))))
}

fn describe(state: &AppState, visit: &Visit, step: Step) -> Page {
    let journey = &visit.journey;
    Page {
        path: visit.path(),
        token: visit.token(state),
        brand: visit.tenant.brand.clone(),
        application: visit.application.name.clone(),
        language: journey.language.clone(),
        languages: visit
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
    }
}
