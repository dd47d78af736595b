//! The rules of an authorization request, in their order. Until the application and its redirect URI are certain, a
//! refusal is a page for the person (RFC 6749 §4.1.2.1); from then on it goes back to the application.

pub mod asked_claims;
pub mod offered;
pub mod response;
pub mod scope;

mod prompt;
mod redirect_uri;

use crate::{
    client::{parameters::Parameters, place::Named, tongue::Tongue},
    config::PublicUrl,
    directory::{
        Db,
        application::{self, Application, Platform},
    },
    error::{Error, Refusal, Result},
};
use app::contract::{
    flow_rules::TokenRules,
    id::{ApplicationId, SessionId, TenantId, UserFlowId},
    time::Timestamp,
    user_flow::UserFlow,
    validate::ADDRESS_MAX,
};
use asked_claims::AskedClaims;
pub use prompt::{PROMPTS, Prompt};
pub use redirect_uri::registered;
use response::{ResponseMode, ResponseType, Return};
use scope::{Apis, NOT_GRANTED, Scope, Scopes};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// What we read of a request. Everything else is ignored, however often it comes.
const PARAMETERS: [&str; 22] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "state",
    "scope",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "prompt",
    "max_age",
    "acr_values",
    "login_hint",
    "id_token_hint",
    "sid",
    "ui_locales",
    "mkt",
    "claims",
    "request",
    "request_uri",
    "p",
];

/// Security R29. A nonce is the application's own word; it need not be a novel.
const LONGEST_NONCE: usize = 1024;

/// A state is too, but some keep in it all that they have to know when the person comes back: ASP.NET Core sealed, with the
/// page that was asked for, and MSAL whatever its user adds.
const LONGEST_STATE: usize = 4 * 1024;

/// What an application asks, checked. The part that its code will need is kept with the grant.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    pub kept: Kept,
    pub user_flow: UserFlowId,
    pub prompt: Prompt,
    pub max_age: Option<Duration>,
    /// How sure of the person the application would like to be: a wish (OpenID Connect Core §3.1.2.1).
    pub acr_values: Vec<String>,
    pub login_hint: Option<String>,
    pub id_token_hint: Option<String>,
    /// The session of the person who is meant, as ID tokens call it: MSAL renews so.
    pub sid: Option<SessionId>,
    pub ui_locales: String,
}

/// What is needed again when the person has proved who they are, and when the code is redeemed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub to: Return,
    #[serde(default, skip_serializing_if = "ResponseType::is_code")]
    pub response: ResponseType,
    pub scopes: Scopes,
    pub nonce: Option<String>,
    /// RFC 7636 §4.2, always by S256. Nothing where the application proves itself when it redeems the code.
    pub code_challenge: Option<String>,
    /// The name of the key that the code is bound to (RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "AskedClaims::is_empty")]
    pub claims: AskedClaims,
    /// Nobody's address: the person comes back to the page of a device.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_device: bool,
    /// Nobody's address either: screens of the application's own, which ask for scopes when they ask for tokens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub native: bool,
    /// What the request called its flow, where it named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_name: Option<String>,
    /// The tenant's own address where it was asked under one: the answer named us so, and so must the tokens (RFC 9207 §2.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<String>,
    /// How long its refresh tokens live, as the flow said when it was asked.
    #[serde(default, skip_serializing_if = "RefreshRules::is_usual")]
    pub refresh: RefreshRules,
}

impl Kept {
    /// What is known when an application's own screens begin.
    pub fn native(flow: &UserFlow, flow_name: Option<String>, public_url: &PublicUrl) -> Self {
        Self {
            to: Return { uri: String::new(), mode: ResponseMode::Query, popup: false, state: None },
            response: ResponseType::CODE,
            scopes: Scopes::default(),
            nonce: None,
            code_challenge: None,
            key: None,
            claims: AskedClaims::default(),
            for_device: false,
            native: true,
            flow_name,
            asked_at: own_address(public_url),
            refresh: RefreshRules::of(&flow.rules.tokens),
        }
    }

    /// Whose numbers the application knows.
    pub fn tongue(&self) -> Tongue {
        if self.flow_name.is_some() { Tongue::B2c } else { Tongue::Entra }
    }
}

/// How long refresh tokens live; `None` where they may follow each other for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefreshRules {
    pub days: u16,
    pub window_days: Option<u16>,
}

impl Default for RefreshRules {
    fn default() -> Self {
        Self::of(&TokenRules::default())
    }
}

