//! A key of an application's own, and the proofs that it is in its hands (RFC 9449), made by another's code than ours.

use super::{Answered, Application, TestServer};
use axum::{body::Body, http::Request};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, ThumbprintHash},
};
use serde_json::{Value, json};
use server::secret::{jwt, token};

#[derive(Clone)]
pub struct ProofKey {
    key: EncodingKey,
    public: Jwk,
}

impl Default for ProofKey {
    fn default() -> Self {
        let key = EncodingKey::from_ec_der(&jwt::generate(jwt::Algorithm::ES256).unwrap().pkcs8);
        let mut public = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        public.common.key_algorithm = None;
        Self { key, public }
    }
}

impl ProofKey {
    pub fn thumbprint(&self) -> String {
        self.public.thumbprint(ThumbprintHash::SHA256).unwrap()
    }

    /// For a POST to that endpoint of the application's tenant.
    pub fn for_endpoint(&self, shop: &Application, endpoint: &str) -> String {
        self.with(&shop.server, "POST", &format!("/{}/oauth2/v2.0/{endpoint}", shop.tenant), json!({}))
    }

    /// For a call with this access token.
    pub fn beside(&self, server: &TestServer, method: &str, path: &str, access_token: &str) -> String {
        self.with(server, method, path, json!({ "ath": token::hash(access_token) }))
    }

    /// With more claims, or other ones.
    pub fn with(&self, server: &TestServer, method: &str, path: &str, changes: Value) -> String {
        let id = server.state.chance.id();
        let mut claims = json!({ "jti": id, "htm": method, "htu": format!("{}{path}", server.origin()), "iat": server.now().seconds() });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let header =
            Header { typ: Some("dpop+jwt".into()), jwk: Some(self.public.clone()), ..Header::new(Algorithm::ES256) };
        encode(&header, &claims, &self.key).unwrap()
    }
}

impl Application {
    /// Its token request, with a proof of the key beside it.
    pub async fn token_with(&self, key: &ProofKey, form: &[(&str, &str)]) -> Answered {
        self.call_with("token", form, &[("dpop", &key.for_endpoint(self, "token"))]).await
    }

    /// Userinfo by GET, with these headers.
    pub async fn userinfo_with(&self, headers: &[(&str, &str)]) -> Answered {
        let request = Request::get(format!("/{}/oidc/userinfo", self.tenant));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.server.send(request.body(Body::empty()).unwrap()).await
    }
}
