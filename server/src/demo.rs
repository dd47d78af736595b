//! The demo application: a shop whose customers sign in with Portico, and an example of an integration. It is an honest
//! relying party: it is told an authority, a client id and its own address, and learns the rest over HTTP like any other.

mod page;
mod trouble;

use crate::clock::{Chance, Clock};
use app::contract::time::Timestamp;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use trouble::Trouble;
use url::Url;

/// What the demo tenant registers. The client is public: PKCE proves that who redeems a code is who asked for it.
pub const CLIENT_ID: &str = "6d2c1c6e-3b0f-4a53-9f5e-0d1f9a7b2c48";
pub const REDIRECT_PATH: &str = "/demo/callback";
pub const POST_LOGOUT_PATH: &str = "/";
const AUTHORITY_PATH: &str = "/demo/v2.0";

const COOKIE: &str = "woodgrove";
const VISIT_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

struct Shop {
    authority: String,
    home: String,
    redirect_uri: String,
    http: reqwest::Client,
    clock: Clock,
    chance: Chance,
    visits: Mutex<HashMap<String, Visit>>,
}

/// What is known of a browser, by the secret in its cookie.
struct Visit {
    since: Timestamp,
    stage: Stage,
}

enum Stage {
    SigningIn(Attempt),
    SignedIn(Person),
}

/// What the answer to a sign-in is held against.
struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
}

struct Person {
    claims: Map<String, Value>,
    id_token: String,
    access_token: String,
}

/// What the discovery document tells (OpenID Connect Discovery 1.0 §3).
#[derive(Deserialize)]
struct Provider {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: String,
}

/// RFC 6749 §5.2.
#[derive(Deserialize)]
struct TokenError {
    error: String,
    #[serde(default)]
    error_description: String,
}

pub fn routes<S: Clone + Send + Sync + 'static>(
    public_url: &str,
    http: reqwest::Client,
    clock: Clock,
    chance: Chance,
) -> Router<S> {
    let at = |path: &str| format!("{}{path}", public_url.trim_end_matches('/'));
    let (authority, home, redirect_uri) = (at(AUTHORITY_PATH), at(POST_LOGOUT_PATH), at(REDIRECT_PATH));
    let shop = Shop { authority, home, redirect_uri, http, clock, chance, visits: Mutex::default() };
    Router::new()
        .route("/", get(welcome))
        .route("/demo/sign-in", get(sign_in))
        .route(REDIRECT_PATH, get(callback))
        .route("/demo/sign-out", post(sign_out))
        .with_state(Arc::new(shop))
}

async fn welcome(State(shop): State<Arc<Shop>>, asked: HeaderMap) -> Response {
    match shop.visits().get(&cookie(&asked)) {
        Some(Visit { stage: Stage::SignedIn(person), .. }) => page::person(person),
        _ => page::welcome(),
    }
}

