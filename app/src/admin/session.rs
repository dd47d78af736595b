//! Signing in by OpenID Connect, as an application of the directory of administrators: authorization code with PKCE.
//! The access token lives in memory; the refresh token in this tab's own storage, so that a reload asks for nothing.

use super::{
    browser::{base64url, from_base64url, here, query, random, set_storage, sha256, storage},
    understood::understood,
};
use crate::{
    contract::portal::Portal,
    json,
    ui::browser::{document, window},
};
use gloo_net::http::Request;
use js_sys::{Date, Promise};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

const REFRESH_TOKEN: &str = "portico.refresh_token";
const ASKED: &str = "portico.asked";
const SIGNED_OUT: &str = "portico.signed_out";

/// A token is renewed while it still has this long to live, in milliseconds.
const SPARE: f64 = 30_000.0;

/// What opening the portal came to.
pub enum Opened {
    /// The path to show: where the person was when they were asked to sign in.
    SignedIn(Session, String),
    /// The browser is on its way to the sign-in page.
    Leaving,
    SignedOut,
    /// What the sign-in page answered instead.
    Refused(String),
}

#[derive(Clone, Copy)]
pub struct Session {
    tokens: StoredValue<Tokens>,
    /// The renewal that is under way; everybody who needs a token waits for the same one, because a refresh token is good once.
    renewal: StoredValue<Option<Promise>, LocalStorage>,
    pub who: StoredValue<Who>,
    pub portal: StoredValue<Portal>,
}

#[derive(Clone, Default)]
struct Tokens {
    access: String,
    id: String,
    good_until: f64,
}

/// Who is signed in, for the corner of the page.
#[derive(Clone, Default, Deserialize)]
pub struct Who {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    nonce: String,
}

/// What is remembered between leaving for the sign-in page and coming back from it.
#[derive(Serialize, Deserialize)]
struct Asked {
    state: String,
    nonce: String,
    verifier: String,
    back: String,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    refresh_token: Option<String>,
    id_token: Option<String>,
    expires_in: f64,
}

/// The first thing the portal does.
pub async fn open() -> Opened {
    let location = window().location();
    let (path, search) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    let portal = portal();
    if portal.redirect_uri.ends_with(&path)
        && let Some(asked) = take_asked()
        && query(&search, "state").as_deref() == Some(&asked.state)
    {
        return come_back(&portal, &search, asked).await;
    }
    if storage(SIGNED_OUT).is_some() {
        set_storage(SIGNED_OUT, None);
        return Opened::SignedOut;
    }
    if let Some(token) = storage(REFRESH_TOKEN)
        && let Ok(answer) = ask(&portal, &[("grant_type", "refresh_token"), ("refresh_token", &token)]).await
    {
        return Opened::SignedIn(Session::begin(portal, answer), here());
    }
    leave(&portal, &here()).await
}

/// Goes to the sign-in page; `back` is where the person wants to be afterwards.
pub async fn leave(portal: &Portal, back: &str) -> Opened {
    let asked = Asked { state: random(16), nonce: random(16), verifier: random(32), back: back.into() };
    let Some(challenge) = sha256(&asked.verifier).await else {
        return Opened::Refused("Signing in needs a secure connection. Open this page by https.".into());
    };
    set_storage(ASKED, serde_json::to_value(&asked).ok().map(|asked| json::text(&asked)).as_deref());
    let address = with_pairs(
        &endpoint(portal, "authorize"),
        &[
            ("client_id", &portal.client_id),
            ("response_type", "code"),
            ("redirect_uri", &portal.redirect_uri),
            ("scope", &format!("openid profile email offline_access {}/.default", portal.graph)),
            ("state", &asked.state),
            ("nonce", &asked.nonce),
            ("code_challenge", &base64url(&challenge)),
            ("code_challenge_method", "S256"),
        ],
    );
    // Fails only for an address that cannot be read.
    let _ = window().location().assign(&address);
    Opened::Leaving
}

async fn come_back(portal: &Portal, search: &str, asked: Asked) -> Opened {
    let Some(code) = query(search, "code") else {
        let told = query(search, "error_description").or_else(|| query(search, "error"));
        return Opened::Refused(told.unwrap_or_else(|| "The sign-in page sent no answer.".into()));
    };
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &portal.redirect_uri),
        ("code_verifier", &asked.verifier),
    ];
    match ask(portal, &form).await {
        Ok(answer) => {
            let session = Session::begin(portal.clone(), answer);
            // OpenID Connect Core §3.1.3.7: the token answers this very request, or it is somebody else's.
            if session.who.with_value(|who| who.nonce != asked.nonce) {
                return Opened::Refused("The answer was for another sign-in.".into());
            }
            Opened::SignedIn(session, asked.back)
        }
        Err(told) => Opened::Refused(told),
    }
}

