//! The modules of the OpenID Foundation's provider plans, by their names, with what each asserts: Basic, Implicit, Hybrid and
//! their Form Post twins; Config; RP-initiated, front- and back-channel logout; session management. `oidf.md` says which hold.

mod config;
mod logout;
mod profiles;
mod requests;
mod session;
mod table;

use crate::harness::{Application, Asked, Browser, PASSWORD, TestServer, on_both};
use serde_json::Value;
use std::collections::BTreeMap;

const ADA: &str = "ada@example.org";

/// One run of a module: an application of a plan's kind, and a browser in which nobody is signed in yet.
#[derive(Clone)]
struct Run {
    server: TestServer,
    shop: Application,
    response_type: &'static str,
    response_mode: &'static str,
    ada: Browser,
}

/// What a browser brought, and what had been asked.
type Brought = (Asked, BTreeMap<String, String>);

/// Basic, implicit, hybrid; each by its usual way and by form.
const PROFILES: [(char, &[&str]); 3] =
    [('B', &["code"]), ('I', &["id_token", "id_token token"]), ('H', &["code id_token", "code id_token token"])];

/// Runs a module in the profiles whose letters are named.
async fn in_profiles(letters: &str, module: impl AsyncFn(Run)) {
    on_both(async |server| {
        let flow = server.application().await.flow;
        let shop = server
            .application_over(&flow, |made| {
                made.algorithm = "RS256".into();
                made.protocol.id_token_at_authorize = true;
                made.protocol.access_token_at_authorize = true;
            })
            .await;
        server.account(&shop, ADA).await;
        let kinds = PROFILES.iter().filter(|(letter, _)| letters.contains(*letter)).flat_map(|(_, kinds)| *kinds);
        for response_type in kinds {
            for response_mode in ["", "form_post"] {
                let (server, shop, ada) = (server.clone(), shop.clone(), server.browser());
                module(Run { server, shop, response_type, response_mode, ada }).await;
            }
        }
    })
    .await;
}

impl Run {
    /// As the suite asks: with state and nonce, without a proof key.
    fn asks(&self, changes: &[(&str, &str)]) -> (Asked, Vec<(String, String)>) {
        let (asked, parameters) = self.shop.request();
        let base = [
            ("response_type", self.response_type),
            ("response_mode", self.response_mode),
            ("scope", "openid"),
            ("code_challenge", ""),
            ("code_challenge_method", ""),
        ];
        let mut parameters = parameters;
        for (name, value) in base.iter().chain(changes) {
            parameters.retain(|(known, _)| known != name);
            parameters.push(((*name).to_owned(), (*value).to_owned()));
        }
        parameters.retain(|(_, value)| !value.is_empty());
        (asked, parameters)
    }

    /// Sends the browser, and nothing more.
    async fn opens(&mut self, changes: &[(&str, &str)]) -> Asked {
        let (asked, parameters) = self.asks(changes);
        self.ada.open(&self.shop.authorize(&parameters)).await;
        asked
    }

    /// Sends the browser; Ada signs in if she is asked.
    async fn signs_in(&mut self, changes: &[(&str, &str)]) -> Brought {
        let asked = self.opens(changes).await;
        if !self.shop.has_come(&self.ada) {
            self.ada.sign_in(ADA, PASSWORD).await;
        }
        self.brought(asked)
    }

    fn brought(&self, asked: Asked) -> Brought {
        let answer =
            self.shop.answer(&self.ada).unwrap_or_else(|| panic!("{}: {}", self.response_type, self.ada.text()));
        (asked, answer)
    }

    /// An error, where the application can hear it.
    async fn is_refused(&mut self, changes: &[(&str, &str)]) -> String {
        self.opens(changes).await;
        let answer = self.shop.answer(&self.ada).unwrap_or_else(|| panic!("no answer: {}", self.ada.text()));
        assert!(!answer.contains_key("code") && !answer.contains_key("id_token"), "{answer:?}");
        // RFC 6749 §4.1.2.1.
        let plain = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
        assert!(answer["error_description"].chars().all(plain), "{}", answer["error_description"]);
        answer["error"].clone()
    }

    /// A page of ours that leads nowhere.
    fn is_error_page(&self) {
        assert_eq!((self.ada.status.as_u16(), self.ada.left_for.is_none()), (400, true), "{}", self.ada.text());
    }

    /// The ID token's claims and the access token, whichever way they come; both checked as OpenID Connect Core §3 says.
    async fn tokens(&self, (asked, answer): &Brought) -> (Value, Option<String>) {
        let mut access_token = answer.get("access_token").cloned();
        let mut claims = None;
        if let Some(id_token) = answer.get("id_token") {
            claims = Some(self.shop.verify(id_token, "JWT").await);
        }
        if let Some(code) = answer.get("code") {
            let redeemed = self.redeem(code).await;
            let of_code = self.shop.verify(redeemed["id_token"].as_str().unwrap(), "JWT").await;
            if let Some(of_browser) = &claims {
                assert_eq!((&of_browser["sub"], &of_browser["iss"]), (&of_code["sub"], &of_code["iss"]));
            }
            claims.get_or_insert(of_code);
            access_token.get_or_insert(redeemed["access_token"].as_str().unwrap().to_owned());
        }
        let claims = claims.unwrap();
        if !claims["nonce"].is_null() {
            assert_eq!(claims["nonce"], asked.nonce.as_str());
        }
        (claims, access_token)
    }

    async fn redeem(&self, code: &str) -> Value {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &self.shop.redirect_uri)];
        let answered = self.shop.token(&form).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        answered.json()
    }

    async fn discovery(&self) -> Value {
        self.server.get(&format!("/{}/v2.0/.well-known/openid-configuration", self.shop.tenant)).await.json()
    }
}
