//! `GET /{tenant}/oauth2/v2.0/authorize`: an application asks who somebody is. Whoever is signed in already goes straight
//! back; everybody else begins a journey.

use super::{
    browser, hint, par,
    redirect::{Answering, see_other},
    reply::{SignedIn, reply},
};
use crate::{
    client::{
        parameters::Parameters,
        place::{self, Place},
    },
    cookie::{self, Cookie},
    directory::{
        Durability, Unit, account,
        application::Application,
        grant::{self, Code, Grant, Outcome},
        identity::{self, Folded},
        pairwise::pairwise,
        session::{self, Session},
        tenant::{self, Tenant},
        user_flow,
    },
    drive,
    error::{Refusal, Result},
    guard::Caller,
    journey::{self, Entry, Known, assurance, profile::filled_in},
    request::{self, Prompt, RefreshRules, Request, offered::Offered, scope::Apis},
    secret::token::Token,
    state::AppState,
    wishes,
};
use app::contract::{
    id::{AccountId, SessionId},
    journey::{Asks, Path as Way, is_address},
    time::Timestamp,
    user_flow::{FlowKind, UserFlow},
};
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::Response,
};
use std::{sync::Arc, time::Duration};

/// A session is not written down as used more often than this.
const TOUCH_AFTER: Duration = Duration::from_secs(60);

pub async fn get(
    State(state): State<AppState>,
    place: Place,
    RawQuery(query): RawQuery,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let asked = Parameters::of_query(query.as_deref());
    let tenant = tenant::get(&state.db, &place.tenant).await?;
    let pushed = par::taken(&state, &tenant.id, &asked).await?;
    let is_pushed = pushed.is_some();
    let (asked, place) = match pushed {
        Some(pushed) => {
            let as_page = request::as_page(place.tongue());
            let place = place.of_pushed(&state.db, &tenant, pushed.get("p")).await.map_err(as_page)?;
            (pushed, place)
        }
        None => (asked, place),
    };
    let as_page = request::as_page(place.tongue());
    let (application, to) = request::who_asks(&state.db, &tenant.id, &asked).await.map_err(&as_page)?;
    let named = place.named(&state.db, &tenant).await.map_err(&as_page)?;
    let may_be_so = request::is_pushed_where_it_must(&application, is_pushed);
    let public_url = &state.config.public_url;
    let offered = Offered::to(&application, asked.get("scope"), &state.db, &tenant.id, public_url).await?;
    let apis = Apis { application: &application.id, public_url, offered: &offered };
    let request = may_be_so.and_then(|()| request::request(&application, named.as_ref(), &to, &asked, apis));
    match request {
        Ok(mut request) => {
            let flow = user_flow::get(&state.db, &tenant.id, &request.user_flow).await?;
            request.kept.refresh = RefreshRules::of(&flow.rules.tokens);
            answer(&state, Visit { tenant, application, flow, request, whose_sid: None, caller, headers }).await
        }
        Err(refusal) => {
            let issuer = place::issuer_at(public_url, &tenant.id, named.as_ref());
            let from = Answering {
                state: &state,
                tenant: &tenant,
                application: &application,
                headers: &headers,
                ui_locales: request::languages(&asked),
                issuer: &issuer,
                tongue: place.tongue(),
                trace: &caller.trace,
            };
            Ok(to.with_refusal(from, &refusal))
        }
    }
}

/// OpenID Connect Core §3.1.2.1 wants POST as well. Our cookies do not come with a POST from another site (SameSite=Lax),
/// so the browser is asked to come again by GET, and brings them.
pub async fn post(place: Place, headers: HeaderMap, body: Bytes) -> Result<Response> {
    let asked = Parameters::of_form(&headers, &body).map_err(request::page)?;
    Ok(see_other(&place.again("/oauth2/v2.0/authorize", asked)))
}