impl RefreshRules {
    pub fn of(rules: &TokenRules) -> Self {
        Self { days: rules.refresh_days, window_days: rules.refresh_window_days }
    }

    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Who asks, and where the answer goes. Refusals are never sent to the application: nobody is sent to an address that is not
/// certain.
pub async fn who_asks(db: &Db, tenant: &TenantId, asked: &Parameters) -> Result<(Arc<Application>, Return)> {
    asked.once(&PARAMETERS)?;
    let id = ApplicationId::from(asked.required("client_id")?);
    let application = application::find(db, tenant, &id).await?;
    let application = application.ok_or_else(|| Refusal::new("invalid_request", 700_016, "No such application."))?;
    let uri = asked.required("redirect_uri")?;
    let mode = match ResponseMode::of(asked.get("response_mode"), asked.get("response_type")) {
        // Where no message goes, its refusal goes as usual.
        ResponseMode::WebMessage if !is_widget_origin(&application, uri) => {
            ResponseMode::of(None, asked.get("response_type"))
        }
        mode => mode,
    };
    may_return(&application, mode, uri)?;
    enabled(&application)?;
    let popup = is_popup(asked) || mode == ResponseMode::WebMessage;
    Ok((application, Return { uri: uri.into(), mode, popup, state: state(asked).unwrap_or_default() }))
}

/// Whether an answer may go there: to a redirect URI, or as a message to a page that shows the widget.
pub fn may_return(application: &Application, mode: ResponseMode, uri: &str) -> Result<(), Refusal> {
    match mode {
        ResponseMode::WebMessage if is_widget_origin(application, uri) => Ok(()),
        _ => registered(application, uri).map(|_| ()),
    }
}

fn is_widget_origin(application: &Application, uri: &str) -> bool {
    application.widget_origins.iter().any(|origin| origin == uri)
}

/// As OpenID Connect says it (§3.1.2.1), as MSAL says it once it knows its own window, and as older MSAL does not say it:
/// that one opens a window or does not, and asks in the same words.
fn is_popup(asked: &Parameters) -> bool {
    asked.get("display") == Some("popup")
        || asked.get("pocd") == Some("1")
        || asked.get("x-client-SKU").is_some_and(|client| client.starts_with("msal.js.browser"))
}

/// RFC 9126 §6.
pub fn is_pushed_where_it_must(application: &Application, is_pushed: bool) -> Result<(), Refusal> {
    match application.protocol.require_pushed_requests && !is_pushed {
        true => Err(Refusal::new("invalid_request", 90100, "The application's requests have to be pushed first.")),
        false => Ok(()),
    }
}

/// What they ask. Refusals go back to the application.
pub fn request(
    application: &Application,
    named: Option<&Named>,
    to: &Return,
    asked: &Parameters,
    apis: Apis,
) -> Result<Request, Refusal> {
    no_request_object(asked)?;
    let response = response_type(application, asked)?;
    response_mode(response, to, asked)?;
    state(asked)?;
    let prompt = prompt::prompt(asked)?;
    let scopes = Scopes::asked(asked.required("scope")?, apis).map_err(|refusal| as_answered(refusal, prompt))?;
    befit_each_other(response, &scopes)?;
    Ok(Request {
        kept: Kept {
            to: to.clone(),
            response,
            scopes,
            nonce: nonce(response, asked)?,
            code_challenge: code_challenge(application, to, response, asked)?,
            key: key(asked)?,
            claims: AskedClaims::asked(asked.get("claims"))?,
            for_device: false,
            native: false,
            flow_name: named.map(|named| named.name.clone()),
            asked_at: own_address(apis.public_url),
            refresh: RefreshRules::default(),
        },
        user_flow: user_flow(application, named)?,
        prompt,
        max_age: max_age(asked)?,
        acr_values: asked.get("acr_values").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        login_hint: asked.get("login_hint").filter(|hint| hint.len() <= ADDRESS_MAX).map(str::to_owned),
        id_token_hint: asked.get("id_token_hint").map(str::to_owned),
        sid: asked.get("sid").map(SessionId::from),
        ui_locales: languages(asked).to_owned(),
    })
}

/// In which languages the application wishes our pages; Entra has a parameter of its own for one (entra-protocol §2).
pub fn languages(asked: &Parameters) -> &str {
    asked.get("ui_locales").or_else(|| asked.get("mkt")).unwrap_or_default()
}

/// Nothing at the house's own.
pub fn own_address(public_url: &PublicUrl) -> Option<String> {
    (!public_url.is_the_house_s()).then(|| public_url.origin().to_owned())
}

/// What kind of place a code went to: that of its redirect URI, or a page that shows the widget, which stands for itself by
/// its origin.
pub fn platform_of(application: &Application, uri: &str) -> Result<Platform, Refusal> {
    match is_widget_origin(application, uri) {
        true => Ok(Platform::SinglePage),
        false => registered(application, uri).map(|known| known.platform),
    }
}

pub fn page(refusal: Refusal) -> Error {
    page_in(Tongue::Entra, refusal)
}

fn page_in(tongue: Tongue, refusal: Refusal) -> Error {
    Error::BadApplicationRequest(format!("{}: {}", tongue.code(refusal.number), refusal.description))
}

/// For people: there is nobody else to tell.
pub fn as_page(tongue: Tongue) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Refused(refusal) => page_in(tongue, refusal),
        error => error,
    }
}