/// Sends the browser to the provider with the question "who is this?" (OpenID Connect Core §3.1.2.1).
async fn sign_in(State(shop): State<Arc<Shop>>) -> Result<Response, Trouble> {
    let provider = shop.discover().await?;
    let attempt = Attempt { state: shop.random(), nonce: shop.random(), verifier: shop.random() };
    let question = [
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", &shop.redirect_uri),
        ("scope", "openid profile email"),
        ("state", &attempt.state),
        ("nonce", &attempt.nonce),
        // RFC 7636 §4.2: only a hash of the verifier travels through the browser.
        ("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(&attempt.verifier))),
        ("code_challenge_method", "S256"),
    ];
    let to = address(&provider.authorization_endpoint, &question)?;
    Ok((shop.remember(Stage::SigningIn(attempt)), Redirect::to(&to)).into_response())
}

#[derive(Deserialize)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// The browser comes back with a code, or with a no.
async fn callback(
    State(shop): State<Arc<Shop>>,
    asked: HeaderMap,
    Query(answer): Query<Answer>,
) -> Result<Response, Trouble> {
    let attempt = match shop.visits().remove(&cookie(&asked)) {
        // RFC 6749 §10.12: an answer to somebody else's question signs nobody in.
        Some(Visit { stage: Stage::SigningIn(attempt), .. }) if Some(&attempt.state) == answer.state.as_ref() => {
            attempt
        }
        _ => return Err(Trouble::Lost),
    };
    let provider = shop.discover().await?;
    // RFC 9207 §2.4: first who answers, then what.
    if answer.iss.as_ref() != Some(&provider.issuer) {
        return Err(Trouble::Distrusted("The answer came from another issuer than the one that was asked.".into()));
    }
    let code = match (answer.code, answer.error) {
        (Some(code), None) => code,
        (_, Some(error)) if error == "access_denied" => return Err(Trouble::Cancelled),
        (_, error) => {
            let description = answer.error_description.unwrap_or_default();
            return Err(Trouble::Refused { error: error.unwrap_or_default(), description });
        }
    };
    let Tokens { id_token, access_token } = shop.redeem(&provider, &code, &attempt.verifier).await?;
    let claims = shop.verify(&provider, &id_token, &attempt.nonce).await?;
    // A new cookie for the new state: whoever planted the old one gains nothing.
    let remembered = shop.remember(Stage::SignedIn(Person { claims, id_token, access_token }));
    Ok((remembered, Redirect::to("/")).into_response())
}

/// Ends the session here, then at the provider (OpenID Connect RP-Initiated Logout 1.0 §2).
async fn sign_out(State(shop): State<Arc<Shop>>, asked: HeaderMap) -> Result<Response, Trouble> {
    let Some(Visit { stage: Stage::SignedIn(person), .. }) = shop.visits().remove(&cookie(&asked)) else {
        return Ok(Redirect::to("/").into_response());
    };
    let provider = shop.discover().await?;
    let hint = [("id_token_hint", person.id_token.as_str()), ("post_logout_redirect_uri", &shop.home)];
    Ok(Redirect::to(&address(&provider.end_session_endpoint, &hint)?).into_response())
}

impl Shop {
    /// A busy application would keep this document, and the keys, for an hour.
    async fn discover(&self) -> Result<Provider, Trouble> {
        let provider: Provider = self.fetch(&format!("{}/.well-known/openid-configuration", self.authority)).await?;
        // Asked by its name, a tenant may answer with an issuer that holds its id; the host must be the one we asked.
        let origin = |url: &str| Url::parse(url).map(|url| url.origin()).ok();
        if origin(&provider.issuer) != origin(&self.authority) {
            return Err(Trouble::Distrusted("The discovery document names an issuer on another host.".into()));
        }
        Ok(provider)
    }

    /// Code and verifier against tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
    async fn redeem(&self, provider: &Provider, code: &str, verifier: &str) -> Result<Tokens, Trouble> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", verifier),
        ];
        let answer = self.http.post(&provider.token_endpoint).form(&form).send().await?;
        if answer.status().is_success() {
            return Ok(answer.json().await?);
        }
        let TokenError { error, error_description: description } = answer.json().await?;
        Err(Trouble::Refused { error, description })
    }

    /// OpenID Connect Core §3.1.3.7: who signed it, for whom, in answer to which question, and until when.
    async fn verify(&self, provider: &Provider, id_token: &str, nonce: &str) -> Result<Map<String, Value>, Trouble> {
        let keys: JwkSet = self.fetch(&provider.jwks_uri).await?;
        let header = jsonwebtoken::decode_header(id_token)?;
        let key = header.kid.as_ref().and_then(|kid| keys.find(kid));
        let key = key.ok_or_else(|| Trouble::Distrusted("The ID token is signed with an unknown key.".into()))?;
        if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA) {
            return Err(Trouble::Distrusted("The ID token is signed in a way we don't accept.".into()));
        }
        let mut rules = Validation::new(header.alg);
        rules.set_issuer(&[&provider.issuer]);
        rules.set_audience(&[CLIENT_ID]);
        rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        // The shop has a clock of its own, which tests can hold.
        rules.validate_exp = false;
        let claims: Map<String, Value> = jsonwebtoken::decode(id_token, &DecodingKey::from_jwk(key)?, &rules)?.claims;
        if claims.get("exp").and_then(Value::as_i64).is_none_or(|exp| exp <= self.clock.now().seconds()) {
            return Err(Trouble::Distrusted("The ID token has expired.".into()));
        }
        if claims.get("nonce").and_then(Value::as_str) != Some(nonce) {
            return Err(Trouble::Distrusted("The ID token answers another sign-in.".into()));
        }
        Ok(claims)
    }

    async fn fetch<T: DeserializeOwned>(&self, url: &str) -> Result<T, Trouble> {
        Ok(self.http.get(url).send().await?.error_for_status()?.json().await?)
    }

    /// Starts a visit and hands out its cookie.
    fn remember(&self, stage: Stage) -> AppendHeaders<[(header::HeaderName, String); 1]> {
        let (secret, since) = (self.random(), self.clock.now());
        let mut visits = self.visits();
        visits.retain(|_, visit| visit.since.until(since) < VISIT_LASTS);
        visits.insert(secret.clone(), Visit { since, stage });
        AppendHeaders([(header::SET_COOKIE, format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax"))])
    }

    fn visits(&self) -> MutexGuard<'_, HashMap<String, Visit>> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn random(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.chance.bytes::<32>())
    }
}

fn address(endpoint: &str, parameters: &[(&str, &str)]) -> Result<String, Trouble> {
    let url = Url::parse_with_params(endpoint, parameters);
    Ok(url.map_err(|fault| Trouble::Distrusted(format!("{endpoint} is no address: {fault}")))?.into())
}

fn cookie(asked: &HeaderMap) -> String {
    let cookies = asked.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, secret)| secret.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
