//! What must never be told: secrets in the log, in pages, in problem documents, in the database (security R8, R33, R43).

use crate::harness::{HOST, ORIGIN, PASSWORD, TestServer, dump_all, on_both};
use axum::{body::Body, http::Request};
use serde_json::json;
use server::administration;
use std::{
    io,
    sync::{Arc, Mutex},
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

const ADA: &str = "ada.canary@example.org";
const CANARY: &str = "canary-3f9c the password";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

/// The whole walk with everything that goes wrong on it, and the most talkative log there is. One thread: what a test
/// does is what its log hears.
#[tokio::test]
async fn r43_no_secret_is_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .with_env_filter(EnvFilter::new("trace"))
        .finish();
    let _heard = tracing::subscriber::set_default(subscriber);
    on_both(async |server| {
        let mut secrets: Vec<String> = vec![CANARY.into()];
        let shop = server.application().await;
        secrets.push(shop.secret.as_ref().unwrap().reveal().to_owned());
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        secrets.extend([asked.verifier.clone()]);
        ada.press("Create one").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        secrets.push(server.mailbox().code(ADA).await);
        ada.fill(&[("Code", "00000000")]).press("Continue").await;
        ada.type_code(ADA).await;
        ada.fill(&[("New password", CANARY)]).press("Continue").await;
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        let code = shop.code(&ada, &asked);
        let tokens = shop.checked(shop.redeem(&code, &asked).await).await;
        secrets.extend([
            code.clone(),
            tokens.refresh_token.clone(),
            tokens.access_token.clone(),
            tokens.id_token.clone(),
        ]);
        for cookie in ada.cookies() {
            secrets.push(ada.cookie(&cookie).unwrap());
        }
        // And everything once more, where it is refused.
        shop.redeem(&code, &asked).await;
        shop.refresh(&tokens.refresh_token).await;
        shop.userinfo(&format!("{}x", tokens.access_token)).await;
        shop.post_token(&[("grant_type", "refresh_token"), ("client_secret", CANARY)], None).await;
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.sign_in(ADA, &format!("{CANARY}!")).await;
        elsewhere.fill(&[("Password", CANARY)]).press("Sign in").await;
        ada.open(&format!("/{}/journeys/{}?code={code}", server.tenant, "nobody")).await;
        let broken = Request::post(format!("/{}/oauth2/v2.0/token?client_secret=x", server.tenant))
            .header("host", HOST)
            .header("authorization", format!("Basic {CANARY}"));
        server.send(broken.body(Body::from(CANARY)).unwrap()).await;

        let heard = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
        assert!(heard.contains("a request was refused"), "it was listening");
        for secret in secrets {
            let at = heard.find(&secret);
            assert!(at.is_none(), "{secret} in: {}", &heard[at.unwrap().saturating_sub(300)..at.unwrap() + 50]);
        }
        let info: Vec<_> = heard.lines().filter(|line| !line.contains("TRACE") && !line.contains("DEBUG")).collect();
        assert!(!info.iter().any(|line| line.contains(ADA)), "an address is nobody's business");
    })
    .await;
}

/// Security R8, R33, R40: who reads the database can use nothing of it.
#[tokio::test]
async fn r40_the_database_holds_no_secret_as_it_is() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.press("Create one").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        let mailed = server.mailbox().code(ADA).await;
        let code_at_rest = server.text("SELECT body FROM journeys").await;
        assert!(!code_at_rest.contains(&mailed));
        assert!(!server.text("SELECT sealed FROM outbox").await.contains(&mailed));
        ada.type_code(ADA).await;
        ada.fill(&[("New password", CANARY)]).press("Continue").await;
        assert!(!server.text("SELECT body FROM journeys").await.contains(CANARY));
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        let code = shop.code(&ada, &asked);
        let tokens = shop.checked(shop.redeem(&code, &asked).await).await;
        for (sql, secret) in [
            ("SELECT secret FROM credentials", CANARY),
            ("SELECT hash FROM application_secrets", shop.secret.as_ref().unwrap().reveal()),
            ("SELECT code_hash FROM grants", &code),
            ("SELECT hash FROM sessions", &ada.cookie(&format!("__Host-session-{}", server.tenant)).unwrap()),
            ("SELECT hash FROM devices", &ada.cookie("__Host-device").unwrap()),
            ("SELECT browser_hash FROM grants", &ada.cookie("__Host-browser").unwrap()),
            ("SELECT subject FROM counters LIMIT 1", ADA),
        ] {
            let stored = server.text(sql).await;
            assert!(!stored.is_empty() && !stored.contains(secret), "{sql}");
        }
        // A refresh token is known by its proof, and the proof is nowhere.
        let proof = tokens.refresh_token.rsplit('.').next().unwrap();
        let family = "SELECT id || grant_id || session_id || scope FROM token_families";
        assert!(proof.len() == 43 && !server.text(family).await.contains(proof));
        let stored = server.text("SELECT secret FROM credentials").await;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{stored}");
    })
    .await;
}