/// Somebody signs in for what is no request of an application, but of a device of theirs.
pub async fn begin(
    state: &AppState,
    tenant: Arc<Tenant>,
    application: Arc<Application>,
    request: Request,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let flow = user_flow::get(&state.db, &tenant.id, &request.user_flow).await?;
    let visit = Visit { tenant, application, flow, request, whose_sid: None, caller, headers };
    begin_journey(state, visit, None, false, state.clock.now()).await
}

/// A request that is in order, and the browser it came with.
struct Visit {
    tenant: Arc<Tenant>,
    application: Arc<Application>,
    flow: Arc<UserFlow>,
    request: Request,
    /// Whose the session is that the application names, where anybody remembers it.
    whose_sid: Option<AccountId>,
    caller: Caller,
    headers: HeaderMap,
}

impl Visit {
    fn issuer(&self, state: &AppState) -> String {
        let name = self.request.kept.flow_name.as_deref();
        place::issuer(&state.config.public_url, &self.tenant.id, &self.flow, name)
    }

    fn answering<'a>(&'a self, state: &'a AppState, issuer: &'a str) -> Answering<'a> {
        let Visit { tenant, application, request, caller, headers, .. } = self;
        let (ui_locales, tongue) = (request.ui_locales.as_str(), request.kept.tongue());
        Answering { state, tenant, application, headers, ui_locales, issuer, tongue, trace: &caller.trace }
    }

    /// Whether the flow asks for no other proof than that session shows.
    fn is_proved_by(&self, session: &Session) -> bool {
        assurance::suffices(&self.flow, &assurance::proofs(&session.amr))
    }

    /// Whether nothing has to be asked of the person of that session.
    fn is_satisfied_by(&self, session: &Session, now: Timestamp) -> bool {
        self.request.is_satisfied_by(session.signed_in_at, now)
            && self.is_proved_by(session)
            && journey::is_for_signing_in(&self.flow)
    }

    /// Why not without a page, which `prompt=none` forbids (OpenID Connect Core §3.1.2.6).
    fn needs_a_page(&self, session: Option<&Session>) -> Refusal {
        let (error, number, why) = match session {
            Some(session) if !self.is_proved_by(session) => (
                "interaction_required",
                50076,
                "The user flow asks for a second step, and 'prompt=none' forbids to ask the person for it.",
            ),
            Some(_) if !journey::is_for_signing_in(&self.flow) => (
                "interaction_required",
                50058,
                "The user flow has a page for the person, and 'prompt=none' forbids to show it.",
            ),
            _ => (
                "login_required",
                50058,
                "Nobody is signed in as the request asks, and 'prompt=none' forbids to ask them.",
            ),
        };
        Refusal::new(error, number, why)
    }
}

async fn answer(state: &AppState, mut visit: Visit) -> Result<Response> {
    let now = state.clock.now();
    let (application, flow) = (&visit.application.id, &visit.flow);
    let session = browser::signed_in(state, &visit.tenant.id, &visit.headers).await?;
    let session = session.filter(|session| session.is_for(application, &flow.id, flow.rules.sessions.scope, now));
    note_who_is_meant(state, &mut visit).await?;
    let session = as_who_is_meant(state, &visit, session).await?;
    let must_prove_more = match &session {
        Some(session) if journey::is_for_signing_in(&visit.flow) => could_prove_more(state, &visit, session).await?,
        _ => false,
    };
    // What nobody may be asked for is done without (OpenID Connect Core §5.5.1.1), unless the application must have it.
    let may_ask = visit.request.prompt != Prompt::None || !visit.request.kept.claims.acr.is_empty();
    match session {
        Some(session) if visit.is_satisfied_by(&session, now) && !(must_prove_more && may_ask) => {
            return_at_once(state, visit, session, now).await
        }
        session if visit.request.prompt == Prompt::None => {
            let (issuer, refusal) = (visit.issuer(state), visit.needs_a_page(session.as_ref()));
            Ok(visit.request.kept.to.with_refusal(visit.answering(state, &issuer), &refusal))
        }
        session => begin_journey(state, visit, session, must_prove_more, now).await,
    }
}

