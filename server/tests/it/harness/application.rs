//! A relying party: an application that sends people here, takes them back, and believes only what it has checked.

use super::{
    Browser, TestServer,
    server::{Answered, ORIGIN},
};
use app::contract::{
    id::{ApplicationId, TenantId, UserFlowId},
    secret::Secret,
    time::Timestamp,
};
use axum::{body::Body, http::Request};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;
use server::{
    administration::{self, PORTAL, TENANT_ID},
    directory::application::{self, ApplicationSecret, Platform},
    secret::{client_secret, token},
};
use std::collections::BTreeMap;

#[derive(Clone)]
pub struct Application {
    pub server: TestServer,
    pub tenant: TenantId,
    pub id: ApplicationId,
    pub flow: UserFlowId,
    pub redirect_uri: String,
    /// None for a public client.
    pub secret: Option<Secret>,
    /// Of the page that calls, where the application is one.
    origin: Option<String>,
    /// What its addresses call the flow, and how.
    place: Place,
    /// What whoever answers calls itself, where that is not what the tenant is called.
    issuer: Option<String>,
}

/// How the addresses of an application name its flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Not at all.
    Tenant,
    /// `/{tenant}/{flow}/…`
    Path(String),
    /// `/tfp/{tenant}/{flow}/…`
    Tfp(String),
    /// `?p=`
    Query(String),
}

/// What the application remembers of a request until the answer comes.
#[derive(Clone)]
pub struct Asked {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// Tokens that were checked, and what they say.
#[derive(Clone)]
pub struct Tokens {
    pub access_token: String,
    pub id_token: String,
    pub refresh_token: String,
    pub access: Value,
    pub id: Value,
    pub raw: Value,
}

impl Application {
    pub const REDIRECT_URI: &str = "https://shop.example.test/signed-in";

    pub(super) fn new(server: &TestServer, made: application::Application, secret: Secret) -> Self {
        let page = made.redirect_uris.iter().find(|known| known.platform == Platform::SinglePage);
        Self {
            origin: page.map(|known| url::Url::parse(&known.uri).unwrap().origin().ascii_serialization()),
            server: server.clone(),
            tenant: server.tenant.clone(),
            id: made.id,
            flow: made.user_flow.unwrap(),
            redirect_uri: made.redirect_uris.first().map(|known| known.uri.clone()).unwrap_or_default(),
            secret: (!made.secrets.is_empty()).then_some(secret),
            place: Place::Tenant,
            issuer: None,
        }
    }

    /// The portal, in its own tenant.
    pub fn portal(server: &TestServer) -> Self {
        Self {
            server: server.clone(),
            tenant: TENANT_ID.into(),
            id: PORTAL.into(),
            flow: administration::flow_id(),
            redirect_uri: format!("{ORIGIN}/admin/"),
            secret: None,
            origin: Some(ORIGIN.into()),
            place: Place::Tenant,
            issuer: None,
        }
    }

    /// What the developer is shown, and what is stored.
    pub(super) fn secret(server: &TestServer) -> (Secret, ApplicationSecret) {
        let made = client_secret::generate(&server.state.seal, &server.state.chance);
        let stored = ApplicationSecret {
            id: server.state.chance.id(),
            hint: made.hint,
            hash: made.stored.reveal().to_owned(),
            // The last moment that the management API can tell: 9999-12-31T23:59:59Z.
            expires_at: Timestamp(253_402_300_799_000),
        };
        (made.shown, stored)
    }

    /// The same application, and another server of the house is asked.
    pub fn through(&self, server: &TestServer) -> Self {
        Self { server: server.clone(), ..self.clone() }
    }

    /// The same application, which names a flow in its addresses.
    pub fn at(&self, place: Place) -> Self {
        Self { place, ..self.clone() }
    }

    /// The same application, which expects answers from that issuer.
    pub fn called(&self, issuer: &str) -> Self {
        Self { issuer: Some(issuer.into()), ..self.clone() }
    }