/// Security R40: whoever gets hold of the whole of it, row by row or byte by byte, finds nothing that opens anything.
#[tokio::test]
async fn r40_no_canary_lies_anywhere_in_the_database_or_on_its_disk() {
    on_both(async |server| {
        let mut canaries = vec![CANARY.to_owned(), "canary-of-a-provider".to_owned()];
        canaries.extend(of_the_first_administrator(&server).await);
        let admin = server.administrator().await;
        let google = json!({"@odata.type": "#microsoft.graph.socialIdentityProvider", "displayName": "Google",
            "identityProviderType": "Google", "clientId": "client", "clientSecret": "canary-of-a-provider"});
        admin.make("/identity/identityProviders", google).await;
        let made = admin.make("/applications", json!({ "displayName": "Shop" })).await;
        let secret = admin.post(&format!("/applications/{made}/addPassword"), json!({})).await.json();
        canaries.push(secret["secretText"].as_str().unwrap().to_owned());
        canaries.push(admin.token.clone());

        let shop = server.application().await;
        canaries.push(shop.secret.as_ref().unwrap().reveal().to_owned());
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.press("Create one").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        canaries.push(server.mailbox().code(ADA).await);
        ada.type_code(ADA).await;
        ada.fill(&[("New password", CANARY)]).press("Continue").await;
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        let code = shop.code(&ada, &asked);
        let tokens = shop.checked(shop.redeem(&code, &asked).await).await;
        canaries.extend([code, tokens.refresh_token, tokens.access_token, tokens.id_token]);
        canaries.extend(ada.cookies().iter().filter_map(|cookie| ada.cookie(cookie)));

        let (rows, disk) = (dump_all(&server).await, server.disk());
        assert!(rows.iter().any(|row| row.starts_with("identity_providers|")), "{} rows", rows.len());
        for canary in canaries {
            assert!(canary.len() >= 8, "{canary}");
            let found = rows.iter().find(|row| row.contains(&canary));
            assert!(found.is_none(), "{canary} in {found:?}");
            assert!(!disk.windows(canary.len()).any(|bytes| bytes == canary.as_bytes()), "{canary} on the disk");
        }
        // What was looked through is where things are.
        let at_home = shop.id.to_string();
        assert!(rows.iter().any(|row| row.contains(&at_home)));
        assert!(disk.is_empty() || disk.windows(at_home.len()).any(|bytes| bytes == at_home.as_bytes()));
    })
    .await;
}

/// The link that makes them, their password, and the secret of the app they set up.
async fn of_the_first_administrator(server: &TestServer) -> [String; 3] {
    let state = &server.state;
    administration::ensure(state).await.unwrap();
    let link =
        administration::set_up_link(&state.config, &state.db, &state.chance, server.now()).await.unwrap().unwrap();
    let mut browser = server.browser();
    browser.open(link.strip_prefix(ORIGIN).unwrap()).await;
    let typed = [("Your name", "Grace"), ("Email address", "grace@example.org"), ("New password", PASSWORD)];
    browser.fill(&typed).press("Make administrator").await;
    assert_eq!(browser.heading(), "Set up your authenticator app");
    let html = &browser.page.html;
    let app = html.split_once("secret=").unwrap().1.chars().take_while(char::is_ascii_alphanumeric).collect();
    [link.split_once("token=").unwrap().1.to_owned(), PASSWORD.to_owned(), app]
}