/// Whether somebody who signs in anew could come nearer to what the application wishes of the proof: by the password that they
/// did not show, or the second factor that they set up since.
async fn could_prove_more(state: &AppState, visit: &Visit, session: &Session) -> Result<bool> {
    let (wished, proved) = (visit.request.wished_acr(), assurance::acr(&session.amr));
    if wished.is_empty() || assurance::met(proved, wished).is_some() {
        return Ok(false);
    }
    let known = identity::find_by_account(&state.db, &visit.tenant.id, &session.account).await?;
    let most = known.map(|known| assurance::most(known.method, known.has_second_factor));
    Ok(most.is_some_and(|most| assurance::met(most, wished).is_some()))
}

/// An ID token that is brought back names a person as the `claims` parameter does, and so does a session. Whoever signs in has
/// to be that person (OpenID Connect Core §3.1.2.1).
async fn note_who_is_meant(state: &AppState, visit: &mut Visit) -> Result<()> {
    let (tenant, application) = (&visit.tenant, &visit.application.id);
    visit.whose_sid = match &visit.request.sid {
        Some(sid) => session::account(&state.db, &tenant.id, sid).await?,
        None => None,
    };
    let meant = match &visit.request.id_token_hint {
        Some(id_token) => {
            let hint = hint::read(state, tenant, id_token, Some(application.as_str())).await?;
            hint.map(|hint| hint.account)
        }
        None => visit.whose_sid.clone(),
    };
    if let Some(account) = meant {
        visit.request.kept.claims.sub = Some(pairwise(&tenant.id, application, &account));
    }
    Ok(())
}

/// Whether the named session is this one, or another of the same person. One that nobody remembers any more is, as long as
/// the application knows this one by its name.
async fn is_named(state: &AppState, visit: &Visit, session: &Session, sid: &SessionId) -> Result<bool> {
    match &visit.whose_sid {
        Some(account) => Ok(*account == session.account),
        None => session::is_told_as(&state.db, &visit.tenant.id, &session.id, &visit.application.id, sid).await,
    }
}

/// The session, unless the application means somebody else: it must not be told of one person when it asked for another
/// (OpenID Connect Core §3.1.2.1). Who may choose an account chooses from what there is.
async fn as_who_is_meant(state: &AppState, visit: &Visit, session: Option<Session>) -> Result<Option<Session>> {
    let Some(session) = session else { return Ok(None) };
    if visit.request.prompt == Prompt::SelectAccount {
        return Ok(Some(session));
    }
    let (tenant, request) = (&visit.tenant, &visit.request);
    let names = Asks::from(visit.flow.rules.sign_in_name);
    // What cannot be a name names nobody we know of.
    if let Some(address) = request.login_hint.as_deref().filter(|hint| is_address(hint) || names.read(hint).is_ok()) {
        let named = identity::find_by_name(&state.db, &tenant.id, &Folded::address(address)).await?;
        if named.is_none_or(|named| named.account != session.account) {
            return Ok(None);
        }
    }
    if let Some(sid) = &request.sid
        && !is_named(state, visit, &session, sid).await?
    {
        return Ok(None);
    }
    let name = || pairwise(&tenant.id, &visit.application.id, &session.account);
    let is_meant = request.kept.claims.sub.as_ref().is_none_or(|meant| *meant == name());
    Ok(is_meant.then_some(session))
}

