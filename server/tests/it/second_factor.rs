//! The authenticator app of an administrator: set up at the start, asked at every sign-in, taken away on the server's own
//! machine (security R37).

use crate::harness::{APP, Application, Browser, ORIGIN, PASSWORD, TestServer, at_once, on_both};
use app::contract::{id::AccountId, permission::Role, secret::Secret};
use server::{
    administration::{self, TENANT_ID, enrolment},
    directory::{audit, second_factor},
    secret::totp,
};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const FACTOR_PAGE: &str = "Enter your app’s code";
const HALF_A_MINUTE: Duration = Duration::from_secs(30);

/// At the page that comes after the password.
async fn at_the_door(server: &TestServer, address: &str, password: &str) -> Browser {
    let mut browser = server.browser();
    Application::portal(server).asks(&mut browser).await;
    browser.sign_in(address, password).await;
    browser
}

/// The secret that the open page shows.
async fn offered(server: &TestServer) -> Vec<u8> {
    let sealed = server.text("SELECT sealed FROM enrolments").await;
    let account = AccountId::from(server.text("SELECT account_id FROM enrolments").await);
    server.state.seal.open(&second_factor::context(&TENANT_ID.into(), &account), &sealed).unwrap()
}

fn is_in(browser: &Browser) -> bool {
    browser.page.path.starts_with("/admin/?") && browser.page.path.contains("code=")
}

#[tokio::test]
async fn r37_the_first_administrator_sets_an_app_up_and_shows_it_at_each_sign_in() {
    on_both(async |server: TestServer| {
        administration::ensure(&server.state).await.unwrap();
        let state = &server.state;
        let link = administration::set_up_link(&state.config, &state.db, &state.chance, server.now()).await.unwrap();
        let mut browser = server.browser();
        browser.open(link.unwrap().strip_prefix(ORIGIN).unwrap()).await;
        let typed = [("Your name", "Ada Lovelace"), ("Email address", ADA), ("New password", PASSWORD)];
        browser.fill(&typed).press("Make administrator").await;
        assert_eq!(browser.heading(), "Set up your authenticator app");
        let secret = offered(&server).await;
        let page = browser.page.html.clone();
        assert!(page.contains("otpauth://totp/Portico") && page.contains("<svg"), "{page}");
        assert!(!page.contains("<script"), "{page}");
        // Whoever closes the page and comes by the password alone finds another one like it.
        let elsewhere = at_the_door(&server, ADA, PASSWORD).await;
        assert_eq!(elsewhere.heading(), "Set up your authenticator app");
        browser.fill(&[("Code", &totp::shown(&secret, server.now()))]).press("Confirm").await;
        assert_eq!(browser.status, 404, "the newer page is the only one");

        let (mut browser, secret) = (elsewhere, offered(&server).await);
        browser.fill(&[("Code", "000000")]).press("Confirm").await;
        assert_eq!(browser.status, 422);
        let used = totp::shown(&secret, server.now());
        browser.fill(&[("Code", &used)]).press("Confirm").await;
        assert_eq!(browser.heading(), "Keep your recovery codes");
        assert!(browser.page.html.contains("href=\"/admin/#welcome\""), "{}", browser.page.html);
        let codes: Vec<String> = browser
            .page
            .html
            .split("<li><code dir=\"ltr\">")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect();
        assert_eq!(codes.len(), 10, "{}", browser.text());
        assert_eq!(server.count("SELECT COUNT(*) FROM enrolments").await, 0);
        let stored = server.text("SELECT sealed FROM second_factors").await;
        assert!(!stored.contains(&totp::letters(&secret)));

        // The code of the enrolment was used; the next one is good, once.
        let mut browser = at_the_door(&server, ADA, PASSWORD).await;
        assert_eq!(browser.heading(), FACTOR_PAGE);
        browser.fill(&[("Code", &used)]).press("Sign in").await;
        assert_eq!(browser.heading(), FACTOR_PAGE);
        server.clock.advance(HALF_A_MINUTE);
        let next = totp::shown(&secret, server.now());
        browser.fill(&[("Code", &next)]).press("Sign in").await;
        assert!(is_in(&browser), "{}", browser.page.path);
        assert_eq!(server.text("SELECT amr FROM sessions").await, "otp pwd mfa");
        let mut browser = at_the_door(&server, ADA, PASSWORD).await;
        browser.fill(&[("Code", &next)]).press("Sign in").await;
        assert_eq!(browser.heading(), FACTOR_PAGE, "used codes are used");
        // A recovery code opens once.
        browser.fill(&[("Code", &codes[3].to_uppercase())]).press("Sign in").await;
        assert!(is_in(&browser), "{}", browser.page.path);
        let mut browser = at_the_door(&server, ADA, PASSWORD).await;
        browser.fill(&[("Code", &codes[3])]).press("Sign in").await;
        assert_eq!(browser.heading(), FACTOR_PAGE);
        assert_eq!(server.count("SELECT COUNT(*) FROM recovery_codes").await, 9);
    })
    .await;
}

#[tokio::test]
async fn r37_a_script_is_led_to_the_page_that_the_server_draws() {
    on_both(async |server: TestServer| {
        server.make_administrator(ADA, &[("*", Role::GlobalAdministrator)]).await;
        let mut browser = server.browser().with_scripts();
        Application::portal(&server).asks(&mut browser).await;
        browser.sign_in(ADA, PASSWORD).await;
        assert_eq!(browser.heading(), FACTOR_PAGE);
        browser.fill(&[("Code", &totp::shown(APP, server.now()))]).press("Sign in").await;
        assert!(is_in(&browser), "{}", browser.page.path);
    })
    .await;
}

