//! GET: the present step of a journey, as a page or as JSON.

use crate::{
    assets,
    drive::{Holder, Visit},
    error::Result,
    guard::Caller,
    html,
    journey::show,
    sentences,
    state::AppState,
    wishes,
};
use app::{
    contract::{id::JourneyId, journey::Step},
    shell::{self, Scripts},
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
        return Ok(Json(visit.page(state, step)).into_response());
    }
    if let Step::Done { location } = step {
        return Ok(visit.in_its_window(Redirect::to(&location).into_response()));
    }
    let page = visit.page(state, step);
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