impl Session {
    fn begin(portal: Portal, answer: Answer) -> Self {
        let session = Self {
            tokens: StoredValue::new(Tokens::default()),
            renewal: StoredValue::new_local(None),
            who: StoredValue::new(Who::default()),
            portal: StoredValue::new(portal),
        };
        session.take(answer);
        session
    }

    fn take(self, answer: Answer) {
        if let Some(token) = &answer.refresh_token {
            set_storage(REFRESH_TOKEN, Some(token));
        }
        self.tokens.update_value(|tokens| {
            tokens.access = answer.access_token;
            tokens.good_until = Date::now() + answer.expires_in * 1000.0;
        });
        if let Some(id) = answer.id_token {
            if let Some(who) = claims(&id) {
                self.who.set_value(who);
            }
            self.tokens.update_value(|tokens| tokens.id = id);
        }
    }

    /// A token that is good for the next request. None: the person has to sign in again.
    pub async fn token(self) -> Option<String> {
        if self.tokens.with_value(|tokens| tokens.good_until - SPARE < Date::now()) {
            self.renew().await?;
        }
        Some(self.tokens.with_value(|tokens| tokens.access.clone()))
    }

    /// For when the server refused a token that should be good.
    pub async fn renew(self) -> Option<()> {
        let renewal = match self.renewal.get_value() {
            Some(renewal) => renewal,
            None => {
                let renewal = future_to_promise(async move {
                    let token = storage(REFRESH_TOKEN).ok_or(JsValue::UNDEFINED)?;
                    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
                    let answer = ask(&self.portal.get_value(), &form).await?;
                    self.take(answer);
                    Ok(JsValue::UNDEFINED)
                });
                self.renewal.set_value(Some(renewal.clone()));
                renewal
            }
        };
        let renewed = JsFuture::from(renewal).await;
        self.renewal.set_value(None);
        renewed.ok().map(|_| ())
    }

    /// Ends the session here and at the server.
    pub fn sign_out(self) {
        set_storage(REFRESH_TOKEN, None);
        set_storage(SIGNED_OUT, Some("1"));
        let hint = self.tokens.with_value(|tokens| tokens.id.clone());
        let portal = self.portal.get_value();
        let address = with_pairs(
            &endpoint(&portal, "logout"),
            &[("id_token_hint", &hint), ("post_logout_redirect_uri", &portal.redirect_uri)],
        );
        let _ = window().location().assign(&address);
    }
}

/// One request to the token endpoint; what it refuses comes back in its own words.
async fn ask(portal: &Portal, form: &[(&str, &str)]) -> Result<Answer, String> {
    const NO_ANSWER: &str = "The server does not answer. Look whether you are connected, then try again.";
    let body = with_pairs("", &[form, &[("client_id", portal.client_id.as_str())]].concat()).split_off(1);
    let request = Request::post(&endpoint(portal, "token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .map_err(|_| NO_ANSWER)?;
    let answer = request.send().await.map_err(|_| NO_ANSWER)?;
    let text = answer.text().await.map_err(|_| NO_ANSWER)?;
    understood(&text).ok_or_else(|| {
        let refusal = json::parse(&text);
        refusal.and_then(|body| Some(body.get("error_description")?.as_str()?.to_owned())).unwrap_or(NO_ANSWER.into())
    })
}

/// What an ID token says. It came from the token endpoint itself, over the connection that the page came over
/// (OpenID Connect Core §3.1.3.7, 6).
fn claims(token: &str) -> Option<Who> {
    let claims = String::from_utf8(from_base64url(token.split('.').nth(1)?)?).ok()?;
    understood(&claims)
}

fn take_asked() -> Option<Asked> {
    let asked = understood(&storage(ASKED)?);
    set_storage(ASKED, None);
    asked
}

/// What the document brought along.
pub fn portal() -> Portal {
    let told = document().get_element_by_id("portal").and_then(|element| element.text_content());
    told.and_then(|text| understood(&text)).unwrap_or_default()
}

/// `https://…/{tenant}/v2.0` is the authority, `https://…/{tenant}/oauth2/v2.0/authorize` one of its endpoints.
fn endpoint(portal: &Portal, name: &str) -> String {
    let tenant = portal.authority.strip_suffix("/v2.0").unwrap_or(&portal.authority);
    format!("{tenant}/oauth2/v2.0/{name}")
}

/// An address with its query, encoded.
fn with_pairs(address: &str, pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("{address}?{}", pairs.join("&"))
}