fn enabled(application: &Application) -> Result<(), Refusal> {
    match application.disabled_at {
        None => Ok(()),
        Some(_) => Err(Refusal::new("unauthorized_client", 7000112, "The application is switched off.")),
    }
}

/// OpenID Connect Core §6.1, §6.2: we read neither, and say so in discovery.
fn no_request_object(asked: &Parameters) -> Result<(), Refusal> {
    for (name, error) in [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")] {
        if asked.get(name).is_some() {
            return Err(Refusal::new(error, 90100, format!("The parameter '{name}' is not supported.")));
        }
    }
    Ok(())
}

/// What stands beside a code an administrator has to allow (RFC 9700 §2.1.2 has nobody use it who need not).
fn response_type(application: &Application, asked: &Parameters) -> Result<ResponseType, Refusal> {
    let unsupported = |number, why: &str| Err(Refusal::new("unsupported_response_type", number, why));
    let Some(response) = ResponseType::named(asked.required("response_type")?) else {
        return unsupported(70005, "The response_type is not supported; the usual one is 'code'.");
    };
    let allowed = &application.protocol;
    if response.id_token && !allowed.id_token_at_authorize {
        return unsupported(700_054, "The response_type 'id_token' is not enabled for the application.");
    }
    if response.token && !allowed.access_token_at_authorize {
        return unsupported(700_051, "The response_type 'token' is not enabled for the application.");
    }
    // A browser that is sent back proves nothing.
    if response.token && allowed.require_bound_tokens {
        return unsupported(700_051, "The application's access tokens are bound to a key: they are given for a code.");
    }
    Ok(response)
}

fn response_mode(response: ResponseType, to: &Return, asked: &Parameters) -> Result<(), Refusal> {
    let refused = |why: &str| Err(Refusal::new("invalid_request", 70007, why));
    match asked.get("response_mode").map(ResponseMode::named) {
        Some(None) => refused("The response_mode must be 'query', 'fragment' or 'form_post'."),
        Some(Some(ResponseMode::WebMessage)) if to.mode != ResponseMode::WebMessage => {
            refused("The response_mode 'web_message' is for an origin that is registered for the application's widget.")
        }
        Some(Some(ResponseMode::Query | ResponseMode::WebMessage)) if response.holds_tokens() => {
            refused("The response_mode 'query' is not for tokens: use 'fragment' or 'form_post'.")
        }
        _ => Ok(()),
    }
}

/// Who is told that consent is required asks again with a page. That has none to give it on: an administrator gives it, and
/// until then applications that ask so would ask for ever.
fn as_answered(refusal: Refusal, prompt: Prompt) -> Refusal {
    match refusal.number == NOT_GRANTED && prompt != Prompt::None {
        true => Refusal { error: "access_denied", ..refusal },
        false => refusal,
    }
}

fn befit_each_other(response: ResponseType, scopes: &Scopes) -> Result<(), Refusal> {
    if response.id_token && !scopes.has(&Scope::Openid) {
        return Err(Refusal::new("invalid_request", 901_014, "There is an ID token only with the scope 'openid'."));
    }
    if response.token && scopes.is_for_graph() {
        let why = "Tokens for the management API are given for a code, and never by the browser.";
        return Err(Refusal::new("invalid_scope", 70011, why));
    }
    Ok(())
}

fn state(asked: &Parameters) -> Result<Option<String>, Refusal> {
    word(asked, "state", LONGEST_STATE)
}

/// Where an ID token comes by the browser, only the nonce tells that it was asked for (OpenID Connect Core §3.2.2.1).
fn nonce(response: ResponseType, asked: &Parameters) -> Result<Option<String>, Refusal> {
    if response.id_token {
        asked.required("nonce")?;
    }
    word(asked, "nonce", LONGEST_NONCE)
}

fn word(asked: &Parameters, name: &str, longest: usize) -> Result<Option<String>, Refusal> {
    match asked.get(name) {
        Some(word) if word.len() > longest => Err(Refusal::new(
            "invalid_request",
            90100,
            format!("The parameter '{name}' is longer than {longest} bytes."),
        )),
        word => Ok(word.map(str::to_owned)),
    }
}

