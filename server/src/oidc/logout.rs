//! `GET|POST /{tenant}/oauth2/v2.0/logout`: the session ends, and the browser goes back to the application
//! (OpenID Connect RP-Initiated Logout 1.0). Where it is not certain that the person's own application asks, the person is
//! asked: nobody is signed out by a link on somebody else's page.

use super::{
    browser, goodbye,
    hint::{self, Hint},
    redirect::{self, see_other, with_pairs},
};
use crate::{
    assets,
    client::{
        parameters::Parameters,
        place::{Named, Place},
    },
    cookie::Cookie,
    directory::{
        Durability, account,
        activity::{self, Activity},
        application::{self, Application},
        identity::{self, Folded},
        session::{self, Session},
        tenant::{self, Tenant},
        user_flow,
    },
    error::{Error, Result},
    guard::{IsPopup, same_origin},
    html, problem,
    request::{self, response::ResponseMode},
    secret::{seal::Purpose, token},
    session_state,
    state::AppState,
    wishes,
};
use app::{
    contract::{id::ApplicationId, validate::ADDRESS_MAX},
    hosted::{SignOut, WebMessage},
    shell, text,
};
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use std::sync::Arc;

const PARAMETERS: [&str; 10] = [
    "id_token_hint",
    "logout_hint",
    "post_logout_redirect_uri",
    "state",
    "client_id",
    "ui_locales",
    "mkt",
    "response_mode",
    "token",
    "p",
];

const PATH: &str = "/oauth2/v2.0/logout";

/// Everything that a request to sign out is judged by.
struct Visit {
    tenant: Arc<Tenant>,
    /// Where our page's form goes.
    path: String,
    /// The same request by GET.
    again: String,
    /// A window says that it is done to the page that opened it; any other browser goes back.
    mode: ResponseMode,
    way_out: tenant::SignOut,
    asked: Parameters,
    /// Whether it came by our page's form.
    by_form: bool,
    headers: HeaderMap,
    session: Option<Session>,
    /// Nothing where none was sent, or none that can be believed.
    hint: Option<Hint>,
    /// The applications whose address the browser would go back to; nobody's address is no way back.
    owners: Vec<Arc<Application>>,
}

pub async fn get(
    State(state): State<AppState>,
    place: Place,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let visit = visit(&state, &place, Parameters::of_query(query.as_deref()), headers).await?;
    let response = match &visit.session {
        None => signed_out(&state, &visit).await,
        Some(session) if may_end_unasked(&state, &visit, session).await? => end(&state, &visit, session).await,
        Some(session) => ask(&state, &visit, session).await,
    };
    Ok(in_its_window(&visit, response?))
}

/// Our page's own form carries its token. An application's form comes again by GET, and brings the cookies that do not
/// travel with a POST from another site.
pub async fn post(State(state): State<AppState>, place: Place, headers: HeaderMap, body: Bytes) -> Result<Response> {
    let asked = Parameters::of_form(&headers, &body).map_err(request::page)?;
    if asked.get("token").is_none() {
        return Ok(see_other(&place.again(PATH, asked)));
    }
    same_origin(&headers, &state.config.public_url)?;
    let visit = Visit { by_form: true, ..visit(&state, &place, asked, headers).await? };
    let response = match &visit.session {
        None => signed_out(&state, &visit).await,
        Some(session) => {
            let presented = visit.asked.get("token").unwrap_or_default();
            if !token::keyed_hash_is(&state.seal, Purpose::Journey, &token_of(session), presented) {
                return Err(Error::Forged("the token of the sign-out page"));
            }
            end(&state, &visit, session).await
        }
    };
    Ok(in_its_window(&visit, response?))
}

fn in_its_window(visit: &Visit, mut response: Response) -> Response {
    if visit.mode == ResponseMode::WebMessage {
        response.extensions_mut().insert(IsPopup);
    }
    response
}

async fn visit(state: &AppState, place: &Place, asked: Parameters, headers: HeaderMap) -> Result<Visit> {
    asked.once(&PARAMETERS).map_err(request::page)?;
    let tenant = tenant::get(&state.db, &place.tenant).await?;
    let named = place.named(&state.db, &tenant).await.map_err(request::as_page(place.tongue()))?;
    let session = browser::signed_in(state, &tenant.id, &headers).await?;
    let way_out = way_out(state, &tenant, named.as_ref(), session.as_ref()).await?;
    let hint = hint(state, &tenant, &asked).await?;
    let mode = match asked.get("response_mode").and_then(ResponseMode::named) {
        Some(ResponseMode::WebMessage) => ResponseMode::WebMessage,
        _ => ResponseMode::Query,
    };
    let owners = owners(state, &tenant, &asked, hint.as_ref(), mode).await?;
    let path = place.path(tenant.id.as_str(), named.as_ref().map(|named| named.name.as_str()), PATH);
    let again = place.again(PATH, asked.clone().without(&["token"]));
    Ok(Visit { tenant, path, again, mode, way_out, asked, by_form: false, headers, session, hint, owners })
}