#[tokio::test]
async fn r37_guesses_at_the_app_are_counted_by_account() {
    on_both(async |server: TestServer| {
        server.make_administrator(ADA, &[("*", Role::GlobalAdministrator)]).await;
        for _ in 0..2 {
            let mut browser = at_the_door(&server, ADA, PASSWORD).await;
            for _ in 0..5 {
                browser.fill(&[("Code", "000000")]).press("Sign in").await;
            }
            assert_eq!(browser.heading(), "Start again");
        }
        // Ten were wrong: for a minute nothing is right.
        let mut browser = at_the_door(&server, ADA, PASSWORD).await;
        browser.fill(&[("Code", &totp::shown(APP, server.now()))]).press("Sign in").await;
        assert_eq!(browser.heading(), FACTOR_PAGE);
        server.clock.advance(Duration::from_secs(61));
        browser.fill(&[("Code", &totp::shown(APP, server.now()))]).press("Sign in").await;
        assert!(is_in(&browser), "{}", browser.page.path);
    })
    .await;
}

/// Twenty browsers with the right password send the same code at the same moment; how many of them are in.
async fn in_at_once(server: &TestServer, address: &str, code: &str) -> usize {
    let mut doors = Vec::new();
    for _ in 0..20 {
        doors.push(at_the_door(server, address, PASSWORD).await);
    }
    let tried = at_once(doors.len(), |number| {
        let (mut browser, code) = (doors[number].clone(), code.to_owned());
        async move {
            browser.fill(&[("Code", &code)]).press("Sign in").await;
            browser
        }
    })
    .await;
    tried.iter().filter(|browser| is_in(browser)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r16_a_code_that_comes_twenty_times_at_once_opens_once() {
    on_both(async |server: TestServer| {
        server.make_administrator(ADA, &[("*", Role::GlobalAdministrator)]).await;
        assert_eq!(in_at_once(&server, ADA, &totp::shown(APP, server.now())).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r16_a_recovery_code_that_comes_twenty_times_at_once_opens_once() {
    on_both(async |server: TestServer| {
        const CODE: &str = "abcde-fgh23";
        let account = server.make_administrator(ADA, &[("*", Role::GlobalAdministrator)]).await;
        let hash = totp::recovery_hash(&server.state.seal, account.as_str(), &Secret::from(CODE));
        server
            .write(move |c, _, _| {
                Box::pin(async move {
                    sqlx::query("INSERT INTO recovery_codes (tenant_id, account_id, hash) VALUES ($1, $2, $3)")
                        .bind(TENANT_ID)
                        .bind(account.to_string())
                        .bind(hash)
                        .execute(c)
                        .await?;
                    Ok(())
                })
            })
            .await;
        assert_eq!(in_at_once(&server, ADA, CODE).await, 1);
        assert_eq!(server.count("SELECT COUNT(*) FROM recovery_codes").await, 0);
    })
    .await;
}

#[tokio::test]
async fn r37_whoever_runs_the_server_takes_a_lost_app_away() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let address = server.text("SELECT issuer_assigned_id FROM identities").await;
        assert_eq!(admin.get("/users").await.status, 200);
        let state = &server.state;
        enrolment::reset(state, &address).await.unwrap();
        assert_eq!(admin.get("/users").await.status, 401, "what was open is over");
        let told = server.mailbox().to(&address).await.into_iter().map(|letter| letter.subject);
        assert_eq!(told.collect::<Vec<_>>(), ["Your second step for Portico was changed"]);
        let mut browser = at_the_door(&server, &address, PASSWORD).await;
        assert_eq!(browser.heading(), "Set up your authenticator app");
        assert_eq!(server.text("SELECT activity FROM audits").await, "Reset second factor");
        let verdict = audit::verify(&state.db, &TENANT_ID.into()).await.unwrap();
        assert_eq!(verdict, audit::Verdict::Whole { rows: 1 });
        assert!(enrolment::reset(state, "nobody@example.org").await.is_err());
        // Who was here before is not welcomed once more.
        let code = totp::shown(&offered(&server).await, server.now());
        browser.fill(&[("Code", &code)]).press("Confirm").await;
        assert!(browser.page.html.contains("href=\"/admin/\""), "{}", browser.page.html);
    })
    .await;
}

#[tokio::test]
async fn a_link_to_an_app_is_good_for_half_an_hour() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let (account, state) = (admin.account.unwrap(), &server.state);
        let (enrolment, location) = enrolment::prepare(state, &account, server.now());
        server
            .write(|c, _, _| Box::pin(async move { second_factor::offer(c, &TENANT_ID.into(), &enrolment).await }))
            .await;
        assert_eq!(server.get(&location).await.status, 200);
        // Nobody gets another app by a link: the one that is there stays.
        let code = totp::shown(&offered(&server).await, server.now());
        let mut browser = server.browser();
        browser.open(&location).await;
        browser.fill(&[("Code", &code)]).press("Confirm").await;
        assert_eq!(browser.status, 404);
        server.clock.advance(Duration::from_secs(30 * 60));
        assert_eq!(server.get(&location).await.status, 404);
        assert_eq!(server.get("/admin/enrol?token=guess").await.status, 404);
    })
    .await;
}