/// RFC 7636, required of everybody who proves nothing else when the code is redeemed (RFC 9700 §2.1.1). Without a method it
/// would be `plain` (§4.3), which proves nothing.
fn code_challenge(
    application: &Application,
    to: &Return,
    response: ResponseType,
    asked: &Parameters,
) -> Result<Option<String>, Refusal> {
    if !response.code {
        return Ok(None);
    }
    let Some(challenge) = asked.get("code_challenge") else {
        let proves_itself = application.is_confidential() && platform_of(application, &to.uri)? == Platform::Web;
        return match proves_itself
            && !application.protocol.require_proof_key
            && asked.get("code_challenge_method").is_none()
        {
            true => Ok(None),
            false => {
                let why = "Proof Key for Code Exchange is required: send a code_challenge.";
                Err(Refusal::new("invalid_request", 9_002_325, why))
            }
        };
    };
    if asked.get("code_challenge_method") != Some("S256") {
        return Err(Refusal::new("invalid_request", 901_013, "The code_challenge_method must be 'S256'."));
    }
    // §4.2: of the verifier.
    if is_hash(challenge) {
        Ok(Some(challenge.into()))
    } else {
        Err(Refusal::new("invalid_request", 50147, "The code_challenge is not the base64url of a SHA-256 hash."))
    }
}

/// Base64url of a SHA-256 hash.
fn is_hash(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// RFC 9449 §10.
fn key(asked: &Parameters) -> Result<Option<String>, Refusal> {
    match asked.get("dpop_jkt") {
        Some(key) if !is_hash(key) => {
            Err(Refusal::new("invalid_request", 90100, "The dpop_jkt is not the base64url of a SHA-256 hash."))
        }
        key => Ok(key.map(str::to_owned)),
    }
}

/// The flow that the request names, else the one that the application is attached to.
///
/// As in Azure AD B2C any application may name any flow of its tenant, also one that is attached elsewhere: people come for
/// *Edit profile* or *Reset password* from the application in which they are signed in, and those are flows of their own.
/// Nothing is opened by it that was closed: accounts belong to the tenant and not to a flow, so whoever may sign up by one
/// flow may sign in by every other, and where the tokens go is decided by the application alone. An application of which that
/// is not to be so says that it keeps to its flow (`onlyOwnUserFlow`).
pub fn user_flow(application: &Application, named: Option<&Named>) -> Result<UserFlowId, Refusal> {
    if let Some(Named { flow, .. }) = named {
        let is_own = application.user_flow.as_ref() == Some(&flow.id);
        return match application.protocol.only_own_user_flow && !is_own {
            false => Ok(flow.id.clone()),
            true => {
                let why = "The application keeps to the user flow that it is attached to.";
                Err(Refusal::new("unauthorized_client", 50105, why))
            }
        };
    }
    application.user_flow.clone().ok_or_else(|| {
        Refusal::new(
            "unauthorized_client",
            50105,
            "The application is not attached to a user flow: nobody can sign in.",
        )
    })
}

fn max_age(asked: &Parameters) -> Result<Option<Duration>, Refusal> {
    let Some(text) = asked.get("max_age") else { return Ok(None) };
    let seconds: u32 =
        text.parse().map_err(|_| Refusal::new("invalid_request", 901_012, "The max_age must be whole seconds."))?;
    Ok(Some(Duration::from_secs(seconds.into())))
}

impl Request {
    /// Whether somebody who signed in then need not sign in again.
    pub fn is_satisfied_by(&self, signed_in_at: Timestamp, now: Timestamp) -> bool {
        matches!(self.prompt, Prompt::Any | Prompt::None) && self.is_recent_enough(signed_in_at, now)
    }

    pub fn is_recent_enough(&self, signed_in_at: Timestamp, now: Timestamp) -> bool {
        // OpenID Connect Core §3.1.2.1. `max_age=0` is `prompt=login`.
        self.max_age.is_none_or(|age| !age.is_zero())
            && self.recent_until(signed_in_at).is_none_or(|until| until >= now)
    }

    /// How sure of the person the application must be or, failing that, would like to be. (Where it says so twice, §5.5.1.1
    /// leaves open what it gets.)
    pub fn wished_acr(&self) -> &[String] {
        let claims = &self.kept.claims;
        let wishes = [&claims.acr, &self.acr_values, &claims.wished_acr];
        wishes.into_iter().find(|wish| !wish.is_empty()).map_or(&[], Vec::as_slice)
    }

    /// Until when a proof of that moment is recent enough; for ever where nothing is asked.
    pub fn recent_until(&self, signed_in_at: Timestamp) -> Option<Timestamp> {
        self.max_age.map(|age| signed_in_at + age)
    }
}

#[cfg(test)]
mod tests;