/// What happens without an ID token: as the tenant says, unless the flow (the one that is named, or in which the person
/// signed in) wants to see one. Then the person is asked, and stays here.
async fn way_out(
    state: &AppState,
    tenant: &Tenant,
    named: Option<&Named>,
    session: Option<&Session>,
) -> Result<tenant::SignOut> {
    let flow = match (named, session.and_then(Session::user_flow)) {
        (Some(named), _) => Some(named.flow.clone()),
        // A flow that was deleted meanwhile has no wishes.
        (None, Some(id)) => user_flow::get(&state.db, &tenant.id, id).await.map(Some).or_else(|error| match error {
            Error::NotFound => Ok(None),
            error => Err(error),
        })?,
        (None, None) => None,
    };
    let needs_hint = flow.is_some_and(|flow| flow.rules.sessions.sign_out_needs_hint);
    Ok(if needs_hint { tenant::SignOut::Stay } else { tenant.sign_out })
}

/// Where it cannot be believed, the person is asked.
async fn hint(state: &AppState, tenant: &Tenant, asked: &Parameters) -> Result<Option<Hint>> {
    match asked.get("id_token_hint") {
        Some(id_token) => hint::read(state, tenant, id_token, asked.get("client_id")).await,
        None => Ok(None),
    }
}

/// The hint's application, if the address is its own. Without a hint every application that has registered the address.
async fn owners(
    state: &AppState,
    tenant: &Tenant,
    asked: &Parameters,
    hint: Option<&Hint>,
    mode: ResponseMode,
) -> Result<Vec<Arc<Application>>> {
    let Some(uri) = asked.get("post_logout_redirect_uri") else { return Ok(Vec::new()) };
    let named = hint.map(|hint| hint.application.clone()).or(asked.get("client_id").map(ApplicationId::from));
    let candidates = match named {
        Some(application) => vec![application],
        None => application::find_by_redirect_uri(&state.db, &tenant.id, uri).await?,
    };
    let mut owners = Vec::new();
    for id in candidates {
        let application = application::find_enabled(&state.db, &tenant.id, &id).await?;
        owners.extend(application.filter(|application| request::may_return(application, mode, uri).is_ok()));
    }
    Ok(owners)
}

/// An ID token of this very session proves who asks, and so does one of a session in whose place it stands: the application
/// was not told of the newer one. Without one, the address does: it leads to an application that the session signed in to,
/// and to nowhere else.
async fn may_end_unasked(state: &AppState, visit: &Visit, session: &Session) -> Result<bool> {
    if let Some(hint) = &visit.hint {
        let (db, tenant) = (&state.db, &visit.tenant.id);
        return Ok(hint.session == session.id
            || session::is_told_as(db, tenant, &session.id, &hint.application, &hint.session).await?);
    }
    if visit.owners.is_empty()
        || visit.way_out == tenant::SignOut::Stay
        || is_another_meant(state, visit, session).await?
    {
        return Ok(false);
    }
    if visit.way_out == tenant::SignOut::AtOnce {
        return Ok(true);
    }
    let own = session::list_applications(&state.db, &visit.tenant.id, &session.id).await?;
    Ok(visit.owners.iter().any(|owner| own.contains(&owner.id)))
}

/// A browser has one session. Where `logout_hint` names somebody else (RP-Initiated Logout §2), or nobody that we know of, the
/// application does not mean whoever is signed in now.
async fn is_another_meant(state: &AppState, visit: &Visit, session: &Session) -> Result<bool> {
    let Some(hint) = visit.asked.get("logout_hint") else { return Ok(false) };
    if hint.len() > ADDRESS_MAX {
        return Ok(true);
    }
    let meant = identity::find_by_name(&state.db, &visit.tenant.id, &Folded::address(hint)).await?;
    Ok(meant.is_none_or(|meant| meant.account != session.account))
}

async fn end(state: &AppState, visit: &Visit, session: &Session) -> Result<Response> {
    let now = state.clock.now();
    let activity = Activity {
        id: state.chance.id(),
        at: now,
        kind: activity::Kind::SignedOut,
        account: Some(session.account.clone()),
        application: visit.owners.first().map(|owner| owner.id.clone()),
        user_flow: None,
    };
    let frames = goodbye::frames(state, &visit.tenant, session).await?;
    let (tenant, session) = (visit.tenant.id.clone(), session.id.clone());
    state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                session::end(c, &tenant, &session, now).await?;
                activity::insert(&tenant, &activity).run(c).await
            })
        })
        .await?;
    state.goodbyes.notify_one();
    if frames.is_empty() { signed_out(state, visit).await } else { Ok(framing(state, visit, &frames)) }
}

/// Back to the application by way of a page that others are told on.
fn framing(state: &AppState, visit: &Visit, frames: &[String]) -> Response {
    // The session is over: asked again, the window only says so.
    let onward =
        way_back(visit).map(|back| if visit.mode == ResponseMode::WebMessage { visit.again.clone() } else { back });
    forgotten(state, visit, going_on(state, visit, frames, onward.as_deref()))
}

