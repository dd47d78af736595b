//! One-time codes: how long, how often, how many, and where they count (security R3).

use super::every_way;
use crate::harness::{Browser, PASSWORD, TestServer, at_once, on_both};
use app::contract::{
    flow_rules::{FlowRules, SignInName},
    id::JourneyId,
};
use serde_json::json;
use server::{
    directory::journey,
    secret::{seal::Purpose, token},
};
use std::time::Duration;

const ADA: &str = "ada@example.org";

/// At the page that waits for a code.
async fn wait_for_code(server: &TestServer, browser: &mut Browser) {
    let shop = server.application().await;
    shop.asks(browser).await;
    browser.press("Create one").await;
    browser.fill(&[("Email address", ADA)]).press("Send code").await;
    assert_eq!(browser.heading(), "Check your email");
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Another code than the right one.
fn wrong(code: &str) -> String {
    format!("{:08}", (code.parse::<u32>().unwrap() + 1) % 100_000_000)
}

#[tokio::test]
async fn r3_a_code_dies_after_ten_minutes() {
    every_way(async |server, ada| {
        wait_for_code(server, ada).await;
        server.clock.advance(seconds(601));
        ada.type_code(ADA).await;
        assert_eq!(ada.faults(), ["This code is older than ten minutes. Ask for a new one."]);
        ada.press("resend").await;
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Create a password");
    })
    .await;
    every_way(async |server, ada| {
        wait_for_code(server, ada).await;
        server.clock.advance(seconds(598));
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Create a password");
    })
    .await;
}

#[tokio::test]
async fn r3_only_the_newest_code_counts() {
    every_way(async |server, ada| {
        wait_for_code(server, ada).await;
        let old = server.mailbox().code(ADA).await;
        ada.press("resend").await;
        assert_eq!(server.mailbox().code(ADA).await, old, "too early: nothing is sent");
        assert!(ada.text().contains("send a new code in 0:30"), "{}", ada.text());
        server.clock.advance(seconds(31));
        ada.reload().await;
        ada.press("send a new code").await;
        assert_eq!(ada.notice().as_deref(), Some("A new code is on its way. Only the newest one works."));
        ada.fill(&[("Code", &old)]).press("Continue").await;
        assert_eq!(ada.faults(), ["That isn’t the newest code. Tries left: 4."]);
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Create a password");
    })
    .await;
}

#[tokio::test]
async fn r3_the_fifth_wrong_try_kills_the_code() {
    every_way(async |server, ada| {
        wait_for_code(server, ada).await;
        let code = server.mailbox().code(ADA).await;
        for tries in (1..=4).rev() {
            ada.fill(&[("Code", &wrong(&code))]).press("Continue").await;
            assert_eq!(ada.faults(), [format!("That isn’t the newest code. Tries left: {tries}.")]);
        }
        ada.fill(&[("Code", "1234")]).press("Continue").await;
        assert_eq!(ada.faults(), ["Enter the 8 digits from the email."], "what is no code costs no try");
        ada.fill(&[("Code", &wrong(&code))]).press("Continue").await;
        assert!(!ada.text().contains("ten minutes"), "{}", ada.text());
        let dead = "That code was tried too often and no longer works. Ask for a new one.";
        assert_eq!(ada.notice().as_deref(), Some(dead));
        ada.fill(&[("Code", &code)]).press("Continue").await;
        assert_eq!(ada.heading(), "Check your email", "the right one is dead too");
        server.clock.advance(seconds(31));
        ada.press("resend").await;
        ada.type_code(ADA).await;
        assert_eq!(ada.heading(), "Create a password");
    })
    .await;
}

/// cve 14, 15: guesses that come at once are counted one by one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cve_2024_4629_parallel_guesses_at_a_code_get_five_tries() {
    on_both(async |server| {
        let mut ada = server.browser();
        wait_for_code(&server, &mut ada).await;
        let code = server.mailbox().code(ADA).await;
        let tries = at_once(40, |number| {
            let mut tab = ada.clone();
            let guess = format!("{:08}", (code.parse::<usize>().unwrap() + 1 + number) % 100_000_000);
            async move {
                tab.fill(&[("Code", &guess)]).press("Continue").await;
            }
        });
        tries.await;
        ada.reload().await;
        // Whatever the order, no guess leaves the count as it was; and forty are more than five.
        let mut judged = 0;
        while ada.notice().is_none_or(|notice| !notice.starts_with("That code was tried too often")) {
            ada.fill(&[("Code", &wrong(&code))]).press("Continue").await;
            judged += 1;
            assert!(judged <= 5);
        }
        ada.fill(&[("Code", &code)]).press("Continue").await;
        assert_eq!(ada.heading(), "Check your email");
    })
    .await;
}

