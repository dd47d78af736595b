//! `POST /{tenant}/widget/{application}/{journey}/live`: tells an attribute page inside somebody else's page that its layout
//! was saved anew. A POST, so that what opens the journey stands in no address.

use super::{Embedding, answer::open, varies};
use crate::{
    client::parameters::Parameters,
    error::{Error, Result},
    guard::Caller,
    news,
    state::AppState,
};
use app::contract::id::JourneyId;
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

pub async fn live(
    State(state): State<AppState>,
    Path((tenant, application, journey)): Path<(String, String, JourneyId)>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    varies(match Embedding::find(&state, &tenant, &application, &headers).await {
        Ok(embedding) => embedding.lets_read(told(&state, &embedding, &journey, caller, &headers, &body).await),
        Err(error) => error.into_response(),
    })
}

async fn told(
    state: &AppState,
    embedding: &Embedding,
    journey: &JourneyId,
    caller: Caller,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response> {
    let asked = Parameters::of_form(headers, body)?;
    asked.once(&["token", "revision"])?;
    let revision = asked.required("revision")?.parse();
    let revision = revision.map_err(|_| Error::BadRequest("the revision is not a number".into()))?;
    match open(state, embedding, journey, caller, asked.required("token")?).await {
        Err(Error::JourneyOver) => Ok(news::none()),
        opened => news::of(state, &opened?.visit, revision),
    }
}