    /// An address that it calls.
    pub fn address(&self, path: &str) -> String {
        let tenant = &self.tenant;
        match &self.place {
            Place::Tenant => format!("/{tenant}{path}"),
            Place::Path(flow) => format!("/{tenant}/{flow}{path}"),
            Place::Tfp(flow) => format!("/tfp/{tenant}/{flow}{path}"),
            Place::Query(flow) => format!("/{tenant}{path}?p={flow}"),
        }
    }

    pub fn issuer(&self) -> String {
        self.issuer.clone().unwrap_or_else(|| format!("{}/{}/v2.0", self.server.origin(), self.tenant))
    }

    /// A request as it should be.
    pub fn request(&self) -> (Asked, Vec<(String, String)>) {
        let word = || URL_SAFE_NO_PAD.encode(self.server.state.chance.bytes::<32>());
        let asked = Asked { state: word(), nonce: word(), verifier: word() };
        let parameters = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("state", &asked.state),
            ("nonce", &asked.nonce),
            ("code_challenge", &token::hash(&asked.verifier)),
            ("code_challenge_method", "S256"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (asked, parameters.into())
    }

    pub fn authorize(&self, parameters: &[(String, String)]) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let address = self.address("/oauth2/v2.0/authorize");
        format!("{address}{}{query}", if address.contains('?') { '&' } else { '?' })
    }

    /// Sends the browser to sign in.
    pub async fn asks(&self, browser: &mut Browser) -> Asked {
        self.asks_with(browser, &[]).await
    }

    /// The same with parameters more, or other values.
    pub async fn asks_with(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> Asked {
        let (asked, mut parameters) = self.request();
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            parameters.push(((*name).into(), (*value).into()));
        }
        browser.open(&self.authorize(&parameters)).await;
        asked
    }

    /// What came with the browser, if it came to us at all.
    pub fn answer(&self, browser: &Browser) -> Option<BTreeMap<String, String>> {
        let answer = match browser.left_for.as_deref() {
            Some(location) => {
                let rest = location.strip_prefix(&self.redirect_uri)?;
                let text = rest.strip_prefix(['?', '#', '&'])?;
                url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
            }
            None => self.posted(browser)?,
        };
        // RFC 9207 §2.4.
        assert_eq!(answer["iss"], self.issuer());
        Some(answer)
    }

    /// What the form of a page of ours would post to the application.
    pub fn posted(&self, browser: &Browser) -> Option<BTreeMap<String, String>> {
        let is_ours = browser.page.attribute("form", "action").as_deref() == Some(&self.redirect_uri);
        is_ours.then(|| browser.page.submit(&[], "Continue").pairs.into_iter().collect())
    }

    /// Whether the person is back, with whatever answer.
    pub fn has_come(&self, browser: &Browser) -> bool {
        self.answer(browser).is_some()
    }

    /// Whether the person is back with a code.
    pub fn has(&self, browser: &Browser) -> bool {
        self.answer(browser).is_some_and(|answer| answer.contains_key("code"))
    }

    pub fn code(&self, browser: &Browser, asked: &Asked) -> String {
        let answer = self
            .answer(browser)
            .unwrap_or_else(|| panic!("still at {} ({}): {}", browser.page.path, browser.status, browser.text()));
        assert_eq!(answer["state"], asked.state);
        answer.get("code").unwrap_or_else(|| panic!("{answer:?}")).clone()
    }

    /// A form to the token endpoint, as it is.
    pub async fn post_token(&self, form: &[(&str, &str)], authorization: Option<String>) -> Answered {
        self.post("token", form, authorization).await
    }

    /// The same to another endpoint beside it.
    pub async fn post(&self, endpoint: &str, form: &[(&str, &str)], authorization: Option<String>) -> Answered {
        let authorization = authorization.as_deref().map(|value| ("authorization", value));
        self.post_with(endpoint, form, authorization.as_slice()).await
    }