/// Fault F11: a second click makes the browser give the first answer up, wherever the server is with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_code_that_was_clicked_twice_is_not_lost() {
    on_both(async |server| {
        for polls in 0..12 {
            let mut ada = server.browser();
            let shop = server.application().await;
            let address = format!("person{polls}@example.org");
            shop.asks(&mut ada).await;
            ada.press("Create one").await;
            ada.fill(&[("Email address", &address)]).press("Send code").await;
            let code = server.mailbox().code(&address).await;
            let mut first = ada.clone();
            let given_up = async {
                for _ in 0..polls {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                _ = first.fill(&[("Code", &code)]).press("Continue") => {}
                () = given_up => {}
            }
            ada.fill(&[("Code", &code)]).press("Continue").await;
            for _ in 0..200 {
                if ada.heading() == "Create a password" {
                    break;
                }
                ada.reload().await;
            }
            assert_eq!(ada.heading(), "Create a password", "given up after {polls}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_ticked_box_outlives_a_wrong_code() {
    every_way(async |server, ada| {
        let shop = server.flow(|flow| flow.method = app::contract::user_flow::Method::Passcode).await;
        server.passcode_account(&shop, ADA).await;
        shop.asks(ada).await;
        ada.fill(&[("Email address", ADA)]).press("Continue").await;
        let code = server.mailbox().code(ADA).await;
        ada.fill(&[("Code", &wrong(&code)), ("Keep me signed in", "yes")]).press("Sign in").await;
        assert_eq!(ada.page.chosen("keep"), ["true"]);
        ada.fill(&[("Code", &code)]).press("Sign in").await;
        assert!(shop.has(ada));
        assert_eq!(server.count("SELECT count(*) FROM sessions WHERE kept_at IS NOT NULL").await, 1);
    })
    .await;
}

#[tokio::test]
async fn r3_three_codes_in_ten_minutes_and_ten_in_a_day() {
    every_way(async |server, ada| {
        wait_for_code(server, ada).await;
        for _ in 0..2 {
            server.clock.advance(seconds(31));
            ada.press("resend").await;
        }
        assert_eq!(server.mailbox().to(ADA).await.len(), 3);
        server.clock.advance(seconds(31));
        ada.press("resend").await;
        assert_eq!(server.mailbox().to(ADA).await.len(), 3);
        assert!(ada.text().contains("send a new code in 8:"), "{}", ada.text());
        // Another browser and journey, another spelling: the same address.
        let shop = server.application().await;
        let mut other = server.browser();
        shop.asks(&mut other).await;
        other.press("Create one").await;
        other.fill(&[("Email address", "ADA@example.org")]).press("Send code").await;
        assert!(other.notice().unwrap().starts_with("That was a lot of codes"));
        assert_eq!(server.mailbox().all().await.len(), 3);

        for _ in 0..20 {
            server.clock.advance(seconds(11 * 60));
            shop.asks(&mut other).await;
            other.press("Create one").await;
            other.fill(&[("Email address", ADA)]).press("Send code").await;
        }
        assert_eq!(server.mailbox().all().await.len(), 10);
    })
    .await;
}

/// Whoever has many names has the codes of one. Beyond them each name looks as one that nobody has, and no letter goes.
#[tokio::test]
async fn r3_r6_all_names_of_an_account_have_the_codes_of_one() {
    const SECOND: &str = "countess@example.org";
    on_both(async |server| {
        let admin = server.administrator().await;
        let either = FlowRules { sign_in_name: SignInName::EmailOrUserName, ..FlowRules::default() };
        let shop = server.flow(|flow| flow.rules = either).await;
        let identity = |kind: &str, name: &str| json!({ "signInType": kind, "issuer": "", "issuerAssignedId": name });
        let ada = json!({
            "displayName": "Ada Lovelace",
            "identities": [
                identity("emailAddress", ADA), identity("emailAddress", SECOND), identity("userName", "adal"),
            ],
            "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": false },
        });
        admin.make("/users", ada).await;
        let ask = async |name: &str| {
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.press("Can’t access your account?").await;
            browser.fill(&[("Email address or user name", name)]).press("Send code").await;
            assert_eq!(browser.heading(), "Check your email", "{name}");
            browser.text().replace(name, "…")
        };
        let letters = async || server.mailbox().to(ADA).await.len() + server.mailbox().to(SECOND).await.len();
        let rows = async || server.count("SELECT COUNT(*) FROM outbox").await;

        assert_eq!(ask("adal").await, ask("nosuch").await);
        for name in [SECOND, ADA] {
            server.clock.advance(seconds(31));
            ask(name).await;
        }
        assert_eq!(letters().await, 3);
        server.clock.advance(seconds(31));
        let before = rows().await;
        assert_eq!(ask("adal").await, ask("nosuch").await);
        assert_eq!(ask(SECOND).await, ask("nosuch@example.org").await);
        assert_eq!((letters().await, rows().await), (3, before + 4));

        for name in [ADA, SECOND, "adal"].into_iter().cycle().take(21) {
            server.clock.advance(seconds(11 * 60));
            ask(name).await;
        }
        assert_eq!(letters().await, 10);
    })
    .await;
}

/// Those of several names that ask at once for the last codes and get none have none to guess at either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_names_that_ask_at_once_have_as_many_codes_to_guess_at_as_letters() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let shop = server.application().await;
        let names: Vec<String> = (0..8).map(|number| format!("ada{number}@example.org")).collect();
        let identity = |name: &String| json!({ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": name });
        let ada = json!({
            "displayName": "Ada Lovelace",
            "identities": names.iter().map(identity).collect::<Vec<_>>(),
            "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": false },
        });
        admin.make("/users", ada).await;
        let mut browsers = Vec::new();
        for _ in &names {
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.press("Can’t access your account?").await;
            browsers.push(browser);
        }
        let asked = at_once(names.len(), |number| {
            let (mut browser, name) = (browsers[number].clone(), names[number].clone());
            async move {
                browser.fill(&[("Email address", &name)]).press("Send code").await;
                browser.page.path.clone()
            }
        });
        let (state, tenant, mut to_guess_at) = (&server.state, &server.tenant, 0);
        for path in asked.await {
            let id = JourneyId::from(path.rsplit('/').next().unwrap());
            let (row, _) = journey::find(&state.db, tenant, &id).await.unwrap().unwrap();
            let none = [tenant.as_str().as_bytes(), id.as_str().as_bytes(), b""];
            let none = token::keyed_hash(&state.seal, Purpose::Code, &none);
            to_guess_at += usize::from(row.body.contains("\"hash\"") && !row.body.contains(&none));
        }
        assert_eq!((server.mailbox().all().await.len(), to_guess_at), (3, 3));
    })
    .await;
}

/// One mailbox behind the names of many people has the codes of one, too.
#[tokio::test]
async fn r3_one_mailbox_has_the_codes_of_one_however_many_names_lead_to_it() {
    on_both(async |server| {
        let rules = FlowRules { sign_in_name: SignInName::UserName, ..FlowRules::default() };
        let shop = server.flow(|flow| flow.rules = rules).await;
        for name in ["mina", "lucy", "quincey", "arthur"] {
            server.user_name(&shop, name, ADA).await;
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.press("Can’t access your account?").await;
            browser.fill(&[("User name", name)]).press("Send code").await;
            assert_eq!(browser.heading(), "Check your email");
        }
        assert_eq!(server.mailbox().to(ADA).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn r3_thirty_codes_an_hour_from_one_network() {
    on_both(async |server| {
        let shop = server.application().await;
        for number in 0..33 {
            // One /24, many addresses in it.
            let mut browser = server.browser().at(&format!("203.0.113.{number}"));
            shop.asks(&mut browser).await;
            browser.press("Create one").await;
            browser.fill(&[("Email address", &format!("person{number}@example.org"))]).press("Send code").await;
            assert_eq!(browser.heading(), "Check your email");
        }
        assert_eq!(server.mailbox().all().await.len(), 30);
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.press("Create one").await;
        elsewhere.fill(&[("Email address", "other@example.org")]).press("Send code").await;
        assert_eq!(server.mailbox().all().await.len(), 31);
    })
    .await;
}

/// Security R3: a code is bound to its journey and its browser, and is used once.
#[tokio::test]
async fn r3_a_code_counts_in_its_own_journey_and_browser_once() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.press("Create one").await;
        ada.fill(&[("Email address", ADA)]).press("Send code").await;
        let code = server.mailbox().code(ADA).await;

        // Another journey for the same address, in the same browser.
        let mut tab = ada.clone();
        server.clock.advance(seconds(31));
        shop.asks(&mut tab).await;
        tab.press("Create one").await;
        tab.fill(&[("Email address", ADA)]).press("Send code").await;
        tab.fill(&[("Code", &code)]).press("Continue").await;
        assert_eq!(tab.heading(), "Check your email");

        // The same journey in another browser.
        let mut thief = server.browser();
        thief.open(&ada.page.path).await;
        assert_eq!(thief.status, 410);
        thief.page = ada.page.clone();
        thief.fill(&[("Code", &code)]).press("Continue").await;
        assert_eq!(thief.status, 410);

        let mail_page = ada.page.clone();
        ada.fill(&[("Code", &code)]).press("Continue").await;
        assert_eq!(ada.heading(), "Create a password");
        // Once more, from the page that was left.
        ada.page = mail_page;
        ada.fill(&[("Code", &code)]).press("Continue").await;
        assert_eq!(ada.heading(), "Create a password");
    })
    .await;
}

#[tokio::test]
async fn a_code_may_be_typed_as_people_type() {
    every_way(async |server, ada| {
        wait_for_code(server, ada).await;
        let code = server.mailbox().code(ADA).await;
        let arabic: String = code.chars().map(|c| char::from_u32(0x660 + u32::from(c) - 0x30).unwrap()).collect();
        ada.fill(&[("Code", &format!(" {}-{} ", &arabic[..8], &arabic[8..]))]).press("Continue").await;
        assert_eq!(ada.heading(), "Create a password");
    })
    .await;
}

#[tokio::test]
async fn r4_r6_the_eleventh_send_is_refused_alike_for_known_and_unknown() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut waits = Vec::new();
        for address in [ADA, "eve@example.org"] {
            let mut browser = server.browser();
            for _ in 0..10 {
                server.clock.advance(seconds(601));
                shop.asks(&mut browser).await;
                browser.press("Create one").await;
                browser.fill(&[("Email address", address)]).press("Send code").await;
            }
            assert_eq!(server.mailbox().to(address).await.len(), 10);
            server.clock.advance(seconds(601));
            shop.asks(&mut browser).await;
            browser.press("Create one").await;
            browser.fill(&[("Email address", address)]).press("Send code").await;
            assert_eq!(server.mailbox().to(address).await.len(), 10);
            waits.push((browser.status, browser.text().replace(address, "")));
        }
        assert_eq!(waits[0], waits[1]);
    })
    .await;
}