/// Single sign-on: the grant is made, concluded and given its code in one write.
async fn return_at_once(state: &AppState, visit: Visit, session: Session, now: Timestamp) -> Result<Response> {
    if session.seen_at + TOUCH_AFTER <= now {
        session::touch(&state.db, &visit.tenant.id, &session, now).await?;
    }
    let code = Token::random(&state.chance);
    let issued = Code { hash: code.hash(), expires_at: now + drive::CODE_LIFETIME };
    let outcome = Outcome::SignedIn {
        account: session.account,
        session: session.id.clone(),
        amr: session.amr,
        signed_in_at: session.signed_in_at,
        new_account: false,
    };
    let by = SignedIn { outcome: outcome.clone(), user_flow: visit.request.user_flow.clone() };
    let grant = Grant {
        outcome: Some(outcome),
        // No journey will ask for this browser again; its session stands for it.
        ..grant(state, &visit, session.hash)?
    };
    let (tenant, mut unit) = (&visit.tenant.id, Unit::new(Durability::Fleeting));
    unit.say(Durability::Fleeting, grant::insert(tenant, &grant, Some(&issued), now)?);
    unit.say(Durability::Fleeting, session::note_application(tenant, &session.id, &grant.application));
    state.db.commit(unit).await?;
    let issuer = visit.issuer(state);
    reply(visit.answering(state, &issuer), &visit.request.kept, code.reveal(), by).await
}

/// The browser goes to the first page of its journey.
async fn begin_journey(
    state: &AppState,
    visit: Visit,
    session: Option<Session>,
    must_prove_more: bool,
    now: Timestamp,
) -> Result<Response> {
    let https = state.config.public_url.is_https();
    let (browser, set_cookie) = cookie::known_or_new(&Cookie::Browser, &visit.headers, https, &state.chance);
    let (grant, entry) = (grant(state, &visit, browser)?, entry(state, &visit, session, must_prove_more, now).await?);
    let journey = drive::begin(state, &visit.tenant.id, &visit.caller, grant, entry).await?;
    let page = format!("/{}/journeys/{journey}", visit.tenant.id);
    let mut response = visit.request.kept.to.in_its_window(see_other(&page));
    if let Some(cookie) = set_cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn grant(state: &AppState, Visit { application, request, .. }: &Visit, browser: String) -> Result<Grant> {
    drive::new_grant(state, &application.id, &request.user_flow, browser, &request.kept)
}

async fn entry(
    state: &AppState,
    visit: &Visit,
    session: Option<Session>,
    must_prove_more: bool,
    now: Timestamp,
) -> Result<Entry> {
    let request = &visit.request;
    let profile = match &session {
        Some(session) => account::profile(&state.db, &visit.tenant.id, &session.account).await?,
        None => None,
    };
    let flow = &visit.flow;
    let edits = flow.kind == FlowKind::ProfileEdit;
    let lacks_second_step = session.as_ref().is_some_and(|session| !visit.is_proved_by(session));
    let session = session.filter(|session| match request.prompt {
        Prompt::SelectAccount => request.is_recent_enough(session.signed_in_at, now),
        _ => (edits || lacks_second_step) && request.is_satisfied_by(session.signed_in_at, now),
    });
    let known = session.zip(profile.as_ref()).map(|(session, profile)| Known {
        account: profile.account.clone(),
        address: profile.name.clone(),
        name: profile.attributes.get("displayName").cloned(),
        // Whose proof is too little has none that is recent enough.
        until: if must_prove_more { Some(Timestamp(0)) } else { request.recent_until(session.signed_in_at) },
        proved: assurance::proofs(&session.amr),
        kept: session.kept_at.is_some(),
    });
    let as_filled_in = profile.as_ref().map(|profile| filled_in(&flow.layout, &profile.attributes));
    // Who must prove themselves anew need not type the address again. Who chooses, chooses freely.
    let hint = match request.prompt {
        Prompt::SelectAccount => None,
        Prompt::Create => request.login_hint.clone(),
        _ => request.login_hint.clone().or(profile.map(|profile| profile.name)),
    };
    let wished = if request.prompt == Prompt::Create { Way::SignUp } else { Way::SignIn };
    Ok(Entry {
        path: journey::begins(flow, wished),
        language: wishes::language(&request.ui_locales, visit.headers.get(header::ACCEPT_LANGUAGE)).into(),
        hint,
        profile: as_filled_in.filter(|_| edits && !lacks_second_step && request.prompt != Prompt::SelectAccount),
        known,
        can_cancel: journey::can_cancel(flow, request.kept.flow_name.is_some()),
        popup: request.kept.to.popup,
    })
}
