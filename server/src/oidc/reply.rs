//! The answer to an authorization request that went well: a code, tokens, or both, as was asked.

use super::{
    claims::{self, Beside},
    mint::Mint,
    redirect::Answering,
    token::{self, Granted},
};
use crate::{
    directory::{grant::Outcome, pairwise::pairwise, session, user_flow},
    error::{Error, Refusal, Result},
    request::{
        Kept,
        asked_claims::AskedClaims,
        scope::{Apis, Scope},
    },
    session_state,
};
use app::contract::id::{ApplicationId, SessionId, TenantId, UserFlowId};
use axum::{http::header, response::Response};

/// Who signed in, and through which flow.
pub struct SignedIn {
    pub outcome: Outcome,
    pub user_flow: UserFlowId,
}

/// `code` is that of the grant; it is told where it was asked for.
pub async fn reply(from: Answering<'_>, kept: &Kept, code: &str, by: SignedIn) -> Result<Response> {
    let usual = from.state.config.public_url.is_the_house_s() && kept.flow_name.is_none();
    if let Outcome::SignedIn { session, .. } = &by.outcome
        && usual
        && kept.response.is_code()
        && kept.claims.is_empty()
    {
        return Ok(in_session(from, kept, session, vec![("code", code.to_owned())]));
    }
    let granted = granted(kept, by).ok_or(Error::JourneyOver)?;
    if !usual {
        session::note_issuer(&from.state.db, &from.tenant.id, &granted.session, &from.application.id, from.issuer)
            .await?;
    }
    let flow = user_flow::get(&from.state.db, &from.tenant.id, &granted.user_flow).await?;
    let called = claims::acr_of_flow(&flow, granted.flow_name.as_deref());
    if let Err(refusal) = is_meant(&from.tenant.id, &from.application.id, &kept.claims, &granted, called) {
        return Ok(kept.to.with_refusal(from, &refusal));
    }
    // Signed out meanwhile, by themselves or by whoever took their password back: nothing is issued any more.
    if !session::is_running(&from.state.db, &from.tenant.id, &granted.session).await? {
        let refusal = Refusal::new("login_required", 50058, "The session has ended.");
        return Ok(kept.to.with_refusal(from, &refusal));
    }
    match tokens(from, kept, code, &granted).await {
        Ok(pairs) => Ok(in_session(from, kept, &granted.session, pairs)),
        Err(Error::Refused(refusal)) => Ok(kept.to.with_refusal(from, &Refusal { error: "access_denied", ..refusal })),
        Err(fault) => Err(fault),
    }
}

/// With what the application's page may ask for later: whether this is still the session (OpenID Connect Session Management
/// 1.0 §3).
fn in_session(
    from: Answering<'_>,
    kept: &Kept,
    session: &SessionId,
    mut pairs: Vec<(&'static str, String)>,
) -> Response {
    let Answering { state, tenant, application, .. } = from;
    let of_page = session_state::session_state(state, &tenant.id, session, &application.id, &kept.to.uri);
    let of_page = of_page.filter(|_| kept.scopes.has(&Scope::Openid));
    let is_told = of_page.is_some();
    pairs.extend(of_page.map(|told| ("session_state", told)));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut response = kept.to.with(from, &pairs);
    if is_told {
        let cookie = session_state::cookie(state, &tenant.id, session);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn granted(kept: &Kept, SignedIn { outcome, user_flow }: SignedIn) -> Option<Granted> {
    let Outcome::SignedIn { account, session, amr, signed_in_at, new_account } = outcome else { return None };
    Some(Granted {
        account,
        profile: None,
        session,
        user_flow,
        amr,
        signed_in_at,
        scopes: kept.scopes.clone(),
        nonce: kept.nonce.clone(),
        claims: kept.claims.clone(),
        refresh_token: None,
        flow_name: kept.flow_name.clone(),
        new_account,
    })
}

/// OpenID Connect Core §3.1.2.1, §5.5.1: an application that asked for one person is never told of another, and one that
/// must have a better proof never has to do with less. It is judged by what its ID token would say.
pub fn is_meant(
    tenant: &TenantId,
    application: &ApplicationId,
    asked: &AskedClaims,
    granted: &Granted,
    flow_as_acr: Option<&str>,
) -> Result<(), Refusal> {
    let name = pairwise(tenant, application, &granted.account);
    if asked.sub.as_ref().is_some_and(|meant| *meant != name) {
        return Err(Refusal::new("login_required", 50058, "Somebody else signed in than the application asked for."));
    }
    let told = flow_as_acr.unwrap_or_else(|| claims::acr(granted));
    if !asked.acr.is_empty() && !asked.acr.iter().any(|acr| acr == told) {
        let why = "The person did not sign in by the means that the application must have.";
        return Err(Refusal::new("unmet_authentication_requirements", 50076, why));
    }
    Ok(())
}

/// In the order in which OAuth 2.0 Multiple Response Types names them.
async fn tokens(
    from: Answering<'_>,
    kept: &Kept,
    code: &str,
    granted: &Granted,
) -> Result<Vec<(&'static str, String)>> {
    let mut pairs = Vec::new();
    let response = kept.response;
    if response.code {
        pairs.push(("code", code.to_owned()));
    }
    if !response.holds_tokens() {
        return Ok(pairs);
    }
    let Answering { state, tenant, application, .. } = from;
    let mint = Mint::open(state, tenant, application, granted, None).await?;
    // Nobody proved anything: whoever has the browser has the token.
    let access_token = if response.token { Some(mint.access_token("0", None)?) } else { None };
    if let Some(access_token) = &access_token {
        let apis = Apis::usual(&application.id, &state.config.public_url);
        pairs.push(("access_token", access_token.clone()));
        pairs.push(("token_type", "Bearer".into()));
        pairs.push(("expires_in", token::lifetime(&kept.scopes, mint.flow()).as_secs().to_string()));
        pairs.push(("scope", kept.scopes.without_refresh().text(apis)));
    }
    if response.id_token {
        let beside = Beside {
            access_token: access_token.as_deref(),
            code: response.code.then_some(code),
            state: kept.to.state.as_deref(),
        };
        pairs.push(("id_token", mint.id_token(beside)?));
    }
    Ok(pairs)
}
