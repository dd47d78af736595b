//! `grant_type=continuation_token`: somebody has signed in on the application's own screens (`native/`), and the application
//! says only now for what.

use super::{
    redeem::{self, Here, NO_SUCH_CODE, REDEEMED_BEFORE},
    reply::is_meant,
    token::Granted,
};
use crate::{
    client::{auth::Client, parameters::Parameters, place::Named},
    directory::{application::Platform, grant::Grant, tenant::Tenant},
    error::{Error, Refusal, Result},
    request::{
        Kept,
        asked_claims::AskedClaims,
        offered::Offered,
        scope::{Apis, Scopes},
    },
    state::AppState,
};

/// The token that comes here is the grant's code: `native::token` took it out of the one that the application holds.
pub async fn redeem(
    state: &AppState,
    tenant: &Tenant,
    named: Option<&Named>,
    client: &Client,
    form: &Parameters,
) -> Result<Granted> {
    let application = client.application.id.clone();
    let (scope, public_url) = (form.required("scope")?, &state.config.public_url);
    let offered = Offered::to(&client.application, Some(scope), &state.db, &tenant.id, public_url).await?;
    let apis = Apis { application: &application, public_url, offered: &offered };
    let (scopes, claims) = (Scopes::asked(scope, apis)?, AskedClaims::asked(form.get("claims"))?);
    let code = form.required("continuation_token")?;
    // What runs in a page says so by its Origin.
    let platform = if client.origin.is_some() { Platform::SinglePage } else { Platform::Native };
    client.befits(platform)?;
    let (of, here) = (tenant.id.clone(), Here::at(&state.config.public_url, named));
    let judge = move |grant: &Grant| {
        let kept: Kept = serde_json::from_str(&grant.request)?;
        if !kept.native || grant.application != application {
            return Ok(Err(Refusal::new(
                "invalid_request",
                55200,
                "The continuation_token is none of this application's.",
            )));
        }
        if let Err(refusal) = here.gave(grant, &kept) {
            return Ok(Err(refusal));
        }
        Ok(redeem::granted(grant, Kept { scopes, claims: claims.clone(), ..kept }).and_then(|(granted, rules)| {
            is_meant(&of, &application, &claims, &granted, None)?;
            Ok((granted, rules))
        }))
    };
    redeem::use_up(state, tenant, client, code, platform, judge).await.map_err(as_continuation)
}

/// To such an application there are no codes.
fn as_continuation(error: Error) -> Error {
    match error {
        Error::Refused(refusal) if [REDEEMED_BEFORE, NO_SUCH_CODE].contains(&refusal.number) => {
            Refusal::new("expired_token", 552_003, "The continuation_token was used or has expired.").into()
        }
        error => error,
    }
}
