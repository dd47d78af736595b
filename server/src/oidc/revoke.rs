//! `POST /{tenant}/oauth2/v2.0/revoke`: an application gives back a token that it needs no more (RFC 7009).

use super::{OF_A_TOKEN, refresh};
use crate::{
    client::{
        access_token::{self, Genuine},
        auth::{self, Client},
        cors,
        parameters::Parameters,
        place::Place,
        refuse::{self, NO_STORE, Traces},
    },
    directory::{Durability, revoked_token, tenant::Tenant, token_family},
    error::{Refusal, Result},
    guard::Caller,
    state::AppState,
};
use app::contract::time::Timestamp;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

pub async fn post(
    State(state): State<AppState>,
    place: Place,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let traces = Traces::new(&state, &caller, &headers, &Parameters::of_query(None)).in_tongue(place.tongue());
    let (tenant, form, client) = match auth::who_calls(&state, &place, &headers, &body, &OF_A_TOKEN).await {
        Ok(known) => known,
        Err(error) => {
            let told = refuse::with_challenge(refuse::json(&error, &traces), "Basic realm=\"token\"");
            return cors::allow_everybody(told);
        }
    };
    let response = match revoke(&state, &tenant, &client, &form).await {
        // RFC 7009 §2.2: nothing to read, and so nothing that says in which form it is written.
        Ok(()) => (StatusCode::OK, NO_STORE).into_response(),
        Err(error) => refuse::json(&error, &traces),
    };
    cors::allow_pages_of(&client.application, &headers, response)
}

/// The hint of its type helps who has to search; here a token says itself what it is. What is none, or none any more, is
/// revoked already (§2.2).
async fn revoke(state: &AppState, tenant: &Tenant, client: &Client, form: &Parameters) -> Result<()> {
    let token = form.required("token")?;
    if client.application.is_confidential() {
        client.proved()?;
    }
    let now = state.clock.now();
    if let Some((family, _)) = refresh::read(&state.seal, &tenant.id, token) {
        let Some(family) = token_family::find(&state.db, &tenant.id, family, now).await? else { return Ok(()) };
        its_own(client, family.application.as_str())?;
        let tenant = tenant.id.clone();
        let revoke = state.db.write(Durability::Lasting, move |c| {
            Box::pin(async move { token_family::revoke(c, &tenant, &family.id, now).await.map(drop) })
        });
        return revoke.await;
    }
    // Whatever it is worth at this moment: an API that is switched off is switched on again.
    let Some(Genuine { claims, .. }) = access_token::genuine(state, tenant, token).await? else { return Ok(()) };
    its_own(client, access_token::text(&claims, "client_id")?)?;
    let expires = claims.get("exp").and_then(serde_json::Value::as_i64).unwrap_or_default();
    revoked_token::insert(&state.db, &tenant.id, access_token::text(&claims, "jti")?, Timestamp(expires * 1000)).await
}

/// §2.1.
fn its_own(client: &Client, application: &str) -> Result<(), Refusal> {
    match client.application.id.as_str() == application {
        true => Ok(()),
        false => Err(Refusal::new("unauthorized_client", 700_016, "The token was issued to another application.")),
    }
}
