//! OpenID Connect, as an application and whoever attacks it meet it.

mod acr;
mod assertion;
mod check_session;
mod client_credentials;
mod code;
mod delegated;
mod device;
mod discovery;
mod dpop;
mod error_number;
mod flows;
mod goodbye;
mod hosts;
mod keys;
mod lifetimes;
mod logout;
mod onward;
mod par;
mod prompt;
mod redirect;
mod refresh;
mod response;
mod revoke;
mod token;
mod withdrawn;

use crate::harness::{Answered, Application, Asked, Browser, PASSWORD, TestServer, Tokens};

const ADA: &str = "ada@example.org";

/// Ada is back at the application with a code that nobody redeemed yet.
async fn ada_with_code(server: &TestServer, shop: &Application) -> (Browser, Asked, String) {
    let mut ada = server.browser();
    let asked = shop.asks(&mut ada).await;
    ada.sign_in(ADA, PASSWORD).await;
    let code = shop.code(&ada, &asked);
    (ada, asked, code)
}

/// Ada has an account and is signed in to the application.
async fn ada_with_tokens(server: &TestServer, shop: &Application) -> (Browser, Tokens) {
    if server.count("SELECT count(*) FROM accounts").await == 0 {
        server.account(shop, ADA).await;
    }
    let (ada, asked, code) = ada_with_code(server, shop).await;
    let tokens = shop.checked(shop.redeem(&code, &asked).await).await;
    (ada, tokens)
}

/// The OAuth error of a refusal, which is never anything but 4xx.
fn refused(answered: &Answered) -> String {
    assert!(answered.status.is_client_error(), "{}: {}", answered.status, answered.text());
    answered.json()["error"].as_str().unwrap_or_default().to_owned()
}
