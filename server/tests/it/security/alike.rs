//! Enumeration: whoever does not own an address learns nothing about it from any page, status or header (security R4, R6,
//! cve 47).

use crate::harness::{Application, Browser, PASSWORD, TestServer, on_both};
use std::collections::BTreeMap;

/// Addresses of one length, so that nothing but their state differs.
const STATES: [&str; 6] = [
    "known0@example.org",
    "nobody@example.org",
    "switch@example.org",
    "bycode@example.org",
    "locked@example.org",
    "device@example.org",
];

/// Everything that can be asked about an address by somebody who does not own it.
const QUESTIONS: [&str; 7] =
    ["sign in", "wrong password", "forgot password", "recover", "sign up", "resend", "wrong code"];

async fn ask(question: &str, shop: &Application, browser: &mut Browser, address: &str) {
    shop.asks(browser).await;
    match question {
        "sign in" => {
            browser.fill(&[("Email address", address)]).press("Continue").await;
        }
        "wrong password" => {
            browser.sign_in(address, "not the password").await;
        }
        "forgot password" => {
            browser.fill(&[("Email address", address)]).press("Continue").await;
            browser.press("Forgot password?").await;
        }
        "recover" => {
            browser.press("Can’t access your account?").await;
            browser.fill(&[("Email address", address)]).press("Send code").await;
        }
        _ => {
            browser.press("Create one").await;
            browser.fill(&[("Email address", address)]).press("Send code").await;
            if question == "resend" {
                browser.press("resend").await;
            }
            if question == "wrong code" {
                browser.fill(&[("Code", "00000000")]).press("Continue").await;
            }
        }
    }
}

/// Without what is random in every answer.
fn normal(browser: &Browser, address: &str) -> (String, BTreeMap<String, String>) {
    let token = browser.page.value("token").unwrap_or_default();
    let policy = browser.headers.get("content-security-policy").map(|it| it.to_str().unwrap()).unwrap_or_default();
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned();
    let journey = browser.page.path.rsplit('/').next().unwrap_or_default();
    let plain = |text: &str| {
        let mut text = text.to_owned();
        for (random, name) in [(token.as_str(), "TOKEN"), (&nonce, "NONCE"), (journey, "JOURNEY"), (address, "ADDRESS")]
        {
            if !random.is_empty() {
                text = text.replace(random, name);
            }
        }
        text
    };
    let headers = browser.headers.iter().map(|(name, value)| {
        let value = if name == "x-ms-request-id" { "TRACE".into() } else { plain(value.to_str().unwrap()) };
        (name.to_string(), value)
    });
    (plain(&browser.page.html), headers.collect())
}

async fn prepare(server: &TestServer, shop: &Application) {
    let [known, _, disabled, passcode, locked, device] = STATES;
    for address in [known, disabled, locked, device] {
        let account = server.account(shop, address).await;
        if address == disabled {
            server.disable(&account).await;
        }
    }
    server.passcode_account(shop, passcode).await;
    let mut thief = server.browser();
    shop.asks(&mut thief).await;
    thief.fill(&[("Email address", locked)]).press("Continue").await;
    for number in 0..12 {
        thief.fill(&[("Password", &format!("guess {number}"))]).press("Sign in").await;
    }
    let mut owner = server.browser();
    shop.asks(&mut owner).await;
    owner.sign_in(device, PASSWORD).await;
    assert!(shop.has(&owner));
}

#[tokio::test]
async fn r4_cve_2023_46249_six_states_times_seven_questions_differ_in_no_byte() {
    on_both(async |server| {
        let shop = server.application().await;
        prepare(&server, &shop).await;
        for scripts in [false, true] {
            for question in QUESTIONS {
                // The limit of letters to one address is another test's matter.
                server.clock.advance(std::time::Duration::from_secs(3 * 3600));
                let mut seen = Vec::new();
                for address in STATES {
                    let browser = server.browser();
                    let mut browser = if scripts { browser.with_scripts() } else { browser };
                    ask(question, &shop, &mut browser, address).await;
                    seen.push((browser.status, normal(&browser, address)));
                }
                for (state, other) in STATES.iter().zip(&seen).skip(1) {
                    assert_eq!(other, &seen[0], "{question}: {state}");
                }
            }
        }
    })
    .await;
}

/// The letters too: one per question, alike for everybody.
#[tokio::test]
async fn r6_every_address_gets_the_same_letter() {
    on_both(async |server| {
        let shop = server.application().await;
        prepare(&server, &shop).await;
        let mut letters = Vec::new();
        for address in STATES {
            let mut browser = server.browser();
            ask("recover", &shop, &mut browser, address).await;
            let [letter] = &server.mailbox().to(address).await[..] else { panic!("one letter to {address}") };
            let code = letter.code.as_ref().unwrap().reveal();
            // In HTML its halves stand apart.
            let without =
                |text: &String| text.replace(code, "CODE").replace(&code[..4], "CO").replace(&code[4..], "DE");
            letters.push([&letter.subject, &letter.text, &letter.html].map(without));
        }
        assert!(letters.iter().all(|letter| *letter == letters[0]));
    })
    .await;
}