fn going_on(state: &AppState, visit: &Visit, frames: &[String], onward: Option<&str>) -> Response {
    let (language, nonce) = (language(visit), html::nonce(&state.chance));
    let (texts, scripts) = (text::texts(language), assets::scripts(language));
    let body = shell::signing_out(&visit.tenant.brand, frames, onward, &texts, scripts, &nonce);
    let sources = frames.iter().filter_map(|url| html::source(url)).collect();
    html::document_with_frames(body, nonce, sources)
}

/// The browser forgets, wherever it goes (security R26).
fn forgotten(state: &AppState, visit: &Visit, mut response: Response) -> Response {
    let cookie = Cookie::Session(visit.tenant.id.clone()).clear(state.config.public_url.is_https());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    let nobody = session_state::cookie_of_nobody(state, &visit.tenant.id);
    response.headers_mut().append(header::SET_COOKIE, nobody);
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    response
}

/// Back to the application, or a page that says it is done.
async fn signed_out(state: &AppState, visit: &Visit) -> Result<Response> {
    let response = match (way_back(visit), visit.owners.first()) {
        (Some(location), Some(owner)) if visit.mode == ResponseMode::WebMessage => {
            let page = WebMessage { brand: &visit.tenant.brand, application: &owner.name, location: &location };
            let origin = visit.asked.get("post_logout_redirect_uri").unwrap_or_default();
            redirect::message(state, &page, origin, language(visit))
        }
        (Some(location), _) if visit.by_form && !html::may_end_a_form(&location, &state.config.public_url) => {
            going_on(state, visit, &[], Some(&location))
        }
        (Some(location), _) => see_other(&location),
        (None, _) => {
            let language = language(visit);
            let nonce = html::nonce(&state.chance);
            let application = whence(state, visit).await?;
            let home = application.as_deref().and_then(problem::home);
            let (texts, scripts) = (text::texts(language), assets::scripts(language));
            let body = shell::signed_out(&visit.tenant.brand, home, &texts, scripts, &nonce);
            html::document(body, nonce, Vec::new())
        }
    };
    Ok(forgotten(state, visit, response))
}

/// The application that the person came from: the one that asks, or the only one that their session signed in to.
async fn whence(state: &AppState, visit: &Visit) -> Result<Option<Arc<Application>>> {
    let asks = visit.hint.as_ref().map(|hint| hint.application.clone());
    let id = match (asks.or(visit.asked.get("client_id").map(ApplicationId::from)), &visit.session) {
        (Some(id), _) => id,
        (None, Some(session)) => {
            let mut own = session::list_applications(&state.db, &visit.tenant.id, &session.id).await?;
            match (own.pop(), own.is_empty()) {
                (Some(id), true) => id,
                _ => return Ok(None),
            }
        }
        (None, None) => return Ok(None),
    };
    application::find_enabled(&state.db, &visit.tenant.id, &id).await
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

fn way_back(visit: &Visit) -> Option<String> {
    let may_return = visit.hint.is_some() || visit.way_out != tenant::SignOut::Stay;
    let uri = visit.asked.get("post_logout_redirect_uri").filter(|_| may_return && !visit.owners.is_empty())?;
    let state: Vec<_> = visit.asked.get("state").map(|state| ("state", state)).into_iter().collect();
    Some(with_pairs(uri, ResponseMode::Query, &state))
}

async fn ask(state: &AppState, visit: &Visit, session: &Session) -> Result<Response> {
    let profile = account::profile(&state.db, &visit.tenant.id, &session.account).await?;
    // The form brings back what was asked, to be judged again.
    let asked = PARAMETERS.iter().filter(|name| !["token", "p"].contains(*name));
    let mut fields: Vec<(&str, &str)> = asked.filter_map(|name| Some((*name, visit.asked.get(name)?))).collect();
    let token = token::keyed_hash(&state.seal, Purpose::Journey, &token_of(session));
    fields.push(("token", &token));
    let page = SignOut {
        brand: &visit.tenant.brand,
        address: profile.as_ref().map(|profile| profile.name.as_str()),
        path: &visit.path,
        fields: &fields,
    };
    let language = language(visit);
    let nonce = html::nonce(&state.chance);
    let body = shell::sign_out(&page, &text::texts(language), assets::scripts(language), &nonce);
    Ok(html::document(body, nonce, visit.owners.iter().flat_map(|owner| html::form_targets(owner)).collect()))
}

/// Proves that the form is our page's, of this session (security R20).
fn token_of(session: &Session) -> [&[u8]; 2] {
    [b"sign out", session.id.as_str().as_bytes()]
}

fn language(visit: &Visit) -> &'static str {
    wishes::language(request::languages(&visit.asked), visit.headers.get(header::ACCEPT_LANGUAGE))
}