    async fn post_with(&self, endpoint: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answered {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = Request::post(self.address(&format!("/oauth2/v2.0/{endpoint}")))
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = &self.origin {
            request = request.header("origin", origin);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.server.send(request.body(Body::from(body)).unwrap()).await
    }

    pub fn basic(&self) -> Option<String> {
        let secret = self.secret.as_ref()?;
        Some(format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, secret.reveal()))))
    }

    /// A form with the application's own proof beside it.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answered {
        self.call("token", form).await
    }

    pub async fn call(&self, endpoint: &str, form: &[(&str, &str)]) -> Answered {
        self.call_with(endpoint, form, &[]).await
    }

    /// The same with headers more.
    pub async fn call_with(&self, endpoint: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answered {
        let basic = self.basic();
        let (mut form, mut headers) = (form.to_vec(), headers.to_vec());
        match &basic {
            Some(basic) => headers.push(("authorization", basic)),
            None => form.push(("client_id", self.id.as_str())),
        }
        self.post_with(endpoint, &form, &headers).await
    }

    pub async fn redeem(&self, code: &str, asked: &Asked) -> Answered {
        self.token(&self.redemption(code, asked)).await
    }

    /// The form that makes tokens of a code.
    pub fn redemption<'a>(&'a self, code: &'a str, asked: &'a Asked) -> [(&'a str, &'a str); 4] {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &asked.verifier),
        ]
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answered {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// The person is back: the code becomes tokens, and the tokens are checked.
    pub async fn tokens(&self, browser: &Browser, asked: &Asked) -> Tokens {
        let tokens = self.checked(self.redeem(&self.code(browser, asked), asked).await).await;
        assert_eq!(tokens.id["nonce"], asked.nonce.as_str());
        tokens
    }

    pub async fn checked(&self, answered: Answered) -> Tokens {
        assert_eq!(answered.status, 200, "{}", answered.text());
        let raw = answered.json();
        let word = |name: &str| raw[name].as_str().unwrap_or_default().to_owned();
        let (access_token, id_token) = (word("access_token"), word("id_token"));
        let (access, id) = (self.verify(&access_token, "at+jwt").await, self.verify(&id_token, "JWT").await);
        assert_eq!(access["sub"], id["sub"]);
        Tokens { refresh_token: word("refresh_token"), access_token, id_token, access, id, raw }
    }

    /// By the published keys, by another's code than the one that signed it.
    pub async fn verify(&self, token: &str, typ: &str) -> Value {
        let claims = self.signed(token, typ).await;
        let now = self.server.now().seconds();
        assert!(claims["nbf"].as_i64().unwrap() <= now && now < claims["exp"].as_i64().unwrap());
        claims
    }

    /// By signature, audience and issuer alone.
    pub async fn signed(&self, token: &str, typ: &str) -> Value {
        let keys: JwkSet =
            serde_json::from_value(self.server.get(&format!("/{}/discovery/v2.0/keys", self.tenant)).await.json())
                .unwrap();
        let header = decode_header(token).unwrap();
        assert_eq!(header.typ.as_deref(), Some(typ));
        let key = keys.find(header.kid.as_deref().unwrap()).expect("the key is published");
        let mut rules = Validation::new(header.alg);
        rules.set_audience(&[self.id.as_str()]);
        rules.set_issuer(&[self.issuer()]);
        // Our clock is not the machine's.
        (rules.validate_exp, rules.validate_nbf) = (false, false);
        rules.required_spec_claims.clear();
        decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims
    }

    pub async fn userinfo(&self, access_token: &str) -> Answered {
        let request = Request::get(format!("/{}/oidc/userinfo", self.tenant))
            .header("authorization", format!("Bearer {access_token}"));
        self.server.send(request.body(Body::empty()).unwrap()).await
    }
}
